"""Drafts for SQLite, run both ways, with rows where they matter."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from bothways import scratch
from bothways.connections import call
from bothways.dialects.reading import take
from bothways.operations import Hints
from bothways.revisions import trial
from bothways.snapshot import advanced, difference
from tests.generate.laboratory import MIGRATIONS, assert_both_ways, source


@pytest.fixture
def server(servers):
    return servers["sqlite"]


def models(*statements: str) -> sa.MetaData:
    """Models that make these statements: what SQLAlchemy can't say is tested, too."""
    metadata = sa.MetaData()

    @sa.event.listens_for(metadata, "after_create")
    def make(_metadata, connection, **_):
        for statement in statements:
            connection.exec_driver_sql(statement)

    return metadata


class Travel:
    """What a draft does to rows, up and down."""

    def __init__(self, server, before, after, rows=(), *, between=(), **more) -> None:
        self.drafted = assert_both_ways(server, models(*before), models(*after), **more)
        self.text = "\n".join(map(source, self.drafted.drafts))
        with scratch.database(server) as url:
            call(url, lambda c: self._go(c, before, rows, between), purpose="prove")

    def _go(self, connection, before, rows, between) -> None:
        for statement in (*before, *rows):
            connection.exec_driver_sql(statement)
        connection.commit()
        self.start = take(connection, rows=True)
        for draft in self.drafted.drafts:
            trial.run(connection, draft.up, MIGRATIONS)
        self.up = self._rows(connection)
        for statement in between:
            connection.exec_driver_sql(statement)
        connection.commit()
        for draft in reversed(self.drafted.drafts):
            trial.run(connection, draft.down, MIGRATIONS)
        self.down = self._rows(connection)
        self.back = take(connection, rows=True)

    def _rows(self, connection) -> dict[str, list[tuple]]:
        names = connection.exec_driver_sql("select name from sqlite_master where type = 'table'").scalars().all()
        quoted = connection.dialect.identifier_preparer.quote
        return {n: [tuple(r) for r in connection.exec_driver_sql(f"select * from {quoted(n)}")] for n in names}

    @property
    def lost(self) -> list[str]:
        changes = difference(self.start, self.back, tiers=("semantic", "order", "data"))
        return [str(c) for c in changes if not advanced(c)]

    @property
    def lossy(self) -> set[str]:
        return {name for draft in self.drafted.drafts for step in draft.steps for name in step.lossy}

    @property
    def said(self) -> list[str]:
        return [step.says for draft in self.drafted.drafts for step in draft.steps]


SHOP = "create table shop (id integer primary key, name varchar(20) not null, city text)"
ROWS = ("insert into shop values (1, 'a', 'Ulm'), (2, 'b', null), (7, 'c', '')",)
INDEX = "create index ix_shop_city on shop (city)"
VIEW = "create view cities as select city, count(*) as n from shop group by city"
TRIGGER = "create trigger shout after insert on shop begin update shop set name = upper(name) where id = new.id; end"
CHECKED = SHOP[:-1] + ", constraint ck check (id > 0))"

CHANGES = {
    "a table": ((), (SHOP, INDEX, TRIGGER)),
    "a column": ((SHOP,), (SHOP[:-1] + ", size integer)",)),
    "a column in the middle": ((SHOP,), (SHOP.replace("city", "size varchar(3) default 'it''s: 5%', city"),)),
    "a constraint": ((SHOP, INDEX, TRIGGER, VIEW), (CHECKED, INDEX, TRIGGER, VIEW)),
    "an unnamed constraint": ((SHOP,), (SHOP[:-1] + ", unique (name, city), check (city <> 'x)y'))",)),
    "an index": ((SHOP,), (SHOP, INDEX)),
    "a unique partial index of an expression": (
        (SHOP,),
        (SHOP, "create unique index \"odd ix\" on shop (lower(name) desc, city collate nocase) where city like '%:x'"),
    ),
    "a view": ((SHOP,), (SHOP, VIEW)),
    "a view on a view": ((SHOP, VIEW), (CHECKED, VIEW, "create view towns as select city from cities")),
    "a trigger": ((SHOP,), (SHOP, TRIGGER)),
    "a trigger of a view": (
        (SHOP, VIEW),
        (SHOP, VIEW, "create trigger t instead of insert on cities begin delete from shop; end"),
    ),
    "strictness": ((SHOP.replace("varchar(20)", "text"),), (SHOP.replace("varchar(20)", "text") + " strict",)),
    "a rowid": ((SHOP + " without rowid",), (SHOP,)),
    "a virtual table": ((SHOP,), (SHOP, "create virtual table found using fts5 (name, city)")),
    "a table that names itself": (
        (SHOP, "create table tree (id integer primary key, up integer references tree (id))"),
        (
            SHOP,
            "create table tree (id integer primary key, up integer references tree (id), check (tree.id <> tree.up))",
        ),
    ),
    "tables that name each other": (
        (SHOP,),
        (
            SHOP,
            "create table a (id integer primary key, b integer references b (id))",
            "create table b (id integer primary key, a integer references a (id))",
        ),
    ),
    "a conflict clause": ((SHOP,), (SHOP.replace("not null", "not null on conflict ignore"),)),
    "a collation": ((SHOP, INDEX), (SHOP.replace("city text", "city text collate nocase"), INDEX)),
    "a computed column": ((SHOP,), (SHOP[:-1] + ", both text as (name || city))",)),
    "a stored column": ((SHOP,), (SHOP[:-1] + ", both text generated always as (name || city) stored)",)),
}


