"""The service as its operator runs it: a process on a port, told to end by a signal."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from bothways.errors import ConfigurationError
from bothways.project import Project
from bothways.web import server
from tests.api.conftest import ROOT

RUN = """
from bothways.project import Project
from bothways.web.server import run
run(Project.load({config!r}), port={port})
"""


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fetch(url, seconds=30.0):
    """The answer to a GET, waited for while nobody listens."""
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.headers, json.load(answer)
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def test_it_serves_until_it_is_told_to_end(migrated, port, tmp_path):
    environ = {k: v for k, v in os.environ.items() if not k.startswith("BOTHWAYS_")}
    environ["BOTHWAYS_SQLITE_URL"] = migrated["sqlite"].reveal()
    environ["BOTHWAYS_POOL_SIZ"] = "1"
    code = RUN.format(config=str(ROOT / "alembic.ini"), port=port)
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=tmp_path, env={**environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE
    )
    try:
        headers, body = fetch(f"http://127.0.0.1:{port}/api/v1/sqlite/products")
        assert set(body) == {"items", "next", "previous"}
        assert "server" not in headers
        process.send_signal(signal.SIGTERM)
        _, printed = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode in {0, -signal.SIGTERM}
    lines = [json.loads(line) for line in printed.decode().splitlines()]
    warnings = [line["event"] for line in lines if line["level"] == "warning"]
    assert len(warnings) == 1
    assert warnings[0].startswith("BOTHWAYS_POOL_SIZ is not a setting: did you mean BOTHWAYS_POOL_SIZE")
    assert any(f"http://127.0.0.1:{port}" in line["event"] for line in lines)
    assert any(line["event"] == "request" and line["status"] == 200 for line in lines)
    assert not (tmp_path / "data").exists()


def test_a_port_that_is_taken_is_told_with_another():
    project = Project.load(ROOT / "alembic.ini", environ={})
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"cannot listen on 127.0.0.1:{port}") as refused:
            server.run(project, port=port)
    assert "--port" in refused.value.hint


def test_an_address_of_either_kind_can_be_listened_on(monkeypatch, port):
    import uvicorn

    told = []
    monkeypatch.setattr(uvicorn, "run", lambda *given, **options: told.append(options))
    monkeypatch.setenv("BOTHWAYS_CONFIG", "elsewhere")
    project = Project.load(ROOT / "alembic.ini", environ={})
    for host in ("127.0.0.1", "::1", "localhost"):
        server.run(project, host=host, port=port)
    assert [options["host"] for options in told] == ["127.0.0.1", "::1", "localhost"]
    assert os.environ["BOTHWAYS_CONFIG"] == str(ROOT / "alembic.ini")
