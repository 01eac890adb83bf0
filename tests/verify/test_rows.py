"""Planted rows: every table that can have rows gets them, on every engine, the same for the same seed."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothways import scratch
from bothways.connections import call
from bothways.dialects.plantable import read_columns
from bothways.dialects.reading import take
from bothways.history import History
from bothways.project import Project
from bothways.revisions import upgrade
from bothways.verify.options import Options
from bothways.verify.rows import conditions, functions, grammar, plant
from tests.conftest import ENGINES

PROJECT = Project.load("alembic.ini", environ={})
HISTORIES = {b.name: History.load(b).revisions for b in PROJECT.branches}
SOME = [(e, HISTORIES[e][i].id) for e in ENGINES for i in (0, len(HISTORIES[e]) // 2, -1)]


def planted(url, statements=(), *, seed=0, rows=12, look=None):
    """What planting gave and the snapshot with rows after it; ``look`` may ask the database for more."""

    def work(connection):
        for statement in statements:
            connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
        connection.commit()
        planting = plant(connection, take(connection), seed=seed, rows=rows)
        connection.commit()
        return planting, take(connection, rows=True), look(connection) if look else None

    return call(url, work, purpose="write")


def at(engine, server, revision, **options):
    """Plant into this project's tables as they are at a revision."""
    with scratch.database(server) as url:
        database = replace(PROJECT.database(engine), url=url)
        call(url, lambda c: upgrade(c, PROJECT, database, revision), purpose="migrate")
        return planted(url, **options)


def data(snapshot):
    return {k: f for k, f in snapshot.objects.items() if k.startswith("rows:")}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("rows", [6, Options().rows])
def test_null_and_the_longest_text_are_among_the_rows_however_few_they_are(servers, engine, rows):
    def look(connection):
        return [row[0] for row in connection.exec_driver_sql("select code from shop")]

    statements = ["create table shop (id integer not null primary key, code varchar(7))"]
    with scratch.database(servers[engine]) as url:
        texts = planted(url, statements, rows=rows, look=look)[2]
    assert None in texts
    assert 7 in {len(text) for text in texts if text is not None}
    if rows == Options().rows:
        assert {"", "PLAIN", "plain"} <= set(texts)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("seed", range(6))
def test_of_one_or_two_rows_one_has_a_value_in_a_nullable_column(servers, engine, seed):
    def look(connection):
        return [row[0] for row in connection.exec_driver_sql("select code from shop")]

    statements = ["create table shop (id integer not null primary key, code varchar(7))"]
    with scratch.database(servers[engine]) as url:
        assert planted(url, statements, seed=seed, rows=1, look=look)[2] != [None]
    with scratch.database(servers[engine]) as url:
        texts = planted(url, statements, seed=seed, rows=2, look=look)[2]
    assert {text is None for text in texts} == {False, True}


@pytest.mark.parametrize(("engine", "revision"), SOME)
def test_every_table_of_this_project_gets_rows(servers, engine, revision):
    planting, snapshot, _ = at(engine, servers[engine], revision)
    assert planting.failed == {}
    assert set(planting.planted) == set(snapshot.names("table"))
    assert all(data(snapshot)[f"rows:{table}"]["count"] == count >= 12 for table, count in planting.planted.items())


@pytest.mark.parametrize("engine", ENGINES)
def test_the_same_seed_gives_the_same_rows_and_another_seed_others(servers, engine):
    head = HISTORIES[engine][-1].id
    first, again, other = (data(at(engine, servers[engine], head, seed=s)[1]) for s in (5, 5, 6))
    assert first == again
    assert first != other


