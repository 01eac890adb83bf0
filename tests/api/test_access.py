"""Who may do what: every operation by every role, pages of other sites, other names of the service, and no secret."""

from __future__ import annotations

import asyncio
import logging
import re

import pytest
from fastapi import Depends, WebSocket
from pydantic import SecretStr
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from api.settings import Settings
from bothways import scratch
from bothways.accounts import apikeys, tables, users
from bothways.accounts.roles import ROLES
from bothways.connections import call
from bothways.errors import ConfigurationError
from bothways.project import Project
from bothways.web import hosts, server
from bothways.web.access import PRINCIPAL, require
from bothways.web.gate import COOKIE
from bothways.web.security import OPEN
from tests.accounts.conftest import KEYS, PASSWORD, SECRET, SETTINGS, House, bearer, cheap_hashes, make_user
from tests.api.conftest import ROOT, SHAPES, migrate, serving

__all__ = ["cheap_hashes"]
ANYBODY = None
"""Whoever has credentials at all."""
NEEDS = {
    ("GET", "/health/live"): "open",
    ("GET", "/health/ready"): "open",
    ("POST", "/api/v1/auth/login"): "open",
    ("POST", "/api/v1/auth/refresh"): "open",
    ("POST", "/api/v1/auth/logout"): ANYBODY,
    ("GET", "/api/v1/auth/me"): ANYBODY,
    ("POST", "/api/v1/auth/password"): ANYBODY,
    ("GET", "/api/v1/keys"): ANYBODY,
    ("POST", "/api/v1/keys"): ANYBODY,
    ("DELETE", "/api/v1/keys/{prefix}"): ANYBODY,
    ("GET", "/api/v1/users"): "users:admin",
    ("POST", "/api/v1/users"): "users:admin",
    ("GET", "/api/v1/users/{id}"): "users:admin",
    ("PATCH", "/api/v1/users/{id}"): "users:admin",
    ("DELETE", "/api/v1/users/{id}"): "users:admin",
    ("GET", "/api/v1/users/{id}/keys"): "users:admin",
    ("DELETE", "/api/v1/users/{id}/keys/{prefix}"): "users:admin",
    ("GET", "/api/v1/audit"): "audit:read",
    ("GET", "/api/v1/audit/verify"): "audit:read",
    ("GET", "/metrics"): "migrations:read",
    ("GET", "/api/v1/databases"): "migrations:read",
    ("GET", "/api/v1/databases/{name}/status"): "migrations:read",
    ("GET", "/api/v1/ready"): "migrations:read",
    ("GET", "/api/v1/changes"): "migrations:read",
    ("GET", "/api/v1/branches"): "migrations:read",
    ("GET", "/api/v1/branches/{branch}/revisions"): "migrations:read",
    ("GET", "/api/v1/branches/{branch}/revisions/{revision}"): "migrations:read",
    ("GET", "/api/v1/branches/{branch}/graph"): "migrations:read",
    ("GET", "/api/v1/runs"): "migrations:read",
    ("GET", "/api/v1/runs/{run}"): "migrations:read",
    ("GET", "/api/v1/runs/{run}/events"): "migrations:read",
    ("POST", "/api/v1/runs"): "migrations:run",
    ("POST", "/api/v1/runs/{run}/cancel"): "migrations:run",
    ("DELETE", "/api/v1/runs/{run}"): "migrations:run",
}
"""Every operation that is no table's, and what it needs; one that is not here fails the test."""


def needed(method, path):
    """What an operation needs; KeyError for one that nobody thought of."""
    table = re.match(r"/api/v1/\{database\}/(\w+)", path)
    if table:
        assert table[1] in SHAPES
        return "rows:read" if method == "GET" else "rows:write"
    return NEEDS[method, path]


