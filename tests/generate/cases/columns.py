"""Columns that come, go, change their names and whether they may be empty."""

from __future__ import annotations

import sqlalchemy as sa

from bothways.operations import Hints
from tests.generate.cases.case import Case, Pair, both, item, table

C = sa.Column
NAMED = "insert into item (id, name) values (1, 'Ada'), (2, 'it''s 100% :sure')"
KEPT = {"select id, name from item order by id": [(1, "Ada"), (2, "it's 100% :sure")]}
NONE: frozenset[str] = frozenset()


def plain(metadata, *more):
    """A table with a name, and more."""
    return item(metadata, C("name", sa.String(50), nullable=False), *more)


def _added(*more):
    return lambda m: plain(m, *(part() for part in more))


def _note():
    return C("note", sa.String(100))


def _required():
    return C("note", sa.String(100), nullable=False)


def _with_default():
    return C("note", sa.String(100), nullable=False, server_default="it's 100%")


def _keyed(metadata):
    table(metadata, "maker", C("name", sa.String(50)))
    plain(
        metadata,
        C("maker_id", sa.Integer, sa.ForeignKey("maker.id", name="fk_item_maker")),
        sa.Index("ix_item_maker_id", "maker_id"),
        sa.CheckConstraint("maker_id > 0", name="ck_item_maker_id"),
    )


def _unkeyed(metadata):
    table(metadata, "maker", C("name", sa.String(50)))
    plain(metadata)


def _renamed(metadata):
    item(metadata, C("title", sa.String(50), nullable=False))


def _used(name):
    def declare(metadata):
        table(metadata, "maker")
        item(
            metadata,
            C(name, sa.Integer, sa.ForeignKey("maker.id", name="fk_item_maker"), nullable=False),
            C("size", sa.Integer, nullable=False),
            sa.CheckConstraint(f"{name} > 0", name="ck_item_of"),
            sa.UniqueConstraint(name, "size", name="uq_item_of"),
            sa.Index("ix_item_of", name),
        )

    return declare


def _nullable(may_be):
    return lambda m: item(m, C("name", sa.String(50), nullable=may_be, server_default="none"))


def _nullable_without_default(may_be):
    return lambda m: item(m, C("name", sa.String(50), nullable=may_be))


def _order(*names):
    return lambda m: item(m, *(C(name, sa.Integer) for name in names))


def _odd(metadata):
    plain(
        metadata,
        C("größe (50%) :x", sa.Integer, server_default="7"),
        C("Order", sa.String(10)),
        C('a"b', sa.Integer),
    )


def _primary(*, wide):
    def declare(metadata):
        sa.Table(
            "item",
            metadata,
            C("id", sa.Integer, primary_key=True, autoincrement=False),
            C("name", sa.String(50), nullable=False),
            *([C("part", sa.Integer, primary_key=True, autoincrement=False, server_default="1")] if wide else []),
        )

    return declare


_DROPPED = frozenset({"item.note"})
_NOTED = "insert into item (id, name, note) values (1, 'Ada', 'x'), (2, 'it''s 100% :sure', 'y')"
_REQUIRED = "column added NOT NULL, table has rows"
_RENAME = "table / column rename"

