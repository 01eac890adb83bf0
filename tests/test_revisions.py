"""Running revisions without env.py: up, down, in several threads, and when they fail."""

import threading
import time

import click
import pytest
import sqlalchemy as sa

from bothways import apply, revisions
from bothways.connections import call
from bothways.dialects import dialect_for
from bothways.errors import (
    DatabaseLocked,
    InvalidRevisionFile,
    IrreversibleRevision,
    MigrationFailed,
    UnknownDatabaseRevision,
    UnknownRevision,
)
from bothways.output import text
from tests import tiny


@pytest.fixture
def project(tmp_path, engine_name, empty_database):
    made = tiny.with_three_revisions(tmp_path, engine_name)
    made.url = empty_database
    return made


def up(project, target="head", **options):
    loaded = project.load(project.url)
    return call(
        project.url,
        lambda c: revisions.upgrade(c, loaded, loaded.databases[0], target, **options),
        purpose="migrate",
    )


def down(project, target, **options):
    loaded = project.load(project.url)
    return call(
        project.url,
        lambda c: revisions.downgrade(c, loaded, loaded.databases[0], target, **options),
        purpose="migrate",
    )


def versions(project):
    loaded = project.load(project.url)
    return call(project.url, lambda c: revisions.current(c, loaded.databases[0]))


def tables(project):
    return set(call(project.url, lambda c: sa.inspect(c).get_table_names()))


def test_up_to_the_head_and_down_to_the_base_one_revision_at_a_time(project):
    assert [s.revision.id for s in up(project)] == ["r1", "r2", "r3"]
    assert versions(project) == ("r3",)
    assert up(project) == ()
    assert [s.revision.id for s in down(project, "base")] == ["r3", "r2", "r1"]
    assert versions(project) == ()
    assert tables(project) <= {"alembic_version"}


def test_a_target_may_be_any_name_of_a_revision(project):
    assert [s.revision.id for s in up(project, "stars")] == ["r1", "r2"]
    assert [s.revision.id for s in up(project, "heads")] == ["r3"]
    assert [s.revision.id for s in down(project, "-2")] == ["r3", "r2"]
    assert versions(project) == ("r1",)
    assert down(project, "r1") == ()


def test_a_target_that_is_not_there_or_not_below_changes_nothing(project):
    with pytest.raises(UnknownRevision):
        up(project, "r9")
    up(project, "r1")
    with pytest.raises(UnknownRevision, match="not below"):
        down(project, "r3")
    with pytest.raises(UnknownRevision, match="below base"):
        down(project, "-5")
    assert versions(project) == ("r1",)


def test_a_step_up_or_down_counts_from_where_the_database_is(project):
    assert [s.revision.id for s in up(project, "+1")] == ["r1"]
    assert [s.revision.id for s in up(project, "+2")] == ["r2", "r3"]
    assert up(project, "+0") == ()
    assert [s.revision.id for s in down(project, "-1")] == ["r3"]
    with pytest.raises(UnknownRevision, match="1 are pending"):
        up(project, "+2")
    with pytest.raises(UnknownRevision, match="goes up"):
        down(project, "+1")
    assert versions(project) == ("r2",)


def test_each_step_is_told_when_it_starts_and_when_it_ends(project):
    seen = []
    up(project, on_step=seen.append)
    assert [(s.revision.id, s.seconds is None) for s in seen] == [
        (r, running) for r in ("r1", "r2", "r3") for running in (True, False)
    ]


def test_a_failing_revision_names_its_file_line_sql_and_what_is_left(project):
    project.revision("r4", f'{tiny.INDEX_STARS.replace("stars", "body")}\nop.drop_table("nothing")', "")
    with pytest.raises(MigrationFailed) as caught:
        up(project)
    error = caught.value
    assert error.details["place"].startswith("r4.py:")
    assert error.details["revision"] == "r4"
    assert "DROP TABLE nothing" in error.details["sql"]
    assert versions(project) == ("r3",)
    transactional = dialect_for(project.engine).capabilities.transactional_ddl
    names = {i["name"] for i in call(project.url, lambda c: sa.inspect(c).get_indexes("note"))}
    assert ("ix_note_body" not in names) is transactional
    assert ("rolled back" in error.hint) is transactional


def test_what_an_autocommit_block_has_committed_is_not_said_to_be_rolled_back(project):
    block = "with op.get_context().autocommit_block():\n    "
    project.revision("r4", f'{tiny.INDEX_STARS.replace("stars", "body")}\n{block}op.drop_table("nothing")', "")
    with pytest.raises(MigrationFailed) as caught:
        up(project)
    assert "autocommit_block" in caught.value.hint
    assert "stayed" in caught.value.hint
    assert "rolled back" not in caught.value.hint
    assert "ix_note_body" in {i["name"] for i in call(project.url, lambda c: sa.inspect(c).get_indexes("note"))}