@pytest.mark.parametrize("turned", [False, True], ids=["comes", "goes"])
@pytest.mark.parametrize(("before", "after"), CHANGES.values(), ids=CHANGES)
def test_something_comes_and_goes_and_no_row_is_harmed(server, before, after, turned):
    before, after = (after, before) if turned else (before, after)
    rows = ROWS if any(s.startswith("create table shop") for s in before) else ()
    rows = tuple(r.replace("into shop values", "into shop (id, name, city) values") for r in rows)
    seen = Travel(server, before, after, rows)
    unexpected = [c for c in seen.lost if not any(name.split(".")[-1] in c or "column" not in c for name in seen.lossy)]
    assert not unexpected, seen.text


def test_a_plain_column_is_added_by_alembics_operation(server):
    seen = Travel(server, (SHOP,), (SHOP[:-1] + ", size integer)",), ROWS)
    assert 'op.add_column("shop", sa.Column("size", sa.Integer()))' in seen.text
    assert "bothways_new_" not in seen.text


def test_a_column_that_goes_comes_back_in_its_place(server):
    seen = Travel(server, (SHOP,), (SHOP.replace("name varchar(20) not null, ", ""),), ROWS)
    assert seen.lossy == {"shop.name"}
    assert [r[1] for r in seen.down["shop"]] == ["", "", ""]
    assert "op.drop_column" in seen.text


def test_several_changes_of_a_table_copy_it_once(server):
    after = (
        "create table shop (id integer primary key, name text not null, city text not null default '', unique (name))"
    )
    seen = Travel(server, (SHOP,), (after,), ROWS, hints=Hints(backfill={"column:shop.city": "'?'"}))
    assert seen.text.count("INSERT INTO bothways_new_shop") == 2
    assert seen.up["shop"] == [(1, "a", "Ulm"), (2, "b", "?"), (7, "c", "")]
    assert seen.lossy == {"shop.city"}


def test_views_and_triggers_that_name_a_table_on_the_move_are_made_again(server):
    other = "create table log (id integer primary key, shop text)"
    views = (VIEW, "create view towns as select city from cities", "create view logged as select * from log")
    triggers = (
        TRIGGER,
        "create trigger logging after insert on log begin insert into shop (name) values (new.shop); end",
        "create trigger towns_i instead of insert on towns begin insert into shop (name) values (new.city); end",
    )
    seen = Travel(server, (SHOP, other, *views, *triggers), (CHECKED, other, *views, *triggers), ROWS)
    assert seen.lost == []
    assert "logged" not in seen.text


@pytest.mark.parametrize("rows", [("insert into bill (word) values ('a')", "delete from bill"), ()])
@pytest.mark.parametrize(
    ("before", "after"),
    [("autoincrement", "autoincrement check (id > 0)"), ("autoincrement", ""), ("", "autoincrement")],
)
def test_numbers_that_were_handed_out_stay_known(server, rows, before, after):
    table = "create table bill (id integer primary key {}, word text)".format
    seen = Travel(server, (table(before),), (table(after),), rows)
    assert seen.lost == []


