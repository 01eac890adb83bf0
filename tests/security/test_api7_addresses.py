"""API7:2023, server side request forgery: no address, path or code of a caller is ever opened, connected to or run."""

import socket
import threading
from contextlib import contextmanager

import pytest

from tests.security.conftest import JSON, body_of, quoted


@contextmanager
def listening():
    """A port that nobody has business with, and how often somebody came."""
    came = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                came.append(connection)
                connection.close()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield server.getsockname()[1], came
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def addresses(port, folder):
    return (
        f"http://127.0.0.1:{port}/",
        f"//127.0.0.1:{port}/",
        f"http://[::ffff:127.0.0.1]:{port}/",
        f"http://2130706433:{port}/",
        f"postgresql://u:p@127.0.0.1:{port}/x",
        f"postgresql+asyncpg://u:p@127.0.0.1:{port}/x",
        f"mysql+pymysql://u:p@127.0.0.1:{port}/x?local_infile=1",
        f"sqlite:///{folder}/made.db",
        f"sqlite:////{folder}/made.db?mode=rwc",
        f"file:{folder}/made.db?mode=rwc",
        f"{folder}/made.db",
        f"../../..{folder}/made.py",
        "http://169.254.169.254/latest/meta-data/",
        "gopher://127.0.0.1/_x",
        "__import__('os').system('true')",
    )


PLACES = (
    ("GET", "/api/v1/databases/{}/status", None),
    ("GET", "/api/v1/{}/roles", None),
    ("GET", "/api/v1/ready?database={}", None),
    ("GET", "/api/v1/ready?revision={}", None),
    ("GET", "/api/v1/branches/{}/revisions", None),
    ("GET", "/api/v1/branches/sqlite/revisions/{}", None),
    ("GET", "/api/v1/runs/{}", None),
    ("GET", "/api/v1/runs/{}/events", None),
    ("POST", "/api/v1/runs/{}/cancel", None),
    ("POST", "/api/v1/runs", ("database", {"kind": "upgrade"})),
    ("POST", "/api/v1/runs", ("target", {"database": "sqlite", "kind": "downgrade"})),
    ("POST", "/api/v1/sqlite/roles", ("nowhere", {"name": "x"})),
)
HEADERS = ("host", "x-forwarded-host", "forwarded", "origin", "referer", "x-original-url", "traceparent")


@pytest.mark.parametrize(("method", "path", "field"), PLACES)
def test_an_address_in_a_request_is_not_opened(quick, tmp_path, method, path, field):
    with listening() as (port, came):
        for text in addresses(port, tmp_path):
            body = body_of({**field[1], field[0]: text}) if field else b""
            answer = quick.ask("open", method, path.format(quoted(text)), JSON if body else {}, body)
            # A target that no revision has may be found out by the worker only; the run then fails.
            assert answer.status in {404, 405, 409, 422} or (answer.status == 202 and field[0] == "target"), (
                text,
                answer,
            )
        assert came == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", HEADERS)
def test_an_address_in_a_header_is_not_opened_and_not_passed_on(quick, tmp_path, name):
    with listening() as (port, came):
        for text in addresses(port, tmp_path):
            answer = quick.ask("admin", "GET", "/api/v1/databases", {name: text})
            assert answer.status in {200, 400, 403}
            assert str(port).encode() not in answer.content
            assert str(port) not in str(answer.headers)
        assert came == []


def test_no_address_in_an_answer_is_a_callers(quick):
    headers = {**JSON, "x-forwarded-host": "evil.example", "x-forwarded-proto": "gopher", "x-forwarded-prefix": "/evil"}
    made = quick.ask("admin", "POST", "/api/v1/sqlite/roles", headers, body_of({"name": "a role somewhere"}))
    assert made.status == 201
    assert made.header("location").startswith("/api/v1/sqlite/roles/")