@pytest.fixture(scope="module")
def house(servers):
    """A house on SQLite with every table of the models, and a user of each role."""
    with scratch.database(servers["sqlite"]) as url:
        migrate(url)
        for role in ROLES:
            make_user(url, role, role)
        with serving({"sqlite": url}, **SETTINGS) as client:
            yield House(url, client)


@pytest.fixture(scope="module")
def operations(house):
    """Every operation of the document, as method and path."""
    paths = house.client.get("/openapi.json").json()["paths"]
    return [(method.upper(), path) for path, methods in paths.items() for method in methods]


def ask(house, method, path, headers):
    """The status that an operation answers with, asked about nothing that there is."""
    address = path.replace("{database}", "sqlite").replace("{id}", "0" * 32).replace("{prefix}", "0" * 16)
    address = re.sub(r"\{\w+\}", "0", address)
    body = {"json": {}} if method in {"POST", "PATCH", "PUT"} else {}
    return house.client.request(method, address, headers=headers, **body).status_code


def test_every_operation_answers_every_role_as_the_table_says(house, operations):
    wrong = []
    for role, scopes in ROLES.items():
        headers = house.headers(role)
        for method, path in operations:
            need = needed(method, path)
            if path == "/api/v1/auth/logout":
                continue  # the session is needed further on
            allowed = need is ANYBODY or need == "open" or need in scopes
            found = ask(house, method, path, headers)
            if (found == 403) is allowed or (found == 401 and need != "open"):
                wrong.append(f"{role}: {method} {path}: {found}, needs {need}")
    assert wrong == []


@pytest.mark.parametrize("scope", sorted(ROLES["admin"]))
def test_a_key_with_one_scope_does_what_that_one_is_for(house, operations, scope):
    body = {"name": scope, "scopes": [scope]}
    key = bearer(house.client.post("/api/v1/keys", json=body, headers=house.headers()).json()["key"])
    wrong = []
    for method, path in operations:
        need = needed(method, path)
        if need in {ANYBODY, "open"} or ("{database}" in path and "products" not in path):
            continue
        found = ask(house, method, path, key)
        if found == 401 or (found == 403) is (need == scope):
            wrong.append(f"{method} {path}: {found}, needs {need}")
    assert wrong == []


def test_without_credentials_nothing_answers_but_what_is_open(house, operations):
    wrong = []
    for method, path in operations:
        is_open = needed(method, path) == "open"
        assert is_open is (path in OPEN)
        if (ask(house, method, path, {}) == 401) is is_open:
            wrong.append(f"{method} {path}")
    assert wrong == []


def test_what_is_not_in_the_document_is_closed_as_well(house):
    for path in (
        "/nothing",
        "/api/v1/nothing/at/all",
        "/api/v2",
        "/health",
        "/health/live/",
        "/static",
        "//health/live",
    ):
        for method in ("GET", "POST", "DELETE", "OPTIONS", "TRACE", "FOO"):
            assert house.client.request(method, path).status_code == 401, (method, path)


def test_the_document_and_its_pages_are_open_unless_they_are_switched_off(house):
    assert [house.client.get(p).status_code for p in ("/docs", "/openapi.json", "/static/docs.js")] == [200, 200, 200]
    with serving({"sqlite": house.url}, **SETTINGS, docs=False) as client:
        assert [client.get(p).status_code for p in ("/docs", "/openapi.json", "/static/docs.js", "/")] == [401] * 4


def test_the_document_says_what_needs_credentials_and_what_is_answered_without(house):
    document = house.client.get("/openapi.json").json()
    assert set(document["components"]["securitySchemes"]) == {"bearer", "session"}
    assert document["security"] == [{"bearer": []}, {"session": []}]
    for path, methods in document["paths"].items():
        for operation in methods.values():
            if path in OPEN:
                assert operation["security"] == []
            else:
                assert "security" not in operation
                assert {"401", "403", "429"} <= set(operation["responses"])


