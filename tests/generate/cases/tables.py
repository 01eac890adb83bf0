"""Tables that come, go and change their names."""

from __future__ import annotations

import sqlalchemy as sa

from bothways.operations import Hints
from tests.generate.cases.case import POSTGRESQL, Case, Pair, both, first, item, table

COLUMN = sa.Column
NAMED = "insert into item (id, name) values (1, 'Ada'), (2, 'it''s 100% :sure')"
KEPT = {"select id, name from item order by id": [(1, "Ada"), (2, "it's 100% :sure")]}


def _name(nullable=False):
    return COLUMN("name", sa.String(50), nullable=nullable)


def nothing(metadata):
    """No models at all."""


def plain(metadata):
    """One table with a name."""
    item(metadata, _name())


def rich(metadata):
    """One table with everything that a table can have on every engine."""
    table(metadata, "maker", _name())
    item(
        metadata,
        COLUMN("name", sa.String(50), nullable=False, server_default="new"),
        COLUMN("price", sa.Numeric(10, 2)),
        COLUMN("maker_id", sa.Integer, sa.ForeignKey("maker.id", name="fk_item_maker", ondelete="CASCADE")),
        COLUMN("made_at", sa.DateTime, server_default=sa.func.now()),
        sa.CheckConstraint("price >= 0", name="ck_item_price"),
        sa.UniqueConstraint("name", "maker_id", name="uq_item_name_maker"),
        sa.Index("ix_item_made_at", "made_at"),
        sa.Index("ix_item_maker_id", "maker_id"),
    )


def chain(metadata):
    """Several tables, each with a foreign key to the one before."""
    plain(metadata)
    for owner, name in (("item", "zebra"), ("zebra", "apple"), ("apple", "mango"), ("mango", "berry")):
        key = sa.ForeignKey(f"{owner}.id", name=f"fk_{name}_{owner}")
        table(metadata, name, COLUMN(f"{owner}_id", sa.Integer, key, nullable=False))


def cycle(metadata):
    """Two tables, each with a foreign key to the other."""
    plain(metadata)
    for name, other in (("chicken", "egg"), ("egg", "chicken")):
        key = sa.ForeignKey(f"{other}.id", name=f"fk_{name}_{other}", use_alter=name == "chicken")
        table(metadata, name, COLUMN(f"{other}_id", sa.Integer, key))


def tree(metadata):
    """A table with a foreign key to itself."""
    plain(metadata)
    table(metadata, "node", COLUMN("parent_id", sa.Integer, sa.ForeignKey("node.id", name="fk_node_parent")))


def odd(metadata):
    """Names that must be quoted, and hold what means something elsewhere."""
    plain(metadata)
    sa.Table(
        'Odd "name" 50% :x',
        metadata,
        COLUMN("Order", sa.Integer, primary_key=True, autoincrement=False),
        COLUMN("größe (cm)", sa.Integer, nullable=False),
        COLUMN("select", sa.String(20), server_default="100% :sure"),
        COLUMN("it's", sa.Integer),
        COLUMN("a.b", sa.Integer),
        sa.CheckConstraint(sa.column("größe (cm)") > 0, name="ck odd % :size"),
        sa.UniqueConstraint("select", "a.b", name="uq Odd:1"),
        sa.Index("ix Odd 100%", "it's"),
    )


def _linked(metadata):
    plain(metadata)
    table(
        metadata,
        "link",
        COLUMN("item_id", sa.Integer, sa.ForeignKey("item.id", name="fk_link_item"), nullable=False),
        sa.Index("ix_link_item_id", "item_id"),
    )


def _renamed(metadata):
    sa.Table("product", metadata, COLUMN("id", sa.Integer, primary_key=True), _name())


def _renamed_with_links(metadata):
    _renamed(metadata)
    table(
        metadata,
        "link",
        COLUMN("item_id", sa.Integer, sa.ForeignKey("product.id", name="fk_link_item"), nullable=False),
        sa.Index("ix_link_item_id", "item_id"),
    )


def _composite(metadata):
    plain(metadata)
    sa.Table(
        "place",
        metadata,
        COLUMN("row", sa.Integer, primary_key=True, autoincrement=False),
        COLUMN("seat", sa.String(5), primary_key=True),
        COLUMN("item_id", sa.Integer, sa.ForeignKey("item.id", name="fk_place_item")),
    )


def _keyless(metadata):
    plain(metadata)
    sa.Table("log", metadata, COLUMN("line", sa.Text), COLUMN("said", sa.DateTime))


def _elsewhere(metadata):
    plain(metadata)
    sa.Table("item", metadata, COLUMN("id", sa.Integer, primary_key=True), _name(), schema="shop")