CIRCLES = {
    "sqlite": [
        "create table node (id integer primary key, up int references node, twin int not null references node)",
        "create table a (id int primary key, b int not null references b deferrable initially deferred)",
        "create table b (id int primary key, a int not null references a deferrable initially deferred)",
        "create table line (x int not null, y int not null, primary key (x, y))",
        "create table part (id int primary key, x int, y int, foreign key (x, y) references line (x, y))",
    ],
    "postgresql": [
        "create table node (id serial primary key, up int references node, twin int not null references node)",
        "create table a (id int primary key)",
        "create table b (id int primary key, a int not null references a deferrable)",
        "alter table a add b int not null references b deferrable",
        "create table line (x int, y int, primary key (x, y))",
        "create table part (id int primary key, x int, y int, foreign key (x, y) references line match full)",
    ],
    "mysql": [
        (
            "create table node (id int auto_increment primary key, up int, twin int not null, "
            "foreign key (up) references node (id), foreign key (twin) references node (id))"
        ),
        "create table a (id int primary key, b int not null)",
        "create table b (id int primary key, a int not null, foreign key (a) references a (id))",
        "alter table a add foreign key (b) references b (id)",
        "create table line (x int, y int, primary key (x, y))",
        "create table part (id int primary key, x int, y int, foreign key (x, y) references line (x, y))",
    ],
}
REFERRING = {"node": "up", "part": "x"}


def test_circles_self_references_and_composite_keys_are_filled(empty_database, engine_name):
    def look(connection):
        return {
            table: connection.exec_driver_sql(f"select count({column}) from {table}").scalar_one()
            for table, column in REFERRING.items()
        }

    planting, snapshot, pointing = planted(empty_database, CIRCLES[engine_name], look=look)
    assert planting.failed == {}
    assert all(planting.planted[t] >= 12 for t in ("node", "a", "b", "line", "part"))
    assert all(count > 0 for count in pointing.values())
    dangling = "select count(*) from a left join b on b.id = a.b where b.id is null"
    assert call(empty_database, lambda c: c.exec_driver_sql(dangling).scalar_one()) == 0
    assert data(snapshot)["rows:a"]["count"] == planting.planted["a"]


KEYLESS = {
    "sqlite": [
        "create table keyed (id int primary key, code int references bare (code))",
        "create table bare (code int unique, keyed int references keyed)",
    ],
    "others": [
        "create table keyed (id int primary key, code int)",
        "create table bare (code int unique, keyed int, foreign key (keyed) references keyed (id))",
        "alter table keyed add foreign key (code) references bare (code)",
    ],
}


@pytest.mark.parametrize("code", ["int", "double precision"])
def test_a_circle_of_empty_keys_is_filled_in_tables_without_a_key_too(empty_database, engine_name, code):
    tables = [t.replace("code int", f"code {code}") for t in KEYLESS.get(engine_name, KEYLESS["others"])]

    def look(connection):
        asked = "select count(keyed), (select count(code) from keyed) from bare"
        return connection.exec_driver_sql(asked).one()

    planting, _, pointing = planted(empty_database, tables, look=look)
    assert planting.failed == {}
    assert all(count > 0 for count in pointing), pointing


def test_a_circle_whose_keys_are_taken_from_each_other_stays_empty_and_says_so(servers):
    """Each row needs the other one's key first; a second key between them does not help."""
    statements = (
        "create table a (id int primary key, p int unique)",
        "create table b (id int primary key references a (id), p int not null references a (p))",
        "alter table a add foreign key (id) references b (id) deferrable initially deferred",
    )
    with scratch.database(servers["postgresql"]) as url:
        planting, _, _ = planted(url, statements)
    assert set(planting.failed) == {"a", "b"}
    assert all("refer to each other" in why for why in planting.failed.values())


CHECKED = (
    "create table checked (id int not null primary key, n int not null check (n between 3 and 5), "
    "low varchar(20) not null check (low = lower(low)), code varchar(8) not null check (length(code) = 5), "
    "kind varchar(10) not null check (kind in ('one', 'two', 'it''s')), a int, b int, "
    "day date, check (a <> b), check (a < b or a is null), check (day >= '2024-01-01' and day < '2024-02-01'), "
    "check (n > 3 or kind <> 'two'), check (not (id = 0)), unique (code), unique (a, b))"
)


def test_a_key_that_is_put_off_to_the_commit_is_not_broken_there(servers):
    """One column refers to two tables: what suits the one, the other refuses, and here only at the commit."""
    statements = (
        "create table c (id int primary key)",
        "create table b (id serial primary key, a int references c deferrable initially deferred)",
        "alter table b add foreign key (a) references b (id)",
    )
    with scratch.database(servers["postgresql"]) as url:
        planting, seen, _ = planted(url, statements)
    assert planting.planted.keys() | planting.failed.keys() == {"b", "c"}
    assert seen.objects["rows:c"]["count"] == 12