def test_no_route_is_hidden_from_the_document(house):
    """What is not in the document is a page, a file, or a socket that says who may use it."""
    documented = {path for _, path in NEEDS} | {"/api/v1/{database}"}
    known = {"/", "/docs", "/redoc", "/openapi.json", "/static", "/metrics", "/api/v1/runs/{run}/ws", "/talk"}
    paths = {getattr(route, "path", None) for route in house.client.app.router.routes} - {None}
    assert paths - documented - known == set()


def test_every_path_encoding_of_a_closed_address_is_closed(house):
    spelled = [
        "/api/v1/%75sers",
        "/api/v1//users",
        "/api/v1/./users",
        "/health/live/../../api/v1/users",
        "/health/live/%2e%2e/%2e%2e/api/v1/users",
        "/static/../api/v1/users",
        "/static/..%2fapi/v1/users",
        "/docs/../api/v1/users",
        "/api/v1/users/",
        "/api/v1/users;a=b",
        "/API/v1/users",
        "/api/v1/sqlite/users%2f..%2f..%2fusers",
    ]
    reader = house.headers("reader")
    for path in spelled:
        assert _raw(house, path, {}) in {401, 404}, path
        assert _raw(house, path, reader) in {403, 404, 200 if "sqlite" in path else 404}, path


def _raw(house, path, headers):
    """The status for an address that no client tidies up."""
    found = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        if message["type"] == "http.response.start":
            found.append(message["status"])

    from urllib.parse import unquote

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"testserver"), *((k.lower().encode(), v.encode()) for k, v in headers.items())],
        "server": ("testserver", 80),
        "client": ("testclient", 1),
        "extensions": {},
    }
    house.client.portal.call(house.client.app, scope, receive, send)
    return found[0]


# -- cookies ------------------------------------------------------------------------------------------------------


@pytest.fixture
def page(house):
    """What a page of our own sends, logged in by a cookie."""
    answer = house.login("writer", cookie=True)
    cookie = answer.headers["set-cookie"]
    house.client.cookies.clear()
    return {
        "cookie": cookie.partition(";")[0],
        "origin": "http://testserver",
        "x-csrf-token": answer.json()["csrf_token"],
    }


ROLE = "/api/v1/sqlite/roles"


def post(house, headers, **more):
    return house.client.post(ROLE, json={"name": "x" * 200}, headers={**headers, **more}).status_code


def test_the_cookie_is_for_this_host_and_for_no_script(house):
    answer = house.login("writer", cookie=True)
    house.client.cookies.clear()
    value, *flags = [part.strip() for part in answer.headers["set-cookie"].split(";")]
    assert value.startswith(f"{COOKIE}=")
    assert COOKIE.startswith("__Host-")
    assert {f.lower() for f in flags} == {"path=/", "secure", "httponly", "samesite=strict", "max-age=43200"}
    assert "access_token" not in answer.text


def test_a_page_of_our_own_reads_and_writes_by_its_cookie(house, page):
    assert house.client.get("/api/v1/auth/me", headers=page).json()["name"] == "writer"
    told = house.client.get("/api/v1/auth/me", headers={"cookie": page["cookie"]}).json()["csrf_token"]
    assert told == page["x-csrf-token"]
    assert post(house, page) == 422
    assert post(house, {k: v for k, v in page.items() if k != "origin"}, **{"sec-fetch-site": "same-origin"}) == 422


