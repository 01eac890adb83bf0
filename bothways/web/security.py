"""Who may do what, put into an application: the gate, the endpoints of accounts, and what the document says of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from starlette.middleware.cors import CORSMiddleware

from bothways.accounts.roles import ROWS_READ, ROWS_WRITE, USERS_ADMIN
from bothways.errors import Forbidden
from bothways.web import accounts, auditing, login
from bothways.web.access import authorize, principal_of
from bothways.web.gate import COOKIE, Gate, Rules
from bothways.web.logs import CURRENT
from bothways.web.problems import Problem, of_error

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.datastructures import Headers
    from starlette.responses import Response
    from starlette.types import Scope

    from bothways.crud.shapes import Shape
    from bothways.web.desk import Desk

HEALTH: Final = frozenset({"/health/live", "/health/ready"})
PAGES: Final = frozenset({"/", "/docs", "/redoc", "/openapi.json"})
OPEN: Final = HEALTH | login.OPEN
"""The operations that need no credentials."""
_READING: Final = frozenset({"list", "get", "export", "count"})
_WORDS: Final = {
    401: "Nobody knows who asks: no credentials, or some that are not good",
    403: "Who asks may not do that",
    404: "There is no such thing",
    409: "It collides with another, or the last admin would be gone",
    413: "The body is too large",
    422: "The request does not fit",
    429: "More than is allowed in so short a time",
    503: "The database does not answer",
}
_PROBLEM: Final = {"application/problem+json": {"schema": {"$ref": f"#/components/schemas/{Problem.__name__}"}}}
_SCHEMES: Final[dict[str, dict[str, str]]] = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An access token of /api/v1/auth/login, or an API key",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "Set by /api/v1/auth/login for pages of our own; what changes something needs X-CSRF-Token too",
    },
}


# Not X-CSRF-Token: it goes with the cookie, which no other site's page can use.
_SENT: Final = (
    *("authorization", "content-type", "if-match", "if-none-match"),
    *("idempotency-key", "last-event-id", "traceparent", "tracestate", "x-request-id"),
)
_TOLD: Final = (
    *("content-disposition", "etag", "link", "location", "retry-after", "x-request-id"),
    *("ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"),
)


class Friends(CORSMiddleware):
    """Answers browsers for pages of other sites; what is refused gets a problem document."""

    def preflight_response(self, request_headers: Headers) -> Response:
        """What a page may send, or why not."""
        answer = super().preflight_response(request_headers)
        if answer.status_code < 400:
            return answer
        # Starlette says which: origin, method, headers.
        which = bytes(answer.body).decode().removeprefix("Disallowed CORS ")
        words = f"a page of another site may not ask like this: {which}"
        refused = of_error(Forbidden(words, hint="BOTHWAYS_CORS_ORIGINS lists the sites that may"), CURRENT.get())
        own = dict(refused.headers)
        refused.headers.update({name: value for name, value in answer.headers.items() if name not in own})
        return refused


@dataclass(frozen=True, slots=True)
class Security:
    """The gate's rules, and the desk behind it."""

    rules: Rules
    desk: Desk

    def install(self, app: FastAPI) -> None:
        """Add the endpoints of accounts."""
        app.state.desk = self.desk
        faults: dict[int, dict[str, Any]] = {code: fault(code) for code in _WORDS}
        for part in (login, accounts, auditing):
            part.install(app, self.desk, faults)

    def guard(self, app: FastAPI) -> None:
        """Add the gate, and outside of it what answers the pages of friends' sites."""
        app.add_middleware(Gate, rules=self.rules, credentials=self.desk.credentials)
        if self.rules.friends:
            app.add_middleware(
                Friends,
                allow_origins=sorted(self.rules.friends),
                allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
                allow_headers=_SENT,
                expose_headers=_TOLD,
            )

    def describe(self, document: dict[str, Any]) -> None:
        """Say in the OpenAPI document which operations need credentials, and what is answered without."""
        document.setdefault("components", {})["securitySchemes"] = _SCHEMES
        document["security"] = [{"bearer": []}, {"session": []}]
        for path, operations in document.get("paths", {}).items():
            for operation in operations.values():
                if "requestBody" in operation:
                    operation["responses"].setdefault("413", fault(413))
                if path in OPEN:
                    operation["security"] = []
                    continue
                for code in (401, 403, 429):
                    operation["responses"].setdefault(str(code), fault(code))


def owner_of(scope: Scope) -> str | None:
    """Whose rows somebody may see of tables that have owners: their own; everybody's for who administers users."""
    principal = authorize(scope)
    return None if USERS_ADMIN in principal.scopes else principal.id


def name_of(scope: Scope) -> str:
    """Who asks, as no other principal is named; empty where nobody knows."""
    principal = principal_of(scope)
    return "" if principal is None else f"{principal.kind}:{principal.id}"


def fault(code: int) -> dict[str, Any]:
    """How the document says that an error is answered."""
    return {"description": _WORDS[code], "content": _PROBLEM}


def allow_table(scope: Scope, _shape: Shape, operation: str) -> None:
    """Raises Unauthenticated or Forbidden where who asks may not do that with the rows of tables."""
    authorize(scope, ROWS_READ if operation in _READING else ROWS_WRITE)
