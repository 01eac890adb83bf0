"""The pytest plugin, on tiny whole projects whose tests run in a pytest of their own."""

import subprocess
import sys
from importlib.metadata import entry_points

import pytest

from bothways import scratch
from tests import tiny

ONE_LINE = "from bothways.pytest_plugin import test_revision\n"
INDEX_BODY = 'op.execute("create index if not exists ix_note_body on note (body)")'
KEEP_INDEX = "pass"


@pytest.fixture
def project(pytester, monkeypatch, servers):
    """A project on SQLite in the folder where the inner pytest runs."""
    made = tiny.with_three_revisions(pytester.path)
    monkeypatch.setenv("BOTHWAYS_MAIN_URL", f"sqlite:///{pytester.path / 'main.db'}")
    return made


@pytest.fixture
def run(pytester):
    """Run the inner pytest on a test module."""

    def run(text, *arguments):
        pytester.makepyfile(test_revisions=text)
        return pytester.runpytest_subprocess(
            "-W", "error", "-p", "no:cacheprovider", "-p", "no:schemathesis", *arguments
        )

    return run


def test_the_package_announces_the_plugin():
    (found,) = entry_points(group="pytest11", name="bothways")
    assert found.value == "bothways.pytest_plugin"


def test_one_line_gives_a_test_for_each_revision(project, run):
    result = run(ONE_LINE, "-v")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines([f"*::test_revision[[]main-{r}[]]*PASSED*" for r in ("r1", "r2", "r3")])


def test_a_failure_names_the_differences_and_nothing_else(project, run):
    project.revision("r4", INDEX_BODY, KEEP_INDEX)
    result = run(ONE_LINE)
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["r4 is broken on main", "index note.ix_note_body: added"])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*pytest_plugin.py:*in *")


def test_revisions_after_a_broken_one_are_still_proved(project, run):
    project.revision("r4", INDEX_BODY, KEEP_INDEX)
    project.revision(
        "r5", 'op.create_table("tag", sa.Column("id", sa.Integer, primary_key=True))', 'op.drop_table("tag")'
    )
    result = run(ONE_LINE, "-v")
    result.assert_outcomes(passed=4, failed=1)
    result.stdout.fnmatch_lines(["*[[]main-r4[]] FAILED*", "*[[]main-r5[]] PASSED*"])


def test_one_revision_can_be_chosen(project, run):
    run(ONE_LINE, "-k", "r3").assert_outcomes(passed=1, deselected=2)


def test_revisions_may_come_in_any_order(project, run, pytester):
    pytester.makeconftest("def pytest_collection_modifyitems(items):\n    items.reverse()\n")
    run(ONE_LINE).assert_outcomes(passed=3)


def test_workers_of_xdist_share_the_revisions(project, run):
    project.revision("r4", INDEX_BODY, KEEP_INDEX)
    result = run(ONE_LINE, "-n", "2")
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["index note.ix_note_body: added"])


def test_nothing_is_left_behind(project, run, servers):
    before = {s.name for s in scratch.list_all(servers["sqlite"]) if s.orphan}
    run(ONE_LINE + "def test_url(migrated_database): pass\n").assert_outcomes(passed=4)
    assert {s.name for s in scratch.list_all(servers["sqlite"]) if s.orphan} <= before


def test_a_database_without_a_url_is_one_skip_that_is_told_loudly(project, run, monkeypatch):
    monkeypatch.delenv("BOTHWAYS_MAIN_URL")
    result = run(ONE_LINE)
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["!* NOT PROVED on main: no URL; set BOTHWAYS_MAIN_URL *!"])


def test_a_scratch_server_is_enough(project, run, monkeypatch, pytester):
    monkeypatch.delenv("BOTHWAYS_MAIN_URL")
    monkeypatch.setenv("BOTHWAYS_SCRATCH_SQLITE_URL", f"sqlite:///{pytester.path / 'scratch.db'}")
    run(ONE_LINE).assert_outcomes(passed=3)