CASES: tuple[Case, ...] = (
    *both("a column is added", "a column is removed", plain, _added(_note),
          rows=Pair(((NAMED,), (_NOTED,))), then=KEPT, lossy=Pair((NONE, _DROPPED))),
    *both("three columns are added", "three columns are removed", plain,
          _added(_note, lambda: C("price", sa.Numeric(10, 2)), lambda: C("seen", sa.Boolean)), rows=(NAMED,), then=KEPT,
          lossy=Pair((NONE, frozenset({"item.note", "item.price", "item.seen"})))),
    Case("a required column with a default is added to rows", plain, _added(_with_default),
         rows=(NAMED,), then={"select id, note from item order by id": [(1, "it's 100%"), (2, "it's 100%")]},
         may_lose=_DROPPED),
    Case("a required column is added to rows, filled from another one", plain, _added(_required), line=_REQUIRED,
         rows=(NAMED,), hints=Hints(backfill={"column:item.note": "upper(name)"}),
         then={"select id, note from item order by id": [(1, "ADA"), (2, "IT'S 100% :SURE")]}),
    Case("a required column is added to rows, filled in an offline window", plain, _added(_required),
         rows=(NAMED,), hints=Hints(backfill={"column:item.note": "'a:b'"}, offline=True),
         then={"select id, note from item order by id": [(1, "a:b"), (2, "a:b")]}),
    Case("a required column is added to a table without rows", plain, _added(_required)),
    Case("a required column is removed", _added(_required), plain, rows=(_NOTED,), then=KEPT, lossy=_DROPPED),
    Case("a removed column's values are kept for the way back", _added(_note), plain, rows=(_NOTED,), then=KEPT,
         hints=Hints(keep_data=True)),
    Case("a removed required column's values are kept for the way back", _added(_required), plain, rows=(_NOTED,),
         then=KEPT, hints=Hints(keep_data=True)),
    *both("a column with a foreign key, an index and a check is added", "a column with a foreign key, an index and a "
          "check is removed", _unkeyed, _keyed, line=Pair(("", "drop column having index+FK+CHECK")),
          rows=("insert into maker (id, name) values (1, 'Bo')", NAMED), then=KEPT,
          lossy=Pair((NONE, frozenset({"item.maker_id"})))),
    *both("columns with odd names are added", "columns with odd names are removed", plain, _odd,
          rows=(NAMED,), then=KEPT,
          lossy=Pair((NONE, frozenset({'item."größe (50%) :x"', "item.Order", 'item."a""b"'})))),
    Case("a column is renamed", plain, _renamed, line=_RENAME, renamed={"column:item.name": "title"}, rows=(NAMED,),
         then={"select id, title from item order by id": KEPT[next(iter(KEPT))]}),
    Case("a column that keys, checks and indexes use is renamed", _used("maker"), _used("producer"),
         renamed={"column:item.maker": "producer"},
         rows=("insert into maker (id) values (1), (2)", "insert into item (id, maker, size) values (1, 2, 3)"),
         then={"select id, producer, size from item": [(1, 2, 3)]}),
    Case("a table and its column are renamed at once", plain,
         lambda m: table(m, "product", C("title", sa.String(50), nullable=False)),
         renamed={"table:item": "product", "column:product.name": "title"}, rows=(NAMED,),
         then={"select id, title from product order by id": KEPT[next(iter(KEPT))]}),
    Case("a column is renamed and its type grows", plain, lambda m: item(m, C("title", sa.String(90), nullable=False)),
         renamed={"column:item.name": "title"}, rows=(NAMED,), may_lose=frozenset({"item.title", "item.name"}),
         then={"select id, title from item order by id": KEPT[next(iter(KEPT))]}),
    Case("a column becomes required", _nullable(True), _nullable(False), line="nullable", rows=(NAMED,), then=KEPT),
    Case("a column is no longer required", _nullable(False), _nullable(True), line="nullable", rows=(NAMED,), then=KEPT,
         may_lose=frozenset({"item.name"})),
    Case("a column without a default becomes required", _nullable_without_default(True),
         _nullable_without_default(False), rows=(NAMED,), then=KEPT),
    Case("a column with empty values becomes required and is filled", _nullable_without_default(True),
         _nullable_without_default(False), hints=Hints(backfill={"column:item.name": "'nobody'"}),
         rows=(NAMED, "insert into item (id, name) values (3, null)"), lossy=NONE, may_lose=frozenset({"item.name"}),
         then={"select name from item where id = 3": [("nobody",)]}),
    Case("columns stand in another order", _order("a", "b", "c"), _order("c", "a", "b"), line="column order",
         rows=("insert into item (id, a, b, c) values (1, 2, 3, 4)",),
         left_alone="a database's columns are read by name; their place is no difference that matters"),
    *both("a column joins the primary key", "a column leaves the primary key", _primary(wide=False),
          _primary(wide=True), rows=Pair(((NAMED,), (NAMED,))), lossy=Pair((NONE, frozenset({"item.part"}))),
          then=KEPT),
)  # fmt: skip
