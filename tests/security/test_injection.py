"""Injection: whatever is written into a filter, a sort, a field, a cursor, a path, a header or a body stays a value.

No payload is answered with 5xx, gives a row that it does not name, or changes one; not one of them ends in SQL.
"""

import pytest

from tests.api.conftest import SHAPES
from tests.security.conftest import JSON, body_of, everything, quoted
from tests.security.payloads import ALL, IDS, SQL

TABLES = ("roles", "products")
PARAMETERS = ("sort", "fields", "expand", "after", "before", "cursor", "limit", "count", "format", "deleted", "nobody")
HEADERS = ("accept", "if-match", "if-none-match", "idempotency-key", "last-event-id", "x-request-id", "traceparent")
PREFIXES = ("", "eq:", "in:", "like:", "gt:")


@pytest.fixture
def unchanged(target):
    """After the test every row is as it was."""
    before = everything(target.url)
    yield
    assert everything(target.url) == before


def test_there_are_thirty_payloads_for_every_place():
    assert len(SQL) >= 30
    assert len(set(ALL)) >= 60


@pytest.mark.parametrize("table", TABLES)
def test_a_filter_is_a_value(target, unchanged, table):
    documents = target.open.client.get(f"/api/v1/{target.engine}/{table}").json()["items"]
    wrong = []
    for number, payload in enumerate(ALL):
        for field in SHAPES[table].readable:
            # Each payload meets each operator on some field, and each field every payload.
            text = PREFIXES[(number + len(field.name)) % len(PREFIXES)] + payload
            answer = target.ask("open", "GET", f"/api/v1/{target.engine}/{table}?{field.name}={quoted(text)}")
            if answer.status not in {200, 422}:
                wrong.append((field.name, text, answer.status, answer.content))
            elif answer.status == 200:
                found = answer.json["items"]
                fits = [
                    d for d in documents if field.kind.name not in {"text", "enum"} or text.startswith(("like:", "gt:"))
                ]
                fits += [d for d in documents if str(d[field.name]) == text.removeprefix("eq:").removeprefix("in:")]
                if any(row not in fits for row in found):
                    wrong.append((field.name, text, found))
    assert not wrong, wrong[:3]


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_parameter_is_a_word_that_is_known_or_refused(target, unchanged, name):
    everyone = target.ask("open", "GET", f"/api/v1/{target.engine}/roles").json["items"]
    wrong = []
    for payload in ALL:
        for text in (payload, f"name,{payload}", f"-{payload}"):
            answer = target.ask("open", "GET", f"/api/v1/{target.engine}/roles?{name}={quoted(text)}")
            rows = answer.json.get("items", []) if isinstance(answer.json, dict) else []
            if answer.status not in {200, 406, 422} or len(rows) > len(everyone):
                wrong.append((text, answer.status, answer.content))
    assert not wrong, wrong[:3]


def test_a_parameters_name_is_a_field_that_is_known_or_refused(target, unchanged):
    statuses = {
        payload: target.ask("open", "GET", f"/api/v1/{target.engine}/roles?{quoted(payload)}=1").status
        for payload in ALL
    }
    assert {p: s for p, s in statuses.items() if s != 422} == {}


@pytest.mark.parametrize("method", ["GET", "PATCH", "PUT", "DELETE"])
def test_a_key_is_a_value(target, unchanged, method):
    wrong = []
    for table in ("roles", "products", "user_roles"):
        keys = SHAPES[table].keys
        for payload in (*ALL, *IDS):
            segments = "/".join([quoted(payload)] * len(keys))
            body = body_of({}) if method in {"PATCH", "PUT"} else b""
            headers = {"if-match": "*", **(JSON if body else {})}
            answer = target.ask("open", method, f"/api/v1/{target.engine}/{table}/{segments}", headers, body)
            # "0" and "true" are keys of nobody; a key has as many segments as it has.
            if answer.status not in {404, 405, 412, 422}:
                wrong.append((table, payload, answer.status, answer.content))
    assert not wrong, wrong[:3]


