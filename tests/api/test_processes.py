"""The service as processes: several workers, a Unix socket, an end that keeps its promises."""

import http.client
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import time

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import unix_connect

from bothways import runs
from bothways.connections import call
from bothways.errors import ConfigurationError
from bothways.runs import records
from bothways.runs.tables import LEDGER
from bothways.web import server
from tests.api.conftest import ROOT


class Unix(http.client.HTTPConnection):
    """A connection to a Unix socket."""

    def __init__(self, path):
        super().__init__("localhost", timeout=20)
        self.path = path

    def connect(self):
        """Connect to the path instead of a host."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(20)
        self.sock.connect(str(self.path))


def get(path, address):
    """Status and body of a GET, waited for while nobody listens."""
    end = time.monotonic() + 30
    while True:
        connection = Unix(path)
        try:
            connection.request("GET", address)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        finally:
            connection.close()


@pytest.fixture
def start(migrated, tmp_path):
    """Starts ``bothways serve`` on a Unix socket over the SQLite database; ends it after the test."""
    started = []

    def begin(*options, **variables):
        environ = {k: v for k, v in os.environ.items() if not k.startswith("BOTHWAYS_")} | variables
        environ |= {"BOTHWAYS_SQLITE_URL": migrated["sqlite"].reveal(), "PYTHONPATH": str(ROOT)}
        path = tmp_path / "serve.sock"
        command = [sys.executable, "-m", "bothways", "-c", str(ROOT / "alembic.ini"), "serve", "--uds", str(path)]
        process = subprocess.Popen([*command, *options], cwd=tmp_path, env=environ, stderr=subprocess.PIPE)
        started.append(process)
        return process, path

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def test_a_signal_ends_readiness_first_then_what_is_under_way(start):
    process, path = start(BOTHWAYS_DRAIN="60")
    assert get(path, "/health/ready")[0] == 200
    assert stat.S_IMODE(path.stat().st_mode) == 0o660
    # A request whose body comes slowly is under way when the signal comes.
    slow = Unix(path)
    slow.connect()
    body = b'{"name": "x"}'
    head = f"POST /api/v1/sqlite/products HTTP/1.1\r\nhost: localhost\r\ncontent-length: {len(body)}\r\n"
    slow.sock.sendall(head.encode() + b"content-type: application/json\r\n\r\n" + body[:5])
    process.send_signal(signal.SIGTERM)
    while get(path, "/health/ready")[0] == 200:
        pass
    status, document = get(path, "/health/ready")
    assert status == 503
    assert "about to end" in json.loads(document)["detail"]
    assert get(path, "/api/v1/sqlite/products")[0] == 200
    process.send_signal(signal.SIGTERM)
    slow.sock.sendall(body[5:])
    assert slow.sock.recv(20).startswith(b"HTTP/1.1 422")
    slow.close()
    _, printed = process.communicate(timeout=30)
    assert process.returncode == 0
    assert not path.exists()
    assert all(json.loads(line)["level"] != "error" for line in printed.decode().splitlines())


def test_who_watches_a_run_is_told_that_the_service_ends(start, migrated):
    """On a WebSocket and by Server-Sent Events; the run itself is nobody's business here."""
    url = migrated["sqlite"]
    call(url, LEDGER.ensure, purpose="write")
    run = call(url, lambda c: records.add(c, runs.Wish("sqlite", "verify", None, "test"), ()), purpose="write")
    process, path = start(BOTHWAYS_DRAIN="0")
    get(path, "/health/live")
    stream = Unix(path)
    stream.request("GET", f"/api/v1/runs/{run.id}/events")
    heard = stream.getresponse()
    with unix_connect(str(path), f"ws://localhost/api/v1/runs/{run.id}/ws") as watched:
        assert json.loads(watched.recv(timeout=20))["event"] == "created"
        process.send_signal(signal.SIGTERM)
        with pytest.raises(ConnectionClosed) as closed:
            watched.recv(timeout=20)
    assert closed.value.rcvd.code == 1012  # the service restarts: come back in a moment
    assert b"event: created" in heard.read()
    stream.close()
    _, printed = process.communicate(timeout=30)
    assert process.returncode == 0
    assert all(json.loads(line)["level"] != "error" for line in printed.decode().splitlines())
    call(url, lambda c: records.end(c, run.id, "cancelled", runs.Outcome("by the test")), purpose="write")


def test_several_workers_answer_as_one(start):
    process, path = start("--workers", "2", BOTHWAYS_DRAIN="0")
    get(path, "/health/live")
    threads = [threading.Thread(target=get, args=(path, "/health/live")) for _ in range(19)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wanted = re.compile(
        rb'bothways_http_request_duration_seconds_count\{method="GET",route="/health/live",status="200"\} 20'
    )
    end = time.monotonic() + 30
    while True:
        _, page = get(path, "/metrics")
        if wanted.search(page) and b"bothways_workers 2.0" in page:
            break
        assert time.monotonic() < end, page
        time.sleep(0.2)
    process.send_signal(signal.SIGTERM)
    _, printed = process.communicate(timeout=30)
    assert b"Traceback" not in printed
    assert not path.exists()


def test_a_socket_that_a_killed_service_left_is_replaced_and_nothing_else_is(tmp_path):
    path = tmp_path / "x.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    with server._unix_socket(path) as listening:
        listening.listen()
        with pytest.raises(ConfigurationError, match="another process does"), server._unix_socket(path):
            pass
    assert not path.exists()
    path.write_text("mine")
    link = tmp_path / "link"
    link.symlink_to(path)
    for place in (path, link):
        with pytest.raises(ConfigurationError, match="no socket"), server._unix_socket(place):
            pass
    assert path.read_text() == "mine"
    with pytest.raises(ConfigurationError, match="cannot listen"), server._unix_socket(tmp_path / ("x" * 200)):
        pass
