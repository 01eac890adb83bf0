"""Evolutions that broke a law once, as small as Hypothesis could make them."""

from __future__ import annotations

from dataclasses import dataclass

from tests.generate.models import Check, Column, Computed, Evolution, ForeignKey, Models, Table, Unique, View


@dataclass(frozen=True, slots=True)
class Regression:
    """What went wrong on which engine, and how to see it; ``open`` says why it still does."""

    says: str
    engine: str
    evolution: Evolution
    open: str = ""


REGRESSIONS: tuple[Regression, ...] = (
    Regression(
        "the way back of a dropped NOT NULL column is refused where the table has rows",
        "sqlite",
        Evolution(
            Models((Table("t", (Column("k"), Column("a", required=True))),)),
            Models((Table("t", (Column("k"),)),)),
        ),
    ),
    Regression(
        "a table none of whose columns stays loses its rows",
        "sqlite",
        Evolution(Models((Table("t", (Column("p"),)),)), Models((Table("t", (Column("c"),)),))),
    ),
    Regression(
        "a type of another affinity turns texts to numbers and nobody declares it",
        "sqlite",
        Evolution(
            Models((Table("t", (Column("id"), Column("a", "string(200)")), ("a",)),)),
            Models((Table("t", (Column("a"),)),)),
        ),
    ),
    Regression(
        "a name with a backtick is quoted twice",
        "mysql",
        Evolution(
            Models(
                (
                    Table("t_d", (Column("id"),), key=("id",)),
                    Table(
                        "t_f",
                        (Column("id"),),
                        constraints=(ForeignKey("fk_back`tick", ("id",), "t_d", ("id",), ondelete="CASCADE"),),
                    ),
                )
            ),
            Models((Table("t_f", (Column("id"),)),)),
        ),
    ),
    Regression(
        "a column generated from one that is dropped loses its values, and nobody declares it",
        "mysql",
        Evolution(
            Models((Table("t", (Column("p"), Column("d", computed=Computed("{0} + 1", ("p",), stored=False)))),)),
            Models((Table("t", (Column("d"),)),)),
        ),
    ),
    Regression(
        "an index that came with a foreign key without a name has another name afterwards",
        "mysql",
        Evolution(
            Models(
                (
                    Table("k", (Column("id"),), ("id",)),
                    Table("t", (Column("g"),), constraints=(ForeignKey(None, ("g",), "k", ("id",), "NO ACTION"),)),
                )
            ),
            Models(
                (
                    Table("k", (Column("id"),), ("id",)),
                    Table("t", (Column("g"),), constraints=(ForeignKey(None, ("g",), "k", ("id",)),)),
                )
            ),
        ),
    ),
    Regression(
        "where a counter of a dropped table stood is lost, and nobody declares it",
        "postgresql",
        Evolution(Models((Table("t", (Column("id", counter="identity"),), ("id",)),)), Models(())),
    ),
    Regression(
        "a required column that is computed for a while comes back without a value where it was computed from none",
        "sqlite",
        Evolution(
            Models((Table("t", (Column("id", required=True), Column("a"), Column("b", required=True)), ("id",)),)),
            Models(
                (
                    Table(
                        "t",
                        (
                            Column("id", required=True),
                            Column("a"),
                            Column("b", computed=Computed("{0} * 2", columns=("a",), stored=False)),
                        ),
                        ("id",),
                    ),
                )
            ),
        ),
    ),
    Regression(
        "a number does not become a UUID, not even in an empty table",
        "mysql",
        Evolution(
            Models((Table("t", (Column("id", required=True), Column("a")), ("id",)),)),
            Models((Table("t", (Column("id", required=True), Column("a", type="uuid")), ("id",)),)),
        ),
    ),
    Regression(
        "a key's required column that is computed for a while comes back without a value",
        "postgresql",
        Evolution(
            Models((Table("t", (Column("id", required=True), Column("b")), ("id",)),)),
            Models((Table("t", (Column("id", computed=Computed("{0} + 1", columns=("b",))), Column("b"))),)),
        ),
    ),
    Regression(
        "a required column of ranges comes back where its table has rows",
        "postgresql",
        Evolution(
            Models(
                (Table("t_m", (Column("id", required=True), Column("UPPER", "int4range", required=True)), ("id",)),)
            ),
            Models((Table("t_m", (Column("f", "time tz", default="'12:30:00'"),)),)),
        ),
    ),
    Regression(
        "a kept column that comes back with a default has it where there was no value",
        "postgresql",
        Evolution(
            Models(
                (Table("t", (Column("id", required=True), Column("d", "string(200)", default="'it''s'")), ("id",)),)
            ),
            Models((Table("t", (Column("id", required=True),), ("id",)),)),
            keep_data=True,
        ),
    ),
    Regression(
        "a generated column that becomes a plain one while what it was computed from is dropped loses its values",
        "postgresql",
        Evolution(
            Models(
                (
                    Table(
                        "t",
                        (
                            Column("id", required=True),
                            Column("a", "bigint"),
                            Column("b", "bigint", computed=Computed("{0} + 1", columns=("a",))),
                        ),
                        ("id",),
                    ),
                )
            ),
            Models((Table("t", (Column("id", required=True), Column("b", "bigint")), ("id",)),)),
        ),
    ),
    Regression(
        "numbers that became bytes do not become numbers again",
        "postgresql",
        Evolution(
            Models((Table("t", (Column("id", required=True), Column("a")), ("id",)),)),
            Models((Table("t", (Column("id", "binary", required=True), Column("a"))),)),
        ),
    ),
    Regression(
        "a view of a list of texts that is dropped comes back with another definition",
        "postgresql",
        Evolution(
            Models(
                (Table("t_a", (Column("id", required=True), Column("a", "string(20)")), ("id",)),),
                views=(
                    View(
                        "v_a",
                        table="t_a",
                        columns=("id",),
                        where=Check(None, text="{0} IN ('a', 'it''s', '100%', 'a:b')", columns=("a",)),
                    ),
                ),
            ),
            Models(()),
        ),
    ),
    Regression(
        "whole numbers that became durations do not become numbers again",
        "postgresql",
        Evolution(
            Models((Table("t", (Column("id", required=True), Column("a")), ("id",)),)),
            Models((Table("t", (Column("id", "interval", required=True), Column("a")), ("id",)),)),
        ),
    ),
    Regression(
        "durations become numbers, of which only the seconds stay",
        "postgresql",
        Evolution(
            Models((Table("t", (Column("id", required=True), Column("a", "interval")), ("id",)),)),
            Models((Table("t", (Column("id", required=True), Column("a", "bigint")), ("id",)),)),
        ),
    ),
    Regression(
        "with its counter kept, the values of a dropped column that cannot be kept are not declared to be lost",
        "postgresql",
        Evolution(
            Models((Table("t", (Column("id", required=True, counter="auto"), Column("a")), ("id",)),)),
            Models((Table("t", (Column("a"),)),)),
            keep_data=True,
        ),
    ),
    Regression(
        "a computed column that goes with what it is computed from is not declared to be lost",
        "postgresql",
        Evolution(
            Models(
                (
                    Table(
                        "t",
                        (
                            Column("id", required=True),
                            Column("a", "numeric"),
                            Column("c", "numeric", computed=Computed("{0} * 2", columns=("a",))),
                        ),
                        ("id",),
                    ),
                )
            ),
            Models((Table("t", (Column("id", required=True), Column("k")), ("id",)),)),
        ),
    ),
    Regression(
        "a primary key that had the name of a constraint on the same column is in the way of the new one",
        "postgresql",
        Evolution(
            Models(
                (
                    Table(
                        "t",
                        (Column("id", required=True), Column("b")),
                        ("id",),
                        constraints=(Unique("uq_a", columns=("id",)),),
                    ),
                )
            ),
            Models(
                (
                    Table(
                        "t",
                        (Column("id", required=True), Column("b")),
                        ("id",),
                        constraints=(Unique("uq_a", columns=("id", "b")),),
                    ),
                )
            ),
        ),
    ),
    Regression(
        "a primary key whose column goes is gone with it before the new one takes its place",
        "postgresql",
        Evolution(
            Models((Table("t", (Column("a", required=True), Column("b", required=True), Column("c")), ("a", "b")),)),
            Models((Table("t", (Column("b", required=True), Column("c")), ("b",)),)),
        ),
    ),
)
