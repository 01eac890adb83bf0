"""Views, functions and triggers, declared beside the models; and what happens to them when their tables change."""

from __future__ import annotations

import sqlalchemy as sa

from tests.generate.cases.case import MYSQL, POSTGRESQL, SQLITE, Case, Models, Pair, also, both, item, table

C = sa.Column
ROWS = ("insert into item (id, a, name) values (1, 10, 'Ada'), (2, 11, 'Bo')",)
SEEN = {"select id, a, name from item order by id": [(1, 10, "Ada"), (2, 11, "Bo")]}
LIVE = {"rows": ROWS, "then": SEEN}
PG = {"engines": (POSTGRESQL,), **LIVE}
LINE = "view, function, trigger"
VIEW = "create view big as select id, name from item where a > 3 and name <> 'it''s 100% :x'"


def beside(*statements, on=(SQLITE, POSTGRESQL, MYSQL), size=50, more=()) -> Models:
    """A table, and objects beside it."""

    def declare(metadata):
        extra = (C(name, sa.Integer, server_default="1") for name in more)
        item(metadata, C("a", sa.Integer), C("name", sa.String(size)), *extra)
        for statement in statements:
            also(metadata, statement, on=on)

    return declare


def function(body, kind="integer") -> str:
    """A function of PostgreSQL."""
    return f"create function twice(n integer) returns {kind} language sql immutable as $$ {body} $$"


def stamp(text) -> tuple[str, str]:
    """A trigger of PostgreSQL with its function."""
    make = "create function stamp() returns trigger language plpgsql as $$ begin new.name := '{}'; return new; end $$"
    return (
        make.format(text),
        "create trigger item_stamp before update on item for each row when (new.a > 30) execute function stamp()",
    )


def my_trigger(text) -> str:
    """A trigger of MariaDB."""
    return (
        "create trigger item_stamp before update on item for each row "
        f"begin if new.a > 30 then set new.name = '{text}'; end if; end"
    )


def lite_trigger(text) -> str:
    """A trigger of SQLite."""
    return (
        "create trigger item_stamp after update of a on item for each row when new.a > 30 "
        f"begin update item set name = '{text}' where id = new.id; end"
    )


def per_engine(lite, my, pg, *, size=50, more=()) -> Models:
    """The table, and each engine's own objects."""

    def declare(metadata):
        beside(size=size, more=more)(metadata)
        for engine, statements in ((SQLITE, lite), (MYSQL, my), (POSTGRESQL, pg)):
            for statement in statements:
                also(metadata, statement, on=engine)

    return declare


def triggers(text, **options) -> Models:
    """The same trigger on each engine."""
    return per_engine((lite_trigger(text),), (my_trigger(text),), stamp(text), **options)


def my_function(body) -> str:
    """A function of MariaDB."""
    return f"create function twice(n int) returns int deterministic return {body}"


def _view_of_views(where="a > 3") -> Models:
    return beside(
        f"create view v1 as select id, a, name from item where {where}",
        "create view a2 as select id, a from v1",
        "create view b3 as select id from a2",
    )


def _both_gone(metadata):
    table(metadata, "other", C("x", sa.Integer))


def _with_view(metadata):
    _both_gone(metadata)
    beside(VIEW)(metadata)


def _functional_default(*, having) -> Models:
    """A function that a default calls must be there before the column, and go after it."""

    def declare(metadata):
        table_ = item(
            metadata,
            C("a", sa.Integer),
            C("name", sa.String(50)),
            *([C("code", sa.Integer, server_default=sa.text("twice(4)"))] if having else []),
        )
        if having:
            create = function("select n * 2")
            sa.event.listen(table_, "before_create", sa.DDL(create).execute_if(dialect=POSTGRESQL))

    return declare


_MATERIALISED = "create materialized view total as select count(*) as n, a from item group by a"
_INDEX = "create unique index ix_total_a on total (a)"
_ONLY_PG = {"reason": "only PostgreSQL has such objects", **PG}
_FUNCTIONS = {"engines": (POSTGRESQL, MYSQL), "reason": "SQLite keeps no functions", **LIVE}

