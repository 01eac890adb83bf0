"""Runs over HTTP: started, watched, cancelled; the web process only tells of them."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager

import anyio
import pytest
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from api.app import create_app
from api.settings import Settings
from bothways import runs, scratch
from bothways.connections import call
from bothways.processes import pid_of
from bothways.runs import records
from bothways.runs.tables import LEDGER
from bothways.web import runs as web_runs
from tests.accounts.conftest import cheap_hashes, house_on  # noqa: F401 - the fixture
from tests.api.conftest import ROOT, migrate, project_with
from tests.api.conftest import serving as tables_serving
from tests.runs.conftest import WAIT, gated, lite, place, until  # noqa: F401 - the fixtures

RUNS = "/api/v1/runs"
SERVE = """
import sys, uvicorn
from api.app import create_app
from api.settings import Settings
from bothways.project import Project
app = create_app(Settings(_env_file=None), Project.load(sys.argv[1]))
uvicorn.run(app, port=int(sys.argv[2]), log_config=None)
"""


@contextmanager
def serving(place):  # noqa: F811
    settings = Settings.model_construct(
        **{**Settings(_env_file=None).model_dump(), "run_grace": 0.5, "hosts": ("testserver",)}
    )
    with TestClient(create_app(settings, place.project), raise_server_exceptions=False) as client:
        yield client


def start(client, kind="upgrade", target=None):
    answer = client.post(RUNS, json={"database": "main", "kind": kind, "target": target})
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"{RUNS}/{answer.json()['id']}"
    return answer.json()["id"]


def ended(client, run):
    return until(lambda: (found := client.get(f"{RUNS}/{run}").json())["ended_at"] and found)


def frames(text):
    """The events of a stream, as a browser would have them."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "data" in fields:
            found.append((int(fields["id"]), fields["event"], json.loads(fields["data"])))
    return found


def test_runs_are_paged_and_a_state_is_looked_for_among_all_of_them(place):  # noqa: F811
    """Whatever their number: the one that failed is older than a page of others."""
    call(place.url, LEDGER.ensure, purpose="write")

    def add(state):
        def made(connection):
            run = records.add(connection, runs.Wish("main", "verify", None, "test"), ())
            assert records.end(connection, run.id, state, runs.Outcome(state))
            return run.id

        return call(place.url, made, purpose="write")

    made = [add("failed"), *(add("succeeded") for _ in range(5))]
    with serving(place) as client:
        seen, query = [], {"limit": "2"}
        while True:
            page = client.get(RUNS, params=query).json()
            seen += [run["id"] for run in page["runs"]]
            if page["next"] is None:
                break
            query["before"] = page["next"]
        assert sorted(seen) == sorted(made)
        assert seen[-1] == made[0]
        failed = client.get(RUNS, params={"state": "failed", "limit": "1"}).json()
        assert [run["id"] for run in failed["runs"]] == [made[0]]
        assert client.get(RUNS, params={"before": "main-nowhere"}).status_code == 404


def test_a_run_is_started_watched_to_its_end_and_its_record_is_the_command_lines_report(place):  # noqa: F811
    with serving(place) as client:
        run = start(client)
        answer = client.get(f"{RUNS}/{run}/events")
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.text.startswith(f": run {run}\nretry: 2000\n\n")
        told = frames(answer.text)
        assert [number for number, _, _ in told] == list(range(1, 10))
        assert [event for _, event, _ in told] == ["created", "started", *["step"] * 6, "ended"]
        assert told[0][2]["plan"] == ["r1", "r2", "r3"]
        found = client.get(f"{RUNS}/{run}").json()
        assert (found["state"], found["by"], found["before"], found["after"]) == ("succeeded", "local", [], ["r3"])
        assert found["report"]["schema"] == "bothways/run/1"
        assert place.at() == ("r3",)
        rest = client.get(f"{RUNS}/{run}/events", headers={"Last-Event-ID": "7"})
        assert [number for number, _, _ in frames(rest.text)] == [8, 9]
        assert client.get(f"{RUNS}/{run}/events", headers={"Last-Event-ID": "9"}).status_code == 204
        assert [r["id"] for r in client.get(f"{RUNS}?database=main").json()["runs"]] == [run]
        assert client.get(f"{RUNS}?state=failed").json() == {"runs": [], "next": None, "unreachable": []}


def test_a_second_run_is_refused_and_a_cancelled_one_says_where_the_database_is(gated):  # noqa: F811
    with serving(gated) as client:
        run = start(client)
        gated.waits()
        answer = client.post(RUNS, json={"database": "main", "kind": "verify"})
        assert (answer.status_code, answer.json()["code"], answer.json()["run"]) == (409, "run-under-way", run)
        with client.websocket_connect(f"{RUNS}/{run}/ws?after=2") as socket_:
            assert socket_.receive_json()["id"] == 3
            assert client.delete(f"{RUNS}/{run}").status_code == 202
            with pytest.raises(WebSocketDisconnect) as closed:  # noqa: PT012
                while True:
                    last = socket_.receive_json()
        assert (closed.value.code, last["event"], last["data"]["state"]) == (1000, "ended", "cancelled")
        found = client.get(f"{RUNS}/{run}").json()
        assert (found["state"], found["after"]) == ("cancelled", ["r3"])
        assert "in the middle of r4" in found["message"]
        again = client.post(f"{RUNS}/{run}/cancel")
        assert (again.status_code, again.json()["code"]) == (409, "conflict")
        assert again.json()["title"] == "The state of things does not allow it"


