"""Users over HTTP: nothing but the known fields, and always an admin."""

import pytest

from bothways.accounts import users
from bothways.accounts.tables import KEYS as KEY_TABLE
from bothways.accounts.tables import SESSIONS, USERS
from bothways.connections import call
from bothways.errors import Refused
from tests.accounts.conftest import BY, PASSWORD, bearer, house_on, make_user, written

NEW = {"password": "some long passphrase", "role": "reader"}


def test_an_admin_makes_sees_changes_and_removes_users(house):
    client, admin = house.client, house.headers()
    made = client.post("/api/v1/users", json={"name": "made", **NEW}, headers=admin)
    assert made.status_code == 201
    path = made.headers["location"]
    assert client.get(path, headers=admin).json() == made.json()
    assert set(made.json()) == {"id", "name", "role", "active", "created", "locked_until"}
    taken = client.post("/api/v1/users", json={"name": "made", **NEW}, headers=admin)
    assert (taken.status_code, taken.json()["title"]) == (409, "The state of things does not allow it")
    changed = client.patch(path, json={"role": "operator"}, headers=admin).json()
    assert changed == {**made.json(), "role": "operator"}
    assert client.patch(path, json={}, headers=admin).json() == changed
    assert client.delete(path, headers=admin).status_code == 204
    assert [client.request(m, path, headers=admin, json=j).status_code for m, j in _on_one()] == [404, 404, 404]


def _on_one():
    return (("GET", None), ("PATCH", {"role": "reader"}), ("DELETE", None))


