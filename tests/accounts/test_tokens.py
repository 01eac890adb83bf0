"""Tricks with tokens: whatever is not exactly what we issued, for this service and for now, is refused."""

import asyncio
import base64
import json
import warnings
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import jwt
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bothways.accounts import sessions, tokens
from bothways.accounts.store import Store
from bothways.keys import Keys, derived
from bothways.web.credentials import Credentials
from tests.accounts.conftest import KEYS, SECRET, bearer, house_on, make_user
from tests.api.conftest import project_with

NOW = datetime.now(UTC)
KEY_ID, KEY = KEYS.signing("access token")
OTHER = "another-secret-of-the-service-9876543210"
GOOD = {
    "iss": tokens.ISSUER,
    "aud": tokens.AUDIENCE,
    "sub": "1" * 32,
    "sid": "2" * 32,
    "jti": "3",
    "iat": NOW,
    "exp": NOW + timedelta(hours=1),
}
HEADER = {"kid": KEY_ID, "typ": "at+jwt"}
MINUTE = timedelta(minutes=1)


def signed(claims=None, header=None, key=KEY, algorithm="HS256"):
    return jwt.encode({**GOOD, **(claims or {})}, key, algorithm=algorithm, headers={**HEADER, **(header or {})})


@contextmanager
def quietly():
    """Without what PyJWT says of keys that are short for an algorithm that is not ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def by_other_hash(algorithm):
    with quietly():
        return signed(algorithm=algorithm)


def without(name):
    return jwt.encode({k: v for k, v in GOOD.items() if k != name}, KEY, algorithm="HS256", headers=HEADER)


def raw(header, claims=None, signature=""):
    parts = (json.dumps(header), json.dumps({**GOOD, "iat": 0, "exp": 2**40, **(claims or {})}))
    return ".".join([*(base64.urlsafe_b64encode(p.encode()).decode().rstrip("=") for p in parts), signature])


def test_what_we_sign_is_read():
    assert tokens.read(KEYS, signed()) == tokens.Claims("1" * 32, "2" * 32, int(GOOD["exp"].timestamp()))


TRICKS = {
    "alg none": raw({"alg": "none", **HEADER}),
    "alg None": raw({"alg": "None", **HEADER}),
    "alg empty": raw({"alg": "", **HEADER}),
    "no alg": raw(HEADER),
    "RS256": raw({"alg": "RS256", **HEADER}, signature="AAAA"),
    "ES256": raw({"alg": "ES256", **HEADER}, signature="AAAA"),
    "other hash": by_other_hash("HS384"),
    "the longest hash": by_other_hash("HS512"),
    "other audience": signed({"aud": "somebody-else"}),
    "several audiences": signed({"aud": [tokens.AUDIENCE, "somebody-else"]}),
    "other issuer": signed({"iss": "somebody-else"}),
    "expired": signed({"exp": NOW - timedelta(seconds=1)}),
    "issued later": signed({"iat": NOW + timedelta(hours=1)}),
    "not before later": signed({"nbf": NOW + timedelta(hours=1)}),
    "exp that is no number": raw({"alg": "HS256", **HEADER}, {"exp": "tomorrow"}),
    "other key": signed(key=derived(OTHER, "access token")),
    "the secret itself as the key": signed(key=SECRET),
    "the key of another purpose": signed(key=KEYS.signing("refresh")[1]),
    "kid missing": jwt.encode(GOOD, KEY, algorithm="HS256", headers={"typ": "at+jwt"}),
    "kid a path": signed(header={"kid": "../../../../dev/null"}, key=b"\0" * 32),
    "kid a statement": signed(header={"kid": "x' union select 'k"}),
    "kid a number": raw({"alg": "HS256", "kid": 1, "typ": "at+jwt"}),
    "kid an object": raw({"alg": "HS256", "kid": {"a": 1}, "typ": "at+jwt"}),
    "kid of nobody": signed(header={"kid": "0" * 16}),
    "a key of its own": signed(header={"jwk": {"kty": "oct", "k": "AAAA"}, "jku": "http://127.0.0.1/"}, key=b"\0" * 32),
    "another type": signed(header={"typ": "JWT"}),
    "subject a number": raw({"alg": "HS256", **HEADER}, {"sub": 1}),
    "too long": signed({"more": "x" * 2_000}),
    "not a token": "a.b.c",
    "two parts": "a.b",
    "empty": "",
    "not ASCII": "é.é.é",
    "an API key": "bw_0123456789abcdef_" + "A" * 43,
}


@pytest.mark.parametrize("token", TRICKS.values(), ids=TRICKS)
def test_a_trick_is_refused(token, quick):
    assert tokens.read(KEYS, token) is None
    answer = quick.client.get("/api/v1/auth/me", headers={"Authorization": b"Bearer " + token.encode("latin-1")})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("name", GOOD)
def test_a_token_without_a_claim_is_refused(name):
    assert tokens.read(KEYS, without(name)) is None


@given(at=st.integers(0, 10_000), with_=st.characters(min_codepoint=33, max_codepoint=126))
def test_a_token_with_a_changed_character_is_refused(at, with_):
    good = tokens.issue(KEYS, "1" * 32, "2" * 32, MINUTE)
    at %= len(good)
    changed = good[:at] + with_ + good[at + 1 :]
    last = at == len(good) - 1  # of the last character only some bits count
    assert (tokens.read(KEYS, changed) is None) is (changed != good) or last


@given(st.text())
def test_any_text_is_refused_and_nothing_breaks(text):
    assert tokens.read(KEYS, text) is None
    assert sessions.read_refresh_token(KEYS, text) is None
    assert sessions.read_cookie(KEYS, text) is None
    assert not sessions.is_csrf_token(KEYS, "1" * 32, text)


def test_a_good_token_of_another_users_session_is_refused(quick):
    mine, other = quick.user(), quick.user()
    token = quick.login(mine.name).json()["access_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    swapped = signed({"sub": other.id, "sid": claims["sid"]})
    assert tokens.read(KEYS, swapped) is not None
    assert quick.client.get("/api/v1/auth/me", headers=bearer(swapped)).status_code == 401


def test_a_secret_is_replaced_without_a_break(fresh_file):
    make_user(fresh_file, "alice", "admin")
    old, both, new = Keys.parse(SECRET), Keys.parse(f"{OTHER}, {SECRET}"), Keys.parse(OTHER)
    given = tokens.issue(old, "1" * 32, "2" * 32, MINUTE)
    assert tokens.read(both, given) is not None
    assert tokens.read(new, given) is None
    assert (
        jwt.get_unverified_header(tokens.issue(both, "1" * 32, "2" * 32, MINUTE))["kid"]
        == new.signing("access token")[0]
    )
    session = sessions.Session("1" * 32, "", "token", 1, NOW)
    assert sessions.read_refresh_token(both, sessions.refresh_token(old, session)) == ("1" * 32, 1)
    assert sessions.read_refresh_token(new, sessions.refresh_token(old, session)) is None


def test_keys_of_two_purposes_or_secrets_have_nothing_in_common():
    keys = {derived(secret, purpose) for secret in (SECRET, OTHER) for purpose in ("a", "b", "access token")}
    assert len(keys) == 6
    assert all(len(key) == 32 for key in keys)
    assert SECRET not in repr(KEYS)


@pytest.mark.parametrize("where", ["?access_token={}", "?token={}", "?api_key={}&authorization=Bearer%20{}"])
def test_a_token_in_an_address_does_not_count(quick, where):
    token = quick.login().json()["access_token"]
    assert quick.client.get("/api/v1/auth/me" + where.format(token, token)).status_code == 401


@pytest.mark.parametrize("header", ["Basic YWRtaW46eA==", "Bearer", "Bearer ", "Token x", "bearer: x", "\t"])
def test_another_scheme_of_credentials_is_refused(quick, header):
    assert quick.client.get("/api/v1/auth/me", headers={"Authorization": header}).status_code == 401


def test_credentials_that_come_twice_are_refused(quick):
    token = quick.login().json()["access_token"]
    twice = [("Authorization", f"Bearer {token}"), ("Authorization", f"Bearer {token}")]
    assert quick.client.get("/api/v1/auth/me", headers=twice).status_code == 401


def test_a_process_that_knows_a_token_sees_its_end_by_time(fresh_file, monkeypatch):
    import time

    with house_on(fresh_file, access_minutes=1) as house:
        headers = house.headers()
        assert house.client.get("/api/v1/auth/me", headers=headers).status_code == 200
        now, steady = time.time(), time.monotonic()
        monkeypatch.setattr("bothways.web.credentials.time.time", lambda: now + 61)
        monkeypatch.setattr("bothways.web.credentials.time.monotonic", lambda: steady + 61)
        monkeypatch.setattr("jwt.api_jwt.datetime", _later(61))
        assert house.client.get("/api/v1/auth/me", headers=headers).status_code == 401


def _later(seconds):
    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(seconds=seconds)

    return Later


def test_those_who_send_one_token_at_the_same_time_cost_one_look_up(fresh_url):
    """When a busy client's token is looked up anew, its other requests wait for that one."""
    with house_on(fresh_url) as house:
        sent = house.headers()["Authorization"].encode()
    statements = []

    def count(_connection, _cursor, statement, *_more):
        statements.append(statement)

    async def asked(times):
        store = Store(project_with({fresh_url.dialect: fresh_url}).database(fresh_url.dialect), 5.0)
        try:
            credentials = Credentials(store, KEYS)
            statements.clear()
            found = await asyncio.gather(*(credentials.by_header(sent, "127.0.0.1") for _ in range(times)))
            gone = asyncio.create_task(credentials.by_header(b"Bearer x.y.z", "127.0.0.1"))
            await asyncio.sleep(0)
            gone.cancel()
            return {principal.name for principal in found}, len(statements)
        finally:
            await store.close()

    sa.event.listen(sa.Engine, "before_cursor_execute", count)
    try:
        alone, together = (asyncio.run(asked(times)) for times in (1, 20))
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", count)
    assert alone[1] > 0
    assert together == alone == ({"admin"}, alone[1])
