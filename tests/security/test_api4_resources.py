"""API4:2023, unrestricted resource consumption: sizes, depths, pages and paces have bounds, told by 4xx."""

import json

import pytest

from bench.attacking.target import attacked
from bothways import scratch
from tests.api.conftest import SHAPES, migrate
from tests.security.conftest import JSON, body_of

BIG = 1_048_577


@pytest.mark.parametrize(
    "path", ["/api/v1/sqlite/roles", "/api/v1/users", "/api/v1/auth/login", "/api/v1/runs", "/nowhere"]
)
def test_a_body_over_the_limit_is_refused(quick, path):
    answer = quick.ask("open", "POST", path, JSON, b'{"name":"' + b"x" * BIG + b'"}')
    assert answer.status in {404, 413}
    assert answer.status == 413 or path == "/nowhere"


@pytest.mark.parametrize(
    "text", ["[" * 10_000, '{"a":' * 10_000, "[" * 10_000 + "]" * 10_000, "9" * 200_000, "[" + "1," * 200_000 + "1]"]
)
def test_a_body_that_costs_more_than_it_weighs_is_refused(quick, text):
    for path in ("/api/v1/sqlite/products", "/api/v1/users"):
        for body in (text.encode(), b'{"name":"a","attributes":' + text.encode() + b"}"):
            assert quick.ask("open", "POST", path, JSON, body).status in {413, 422}


@pytest.mark.parametrize(
    "limit", ["0", "-1", "101", "1000000", "9" * 30, "1e3", "100.5", "NaN", "all", "+5", "0x10", "٣"]
)
def test_a_page_is_as_long_as_it_may_be(quick, limit):
    for path in ("/api/v1/sqlite/roles", "/api/v1/users"):
        answer = quick.ask("open", "GET", f"{path}?limit={limit}".encode().decode())
        assert answer.status == 422 or limit in {"+5", "٣"}, answer
    assert quick.ask("open", "GET", "/api/v1/sqlite/roles?limit=100").status == 200


def test_a_question_has_as_many_parts_as_it_may(quick):
    for query in (
        "&".join(f"name=a{n}" for n in range(5_000)),
        "name=in:" + ",".join(["a"] * 50_000),
        "sort=" + ",".join(["name"] * 5_000),
    ):
        answer = quick.ask("open", "GET", f"/api/v1/sqlite/roles?{query}")
        assert answer.status in {200, 414, 422}, answer
        assert len(answer.content) < 200_000


def test_related_rows_are_not_asked_for_without_end(quick):
    for query in (
        "expand=" + ",".join(["users"] * 1_000),
        "expand=" + ".".join(["parent"] * 1_000),
        "fields=" + "id," * 10_000,
    ):
        assert quick.ask("open", "GET", f"/api/v1/sqlite/categories?{query}").status in {200, 414, 422}


@pytest.mark.parametrize("table", sorted(SHAPES))
def test_a_text_is_as_long_as_its_column_takes(quick, table):
    shape = SHAPES[table]
    if "create" not in shape.operations:
        return
    for field in shape.fields:
        length = getattr(field.column.type, "length", None)
        if field.writable and isinstance(length, int) and field.kind.name == "text":
            answer = quick.ask(
                "open", "POST", f"/api/v1/sqlite/{table}", JSON, body_of({field.name: "x" * (length + 1)})
            )
            assert answer.status == 422, (field.name, answer)
            assert any(e["loc"][-1] == field.name for e in answer.json["errors"]), answer.json


def test_an_answer_to_nonsense_is_short(quick):
    body = json.dumps({f"field{n}": n for n in range(20_000)}).encode()
    answer = quick.ask("open", "POST", "/api/v1/sqlite/roles", JSON, body)
    assert answer.status == 422
    assert len(answer.content) < len(body)


def test_who_asks_too_often_is_told_when_to_come_again(servers):
    with scratch.database(servers["sqlite"]) as url:
        migrate(url)
        with attacked(url, rate_limit="5/minute", login_rate_limit="3/minute") as target:
            found = [target.ask("reader", "GET", "/api/v1/sqlite/roles") for _ in range(8)]
            assert [a.status for a in found][:5] == [200] * 5
            assert found[-1].status == 429
            assert int(found[-1].header("retry-after")) > 0
            assert target.ask("writer", "GET", "/api/v1/sqlite/roles").status == 200
            body = body_of({"name": "somebody", "password": "x" * 20})
            logins = [target.ask("anonymous", "POST", "/api/v1/auth/login", JSON, body) for _ in range(5)]
            assert {a.status for a in logins} == {401, 429}
            assert int(logins[-1].header("retry-after")) > 0


def test_a_password_that_is_too_long_is_not_hashed(quick):
    body = body_of({"name": "somebody", "password": "x" * 100_000})
    assert quick.ask("anonymous", "POST", "/api/v1/auth/login", JSON, body).status == 422
