"""API1:2023, broken object level authorization: what is another's is not there.

Rows of an owner: tests/api/test_owners.py.
"""

import pytest

from tests.security.conftest import JSON, body_of
from tests.security.payloads import ENCODINGS


@pytest.fixture(scope="module")
def two(quick):
    """Two users of one role, each with a key of its own."""
    people = [quick.new_account("writer") for _ in range(2)]
    prefixes = []
    for person in people:
        made = quick.secured.ask(
            "POST", "/api/v1/keys", {**person.headers, **JSON}, body_of({"name": "mine", "scopes": ["rows:read"]})
        )
        prefixes.append(made.json["prefix"])
    return list(zip(people, prefixes, strict=True))


def test_one_sees_ones_own_keys_only(quick, two):
    for (person, own), (_, others) in (two, two[::-1]):
        items = quick.secured.ask("GET", "/api/v1/keys", person.headers).json["items"]
        assert own in {i["prefix"] for i in items}
        assert others not in {i["prefix"] for i in items}


def test_anothers_key_is_not_there_and_lives_on(quick, two):
    (mine, _), (other, theirs) = two
    nobodys = quick.secured.ask("DELETE", f"/api/v1/keys/{'0' * 16}", mine.headers)
    found = quick.secured.ask("DELETE", f"/api/v1/keys/{theirs}", mine.headers)
    assert found.status == nobodys.status == 404
    assert {**found.json, "request_id": 0} == {**nobodys.json, "request_id": 0}
    items = quick.secured.ask("GET", "/api/v1/keys", other.headers).json["items"]
    assert [i["revoked"] for i in items if i["prefix"] == theirs] == [None]


def test_an_admin_does_not_see_or_end_the_keys_of_others_by_their_address(quick, two):
    assert quick.ask("admin", "DELETE", f"/api/v1/keys/{two[0][1]}").status == 404


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_user_who_is_no_admin_learns_nothing_of_an_id(quick, two, method):
    (mine, _), (other, _) = two
    body = body_of({"active": False}) if method == "PATCH" else b""
    answers = [
        quick.secured.ask(method, f"/api/v1/users/{id_}", {**mine.headers, **JSON}, body)
        for id_ in (other.id, "0" * 32)
    ]
    assert [a.status for a in answers] == [403, 403]
    assert quick.secured.ask("GET", "/api/v1/auth/me", other.headers).status == 200


def test_logging_out_ends_ones_own_session_only(quick, two):
    mine, other = quick.new_account("reader"), two[1][0]
    assert quick.secured.ask("POST", "/api/v1/auth/logout", mine.headers).status == 204
    assert quick.secured.ask("GET", "/api/v1/auth/me", mine.headers).status == 401
    assert quick.secured.ask("GET", "/api/v1/auth/me", other.headers).status == 200


@pytest.mark.parametrize("step", ENCODINGS)
def test_no_way_of_writing_a_step_up_leads_to_another_object(quick, two, step):
    mine, theirs = two[0][0], two[1][1]
    for path in (
        f"/api/v1/keys/{step}users",
        f"/api/v1/keys/x/{step}{step}users",
        f"/api/v1/sqlite/roles/{step}{step}{step}users",
        f"/static/{step}{step}{step}etc/passwd",
        f"/api/v1/{step}users",
    ):
        answer = quick.secured.ask("GET", path, mine.headers)
        assert answer.status in {400, 403, 404, 405, 422}, (path, answer)
    assert quick.secured.ask("DELETE", f"/api/v1/keys/{step}{theirs}", mine.headers).status in {404, 405, 422}