def test_rows_of_a_dropped_table_come_back_from_a_side_table(server):
    table = "create table bill (id integer primary key autoincrement, word any, twice as (word || word)) strict"
    noting = "create trigger noting after insert on bill begin insert into shop (name) values ('!'); end"
    rows = (
        "insert into bill values (1, '007'), (9, 7), (12, null)",
        "delete from bill where id > 9",
        "delete from shop",
    )
    seen = Travel(
        server, (SHOP, table.replace("twice as", "twice any as"), noting), (SHOP,), rows, hints=Hints(keep_data=True)
    )
    assert seen.lossy == set()
    assert seen.lost == []


KEEP = Hints(keep_data=True)


def test_values_of_a_dropped_column_come_back_beside_newer_rows(server):
    after = (SHOP.replace(", city text", ""),)
    seen = Travel(
        server,
        (SHOP,),
        after,
        ROWS,
        between=("delete from shop where id = 1", "insert into shop values (8, 'd')"),
        hints=KEEP,
    )
    assert seen.down["shop"] == [(2, "b", None), (7, "c", ""), (8, "d", None)]
    assert "bothways_kept_shop" not in seen.down


def test_texts_that_become_numbers_come_back_unless_somebody_changed_them(server):
    table = "create table code (a text, b text, word {}, primary key (a, b))".format
    rows = ("insert into code values ('x', '1', '007'), ('x', '2', 'seven'), ('y', '1', '1.50'), ('y', '2', null)",)
    seen = Travel(
        server,
        (table("text"),),
        (table("integer"),),
        rows,
        between=("update code set word = 8 where b = '1' and a = 'y'",),
        hints=KEEP,
    )
    assert seen.up["code"][0] == ("x", "1", 7)
    assert seen.down["code"] == [("x", "1", "007"), ("x", "2", "seven"), ("y", "1", "8"), ("y", "2", None)]


def test_a_filled_column_is_empty_again_where_nobody_changed_it(server):
    after = SHOP.replace("city text", "city text not null")
    seen = Travel(
        server, (SHOP,), (after,), (*ROWS, "insert into shop values (8, 'd', null)"),
        between=("update shop set city = 'Bonn' where id = 8",),
        hints=Hints(backfill={"column:shop.city": "upper(name)"}, keep_data=True),
    )  # fmt: skip
    assert seen.up["shop"] == [(1, "a", "Ulm"), (2, "b", "B"), (7, "c", ""), (8, "d", "D")]
    assert seen.down["shop"] == [(1, "a", "Ulm"), (2, "b", None), (7, "c", ""), (8, "d", "Bonn")]


def test_a_new_column_is_filled_from_one_that_goes(server):
    after = "create table shop (id integer primary key, title text not null, city text)"
    seen = Travel(
        server, (SHOP,), (after,), ROWS, hints=Hints(backfill={"column:shop.title": "upper(name)"}, keep_data=True)
    )
    assert seen.up["shop"] == [(1, "A", "Ulm"), (2, "B", None), (7, "C", "")]
    assert seen.lost == []


def test_filling_a_column_sets_off_no_trigger(server):
    stamp = "create trigger stamp after update on shop begin update shop set city = 'stamped' where id = new.id; end"
    after = SHOP[:-1] + ", size text)"
    hints = Hints(backfill={"column:shop.size": "upper(name)"}, keep_data=True)
    seen = Travel(server, (SHOP, stamp), (after, stamp), ROWS, hints=hints)
    assert seen.up["shop"] == [(1, "a", "Ulm", "A"), (2, "b", None, "B"), (7, "c", "", "C")]
    assert (
        Travel(server, (after, stamp), (SHOP, stamp), ("insert into shop values (1, 'a', '', 'x')",), hints=KEEP).lost
        == []
    )


def test_a_nullable_column_is_added_and_filled_in_place(server):
    hints = Hints(backfill={"column:shop.size": "length(name)"})
    seen = Travel(server, (SHOP,), (SHOP[:-1] + ", size numeric(10,2))",), ROWS, hints=hints)
    assert seen.text.count("op.execute") == 2
    assert [r[3] for r in seen.up["shop"]] == [1, 1, 1]


ODD = (
    'create table "a ""b"" it\'s 100% :x.y" ("Order" integer primary key, "größe (%s) :y" text, [from] text, `to` text)'
)


