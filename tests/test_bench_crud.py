"""The loads of script/bench crud and mixed are what they say they are, and their figures count what they should."""

import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.serving.cells import Cell, Results
from bench.serving.contenders import BARE, BOTHWAYS, FASTCRUD, HAND_WRITTEN
from bench.serving.load import NUMBER, Ask, Line, client, share_below
from bench.serving.processes import children_of, cpu_of

ROOT = Path(__file__).resolve().parents[1]
ANSWERS = {
    "told": (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde", 200, b"abcde"),
    "empty": (b"HTTP/1.1 204 No Content\r\nx: y\r\n\r\n", 204, b""),
    "in chunks": (b"HTTP/1.1 404 No\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", 404, None),
}


@contextmanager
def server(status=200):
    """A real server that keeps what it was asked; its port and that list."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            asked.append((self.path, body.decode(), self.headers.get("authorization")))
            self.send_response(status)
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_):
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    try:
        yield listening.server_address[1], asked
    finally:
        listening.shutdown()
        listening.server_close()


@pytest.mark.parametrize("kind", ANSWERS)
@given(data=st.data())
def test_an_answer_is_one_however_it_is_cut(kind, data):
    written, status, body = ANSWERS[kind]
    cuts = sorted(data.draw(st.sets(st.integers(1, len(written) - 1))))
    heard = []
    line = Line(lambda _line, *answer: heard.append(answer))
    for start, end in zip([0, *cuts], [*cuts, len(written)], strict=True):
        assert heard == []
        line.data_received(written[start:end])
    assert [answer[0] for answer in heard] == [status]
    assert body is None or heard[0][1] == body


def test_a_load_ends_after_as_many_answers_as_it_may_and_no_two_requests_have_the_same_number():
    with server() as (port, asked), client() as loads:
        ask = Ask("POST", "/things", f'{{"n": "{NUMBER}"}}', {"authorization": "Bearer x"})
        done = [loads.load(port, [ask], connections=4, seconds=30, most=60) for _ in range(2)]
    assert [one.answers for one in done] == [60, 60]
    assert done[0].statuses == {"200": 60}
    assert done[0].trouble is None
    assert 0 < done[0].p50 <= done[0].p99
    assert len(set(asked)) == 120
    assert {(path, token) for path, _, token in asked} == {("/things", "Bearer x")}


def test_figures_of_a_service_that_refuses_do_not_count():
    with server(503) as (port, _), client() as loads:
        done = loads.load(port, [Ask("POST", "/", "{}")], connections=2, seconds=30, most=4)
    assert done.statuses == {"503": 4}
    assert done.trouble == "503 {}"


def test_a_share_of_times():
    assert share_below([], 0.5) == 0
    assert share_below([1, 2, 3, 4], 0.5) == 3
    assert share_below(list(range(1000)), 0.99) == 990


def test_the_cpu_of_another_process_and_of_its_children_is_seen():
    code = "import os, time\nos.fork()\nwhile time.process_time() < 0.05: pass\nprint(flush=True)\ninput()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        process.stdout.readline()
        assert len(children_of([process.pid])) == 1
        assert cpu_of([process.pid]) >= 0.05
        assert cpu_of(children_of([process.pid])) >= 0.05
        process.communicate(b"\n\n")
    assert cpu_of([process.pid]) == 0


def results(**cpu):
    """Results of one operation, the CPU of each round by contender."""
    made = Results("a server", 10, tuple(cpu), judged=True)
    for label, rounds in cpu.items():
        for each in rounds:
            made.add("get", label, Cell(1000, each, 0, 2.0, 9.0, None))
    return made


def test_a_ratio_compares_each_round_with_itself():
    # The machine was busy in the second round: everybody needed ten times as much.
    made = results(**{BOTHWAYS: [100, 1000, 100], HAND_WRITTEN: [700, 7000, 720]})
    assert made.ratio("get", HAND_WRITTEN) == 7


def test_goals_are_told_with_their_figures():
    made = results(**{BOTHWAYS: [100], BARE: [50], HAND_WRITTEN: [600], FASTCRUD: [1100]})
    assert list(made.goals()) == [
        ("get: CPU of hand-written 6.0 times ours (goal 6)", True),
        ("get: CPU of FastCRUD 11.0 times ours (goal 12)", False),
        ("get: our CPU 2.00 times that of bare asyncpg (goal at most 1.6)", False),
        ("get: p99 is 4.5 times p50 (goal at most 6)", True),
    ]


def test_the_services_serve_the_same_rows_and_are_measured():
    command = [sys.executable, "bench/crud.py", "--engine", "sqlite", "--rounds", "1", "--seconds", "0.2"]
    command += ["--rows", "1500", "--connections", "4", "--json"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    measured = json.loads(done.stdout)["engines"]["sqlite"]
    assert {(f["operation"], f["contender"]) for f in measured["figures"]} == {
        (operation, label) for operation in ("get", "page", "post", "patch") for label in (BOTHWAYS, HAND_WRITTEN)
    }
    assert all(f["cpu_us"] > 0 for f in measured["figures"])
