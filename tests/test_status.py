"""Where databases are: every state, all at once, none hiding the others."""

import socket
import subprocess
import sys
import textwrap
from dataclasses import replace

import pytest

from bothways.apply import upgrade
from bothways.connections import call
from bothways.project import Database, Project
from bothways.status import read_status
from tests import tiny


@pytest.fixture
def project(tmp_path, engine_name, empty_database):
    made = tiny.with_three_revisions(tmp_path, engine_name)
    made.url = empty_database
    return made


def only(project):
    (found,) = read_status(project.load(project.url)).databases
    return found


def test_an_empty_database_lacks_everything(project):
    found = only(project)
    assert (found.state, found.current, found.head, found.pending) == ("behind", (), "r3", ("r1", "r2", "r3"))
    assert found.hint == "bothways upgrade main"


def test_at_a_revision_in_the_middle_the_rest_is_pending(project):
    loaded = project.load(project.url)
    upgrade(loaded, loaded.databases[0], "r2")
    found = only(project)
    assert (found.state, found.current, found.pending) == ("behind", ("r2",), ("r3",))


def test_at_the_head_nothing_is_pending(project):
    loaded = project.load(project.url)
    upgrade(loaded, loaded.databases[0])
    found = only(project)
    assert (found.state, found.current, found.pending) == ("at-head", ("r3",), ())
    assert read_status(loaded).exit_code == 0


def test_a_revision_that_this_checkout_lacks_is_unknown(project):
    loaded = project.load(project.url)
    upgrade(loaded, loaded.databases[0])
    (project.versions / "r3.py").unlink()
    found = only(project)
    assert (found.state, found.current, found.code) == ("unknown-revision", ("r3",), "unknown-database-revision")


def test_two_rows_in_the_version_table_of_one_line_are_told(project):
    loaded = project.load(project.url)
    upgrade(loaded, loaded.databases[0])
    call(
        project.url,
        lambda c: (c.exec_driver_sql("insert into alembic_version values ('r1')"), c.commit()),
        purpose="write",
    )
    assert only(project).state == "diverged"


def test_broken_revision_files_make_their_branch_invalid(project):
    (project.versions / "r4.py").write_text("revision = 'r4'\ndown_revision = \n")
    found = only(project)
    assert found.state == "invalid"
    assert "r4.py:2" in found.message


def test_several_heads_are_told(project):
    project.revision("side", "", "", parent="r1")
    assert only(project).code == "multiple-heads"


def of_states(tmp_path, servers, silent_port) -> Project:
    """One database in each state."""
    made = tiny.with_three_revisions(tmp_path, "postgresql")
    project = made.load()
    branch = project.databases[0].branch
    good = servers["postgresql"]
    return replace(
        project,
        databases=(
            Database("good", branch, good),
            Database("refused", branch, replace(good, port=1)),
            Database("silent", branch, replace(good, port=silent_port)),
            Database("password", branch, replace(good, password="hunter2")),
            Database("missing", branch, good.with_database("no_such_database")),
            Database("no-url", branch),
        ),
    )


def test_all_are_looked_at_at_once_and_a_bad_one_hides_none(tmp_path, servers):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        project = of_states(tmp_path, servers, silent.getsockname()[1])
        report = read_status(project, timeout=1.0)
    states = {d.name: (d.state, d.code) for d in report.databases}
    assert states == {
        "good": ("behind", None),
        "refused": ("unreachable", "unreachable"),
        "silent": ("unreachable", "unreachable"),
        "password": ("unreachable", "authentication-failed"),
        "missing": ("unreachable", "database-missing"),
        "no-url": ("unconfigured", "database-not-configured"),
    }
    assert report.exit_code == 2
    assert "hunter2" not in str(report.to_dict())


def test_looking_at_a_sqlite_database_does_not_make_its_file(tmp_path):
    made = tiny.with_three_revisions(tmp_path)
    project = made.load(BOTHWAYS_MAIN_URL="sqlite:///data/new.db")
    (found,) = read_status(project).databases
    assert not (tmp_path / "data").exists()
    assert (found.state, found.message) == ("behind", f"there is no file {tmp_path}/data/new.db yet")
    assert found.hint == "correct the URL, or make it: bothways upgrade main"


def test_a_folder_in_place_of_a_sqlite_file_is_told(tmp_path):
    made = tiny.with_three_revisions(tmp_path)
    (found,) = read_status(made.load(BOTHWAYS_MAIN_URL=f"sqlite:///{tmp_path}")).databases
    assert (found.state, found.message) == ("unreachable", f"{tmp_path} is a folder, not the file of a database")


def test_status_imports_neither_alembic_nor_sqlalchemy(tmp_path, servers):
    made = tiny.with_three_revisions(tmp_path, "postgresql")
    code = f"""
        import sys
        from bothways.project import Project
        from bothways.status import read_status
        environ = {{"BOTHWAYS_MAIN_URL": {servers["postgresql"].reveal()!r}}}
        report = read_status(Project.load({str(made.folder / "alembic.ini")!r}, environ=environ))
        assert report.databases[0].state == "behind", report
        print(sorted(m for m in sys.modules if m in {{"alembic", "sqlalchemy", "rich", "pydantic"}}))
    """
    ran = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False)
    assert (ran.stdout.strip(), ran.stderr) == ("[]", "")