def test_odd_names_are_quoted_right(server):
    view = 'create view "v.w" as select "Order", [from] from "a ""b"" it\'s 100% :x.y"'
    index = 'create index "i ""x"" %" on "a ""b"" it\'s 100% :x.y" ("größe (%s) :y", [from])'
    after = ODD.replace("`to` text", "`to` text, check (\"größe (%s) :y\" <> ':z \\ ')")
    rows = ("insert into \"a \"\"b\"\" it's 100% :x.y\" values (3, 'a', 'b', 'c')",)
    assert Travel(server, (ODD, view, index), (after, view, index), rows).lost == []
    gone = ODD.replace('"größe (%s) :y" text, ', "")
    assert Travel(server, (ODD,), (gone,), rows, hints=KEEP).lost == []
    assert Travel(server, (ODD,), (), rows, hints=KEEP).lost == []


def test_copying_a_table_leaves_no_row_out(server):
    after = SHOP[:-1] + ", unique (city) on conflict replace)"
    rows = ("insert into shop values (1, 'a', 'Ulm'), (2, 'b', 'Ulm')",)
    with pytest.raises(sa.exc.IntegrityError):
        Travel(server, (SHOP,), (after,), rows)


def test_children_are_not_orphaned_by_a_table_that_goes(server):
    parent = "create table maker (code text primary key, name text)"
    before = (parent, "create table item (id integer primary key, maker text not null references maker (code))")
    after = ("create table item (id integer primary key, maker text not null)",)
    rows = ("insert into maker values ('x', 'X')", "insert into item values (1, 'x')")
    assert Travel(server, before, after, rows).lost == []


def test_a_required_key_to_other_rows_is_kept_without_asking(server):
    before = (SHOP, "create table item (id integer primary key, shop integer not null references shop (id))")
    after = (SHOP, "create table item (id integer primary key)")
    seen = Travel(server, before, after, (*ROWS, "insert into item values (1, 7), (2, 1)"))
    assert seen.lost == []


def test_a_view_that_names_nothing_stands_not_in_the_way(server):
    views = ("create view ghost as select x from nowhere", "create view far as select * from ghost")
    ghost = "create trigger g after delete on shop begin insert into nowhere values (1); end"
    assert Travel(server, (SHOP, *views, ghost), (CHECKED, *views, ghost), ROWS).lost == []


def test_capitals_of_a_column_change_and_its_values_stay(server):
    assert Travel(server, (SHOP,), (SHOP.replace("city", "City"),), ROWS).lost == []


def test_capitals_of_a_table_change_and_its_rows_stay(server):
    assert Travel(server, (SHOP, INDEX), (SHOP.replace("shop", "Shop"), INDEX), ROWS).lost == []


RENAMED = {
    "a table": ({"table:shop": "store"}, "shop", "store"),
    "a column": ({"column:shop.city": "town"}, "city", "town"),
    "capitals of a table": ({"table:shop": "Shop"}, "shop", "Shop"),
    "capitals of a column": ({"column:shop.city": "CITY"}, "city", "CITY"),
    "an index": ({"index:shop.ix_shop_city": "ix"}, "ix_shop_city", "ix"),
    "a constraint": ({"constraint:shop.ck": "ck2"}, "ck", "ck2"),
    "a view": ({"view:cities": "towns"}, "cities", "towns"),
}


@pytest.mark.parametrize(("renamed", "old", "new"), RENAMED.values(), ids=RENAMED)
def test_a_rename_keeps_rows_views_triggers_and_keys(server, renamed, old, new):
    item = "create table item (id integer primary key, shop_id integer references shop (id))"
    before = (CHECKED, item, INDEX, VIEW, TRIGGER)
    after = tuple(re.sub(rf"\b{old}\b", new, s) for s in before)
    seen = Travel(server, before, after, (*ROWS, "insert into item values (1, 7)"), renamed=renamed)
    assert seen.lost == []
    assert seen.lossy == set()


DIARY = "create table diary (id integer primary key, t {})".format
MOMENT = "2020-01-02 03:04:05.000000"


