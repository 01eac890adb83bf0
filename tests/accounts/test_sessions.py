"""Logging in, refreshing and ending sessions: what is good once, what ends what, and that nothing tells names apart."""

import pytest

from bothways.accounts import passwords, sessions, tokens, users
from bothways.connections import call
from tests.accounts.conftest import BY, KEYS, PASSWORD, bearer, written

ME = "/api/v1/auth/me"
REFRESH = "/api/v1/auth/refresh"


def me(house, token):
    return house.client.get(ME, headers=bearer(token))


def test_a_login_gives_tokens_that_say_who_asks(house):
    writer = house.user("writer")
    answer = house.login(f" {writer.name.upper()} ")
    assert answer.status_code == 200
    given = answer.json()
    assert (given["token_type"], given["expires_in"]) == ("Bearer", 900)
    found = me(house, given["access_token"]).json()
    assert (found["name"], found["kind"], found["csrf_token"] is not None) == (writer.name, "user", True)
    assert found["scopes"] == ["rows:read", "rows:write", "migrations:read"]


def test_what_is_wrong_with_a_login_is_not_told(house):
    reader, off = house.user(), house.user()
    written(house.url, lambda c: users.change(c, off, BY, active=False))
    wrong = [
        house.login(reader.name, "wrong password here"),
        house.login("nobody"),
        house.login(off.name),
        house.login("rea\x00der"),
        house.login("É"),
        house.login("reader' or '1'='1"),
    ]
    assert {answer.status_code for answer in wrong} == {401}
    assert len({answer.json()["detail"] for answer in wrong}) == 1


def test_an_unknown_name_costs_the_same_work_as_a_wrong_password(quick, monkeypatch):
    asked = []
    real = passwords.hasher().verify_and_update
    monkeypatch.setattr(
        type(passwords.hasher()), "verify_and_update", lambda self, p, h: asked.append(h[:27]) or real(p, h)
    )
    quick.login(quick.user().name, "wrong password here")
    quick.login("nobody", "wrong password here")
    quick.login("Not a name at all!", "wrong password here")
    assert len(asked) == 3
    assert len({text.rpartition("$")[0] for text in asked}) == 1  # the same algorithm with the same parameters


def test_the_same_is_done_behind_the_answer_for_an_unknown_name_as_for_a_wrong_password(quick, monkeypatch):
    counted = []
    monkeypatch.setattr(users, "count_failure", lambda connection, name, by: counted.append(name))
    known = quick.user().name
    for name in (known, "nobody-at-all"):
        quick.login(name, "wrong password here")
        quick.client.portal.call(_settled, quick.client.app.state.desk)
    assert counted == [known, "nobody-at-all"]


async def _settled(desk):
    import asyncio

    await asyncio.gather(*desk._later.values())


def test_a_refresh_token_is_good_once_and_gives_the_next(house):
    first = house.login().json()
    second = house.client.post(REFRESH, json={"refresh_token": first["refresh_token"]}).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert second["refresh_expires"] == first["refresh_expires"]
    third = house.client.post(REFRESH, json={"refresh_token": second["refresh_token"]})
    assert third.status_code == 200
    last = house.client.get("/api/v1/audit", headers=bearer(third.json()["access_token"])).json()["items"][0]
    assert (last["who"], last["what"]) == ("admin", "session.refreshed")
    assert me(house, third.json()["access_token"]).status_code == 200


def test_a_refresh_token_that_comes_again_ends_the_whole_family(house):
    first = house.login().json()
    other = house.login().json()
    second = house.client.post(REFRESH, json={"refresh_token": first["refresh_token"]}).json()
    assert me(house, second["access_token"]).status_code == 200
    again = house.client.post(REFRESH, json={"refresh_token": first["refresh_token"]})
    newest = house.client.post(REFRESH, json={"refresh_token": second["refresh_token"]})
    assert (again.status_code, newest.status_code) == (401, 401)
    assert me(house, second["access_token"]).status_code == 401
    assert me(house, other["access_token"]).status_code == 200
    last = house.client.get("/api/v1/audit", headers=bearer(other["access_token"])).json()["items"][0]
    assert (last["what"], last["subject"]) == ("session.reused", "admin")


@pytest.mark.parametrize("change", ["mac", "session", "generation", "shape", "cookie"])
def test_a_refresh_token_that_somebody_made_up_is_refused_and_ends_nothing(quick, change):
    token = quick.login(quick.user().name).json()["refresh_token"]
    _, session, generation, mac = token.split("_")
    made_up = {
        "mac": f"bwr_{session}_{generation}_{'0' * 64}",
        "session": f"bwr_{'0' * 32}_{generation}_{mac}",
        "generation": f"bwr_{session}_0_{mac}",
        "shape": f"{token}x",
        "cookie": sessions.cookie_value(KEYS, session),
    }
    assert quick.client.post(REFRESH, json={"refresh_token": made_up[change]}).status_code == 401
    assert quick.client.post(REFRESH, json={"refresh_token": token}).status_code == 200


def test_logging_out_ends_the_session_at_once(house):
    first, other = house.login().json(), house.login().json()
    assert me(house, first["access_token"]).status_code == 200
    assert house.client.post("/api/v1/auth/logout", headers=bearer(first["access_token"])).status_code == 204
    assert me(house, first["access_token"]).status_code == 401
    assert house.client.post(REFRESH, json={"refresh_token": first["refresh_token"]}).status_code == 401
    assert me(house, other["access_token"]).status_code == 200