def _elsewhere_more(metadata):
    _elsewhere(metadata)
    key = sa.ForeignKey("shop.item.id", name="fk_part_item")
    sa.Table(
        "part",
        metadata,
        COLUMN("id", sa.Integer, primary_key=True),
        COLUMN("item_id", sa.Integer, key),
        sa.Index("ix_part_item_id", "item_id"),
        schema="shop",
    )


def _odd_schema(metadata):
    plain(metadata)
    sa.Table("Item 2", metadata, COLUMN("Id", sa.Integer, primary_key=True), schema="My Shop")


def _kept(metadata):
    plain(metadata)
    table(metadata, "note", COLUMN("text", sa.Text), COLUMN("at", sa.DateTime))


def _empty_schema(metadata):
    plain(metadata)
    first(metadata, "create schema if not exists shop", on=POSTGRESQL)


_ITEMS = {"rows": (NAMED,), "then": KEPT}
_BOTH_ADDED = "table add / remove"
_SCHEMAS = {"engines": (POSTGRESQL,), "reason": "only PostgreSQL has schemas inside a database"}

CASES: tuple[Case, ...] = (
    *both("the first table is added", "the last table is removed", nothing, plain, line=_BOTH_ADDED,
          rows=Pair(((), (NAMED,))), lossy=Pair((frozenset(), frozenset({"item"})))),
    *both("tables with keys, checks, defaults and indexes are added", "tables with everything are removed", nothing,
          rich, lossy=Pair((frozenset(), frozenset({"item", "maker"}))),
          rows=Pair(((), ("insert into maker (id, name) values (1, 'Bo')",
                          "insert into item (id, name, price, maker_id) values (1, 'Ada', 3.5, 1)")))),
    *both("several tables that depend on each other are added", "several tables that depend on each other are removed",
          plain, chain, line=Pair(("", "several FK-dependent tables removed")),
          rows=Pair(((NAMED,), (NAMED, "insert into zebra (id, item_id) values (1, 1)",
                                "insert into apple (id, zebra_id) values (1, 1)"))), then=KEPT,
          lossy=Pair((frozenset(), frozenset({"zebra", "apple", "mango", "berry"})))),
    *both("two tables that refer to each other are added", "two tables that refer to each other are removed",
          plain, cycle, line=Pair(("two cyclic tables added", "")), **_ITEMS,
          lossy=Pair((frozenset(), frozenset({"chicken", "egg"})))),
    *both("a table with a foreign key to itself is added", "a table with a foreign key to itself is removed",
          plain, tree, **_ITEMS, lossy=Pair((frozenset(), frozenset({"node"})))),
    *both("a table with odd names is added", "a table with odd names is removed", plain, odd, **_ITEMS,
          lossy=Pair((frozenset(), frozenset({'"Odd ""name"" 50% :x"'})))),
    *both("a table with a composite key is added", "a table with a composite key is removed", plain, _composite,
          **_ITEMS, lossy=Pair((frozenset(), frozenset({"place"})))),
    *both("a table without a key is added", "a table without a key is removed", plain, _keyless, **_ITEMS,
          lossy=Pair((frozenset(), frozenset({"log"})))),
    Case("a table is renamed", plain, _renamed, line="table / column rename", renamed={"table:item": "product"},
         rows=(NAMED,), then={"select id, name from product order by id": KEPT[next(iter(KEPT))]}),
    Case("a table that others refer to is renamed", _linked, _renamed_with_links, renamed={"table:item": "product"},
         rows=(NAMED, "insert into link (id, item_id) values (1, 2)"),
         then={"select id, name from product order by id": KEPT[next(iter(KEPT))],
               "select id, item_id from link": [(1, 2)]}),
    Case("a removed table's rows are kept for the way back", _kept, plain, hints=Hints(keep_data=True),
         rows=(NAMED, "insert into note (id, text, at) values (1, 'a', '2020-01-02 03:04:05'), (2, null, null)"),
         then=KEPT),
    *both("tables in a new schema are added", "the last tables of a schema are removed", plain, _elsewhere,
          line=Pair(("new schema", "")),
          rows=Pair(((NAMED,), (NAMED, "insert into shop.item (id, name) values (7, 'x')"))),
          lossy=Pair((frozenset(), frozenset({"shop.item"}))), then=KEPT, **_SCHEMAS),
    *both("a table is added in a schema that is there", "a table of a schema is removed", _elsewhere,
          _elsewhere_more, **_SCHEMAS, lossy=Pair((frozenset(), frozenset({"shop.part"})))),
    *both("a table with odd names in a schema with an odd name is added", "a schema with an odd name is removed",
          plain, _odd_schema, **_SCHEMAS, lossy=Pair((frozenset(), frozenset({"My Shop.Item 2"})))),
    *both("an empty schema is added", "an empty schema is removed", plain, _empty_schema, **_SCHEMAS, **_ITEMS),
)  # fmt: skip
