"""Sequences, domains, partitions, collations, extensions, and what is said of a whole table."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql

from tests.generate.cases.case import (
    ENGINES,
    MYSQL,
    POSTGRESQL,
    SQLITE,
    Case,
    Models,
    Pair,
    also,
    both,
    first,
    item,
    table,
)

C = sa.Column
ROWS = ("insert into item (id, a, name) values (1, 10, 'Ada'), (2, 11, 'Bo')",)
SEEN = {"select id, a, name from item order by id": [(1, 10, "Ada"), (2, 11, "Bo")]}
LIVE = {"rows": ROWS, "then": SEEN}
PG = {"engines": (POSTGRESQL,), "reason": "only PostgreSQL has such objects", **LIVE}
MY = {"engines": (MYSQL,), "reason": "only MariaDB has such options", **LIVE}
LITE = {"engines": (SQLITE,), "reason": "only SQLite has such options", **LIVE}
NONE: frozenset[str] = frozenset()


def plain(metadata, *more, **options):
    """A table with an integer and a name, and more."""
    return item(metadata, C("a", sa.Integer), C("name", sa.String(50)), *more, **options)


def counting(**options) -> Models:
    """A sequence beside the table."""
    return lambda m: (plain(m), sa.Sequence("numbers", metadata=m, **options))


def used(*, having) -> Models:
    """A column that takes its values from a sequence."""

    def declare(metadata):
        sequence = sa.Sequence("numbers", metadata=metadata, start=7) if having else None
        more = [C("number", sa.Integer, server_default=sequence.next_value())] if sequence is not None else []
        plain(metadata, *more)

    return declare


def collated(*collations) -> Models:
    """A name with a collation of each engine."""

    def declare(metadata):
        kind = sa.String(50)
        for engine, collation in zip(ENGINES, collations, strict=False):
            kind = kind.with_variant(sa.String(50, collation=collation), engine)
        item(metadata, C("a", sa.Integer), C("name", kind), sa.Index("ix_item_name", "name"))

    return declare


def optioned(**options) -> Models:
    """The table with options."""
    return lambda m: plain(m, **options)


def domain(check=None, default=None, *, having=True, **options) -> Models:
    """A column of a domain."""

    def declare(metadata):
        named = {"check": check, "constraint_name": check and "ck_price", "default": default, **options}
        kind = postgresql.DOMAIN("price", sa.Integer, metadata=metadata, **named)
        plain(metadata, *([C("price", kind)] if having else []))

    return declare


def without(metadata):
    """Nothing but the table."""
    plain(metadata)


def composite(*, having) -> Models:
    """A type with attributes, and a column of it."""

    def declare(metadata):
        if having:
            first(metadata, "create type place as (street text, number integer)", on=POSTGRESQL)
        plain(metadata)
        if having:
            also(metadata, "alter table item add column place place", on=POSTGRESQL)

    return declare


def parted(by, *parts, **options) -> Models:
    """A partitioned table with partitions beside it."""

    def declare(metadata):
        plain(metadata)
        sa.Table(
            "event",
            metadata,
            C("id", sa.Integer, primary_key=True, autoincrement=False),
            C("at", sa.Date, primary_key=True),
            *([C(name, sa.Integer) for name in options.get("more", ())]),
            postgresql_partition_by=by,
        )
        for part in parts:
            also(metadata, part, on=POSTGRESQL)

    return declare


def _extended(*names) -> Models:
    def declare(metadata):
        for name in names:
            first(metadata, f"create extension {name}", on=POSTGRESQL)
        plain(metadata)

    return declare


def _unlogged(metadata):
    plain(metadata, prefixes=["UNLOGGED"])


def _heir(metadata):
    table(metadata, "base", C("said", sa.Text))
    sa.Table("heir", metadata, C("more", sa.Integer), postgresql_inherits="base")


def _base(metadata):
    table(metadata, "base", C("said", sa.Text))


def _statistics(*, having) -> Models:
    def declare(metadata):
        plain(metadata)
        if having:
            also(metadata, "create statistics item_a_name on a, name from item", on=POSTGRESQL)

    return declare


def _searched(*, having) -> Models:
    def declare(metadata):
        plain(metadata)
        if having:
            also(metadata, "create virtual table search using fts5(words, content='')", on=SQLITE)

    return declare


_PARTS = (
    "create table event_2029 partition of event for values from ('2029-01-01') to ('2030-01-01')",
    "create table event_rest partition of event default",
)
_RANGE, _HASH = "RANGE (at)", "HASH (at)"
_SEQUENCES = "sequence add/remove/alter"
_COUNTS = {"engines": (POSTGRESQL, MYSQL), "reason": "SQLite has no sequences", **LIVE}
_COLLATION = "collation none->X / A->B"
_OPTIONS = "table options (ENGINE, CHARSET, STRICT, WITHOUT ROWID, sqlite_autoincrement)"
_PARTITIONS = "`PARTITION BY` changed, UNLOGGED, WITH()"
_DOMAIN = "DOMAIN check / column of a new domain"
_PRICED = ("insert into item (id, a, name, price) values (1, 10, 'Ada', 5), (2, 11, 'Bo', 6)",)
_PRICE = frozenset({"item.price"})

CASES: tuple[Case, ...] = (
    *both("a sequence is added", "a sequence is removed", without, counting(start=5), line=_SEQUENCES, **_COUNTS),
    Case("a sequence's step and limits change", counting(start=5),
         counting(start=6, increment=3, maxvalue=900, cache=4), line=_SEQUENCES, **_COUNTS),
    Case("a sequence begins again at its end", counting(), counting(cycle=True, maxvalue=99), **_COUNTS),
    Case("a sequence gets another type", counting(), counting(data_type=sa.SmallInteger), **PG),
    *both("a column that takes its values from a new sequence is added",
          "a sequence and the column that takes its values are removed", used(having=False), used(having=True),
          lossy=Pair((NONE, frozenset({"item.number"}))), **_COUNTS),
    Case("a sequence is renamed", counting(start=5),
         lambda m: (plain(m), sa.Sequence("Counter", metadata=m, start=5)),
         renamed={"sequence:numbers": "Counter"}, **_COUNTS),
    *both("a collation is added", "a collation is removed", collated(), collated("NOCASE", "C", "utf8mb4_bin"),
          line=Pair((_COLLATION, "")), **LIVE),
    Case("a collation changes", collated("NOCASE", "C", "utf8mb4_bin"),
         collated("RTRIM", "POSIX", "utf8mb4_unicode_ci"), line=_COLLATION, **LIVE),
    Case("a column gets a character set of its own", lambda m: plain(m, C("it", sa.String(9))),
         lambda m: plain(m, C("it", mysql.VARCHAR(9, charset="latin1"))), **MY),
    Case("a table gets another engine", optioned(mysql_engine="InnoDB"), optioned(mysql_engine="Aria"), line=_OPTIONS,
         **MY),
    Case("a table gets another character set", optioned(mysql_charset="latin1"), optioned(mysql_charset="utf8mb4"),
         line=_OPTIONS, may_lose=frozenset({"item.name"}), **MY),
    Case("a table gets another collation", optioned(mysql_charset="utf8mb4", mysql_collate="utf8mb4_general_ci"),
         optioned(mysql_charset="utf8mb4", mysql_collate="utf8mb4_bin"), **MY),
    Case("a table gets another row format", optioned(), optioned(mysql_row_format="COMPRESSED"), **MY),
    *both("a table becomes strict", "a table is no longer strict",
          lambda m: item(m, C("a", sa.Integer), C("name", sa.Text)),
          lambda m: item(m, C("a", sa.Integer), C("name", sa.Text), sqlite_strict=True), **LITE,
          line=Pair((_OPTIONS, ""))),
    *both("a table loses its row id", "a table gets its row id back", optioned(), optioned(sqlite_with_rowid=False),
          line=Pair((_OPTIONS, "")), **LITE),
    *both("a search table is added", "a search table is removed", _searched(having=False), _searched(having=True),
          lossy=Pair((NONE, frozenset({"search"}))), **LITE),
    *both("a column of a new domain is added", "a column of the last use of a domain is removed", without,
          domain("VALUE > 0"), line=Pair((_DOMAIN, "")), lossy=Pair((NONE, _PRICE)), **PG),
    Case("a domain's check changes", domain("VALUE > 0"), domain("VALUE > 1"), line=_DOMAIN,
         **{**PG, "rows": _PRICED}),
    *both("a domain's check is added", "a domain's check is removed", domain(), domain("VALUE > 1"),
          **{**PG, "rows": _PRICED}),
    *both("a domain's default is added", "a domain's default is removed", domain(), domain(default="5"),
          **{**PG, "rows": _PRICED}),
    *both("a domain becomes required", "a domain is no longer required", domain(), domain(not_null=True),
          **{**PG, "rows": _PRICED}),
    *both("a column of a new composite type is added", "a composite type and its column are removed",
          composite(having=False), composite(having=True), lossy=Pair((NONE, frozenset({"item.place"}))), **PG),
    *both("an extension is added", "an extension is removed", _extended(), _extended("pg_trgm"), **PG),
    *both("a partitioned table with partitions is added", "a partitioned table with partitions is removed",
          without, parted(_RANGE, *_PARTS), **PG,
          lossy=Pair((NONE, frozenset({"event"}))), may_lose=frozenset({"event_2029", "event_rest"})),
    Case("partitions that only the database has are left alone", parted(_RANGE, *_PARTS), parted(_RANGE),
         line="partition child in DB", engines=(POSTGRESQL,), reason="only PostgreSQL's partitions are tables",
         left_alone="partitions come and go with the data, not with the models"),
    Case("a partitioned table gets another column", parted(_RANGE, *_PARTS), parted(_RANGE, *_PARTS, more=("x",)),
         **{**PG, "rows": ("insert into event (id, at) values (1, '2029-05-05'), (2, '2031-05-05')",),
            "then": {"select id, x from event order by id": [(1, None), (2, None)]}}),
    Case("a table is partitioned by something else", parted(_RANGE), parted(_HASH), line=_PARTITIONS, **PG),
    *both("a table becomes unlogged", "a table becomes logged", without, _unlogged, line=Pair((_PARTITIONS, "")), **PG),
    Case("a table gets storage parameters", optioned(), optioned(postgresql_with={"fillfactor": 70}), line=_PARTITIONS,
         engines=(POSTGRESQL,), reason="only PostgreSQL has storage parameters",
         left_alone="how full pages are is tuned on each server; models and heads may differ in it"),
    *both("a table that inherits is added", "a table that inherits is removed", _base, _heir,
          engines=(POSTGRESQL,), reason="only PostgreSQL's tables inherit", lossy=Pair((NONE, frozenset({"heir"})))),
    *both("statistics of columns are added", "statistics of columns are removed", _statistics(having=False),
          _statistics(having=True), **PG),
)  # fmt: skip