def test_rows_keep_checks_and_unique_keys(empty_database):
    planting, _, kinds = planted(
        empty_database, [CHECKED], look=lambda c: c.exec_driver_sql("select distinct kind from checked").scalars().all()
    )
    assert planting.to_dict() == {"planted": {"checked": 12}, "failed": {}}
    assert set(kinds) == {"one", "two", "it's"}


PARTICULAR = {
    "sqlite": [
        (
            'create table particular (id integer primary key autoincrement, "odd ""name" text not null unique collate '
            "nocase, doubled int generated always as (id * 2) stored, flag boolean not null, data json, "
            "raw blob not null, "
            'check ("odd ""name" glob \'[a-c]*9\'))'
        ),
    ],
    "postgresql": [
        "create type mood as enum ('sad', 'it''s', 'ok')",
        "create domain percent as int not null check (value between 1 and 100)",
        "create schema other",
        (
            'create table other."Odd ""name" (id int generated always as identity primary key, moods mood[] not null, '
            "mood mood not null, share percent unique, doubled int generated always as (share * 2) stored, "
            "code char(3) not null check (code ~ '^[A-Z]{3}$'), during tstzrange not null, raw bytea not null, "
            "price numeric(5,2) not null check (price > 0), at timestamptz(3) not null, data jsonb not null, "
            "address inet not null, span interval not null, bits bit(4) not null)"
        ),
        'create unique index on other."Odd ""name" (lower(code), mood)',
        "create table parted (k int not null, v text) partition by range (k)",
        "create table parted_1 partition of parted for values from (10) to (20)",
        "create table parted_2 partition of parted for values from (20) to (maxvalue)",
    ],
    "mysql": [
        (
            "create table `odd ``name` (id int unsigned auto_increment primary key, mood enum('sad','it''s','ok') "
            "not null, "
            "picks set('x','y') not null, doubled int as (id_2 * 2) stored, id_2 smallint not null, "
            "data json not null, "
            "raw varbinary(20) not null, digest binary(16) not null unique, at timestamp(3) not null default "
            "current_timestamp(3) on update current_timestamp(3), "
            "code varchar(8) not null check (code regexp '^[a-z]{2}-[0-9]+$'), "
            "bits bit(4) not null, price decimal(5,2) unsigned not null, "
            "latin varchar(30) character set latin1 not null, "
            "taken year not null, unique (code))"
        ),
    ],
}


def test_enums_generated_and_identity_columns_and_odd_types_are_filled(empty_database, engine_name):
    planting, snapshot, _ = planted(empty_database, PARTICULAR[engine_name])
    assert planting.failed == {}
    assert set(planting.planted) >= {t for t in snapshot.names("table") if t != "parted"}
    assert all(count >= 5 for count in planting.planted.values())


ANYTHING = "create table anything (id int not null primary key, body varchar(60), small smallint)"


def test_rows_are_hard_to_carry(empty_database):
    def look(connection):
        return connection.exec_driver_sql("select body, small from anything").all()

    _, _, rows = planted(empty_database, [ANYTHING], rows=60, look=look)
    bodies, numbers = {r[0] for r in rows}, [r[1] for r in rows]
    assert None in bodies
    assert "" in bodies
    assert any("'" in b for b in bodies if b)
    assert any("\\" in b and len(b) < 60 for b in bodies if b)
    assert any(ord(c) > 0xFFFF for b in bodies if b for c in b)
    assert any(len(b) == 60 for b in bodies if b)
    assert {32767, -32768, 0, None} <= set(numbers)
    assert len({tuple(r) for r in rows}) < len(rows)


def test_a_table_that_takes_no_rows_is_reported_with_the_reason(empty_database):
    never = [
        "create table never (id int not null primary key, n int, check (id < 0 and id > 5))",
        "create table fine (id int not null primary key)",
        (
            "create table child (id int not null primary key, never_id int not null references never (id), "
            "foreign key (never_id) references never (id))"
        ),
    ]
    planting, _, _ = planted(empty_database, never)
    assert set(planting.failed) == {"never", "child"}
    assert planting.planted == {"fine": 12}
    assert "id" in planting.failed["never"]
    assert "never" in planting.failed["child"]