def test_a_wrong_url_fails_and_is_not_repeated(project, run, monkeypatch):
    monkeypatch.setenv("BOTHWAYS_MAIN_URL", "nonsense://me:hunter2@nowhere")
    result = run(ONE_LINE)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*hint: *"])
    result.stdout.no_fnmatch_line("*hunter2*")


def test_an_unreachable_server_fails_with_a_hint(pytester, run, monkeypatch):
    tiny.with_three_revisions(pytester.path, "postgresql")
    monkeypatch.setenv("BOTHWAYS_MAIN_URL", "postgresql://me:hunter2@127.0.0.1:1/db")
    result = run(ONE_LINE, "-k", "r1")
    result.assert_outcomes(failed=1, deselected=2)
    result.stdout.fnmatch_lines(["*127.0.0.1:1*", "  hint: *"])
    result.stdout.no_fnmatch_line("*hunter2*")
    result.stdout.no_fnmatch_line("*Traceback*")


def test_the_ini_file_may_be_elsewhere(pytester, run, monkeypatch):
    (pytester.path / "db").mkdir()
    tiny.with_three_revisions(pytester.path / "db")
    monkeypatch.setenv("BOTHWAYS_MAIN_URL", f"sqlite:///{pytester.path / 'main.db'}")
    pytester.makeini("[pytest]\nbothways_config = db/alembic.ini\n")
    run(ONE_LINE).assert_outcomes(passed=3)


def test_a_missing_ini_file_is_an_error_that_names_it(pytester, run):
    result = run(ONE_LINE)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*alembic.ini*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_revision_file_that_cannot_be_read_is_an_error_that_names_it(project, run):
    (project.versions / "r4.py").write_text("def broken(:\n")
    result = run(ONE_LINE)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["r4.py has no revision id"])


READ_NOTES = """
import sqlalchemy as sa


def test_notes(migrated_database):
    engine = sa.create_engine(migrated_database)
    with engine.begin() as connection:
        assert connection.scalar(sa.text("select version_num from alembic_version")) == "r3"
        assert connection.scalar(sa.text("select count(*) from note")) == 0
        connection.execute(sa.text("insert into note (id, body) values (1, 'x')"))
    engine.dispose()


def test_more_notes(migrated_database):
    test_notes(migrated_database)
"""


def test_each_test_gets_a_migrated_database_of_its_own(project, run):
    result = run(READ_NOTES, "-v")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*::test_notes[[]main[]] PASSED*"])


def test_a_migrated_database_may_live_as_long_as_the_session(project, run, pytester):
    pytester.makeini("[pytest]\nbothways_database_scope = session\n")
    result = run(READ_NOTES)
    result.assert_outcomes(passed=1, failed=1)


def test_a_migrated_database_that_cannot_be_migrated_says_why(project, run):
    project.revision("r4", 'op.drop_table("nothing")', "pass")
    result = run(READ_NOTES, "-k", "test_notes")
    result.assert_outcomes(errors=1, deselected=1)
    result.stdout.fnmatch_lines(["*nothing*"])


def test_a_project_that_does_not_use_the_plugin_pays_nothing(pytester):
    pytester.makepyfile(
        "import sys\n\n\ndef test_nothing_was_imported():\n"
        "    mine = {m for m in sys.modules if m.partition('.')[0] in {'bothways', 'sqlalchemy', 'alembic'}}\n"
        "    assert mine == {'bothways', 'bothways.pytest_plugin'}\n"
    )
    pytester.runpytest_subprocess("-W", "error").assert_outcomes(passed=1)


def test_the_plugin_imports_nothing_that_pytest_has_not_imported():
    code = "import sys, pytest; before = {*sys.modules}; import bothways.pytest_plugin; print(*{*sys.modules} - before)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {"bothways", "bothways.pytest_plugin"}


def test_a_revision_is_proved_on_postgresql(pytester, run, servers, monkeypatch):
    made = tiny.with_three_revisions(pytester.path, "postgresql")
    made.revision("r4", INDEX_BODY, KEEP_INDEX)
    monkeypatch.setenv("BOTHWAYS_MAIN_URL", servers["postgresql"].reveal())
    result = run(ONE_LINE)
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["*note.ix_note_body: added"])
