"""The load of script/bench mixed counts every answer, and takes nothing for a success that is none."""

import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bench.mixed import BESIDE, DURING, Results, failed
from bench.serving.mixture import Answer, Target, mixture
from bench.serving.online import STEPS, Newer
from bothways.urls import DatabaseURL

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def served(answer):
    """A real server of rows, whose answers ``answer(method)`` gives: a status, or None to break the connection."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        made = 0

        def do(self):
            asked = self.rfile.read(int(self.headers.get("content-length", 0)))
            status = answer(self.command)
            if status is None:
                self.close_connection = True
                return
            Handler.made += 1
            body = {"id": f"row-{Handler.made}", "asked": asked.decode()} if status < 400 else {"code": "a-code"}
            written = b"" if status == 204 else json.dumps(body).encode()
            self.send_response(status)
            if written:
                self.send_header("content-length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

        do_GET = do_POST = do_PATCH = do_DELETE = do

        def log_message(self, *_):
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    try:
        yield Target(listening.server_address[1], "/rows", {}, ("a", "b"), {"n": 1}, {"n": 2}, {"n": 3}, "?limit=50")
    finally:
        listening.shutdown()
        listening.server_close()


def test_every_request_has_one_answer_and_rows_that_were_made_and_not_deleted_are_kept():
    statuses = {"GET": 200, "POST": 201, "PATCH": 200, "DELETE": 204}
    with served(statuses.__getitem__) as target, mixture() as load:
        heard = [load.load(target, connections=4, rate=200, seconds=0.5) for _ in range(2)]
    answers = [a for one in heard for a in one.answers]
    assert len(answers) == 200
    assert {a.status for a in answers} == {200, 201, 204}
    made = sum(a.operation == "post" for a in answers)
    deleted = sum(a.operation == "delete" for a in answers)
    assert deleted > 0
    assert len(set(heard[-1].kept)) == made - deleted


def test_answers_of_any_number_come_through():
    with served(lambda _method: 200) as target, mixture() as load:
        load.load(target, connections=1, rate=10, seconds=0.1)
        heard = load.load(target, connections=8, rate=3_000, seconds=1.0)
    assert len(heard.answers) == 3_000


def test_a_connection_that_breaks_is_an_answer_that_failed():
    breaks = iter([False, True])
    with served(lambda _method: None if next(breaks, False) else 200) as target, mixture() as load:
        heard = load.load(target, connections=2, rate=100, seconds=0.3)
    assert len(heard.answers) == 30
    assert [failed(a) for a in heard.answers].count(True) == 1
    assert [a.status for a in heard.answers].count(0) == 1


@pytest.mark.parametrize(
    ("operation", "status", "code", "is_failed"),
    [
        ("get", 200, "", False),
        ("get", 503, "database-locked", False),
        ("get", 503, "", True),
        ("get", 409, "conflict", True),
        ("get", 404, "not-found", True),
        ("clash", 409, "conflict", False),
        ("patch", 409, "conflict", False),
        ("delete", 500, "internal", True),
        ("post", 422, "invalid-request", True),
        ("post", 0, "", True),
    ],
)
def test_only_documented_refusals_are_no_failures(operation, status, code, is_failed):
    assert failed(Answer(operation, status, code, 0.1)) is is_failed


def test_troubles_are_told_in_words():
    results = Results("a server", missing=2)
    results.answers[DURING] += [Answer("get", 500, "internal", 0.1), Answer("get", 500, "internal", 0.1)]
    results.answers[BESIDE] += [Answer("get", 503, "unreachable", 0.1)]
    assert results.troubles == ["2 requests failed, get: 500 internal", "no migration ran", "2 rows are missing"]
    assert results.refusals == {"500 internal": 2, "503 unreachable": 1}


@pytest.mark.parametrize("engine", STEPS)
def test_the_newer_checkout_goes_on_where_the_project_ends(engine, tmp_path):
    newer = Newer(tmp_path, DatabaseURL.parse(f"{engine}:///x.db" if engine == "sqlite" else f"{engine}://h/x"))
    command = [sys.executable, "-m", "alembic", "-n", engine, "history", "-r", f"{newer.bottom}:"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    lines = done.stdout.strip().splitlines()
    assert len(lines) == len(STEPS[engine]) + 1
    assert f"-> later_{len(STEPS[engine]) - 1} " in lines[0]
    assert "(head)" in lines[0]


def test_rows_are_served_while_their_table_is_migrated_up_and_down():
    command = [sys.executable, "bench/mixed.py", "--engine", "sqlite", "--minutes", "0.04", "--rate", "50"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*command, "--rows", "1500", "--json"], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)["engines"]["sqlite"]
    assert (found["failed"], found["missing_rows"], found["troubles"]) == (0, 0, [])
    assert found["requests"] >= 100
    assert found["runs"] >= 2
    assert found["runs"] % 2 == 0
    assert found["revisions"] == found["runs"] * len(STEPS["sqlite"])