def test_a_segment_is_a_name_that_is_known_or_refused(target, unchanged):
    engine, wrong = target.engine, []
    for payload in (*ALL, *IDS):
        text = payload if "%" in payload else quoted(payload)
        for path in (f"/api/v1/{text}/roles", f"/api/v1/{engine}/{text}", f"/api/v1/{text}", f"/{text}"):
            answer = target.ask("open", "GET", path)
            if answer.status not in {404, 405, 422} and path != "/":
                wrong.append((path, answer.status, answer.content))
    assert not wrong, wrong[:3]


def test_a_header_is_a_value(target, unchanged):
    key = target.made["products"]["id"]
    wrong = []
    for name in HEADERS:
        for payload in ALL:
            text = payload.encode("utf-8", "surrogatepass").decode("latin-1").replace("\r", " ").replace("\n", " ")
            path = f"/api/v1/{target.engine}/products/{key}"
            answer = target.ask("open", "GET", path, {name: text.replace("\0", "")})
            if answer.status not in {200, 304, 400, 406, 422}:
                wrong.append((name, payload, answer.status, answer.content))
    assert not wrong, wrong[:3]


def test_a_text_in_a_body_comes_back_as_it_was_or_is_refused(target):
    path, wrong = f"/api/v1/{target.engine}/roles", []
    before = everything(target.url)
    for number, payload in enumerate(ALL):
        name = f"{payload[:30]}{number}"
        answer = target.ask("open", "POST", path, JSON, body_of({"name": name}))
        if answer.status == 201:
            if answer.json["name"] != name:
                wrong.append((name, answer.content))
            deleted = target.ask("open", "DELETE", f"{path}/{answer.json['id']}").status
            assert deleted == 204
        elif answer.status != 422:
            wrong.append((name, answer.status, answer.content))
    assert not wrong, wrong[:3]
    assert everything(target.url) == before


def test_a_fields_name_in_a_body_is_one_that_is_known_or_refused(target, unchanged):
    path = f"/api/v1/{target.engine}/roles"
    for payload in ALL:
        answer = target.ask("open", "POST", path, JSON, body_of({"name": "a name", payload: 1}))
        assert answer.status == 422, (payload, answer.content)


def test_a_login_is_a_value(target):
    before = everything(target.url)
    for payload in ALL:
        body = body_of({"name": payload[:100], "password": payload})
        answer = target.ask("anonymous", "POST", "/api/v1/auth/login", JSON, body)
        assert answer.status in {401, 422}, (payload, answer.content)
        body = body_of({"refresh_token": payload})
        answer = target.ask("anonymous", "POST", "/api/v1/auth/refresh", JSON, body)
        assert answer.status in {401, 422}, (payload, answer.content)
    assert everything(target.url) == before


@pytest.mark.parametrize("prefix", ["", "Bearer ", "Bearer bw_", "Basic "])
def test_credentials_are_a_value(target, prefix, monkeypatch):
    monkeypatch.setattr(target.secured, "address", "192.0.2.2")
    for payload in ALL:
        text = prefix + payload.encode("utf-8", "surrogatepass").decode("latin-1").replace("\r\n", " ").replace(
            "\0", ""
        )
        answer = target.secured.ask("GET", f"/api/v1/{target.engine}/roles", {"authorization": text})
        assert answer.status in {401, 429}, (payload, answer.content)


MIGRATIONS = (
    "/api/v1/branches/{}/revisions",
    "/api/v1/branches/{}/graph",
    "/api/v1/branches/sqlite/revisions/{}",
    "/api/v1/databases/{}/status",
    "/api/v1/runs/{}",
    "/api/v1/runs/{}/events",
    "/api/v1/ready?database={}",
    "/api/v1/ready?revision={}",
    "/api/v1/runs?database={}",
    "/api/v1/users/{}",
    "/api/v1/users?after={}",
    "/api/v1/audit?before={}",
)


@pytest.mark.parametrize("template", MIGRATIONS)
def test_a_name_of_a_branch_a_revision_a_run_or_a_user_is_a_value(target, template):
    wrong = []
    for payload in ALL:
        answer = target.ask("admin", "GET", template.format(quoted(payload)))
        if answer.status not in {200, 404, 405, 409, 422} or (
            answer.status == 200 and "?" not in template and payload != "-1"
        ):
            wrong.append((payload, answer.status, answer.content))
    assert not wrong, wrong[:3]
