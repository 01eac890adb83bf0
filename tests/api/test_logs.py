"""Request logs: one line a request, with an id that the client gets back; no value and no secret."""

import io
import json
import logging

import pytest

from bothways.urls import DatabaseURL
from bothways.web import logs
from tests.api.conftest import serving

CANARY = "canary-3d8"


def lines_of(capsys):
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_request_has_one_line_with_its_template_and_without_its_values(migrated, capsys):
    with serving({"sqlite": migrated["sqlite"]}) as client:
        client.get(f"/api/v1/sqlite/products/{CANARY}?x={CANARY}", headers={"authorization": CANARY})
        client.post("/api/v1/sqlite/products", json={"name": CANARY})
        client.get(f"/{CANARY}")
        client.head("/api/v1/sqlite/products")
        client.get("/api/v1/databases/sqlite/status")
    printed = capsys.readouterr().err
    assert CANARY not in printed
    requests = [line for line in map(json.loads, printed.splitlines()) if line["event"] == "request"]
    assert [(line["method"], line["route"], line["status"]) for line in requests] == [
        ("GET", "/api/v1/{database}/products/{id}", 422),
        ("POST", "/api/v1/{database}/products", 422),
        ("GET", None, 404),
        ("HEAD", "/api/v1/{database}/products", 200),
        ("GET", "/api/v1/databases/{name}/status", 200),
    ]
    assert all(line["milliseconds"] > 0 and line["level"] == "info" and "timestamp" in line for line in requests)


@pytest.mark.parametrize("given", ["abc-123", "a" * 64, "A.b_c-1"])
def test_a_sane_request_id_is_kept(client, given):
    assert client.get("/health/live", headers={"x-request-id": given}).headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "a" * 65, "a b", 'a"b', "a\tb", "ü", "{}", "$(x)"])
def test_any_other_request_id_is_replaced(client, given):
    answer = client.get("/health/live", headers={"x-request-id": given.encode()})
    assert answer.headers["x-request-id"] != given
    assert len(answer.headers["x-request-id"]) == 32


def test_the_id_of_a_problem_is_that_of_its_request(client):
    answer = client.get("/nowhere")
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


def test_passwords_are_cut_out_of_every_line():
    url = DatabaseURL.parse("postgresql://u:pass%20word%2F1@h/d")
    out = io.StringIO()
    log = logs.logger(logs.Lines("info", "json", secrets=logs.secrets_of([url]), stream=out))
    log.info("connecting with pass word/1 or pass%20word%2F1", url=url.reveal())
    assert "pass" not in out.getvalue()
    assert "***" in out.getvalue()


def test_nobody_writes_a_second_line_into_the_log():
    out = io.StringIO()
    log = logs.logger(logs.Lines("info", "text", stream=out))
    log.info("a\nb\x1b[31m", value="c\r\nd")
    assert out.getvalue().count("\n") == 1
    assert "\x1b" not in out.getvalue()


def test_what_libraries_log_is_written_in_the_same_way_while_the_service_runs():
    out = io.StringIO()
    log = logs.logger(logs.Lines("info", "json", stream=out))
    foreign = logging.getLogger("uvicorn.error")
    before = (foreign.handlers, foreign.level, foreign.propagate)
    with logs.of_libraries(log, "info"):
        foreign.info("listening on %s", "a port")
        foreign.debug("nobody wants to know")
        logging.getLogger("uvicorn.access").info("a request, which has its own line")
        try:
            raise ValueError(CANARY)
        except ValueError:
            foreign.exception("it broke")
    assert (foreign.handlers, foreign.level, foreign.propagate) == before
    written = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(line["event"], line["level"]) for line in written] == [
        ("listening on a port", "info"),
        ("it broke", "error"),
    ]
    assert written[1]["exception"] == "builtins.ValueError"
    assert CANARY not in out.getvalue()


def test_the_level_decides_what_is_written():
    out = io.StringIO()
    log = logs.logger(logs.Lines("warning", "json", stream=out))
    log.info("no")
    log.warning("yes")
    assert [json.loads(line)["event"] for line in out.getvalue().splitlines()] == ["yes"]


def test_auto_is_text_on_a_terminal_and_json_elsewhere():
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    written = []
    for out in (Terminal(), io.StringIO()):
        logs.logger(logs.Lines("info", "auto", stream=out)).info("hello", n=1)
        written.append(out.getvalue())
    assert written[0].endswith("info    hello n=1\n")
    assert json.loads(written[1])["n"] == 1


def test_the_first_lines_say_what_is_served(migrated, capsys):
    with serving({"sqlite": migrated["sqlite"]}):
        pass
    assert {"databases": ["sqlite"], "tables": 13}.items() <= lines_of(capsys)[0].items()
