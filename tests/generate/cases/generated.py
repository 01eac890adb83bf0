"""Columns that the server fills: computed ones, identities, counters."""

from __future__ import annotations

import sqlalchemy as sa

from tests.generate.cases.case import MYSQL, POSTGRESQL, SQLITE, Case, Models, Pair, both, item

C = sa.Column
ROWS = ("insert into item (id, a) values (1, 10), (2, 11)",)
SUM = frozenset({"item.total"})
NONE: frozenset[str] = frozenset()
KINDS = {"engines": (SQLITE, MYSQL), "reason": "PostgreSQL 15 has stored columns only", "rows": ROWS}
PG = {"engines": (POSTGRESQL,), "reason": "only PostgreSQL has identities"}


def plus(expression="a + 1", *, stored=True, **options) -> Models:
    """A table with a computed column."""
    computed = lambda: sa.Computed(expression, persisted=stored)  # noqa: E731
    return lambda m: item(m, C("a", sa.Integer), C("total", sa.Integer, computed(), **options))


def bare(metadata):
    """The same without it."""
    item(metadata, C("a", sa.Integer))


def given(metadata):
    """The same with a plain column in its place."""
    item(metadata, C("a", sa.Integer), C("total", sa.Integer))


def _total(*values):
    return {"select total from item order by id": [(value,) for value in values]}


def _indexed(expression) -> Models:
    return lambda m: item(
        m,
        C("a", sa.Integer),
        C("total", sa.Integer, sa.Computed(expression, persisted=True)),
        sa.Index("ix_item_total", "total"),
        sa.CheckConstraint("total > 0", name="ck_item_total"),
    )


def counted(*more, big=False, **options) -> Models:
    """A table whose number comes from elsewhere."""
    kind = sa.BigInteger if big else sa.Integer
    return lambda m: sa.Table(
        "item", m, C("id", kind, *(make() for make in more), primary_key=True, **options), C("a", sa.Integer)
    )


def identity(**options):
    """An identity, when it is asked for."""
    return lambda: sa.Identity(**options)


def _second(*more) -> Models:
    return lambda m: item(m, C("a", sa.Integer), C("number", sa.Integer, *(make() for make in more), nullable=False))


_CHANGED = "computed: expression, plain<->computed, stored<->virtual"
_IDENTITY = "identity added/changed/removed, serial->identity"
_COUNTER = "autoincrement toggled"
_NUMBERED = ("insert into item (a, number) values (10, 5), (11, 6)",)

CASES: tuple[Case, ...] = (
    *both("a stored computed column is added", "a stored computed column is removed", bare, plus(), rows=ROWS,
          then=Pair((_total(11, 12), {})), line=Pair(("computed: column added", "")), may_lose=SUM),
    *both("a virtual computed column is added", "a virtual computed column is removed", bare, plus(stored=False),
          then=Pair((_total(11, 12), {})), may_lose=SUM, **KINDS),
    Case("a stored computed column's expression changes", plus(), plus("a * 2"), rows=ROWS, then=_total(20, 22),
         line=_CHANGED, may_lose=SUM),
    Case("a virtual computed column's expression changes", plus(stored=False), plus("a * 2", stored=False),
         then=_total(20, 22), may_lose=SUM, **KINDS),
    Case("a column becomes computed", given, plus(), then=_total(11, 12), lossy=SUM, line=_CHANGED,
         rows=("insert into item (id, a, total) values (1, 10, 3), (2, 11, 4)",)),
    Case("a computed column becomes a plain one and keeps its values", plus(), given, rows=ROWS, then=_total(11, 12),
         line=_CHANGED, may_lose=SUM),
    Case("a stored computed column becomes virtual", plus(), plus(stored=False), then=_total(11, 12), line=_CHANGED,
         may_lose=SUM, **KINDS),
    Case("a virtual computed column becomes stored", plus(stored=False), plus(), then=_total(11, 12), line=_CHANGED,
         may_lose=SUM, **KINDS),
    Case("a computed column with an index and a check changes", _indexed("a + 1"), _indexed("a + 2"), rows=ROWS,
         then=_total(12, 13), may_lose=SUM),
    *both("a computed column with odd texts is added", "a computed column with odd texts is removed", bare,
          lambda m: item(m, C("a", sa.Integer), C("total", sa.String(90), sa.Computed(
              "case when a % 2 = 0 then 'it''s 100% :x' else '\"' end", persisted=True))),
          rows=ROWS, may_lose=SUM),
    Case("a computed column stays as it is", plus("a + 1"), plus("a + 1"), left_alone="nothing differs"),
    Case("a column gets an identity", counted(autoincrement=False), counted(identity()), rows=ROWS, line=_IDENTITY,
         **PG),
    Case("a column loses its identity", counted(identity()), counted(autoincrement=False), rows=ROWS, line=_IDENTITY,
         **PG),
    Case("an identity's start and step change", counted(identity(start=1)),
         counted(identity(start=100, increment=5, cache=3, cycle=True, maxvalue=9000)), rows=ROWS, line=_IDENTITY,
         **PG),
    Case("an identity is always given", counted(identity(always=False)), counted(identity(always=True)), rows=ROWS,
         **PG),
    Case("a serial becomes an identity", counted(), counted(identity()),
         rows=("insert into item (a) values (10), (11)",), line=_IDENTITY, **PG),
    Case("an identity becomes a serial", counted(identity()), counted(),
         rows=("insert into item (a) values (10), (11)",), **PG),
    Case("a big serial becomes an identity", counted(big=True), counted(identity(), big=True),
         rows=("insert into item (a) values (10), (11)",), **PG),
    Case("a serial becomes bigger", counted(), counted(big=True), rows=("insert into item (a) values (10), (11)",),
         engines=(POSTGRESQL,), reason="only PostgreSQL has serials", may_lose=frozenset({"item.id"})),
    *both("a column with an identity is added to rows", "a column with an identity is removed", bare,
          _second(identity()), rows=Pair((ROWS, ("insert into item (a) values (10), (11)",))),
          lossy=Pair((NONE, frozenset({"item.number"}))), **PG),
    Case("a required column gets an identity", _second(), _second(identity(start=7)), rows=_NUMBERED, **PG),
    *both("a key is counted", "a key is no longer counted", counted(autoincrement=False), counted(), rows=ROWS,
          line=Pair((_COUNTER, "")), engines=(POSTGRESQL, MYSQL), reason="SQLite has its own case"),
    *both("a key's numbers are never used again", "a key's numbers may be used again",
          lambda m: item(m, C("a", sa.Integer)), lambda m: item(m, C("a", sa.Integer), sqlite_autoincrement=True),
          rows=ROWS, line=Pair(("table options (ENGINE, CHARSET, STRICT, WITHOUT ROWID, sqlite_autoincrement)", "")),
          engines=(SQLITE,), reason="AUTOINCREMENT is SQLite's"),
)  # fmt: skip