def test_a_page_of_another_site_does_nothing_with_the_cookie(house, page, operations):
    other = house.login("writer", cookie=True)
    house.client.cookies.clear()
    forged = {
        "no token": {k: v for k, v in page.items() if k != "x-csrf-token"},
        "another session's token": {**page, "x-csrf-token": other.json()["csrf_token"]},
        "empty token": {**page, "x-csrf-token": ""},
        "no origin": {k: v for k, v in page.items() if k != "origin"},
        "another site": {**page, "origin": "https://evil.example"},
        "null": {**page, "origin": "null"},
        "a site named alike": {**page, "origin": "http://testserver.evil.example"},
        "another port": {**page, "origin": "http://testserver:8080"},
        "no address": {**page, "origin": "http://[::1"},
        "says cross-site": {**{k: v for k, v in page.items() if k != "origin"}, "sec-fetch-site": "cross-site"},
        "says same-site": {**{k: v for k, v in page.items() if k != "origin"}, "sec-fetch-site": "same-site"},
    }
    unsafe = [(m, p) for m, p in operations if m not in {"GET", "HEAD"} and p not in OPEN]
    accepted = [
        f"{name}: {method} {path}"
        for name, headers in forged.items()
        for method, path in unsafe
        if ask(house, method, path, headers) != 403
    ]
    assert accepted == []
    assert house.client.get("/api/v1/auth/me", headers={"cookie": page["cookie"]}).status_code == 200


def test_a_cookie_that_we_did_not_make_or_that_has_ended_is_refused(house, page):
    value = page["cookie"].partition("=")[2]
    session, mac = value.split(".")
    for bad in (f"{session}.{'0' * 64}", f"{'0' * 32}.{mac}", session, "", f"{value}x", '"', "\x80"):
        headers = {"cookie": f"{COOKIE}={bad}".encode("latin-1")}
        assert house.client.get("/api/v1/auth/me", headers=headers).status_code == 401
    assert house.client.post("/api/v1/auth/logout", headers=page).status_code == 204
    assert house.client.get("/api/v1/auth/me", headers=page).status_code == 401


def test_a_cookie_is_no_token_and_a_token_no_cookie(house, page):
    value = page["cookie"].partition("=")[2]
    token = house.login("writer").json()["access_token"]
    assert house.client.get("/api/v1/auth/me", headers=bearer(value)).status_code == 401
    assert house.client.get("/api/v1/auth/me", headers={"cookie": f"{COOKIE}={token}"}).status_code == 401
    both = {**page, **bearer("bad")}
    assert house.client.get("/api/v1/auth/me", headers=both).status_code == 401


def test_a_page_of_another_site_cannot_log_a_browser_in(house):
    body = {"name": "writer", "password": PASSWORD, "cookie": True}
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert house.client.post("/api/v1/auth/login", json=body, headers=headers).status_code == 403


# -- other sites --------------------------------------------------------------------------------------------------

FRIEND = "https://app.example.com"


def test_no_site_is_let_in_by_default(house):
    headers = {"origin": FRIEND, "access-control-request-method": "GET"}
    answers = [
        house.client.options("/api/v1/databases", headers=headers),
        house.client.get("/health/live", headers={"origin": FRIEND}),
    ]
    assert not any(name.startswith("access-control") for a in answers for name in a.headers)


def test_only_the_origins_that_are_named_are_let_in_and_never_with_cookies(house):
    with serving({"sqlite": house.url}, **SETTINGS, cors_origins=(FRIEND,)) as client:
        wanted = {"access-control-request-method": "DELETE", "access-control-request-headers": "authorization"}
        answer = client.options("/api/v1/databases", headers={"origin": FRIEND, **wanted})
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, FRIEND)
        assert "access-control-allow-credentials" not in answer.headers
        for other in (
            "https://evil.example",
            "http://app.example.com",
            f"{FRIEND}:8443",
            f"{FRIEND}.evil.example",
            "null",
        ):
            refused = client.options("/api/v1/databases", headers={"origin": other, **wanted})
            assert "access-control-allow-origin" not in refused.headers
            assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        body = {"name": "writer", "password": PASSWORD}
        assert client.post("/api/v1/auth/login", json=body, headers={"origin": FRIEND}).status_code == 200


def asked_before(client, method="GET", headers="authorization"):
    wanted = {"access-control-request-method": method, "access-control-request-headers": headers}
    return client.options("/api/v1/databases", headers={"origin": FRIEND, "x-request-id": "mine", **wanted})