def test_users_come_page_by_page(house):
    headers = house.headers()
    for _ in range(3):
        house.user()
    names, after = [], ""
    while True:
        page = house.client.get(f"/api/v1/users?limit=2{after}", headers=headers).json()
        names += [user["name"] for user in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert names == sorted(set(names))
    assert len(names) >= 4


SERVERS_OWN = [
    *(c.name for c in USERS.c if c.name not in {"name", "password", "role", "active"}),
    "scopes",
    "is_admin",
    "hash",
    "__proto__",
]


@pytest.mark.parametrize("field", SERVERS_OWN)
def test_fields_that_are_not_the_clients_are_refused(quick, field):
    admin, user = quick.headers(), quick.user()
    answers = [
        quick.client.post("/api/v1/users", json={"name": "mass", **NEW, field: "1"}, headers=admin),
        quick.client.patch(f"/api/v1/users/{user.id}", json={field: "1"}, headers=admin),
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert call(quick.url, lambda c: users.get(c, user.id)) == user


@pytest.mark.parametrize(
    "body",
    [
        {"name": "UPPER", **NEW},
        {"name": "a b", **NEW},
        {"name": "", **NEW},
        {"name": "x" * 101, **NEW},
        {"name": "nul\x00", **NEW},
        {"name": "\x1b[31mx", **NEW},
        {"name": "line\n", **NEW},
        {"name": " ", **NEW},
        {"name": "né", **NEW},
        {"name": "../etc", **NEW},
        {"name": "ok", **NEW, "role": "root"},
        {"name": "ok", **NEW, "role": ["admin"]},
        {"name": "ok", **NEW, "password": "short"},
        {"name": "ok", **NEW, "password": "x" * 1_001},
        {"name": "ok", **NEW, "password": None},
        {"name": {"$ne": ""}, **NEW},
        [],
        "text",
        None,
    ],
)
def test_a_user_that_cannot_be_is_refused(quick, body):
    assert quick.client.post("/api/v1/users", json=body, headers=quick.headers()).status_code == 422


@pytest.mark.parametrize(
    "body", [b'{"name": "\\ud800", "password": "\\udfff"}', b"{", b"\xff", b"\xc1\x1e", b'{"name": NaN}']
)
def test_a_body_that_is_no_good_json_is_refused(quick, body):
    headers = {"content-type": "application/json"}
    assert quick.client.post("/api/v1/auth/login", content=body, headers=headers).status_code in {401, 422}


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_a_body_that_a_form_can_send_is_refused(quick, kind):
    body = b'{"name": "admin", "password": "' + PASSWORD.encode() + b'"}'
    answer = quick.client.post("/api/v1/auth/login", content=body, headers={"content-type": kind})
    assert answer.status_code in {415, 422}


def test_ids_that_are_none_are_refused_and_nothing_breaks(quick):
    headers = quick.headers()
    for bad in ("1", "x" * 32, "..%2f..%2fetc%2fpasswd", "%00", "' or 1=1 --", "F" * 32):
        for method, body in _on_one():
            assert quick.client.request(method, f"/api/v1/users/{bad}", json=body, headers=headers).status_code in {
                404,
                422,
            }
        assert quick.client.delete(f"/api/v1/keys/{bad}", headers=headers).status_code in {404, 422}


def test_the_last_admin_stays(fresh_url):
    with house_on(fresh_url) as house:
        client, admin = house.client, house.headers()
        boss = call(house.url, lambda c: users.named(c, "admin"))
        path = f"/api/v1/users/{boss.id}"
        for method, body in (("PATCH", {"role": "reader"}), ("PATCH", {"active": False}), ("DELETE", None)):
            refused = client.request(method, path, json=body, headers=admin)
            assert (refused.status_code, refused.json()["code"]) == (409, "refused")
        second = make_user(house.url, "second", "admin")
        off = {"active": False}
        assert client.patch(f"/api/v1/users/{second.id}", json=off, headers=admin).status_code == 200
        assert client.delete(path, headers=admin).status_code == 409
        assert client.patch(f"/api/v1/users/{second.id}", json={"active": True}, headers=admin).status_code == 200
        assert client.delete(path, headers=admin).status_code == 204
        for table in (KEY_TABLE, SESSIONS):
            own = table.select().where(table.c.user_id == boss.id)
            assert call(house.url, lambda c, own=own: c.execute(own).all()) == []


def test_two_admins_cannot_remove_each_other_at_the_same_moment(fresh_url):
    from concurrent.futures import ThreadPoolExecutor

    made = [make_user(fresh_url, name, "admin") for name in ("one", "two")]

    def demote(user):
        try:
            written(fresh_url, lambda c: users.change(c, user, BY, role="reader"))
        except Refused:
            return "refused"
        return "changed"

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(demote, made)) == ["changed", "refused"]


def test_a_house_without_accounts_lets_nobody_in_and_makes_nothing(servers, engine_name):
    import sqlalchemy as sa

    from bothways import scratch
    from tests.accounts.conftest import SETTINGS
    from tests.api.conftest import serving

    with scratch.database(servers[engine_name]) as url:
        call(url, lambda c: c.rollback(), purpose="write")
        with serving({url.dialect: url}, **SETTINGS) as client:
            body = {"name": "admin", "password": PASSWORD}
            assert client.post("/api/v1/auth/login", json=body).status_code == 401
            assert client.get("/api/v1/auth/me", headers=bearer("bw_" + "0" * 16 + "_" + "A" * 43)).status_code == 401
        assert call(url, lambda c: sa.inspect(c).get_table_names()) == []


def test_a_database_that_is_down_is_told_and_lets_nobody_in(tmp_path):
    from bothways.urls import DatabaseURL
    from tests.accounts.conftest import SETTINGS
    from tests.api.conftest import serving

    gone = DatabaseURL.parse(f"sqlite:///{tmp_path / 'gone.db'}")
    with serving({"sqlite": gone}, **SETTINGS) as client:
        answer = client.post("/api/v1/auth/login", json={"name": "admin", "password": PASSWORD})
        assert (answer.status_code, answer.json().get("database")) == (503, "sqlite")
        assert str(tmp_path) not in answer.text
    assert not (tmp_path / "gone.db").exists()