def test_a_changed_password_ends_every_other_session(house):
    writer = house.user("writer").name
    first, other = house.login(writer).json(), house.login(writer).json()
    change = {"current": PASSWORD, "new": "an entirely new passphrase"}
    wrong = {**change, "current": "not the password"}
    headers = bearer(first["access_token"])
    assert house.client.post("/api/v1/auth/password", json=wrong, headers=headers).status_code == 403
    assert house.client.post("/api/v1/auth/password", json=change, headers=headers).status_code == 204
    assert me(house, first["access_token"]).status_code == 200
    assert me(house, other["access_token"]).status_code == 401
    assert house.client.post(REFRESH, json={"refresh_token": other["refresh_token"]}).status_code == 401
    assert house.login(writer).status_code == 401
    assert house.login(writer, change["new"]).status_code == 200


@pytest.mark.parametrize("weak", ["shorty", "x" * 1_001, "my-{name}-password", "aaaaaaaaaaaaaaaa"])
def test_a_weak_password_is_refused(quick, weak):
    name = quick.user().name
    weak, headers = weak.format(name=name), quick.headers(name)
    answer = quick.client.post("/api/v1/auth/password", json={"current": PASSWORD, "new": weak}, headers=headers)
    assert answer.status_code == 422
    assert weak not in answer.text


def test_another_role_counts_at_once(house):
    reader = house.user()
    headers = house.headers(reader.name)
    before = house.client.get(ME, headers=headers).json()["scopes"]
    path = f"/api/v1/users/{reader.id}"
    assert house.client.patch(path, json={"role": "operator"}, headers=house.headers()).status_code == 200
    assert set(house.client.get(ME, headers=headers).json()["scopes"]) - set(before) == {"migrations:run", "audit:read"}


def test_who_is_switched_off_or_removed_is_out_at_once(house):
    for act in (
        lambda path, h: house.client.patch(path, json={"active": False}, headers=h),
        lambda path, h: house.client.delete(path, headers=h),
    ):
        user = house.user()
        given = house.login(user.name).json()
        key = house.client.post(
            "/api/v1/keys", json={"name": "k", "scopes": ["rows:read"]}, headers=bearer(given["access_token"])
        ).json()["key"]
        assert me(house, key).status_code == 200
        assert act(f"/api/v1/users/{user.id}", house.headers()).is_success
        assert [me(house, t).status_code for t in (given["access_token"], key)] == [401, 401]
        assert house.client.post(REFRESH, json={"refresh_token": given["refresh_token"]}).status_code == 401


def test_five_wrong_passwords_lock_the_account_for_longer_and_longer(house):
    name = house.user().name
    for _ in range(users.FAILURES):
        assert house.login(name, "wrong password here").status_code == 401
    assert house.login(name).status_code == 401
    assert 20 < _locked_for(house, name) <= 30
    for expected in (60, 120, 240, 480, 900, 900):
        _unlock(house, name)
        assert house.login(name, "wrong password here").status_code == 401
        assert house.login(name).status_code == 401
        assert expected - 10 < _locked_for(house, name) <= expected
    _unlock(house, name)
    assert house.login(name).status_code == 200
    assert _user(house, name).locked_until is None


def test_a_new_password_lifts_a_lock(house):
    user = house.user()
    for _ in range(users.FAILURES):
        house.login(user.name, "wrong password here")
    assert house.login(user.name).status_code == 401
    path = f"/api/v1/users/{user.id}"
    new = "quite another passphrase"
    assert house.client.patch(path, json={"password": new}, headers=house.headers()).status_code == 200
    assert house.login(user.name, new).status_code == 200


def test_a_password_under_older_parameters_is_hashed_anew(quick):
    from pwdlib import PasswordHash
    from pwdlib.hashers.argon2 import Argon2Hasher

    older = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=64, parallelism=1),)).hash(PASSWORD)
    name = quick.user().name
    written(quick.url, lambda c: users.keep_hash(c, name, older))
    assert quick.login(name).status_code == 200
    assert call(quick.url, lambda c: users.password_of(c, name)) != older
    assert quick.login(name).status_code == 200


def test_a_session_that_has_ended_by_time_is_no_good(house):
    from datetime import timedelta

    user = house.user()

    def past(connection):
        return sessions.open_session(connection, user.id, "token", timedelta(seconds=-1), "")

    session = written(house.url, past)
    token = tokens.issue(KEYS, user.id, session.id, timedelta(minutes=5))
    assert me(house, token).status_code == 401
    refresh = sessions.refresh_token(KEYS, session)
    assert house.client.post(REFRESH, json={"refresh_token": refresh}).status_code == 401


def test_two_refreshes_at_once_are_one(house):
    from concurrent.futures import ThreadPoolExecutor

    token = house.login().json()["refresh_token"]
    with ThreadPoolExecutor(4) as threads:
        found = list(
            threads.map(lambda _: house.client.post(REFRESH, json={"refresh_token": token}).status_code, range(4))
        )
    assert sorted(found) in ([200, 401, 401, 401], [401, 401, 401, 401])
    assert found.count(200) <= 1


def _user(house, name):
    return call(house.url, lambda c: users.named(c, name))


def _locked_for(house, name):
    from bothways.ledger import now

    return (_user(house, name).locked_until - now()).total_seconds()


def _unlock(house, name):
    import sqlalchemy as sa

    from bothways.accounts.tables import USERS
    from bothways.ledger import now

    written(house.url, lambda c: c.execute(sa.update(USERS).where(USERS.c.name == name).values(locked_until=now())))