def test_a_page_that_is_let_in_may_send_and_read_what_the_api_uses(house):
    with serving({"sqlite": house.url}, **{**SETTINGS, "rate_limit": "9/minute"}, cors_origins=(FRIEND,)) as client:
        used = "authorization,content-type,if-match,if-none-match,idempotency-key,last-event-id,x-request-id"
        assert asked_before(client, headers=used).status_code == 200
        page = {"origin": FRIEND, "x-request-id": "mine", **house.headers()}
        answer = client.get("/api/v1/sqlite/roles?format=csv", headers=page)
        told = set(answer.headers["access-control-expose-headers"].split(", "))
        assert told >= {"content-disposition", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"}
        assert {"content-disposition", "ratelimit-limit", "x-request-id"} <= set(answer.headers)


@pytest.mark.parametrize(
    ("wanted", "why"),
    [({"headers": "x-csrf-token"}, "headers"), ({"method": "TRACE", "headers": "x"}, "method, headers")],
)
def test_a_page_that_wants_too_much_is_told_in_a_problem_document(house, wanted, why):
    with serving({"sqlite": house.url}, **SETTINGS, cors_origins=(FRIEND,)) as client:
        refused = asked_before(client, **wanted)
        assert (refused.status_code, refused.headers["content-type"]) == (403, "application/problem+json")
        assert refused.json()["detail"].endswith(f": {why}")
        assert (refused.json()["request_id"], refused.headers["access-control-allow-origin"]) == ("mine", FRIEND)
        assert "Origin" in refused.headers["vary"]
        assert int(refused.headers["content-length"]) == len(refused.content)


@pytest.mark.parametrize(
    "origin", ["*", "example.com", "https://*.example.com", "https://example.com/", "null", "ftp://x"]
)
def test_an_origin_that_is_not_exact_is_a_mistake(origin):
    with pytest.raises(ValueError, match="an origin is a scheme"):
        Settings(_env_file=None, cors_origins=origin)


def test_every_answer_carries_the_headers_of_safety(house):
    for path in ("/health/live", "/api/v1/users", "/nothing"):
        headers = house.client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["cache-control"] == "no-store"
        assert "strict-transport-security" not in headers
    page = house.client.get("/docs").headers["content-security-policy"]
    assert "frame-ancestors 'none'" in page
    assert "'unsafe-eval'" not in page
    with TestClient(house.client.app, base_url="https://testserver") as safe:
        assert "max-age=31536000" in safe.get("/health/live").headers["strict-transport-security"]
        assert "max-age=31536000" in safe.get("/api/v1/users").headers["strict-transport-security"]


# -- without a secret ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def open_house(servers):
    """A service without a secret."""
    with scratch.database(servers["sqlite"]) as url:
        call(url, tables.written(lambda c: None), purpose="write")
        with serving({"sqlite": url}, hosts=()) as client:
            yield House(url, client)


def asked_as(house, host, server_=("127.0.0.1", 8000), client=("127.0.0.1", 5), **headers):
    """The status for somebody at that address who calls the service like that."""
    import httpx2 as httpx

    async def go(app):
        async def at(scope, receive, send):
            await app({**scope, "server": server_, "client": client}, receive, send)

        transport = httpx.ASGITransport(app=at, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as asking:
            return (await asking.get("/api/v1/auth/me", headers={"host": host, **headers})).status_code

    return house.client.portal.call(go, house.client.app)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8000", "localhost", "LOCALHOST:8000", "[::1]:8000", "127.9.9.9"]
)
def test_an_open_service_answers_under_the_names_of_loopback(open_house, host):
    assert asked_as(open_house, host) == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "10.0.0.1",
        "",
        "[::2]",
        "0.0.0.0",
        "a@127.0.0.1",
    ],
)
def test_an_open_service_answers_under_no_other_name(open_house, host):
    assert asked_as(open_house, host) == 403