def test_what_the_server_alone_knows_is_tried_and_then_reported(empty_database):
    opaque = [
        (
            "create table opaque (id int not null primary key, n int not null, "
            "constraint ck_sign check (case when n > 40 then 1 else 0 end = 1))"
        ),
        (
            "create table impossible (id int not null primary key, constraint ck_never check (case when id > 0 then 0 "
            "else 0 end = 1))"
        ),
    ]
    planting, _, _ = planted(empty_database, opaque)
    assert set(planting.failed) == {"impossible"}
    assert "ck_never" in planting.failed["impossible"]
    assert planting.planted["opaque"] > 0


def test_rows_that_are_there_stay_and_are_referred_to(empty_database):
    statements = [
        "create table parent (id int not null primary key, label varchar(9) not null unique, check (id = 77))",
        (
            "create table child (id int not null primary key, parent_id int not null, "
            "foreign key (parent_id) references parent (id))"
        ),
        "insert into parent (id, label) values (77, 'kept')",
    ]

    def look(connection):
        return (
            connection.exec_driver_sql("select id, label from parent").all(),
            connection.exec_driver_sql("select distinct parent_id from child").scalars().all(),
        )

    planting, _, (parents, referred) = planted(empty_database, statements, look=look)
    assert [tuple(p) for p in parents] == [(77, "kept")]
    assert referred == [77]
    assert planting.to_dict() == {"planted": {"parent": 0, "child": 12}, "failed": {}}


@pytest.mark.parametrize("engine", ENGINES)
def test_planting_again_adds_rows_to_those_that_are_there(servers, engine):
    with scratch.database(servers[engine]) as url:
        database = replace(PROJECT.database(engine), url=url)
        call(url, lambda c: upgrade(c, PROJECT, database), purpose="migrate")
        first, _, _ = planted(url, seed=1)
        second, snapshot, _ = planted(url, seed=2)
    assert second.failed == {}
    assert all(
        data(snapshot)[f"rows:{table}"]["count"] == first.planted[table] + second.planted[table] >= 24
        for table in first.planted
    )


def test_planting_commits_nothing(empty_database):
    def work(connection):
        connection.exec_driver_sql(ANYTHING)
        connection.commit()
        plant(connection, take(connection))
        connection.rollback()
        return connection.exec_driver_sql("select count(*) from anything").scalar_one()

    assert call(empty_database, work, purpose="write") == 0


def test_columns_are_read_in_their_order(empty_database):
    call(empty_database, lambda c: (c.exec_driver_sql(ANYTHING), c.commit()), purpose="write")
    columns = read_columns(call(empty_database, take), "anything")
    assert [(c.name, c.kind, c.nullable) for c in columns] == [
        ("id", "integer", False),
        ("body", "text", True),
        ("small", "integer", True),
    ]
    assert columns[1].length == 60


CONDITIONS = [
    ("(price > (0)::numeric)", {"price": 1}, True),
    ("price > 0", {"price": None}, None),
    ("((v)::text = lower((v)::text))", {"v": "A"}, False),
    ("`a` is null or `b` > 5", {"a": 1, "b": 5}, False),
    ("(c = ANY (ARRAY['abc'::bpchar, 'd''ef'::bpchar]))", {"c": "d'ef"}, True),
    ("(a <> ALL (ARRAY[1, 2]))", {"a": 2}, False),
    ("a not in (1, 2)", {"a": 2}, False),
    ("x between 1 and 5 and y = 2", {"x": 5, "y": 2}, True),
    ("not (x is not null)", {"x": 1}, False),
    ("((a > 0) IS NOT FALSE)", {"a": None}, True),
    ("length(trim(x)) > 0", {"x": "  "}, False),
    ("x like 'a%_'", {"x": "abc"}, True),
    ("((x)::text !~~ 'a%'::text)", {"x": "abc"}, False),
    ("num_nonnulls(a, b) = 1", {"a": 1, "b": None}, True),
    ("a % 5 = 0 and a * 2 >= -(3)", {"a": 10}, True),
    ("json_valid(j)", {"j": "{"}, False),
    ("x regexp _utf8mb4'^a+$'", {"x": "aa"}, True),
]


@pytest.mark.parametrize(("expression", "row", "expected"), CONDITIONS)
def test_a_condition_is_evaluated_as_the_server_does(expression, row, expected):
    assert conditions.evaluate(grammar.parse(expression), row) is expected


