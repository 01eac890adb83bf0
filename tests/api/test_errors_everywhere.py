"""Whatever goes wrong, and wherever, the answer is a problem document; the OpenAPI document says so everywhere."""

import socket

import pytest

from tests.api.conftest import serving

OPERATIONS = {"get", "post", "put", "patch", "delete"}
PROBLEM = {"$ref": "#/components/schemas/Problem"}
ANYWHERE = {414, 431, 500, 503}
RETRY = {"schema": {"type": "integer", "minimum": 1}, "required": True}


def problem_of(answer, status):
    """The problem document of an answer."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document["status"] == status
    assert document["request_id"] == answer.headers["x-request-id"]
    assert document["type"] == f"urn:bothways:problem:{document['code']}"
    return document


def operations(client):
    """Every operation of the document: path, method, what it says."""
    for path, found in client.get("/openapi.json").json()["paths"].items():
        yield from ((path, method, operation) for method, operation in found.items() if method in OPERATIONS)


def test_every_operation_documents_its_errors_as_problems(client):
    document = client.get("/openapi.json").json()
    assert "HTTPValidationError" not in str(document)
    for path, method, operation in operations(client):
        errors = {int(code): answer for code, answer in operation["responses"].items() if int(code) >= 400}
        assert errors.keys() >= ANYWHERE, (method, path)
        assert ({413, 415, 422} <= errors.keys()) or "requestBody" not in operation, (method, path)
        for code, answer in errors.items():
            assert answer["content"].keys() == {"application/problem+json"}, (method, path, code)
            assert answer["content"]["application/problem+json"]["schema"] == PROBLEM, (method, path, code)
            told = answer.get("headers", {}).get("Retry-After", {})
            assert (RETRY.items() <= told.items()) is (code in {429, 503}), (method, path, code)


def test_an_address_and_headers_that_are_too_large_are_refused_by_every_operation(client):
    for path, method, _ in operations(client):
        address = path.replace("{database}", "sqlite")
        problem_of(client.request(method, address, params={"x": "x" * 17_000}), 414)
        problem_of(client.request(method, address, headers={"x-much": "x" * 66_000}), 431)


def test_what_an_address_does_not_know_is_405_with_what_it_knows(client):
    known = {}
    for path, method, _ in operations(client):
        known.setdefault(path, set()).add(method.upper())
    for path, methods in known.items():
        address = path.replace("{database}", "sqlite")
        answer = client.request("TRACE", address)
        problem_of(answer, 405)
        offered = {name.strip() for name in answer.headers["allow"].split(",")}
        assert offered >= methods | ({"HEAD"} if "GET" in methods else set()), path


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/", "/static/docs.js", "/openapi.json"])
def test_pages_and_files_are_only_read(client, path):
    answer = client.post(path)
    assert problem_of(answer, 405)["hint"] == "send GET or HEAD"
    assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/static/nowhere",
        "/api",
        "/api/v1",
        "/api/v1/",
        "/api/v1/nowhere",
        "/api/v1/sqlite/nowhere",
        "/%00",
    ],
)
def test_what_is_not_there_is_404(client, path):
    document = problem_of(client.get(path), 404)
    assert document["detail"]
    assert document["hint"]


@pytest.mark.parametrize("path", ["/api/v1/sqlite/products", "/api/v1/runs", "/api/v1/auth/login"])
@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", None]
)
def test_a_body_that_is_no_json_is_415(client, path, kind):
    answer = client.post(path, content=b'{"name": "x"}', headers={"content-type": kind} if kind else {})
    document = problem_of(answer, 415)
    assert "Content-Type" in document["detail"]
    assert document["hint"] == "send Content-Type: application/json"
    assert answer.headers["accept"] == "application/json"


@pytest.mark.parametrize("path", ["/api/v1/sqlite/products", "/api/v1/runs", "/api/v1/auth/login"])
@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b"", b"\xff", b'{"a": NaN}', b"[" * 500])
def test_a_body_that_does_not_fit_is_422_with_its_faults(client, path, body):
    document = problem_of(client.post(path, content=body, headers={"content-type": "application/json"}), 422)
    assert document["errors"][0]["loc"][0] == "body"


def test_what_is_too_large_is_told_so(client):
    problem_of(client.post("/api/v1/runs", content=b"x" * 1_100_000), 413)
    problem_of(client.get("/health/live", headers={"x": "y" * 70_000}), 431)
    problem_of(client.get("/api/v1/sqlite/products?name=" + "y" * 20_000), 414)


@pytest.mark.parametrize(
    "sent",
    [b"\x16\x03\x01\x02\x00\x01\x00", b"GARBAGE\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /\x00 HTTP/1.1\r\n\r\n"],
)
def test_what_is_no_http_gets_a_short_refusal_and_the_service_lives(garbage_eater, sent):
    with socket.socket(socket.AF_UNIX) as raw:
        raw.settimeout(20)
        raw.connect(str(garbage_eater))
        raw.sendall(sent)
        raw.shutdown(socket.SHUT_WR)
        said = b"".join(iter(lambda: raw.recv(65_536), b""))
    assert said == b"" or said.split()[1][:1] == b"4"
    assert b"Traceback" not in said


@pytest.fixture(scope="module")
def garbage_eater(migrated, tmp_path_factory):
    """The socket of a real server."""
    import os
    import subprocess
    import sys

    from tests.api.conftest import ROOT
    from tests.api.test_processes import get

    folder = tmp_path_factory.mktemp("garbage")
    path = folder / "serve.sock"
    environ = {k: v for k, v in os.environ.items() if not k.startswith("BOTHWAYS_")}
    environ |= {"BOTHWAYS_SQLITE_URL": migrated["sqlite"].reveal(), "PYTHONPATH": str(ROOT), "BOTHWAYS_DRAIN": "0"}
    command = [sys.executable, "-m", "bothways", "-c", str(ROOT / "alembic.ini"), "serve", "--uds", str(path)]
    process = subprocess.Popen(command, cwd=folder, env=environ, stderr=subprocess.PIPE)
    get(path, "/health/live")
    yield path
    assert get(path, "/health/live")[0] == 200
    process.terminate()
    _, printed = process.communicate(timeout=30)
    assert b"Traceback" not in printed


def test_a_database_without_a_url_is_told_as_such_and_not_as_unknown(migrated):
    with serving({"sqlite": migrated["sqlite"]}) as client:
        document = problem_of(client.get("/api/v1/postgresql/products"), 503)
        assert document["code"] == "database-not-configured"
        assert "'postgresql' is configured without a URL" in document["detail"]
        assert "BOTHWAYS_POSTGRESQL_URL" in document["hint"]
        started = client.post("/api/v1/runs", json={"database": "postgresql", "kind": "upgrade"})
        assert problem_of(started, 503)["detail"] == "database 'postgresql' has no URL"
