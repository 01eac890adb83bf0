"""Following what statements touch gives what reading everything gives, whatever the statements are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bothways import scratch
from bothways.connections import call
from bothways.dialects.footprint import Known, footprint, unquoted
from bothways.dialects.reading import take
from bothways.history import History
from bothways.project import Project
from bothways.revisions.guard import Now
from bothways.revisions.stepping import Runner
from bothways.snapshot import difference
from bothways.verify.tracking import Tracker, suspicious
from tests.conftest import ENGINES
from tests.faults.bench import BASES, CASES

ALL = [pytest.param(engine, case, id=f"{engine}-{case.name}") for engine, cases in CASES.items() for case in cases]


def run(connection, statements):
    for statement in statements:
        connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


def same(tracker, connection):
    """What is followed is what is there; compares facts, then the differences from the snapshot before."""
    followed, full = tracker.snapshot(), take(connection, rows=True)
    assert [str(c) for c in difference(followed, full)] == []
    return followed


@pytest.mark.parametrize(("engine", "case"), ALL)
def test_every_planted_fault_is_seen_by_following_as_by_reading_everything(engine, case, servers):
    with scratch.database(servers[engine]) as url:

        def play(connection):
            # Nothing is committed: roles are the whole server's, and go with the transaction.
            tracker = Tracker(connection)
            run(connection, (*BASES[engine], *case.before))
            seen = [same(tracker, connection)]
            for statements in (case.up, case.down):
                run(connection, statements)
                seen.append(same(tracker, connection))
            assert tracker.difference(seen[0], seen[2]) == difference(seen[0], seen[2])
            assert tracker.difference(seen[0], seen[1]) == difference(seen[0], seen[1])

        call(url, play, purpose="prove")


@pytest.mark.parametrize("engine", ENGINES)
def test_every_revision_of_this_project_is_followed(engine, servers):
    project = Project.load("alembic.ini", environ={})
    database = project.database(engine)
    history = History.load(database.branch)
    with scratch.database(servers[engine]) as url:

        def walk(connection):
            runner = Runner(connection, project, database, history, Now())
            tracker = Tracker(connection)
            for revision in history.revisions:
                for go in (runner.up, runner.down, runner.up):
                    go(revision)
                    same(tracker, connection)

        call(url, walk, purpose="prove")


NAMES = {"postgresql": ["a", "b", "Cap", "we.ird"], "mysql": ["a", "b", "Cap", "we.ird"], "sqlite": ["a", "b", "Cap"]}


def quoted(engine, name):
    return f"`{name}`" if engine == "mysql" else f'"{name}"'


@st.composite
def statements_of(draw, engine):
    """A statement of one of the shapes that are followed, or of one that is not; some do not run."""
    name = quoted(engine, draw(st.sampled_from(NAMES[engine])))
    other = quoted(engine, draw(st.sampled_from(NAMES[engine])))
    column = draw(st.sampled_from(["n", "m", "x"]))
    key = "int primary key auto_increment" if engine == "mysql" else "integer primary key"
    shapes = [
        f"create table {name} (id {key}, n int default 7, m varchar(20))",
        f"create table {name} (id {key}, n int references {other} (id) on delete cascade, m varchar(20))",
        f"drop table {name}",
        f"alter table {name} add column {column} int",
        f"alter table {name} drop column {column}",
        f"alter table {name} rename to {other}",
        f"alter table {name} rename column n to x",
        f"create index ix_{column} on {name} ({column})",
        f"create unique index ux_{column} on {name} ({column})",
        f"drop index ix_{column} on {name}" if engine == "mysql" else f"drop index ix_{column}",
        f"insert into {name} (id, n, m) values (1, 2, 'it; was')",
        f"insert into {name} (n) values (5), (6)",
        f"update {name} set n = coalesce(n, 0) + 1 where m is null",
        f"delete from {name} where id = 1",
        f"create view v as select id from {name}",
        "drop view v",
        f"select count(*) from {name}",
    ]
    if engine == "postgresql":
        shapes += [
            f"comment on table {name} is 'what; it is'",
            f"comment on column {name}.n is 'a number'",
            f"alter table {name} alter column n type bigint",
            f"alter table {name} add constraint ck_n check (n > 0) not valid",
            f"do $$ begin update {name} set n = 1; end $$",
            f"create table child () inherits ({name})",
            "create type mood as enum ('a')",
            f"truncate {name} cascade",
        ]
    return draw(st.sampled_from(shapes))


@pytest.mark.parametrize("engine", ENGINES)
def test_any_statements_are_followed(engine, servers):
    with scratch.database(servers[engine]) as url:

        def play(connection):
            tracker = Tracker(connection)

            @settings(max_examples=settings().max_examples * 2, deadline=None)
            @given(st.lists(statements_of(engine), min_size=1, max_size=6))
            def law(statements):
                before = tracker.snapshot()
                for statement in statements:
                    try:
                        with connection.begin_nested():
                            run(connection, [statement])
                    except Exception:  # noqa: BLE001 - one that does not run touches nothing
                        continue
                connection.commit()
                after = same(tracker, connection)
                assert tracker.difference(before, after) == difference(before, after)

            law()

        call(url, play, purpose="prove")


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("CREATE TABLE note (id INTEGER)", {"note"}),
        ('create table if not exists "No te" (id int)', {"No te"}),
        ("ALTER TABLE shop.note ADD COLUMN x INT", {"shop.note"}),
        ("ALTER TABLE note ADD CONSTRAINT fk FOREIGN KEY(a) REFERENCES b (id) ON DELETE CASCADE", {"note"}),
        ("ALTER TABLE note RENAME TO other", None),
        ("ALTER TABLE note DROP COLUMN x CASCADE", None),
        ("DROP TABLE a, b", {"a", "b"}),
        ("DROP TABLE a CASCADE", None),
        ("CREATE UNIQUE INDEX CONCURRENTLY ix ON note (lower(body))", {"note"}),
        ("CREATE INDEX ON note (body)", {"note"}),
        ("DROP INDEX ix_known", {"note"}),
        ("DROP INDEX ix_unknown", None),
        ("COMMENT ON COLUMN note.body IS 'x'", {"note"}),
        ("INSERT INTO note (id) VALUES (1)", {"note"}),
        ("INSERT INTO note (id) VALUES (nextval('s'))", None),
        ("UPDATE note SET body = lower(body)", {"note"}),
        ("UPDATE note SET body = my_function(body)", None),
        ("DELETE FROM note", {"note"}),
        ("SELECT id FROM note WHERE body IN ('a(', 'b')", set()),
        ("SELECT setval('s', 1)", None),
        ("SELECT * INTO copy FROM note", None),
        ("WITH gone AS (DELETE FROM note RETURNING 1) SELECT 1", None),
        ("TRUNCATE note", None),
        ("DO $$ BEGIN END $$", None),
        ("CREATE TABLE a (id INT); DROP TABLE b", None),
        ("CREATE TABLE a (x TEXT DEFAULT 'a;b')", {"a"}),
        ("CREATE TABLE part PARTITION OF whole FOR VALUES IN (1)", None),
        ("CREATE TABLE child (x INT) INHERITS (whole)", None),
        ("GRANT SELECT ON note TO public", None),
        ("-- why\nDROP TABLE a", None),
    ],
)
def test_a_statement_names_what_it_touches_or_everything(statement, expected):
    known = Known(index_tables={"ix_known": "note"})
    assert footprint(statement, known, unquoted) == (None if expected is None else frozenset(expected))


def test_where_rows_can_reach_further_a_change_of_rows_is_everything():
    for known in (Known(rows_far_reaching=True), Known(cascades=True)):
        assert footprint("DELETE FROM note", known, unquoted) is None
    assert footprint("CREATE INDEX ON note (body)", Known(far_reaching=True), unquoted) is None
    assert footprint("INSERT INTO note VALUES (1)", Known(foreign_sequences=frozenset({"note"})), unquoted) is None


def test_what_uses_the_driver_itself_is_suspicious():
    assert suspicious("op.get_bind().connection.cursor().execute('x')")
    assert not suspicious("op.get_bind().execute(sa.text('x'))")


@pytest.mark.parametrize(
    ("text", "plain", "escaped"),
    [
        (r"INSERT INTO note VALUES ('a\')", True, False),
        (r"INSERT INTO note VALUES ('a\'; drop table b; ''')", False, True),
        ("INSERT INTO note VALUES ('it''s; fine')", True, True),
        (r"INSERT INTO note VALUES (E'a\'; drop table b')", False, False),
        ("COMMENT ON TABLE note IS $$it's$$", False, False),
        ("INSERT INTO note VALUES ('open", False, False),
    ],
)
def test_what_looks_like_a_string_is_one_only_by_the_rules_of_its_engine(text, plain, escaped):
    for escapes, followed in ((False, plain), (True, escaped)):
        found = footprint(text, Known(), unquoted, escapes=escapes)
        assert found == (frozenset({"note"}) if followed else None), escapes