@pytest.mark.parametrize("address", ["10.0.0.1", "192.168.1.5", "8.8.8.8", "2001:db8::1", "0.0.0.0", "::ffff:10.0.0.1"])
def test_an_open_service_answers_on_and_to_no_other_address(open_house, address):
    assert asked_as(open_house, "localhost", server_=(address, 8000)) == 403
    assert asked_as(open_house, "localhost", client=(address, 5)) == 403
    assert asked_as(open_house, "localhost", server_=("/run/bothways.sock", None), client=None) == 200


def test_an_open_service_does_nothing_for_a_page_of_another_site(open_house):
    client = open_house.client
    body = {"name": "made", "password": "some long passphrase", "role": "reader"}
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}):
        answer = client.post("/api/v1/users", json=body, headers={**headers, "host": "localhost"})
        assert answer.status_code == 403
    own = {"origin": "http://localhost:8000", "host": "localhost:8000"}
    assert client.post("/api/v1/users", json=body, headers=own).status_code == 201


def test_whoever_is_at_the_machine_may_do_everything_there_but_log_in(open_house):
    client, local = open_house.client, {"host": "localhost"}
    me = client.get("/api/v1/auth/me", headers=local).json()
    assert (me["name"], me["kind"], set(me["scopes"])) == ("local", "local", set(ROLES["admin"]))
    login = client.post("/api/v1/auth/login", json={"name": "a", "password": "b"}, headers=local)
    assert (login.status_code, "BOTHWAYS_SECRET" in login.json()["hint"]) == (403, True)
    assert client.post("/api/v1/keys", json={"name": "k", "scopes": ["rows:read"]}, headers=local).status_code == 403


def test_a_service_goes_by_the_names_that_are_set(house):
    with serving({"sqlite": house.url}, **{**SETTINGS, "hosts": ("api.example.com",)}) as client:
        assert client.get("/health/live", headers={"host": "api.example.com:443"}).status_code == 200
        assert client.get("/health/live", headers={"host": "evil.example"}).status_code == 403


def test_without_a_secret_the_service_starts_on_loopback_only(monkeypatch, tmp_path):
    project = Project.load(ROOT / "alembic.ini", environ={})
    monkeypatch.delenv("BOTHWAYS_SECRET", raising=False)
    for host in ("127.0.0.1", "::1", "localhost", "127.0.0.2"):
        server.refuse_open(project, host)
    for host in ("0.0.0.0", "::", "10.0.0.1", "example.com", ""):
        with pytest.raises(ConfigurationError) as refused:
            server.refuse_open(project, host)
        assert "token_urlsafe" in refused.value.hint
    with pytest.raises(ConfigurationError, match="BOTHWAYS_SECRET"):
        server.run(project, host="0.0.0.0", port=1)
    monkeypatch.setenv("BOTHWAYS_SECRET", SECRET)
    server.refuse_open(project, "0.0.0.0")


def test_names_and_addresses_of_this_machine_are_known():
    near = ["127.0.0.1", "127.255.0.1", "::1", "[::1]", "localhost", "Localhost.", "::ffff:127.0.0.1"]
    far = [
        "0.0.0.0",
        "::",
        "10.0.0.1",
        "example.com",
        "localhost.example.com",
        "",
        "127.0.0.1.example.com",
        "2130706433",
    ]
    assert all(hosts.is_loopback(host) for host in near)
    assert not any(hosts.is_loopback(host) for host in far)


def test_an_ipv6_network_is_one_place():
    assert hosts.network_of("2001:db8::1") == hosts.network_of("2001:db8::ffff:1") == "2001:db8::/64"
    assert hosts.network_of("2001:db8:0:1::1") != hosts.network_of("2001:db8::1")
    assert hosts.network_of("::ffff:10.0.0.1") == "10.0.0.1"
    assert [hosts.network_of(a) for a in ("10.0.0.1", "testclient", "")] == ["10.0.0.1", "testclient", ""]


