"""API2:2023, broken authentication: what is no good credential is refused by every operation, in the same words.

Tricks with tokens: tests/accounts/test_tokens.py; sessions, refresh and lockout: test_sessions.py and test_users.py.
"""

import pytest

from bench.attacking.target import PASSWORD, SECRET
from bothways.web.security import OPEN
from tests.security.conftest import JSON, body_of

CREDENTIALS = {
    "none": {},
    "empty": {"authorization": ""},
    "no token": {"authorization": "Bearer"},
    "nonsense": {"authorization": "Bearer x"},
    "basic": {"authorization": "Basic YWRtaW46YWRtaW4="},
    "the secret": {"authorization": f"Bearer {SECRET}"},
    "a password": {"authorization": f"Bearer {PASSWORD}"},
    "a key of nobody": {"authorization": "Bearer bw_0123456789abcdef_" + "A" * 43},
    "a cookie of nobody": {"cookie": "__Host-bothways=0123456789abcdef"},
    "who one says one is": {
        "x-user": "admin",
        "x-forwarded-user": "admin",
        "x-remote-user": "admin",
        "remote-user": "admin",
    },
    "from here, one says": {"x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1", "forwarded": "for=127.0.0.1"},
    "to another address": {"x-original-url": "/health/live", "x-rewrite-url": "/health/live"},
    "by another method": {"x-http-method-override": "OPTIONS", "x-method-override": "OPTIONS"},
}


@pytest.mark.parametrize("sent", CREDENTIALS.values(), ids=CREDENTIALS)
def test_every_operation_refuses_what_is_no_good_credential(quick, sent, monkeypatch):
    # Who tries one key after another is slowed down: that is for this address only.
    monkeypatch.setattr(quick.secured, "address", "192.0.2.1")
    answers = {}
    for path, operations in quick.secured.app.openapi()["paths"].items():
        for method in operations:
            if path not in OPEN:
                found = quick.secured.ask(method.upper(), path, sent)
                answers[method, path] = (found.status, found.json["code"], found.header("www-authenticate"))
    assert len(answers) > 60
    assert set(answers.values()) - {(429, "too-many-requests", None)} == {(401, "unauthenticated", "Bearer")}


@pytest.mark.parametrize("query", ["access_token", "token", "api_key", "authorization", "Authorization"])
def test_a_good_token_in_an_address_does_not_count(quick, query):
    token = quick.new_account("admin").token
    assert quick.secured.ask("GET", f"/api/v1/users?{query}={token}").status == 401


def test_there_are_no_credentials_that_a_fresh_service_knows(quick):
    for name in ("admin", "root", "bothways", "postgres", "test", "user"):
        for password in ("admin", "password", "bothways", "", "postgres", "changeme", "admin-of-attack"):
            body = body_of({"name": name, "password": password})
            assert quick.secured.ask("POST", "/api/v1/auth/login", JSON, body).status in {401, 422}


def test_a_user_that_is_there_is_refused_in_the_words_for_one_that_is_not(quick):
    known = quick.new_account("reader").name
    answers = [
        quick.secured.ask("POST", "/api/v1/auth/login", JSON, body_of({"name": name, "password": "wrong wrong wrong"}))
        for name in (known, "nobody-at-all", "' OR 1=1 --")
    ]
    assert {a.status for a in answers} == {401}
    assert len({str({**a.json, "request_id": 0}) for a in answers}) == 1


def test_a_session_ends_with_its_user(quick):
    one = quick.new_account("writer")
    assert quick.ask("admin", "DELETE", f"/api/v1/users/{one.id}").status == 204
    assert quick.secured.ask("GET", "/api/v1/auth/me", one.headers).status == 401