@contextmanager
def process(place):  # noqa: F811
    """The service as a process of its own, and where it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {k: v for k, v in os.environ.items() if not k.startswith("BOTHWAYS_")}
    environ |= {"BOTHWAYS_MAIN_URL": place.url.reveal(), "PYTHONPATH": str(ROOT)}
    config = str(place.tiny.folder / "alembic.ini")
    server = subprocess.Popen(
        [sys.executable, "-c", SERVE, config, str(port)], env=environ, stderr=subprocess.DEVNULL, cwd=place.tiny.folder
    )
    address = f"http://127.0.0.1:{port}"
    try:
        until(lambda: _answers(address))
        yield address, server
    finally:
        server.kill()
        server.wait()


def _answers(address):
    try:
        return urllib.request.urlopen(f"{address}/health/live", timeout=5).status == 200
    except OSError:
        return False


def _get(address):
    with urllib.request.urlopen(address, timeout=30) as answer:
        return json.load(answer)


def test_a_run_goes_on_when_the_service_is_killed_and_is_watched_on_from_where_one_was(gated):  # noqa: F811
    with process(gated) as (address, server):
        body = json.dumps({"database": "main", "kind": "upgrade"}).encode()
        request = urllib.request.Request(f"{address}{RUNS}", body, {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            run = json.load(answer)["id"]
        stream = urllib.request.urlopen(f"{address}{RUNS}/{run}/events", timeout=30)
        seen = 0
        while seen < 9:
            line = stream.readline().decode()
            seen = int(line[4:]) if line.startswith("id: ") else seen
        gated.waits()
        server.send_signal(signal.SIGKILL)
        server.wait()
    with process(gated) as (address, _server):
        assert _get(f"{address}{RUNS}/{run}")["state"] == "running"
        gated.open()
        again = urllib.request.Request(f"{address}{RUNS}/{run}/events", headers={"Last-Event-ID": str(seen)})
        with urllib.request.urlopen(again, timeout=60) as stream:
            told = frames(stream.read().decode())
        assert [number for number, _, _ in told] == [10, 11]
        assert told[-1][2]["state"] == "succeeded"
    assert gated.at() == ("r4",)


def test_a_worker_that_is_killed_is_told_to_those_who_watch(gated):  # noqa: F811
    with serving(gated) as client:
        run = start(client)
        gated.waits()
        found = call(gated.url, lambda c: records.find(c, run))
        os.kill(pid_of(found.process), signal.SIGKILL)
        told = frames(client.get(f"{RUNS}/{run}/events").text)
        assert (told[-1][1], told[-1][2]["state"], told[-1][2]["after"]) == ("ended", "lost", ["r3"])
        assert client.get(f"{RUNS}/{run}").json()["state"] == "lost"


def test_a_verdict_is_shown_with_the_revision_until_its_file_changes(place):  # noqa: F811
    with serving(place) as client:
        run = start(client, "verify", "r2")
        assert ended(client, run)["state"] == "succeeded"
        branch = place.database.branch.name
        proof = client.get(f"/api/v1/branches/{branch}/revisions/r2").json()["proof"]
        assert (proof["verdict"], proof["run"], proof["current"]) == ("lossless", run, True)
        path = place.tiny.versions / "r2.py"
        path.write_text(path.read_text() + "\n# edited\n")
        assert not client.get(f"/api/v1/branches/{branch}/revisions/r2").json()["proof"]["current"]


def test_a_stream_in_which_nothing_happens_says_so_now_and_then(tmp_path, monkeypatch):
    monkeypatch.setattr(web_runs, "HEARTBEAT_SECONDS", 0.1)
    place = lite(tmp_path)  # noqa: F811
    place.tiny.revision("r4", WAIT.format(folder=str(place.tiny.folder)), "pass")
    run = place.start()
    service = web_runs.Service(place.project)

    async def watch():
        parts = []
        async for part in service._stream(run.id, 0):
            parts.append(part)
            if part == b": still running\n\n":
                place.open()
        return parts

    told = anyio.run(watch)
    assert b": still running\n\n" in told
    assert frames(told[-1].decode())[0][1] == "ended"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"database": "nowhere", "kind": "upgrade"}, 404, "unknown-database"),
        ({"database": "sqlite:///x.db", "kind": "upgrade"}, 404, "unknown-database"),
        ({"database": "main", "kind": "upgrade", "target": "r9"}, 404, "unknown-revision"),
        ({"database": "main", "kind": "upgrade", "target": "../../etc/passwd"}, 404, "unknown-revision"),
        ({"database": "main", "kind": "stamp"}, 422, "invalid-request"),
        ({"database": "main", "kind": "downgrade"}, 422, "invalid-request"),
        ({"database": "main", "kind": "upgrade", "url": "sqlite:///x.db"}, 422, "invalid-request"),
        ({"database": "main", "kind": "upgrade", "target": "x" * 201}, 422, "invalid-request"),
        ({"kind": "upgrade"}, 422, "invalid-request"),
    ],
)
def test_what_is_not_a_name_of_the_project_is_refused(tmp_path, body, status, code):
    with serving(lite(tmp_path)) as client:
        answer = client.post(RUNS, json=body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert client.get(RUNS).json()["runs"] == []


def test_a_run_that_is_not_there_is_not_found(tmp_path):
    with serving(lite(tmp_path)) as client:
        for path in ("main-" + "0" * 22, "x", "nowhere-" + "0" * 22):
            for address in (f"{RUNS}/{path}", f"{RUNS}/{path}/events"):
                assert client.get(address).json()["code"] == "not-found"
            assert client.delete(f"{RUNS}/{path}").status_code == 404
            assert denied(client, path) == 404


def test_a_page_of_another_site_may_not_watch(tmp_path):
    with serving(lite(tmp_path)) as client:
        assert denied(client, "x", origin="https://elsewhere.example") == 403


def denied(client, run, **headers):
    """The status by which a WebSocket is refused."""
    with (
        pytest.raises(WebSocketDenialResponse) as caught,
        client.websocket_connect(f"{RUNS}/{run}/ws", headers=headers),
    ):
        pass
    return caught.value.status_code


def test_who_may_look_may_not_run_and_runs_are_in_the_audit_log(servers):
    with scratch.database(servers["sqlite"]) as url:
        migrate(url, "base+1")
        with house_on(url) as house:
            reader, admin = house.headers(house.user("reader").name), house.headers()
            body = {"database": "sqlite", "kind": "upgrade", "target": "base+2"}
            assert house.client.post(RUNS, json=body).status_code == 401
            assert house.client.post(RUNS, json=body, headers=reader).status_code == 403
            answer = house.client.post(RUNS, json=body, headers=admin)
            assert answer.status_code == 202, answer.text
            run = answer.json()["id"]
            assert answer.json()["by"] == "admin"
            with house.client.websocket_connect(f"{RUNS}/{run}/ws", headers=reader) as watched:
                assert watched.receive_json()["event"] == "created"
            assert denied(house.client, run) == 401
            told = frames(house.client.get(f"{RUNS}/{run}/events", headers=reader).text)
            assert told[-1][2]["state"] == "succeeded"
            assert house.client.delete(f"{RUNS}/{run}", headers=reader).status_code == 403
            noted = house.client.get("/api/v1/audit", headers=admin).json()["items"]
            (entry,) = [e for e in noted if e["what"] == "run.started"]
            assert (entry["who"], entry["subject"], entry["details"]["target"]) == ("admin", run, "base+2")
            ended = until(lambda: [e for e in of_audit(house, admin) if e["what"] == "run.ended"])
            assert [(e["who"], e["subject"], e["details"]["state"]) for e in ended] == [("(worker)", run, "succeeded")]


def of_audit(house, headers):
    """What the audit log says, newest first."""
    return house.client.get("/api/v1/audit", headers=headers).json()["items"]


def test_a_run_that_ends_while_no_service_runs_is_in_the_audit_log_once(servers):
    with scratch.database(servers["sqlite"]) as url:
        migrate(url, "base+1")
        runs.start(project_with({"sqlite": url}), runs.Wish("sqlite", "upgrade", "base+2", "cli"))
        until(lambda: not runs.newest(project_with({"sqlite": url}).database("sqlite"))[0].under_way)
        with house_on(url) as house:
            ended = until(lambda: [e for e in of_audit(house, house.headers()) if e["what"] == "run.ended"])
            assert [e["details"]["state"] for e in ended] == ["succeeded"]


def test_runs_of_an_open_service_have_no_entry_neither_of_their_start_nor_later_of_their_end(servers):
    with scratch.database(servers["sqlite"]) as url:
        migrate(url, "base+1")
        with tables_serving({"sqlite": url}) as client:
            body = {"database": "sqlite", "kind": "upgrade", "target": "base+2"}
            opened = client.post(RUNS, json=body).json()
            assert opened["by"] == "local"
            ended(client, opened["id"])
        later = runs.start(project_with({"sqlite": url}), runs.Wish("sqlite", "upgrade", "base+3", "cli"))
        until(lambda: not runs.newest(project_with({"sqlite": url}).database("sqlite"))[0].under_way)
        with house_on(url) as house:
            # The oldest comes first, so that of the other one would be there.
            until(lambda: [e for e in of_audit(house, house.headers()) if e["what"] == "run.ended"])
            noted = [e["subject"] for e in of_audit(house, house.headers()) if e["what"].startswith("run.")]
            assert noted == [later.id]