def test_an_index_that_could_not_be_built_concurrently_is_named_with_how_to_remove_it(project):
    if project.engine != "postgresql":
        return
    rows = "op.execute(\"insert into note values (1, 'a', 1), (2, 'b', 1)\")"
    index = 'op.create_index("ix One", "note", ["stars"], unique=True, postgresql_concurrently=True)'
    project.revision("r4", rows, "")
    project.revision("r5", f"with op.get_context().autocommit_block():\n    {index}", "")
    with pytest.raises(MigrationFailed) as caught:
        up(project)
    assert 'DROP INDEX CONCURRENTLY IF EXISTS "ix One"' in caught.value.hint


def test_a_failure_in_a_scratch_database_says_that_it_is_one(project):
    project.revision("r4", 'op.drop_table("nothing")', "")
    loaded = project.load(project.url)
    there = loaded.databases[0].on_scratch(project.url)
    with pytest.raises(MigrationFailed, match="in a scratch database for 'main'") as caught:
        call(project.url, lambda c: revisions.upgrade(c, loaded, there, "head"), purpose="prove")
    assert caught.value.hint.startswith("no database of yours was touched")


def test_after_a_failure_the_revision_mended_goes_through(project):
    path = project.revision("r4", 'op.drop_table("nothing")', "")
    with pytest.raises(MigrationFailed):
        up(project)
    path.write_text(path.read_text().replace('op.drop_table("nothing")', "pass"))
    assert [s.revision.id for s in up(project)] == ["r4"]


def test_an_irreversible_revision_is_not_undone_and_nothing_above_it_is(project):
    project.revision("r4", "pass", "pass", more="irreversible = 'the old values are gone'")
    project.revision("r5", "pass", "pass")
    up(project)
    with pytest.raises(IrreversibleRevision, match="the old values are gone"):
        down(project, "r1")
    assert versions(project) == ("r5",)
    assert [s.revision.id for s in down(project, "r4")] == ["r5"]


def test_a_database_at_a_revision_of_another_checkout_is_left_alone(project):
    project.revision("r4", "pass", "pass")
    up(project)
    (project.versions / "r4.py").unlink()
    with pytest.raises(UnknownDatabaseRevision, match="'r4'"):
        up(project)
    with pytest.raises(UnknownDatabaseRevision, match="'r4'"):
        down(project, "base")


def test_a_syntax_error_in_any_file_stops_before_anything_runs(project):
    path = project.revision("r4", "pass", "pass")
    path.write_text(path.read_text() + "\ndef broken(:\n")
    with pytest.raises(InvalidRevisionFile, match=r"r4\.py:\d+"):
        up(project)
    assert tables(project) <= {"alembic_version"}


def test_a_file_that_does_not_import_is_named_with_its_line(project):
    project.revision("r4", "pass", "pass", more="import no_such_module")
    with pytest.raises(InvalidRevisionFile, match=r"r4\.py:\d+ does not load: ModuleNotFoundError"):
        up(project)


def test_data_moves_inside_a_revision_see_the_connection(project):
    project.revision(
        "r4",
        'op.bulk_insert(sa.table("note", sa.column("id"), sa.column("body")), [{"id": 1, "body": "x"}])\n'
        'rows = op.get_bind().execute(sa.text("select count(*) from note")).scalar_one()\n'
        "assert rows == 1",
        'op.execute("delete from note")',
    )
    up(project)
    assert call(project.url, lambda c: c.exec_driver_sql("select count(*) from note").scalar_one()) == 1
    down(project, "r3")
    assert call(project.url, lambda c: c.exec_driver_sql("select count(*) from note").scalar_one()) == 0


def test_a_revision_may_ask_alembics_context(project):
    project.revision(
        "r4",
        "from alembic import context\n"
        "assert not context.is_offline_mode()\n"
        "assert context.get_context() is op.get_context()",
        "",
    )
    assert [s.revision.id for s in up(project, "r4")][-1] == "r4"


def test_a_statement_outside_a_transaction_is_possible(servers, tmp_path):
    from bothways import scratch

    made = tiny.with_three_revisions(tmp_path, "postgresql")
    made.revision(
        "r4",
        "with op.get_context().autocommit_block():\n"
        '    op.create_index("ix_online", "note", ["body"], postgresql_concurrently=True)',
        'op.drop_index("ix_online", "note")',
    )
    with scratch.database(servers["postgresql"]) as url:
        made.url = url
        up(made)
        assert "ix_online" in {i["name"] for i in call(url, lambda c: sa.inspect(c).get_indexes("note"))}
        down(made, "base")


