"""Who asks, and what they may do: the one place where a request's principal is found and its scopes are checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.requests import HTTPConnection  # noqa: TC002 - FastAPI reads the annotation

from bothways.accounts.roles import (
    AUDIT_READ,
    LOCAL,
    MIGRATIONS_READ,
    MIGRATIONS_REVIEW,
    MIGRATIONS_RUN,
    ROLES,
    ROWS_READ,
    ROWS_WRITE,
    SCOPES,
    USERS_ADMIN,
    Principal,
)
from bothways.errors import Forbidden, Unauthenticated

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = [
    "AUDIT_READ",
    "LOCAL",
    "MIGRATIONS_READ",
    "MIGRATIONS_REVIEW",
    "MIGRATIONS_RUN",
    "PRINCIPAL",
    "ROLES",
    "ROWS_READ",
    "ROWS_WRITE",
    "SCOPES",
    "USERS_ADMIN",
    "Access",
    "Principal",
    "authorize",
    "principal_of",
    "require",
]

PRINCIPAL: Final = "bothways.principal"
"""Where a request's scope keeps its principal."""


def principal_of(scope: Scope) -> Principal | None:
    """Who asks; None where nobody knows."""
    found: Principal | None = scope.get(PRINCIPAL)
    return found


def authorize(scope: Scope, wanted: str | None = None) -> Principal:
    """Who asks, if they have that scope; raises Unauthenticated or Forbidden."""
    principal = principal_of(scope)
    if principal is None:
        raise Unauthenticated("this needs credentials", hint="send Authorization: Bearer with a token or an API key")
    if wanted is not None and wanted not in principal.scopes:
        raise Forbidden(
            f"{principal.name!r} lacks the scope {wanted}",
            hint="an admin gives roles: bothways user role",
        )
    return principal


def require(scope: str | None = None) -> Callable[[HTTPConnection], Any]:
    """A dependency of FastAPI that gives the principal if it has that scope; any principal will do where it is None.

    It serves routes and WebSockets. Raises Unauthenticated, Forbidden.
    """

    async def required(connection: HTTPConnection) -> Principal:
        return authorize(connection.scope, scope)

    required.scope = scope  # type: ignore[attr-defined]  # the document says which one a route needs
    return required


class Access:
    """Finds a request's principal and puts it into its scope."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its principal."""
        if scope["type"] in {"http", "websocket"}:
            scope[PRINCIPAL] = LOCAL
        await self.app(scope, receive, send)
