"""What the OpenAPI document says of answers that are errors: where each may come, its headers, and an example.

The examples are made by what answers errors, so each is what the service says.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from bothways import errors
from bothways.web.parameters import BELOW
from bothways.web.problems import Problem, internal, of_error, of_status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.responses import Response

_KIND: Final = "application/problem+json"
_ANYWHERE: Final = (414, 431, 500, 503)
_WITH_A_BODY: Final = (413, 415)
_DESCRIBED: Final = {
    413: "The body is too large",
    414: "The address is too long",
    415: "The body is not JSON",
    422: "The request does not fit",
    431: "The headers are too large",
    500: "A fault of the service; the id finds it in the log",
    503: "The service is busy, or a database does not answer; try again later",
}
_RETRY: Final = {
    "Retry-After": {
        "description": "Seconds after which it is worth trying again",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    }
}
_HEADERS: Final[dict[str, dict[str, Any]]] = {
    "401": {"WWW-Authenticate": {"description": "How to say who asks", "required": True, "schema": {"type": "string"}}},
    "429": _RETRY,
    "503": _RETRY,
}
_ID: Final = "9b1749d7e987f519257662d2cbdcd479"
_FAULT: Final = {"loc": ["query", "limit"], "type": "limit", "msg": "Input should be a whole number from 1 to 100"}
_SEE: Final = "see errors for each fault; /docs has the schema"


def describe_problem(document: dict[str, Any]) -> None:
    """Add the schema of a problem document to an OpenAPI document."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    whole = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(whole.pop("$defs", {}))
    schemas[Problem.__name__] = whole


def describe(document: dict[str, Any]) -> None:
    """Say in an OpenAPI document what any operation may answer that goes wrong, each with a problem document."""
    components = document.setdefault("components", {})
    components.setdefault("examples", {}).update(_examples())
    content = {_KIND: {"schema": {"$ref": f"#/components/schemas/{Problem.__name__}"}}}
    for path, operations in document.get("paths", {}).items():
        # A parameter that an endpoint does not have is refused, so every one of them has to say that it does not fit.
        anywhere = (*_ANYWHERE, 422) if path.startswith(BELOW) else _ANYWHERE
        for operation in operations.values():
            answers = operation["responses"]
            for code in (*anywhere, *(_WITH_A_BODY if "requestBody" in operation else ())):
                answers.setdefault(str(code), {"description": _DESCRIBED[code], "content": content})
            # FastAPI tells of a document of its own for what does not fit.
            if _KIND not in answers.get("422", {}).get("content", content):
                answers["422"] = {"description": _DESCRIBED[422], "content": content}
            answers.update({code: _whole(code, answer) for code, answer in answers.items() if int(code) >= 400})
    for name in ("HTTPValidationError", "ValidationError"):
        components.get("schemas", {}).pop(name, None)


def _whole(code: str, answer: dict[str, Any]) -> dict[str, Any]:
    """An answer with its headers and an example; operations share what they have of it, so it is made anew."""
    shown = {"examples": {"problem": {"$ref": f"#/components/examples/Problem{code}"}}}
    content = {kind: {**told, **shown} if kind == _KIND else told for kind, told in answer["content"].items()}
    headers = {"headers": _HEADERS[code]} if code in _HEADERS else {}
    return {**answer, **headers, "content": content}


def _examples() -> Iterator[tuple[str, dict[str, Any]]]:
    for answer in _refusals():
        value = json.loads(bytes(answer.body))
        yield f"Problem{answer.status_code}", {"summary": value["title"], "value": value}


def _refusals() -> Iterator[Response]:
    for status in (413, 414, 415, 431):
        yield of_status(status, _ID)
    yield internal(_ID)
    for error in (
        errors.Unauthenticated("the credentials are missing or not good", hint="POST /api/v1/auth/login gives a token"),
        errors.Forbidden("ada may not do that: it needs rows:write"),
        errors.NotFound("there is no such row in roles"),
        errors.Conflict(
            "another row has the same name",
            details={
                "rule": "unique",
                "constraint": "uq_roles_name",
                "columns": ["name"],
                "errors": [{"loc": ["body", "name"], "type": "unique", "msg": "another row has the same name"}],
            },
        ),
        errors.PreconditionFailed(
            "the row has changed since then, or If-Match is not its ETag",
            hint="get it again, look at what has changed, and send its new ETag",
        ),
        errors.InvalidRequest("the request does not fit: 1 fault", hint=_SEE, details={"errors": [_FAULT]}),
        errors.PreconditionRequired(
            "the request has to say which state of the row it is about",
            hint="send the ETag of your last GET as If-Match, or If-Match: * for whatever state it is in",
        ),
        errors.TooManyRequests(
            "more than 600 requests in so short a time",
            hint="try again in 12 seconds",
            details={"retry_after": 12},
        ),
        errors.DatabaseLocked("the lock did not come in time", details={"database": "postgresql"}),
    ):
        yield of_error(error, _ID)