CASES: tuple[Case, ...] = (
    *both("a view is added", "a view is removed", beside(), beside(VIEW), line=LINE, **LIVE),
    Case("a view's query changes", beside(VIEW), beside(VIEW.replace("a > 3", "a > 4")), line=LINE, **LIVE),
    Case("a view gets another column", beside(VIEW), beside(VIEW.replace("name from", "name, a from")), **LIVE),
    Case("a view's columns stand in another order", beside(VIEW), beside(VIEW.replace("id, name", "name, id")), **LIVE),
    *both("views of views are added", "views of views are removed", beside(), _view_of_views(), **LIVE),
    Case("a view that other views read changes", _view_of_views(), _view_of_views("a > 4"),
         **LIVE),
    Case("a view is renamed", beside(VIEW), beside(VIEW.replace("view big", "view large")),
         renamed={"view:big": "large"}, **LIVE),
    Case("a column that a view reads gets another type", beside(VIEW), beside(VIEW, size=90), **LIVE,
         may_lose=frozenset({"item.name"})),
    *both("a column is added to a table with a view", "a column is removed from a table with a view", beside(VIEW),
          beside(VIEW, more=("extra",)), **LIVE, lossy=Pair((frozenset(), frozenset({"item.extra"})))),
    *both("a column and a view that reads it are added", "a column and a view that reads it are removed", beside(),
          beside("create view extras as select id, extra from item", more=("extra",)), **LIVE,
          lossy=Pair((frozenset(), frozenset({"item.extra"})))),
    *both("a table and a view on it are added", "a table and a view on it are removed", _both_gone, _with_view,
          lossy=Pair((frozenset(), frozenset({"item"})))),
    Case("a table that a view reads is renamed", beside(VIEW),
         lambda m: (table(m, "product", C("a", sa.Integer), C("name", sa.String(50))),
                    also(m, VIEW.replace("from item", "from product"))),
         renamed={"table:item": "product"}, rows=ROWS,
         then={"select id, a from product order by id": [(1, 10), (2, 11)]}),
    *both("a trigger is added", "a trigger is removed", beside(), triggers("it''s 100% :x"), line=LINE, **LIVE),
    Case("a trigger's action changes", triggers("a"), triggers("b"), line=LINE, **LIVE),
    Case("a column's type changes under a trigger", triggers("a"), triggers("a", size=90), **LIVE,
         may_lose=frozenset({"item.name"})),
    *both("a required column is added under a trigger", "a required column is removed under a trigger", triggers("a"),
          triggers("a", more=("extra",)), **LIVE, lossy=Pair((frozenset(), frozenset({"item.extra"})))),
    *both("a function is added", "a function is removed", beside(),
          per_engine((), (my_function("n * 2"),), (function("select n * 2 + length('it''s 100% :x')"),)), line=LINE,
          **_FUNCTIONS),
    Case("a function's body changes", per_engine((), (my_function("n * 2"),), (function("select n * 2"),)),
         per_engine((), (my_function("n + n"),), (function("select n + n"),)), line=LINE, **_FUNCTIONS),
    Case("a function returns another type", beside(function("select n * 2"), on=POSTGRESQL),
         beside(function("select (n * 2)::bigint", "bigint"), on=POSTGRESQL), **_ONLY_PG),
    Case("a function gets another argument", beside(function("select n * 2"), on=POSTGRESQL),
         beside(function("select n * 2").replace("(n integer)", "(n integer, by text default 'a:b')"), on=POSTGRESQL),
         **_ONLY_PG),
    *both("a procedure is added", "a procedure is removed", beside(), per_engine(
        (), ("create procedure tidy() begin delete from item where a < 0; end",),
        ("create procedure tidy() language sql as $$ delete from item where a < 0 $$",)), **_FUNCTIONS),
    *both("a column whose default calls a new function is added",
          "a function and the default that calls it are removed", _functional_default(having=False),
          _functional_default(having=True), **_ONLY_PG,
          lossy=Pair((frozenset(), frozenset({"item.code"})))),
    *both("a materialised view with an index is added", "a materialised view with an index is removed", beside(),
          beside(_MATERIALISED, _INDEX, on=POSTGRESQL), **_ONLY_PG),
    Case("a materialised view's query changes", beside(_MATERIALISED, _INDEX, on=POSTGRESQL),
         beside(_MATERIALISED.replace("item group", "item where a > 3 group"), _INDEX, on=POSTGRESQL), **_ONLY_PG),
    *both("a rule is added", "a rule is removed", beside(),
          beside("create rule no_delete as on delete to item do instead nothing", on=POSTGRESQL), **_ONLY_PG),
    *both("an event is added", "an event is removed", beside(), beside(
        "create event tidy on schedule every 1 day starts '2030-01-01' disable do delete from item where a < 0",
        on=MYSQL), engines=(MYSQL,), reason="only MariaDB has such events", **LIVE),
)  # fmt: skip
