"""Rows that only the new schema allows: what a downgrade silently makes of them is told, the rest raises no alarm."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import exc

from bothways.connections import call
from bothways.dialects.plantable import Key, PlantableColumn, PlantableTable
from bothways.dialects.reading import take
from bothways.verify.newer import Held, Newer, lost, plant_newer, read_newer
from bothways.verify.wishes import Pair, literals, wishes


def trip(url, create, up, down):
    """The words for what was lost, and how many rows only the new schema allows; None where the downgrade refuses."""

    def run(connection, statements):
        for statement in statements:
            connection.exec_driver_sql(statement, execution_options={"no_parameters": True})

    def work(connection):
        run(connection, create)
        before = take(connection)
        run(connection, up)
        after = take(connection)
        newer = plant_newer(connection, after, wishes(before, after, ["note"], seed=3), seed=3)
        held = read_newer(connection, newer)
        try:
            run(connection, down)
        except exc.DBAPIError:
            connection.rollback()
            return None, newer
        after_down = read_newer(connection, newer)
        run(connection, up)
        return lost(newer, held, after_down, read_newer(connection, newer)), newer

    return call(url, work, purpose="write")


def copied(old, new, expression):
    """SQLite's way to change a column: another table with the rows copied."""
    return [
        f"create table copied (id int not null primary key, body {new})",
        f"insert into copied (id, body) select id, {expression} from note",
        "drop table note",
        "alter table copied rename to note",
    ]


def changed(engine, old, new, *, cast="body"):
    """Upgrade and downgrade that change the type of note.body; down the values are made by ``cast``."""
    if engine == "sqlite":
        return copied(old, new, "body"), copied(new, old, cast)
    make = [] if cast == "body" else [f"update note set body = {cast}"]
    if engine == "mysql":
        return [f"alter table note modify body {new}"], [*make, f"alter table note modify body {old}"]
    plain, empty = (t.replace(" not null", "") for t in (old, new))
    up = [f"alter table note alter body type {empty}"]
    down = [*make, f"alter table note alter body type {plain}"]
    if "not null" in old and "not null" not in new:
        up, down = (
            [*up, "alter table note alter body drop not null"],
            [*down, "alter table note alter body set not null"],
        )
    return up, down


def table(type_):
    return [f"create table note (id int not null primary key, body {type_})"]


def test_a_text_that_the_downgrade_cuts_is_told_with_both_lengths(empty_database, engine_name):
    cut = "substr(body, 1, 20)"
    found, _ = trip(empty_database, table("varchar(20)"), *changed(engine_name, "varchar(20)", "varchar(80)", cast=cut))
    assert {f.column for f in found} == {"body"}
    assert any("(50 characters) → 'abcdefghij" in str(f) and "cuts what only the new" in str(f) for f in found)


def test_a_null_that_the_downgrade_fills_is_told(empty_database, engine_name):
    up, down = changed(engine_name, "varchar(20) not null", "varchar(20)", cast="coalesce(body, '')")
    found, _ = trip(empty_database, table("varchar(20) not null"), up, down)
    assert [(f.column, f.before, f.after) for f in found] == [("body", "None", "''")]


def test_decimals_that_the_downgrade_rounds_are_told(empty_database, engine_name):
    up, down = changed(engine_name, "numeric(8,2)", "numeric(12,4)", cast="round(body, 2)")
    found, newer = trip(empty_database, table("numeric(8,2)"), up, down)
    if found is None:  # a number that is too large for the old column was refused
        assert newer.planted == {"note": 4}
        return
    assert found
    assert {f.column for f in found} == {"body"}


def test_duplicates_that_the_downgrade_deletes_are_told(empty_database, engine_name):
    create = [*table("varchar(20) not null"), "create unique index ux_note on note (body)"]
    drop = "drop index ux_note on note" if engine_name == "mysql" else "drop index ux_note"
    deduplicate = (
        "delete from note where id not in (select least from (select min(id) as least from note group by body) x)"
    )
    found, newer = trip(empty_database, create, [drop], [deduplicate, "create unique index ux_note on note (body)"])
    assert newer.planted == {"note": 2}
    assert [f.column for f in found] == [None]
    assert "is gone" in str(found[0])


