"""What every engine must do: the same suite for all of them. A new engine is one module in bothways/dialects."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from bothways import scratch
from bothways.connections import call
from bothways.dialects import NAMES, dialect_for
from bothways.dialects.reading import take
from bothways.errors import DatabaseMissing, InvalidURL, Unreachable
from bothways.snapshot import TIERS, difference

SHOP = (
    """create table shop (id integer not null primary key, name varchar(20) not null default 'it''s', size integer,
       constraint ck_shop_size check (size > 0))""",
    """create table item (id integer not null primary key, shop_id integer, note varchar(50),
       constraint fk_item_shop foreign key (shop_id) references shop (id))""",
    "create index ix_item_note on item (note)",
    "create unique index uq_item_shop on item (shop_id, note)",
    "create view big_shop as select id, name from shop where size > 10",
    "insert into shop (id, name, size) values (1, 'a', 1), (2, 'ü', 20), (3, 'it''s', null)",
    "insert into item (id, shop_id, note) values (1, 1, 'x'), (2, 2, null)",
)
"""Statements that all engines take."""


def run(url, *statements):
    def execute(connection):
        for statement in statements:
            connection.exec_driver_sql(statement)
        connection.commit()

    call(url, execute, purpose="migrate")


def snapshot(url, **options):
    return call(url, lambda c: take(c, **options), purpose="write")


@pytest.fixture
def shop(empty_database):
    run(empty_database, *SHOP)
    return empty_database


def test_every_dialect_names_itself_and_its_tiers():
    for name in NAMES:
        dialect = dialect_for(name)
        assert dialect.name == name
        assert set(dialect.tiers.values()) <= set(TIERS)
    with pytest.raises(InvalidURL) as caught:
        dialect_for("postgres")
    assert "did you mean postgresql?" in caught.value.hint


def test_the_same_database_gives_the_same_digest_and_no_difference(shop):
    first, second = snapshot(shop, rows=True), snapshot(shop, rows=True)
    assert first.digest == second.digest
    assert difference(first, second) == ()


def test_two_databases_made_by_the_same_statements_are_equal(shop, engine_name, servers):
    with scratch.database(servers[engine_name]) as twin:
        run(twin, *SHOP)
        assert difference(snapshot(shop, rows=True), snapshot(twin, rows=True)) == ()


def test_every_kind_of_object_is_in_the_snapshot(shop):
    found = snapshot(shop)
    assert found.names("table") == ("item", "shop")
    assert found.names("view") == ("big_shop",)
    assert {"shop.id", "shop.name", "shop.size", "item.note"} <= set(found.names("column"))
    assert {"item.fk_item_shop", "shop.ck_shop_size"} <= set(found.names("constraint"))
    assert {"item.ix_item_note", "item.uq_item_shop"} <= set(found.names("index"))
    assert found.server_version.split()[0] in {"PostgreSQL", "MariaDB", "MySQL", "SQLite"}


CHANGES = {
    "a column": ("alter table item add column extra integer", "column:item.extra"),
    "an index": ("create index ix_item_shop on item (shop_id)", "index:item.ix_item_shop"),
    "a table": ("create table more (id integer not null primary key)", "table:more"),
    "a view": ("create view other as select id from item", "view:other"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_one_more_object_is_a_difference(shop, what):
    statement, key = CHANGES[what]
    before = snapshot(shop)
    run(shop, statement)
    assert key in {c.key for c in difference(before, snapshot(shop)) if c.fact is None}


@pytest.mark.parametrize(
    ("statement", "fact"),
    [
        ("insert into shop (id, name) values (9, 'new')", "count"),
        ("update shop set name = 'A' where id = 1", "column name"),
        ("update shop set size = null where id = 2", "column size"),
        ("delete from item where id = 2", "count"),
    ],
)
def test_a_changed_row_is_a_difference_of_the_data_tier_that_names_the_column(shop, statement, fact):
    before = snapshot(shop, rows=True)
    run(shop, statement)
    changes = difference(before, snapshot(shop, rows=True))
    assert {c.tier for c in changes} == {"data"}
    assert fact in {c.fact for c in changes}


def test_values_swapped_between_rows_are_seen(shop):
    before = snapshot(shop, rows=True)
    run(shop, "update shop set name = case id when 1 then 'ü' when 2 then 'a' else name end")
    assert {c.fact for c in difference(before, snapshot(shop, rows=True))} == {"rows"}


def test_null_and_the_empty_text_are_different_data(shop):
    before = snapshot(shop, rows=True)
    run(shop, "update item set note = '' where id = 2")
    assert "column note" in {c.fact for c in difference(before, snapshot(shop, rows=True))}


def test_names_with_dots_belong_to_their_own_table(empty_database):
    def make(connection):
        quoted = connection.dialect.identifier_preparer.quote
        for table, column in (("a", "b.c"), ("a.b", "c")):
            connection.exec_driver_sql(f"create table {quoted(table)} ({quoted(column)} integer)")
            connection.exec_driver_sql(f"insert into {quoted(table)} values (1)")
        connection.commit()

    call(empty_database, make, purpose="migrate")
    found = snapshot(empty_database, rows=True).objects
    assert found["rows:a"]["count"] == found['rows:"a.b"']["count"] == 1
    assert "column b.c" in found["rows:a"]
    assert "column c" in found['rows:"a.b"']
    assert {'column:a."b.c"', 'column:"a.b".c'} <= found.keys()


def test_the_version_table_is_no_part_of_a_snapshot(shop):
    before = snapshot(shop, rows=True)
    run(shop, "create table alembic_version (version_num varchar(32) not null primary key)")
    assert difference(before, snapshot(shop, rows=True)) == ()


def test_reading_leaves_the_session_as_it_was(shop):
    def read_twice(connection):
        text = "select name from shop where id = 2"
        take(connection, rows=True)
        return connection.exec_driver_sql(text).scalar_one(), take(connection).digest == take(connection).digest

    assert call(shop, read_twice, purpose="write") == ("ü", True)


def test_a_quick_look_reads_the_version_table_without_sqlalchemy(empty_database):
    dialect = dialect_for(empty_database.dialect)
    assert dialect.quick_look(empty_database, "alembic_version", 5.0).versions == ()
    run(
        empty_database,
        "create table alembic_version (version_num varchar(32) not null primary key)",
        "insert into alembic_version values ('b'), ('a')",
    )
    reading = dialect.quick_look(empty_database, "alembic_version", 5.0)
    assert reading.versions == ("a", "b")
    assert reading.server_version == call(empty_database, dialect.server_version)


def test_the_administrator_has_every_privilege_that_is_needed(empty_database):
    run(empty_database, "create table t (id integer)")
    privileges = call(empty_database, dialect_for(empty_database.dialect).privileges)
    assert privileges
    assert all(p.granted for p in privileges)
    assert all(p.remedy for p in privileges)


def test_a_lock_excludes_another_session_and_names_it(empty_database):
    dialect = dialect_for(empty_database.dialect)
    if dialect.capabilities.file_based:
        return_first = call(empty_database, lambda c: dialect.try_lock(c, "x"), purpose="migrate")
        assert return_first is None
        return
    taken, release = threading.Event(), threading.Event()

    def hold(connection):
        assert dialect.try_lock(connection, "x") is None
        taken.set()
        release.wait(20)
        dialect.unlock(connection, "x")

    holder = threading.Thread(target=call, args=(empty_database, hold), kwargs={"purpose": "migrate"})
    holder.start()
    assert taken.wait(20)
    assert "session" in call(empty_database, lambda c: dialect.try_lock(c, "x"), purpose="migrate")
    assert call(empty_database, lambda c: dialect.try_lock(c, "another"), purpose="migrate") is None
    release.set()
    holder.join(20)
    assert call(empty_database, lambda c: dialect.try_lock(c, "x"), purpose="migrate") is None


def test_a_failed_revision_leaves_what_the_capability_says(empty_database):
    dialect = dialect_for(empty_database.dialect)

    def half(connection):
        connection.exec_driver_sql("create table half (id integer)")
        connection.rollback()
        return sa.inspect(connection).has_table("half")

    left = call(empty_database, half, purpose="migrate")
    assert left is not dialect.capabilities.transactional_ddl


def test_sessions_are_in_utc(empty_database):
    queries = {
        "postgresql": "select current_setting('TimeZone')",
        "mysql": "select @@session.time_zone",
        "sqlite": "select 'UTC'",
    }
    zone = call(empty_database, lambda c: c.exec_driver_sql(queries[empty_database.dialect]).scalar_one())
    assert zone in {"UTC", "+00:00"}


def test_a_missing_database_is_told_as_such(empty_database):
    missing = empty_database.with_database(
        "/nowhere/at/all.db" if empty_database.dialect == "sqlite" else "bothways_no_such_database"
    )
    with pytest.raises(DatabaseMissing) as caught:
        call(missing, lambda c: c.exec_driver_sql("select 1"))
    assert caught.value.hint


def test_a_port_where_nobody_listens_is_unreachable(empty_database, free_port):
    if dialect_for(empty_database.dialect).capabilities.file_based:
        with pytest.raises(Unreachable):
            call(empty_database.with_database("/proc/nothing/x.db"), lambda c: None, purpose="write")
        return
    from dataclasses import replace

    with pytest.raises(Unreachable, match="refused"):
        call(replace(empty_database, port=free_port), lambda c: None)


def test_the_servers_clock_is_in_seconds_since_1970(empty_database):
    told = call(empty_database, lambda c: dialect_for(empty_database.dialect).clock(c), purpose="write")
    assert abs(told - time.time()) < 300


def test_a_session_of_which_nobody_is_left_can_be_ended_and_no_other_one(empty_database):
    dialect = dialect_for(empty_database.dialect)

    def end(name):
        # A thread, since an async driver's loop runs in ours.
        with ThreadPoolExecutor() as threads:
            ended = threads.submit(call, empty_database, lambda c: dialect.end_session(c, name), autocommit=True)
            return ended.result()

    def open_one(connection):
        name = dialect.session(connection)
        connection.commit()
        if name:
            assert not end(name)
            with pytest.raises(sa.exc.DBAPIError):
                connection.exec_driver_sql("select 1")
            connection.invalidate()
            assert end(name)

    call(empty_database, open_one, purpose="write")
    assert all(map(end, ("", "1-2", "999999999", "1' or '1'='1")))