def test_of_several_upgrades_at_once_each_revision_is_run_by_one(project):
    project.revision("r4", "import time\ntime.sleep(0.5)", "")
    results, failures = [], []

    def run():
        try:
            results.append([s.revision.id for s in up(project)])
        except Exception as error:  # noqa: BLE001 - shown by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert sorted(r for ran in results for r in ran) == ["r1", "r2", "r3", "r4"]


def test_an_upgrade_that_comes_second_says_where_the_other_brought_the_database(project):
    loaded = project.load(project.url)
    (database,) = loaded.databases
    looked, reports, failures = threading.Event(), [], []

    def run(**options):
        try:
            reports.append(apply.upgrade(loaded, database, **options))
        except Exception as error:  # noqa: BLE001 - shown by the assertion below
            failures.append(error)

    def wait(step):
        if step.seconds is None and step.revision.id == "r1":
            second.start()
            assert looked.wait(30)
            time.sleep(0.3)  # for the other to see where the database is, and to wait for its turn

    second = threading.Thread(target=run, kwargs={"on_start": lambda _connection: looked.set()})
    run(on_step=wait)
    second.join(60)
    assert failures == []
    done, idle = sorted(reports, key=lambda r: not r.steps)
    assert [s.revision.id for s in done.steps] == ["r1", "r2", "r3"]
    assert (idle.steps, idle.after, idle.above) == ((), ("r3",), None)
    assert click.unstyle(text.report(idle)) == "main is at r3: nothing to do"


def test_one_that_waits_too_long_is_told_who_holds_the_lock(project, monkeypatch):
    dialect = dialect_for(project.engine)
    if dialect.capabilities.file_based:
        # The lock of SQLite is BEGIN IMMEDIATE: tests/test_connections.py has it.
        assert call(project.url, lambda c: dialect.try_lock(c, "alembic_version"), purpose="migrate") is None
        return
    monkeypatch.setattr("bothways.revisions.running.LOCK_SECONDS", 0.3)

    def hold(connection):
        assert dialect.try_lock(connection, "alembic_version") is None
        taken.set()
        release.wait(30)

    taken, release = threading.Event(), threading.Event()
    holder = threading.Thread(target=call, args=(project.url, hold), kwargs={"purpose": "migrate"})
    holder.start()
    try:
        assert taken.wait(30)
        with pytest.raises(DatabaseLocked, match="session"):
            up(project)
    finally:
        release.set()
        holder.join(30)


def test_threads_on_different_engines_do_not_run_each_others_statements(servers, tmp_path):
    from bothways import scratch

    failures: list[BaseException] = []

    def round_trips(engine):
        try:
            made = tiny.with_three_revisions(tmp_path / engine, engine)
            with scratch.database(servers[engine]) as url:
                made.url = url
                for _ in range(4):
                    up(made)
                    assert "note" in tables(made)
                    down(made, "base")
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            failures.append(error)

    engines = [e for e in ("sqlite", "postgresql", "mysql") if servers[e]]
    for engine in engines:
        (tmp_path / engine).mkdir()
    threads = [threading.Thread(target=round_trips, args=(e,)) for e in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert failures == []


class TestSQLite:
    @pytest.fixture
    def family(self, tmp_path, servers):
        from bothways import scratch

        made = tiny.write(tmp_path)
        made.revision(
            "r1",
            'op.create_table("parent", sa.Column("id", sa.Integer, primary_key=True),\n'
            '    sa.Column("name", sa.String(9)))\n'
            'op.create_table("child", sa.Column("id", sa.Integer, primary_key=True),\n'
            '    sa.Column("parent_id", sa.Integer, sa.ForeignKey("parent.id", ondelete="CASCADE")))\n'
            "op.execute(\"insert into parent values (1, 'a')\")\n"
            'op.execute("insert into child values (1, 1), (2, 1)")',
            'op.drop_table("child")\nop.drop_table("parent")',
        )
        with scratch.database(servers["sqlite"]) as url:
            made.url = url
            yield made

    def test_rebuilding_a_parent_keeps_its_children(self, family):
        batch = 'with op.batch_alter_table("parent") as batch:\n    batch.alter_column("name", type_=sa.String(%d))'
        family.revision("r2", batch % 20, batch % 9)
        up(family)
        down(family, "r1")
        assert call(family.url, lambda c: c.exec_driver_sql("select count(*) from child").scalar_one()) == 2

    def test_a_revision_that_leaves_orphan_rows_is_taken_back(self, family):
        family.revision("r2", 'op.execute("delete from parent")', "")
        with pytest.raises(MigrationFailed, match="point at nothing"):
            up(family)
        assert versions(family) == ("r1",)
        assert call(family.url, lambda c: c.exec_driver_sql("select count(*) from parent").scalar_one()) == 1
