"""Private servers: they are real, private, and always gone afterwards."""

from __future__ import annotations

import asyncio
import json
import os
import pwd
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import pymysql
import pytest
import sqlalchemy as sa

from bothways import servers
from bothways.connections import call
from bothways.errors import ServerBinariesMissing, UnknownBranch, Unreachable
from bothways.servers import keeper, launch
from bothways.servers.mysql import MariaDB, MySQL
from bothways.servers.postgresql import PostgreSQL
from bothways.urls import DatabaseURL

ROOT = Path(__file__).resolve().parents[1]
OWNER = """
import sys, time
from pathlib import Path
from bothways import servers
server = servers.start(sys.argv[1], Path(sys.argv[2]))
print(server.folder, flush=True)
time.sleep(600)
"""


@pytest.fixture(params=servers.DIALECTS)
def dialect(request, servers):
    servers[request.param]  # skips where there is none
    return request.param


@pytest.fixture
def open_folder():
    """A folder that the account of a server may enter; pytest's own are closed again by each pytest that starts."""
    with TemporaryDirectory(prefix="bothways-test-") as name:
        folder = Path(name).resolve()
        folder.chmod(0o711)
        yield folder


@pytest.fixture
def program(open_folder):
    """Writes a program that stands for a broken server."""

    def write(name: str, *lines: str) -> Path:
        path = open_folder / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
        path.chmod(0o755)
        return path

    return write


def ask(url, question, password=None):
    """One value from the server, through its own driver."""
    secret = url.password if password is None else password
    if url.dialect == "mysql":
        connection = pymysql.connect(host=url.host, port=url.port, user=url.user, password=secret, ssl_disabled=True)
        with connection, connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchone()[0]

    async def fetch():
        connection = await asyncpg.connect(
            host=url.host, port=url.port, user=url.user, password=secret, database=url.database
        )
        try:
            return await connection.fetchval(question)
        finally:
            await connection.close()

    return asyncio.run(fetch())


def wait_until(condition, seconds=15.0):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def server_process(folder):
    return json.loads((Path(folder) / keeper.RECORD).read_text())["pid"]