@pytest.mark.parametrize(
    ("before", "after", "value", "up", "down"),
    [
        ("datetime", "date", MOMENT, "2020-01-02", "2020-01-02 00:00:00.000000"),
        ("date", "datetime", "2020-01-02", "2020-01-02 00:00:00.000000", "2020-01-02"),
        ("datetime", "time", MOMENT, "03:04:05.000000", "1970-01-01 03:04:05.000000"),
        ("time", "timestamp", "03:04:05.000000", "1970-01-01 03:04:05.000000", "03:04:05.000000"),
        ("datetime", "text", MOMENT, MOMENT, MOMENT),
    ],
)
def test_moments_become_what_sqlalchemy_reads_there_and_back(server, before, after, value, up, down):
    rows = (f"insert into diary values (1, '{value}'), (2, null)",)
    seen = Travel(server, (DIARY(before),), (DIARY(after),), rows)
    assert [r[1] for r in seen.up["diary"]] == [up, None]
    assert [r[1] for r in seen.down["diary"]] == [down, None]
    assert value == down or seen.lossy == {"diary.t"}


def test_a_time_of_day_is_kept_beside_newer_days(server):
    rows = (f"insert into diary values (1, '{MOMENT}'), (2, '{MOMENT}'), (3, null)",)
    between = ("update diary set t = '2021-01-01' where id = 2", "insert into diary values (4, '2022-01-01')")
    seen = Travel(server, (DIARY("datetime"),), (DIARY("date"),), rows, between=between, hints=KEEP)
    assert seen.lossy == set()
    assert seen.down["diary"] == [
        (1, MOMENT),
        (2, "2021-01-01 00:00:00.000000"),
        (3, None),
        (4, "2022-01-01 00:00:00.000000"),
    ]


def test_a_required_day_that_comes_from_moments_is_filled_where_there_is_none(server):
    hints = Hints(backfill={"column:diary.t": "'1999-01-01'"})
    rows = (f"insert into diary values (1, '{MOMENT}'), (2, null)",)
    seen = Travel(server, (DIARY("datetime"),), (DIARY("date not null"),), rows, hints=hints)
    assert [r[1] for r in seen.up["diary"]] == ["2020-01-02", "1999-01-01"]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("text", "json", "that is no JSON stays, and is read wrongly or not at all"),
        ("integer", "datetime", "that is no moment stays"),
        ("date", "time", "that is no time stays"),
        ("varchar(20)", "numeric(10, 2)", "that is no number stays"),
        ("text", "char(32)", "that is no UUID stays"),
        ("text", "boolean", "that is no number stays"),
        ("blob", "text", "stays bytes until it is written again"),
        ("text", "blob", "stays what it is, no bytes, until it is written again"),
        ("json", "text", None),
        ("boolean", "integer", None),
        ("integer", "numeric(10, 2)", None),
        ("datetime", "text", None),
    ],
)
def test_values_that_sqlalchemy_does_not_read_as_the_new_type_are_told(server, before, after, told):
    seen = Travel(server, (DIARY(before),), (DIARY(after),))
    cautions = [c for draft in seen.drafted.drafts for step in draft.steps for c in step.cautions if "diary.t" in c]
    assert [told in c for c in cautions] == ([True] if told else [])


REFUSED = {
    "a unique constraint": ((SHOP[:-1] + ", unique (city))",), "rows of shop have the same values"),
    "a unique index": ((SHOP, "create unique index u on shop (city)"), "rows of shop have the same values"),
    "an index": ((SHOP, INDEX), None),
    "a check": ((CHECKED,), "a row of shop breaks the constraint"),
    "a foreign key": (
        (SHOP[:-1] + ", constraint f foreign key (city) references shop (id))",),
        "a row of shop points at nothing",
    ),
    "rules of a new column": (
        (SHOP[:-1] + ", up integer, constraint f foreign key (up) references shop (id), unique (up), check (up > 1))",),
        None,
    ),
    "rules of a column that has the same value everywhere": (
        (SHOP[:-1] + ", up integer default 3, unique (up))",),
        "rows of shop have the same values",
    ),
}


@pytest.mark.parametrize(("after", "told"), REFUSED.values(), ids=REFUSED)
def test_rules_that_rows_may_break_are_told(server, after, told):
    seen = Travel(server, (SHOP,), after)
    cautions = [c for draft in seen.drafted.drafts for step in draft.steps for c in step.cautions if "refused" in c]
    assert cautions == ([f"It is refused where {told}."] if told else [])
