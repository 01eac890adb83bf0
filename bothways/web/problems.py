"""Errors over HTTP: each exception a status and an RFC 9457 problem document with a stable code.

A fault of the client's (4xx) is explained; a fault of ours (5xx) says what kind it is and which database it concerns,
never where the server is, what it said, or what was sent to it.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Mount, Route

from bothways import errors
from bothways.crud.faults import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fastapi import FastAPI
    from starlette.requests import Request

REQUEST_ID: Final = "bothways.request_id"
"""Where a request's scope keeps its id."""
_RETRY_SECONDS: Final = "5"
# Codes are made of these, so they must not change from one Python to the next, as they did in 3.13.
_PHRASES: Final = {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
}
_SAID: Final = {
    404: ("there is nothing at this address", "a table is at /api/v1/DATABASE/TABLE; docs/api.md has the others"),
    405: ("this address has no such method", "send {allow}"),
    413: ("the body is too large", "send less at a time; BOTHWAYS_MAX_BODY is the limit"),
    414: ("the address is too long", None),
    415: ("the body is not JSON, by what its Content-Type says", "send Content-Type: application/json"),
    431: ("the headers are too large", None),
}
"""What is said of a status of HTTP, and what to do about it."""
_UNREADABLE: Final = (400, "There was an error parsing the body")
"""What FastAPI says of a body that is not even text."""

STATUS: Final[dict[type[errors.BothwaysError], int]] = {
    errors.BothwaysError: 500,
    errors.ConfigurationError: 500,
    errors.UnknownDatabase: 404,
    errors.UnknownBranch: 404,
    errors.DatabaseNotConfigured: 503,
    errors.InvalidURL: 500,
    errors.DriverMissing: 500,
    errors.ModelsNotImportable: 503,
    errors.InvalidModels: 503,
    errors.ServerBinariesMissing: 500,
    errors.HistoryError: 503,
    errors.UnknownRevision: 404,
    errors.AmbiguousRevision: 422,
    errors.InvalidRevisionFile: 503,
    errors.DuplicateRevision: 503,
    errors.BrokenHistory: 503,
    errors.MultipleHeads: 409,
    errors.DatabaseError: 503,
    errors.Unreachable: 503,
    errors.AuthenticationFailed: 503,
    errors.DatabaseMissing: 503,
    errors.PrivilegeMissing: 503,
    errors.ReadOnlyDatabase: 503,
    errors.DiskFull: 503,
    errors.DatabaseLocked: 503,
    errors.ConnectionLost: 503,
    errors.UnknownDatabaseRevision: 503,
    errors.Refused: 409,
    errors.IrreversibleRevision: 409,
    errors.PossibleRename: 409,
    errors.MigrationFailed: 500,
    errors.WorkerLost: 500,
    errors.DraftFailed: 500,
    errors.RequestError: 400,
    errors.NotFound: 404,
    errors.InvalidRequest: 422,
    errors.Conflict: 409,
    errors.ConstraintViolated: 422,
    errors.DatabaseBehind: 503,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.PreconditionFailed: 412,
    errors.PreconditionRequired: 428,
    errors.TooManyRequests: 429,
    errors.RunUnderWay: 409,
    errors.TookTooLong: 503,
}
"""The status of each class of ``errors.py``; a test walks that module and fails on one that is not here."""


class Fault(BaseModel):
    """One fault of a request: where, which rule, and in which words."""

    loc: list[str | int] = Field(description="Where it is, from the outside in: body, query or path, then names")
    type: str = Field(description="The rule's name")
    msg: str = Field(description="The rule in words")


class Problem(BaseModel):
    """A problem document (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="urn:bothways:problem: and the code")
    title: str = Field(description="The kind of problem in words")
    status: int = Field(description="The HTTP status")
    code: str = Field(description="The kind of problem, for programs; it never changes")
    detail: str | None = Field(default=None, description="This problem in words")
    hint: str | None = Field(default=None, description="What to do about it")
    request_id: str | None = Field(default=None, description="The request's id, by which the log has it")
    database: str | None = Field(default=None, description="The database that it is about")
    constraint: str | None = Field(default=None, description="The constraint that was violated")
    columns: list[str] | None = Field(default=None, description="The columns of that constraint")
    pending: list[str] | None = Field(default=None, description="Revisions that the database lacks for that")
    errors: list[Fault] | None = Field(default=None, description="Every fault of the request")


def status_of(kind: type[errors.BothwaysError]) -> int:
    """The HTTP status of a class of exceptions: its own, or its nearest ancestor's."""
    return next((STATUS[c] for c in kind.__mro__ if c in STATUS), 500)


