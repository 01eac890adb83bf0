"""Checks, unique constraints, foreign keys, primary keys and exclusions."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from tests.generate.cases.case import POSTGRESQL, SQLITE, Case, Models, Pair, both, item, table

C = sa.Column
ROWS = ("insert into item (id, a, b) values (1, 10, 20), (2, 11, 21)",)
SEEN = {"select id, a, b from item order by id": [(1, 10, 20), (2, 11, 21)]}
LIVE = {"rows": ROWS, "then": SEEN}
PARENTS = ("insert into maker (id, a, b) values (10, 10, 20), (11, 11, 21)", *ROWS)
LINKED = {"rows": PARENTS, "then": SEEN}
DEFERRED = {"engines": (SQLITE, POSTGRESQL), "reason": "MariaDB defers nothing"}
PG = {"engines": (POSTGRESQL,)}
NAMES = "only PostgreSQL keeps these names"


def pair(*more) -> Models:
    """A table with two integers, and what each of these makes."""
    return lambda m: item(m, C("a", sa.Integer), C("b", sa.Integer), *(make() for make in more))


def check(text="a > 0", name="ck_item_a", **options):
    """A check, when it is asked for."""
    return lambda: sa.CheckConstraint(text, name=name, **options)


def unique(*columns, name="uq_item", **options):
    """A unique constraint, when it is asked for."""
    return lambda: sa.UniqueConstraint(*columns, name=name, **options)


def key(target="maker.id", column="a", name="fk_item_a", **options):
    """A foreign key, when it is asked for."""
    return lambda: sa.ForeignKeyConstraint([column], [target], name=name, **options)


def linked(*more, **options) -> Models:
    """The table beside one that it may refer to."""

    def declare(metadata):
        table(metadata, "maker", C("a", sa.Integer, unique=True), C("b", sa.Integer))
        table(metadata, "other", C("a", sa.Integer))
        pair(*more)(metadata)

    return declare


def _composite(metadata, *more):
    sa.Table(
        "maker",
        metadata,
        C("x", sa.Integer, primary_key=True, autoincrement=False),
        C("y", sa.Integer, primary_key=True, autoincrement=False),
    )
    pair(*more)(metadata)


def _both_columns():
    return sa.ForeignKeyConstraint(["a", "b"], ["maker.x", "maker.y"], name="fk_item_maker")


def _indexed(*more) -> Models:
    return linked(lambda: sa.Index("ix_item_a", "a"), *more)


def primary(*columns, name=None) -> Models:
    """A table with that primary key."""

    def declare(metadata):
        keys = [sa.PrimaryKeyConstraint(*columns, name=name)] if columns else []
        names = ("id", "a", "b")
        sa.Table("item", metadata, *(C(n, sa.Integer, nullable=False, autoincrement=False) for n in names), *keys)

    return declare


def _referred(models, target="item.id") -> Models:
    def declare(metadata):
        models(metadata)
        table(metadata, "part", C("of", sa.ForeignKey(target, name="fk_part_of")))

    return declare


def booked(*more) -> Models:
    """Rooms that are booked for a time."""
    return lambda m: item(m, C("room", sa.Integer), C("during", postgresql.TSRANGE), *(make() for make in more))


def apart(*elements, name="ex_item_during", **options):
    """An exclusion, when it is asked for."""
    return lambda: postgresql.ExcludeConstraint(*elements, name=name, using="gist", **options)


_CHECKS = "CHECK add/remove"
_KEYS = "FK add, ondelete, target"
_UNIQUE = "unique named add/remove"
_UNNAMED = "unnamed unique/FK add"
_EXCLUDE = {"line": "EXCLUDE add/remove on an existing table", "engines": (POSTGRESQL,),
            "reason": "only PostgreSQL has EXCLUDE",
            "rows": ("insert into item (id, room, during) values (1, 7, '[2020-01-01, 2020-01-02)')",)}  # fmt: skip
_DURING = ("during", "&&")

CASES: tuple[Case, ...] = (
    *both("a check is added", "a check is removed", pair(), pair(check()), line=_CHECKS, **LIVE),
    Case("a check's expression changes", pair(check()), pair(check("a > 0 AND b > 1")), line="CHECK expression changed",
         **LIVE),
    *both("a check with odd texts is added", "a check with odd texts is removed", pair(),
          pair(check("a <> 3 OR b % 2 = 0 OR 'it''s %(a)s' <> ':b \"c\"'", name="ck_item: 50% \"odd\"")), **LIVE),
    Case("a check is renamed", pair(check()), pair(check(name="ck_item_positive")),
         renamed={"constraint:item.ck_item_a": "ck_item_positive"}, **LIVE),
    Case("a check without a name stays as it is", pair(check(name=None)), pair(check(name=None)),
         line="unnamed CHECK with plugin on", left_alone="nothing differs"),
    *both("a check without a name is added", "a check without a name is removed", pair(), pair(check(name=None)),
          **LIVE),
    Case("one of two checks without names changes", pair(check(name=None), check("b > 0", name=None)),
         pair(check(name=None), check("b > 1", name=None)), **LIVE),
    *both("a check of two columns is added", "a check of two columns is removed", pair(), pair(check("a < b")), **LIVE),
    *both("a unique constraint is added", "a unique constraint is removed", pair(), pair(unique("a")), line=_UNIQUE,
          **LIVE),
    *both("a unique constraint of two columns is added", "a unique constraint of two columns is removed", pair(),
          pair(unique("a", "b")), **LIVE),
    Case("a unique constraint gets another column", pair(unique("a")), pair(unique("a", "b")), **LIVE),
    Case("a unique constraint's columns stand in another order", pair(unique("a", "b")), pair(unique("b", "a")),
         line="unique: column order, deferrable", **LIVE),
    Case("a unique constraint becomes deferrable", pair(unique("a")),
         pair(unique("a", deferrable=True, initially="DEFERRED")), line="unique: column order, deferrable", **PG,
         reason="only PostgreSQL defers unique constraints", **LIVE),
    Case("a unique constraint takes NULL as a value", pair(unique("a")),
         pair(unique("a", postgresql_nulls_not_distinct=True)), line="NULLS NOT DISTINCT", **PG,
         reason="only PostgreSQL has NULLS NOT DISTINCT", **LIVE),
    *both("a unique constraint without a name is added", "a unique constraint without a name is removed", pair(),
          pair(unique("a", name=None)), line=Pair((_UNNAMED, "")), **LIVE),
    Case("a unique constraint is renamed", pair(unique("a")), pair(unique("a", name="uq_item_a")),
         renamed={"constraint:item.uq_item": "uq_item_a"}, engines=(SQLITE, POSTGRESQL),
         reason="MariaDB's unique constraints are indexes, which have their own case", **LIVE),
    Case("a unique constraint with a key that refers to it is renamed",
         _referred(pair(unique("a")), "item.a"), _referred(pair(unique("a", name="Uq")), "item.a"),
         renamed={"constraint:item.uq_item": "Uq"}, **PG, reason="PostgreSQL has the names", **LIVE),
    *both("a foreign key is added", "a foreign key is removed", linked(), linked(key()), **LINKED,
          line=Pair((_KEYS, ""))),
    *both("a foreign key is added to a column with an index", "a foreign key is removed from a column with an index",
          _indexed(), _indexed(key()), **LINKED),
    *both("a foreign key to a unique column is added", "a foreign key to a unique column is removed", linked(),
          linked(key("maker.a")), **LINKED),
    *both("a foreign key of two columns is added", "a foreign key of two columns is removed", _composite,
          lambda m: _composite(m, _both_columns), then=SEEN,
          rows=("insert into maker (x, y) values (10, 20), (11, 21)", *ROWS)),
    Case("a foreign key's ON DELETE changes", linked(key()), linked(key(ondelete="CASCADE")), line=_KEYS, **LINKED),
    Case("a foreign key's ON DELETE becomes SET NULL", linked(key(ondelete="CASCADE")),
         linked(key(ondelete="SET NULL")), **LINKED),
    Case("a foreign key's ON UPDATE changes", linked(key()), linked(key(onupdate="CASCADE")), **LINKED),
    Case("a foreign key gets another target", linked(key()), linked(key("maker.a")), line=_KEYS, **LINKED),
    Case("a foreign key gets another table as its target", linked(key()), linked(key("other.id")), **{
        **LINKED, "rows": (*PARENTS, "insert into other (id, a) values (10, 1), (11, 1)")}),
    Case("a foreign key is renamed", linked(key()), linked(key(name="fk_item_maker")), line="FK rename / MATCH",
         renamed={"constraint:item.fk_item_a": "fk_item_maker"}, **LINKED),
    Case("a foreign key has another name", linked(key()), linked(key(name="fk_item_maker")), **LINKED),
    Case("a foreign key gets MATCH FULL", linked(key()), linked(key(match="FULL")), line="FK rename / MATCH",
         engines=(SQLITE, POSTGRESQL), reason="MariaDB ignores MATCH", **LINKED),
    Case("a foreign key becomes deferrable", linked(key()), linked(key(deferrable=True, initially="DEFERRED")),
         line="FK deferrable", **DEFERRED, **LINKED),
    Case("a deferrable foreign key is no longer deferred", linked(key(deferrable=True, initially="DEFERRED")),
         linked(key(deferrable=True, initially="IMMEDIATE")), **DEFERRED, **LINKED),
    *both("a foreign key without a name is added", "a foreign key without a name is removed", linked(),
          linked(key(name=None)), line=Pair((_UNNAMED, "")), **LINKED),
    *both("a foreign key to the table itself is added", "a foreign key to the table itself is removed", pair(),
          pair(key("item.id")), rows=("insert into item (id, a, b) values (1, 1, 1), (2, 1, 1)",)),
    Case("a primary key gets another column", primary("id"), primary("id", "a"), line="PK columns changed / PK renamed",
         **LIVE),
    Case("a primary key moves to another column", primary("id"), primary("a"), **LIVE),
    Case("a primary key's columns stand in another order", primary("id", "a"), primary("a", "id"), **LIVE),
    *both("a primary key is added", "a primary key is removed", primary(), primary("id"), **LIVE),
    Case("a primary key is renamed", primary("id"), primary("id", name="Pk of item"),
         renamed={"constraint:item.item_pkey": "Pk of item"}, line="PK columns changed / PK renamed", **PG,
         reason=NAMES, **LIVE),
    Case("a primary key has another name", primary("id", name="pk_item"), primary("id", name="pk"), **PG,
         reason=NAMES, **LIVE),
    Case("a primary key that others refer to has another name",
         _referred(primary("id")), _referred(primary("id", name="pk")), **PG, reason=NAMES, **LIVE),
    *both("an exclusion is added", "an exclusion is removed", booked(), booked(apart(_DURING)), **_EXCLUDE),
    Case("an exclusion's condition changes", booked(apart(_DURING)), booked(apart(_DURING, where=sa.text("room > 3"))),
         **{**_EXCLUDE, "line": ""}),
    *both("a deferrable exclusion of an expression is added", "a deferrable exclusion of an expression is removed",
          booked(), booked(apart((sa.text("int4range(room, room + 1)"), "&&"), _DURING, deferrable=True)),
          **{**_EXCLUDE, "line": ""}),
    *both("a table with two checks and a key is tightened", "a table with two checks and a key is loosened", linked(),
          linked(check(), check("b < 100", name="ck_item_b"), key(), unique("b", name="uq_item_b")), **LINKED),
    Case("a unique constraint becomes an index", pair(unique("a")),
         pair(lambda: sa.Index("ix_item_a", "a")), **LIVE),
    Case("a unique constraint becomes a unique index of its name", pair(unique("a")),
         pair(lambda: sa.Index("uq_item", "a", unique=True)), engines=(SQLITE, POSTGRESQL),
         reason="MariaDB does not tell them apart", **LIVE),
)  # fmt: skip
