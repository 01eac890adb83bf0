"""API3:2023, broken object property level authorization: no field is written or read that is not a client's."""

import pytest

from tests.api.conftest import SHAPES
from tests.security.conftest import CANARY, JSON, body_of, everything

SECRETS = [(name, field.name) for name, shape in SHAPES.items() for field in shape.fields if field.secret]
COMMON = (
    "is_admin",
    "role",
    "password",
    "password_hash",
    "owner_id",
    "tenant_id",
    "_id",
    "xmin",
    "rowid",
    "ctid",
    "created_by",
)


def forbidden(shape, changing):
    """Columns of a table that a client must not send, and fields that it has not at all."""
    may = {f.name for f in shape.fields if (f.changeable if changing else f.writable)}
    has = {c.name for c in shape.table.columns}
    return sorted((has | set(COMMON)) - may)


def test_there_are_secrets_to_look_for():
    assert SECRETS


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_no_field_is_written_that_is_not_a_clients(target, name):
    shape, path = SHAPES[name], f"/api/v1/{target.engine}/{name}"
    before = everything(target.url)
    row = target.made[name]
    address = "/".join((path, *(str(row[k.name]) for k in shape.keys)))
    accepted = []
    for method, where, changing in (("POST", path, False), ("PATCH", address, True), ("PUT", address, True)):
        if {"POST": "create", "PATCH": "update", "PUT": "update"}[method] not in shape.operations:
            continue
        usual = {f.name: row[f.name] for f in shape.readable if (f.changeable if changing else f.writable)}
        for field in forbidden(shape, changing):
            for value in (None, 1, "x", "admin", CANARY, row.get(field)):
                body = body_of({**(usual if method != "PATCH" else {}), field: value})
                answer = target.ask("open", method, where, {**JSON, "if-match": "*"}, body)
                if answer.status not in {405, 422}:
                    accepted.append((method, field, value, answer.status, answer.content))
    assert not accepted, accepted[:3]
    assert everything(target.url) == before


@pytest.mark.parametrize(("name", "field"), SECRETS)
def test_a_secret_field_is_in_no_answer_and_no_question(target, name, field):
    path = f"/api/v1/{target.engine}/{name}"
    key = "/".join(str(target.made[name][k.name]) for k in SHAPES[name].keys)
    for address in (path, f"{path}/{key}"):
        answer = target.ask("open", "GET", address)
        assert answer.status == 200
        assert CANARY.encode() not in answer.content
        assert field.encode() not in answer.content
    for query in (
        f"{field}={CANARY}",
        f"{field}=like:canary%25",
        f"sort={field}",
        f"fields={field}",
        f"expand={field}",
    ):
        answer = target.ask("open", "GET", f"{path}?{query}")
        assert answer.status == 422, (query, answer)
        assert CANARY.encode() not in answer.content.replace(query.encode(), b"")


@pytest.mark.parametrize("table", sorted(SHAPES))
def test_a_secret_field_is_in_no_export_and_not_among_what_belongs_to_a_row(target, table):
    for accept in ("text/csv", "application/x-ndjson", "application/json"):
        answer = target.ask("open", "GET", f"/api/v1/{target.engine}/{table}", {"accept": accept})
        assert answer.status in {200, 406}
        assert CANARY.encode() not in answer.content
    related = {e.column.table.name for c in SHAPES[table].table.foreign_key_constraints for e in c.elements}
    for name in related | set(SHAPES):
        answer = target.ask("open", "GET", f"/api/v1/{target.engine}/{table}?expand={name}")
        assert answer.status in {200, 422}
        assert CANARY.encode() not in answer.content


USER_FIELDS = ("id", "created", "failed", "locked_until", "scopes", "is_admin", "password_hash", "kind")


@pytest.mark.parametrize("field", USER_FIELDS)
def test_no_field_of_a_user_is_written_but_those_that_are_named(quick, field):
    one = quick.new_account("reader")
    for method, path, body in (
        ("POST", "/api/v1/users", {"name": "mass-assigned", "password": "a few random words", "role": "reader"}),
        ("PATCH", f"/api/v1/users/{one.id}", {}),
    ):
        answer = quick.ask("admin", method, path, JSON, body_of({**body, field: "x"}))
        assert answer.status == 422, (method, answer)


@pytest.mark.parametrize("field", ["prefix", "user_id", "hash", "key", "created", "revoked", "expires"])
def test_no_field_of_a_key_is_written_but_those_that_are_named(quick, field):
    body = body_of({"name": "mine", "scopes": ["rows:read"], field: "x"})
    assert quick.ask("writer", "POST", "/api/v1/keys", JSON, body).status == 422


def test_a_hash_of_a_password_or_a_key_is_in_no_answer(quick):
    quick.ask("admin", "POST", "/api/v1/keys", JSON, body_of({"name": "mine", "scopes": ["rows:read"]}))
    for path in ("/api/v1/users", "/api/v1/keys", "/api/v1/audit", "/api/v1/auth/me"):
        answer = quick.ask("admin", "GET", path)
        assert answer.status == 200
        assert b"argon2" not in answer.content
        assert b"sha256" not in answer.content.lower()
        assert b'"password' not in answer.content
        assert b'"key"' not in answer.content
