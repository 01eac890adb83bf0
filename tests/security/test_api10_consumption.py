"""API10:2023, unsafe consumption of APIs: what databases, proxies and callers' headers say is data, never trusted."""

import json

import pytest
import sqlalchemy as sa

from bench.attacking.target import attacked
from bothways import scratch
from bothways.connections import call
from tests.api.conftest import SHAPES, migrate
from tests.security.conftest import JSON, body_of

HOSTILE = (
    "</script><script>alert(1)</script>",
    '"},{"id":"x"',
    "\u2028\u2029",
    "\x7f\x1b[31m",
    "=HYPERLINK(0)",
    "a\r\nX-Injected: yes",
    "{{7*7}}${7*7}",
    "\u202eabc",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_database_holds_is_shown_as_data(target, text):
    """Written past the API, as another program would."""
    table = SHAPES["categories"].table
    key = target.made["categories"]["id"]

    def write(connection):
        connection.execute(sa.update(table).where(table.c.slug == target.made["categories"]["slug"]).values(name=text))
        connection.commit()

    call(target.url, write, purpose="write")
    answer = target.ask("open", "GET", f"/api/v1/{target.engine}/categories/{key}")
    assert answer.status == 200
    assert answer.json["name"] == text
    assert answer.header("content-type") == "application/json"
    assert answer.header("x-content-type-options") == "nosniff"
    assert answer.header("x-injected") is None


def test_a_value_that_no_type_takes_is_no_answer_of_somebody_elses(target):
    """A driver's words about a value stay in the log."""
    body = body_of({"name": "x" * 41, "description": "\x00"})
    answer = target.ask("open", "POST", f"/api/v1/{target.engine}/roles", JSON, body)
    assert answer.status == 422
    text = answer.content.decode()
    for word in ("asyncpg", "pymysql", "sqlite3", "sqlalchemy", "INSERT", "Traceback", "site-packages"):
        assert word not in text


@pytest.mark.parametrize(
    "name", ["x-request-id", "traceparent", "tracestate", "user-agent", "x-forwarded-for", "referer"]
)
def test_a_header_makes_no_line_of_its_own_in_the_log(servers, capfd, name):
    with scratch.database(servers["sqlite"]) as url:
        migrate(url)
        with attacked(url, log_level="info") as target:
            capfd.readouterr()
            for text in (
                'x","level":"error","event":"forged',
                "x\r\nforged: yes",
                "\x1b[31mforged",
                "x" * 5_000,
                "%0aforged",
            ):
                target.ask("open", "GET", "/api/v1/sqlite/roles", {name: text})
            # A line is written in the turn of the event loop behind its answer's.
            target.ask("open", "GET", "/health/live")
            lines = [line for line in "".join(capfd.readouterr()).splitlines() if line.strip()]
    assert len(lines) >= 5
    for line in lines:
        assert json.loads(line)["event"] == "request"
        assert "forged" not in line
        assert len(line) < 1_000


@pytest.mark.parametrize("name", ["x-forwarded-for", "x-real-ip", "forwarded", "cf-connecting-ip", "true-client-ip"])
def test_who_one_is_is_not_what_a_header_says(quick, name):
    quick.ask(
        "anonymous", "POST", "/api/v1/auth/login", {**JSON, name: "10.9.8.7"}, body_of({"name": "x", "password": "y"})
    )
    made = quick.ask(
        "admin", "POST", "/api/v1/keys", {**JSON, name: "10.9.8.7"}, body_of({"name": "k", "scopes": ["rows:read"]})
    )
    assert made.status == 201
    audit = quick.ask("admin", "GET", "/api/v1/audit")
    assert b"10.9.8.7" not in audit.content