# -- WebSockets ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def talking(house):
    """The house with a WebSocket that says who asks."""

    async def talk(websocket: WebSocket, who=Depends(require("migrations:read"))):  # noqa: B008 - FastAPI's way
        await websocket.accept()
        await websocket.send_text(who.name)
        await websocket.close()

    house.client.app.add_api_websocket_route("/talk", talk)
    return house


def test_a_websocket_needs_credentials_as_well(talking, page):
    with talking.client.websocket_connect("/talk", headers=talking.headers("reader")) as socket:
        assert socket.receive_text() == "reader"
    with talking.client.websocket_connect("/talk", headers={k: page[k] for k in ("cookie", "origin")}) as socket:
        assert socket.receive_text() == "writer"
    foreign = {**page, "origin": "https://evil.example"}
    without = {"cookie": page["cookie"]}
    for headers in ({}, bearer("bad"), foreign, without):
        with pytest.raises(WebSocketDisconnect), talking.client.websocket_connect("/talk", headers=headers):
            pass
    token = talking.login("reader").json()["access_token"]
    with pytest.raises(WebSocketDisconnect), talking.client.websocket_connect(f"/talk?access_token={token}"):
        pass


# -- secrets ------------------------------------------------------------------------------------------------------


def test_no_secret_is_in_any_log_or_answer(servers, capfd, caplog):
    """Everything that is secret passes through the service, and is looked for in all that it says."""
    caplog.set_level(logging.DEBUG)
    said = []
    with scratch.database(servers["sqlite"]) as url:
        make_user(url, "admin", "admin")
        with serving({"sqlite": url}, **SETTINGS, log_level="debug") as client:
            given = client.post("/api/v1/auth/login", json={"name": "admin", "password": PASSWORD}).json()
            cookie = client.post("/api/v1/auth/login", json={"name": "admin", "password": PASSWORD, "cookie": True})
            client.cookies.clear()
            headers = bearer(given["access_token"])
            wanted = {"name": "k", "scopes": ["rows:read"]}
            key = client.post("/api/v1/keys", json=wanted, headers=headers).json()["key"]
            stored = call(url, lambda c: users.password_of(c, "admin"))
            value = cookie.headers["set-cookie"].partition(";")[0].partition("=")[2]
            secrets = [SECRET, PASSWORD, stored, given["access_token"], given["refresh_token"], key, value]
            secrets += [k.hex() for p in ("access token", "audit", "csrf") for k in KEYS.verifying(p).values()]
            paths = ("/api/v1/auth/me", "/api/v1/users", "/api/v1/keys", "/api/v1/audit", "/openapi.json", "/nope")
            said += [client.get(path, headers=headers) for path in paths]
            for secret in secrets:
                body = {"name": secret, "password": secret, "more": secret}
                said.append(client.post("/api/v1/auth/login", json=body))
                said.append(client.post("/api/v1/auth/refresh", json={"refresh_token": {"x": secret}}))
                said.append(client.post("/api/v1/users", json=body, headers=headers))
                said.append(client.get("/api/v1/users", headers=headers, params={"after": secret}))
                said.append(client.get(f"/api/v1/users/{secret[:60]}", headers=headers))
                said.append(client.get("/api/v1/auth/me", headers=bearer(f"{secret[:100]}x")))
            said.append(client.post("/api/v1/auth/login", content=f'{{"password": "{PASSWORD}"'))
        printed = capfd.readouterr()
    text = "\n".join(
        [
            printed.out,
            printed.err,
            *(r.getMessage() for r in caplog.records if r.name != "httpx2"),
            *(f"{a.text}{a.headers}" for a in said),
        ]
    )
    assert [secret for secret in secrets if secret in text] == []
    assert len(said) > 40
    assert not [a for a in said if a.status_code >= 500]