def problem(
    status: int,
    code: str,
    title: str,
    *,
    request_id: str | None,
    headers: Mapping[str, str] | None = None,
    **members: Any,
) -> Response:
    """A problem document as an answer; members that are None are left out."""
    document = {
        "type": f"urn:bothways:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
        **members,
        "request_id": request_id,
    }
    body = to_json({k: v for k, v in document.items() if v is not None}, inf_nan_mode="strings")
    return Response(body, status, headers, "application/problem+json")


def of_error(error: errors.BothwaysError, request_id: str | None) -> Response:
    """An exception of ours as an answer."""
    status = status_of(type(error))
    headers = {"Retry-After": _RETRY_SECONDS} if status == 503 else {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, errors.TooManyRequests):
        headers["Retry-After"] = str(error.details.get("retry_after", 1))
    # The text of a server's fault may name addresses, users and files: those are for the log.
    public = status < 500 or isinstance(error, errors.RequestError | errors.DatabaseNotConfigured)
    database = error.details.get("database")
    return problem(
        status,
        error.code,
        _title(type(error)),
        request_id=request_id,
        headers=headers,
        detail=error.message if public else None,
        hint=error.hint if public else None,
        **(error.details if public else {"database": database} if isinstance(database, str) else {}),
    )


def internal(request_id: str) -> Response:
    """The answer to a fault of ours: an id and nothing else."""
    return problem(500, "internal", "Internal Server Error", request_id=request_id)


def install(app: FastAPI) -> None:
    """Answer every error of an application with a problem document."""

    async def on_error(request: Request, error: errors.BothwaysError) -> Response:
        return of_error(error, request.scope.get(REQUEST_ID))

    async def on_http(request: Request, error: HTTPException) -> Response:
        if (error.status_code, error.detail) == _UNREADABLE:
            fault = {"loc": ["body"], "type": "json_invalid", "msg": "Input should be JSON in UTF-8"}
            unreadable = errors.InvalidRequest("the body is not JSON in UTF-8", details={"errors": [fault]})
            return of_error(unreadable, request.scope.get(REQUEST_ID))
        return _of_http(request, error)

    async def on_invalid(request: Request, error: RequestValidationError) -> Response:
        faults = clean(error.errors())
        if _has_another_body(request, faults):
            return of_status(415, request.scope.get(REQUEST_ID), {"Accept": "application/json"})
        words = f"the request does not fit: {len(faults)} fault{'s' if len(faults) > 1 else ''}"
        return of_error(errors.InvalidRequest(words, details={"errors": faults}), request.scope.get(REQUEST_ID))

    # Starlette gives a handler the class that it is for, and types it as taking any.
    app.add_exception_handler(errors.BothwaysError, cast("Any", on_error))
    app.add_exception_handler(HTTPException, cast("Any", on_http))
    app.add_exception_handler(RequestValidationError, cast("Any", on_invalid))


def of_status(status: int, request_id: str | None, headers: Mapping[str, str] | None = None) -> Response:
    """A status of HTTP as an answer, with the words that HTTP has for it."""
    phrase = _PHRASES.get(status) or HTTPStatus(status).phrase
    code = phrase.lower().replace(" ", "-")
    detail, hint = _SAID.get(status, (None, None))
    if hint is not None:
        hint = hint.format(allow=_in_words((headers or {}).get("Allow", "")))
    return problem(status, code, phrase, request_id=request_id, headers=headers, detail=detail, hint=hint)


def _in_words(listed: str) -> str:
    """``GET, HEAD or POST`` of a list with commas."""
    *others, last = listed.split(", ")
    return f"{', '.join(others)} or {last}" if others else last


def _of_http(request: Request, error: HTTPException) -> Response:
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = _allowed(request, headers.get("Allow", ""))
    return of_status(error.status_code, request.scope.get(REQUEST_ID), headers)


def _has_another_body(request: Request, faults: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the body did not fit because it is no JSON, by what the request says of it."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_json = kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))
    nothing = not kind and any(fault["type"] == "missing" and len(fault["loc"]) == 1 for fault in faults)
    return not is_json and not nothing and any(fault["loc"][0] == "body" for fault in faults)


def _allowed(request: Request, known: str) -> str:
    """Every method of the address: Starlette names only those of the first route that has it."""
    methods = {name.strip() for name in known.split(",") if name.strip()}
    for route in request.app.router.routes:
        if isinstance(route, Route | Mount) and route.matches(request.scope)[0] is not Match.NONE:
            # What is mounted are files.
            methods |= (route.methods or set()) if isinstance(route, Route) else {"GET"}
    return ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))


def _title(kind: type[errors.BothwaysError]) -> str:
    return (kind.__doc__ or kind.__name__).strip().splitlines()[0].partition(";")[0].partition(":")[0].rstrip(".")
