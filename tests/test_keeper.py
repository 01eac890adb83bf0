"""The keeper of a private server, run as the program that it is, with a harmless program in the server's place."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bothways.servers import keeper


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "server"
    path.mkdir()
    return path


@pytest.fixture
def keep(folder):
    """Starts a keeper of a command and waits until that one runs; ends it after the test."""
    keepers = []

    def start(*command, number=signal.SIGTERM, uid=-1, gid=-1):
        words = [sys.executable, keeper.__file__, str(folder), str(int(number)), str(uid), str(gid), *command]
        watch = subprocess.Popen(words, stdin=subprocess.PIPE)
        keepers.append(watch)
        assert wait_until(lambda: record(folder))
        return watch, record(folder)["pid"]

    yield start
    for watch in keepers:
        watch.stdin.close()
        watch.wait(30)


def record(folder):
    """What the keeper wrote down; None until it is complete."""
    try:
        return json.loads((folder / keeper.RECORD).read_text())
    except (OSError, ValueError):
        return None


def wait_until(condition, seconds=15.0):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def test_when_the_owner_lets_go_the_server_ends_and_the_folder_is_gone(keep, folder):
    watch, pid = keep("sleep", "60")
    watch.stdin.close()
    assert watch.wait(30) == 0
    assert keeper.started_at(pid) is None
    assert not folder.exists()


def test_a_server_that_ends_by_itself_leaves_its_log(keep, folder):
    watch, _ = keep("sh", "-c", "echo the last word; sleep 0.1; exit 3")
    assert watch.wait(30) == 1
    assert (folder / keeper.LOG).read_text() == "the last word\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_ctrl_c_and_a_closed_terminal_are_the_owners_business(keep, number):
    watch, pid = keep("sleep", "60")
    watch.send_signal(number)
    time.sleep(3 * keeper._TICK)
    assert watch.poll() is None
    assert keeper.started_at(pid) is not None


def test_a_keeper_that_is_told_to_end_takes_its_server_with_it(keep, folder):
    watch, pid = keep("sleep", "60")
    watch.terminate()
    assert watch.wait(30) == 0
    assert keeper.started_at(pid) is None
    assert not folder.exists()


def test_the_server_gets_the_signal_that_ends_its_kind(keep, folder):
    said = folder.parent / "said"
    program = f"trap 'echo quit > {said}; exit' QUIT; echo ready > {said}; while :; do sleep 0.05; done"
    watch, _ = keep("sh", "-c", program, number=signal.SIGQUIT)
    assert wait_until(lambda: said.exists() and said.read_text() == "ready\n")
    watch.stdin.close()
    watch.wait(30)
    assert said.read_text() == "quit\n"


def test_a_server_is_not_in_the_session_of_a_terminal(keep):
    _, pid = keep("sleep", "60")
    assert os.getsid(pid) == pid


def test_a_server_that_cannot_be_started_is_in_the_keepers_own_words(folder):
    words = [sys.executable, keeper.__file__, str(folder), "15", "-1", "-1", str(folder / "no-such-program")]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "no-such-program" in done.stderr


def test_a_process_that_is_gone_needs_no_end():
    process = subprocess.Popen(["true"])
    process.wait()
    assert keeper.started_at(process.pid) is None
    assert keeper.command_of(process.pid) == []
    keeper.end(process.pid, signal.SIGTERM)


def test_a_folder_without_a_readable_record_names_no_orphan(folder):
    assert not keeper.end_orphan(folder)
    (folder / keeper.RECORD).write_text('{"pid": ')
    assert not keeper.end_orphan(folder)


def test_an_orphan_is_ended_when_pid_start_and_command_all_agree(folder):
    orphan = subprocess.Popen(["sleep", "60"])
    try:
        assert wait_until(lambda: keeper.command_of(orphan.pid) == ["sleep", "60"])
        start = keeper.started_at(orphan.pid)
        known = {"pid": orphan.pid, "started_at": start, "command": ["sleep", "61"], "signal": int(signal.SIGTERM)}
        Path(folder / keeper.RECORD).write_text(json.dumps(known))
        assert not keeper.end_orphan(folder)
        assert orphan.poll() is None
        Path(folder / keeper.RECORD).write_text(json.dumps(known | {"command": ["sleep", "60"]}))
        assert keeper.end_orphan(folder)
        assert orphan.wait(5) == -signal.SIGTERM
    finally:
        orphan.kill()
        orphan.wait()