def test_settings_do_not_show_the_secret():
    settings = Settings(_env_file=None, secret=SecretStr(SECRET))
    assert SECRET not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    with pytest.raises(ValueError, match="shorter than 32 bytes") as refused:
        Settings(_env_file=None, secret="canary-too-short")
    assert "canary-too-short" not in str(refused.value.errors(include_input=False))


# -- the gate itself ----------------------------------------------------------------------------------------------


def test_what_is_known_is_not_looked_up_again(house, monkeypatch):
    headers = house.headers("reader")
    assert house.client.get("/api/v1/auth/me", headers=headers).status_code == 200
    monkeypatch.setattr(house.client.app.state.desk.store, "read", None)
    for _ in range(3):
        assert house.client.get("/api/v1/auth/me", headers=headers).status_code == 200


def test_after_some_seconds_it_is_looked_up_again(house, monkeypatch):
    import time

    headers = house.headers("reader")
    assert house.client.get("/api/v1/auth/me", headers=headers).status_code == 200
    # Another process switches the user off.
    reader = call(house.url, lambda c: users.named(c, "reader"))
    _switch(house.url, reader, active=False)
    assert house.client.get("/api/v1/auth/me", headers=headers).status_code == 200
    later = time.monotonic() + 6
    monkeypatch.setattr("bothways.web.credentials.time.monotonic", lambda: later)
    assert house.client.get("/api/v1/auth/me", headers=headers).status_code == 401
    _switch(house.url, reader, active=True)


def _switch(url, user, *, active):
    by = users.By("test", "cli", KEYS)
    call(url, tables.written(lambda c: users.change(c, users.get(c, user.id), by, active=active)), purpose="write")


def test_what_was_looked_up_before_a_change_is_not_remembered_after_it(house):
    from bothways.web.credentials import Credentials

    class Slow:
        """A database whose answer is older than a change."""

        async def read(self, _function, _otherwise):
            credentials.forget()
            return apikeys.Found(_principal(), None, noted=True)

    credentials = Credentials(Slow(), KEYS)
    header = b"Bearer bw_" + b"0" * 16 + b"_" + b"A" * 43
    assert asyncio.run(credentials.by_header(header, "")) == _principal()
    assert credentials._known == {}


def _principal():
    from bothways.web.access import Principal

    return Principal("1", "x", "key", frozenset())


def test_what_the_gate_remembers_is_bounded(monkeypatch):
    from bothways.web import credentials as module

    class Ready:
        async def read(self, _function, _otherwise):
            return apikeys.Found(_principal(), None, noted=True)

    monkeypatch.setattr(module, "_MOST_KNOWN", 10)
    credentials = module.Credentials(Ready(), KEYS)

    async def fill():
        for n in range(35):
            await credentials.by_header(f"Bearer bw_{n:016x}_{'A' * 43}".encode(), "")

    asyncio.run(fill())
    assert len(credentials._known) <= 10


def test_a_server_that_cannot_answer_a_websocket_closes_it():
    from bothways.web.credentials import Credentials
    from bothways.web.gate import Gate, Rules

    sent = []

    async def send(message):
        sent.append(message)

    scope = {
        "type": "websocket",
        "scheme": "wss",
        "path": "/talk",
        "headers": [(b"cookie", b"a=b"), (b"cookie", b"c=d")],
    }
    asyncio.run(Gate(None, Rules(keys=KEYS), Credentials(None, KEYS))(scope, None, send))
    assert sent == [{"type": "websocket.close", "code": 1008, "reason": "unauthenticated"}]


def test_a_lifespan_passes_the_gate_untouched():
    from bothways.web.credentials import Credentials
    from bothways.web.gate import Gate, Rules

    seen = []

    async def inner(scope, receive, send):
        seen.append(scope)

    asyncio.run(Gate(inner, Rules(), Credentials(None, KEYS))({"type": "lifespan"}, None, None))
    assert PRINCIPAL not in seen[0]