def test_a_label_that_the_downgrade_maps_away_is_told(empty_database, engine_name):
    if engine_name == "postgresql":
        create = ["create type mood as enum ('sad', 'ok')", *table("mood")]
        up = [
            "alter type mood rename to mood_old", "create type mood as enum ('sad', 'ok', 'great')",
            "alter table note alter body type mood using body::text::mood", "drop type mood_old",
        ]  # fmt: skip
        down = [
            "alter type mood rename to mood_new", "create type mood as enum ('sad', 'ok')",
            "alter table note alter body type mood using replace(body::text, 'great', 'ok')::mood",
            "drop type mood_new",
        ]  # fmt: skip
    elif engine_name == "mysql":
        create = table("enum('sad','ok')")
        up, down = changed("mysql", "enum('sad','ok')", "enum('sad','ok','great')", cast="replace(body, 'great', 'ok')")
    else:
        old, new = (f"varchar(9) check (body in ({labels}))" for labels in ("'sad', 'ok'", "'sad', 'ok', 'great'"))
        create = table(old)
        up, down = changed("sqlite", old, new, cast="replace(body, 'great', 'ok')")
    found, _ = trip(empty_database, create, up, down)
    assert ("body", "'great'", "'ok'") in {(f.column, f.before, f.after) for f in found}


def test_a_text_that_sqlite_casts_to_zero_is_told(servers, tmp_path):
    from bothways.urls import DatabaseURL

    url = DatabaseURL.parse(f"sqlite:///{tmp_path / 'cast.db'}")
    up, down = changed("sqlite", "integer", "text", cast="cast(body as integer)")
    found, _ = trip(url, table("integer"), up, down)
    assert any(f.column == "body" and f.after == "'0'" for f in found)


QUIET = {
    "add a column": (["alter table note add extra varchar(9)"], ["alter table note drop column extra"]),
    "create a table": (["create table more (id int)"], ["drop table more"]),
    "rename a column": (
        ["alter table note rename column body to words"],
        ["alter table note rename column words to body"],
    ),
    "price times a hundred": (["update note set price = price * 100"], ["update note set price = price / 100"]),
    "small letters": (["update note set body = lower(body)"], ["update note set body = body"]),
    "backfill": (["update note set body = 'x' where body is null"], ["update note set body = body"]),
}


@pytest.mark.parametrize("case", QUIET)
def test_what_carries_everything_raises_no_alarm(empty_database, case):
    create = ["create table note (id int not null primary key, body varchar(20), price numeric(8,2))"]
    create.append("insert into note (id, body, price) values (1, 'ABC', 1.25), (2, null, 3)")
    found, _ = trip(empty_database, create, *QUIET[case])
    assert found == ()


def test_an_index_raises_no_alarm(empty_database, engine_name):
    drop = "drop index ix_note on note" if engine_name == "mysql" else "drop index ix_note"
    found, newer = trip(empty_database, table("varchar(20)"), ["create index ix_note on note (body)"], [drop])
    assert (found, newer.planted) == ((), {})


def test_a_narrowing_that_the_server_refuses_loses_nothing(empty_database, engine_name):
    found, newer = trip(empty_database, table("varchar(20)"), *changed(engine_name, "varchar(20)", "varchar(80)"))
    assert newer.planted == {"note": 4}
    # SQLite has no lengths: it carries the texts as they are.
    assert found == (() if engine_name == "sqlite" else None)


def moments(*rows):
    columns = (PlantableColumn("id", "integer", "integer"), PlantableColumn("v", "text", "text"))
    note = PlantableTable("note", columns, keys=(Key("primary key", ("id",)),))
    newer = Newer("sqlite", {"note": 1}, {"note": Pair(note, note)})
    return lost(newer, *(Held({"note": tuple({"id": "1", "v": v} for v in values)}) for values in rows))


def test_a_value_is_lost_only_if_it_differs_after_the_downgrade_and_after_the_next_upgrade():
    assert moments(["'ABC'"], ["'ABC'"], ["'abc'"]) == ()
    assert moments(["125"], ["1.25"], ["125"]) == ()
    assert [f.column for f in moments(["'ABC'"], ["'AB'"], ["'AB'"])] == ["v"]


def test_a_row_is_lost_only_if_it_is_missing_after_both():
    assert moments(["1"], [], ["1"]) == ()
    assert moments(["1"], ["1"], []) == ()
    assert [f.column for f in moments(["1"], [], [])] == [None]


@pytest.mark.parametrize("value", ["1.50", "1.5", "1.5000"])
def test_the_scale_of_a_decimal_does_not_matter(value):
    from bothways.verify.newer import _exact

    assert _exact(Decimal(value)) == "1.5"


def test_the_words_that_a_revision_looks_for_are_found_and_not_those_that_it_inserts():
    source = """
op.execute("delete from t where state = 'it''s gone' or state in ('a', 'b')")
op.execute("insert into t (state) values ('mine')")
op.bulk_insert(t, [{"state": "seed"}])
connection.execute(t.update().where(t.c.state == "old"))
"""
    found = literals(source)
    assert {"it's gone", "a", "b", "old"} <= set(found)
    assert not {"mine", "seed"} & set(found)


def test_what_is_no_python_has_no_words():
    assert literals("def (") == ()
