"""Indexes, and all that can be said of one."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from bothways.operations import Hints
from tests.generate.cases.case import MYSQL, POSTGRESQL, SQLITE, Case, Models, Pair, both, item

C = sa.Column
ROWS = ("insert into item (id, a, b, name) values (1, 10, 20, 'Ada'), (2, 11, 21, 'Bo')",)
SEEN = {"select id, a, b, name from item order by id": [(1, 10, 20, "Ada"), (2, 11, 21, "Bo")]}
LIVE = {"rows": ROWS, "then": SEEN}
MORE = {"engines": (SQLITE, POSTGRESQL), "reason": "MariaDB has no such indexes", **LIVE}
PG = {"engines": (POSTGRESQL,), "reason": "only PostgreSQL has such indexes", **LIVE}
MY = {"engines": (MYSQL,), "reason": "only MariaDB has such indexes", **LIVE}


def indexed(*makes) -> Models:
    """A table with integers and a name, and the indexes that these make."""
    columns = (("a", sa.Integer), ("b", sa.Integer), ("name", sa.String(50)))
    return lambda m: item(m, *(C(name, type_) for name, type_ in columns), *(make() for make in makes))


def on(*expressions, name="ix_item", **options):
    """An index, when it is asked for. Expressions are texts."""
    return lambda: sa.Index(name, *(e() if callable(e) else e for e in expressions), **options)


def sql(text):
    """An expression, when it is asked for."""
    return lambda: sa.text(text)


def where(text):
    """A condition for both engines that have partial indexes."""
    return {"sqlite_where": sa.text(text), "postgresql_where": sa.text(text)}


def words(*makes) -> Models:
    """A table with a document and an array."""
    return lambda m: item(
        m, C("words", postgresql.ARRAY(sa.Text)), C("doc", postgresql.JSONB), *(make() for make in makes)
    )


_BASIC = "index add / columns / unique / rename (=drop+create)"
_EXPRESSION = "expression index add / change"
_DETAILS = "index WHERE, INCLUDE, USING, opclass, fillfactor"
_PREFIX = "MySQL index prefix length / FULLTEXT"
_WORDS = {"engines": (POSTGRESQL,), "reason": "only PostgreSQL has such indexes",
          "rows": ("insert into item (id, words, doc) values (1, '{a,b}', '{\"a\": 1}')",)}  # fmt: skip

CASES: tuple[Case, ...] = (
    *both("an index is added", "an index is removed", indexed(), indexed(on("a")), line=Pair((_BASIC, "")), **LIVE),
    *both("an index is added in an offline window", "an index is removed in an offline window", indexed(),
          indexed(on("a")), hints=Hints(offline=True), **LIVE),
    *both("a unique index is added", "a unique index is removed", indexed(), indexed(on("a", unique=True)), **LIVE),
    Case("an index gets another column", indexed(on("a")), indexed(on("a", "b")), line=_BASIC, **LIVE),
    Case("an index's columns stand in another order", indexed(on("a", "b")), indexed(on("b", "a")), **LIVE),
    *both("an index becomes unique", "an index is no longer unique", indexed(on("a")), indexed(on("a", unique=True)),
          line=Pair((_BASIC, "")), **LIVE),
    Case("an index is renamed", indexed(on("a")), indexed(on("a", name="Ix a, 50% :x")),
         renamed={"index:item.ix_item": "Ix a, 50% :x"}, line=_BASIC, **LIVE),
    Case("an index has another name", indexed(on("a")), indexed(on("a", name="ix_a")), **LIVE),
    *both("an index on an expression is added", "an index on an expression is removed", indexed(),
          indexed(on(sql("lower(name)"))), line=Pair((_EXPRESSION, "")), **MORE),
    Case("an index's expression changes", indexed(on(sql("lower(name)"))), indexed(on(sql("upper(name)"))),
         line=_EXPRESSION, **MORE),
    *both("an index on a column and an expression is added", "an index on a column and an expression is removed",
          indexed(), indexed(on("a", sql("coalesce(name, 'it''s 100% :x')"))), **MORE),
    *both("a partial index is added", "a partial index is removed", indexed(),
          indexed(on("a", **where("b > 3 and name <> 'it''s 100% :x'"))), **MORE),
    Case("an index becomes partial", indexed(on("a")), indexed(on("a", **where("b > 3"))), line=_DETAILS, **MORE),
    Case("an index's condition changes", indexed(on("a", unique=True, **where("b > 3"))),
         indexed(on("a", unique=True, **where("b > 4"))), **MORE),
    Case("an index includes a column", indexed(on("a")), indexed(on("a", postgresql_include=["b"])), line=_DETAILS,
         **PG),
    Case("an index gets another method", indexed(on("a")), indexed(on("a", postgresql_using="hash")), line=_DETAILS,
         **PG),
    *both("an index on an array is added", "an index on an array is removed", words(),
          words(on("words", postgresql_using="gin")), **_WORDS),
    *both("an index on a document is added", "an index on a document is removed", words(),
          words(on("doc", postgresql_using="gin", postgresql_ops={"doc": "jsonb_path_ops"})), **_WORDS),
    Case("an index gets another operator class", indexed(on("name")),
         indexed(on("name", postgresql_ops={"name": "varchar_pattern_ops"})), line=_DETAILS, **PG),
    Case("an index gets a fill factor", indexed(on("a")), indexed(on("a", postgresql_with={"fillfactor": 70})),
         line=_DETAILS, **PG),
    Case("an index is turned round", indexed(on("a")), indexed(on(sql("a DESC"))), line="index DESC", **LIVE),
    Case("an index puts empty values first", indexed(on("a")), indexed(on(sql("a NULLS FIRST"))), **PG),
    Case("a unique index takes NULL as a value", indexed(on("a", unique=True)),
         indexed(on("a", unique=True, postgresql_nulls_not_distinct=True)), **PG),
    Case("an index gets a collation", indexed(on("name")), indexed(on(sql('name COLLATE "C"'))), **PG),
    Case("an index ignores case", indexed(on("name")), indexed(on(sql("name COLLATE NOCASE"))), engines=(SQLITE,),
         reason="NOCASE is SQLite's", **LIVE),
    Case("an index gets a prefix length", indexed(on("name")), indexed(on("name", mysql_length={"name": 10})),
         line=_PREFIX, **MY),
    Case("an index's prefix length changes", indexed(on("name", mysql_length=10)),
         indexed(on("name", mysql_length=12)), **MY),
    *both("a full-text index is added", "a full-text index is removed", indexed(),
          indexed(on("name", mysql_prefix="FULLTEXT")), line=Pair((_PREFIX, "")), **MY),
    *both("an index with an odd name is added", "an index with an odd name is removed", indexed(),
          indexed(on("a", name='ix "50%" :x, it\'s')), **LIVE),
    *both("three indexes are added", "three indexes are removed", indexed(),
          indexed(on("a", name="ix_a"), on("b", name="ix_b"), on("name", "a", name="ix_c")), **LIVE),
    *both("a column and an index on it are added", "a column and an index on it are removed",
          lambda m: item(m, C("a", sa.Integer)),
          lambda m: item(m, C("a", sa.Integer), C("n", sa.Integer), sa.Index("ix_item_n", "n", "a")),
          rows=("insert into item (id, a) values (1, 2)",), may_lose=frozenset({"item.n"})),
)  # fmt: skip
