"""Revisions that misbehave: each is broken, with its error, its line and its SQL, and the others are still judged."""

import os
import signal
import subprocess
import sys
import time

import pytest

from bothways import scratch
from bothways.verify import Options, selection, verify
from tests import tiny

ENDS_CONNECTION = {
    "postgresql": 'op.execute("select pg_terminate_backend(pg_backend_pid())")',
    "mysql": 'op.execute("kill connection_id()")',
    "sqlite": "op.get_bind().connection.driver_connection.close()",
}
WAITS = {
    "postgresql": 'op.execute("select pg_sleep(600)")',
    "mysql": 'op.execute("select sleep(600)")',
    "sqlite": "import time; time.sleep(600)",
}


@pytest.fixture
def project(tmp_path, engine_name, servers):
    made = tiny.with_three_revisions(tmp_path, engine_name)
    made.url = servers[engine_name]
    return made


def judged(project, choose=selection.everything, **options):
    """Verdicts by revision; what was left behind is a failure of its own."""
    loaded = project.load(project.url)
    found = {p.revision: p for p in verify(loaded, loaded.databases, choose, Options(**options)).proofs}
    for _ in range(100):
        if not left_behind(project):
            return found
        time.sleep(0.1)  # that of a test beside this one, whose process has just been ended
    pytest.fail(f"left behind: {left_behind(project)}")


def left_behind(project):
    return {s.name for s in scratch.list_all(project.url) if s.orphan}


def line_of(path, text):
    return next(n for n, line in enumerate(path.read_text().splitlines(), 1) if text in line)


def verdicts(found):
    return {name: proof.verdict for name, proof in found.items()}


EVERY_OTHER_IS_FINE = {"r1": "lossless", "r2": "lossless", "r3": "lossless", "bad": "broken", "r5": "lossless"}


def test_one_that_raises_is_told_with_its_line_and_its_sql(project):
    path = project.revision("bad", "pass", 'op.execute("drop table not_there")')
    project.revision("r5", "pass", "pass")
    found = judged(project)
    assert verdicts(found) == EVERY_OTHER_IS_FINE
    assert found["bad"].line == line_of(path, "not_there")
    assert found["bad"].sql == "drop table not_there"
    assert "not_there" in found["bad"].evidence


@pytest.mark.parametrize("way", ["up", "down"])
def test_one_that_waits_too_long_is_ended_and_told_with_its_line(project, way):
    statement = WAITS[project.engine]
    path = project.revision("bad", statement if way == "up" else "pass", statement if way == "down" else "pass")
    project.revision("r5", "pass", "pass")
    found = judged(project, timeout=1.5)
    expected = EVERY_OTHER_IS_FINE | ({"r5": "broken"} if way == "up" else {})
    assert verdicts(found) == expected
    assert found["bad"].evidence == f"its {way}grade did not end within 1.5 s"
    assert found["bad"].line == line_of(path, "sleep")
    if way == "up":
        assert "cannot be reached: the upgrade of bad" in found["r5"].evidence


def test_one_that_never_gives_the_interpreter_back_is_ended_too(project):
    project.revision("bad", "pass", "while True: pass")
    assert judged(project, timeout=1.0)["bad"].evidence == "its downgrade did not end within 1 s"


def test_one_that_ends_its_connection_is_broken(project):
    project.revision("bad", "pass", ENDS_CONNECTION[project.engine])
    project.revision("r5", "pass", "pass")
    assert verdicts(judged(project)) == EVERY_OTHER_IS_FINE


@pytest.mark.parametrize("statement", ["COMMIT", "rollback"])
def test_one_that_ends_its_transaction_by_itself_is_told_what_to_use_instead(project, statement):
    path = project.revision("bad", f'op.execute("{statement}")', "pass")
    project.revision("r5", "pass", "pass", parent="r3")
    found = judged(project)
    assert verdicts(found) == EVERY_OTHER_IS_FINE
    assert "autocommit_block" in found["bad"].evidence
    assert found["bad"].line == line_of(path, statement)


def test_one_that_commits_through_its_connection_is_broken(project):
    project.revision("bad", "op.get_bind().commit()", "pass")
    project.revision("r5", "pass", "pass", parent="r3")
    assert verdicts(judged(project)) == EVERY_OTHER_IS_FINE


def test_one_that_drops_the_version_table_is_broken(project):
    project.revision("bad", "pass", 'op.drop_table("alembic_version")')
    project.revision("r5", "pass", "pass")
    found = judged(project)
    assert verdicts(found) == EVERY_OTHER_IS_FINE
    assert "alembic_version" in found["bad"].evidence


def test_one_that_empties_the_version_table_is_broken(project):
    project.revision("bad", "pass", 'op.execute("delete from alembic_version")')
    assert "version table" in judged(project)["bad"].evidence


