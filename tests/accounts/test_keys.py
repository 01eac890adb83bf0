"""API keys over HTTP: nothing but the known fields, shown once, nobody's but one's own and an admin's to end."""

import json
from datetime import timedelta

import pytest

from bothways import audit
from bothways.accounts import apikeys, users
from bothways.accounts.tables import KEYS as KEY_TABLE
from bothways.connections import call
from bothways.ledger import now
from tests.accounts.conftest import BY, PASSWORD, bearer, house_on, written


@pytest.mark.parametrize("field", [c.name for c in KEY_TABLE.c if c.name not in {"name", "scopes"}])
def test_fields_of_keys_that_are_not_the_clients_are_refused(quick, field):
    body = {"name": "k", "scopes": ["rows:read"], field: "1"}
    assert quick.client.post("/api/v1/keys", json=body, headers=quick.headers()).status_code == 422


@pytest.mark.parametrize(
    "name", ["\x1b[31mx\x00", "two\nlines", "\x85", "\u202eesrever", "\u2028", " ", "\t", "\u00a0 \u3000", "", "\ud800"]
)
def test_a_name_of_a_key_that_cannot_be_read_or_moves_the_terminal_is_refused(quick, name):
    body = json.dumps({"name": name, "scopes": ["rows:read"]})
    headers = {**quick.headers(), "content-type": "application/json"}
    answer = quick.client.post("/api/v1/keys", content=body, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", "name"])


@pytest.mark.parametrize("name", ["x", " nightly export ", "über die Nacht", "夜間 エクスポート", "👩‍💻", "a" * 60])
def test_a_name_of_a_key_is_any_text_on_a_line(quick, name):
    body = {"name": name, "scopes": ["rows:read"]}
    made = quick.client.post("/api/v1/keys", json=body, headers=quick.headers(quick.user().name))
    assert (made.status_code, made.json()["name"]) == (201, name)


@pytest.mark.parametrize("path", ["keys", "users", "runs"])
def test_an_idempotency_key_is_refused_where_nothing_is_kept_by_it(quick, path):
    headers = {**quick.headers(), "Idempotency-Key": "once"}
    refused = quick.client.post(f"/api/v1/{path}", json={}, headers=headers)
    assert (refused.status_code, refused.json()["errors"][0]["loc"]) == (422, ["header", "Idempotency-Key"])
    assert "POST /api/v1/{database}/{table}" in refused.json()["hint"]
    reader = {**quick.headers(quick.user().name), "Idempotency-Key": "once"}
    assert quick.client.post(f"/api/v1/{path}", json={}, headers=reader).status_code == (422 if path == "keys" else 403)


def test_a_key_is_shown_once_and_does_what_it_may(house):
    writer = house.user("writer")
    headers = house.headers(writer.name)
    body = {"name": "nightly é", "scopes": ["rows:read"], "days": 1}
    made = house.client.post("/api/v1/keys", json=body, headers=headers).json()
    assert apikeys.prefix_of(made["key"]) == made["prefix"]
    listed = house.client.get("/api/v1/keys", headers=headers)
    assert made["key"] not in listed.text
    assert listed.json()["items"] == [{k: v for k, v in made.items() if k != "key"}]
    me = house.client.get("/api/v1/auth/me", headers=bearer(made["key"])).json()
    assert (me["name"], me["kind"], me["scopes"]) == (f"{writer.name}/{made['prefix']}", "key", ["rows:read"])
    assert house.client.get("/api/v1/keys", headers=headers).json()["items"][0]["last_used"] is not None
    stored = call(house.url, lambda c: c.execute(KEY_TABLE.select()).all())
    assert made["key"].split("_", 2)[2] not in str(stored)


def test_a_key_is_no_way_to_more(house):
    writer = house.user("writer")
    headers = house.headers(writer.name)
    more = {"name": "more", "scopes": ["rows:read", "users:admin"]}
    assert house.client.post("/api/v1/keys", json=more, headers=headers).status_code == 403
    key = bearer(_key(house, headers, "rows:write"))
    assert (
        house.client.post("/api/v1/keys", json={"name": "k", "scopes": ["rows:write"]}, headers=key).status_code == 403
    )
    change = {"current": PASSWORD, "new": "quite another passphrase"}
    assert house.client.post("/api/v1/auth/password", json=change, headers=key).status_code == 403
    assert house.client.post("/api/v1/auth/logout", headers=key).status_code == 403
    written(house.url, lambda c: users.change(c, writer, BY, role="reader"))
    other = bearer(_key(house, house.headers(), "users:admin"))  # a change made by it is looked up at once
    house.client.patch(f"/api/v1/users/{writer.id}", json={"active": True}, headers=other)
    house.client.app.state.desk.credentials.forget()
    assert house.client.get("/api/v1/auth/me", headers=key).json()["scopes"] == []


def test_a_key_that_lacks_a_scope_is_told_to_be_replaced_and_a_user_to_ask_for_a_role(house):
    key = bearer(_key(house, house.headers(), "rows:read"))
    refused = house.client.get("/api/v1/users", headers=key)
    assert refused.status_code == 403
    assert "POST /api/v1/keys makes one with users:admin" in refused.json()["hint"]
    assert "bothways user role" not in refused.json()["hint"]
    reader = house.headers(house.user("reader").name)
    assert "bothways user role" in house.client.get("/api/v1/users", headers=reader).json()["hint"]


def _key(house, headers, *scopes):
    return house.client.post("/api/v1/keys", json={"name": "k", "scopes": scopes}, headers=headers).json()["key"]


def test_nobody_sees_or_ends_the_keys_of_another(house):
    mine, other = house.headers(house.user().name), house.headers(house.user().name)
    key = _key(house, mine, "rows:read")
    path = f"/api/v1/keys/{apikeys.prefix_of(key)}"
    for headers in (other, house.headers()):
        assert key[:19] not in house.client.get("/api/v1/keys", headers=headers).text
        assert house.client.delete(path, headers=headers).status_code == 404
    assert house.client.get("/api/v1/auth/me", headers=bearer(key)).status_code == 200
    assert house.client.delete(path, headers=mine).status_code == 204
    assert house.client.delete(path, headers=mine).status_code == 404
    assert house.client.get("/api/v1/auth/me", headers=bearer(key)).status_code == 401


def _me(house, key):
    return house.client.get("/api/v1/auth/me", headers=bearer(key)).status_code


def test_an_admin_sees_and_ends_the_keys_of_a_user_at_once(house):
    user, admin = house.user(), house.headers()
    key = _key(house, house.headers(user.name), "rows:read")
    prefix, path = apikeys.prefix_of(key), f"/api/v1/users/{user.id}/keys"
    listed = house.client.get(path, headers=admin)
    assert [(k["prefix"], k["name"], k["revoked"]) for k in listed.json()["items"]] == [(prefix, "k", None)]
    assert key.split("_", 2)[2] not in listed.text
    assert _me(house, key) == 200  # from now on it is known to the gate
    assert house.client.delete(f"{path}/{prefix}", headers=admin).status_code == 204
    assert _me(house, key) == 401
    assert house.client.delete(f"{path}/{prefix}", headers=admin).status_code == 404
    assert house.client.get(path, headers=admin).json()["items"][0]["revoked"] is not None
    entry = house.client.get("/api/v1/audit?limit=1", headers=admin).json()["items"][0]
    assert (entry["who"], entry["what"], entry["subject"]) == ("admin", "key.revoked", prefix)
    assert entry["details"] == {"user": user.name}


def test_a_key_is_ended_at_the_address_of_its_user_only(house):
    user, other, admin = house.user(), house.user(), house.headers()
    key = _key(house, house.headers(user.name), "rows:read")
    for id_ in (other.id, "0" * 32):
        answer = house.client.delete(f"/api/v1/users/{id_}/keys/{apikeys.prefix_of(key)}", headers=admin)
        assert answer.status_code == 404
    assert house.client.get(f"/api/v1/users/{other.id}/keys", headers=admin).json() == {"items": []}
    assert house.client.get(f"/api/v1/users/{'0' * 32}/keys", headers=admin).status_code == 404
    assert _me(house, key) == 200


def _by_the_user(house, user, **more):
    body = {"current": PASSWORD, "new": "quite another passphrase", **more}
    return house.client.post("/api/v1/auth/password", json=body, headers=house.headers(user.name)).status_code


def _by_an_admin(house, user, **more):
    body = {"password": "quite another passphrase", **more}
    return house.client.patch(f"/api/v1/users/{user.id}", json=body, headers=house.headers()).status_code


def _switched_off(house, user, **more):
    headers, path = house.headers(), f"/api/v1/users/{user.id}"
    off = house.client.patch(path, json={"active": False, **more}, headers=headers).status_code
    house.client.patch(path, json={"active": True}, headers=headers)
    return off


@pytest.mark.parametrize("change", [_by_the_user, _by_an_admin, _switched_off])
def test_a_new_password_and_switching_off_end_the_keys_of_a_user_at_once(house, change):
    user, other = house.user(), house.user()
    key, anothers = (_key(house, house.headers(u.name), "rows:read") for u in (user, other))
    assert (_me(house, key), _me(house, anothers)) == (200, 200)
    assert change(house, user) in {200, 204}
    assert (_me(house, key), _me(house, anothers)) == (401, 200)
    ended = [e.details for e in call(house.url, audit.entries) if e.subject == user.name and "keys_ended" in e.details]
    assert [details["keys_ended"] for details in ended] == [1]


@pytest.mark.parametrize("change", [_by_the_user, _by_an_admin, _switched_off])
def test_the_keys_of_a_user_are_kept_where_that_is_said(house, change):
    user = house.user()
    key = _key(house, house.headers(user.name), "rows:read")
    assert change(house, user, keep_keys=True) in {200, 204}
    assert _me(house, key) == 200


def test_a_session_that_another_process_has_ended_makes_no_key(house):
    user = house.user()
    headers = house.headers(user.name)
    assert house.client.get("/api/v1/auth/me", headers=headers).status_code == 200
    written(house.url, lambda c: users.set_password(c, user, "no hash", BY))
    assert house.client.get("/api/v1/auth/me", headers=headers).status_code == 200  # still at hand here
    body = {"name": "k", "scopes": ["rows:read"]}
    assert house.client.post("/api/v1/keys", json=body, headers=headers).status_code == 401
    assert call(house.url, lambda c: apikeys.of_user(c, user.id)) == []


def test_switching_off_again_ends_the_keys_that_were_kept(quick):
    user = quick.user()
    key = _key(quick, quick.headers(user.name), "rows:read")
    for body in ({"active": False, "keep_keys": True}, {"active": False}, {"active": True}):
        assert quick.client.patch(f"/api/v1/users/{user.id}", json=body, headers=quick.headers()).status_code == 200
    assert _me(quick, key) == 401


def test_a_key_that_has_expired_is_not_called_revoked(quick):
    user = quick.user()
    _key(quick, quick.headers(user.name), "rows:read")
    expired = {"expires": now() - timedelta(seconds=1)}
    written(quick.url, lambda c: c.execute(KEY_TABLE.update().where(KEY_TABLE.c.user_id == user.id).values(expired)))
    assert _by_an_admin(quick, user) == 200
    assert call(quick.url, lambda c: apikeys.of_user(c, user.id))[0].revoked is None


def test_a_key_that_is_nearly_right_is_refused(quick):
    key = _key(quick, quick.headers(), "rows:read")
    prefix, secret = key[:20], key[20:]
    wrong = [prefix + "A" * 43, f"bw_{'0' * 16}_{secret}", key[:-1], key + "x", key.upper(), key.replace("bw_", "bw-")]
    for text in wrong:
        assert quick.client.get("/api/v1/auth/me", headers=bearer(text)).status_code == 401


def test_a_key_ends_in_time(house):
    user = house.user()
    key = _key(house, house.headers(user.name), "rows:read")
    expired = {"expires": now() - timedelta(seconds=1)}
    written(house.url, lambda c: c.execute(KEY_TABLE.update().where(KEY_TABLE.c.user_id == user.id).values(expired)))
    assert house.client.get("/api/v1/auth/me", headers=bearer(key)).status_code == 401


def test_a_user_has_no_more_keys_than_fit(quick, monkeypatch):
    monkeypatch.setattr(apikeys, "MOST", 2)
    headers = quick.headers(quick.user().name)
    for _ in range(2):
        _key(quick, headers, "rows:read")
    answer = quick.client.post("/api/v1/keys", json={"name": "k", "scopes": ["rows:read"]}, headers=headers)
    assert answer.status_code == 403


def test_guessing_keys_is_slowed_down_for_an_address(fresh_file):
    with house_on(fresh_file) as house:
        good = _key(house, house.headers(), "rows:read")
        assert house.client.get("/api/v1/auth/me", headers=bearer(good)).status_code == 200
        codes = [
            house.client.get("/api/v1/auth/me", headers=bearer(f"bw_{n:016x}_{'A' * 43}")).status_code
            for n in range(62)
        ]
        assert (codes.count(401), codes[60:]) == (60, [429, 429])
        assert house.client.get("/api/v1/auth/me", headers=bearer(good)).status_code == 200
