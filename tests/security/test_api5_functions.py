"""API5:2023, broken function level authorization: what a role may not do it cannot do by another way of asking.

Every operation by every role and by keys with one scope: tests/api/test_access.py, from the OpenAPI document.
"""

import re

import pytest

from tests.security.conftest import JSON, body_of

ADMINS = ("/api/v1/users", "/api/v1/audit", "/api/v1/audit/verify")
SPELLINGS = (
    "{}/",
    "{}//",
    "/{}",
    "{}/.",
    "{}/../users",
    "{}%2f",
    "{}%20",
    "{}%00",
    "{};a=b",
    "{}.json",
    "{}?",
    "{}#",
    "{}%23",
    "{}%3f",
    "/.{}",
    "/%2e{}",
    "/x/..{}",
    "/api/v1/auth/login/../../..{}",
    "/health/live/../..{}",
    "/static/../{}",
)
METHODS = (
    "HEAD",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "PUT",
    "PATCH",
    "DELETE",
    "POST",
    "get",
    "Get",
    "QUERY",
    "PROPFIND",
    "GET ",
)


@pytest.mark.parametrize("path", ADMINS)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_of_an_address_goes_past_the_role(quick, path, spelling):
    for caller in ("anonymous", "reader", "writer"):
        for address in (
            spelling.format(path),
            spelling.format(path).upper(),
            spelling.format(path).replace("/api", "/Api"),
        ):
            answer = quick.ask(caller, "GET", address)
            assert answer.status in {401, 403, 404, 405, 422}, (caller, address, answer)


@pytest.mark.parametrize("path", [*ADMINS, "/api/v1/sqlite/roles", "/api/v1/runs"])
@pytest.mark.parametrize("method", METHODS)
def test_no_method_goes_past_the_role(quick, path, method):
    before = quick.ask("admin", "GET", "/api/v1/sqlite/roles").content
    for caller in ("anonymous", "reviewer"):
        answer = quick.ask(caller, method, path, JSON, b"{}" if method in {"POST", "PUT", "PATCH"} else b"")
        reads = method == "HEAD" and caller == "reviewer" and path not in ADMINS
        assert answer.status in ({200} if reads else {401, 403, 405, 422}), (caller, answer)
    assert quick.ask("admin", "GET", "/api/v1/sqlite/roles").content == before


@pytest.mark.parametrize("name", ["x-http-method-override", "x-method-override", "x-http-method", "_method"])
def test_a_header_does_not_change_the_method(quick, name):
    made = quick.ask("writer", "POST", "/api/v1/sqlite/roles", JSON, body_of({"name": f"kept {name}"}))
    address = f"/api/v1/sqlite/roles/{made.json['id']}"
    for caller in ("reader", "writer"):
        assert quick.ask(caller, "GET", address, {name: "DELETE"}).status == 200
        assert quick.ask(caller, "GET", f"{address}?{name}=DELETE").status in {200, 422}
    assert quick.ask("reader", "GET", address).status == 200


def test_nobody_raises_ones_own_role_but_an_admin(quick):
    for role in ("reader", "writer", "reviewer", "operator"):
        one = quick.new_account(role)
        body = body_of({"role": "admin"})
        assert quick.secured.ask("PATCH", f"/api/v1/users/{one.id}", {**one.headers, **JSON}, body).status == 403
        assert "users:admin" not in quick.secured.ask("GET", "/api/v1/auth/me", one.headers).json["scopes"]


def test_a_key_has_no_scope_that_its_user_lacks_and_makes_no_other_key(quick):
    body = body_of({"name": "more", "scopes": ["users:admin"]})
    assert quick.ask("operator", "POST", "/api/v1/keys", JSON, body).status == 403
    made = quick.ask("admin", "POST", "/api/v1/keys", JSON, body_of({"name": "one", "scopes": ["rows:read"]})).json[
        "key"
    ]
    headers = {"authorization": f"Bearer {made}", **JSON}
    assert quick.secured.ask("POST", "/api/v1/keys", headers, body).status == 403
    assert quick.secured.ask("GET", "/api/v1/users", headers).status == 403
    assert quick.secured.ask("GET", "/api/v1/sqlite/roles", headers).status == 200


def test_a_role_that_was_taken_away_is_gone_at_once(quick):
    one = quick.new_account("admin")
    assert quick.secured.ask("GET", "/api/v1/users", one.headers).status == 200
    changed = quick.ask("admin", "PATCH", f"/api/v1/users/{one.id}", JSON, body_of({"role": "reader"}))
    assert changed.status == 200
    assert quick.secured.ask("GET", "/api/v1/users", one.headers).status == 403


def test_a_refusal_tells_nothing_of_what_is_there(quick):
    for path in ("/api/v1/users", "/api/v1/users/" + "0" * 32, "/api/v1/audit"):
        answer = quick.ask("reader", "GET", path)
        assert answer.status == 403
        assert not re.search(r"argon2|SELECT|Traceback|bothways_", answer.content.decode())