def test_one_that_leaves_an_object_behind_is_broken_and_the_object_is_named(project):
    project.revision("bad", 'op.create_index("ix_left", "note", ["body"])', "pass")
    project.revision("r5", "pass", "pass", parent="r3")
    found = judged(project)
    assert verdicts(found) == EVERY_OTHER_IS_FINE
    assert "ix_left" in " ".join(map(str, found["bad"].changes)) + found["bad"].evidence


def test_one_that_opens_a_network_connection_is_broken(project):
    path = project.revision(
        "bad", "import socket\nsocket.create_connection(('127.0.0.1', 9), timeout=1)", "pass"
    )  # fmt: skip
    project.revision("r5", "pass", "pass", parent="r3")
    found = judged(project)
    assert verdicts(found) == EVERY_OTHER_IS_FINE
    assert "network" in found["bad"].evidence
    assert found["bad"].line == line_of(path, "create_connection")


def test_one_that_imports_a_missing_module_is_broken_and_what_stands_on_it_cannot_be_reached(project):
    path = project.revision("bad", "pass", "pass")
    path.write_text(
        path.read_text().replace("import sqlalchemy as sa", "import sqlalchemy as sa\nimport not_installed")
    )
    project.revision("r5", "pass", "pass")
    found = judged(project)
    assert verdicts(found) == EVERY_OTHER_IS_FINE | {"r5": "broken"}
    assert "not_installed" in found["bad"].evidence
    assert found["bad"].line == line_of(path, "import not_installed")


@pytest.mark.parametrize("ending", ["import sys; sys.exit(3)", "raise SystemExit", "raise KeyboardInterrupt"])
def test_one_that_asks_the_program_to_exit_is_broken(project, ending):
    project.revision("bad", "pass", ending)
    project.revision("r5", "pass", "pass")
    assert verdicts(judged(project)) == EVERY_OTHER_IS_FINE


def test_one_that_ends_its_process_is_broken(project):
    project.revision("bad", "pass", "import os; os._exit(9)")
    project.revision("r5", "pass", "pass")
    found = judged(project)
    assert verdicts(found) == EVERY_OTHER_IS_FINE
    assert found["bad"].evidence == "its downgrade ended the process that ran it (9)"


def test_what_one_prints_is_not_in_the_report(project):
    project.revision("bad", "print('{{{')", "print('}}}')")
    assert judged(project)["bad"].verdict == "lossless"


@pytest.mark.parametrize("to", ["group", "parent"])
def test_ctrl_c_leaves_nothing_behind(project, to, engine_name):
    project.revision("bad", WAITS[engine_name], "pass")
    command = [sys.executable, "-m", "bothways", "-c", str(project.folder / "alembic.ini"), "verify"]
    before = {s.name for s in scratch.list_all(project.url)}
    process = subprocess.Popen(
        command, env={**os.environ, "BOTHWAYS_MAIN_URL": project.url.reveal()}, cwd=project.folder,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )  # fmt: skip
    while not mine(project, before, process.pid) and process.poll() is None:
        time.sleep(0.05)
    time.sleep(0.5)
    (os.killpg if to == "group" else os.kill)(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said.decode()
    assert b"Traceback" not in said
    assert left_behind(project) - before == set()


def mine(project, before, pid):
    """The scratch databases of a process's children: other tests use the same server at the same time."""
    found = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in found.splitlines()[1:]]
    children = {child for child, parent in pairs if parent == pid}
    return {s.name for s in scratch.list_all(project.url) if s.name not in before and s.pid in children}


def test_one_whose_file_is_no_python_below_its_head_is_broken_with_its_line(project):
    path = project.revision("bad", "pass", "return return")
    project.revision("r5", "pass", "pass", parent="r3")
    found = judged(project)
    assert verdicts(found) == EVERY_OTHER_IS_FINE
    assert found["bad"].line == line_of(path, "return return")


def test_the_error_that_a_session_rolled_back_for_is_told_and_a_commit_of_the_session_is_fine(project):
    lines = (
        "from sqlalchemy.orm import Session\nsession = Session(bind=op.get_bind())\ntry:\n"
        '    session.execute(sa.text("select {} from note"))\n    session.commit()\n'
        "except Exception:\n    session.rollback()\n    raise"
    )
    project.revision("bad", lines.format("nothing_such"), "pass")
    project.revision("r5", lines.format("id"), "pass", parent="r3")
    found = judged(project)
    assert verdicts(found) == EVERY_OTHER_IS_FINE
    assert "nothing_such" in found["bad"].evidence
    assert "transaction" not in found["bad"].evidence


def test_one_without_a_downgrade_is_told_so(project):
    path = project.revision("bad", "pass", "pass")
    path.write_text(path.read_text().partition("def downgrade")[0])
    assert "it has no downgrade()" in judged(project)["bad"].evidence
