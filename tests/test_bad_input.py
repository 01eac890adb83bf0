"""What bad input gets, by the command itself: one clear message, the next command, the right exit code, no trace.

Each case is a whole process, as a person or a pipeline would start it.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bothways.connections import call
from tests import tiny

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "hunter2-s3cret"


@pytest.fixture
def project(tmp_path, engine_name, empty_database):
    made = tiny.with_three_revisions(tmp_path, engine_name)
    made.url = empty_database
    return made


def bothways(project, *arguments, url=None, before=()):
    """Run the command in the project's folder; ``before`` is what stands in front of it."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith("BOTHWAYS_")}
    url = project.url if url is None else url
    environ["BOTHWAYS_MAIN_URL"] = url if isinstance(url, str) else url.reveal()
    return subprocess.run(
        [*before, sys.executable, "-m", "bothways", *arguments],
        cwd=project.folder, env=environ, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def refused(done, code, *words):
    """The command ended with that code and said those words, in one message with a hint, without a trace or secret."""
    shown = done.stdout + done.stderr
    assert done.returncode == code, shown
    assert "Traceback" not in shown
    assert SECRET not in shown
    assert done.stderr.count("error:") == 1, shown
    assert "hint:" in done.stderr
    for word in words:
        assert word in done.stderr, shown


def untouched(project):
    """Nothing was changed: there is still no table."""
    import sqlalchemy as sa

    return call(project.url, lambda c: sa.inspect(c).get_table_names()) == []


def test_an_unknown_database_or_revision(project):
    refused(bothways(project, "upgrade", "man"), 2, "did you mean main?")
    refused(bothways(project, "upgrade", "main", "r4"), 2, "'r4'", "r3")
    refused(bothways(project, "downgrade", "main", "r9"), 2, "'r9'")
    assert untouched(project)


def test_a_url_that_cannot_be_read(project):
    refused(bothways(project, "upgrade", "main", url=f"nonsense {SECRET}"), 2, "BOTHWAYS_MAIN_URL")
    refused(bothways(project, "upgrade", "main", url=f"oracle://u:{SECRET}@h/d"), 2, "oracle")
    refused(bothways(project, "verify", url=f"nonsense {SECRET}"), 2, "BOTHWAYS_MAIN_URL")


def test_a_url_of_another_engine(project):
    other = "mysql" if project.engine != "mysql" else "postgresql"
    refused(bothways(project, "upgrade", "main", url=f"{other}://u:{SECRET}@h/d"), 2, f"is of {other}")


def test_no_url_at_all(project):
    refused(bothways(project, "upgrade", "main", url=""), 2, "BOTHWAYS_MAIN_URL")
    assert "3 of 3 proved" in bothways(project, "verify", url="").stdout  # on a private server


def test_a_server_that_refuses_or_never_answers(project):
    if project.engine == "sqlite":
        url = project.url.with_database("/proc/nobody/may/write.db")
        refused(bothways(project, "upgrade", "main", url=url), 2, "/proc/nobody")
        return
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        refused(
            bothways(project, "upgrade", "main", url=replace(project.url, port=silent.getsockname()[1])), 2, "refused"
        )
        silent.listen()
        done = bothways(project, "upgrade", "main", url=replace(project.url, port=silent.getsockname()[1]))
    refused(done, 2, "127.0.0.1")


def test_a_wrong_password_or_user(project):
    if project.engine == "sqlite":
        (project.folder / "no.db").write_text(SECRET * 200)
        done = bothways(project, "upgrade", "main", url=project.url.with_database(str(project.folder / "no.db")))
        refused(done, 2, "not a SQLite database")
        return
    refused(
        bothways(project, "upgrade", "main", url=replace(project.url, password=SECRET)), 2, "wrong user or password"
    )
    refused(bothways(project, "upgrade", "main", url=replace(project.url, user="nobody", password=SECRET)), 2, "nobody")


def test_a_missing_database(project):
    if project.engine == "sqlite":
        missing = project.url.with_database(str(project.folder / "new" / "x.db"))
        assert bothways(project, "upgrade", "main", url=missing).returncode == 0  # SQLite makes it
        return
    refused(
        bothways(project, "upgrade", "main", url=project.url.with_database("no_such_database")), 2, "no database at"
    )


def test_a_missing_privilege(project):
    if project.engine == "sqlite":
        assert "may write the file" in bothways(project, "doctor").stdout
        return
    name = "bothways_reader"
    make, drop = {
        "postgresql": (
            [f"create role {name} login password '{SECRET}'", "revoke create on schema public from public"],
            [f"drop owned by {name}", f"drop role {name}"],
        ),
        "mysql": (
            [f"create user {name}@'%%' identified by '{SECRET}'",
             f"grant select on {project.url.database}.* to {name}@'%%'"],
            [f"drop user {name}@'%%'"],
        ),
    }[project.engine]  # fmt: skip

    def run(statements):
        call(project.url, lambda c: [c.exec_driver_sql(s) for s in statements], autocommit=True)

    run(make)
    try:
        small = replace(project.url, user=name, password=SECRET)
        refused(bothways(project, "upgrade", "main", url=small), 2, "lacks a privilege", "bothways doctor")
        refused(bothways(project, "check", url=small), 2, "may not create scratch databases")
        told = bothways(project, "doctor", url=small)
        assert told.returncode == 1
        assert "GRANT" in told.stdout
        assert SECRET not in told.stdout
    finally:
        run(drop)


def test_a_database_at_a_revision_that_this_checkout_lacks(project):
    bothways(project, "upgrade", "main")
    (project.versions / "r3.py").unlink()
    refused(bothways(project, "upgrade", "main"), 2, "'r3'", "git pull")
    refused(bothways(project, "downgrade", "main", "base"), 2, "'r3'")
    assert bothways(project, "status").returncode == 1


def test_several_heads(project):
    project.revision("side", "", "", parent="r1")
    refused(bothways(project, "upgrade", "main"), 2, "2 heads", "merge")
    assert untouched(project)


def test_a_syntax_error_in_a_revision(project):
    (project.versions / "r4.py").write_text("revision = 'r4'\ndown_revision = 'r3'\n\ndef upgrade(:\n    pass\n")
    refused(bothways(project, "upgrade", "main"), 2, "r4.py:4")
    assert untouched(project)


def test_two_files_with_one_id(project):
    shutil.copy(project.versions / "r2.py", project.versions / "copy.py")
    refused(bothways(project, "upgrade", "main"), 2, "copy.py and r2.py")
    assert untouched(project)


def test_an_ini_without_sections_or_none_at_all(project):
    (project.folder / "alembic.ini").write_text("[alembic]\nscript_location = migrations\n")
    refused(bothways(project, "status"), 2, "no section")
    (project.folder / "alembic.ini").unlink()
    refused(bothways(project, "status"), 2, "--config")


def test_models_that_do_not_import(project):
    next(project.folder.glob("models_*.py")).write_text("raise RuntimeError('not today')\n")
    refused(bothways(project, "check"), 2, "not today")


def in_a_small_world(folder: Path, mount: str, link: Path) -> list[str]:
    """The beginning of a command that runs with ``folder`` mounted by ``mount`` for it alone."""
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-rm", "true"], check=False).returncode:
        pytest.skip("this machine lets nobody mount a file system of their own (unshare -rm)")
    return [
        "unshare",
        "-rm",
        "sh",
        "-c",
        f'{mount} "{folder}" && cp -f "{link}" "{folder}" 2>/dev/null; exec "$@"',
        "sh",
    ]


class TestSQLiteFiles:
    @pytest.fixture
    def project(self, tmp_path, servers):
        made = tiny.with_three_revisions(tmp_path / "project")
        made.url = servers["sqlite"].with_database(str(tmp_path / "disk" / "app.db"))
        (tmp_path / "disk").mkdir()
        return made

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path):
        (tmp_path / "project").mkdir(exist_ok=True)

    def test_a_full_disk(self, project, tmp_path):
        fill = "x" * 40
        project.revision(
            "r4", f"for i in range(9000):\n    op.execute(f\"insert into note values ({{i}}, '{fill}', 1)\")", ""
        )
        small = in_a_small_world(tmp_path / "disk", "mount -t tmpfs -o size=256k none", tmp_path / "none")
        done = bothways(project, "upgrade", "main", before=small)
        refused(done, 4, "no space left", "r4")

    def test_a_read_only_disk(self, project, tmp_path):
        assert bothways(project, "upgrade", "main", "r1").returncode == 0
        shutil.copy(project.url.database, tmp_path / "app.db")
        folder = tmp_path / "disk"
        closed = in_a_small_world(
            folder, f'mount --bind "{folder}" "{folder}" && mount -o remount,ro,bind', tmp_path / "x"
        )
        refused(bothways(project, "upgrade", "main", before=closed), 2, "takes no writes")
        assert bothways(project, "status", before=closed).returncode == 1
        assert "r1" in bothways(project, "status").stdout