@pytest.mark.parametrize("expression", ["case when a then 1 end", "f(a) > 1", "a @> b", "(", "a > b"])
def test_what_is_not_understood_is_unknown(expression):
    assert conditions.evaluate(grammar.parse(expression), {"a": 1}) is functions.UNKNOWN


@pytest.mark.parametrize(
    "pattern", ["^[a-z]+$", r"^\d{3}-[A-F0-9]{2,}$", "^(foo|bar)?x+$", "^[^@ ]+@[[:alnum:]]+[.]de$"]
)
def test_a_text_is_found_that_a_pattern_accepts(pattern):
    chance = random.Random(1)
    texts = [functions.accepted("regexp", pattern, chance) for _ in range(20)]
    assert any(functions.call("regexp", [t, pattern.replace("[:alnum:]", "a-z0-9")]) for t in texts)


COLUMN = st.tuples(
    st.sampled_from(["int", "smallint", "varchar(12)", "numeric(8,2)", "real", "date", "datetime", "boolean", "blob"]),
    st.booleans(),
    st.booleans(),
    st.one_of(st.none(), st.integers(-100, 100)),
)


@given(columns=st.lists(COLUMN, min_size=1, max_size=6), seed=st.integers(0, 2**32))
def test_everything_plantable_is_planted(tmp_path_factory, columns, seed):
    parts = []
    for i, (type_, required, unique, least) in enumerate(columns):
        check = f" check (c{i} > {least})" if least is not None and type_ in {"int", "smallint", "numeric(8,2)"} else ""
        limited = unique and type_ != "boolean"
        parts.append(f"c{i} {type_}{' not null' if required else ''}{' unique' if limited else ''}{check}")
    import sqlalchemy as sa

    engine = sa.create_engine("sqlite://")
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"create table t ({', '.join(parts)})")
            planting = plant(connection, take(connection), seed=seed)
            count = connection.exec_driver_sql("select count(*) from t").scalar_one()
    finally:
        engine.dispose()
    assert planting.to_dict() == {"planted": {"t": 24}, "failed": {}}
    assert count == 24


UPGRADES = {
    "id int not null primary key": (),
    "note varchar(40)": ("note",),
    "n int": ("n",),
    "price numeric(9,2)": ("price",),
    "made timestamp null": ("made",),
}


def test_plain_rows_have_no_null_and_nothing_twice_and_fit_narrow_types(empty_database):
    statements = [
        f"create table parent ({', '.join(UPGRADES)})",
        (
            "create table child (id int not null primary key, parent_id int, body varchar(200), "
            "foreign key (parent_id) references parent (id))"
        ),
    ]

    def work(connection):
        for statement in statements:
            connection.exec_driver_sql(statement)
        planting = plant(connection, take(connection), plain=True)
        connection.commit()
        parents = connection.exec_driver_sql("select note, n, price, made from parent").all()
        return planting, parents, connection.exec_driver_sql("select parent_id, body from child").all()

    planting, parents, children = call(empty_database, work, purpose="write")
    assert planting.to_dict() == {"planted": {"parent": 24, "child": 24}, "failed": {}}
    for rows in (parents, children):
        for values in zip(*rows, strict=True):
            assert None not in values
            assert len(set(values)) == 24
    assert all(len(note) <= 4 and 0 < n < 100 and 0 < price < 100 for note, n, price, _ in parents)


def test_only_the_tables_that_are_named_are_filled_and_they_refer_to_what_is_there(empty_database):
    def work(connection):
        connection.exec_driver_sql("create table other (id int not null primary key)")
        connection.exec_driver_sql("create table parent (id int not null primary key)")
        connection.exec_driver_sql(
            "create table child (id int not null primary key, parent_id int not null, "
            "foreign key (parent_id) references parent (id))"
        )
        connection.exec_driver_sql("insert into parent (id) values (7)")
        planting = plant(connection, take(connection), tables=["child"])
        connection.commit()
        return planting, connection.exec_driver_sql("select distinct parent_id from child").scalars().all()

    planting, referred = call(empty_database, work, purpose="write")
    assert planting.to_dict() == {"planted": {"child": 24}, "failed": {}}
    assert referred == [7]
