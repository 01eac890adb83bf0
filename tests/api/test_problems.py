"""Errors over HTTP: every exception has a status, and what is our fault says nothing."""

import inspect
import json

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from bothways import errors
from bothways.web import problems
from tests.api.conftest import serving

CLASSES = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, errors.BothwaysError)]
CANARY = "canary-9e1"


def test_every_exception_of_the_engine_has_a_status():
    assert {c.__name__ for c in CLASSES} - {c.__name__ for c in problems.STATUS} == set()


@pytest.mark.parametrize("kind", CLASSES, ids=lambda c: c.__name__)
def test_an_exception_becomes_a_problem_document_with_its_code(kind):
    error = kind(f"{CANARY} detail", hint=f"{CANARY} hint", details={"database": "shop", "address": CANARY})
    answer = problems.of_error(error, "the-id")
    document = json.loads(answer.body)
    assert answer.media_type == "application/problem+json"
    assert (document["status"], document["code"]) == (answer.status_code, kind.code)
    assert (document["database"], document["request_id"]) == ("shop", "the-id")
    assert document["type"] == f"urn:bothways:problem:{kind.code}"
    assert document["title"]
    explained = answer.status_code < 500 or issubclass(kind, errors.RequestError | errors.DatabaseNotConfigured)
    assert (CANARY in answer.body.decode()) is explained
    assert ("retry-after" in answer.headers) is (answer.status_code in {429, 503})


def test_what_users_runs_and_migrations_are_refused_for_is_not_told_as_a_fault_of_rows():
    kinds = (errors.NotFound, errors.InvalidRequest, errors.Conflict, errors.Refused, errors.UnknownDatabase)
    titles = {kind: json.loads(problems.of_error(kind("x"), None).body)["title"] for kind in kinds}
    assert titles == {
        errors.NotFound: "There is no such thing",
        errors.InvalidRequest: "The request does not fit",
        errors.Conflict: "The state of things does not allow it",
        errors.Refused: "Possible, but against a rule",
        errors.UnknownDatabase: "No database of that name",
    }


def test_an_exception_of_a_later_kind_has_its_ancestors_status():
    class Full(errors.DiskFull):
        code = "very-full"

    assert problems.status_of(Full) == problems.STATUS[errors.DiskFull]


def test_a_fault_of_ours_is_an_id_and_nothing_else_and_its_place_is_in_the_log(migrated, capsys):
    with serving({}) as client:

        async def broken():
            secret = CANARY
            raise RuntimeError(secret)

        client.app.add_api_route("/broken", broken)
        answer = client.get("/broken", headers={"x-request-id": "mine"})
    assert answer.status_code == 500
    assert answer.json() == {
        "type": "urn:bothways:problem:internal",
        "title": "Internal Server Error",
        "status": 500,
        "code": "internal",
        "request_id": "mine",
    }
    printed = capsys.readouterr()
    lines = [json.loads(line) for line in printed.err.splitlines()]
    fault = next(line for line in lines if line["event"] == "fault")
    assert (fault["request_id"], fault["exception"]) == ("mine", "builtins.RuntimeError")
    assert fault["at"][-1].endswith("in broken")
    assert CANARY not in printed.err + printed.out


def test_fastapis_own_faults_do_not_repeat_what_was_sent():
    app = FastAPI()
    problems.install(app)

    @app.get("/{number}")
    async def number(number: int) -> int:
        return number

    answer = TestClient(app).get(f"/{CANARY}")
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"loc": ["path", "number"], "type": "int_parsing", "msg": "Input should be a valid integer"}
    ]