def parent_of(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def listening_addresses(port):
    """The addresses, as the kernel writes them, on which somebody listens at that port."""
    rows = [
        line.split() for table in ("tcp", "tcp6") for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
    ]
    return {row[1].split(":")[0] for row in rows if row[3] == "0A" and int(row[1].split(":")[1], 16) == port}


def owner_of_a_server(dialect, folder):
    """A process that started a server, and that server's folder."""
    words = [sys.executable, "-c", OWNER, dialect, str(folder)]
    owner = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with owner.stdout:
        return owner, Path(owner.stdout.readline().strip())


def test_a_private_server_answers_its_administrator_and_says_its_version(dialect):
    with servers.start(dialect) as server:
        assert ask(server.url, "SELECT version()").removeprefix("PostgreSQL ").startswith(server.version)
        assert server.dialect == dialect


def test_a_private_server_listens_on_loopback_only(dialect):
    with servers.start(dialect) as server:
        assert listening_addresses(server.url.port) == {"0100007F"}


def test_a_private_server_refuses_a_wrong_password(dialect):
    with (
        servers.start(dialect) as server,
        pytest.raises((asyncpg.InvalidPasswordError, pymysql.err.OperationalError), match=r"password|1045"),
    ):
        ask(server.url, "SELECT 1", password="wrong")


def test_a_private_server_never_shows_its_password(dialect):
    with servers.start(dialect) as server:
        commands = keeper.command_of(server_process(server.folder))
        assert server.url.password not in repr(server) + str(server.url) + " ".join(commands)


def test_stopping_ends_the_process_and_removes_the_folder_and_may_be_repeated(dialect):
    server = servers.start(dialect)
    pid = server_process(server.folder)
    server.stop()
    server.stop()
    assert keeper.started_at(pid) is None
    assert not server.folder.exists()


def test_a_server_ends_when_its_owner_is_killed(dialect, open_folder):
    owner, folder = owner_of_a_server(dialect, open_folder)
    pid = server_process(folder)
    owner.kill()
    owner.wait()
    assert wait_until(lambda: keeper.started_at(pid) is None and not folder.exists())


def test_the_next_start_ends_a_server_whose_owner_and_keeper_were_killed(dialect, open_folder):
    owner, folder = owner_of_a_server(dialect, open_folder)
    pid = server_process(folder)
    os.kill(parent_of(pid), signal.SIGKILL)
    owner.kill()
    owner.wait()
    assert keeper.started_at(pid) is not None
    with servers.start(dialect, open_folder):
        assert keeper.started_at(pid) is None
        assert not folder.exists()


def test_looking_for_leftovers_leaves_a_running_server_alone(dialect, open_folder):
    with servers.start(dialect, open_folder) as server:
        assert servers.remove_leftovers(open_folder) == 0
        assert ask(server.url, "SELECT 1") == 1


def test_a_leftover_folder_whose_pid_is_now_another_process_ends_nothing(tmp_path):
    folder = tmp_path / f"{launch.PREFIX}old"
    folder.mkdir()
    (folder / launch.LOCK).touch()
    bystander = subprocess.Popen(["sleep", "60"])
    try:
        command = keeper.command_of(bystander.pid)
        record = {"pid": bystander.pid, "started_at": "1", "command": command, "signal": int(signal.SIGTERM)}
        (folder / keeper.RECORD).write_text(json.dumps(record))
        assert servers.remove_leftovers(tmp_path) == 1
        assert not folder.exists()
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_a_process_that_ignores_the_signal_is_killed(program):
    stubborn = program("stubborn", "trap '' TERM", "echo ready", "while :; do sleep 0.1; done")
    process = subprocess.Popen([stubborn], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "ready\n"
        keeper.end(process.pid, signal.SIGTERM, patience=0.3)
    finally:
        process.kill()
        process.stdout.close()
    assert process.wait() == -signal.SIGKILL


def test_a_server_that_dies_while_it_starts_is_reported_with_the_end_of_its_log(program, open_folder):
    broken = program("postgres", "echo FATAL: the disk is upside down >&2", "exit 1")
    programs = servers.Binaries("postgresql", "postgresql", "15.0", broken, program("initdb"))
    with pytest.raises(Unreachable, match="the disk is upside down") as caught:
        servers.start("postgresql", open_folder, using=programs)
    assert "ended while it was starting" in caught.value.message
    assert str(broken) in caught.value.hint
    assert not list(open_folder.glob(f"{launch.PREFIX}*"))


def test_a_data_folder_that_cannot_be_made_is_reported_with_the_end_of_the_log(program, open_folder):
    broken = program("initdb", "echo initdb: no space left", "exit 1")
    programs = servers.Binaries("postgresql", "postgresql", "15.0", program("postgres"), broken)
    with pytest.raises(Unreachable, match=r"could not make its data folder.*\n.*no space left"):
        servers.start("postgresql", open_folder, using=programs)


def test_a_server_that_never_answers_is_given_up_and_ended(program, open_folder, monkeypatch):
    monkeypatch.setattr(launch, "_DEADLINE", 0.5)
    silent = program("postgres", "echo still thinking; exec sleep 60")
    programs = servers.Binaries("postgresql", "postgresql", "15.0", silent, program("initdb"))
    with pytest.raises(Unreachable, match=r"within 0\.5 s.*\nstill thinking"):
        servers.start("postgresql", open_folder, using=programs)
    assert not list(open_folder.glob(f"{launch.PREFIX}*"))


def test_a_port_that_another_process_took_meanwhile_means_another_attempt(program, open_folder):
    tries = open_folder / "tries"
    tries.touch()
    tries.chmod(0o666)
    unlucky = program("postgres", f"echo try >> {tries}", "echo Address already in use", "exit 1")
    programs = servers.Binaries("postgresql", "postgresql", "15.0", unlucky, program("initdb"))
    with pytest.raises(Unreachable, match="in use"):
        servers.start("postgresql", open_folder, using=programs)
    assert tries.read_text().splitlines() == ["try"] * 3


def test_a_folder_that_the_servers_account_may_not_enter_is_said_before_anything_fails(program, tmp_path, monkeypatch):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(launch, "_account", lambda preferred: pwd.getpwuid(os.geteuid()))
    programs = servers.Binaries("postgresql", "postgresql", "15.0", program("postgres"), program("initdb"))
    with pytest.raises(Unreachable, match=f"may not enter {closed}") as caught:
        servers.start("postgresql", closed, using=programs)
    assert "TMPDIR=/tmp" in caught.value.hint
    assert list(closed.iterdir()) == []


def test_somebody_elses_leftovers_are_left_alone(tmp_path, monkeypatch):
    folder = tmp_path / f"{launch.PREFIX}theirs"
    folder.mkdir()
    (folder / launch.LOCK).touch()
    monkeypatch.setattr(os, "geteuid", lambda: 4_000_000)
    assert servers.remove_leftovers(tmp_path) == 0
    assert folder.exists()


def test_a_missing_server_names_the_command_that_installs_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    for kind in (PostgreSQL, MariaDB, MySQL):
        monkeypatch.setattr(kind, "folders", ())
    monkeypatch.setattr(PostgreSQL, "places", MySQL.places)
    for name, package in (("postgresql", "apt-get install postgresql"), ("mysql", "apt-get install mariadb-server")):
        assert servers.binaries(name) is None
        with pytest.raises(ServerBinariesMissing, match=name) as caught:
            servers.start(name)
        assert package in caught.value.hint


def test_mysql_and_mariadb_are_told_apart_by_what_they_say_of_themselves(program, open_folder, monkeypatch):
    monkeypatch.setenv("PATH", str(open_folder / "bin"))
    for kind in (MariaDB, MySQL):
        monkeypatch.setattr(kind, "folders", ())
    program("mariadb-install-db")
    program("mysqld", "echo 'mysqld  Ver 10.11.19-MariaDB for debian-linux-gnu on x86_64'")
    assert [(found.kind, found.version) for found in servers.all_binaries("mysql")] == [("mariadb", "10.11.19")]
    program("mysqld", "echo '/usr/sbin/mysqld  Ver 9.7.4-2 for Linux on x86_64 (Debian)'")
    assert [(found.kind, found.version) for found in servers.all_binaries("mysql")] == [("mysql", "9.7.4")]


def test_a_program_that_cannot_say_its_version_is_no_server(program, open_folder, monkeypatch):
    monkeypatch.setenv("PATH", str(open_folder / "bin"))
    monkeypatch.setattr(PostgreSQL, "folders", ())
    program("initdb")
    program("postgres", "exit 3")
    assert program("postgres").parent / "postgres" not in [found.server for found in servers.all_binaries("postgresql")]


def test_the_newest_of_several_installed_postgresql_comes_first(program, tmp_path, monkeypatch):
    for version in ("9.6", "15", "16"):
        folder = tmp_path / "postgresql" / version / "bin"
        folder.mkdir(parents=True)
        program("initdb").rename(folder / "initdb")
        program("postgres", f"echo 'postgres (PostgreSQL) {version}.2'").rename(folder / "postgres")
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.setattr(PostgreSQL, "folders", (f"{tmp_path}/postgresql/*/bin",))
    found = [programs.version for programs in servers.all_binaries("postgresql")]
    assert found[:3] == ["16.2", "15.2", "9.6.2"]


def test_an_unknown_dialect_names_the_known_ones():
    with pytest.raises(UnknownBranch) as caught:
        servers.start("postgres")
    assert "postgresql" in caught.value.hint


def test_a_person_gets_the_urls_to_export_and_ends_the_servers_with_ctrl_c(dialect):
    words = [sys.executable, "-m", "bothways.servers", dialect]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as person:
        line, own = person.stdout.readline(), person.stdout.readline()
        url = DatabaseURL.parse(own.partition("'")[2].rstrip("'\n"))
        assert call(url, lambda c: sa.inspect(c).get_table_names()) == []
        said = person.stderr.readline()
        person.send_signal(signal.SIGINT)
        assert person.wait(30) == 0
    assert line.startswith(f"export BOTHWAYS_TEST_{dialect.upper()}_URL='{dialect}+")
    assert own.startswith(f"export BOTHWAYS_{dialect.upper()}_URL='{dialect}+")
    assert not Path(said.split(" in ")[1].strip()).exists()


def test_its_help_says_what_it_prints():
    words = [sys.executable, "-m", "bothways.servers", "--help"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "BOTHWAYS_<ENGINE>_URL" in done.stdout
    assert "postgresql or mysql" in done.stdout


def test_a_wrong_name_on_the_command_line_is_one_clear_message_and_exit_code_2():
    words = [sys.executable, "-m", "bothways.servers", "oracle"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "'oracle'" in done.stderr
    assert "Traceback" not in done.stderr
