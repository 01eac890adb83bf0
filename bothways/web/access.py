"""Who asks, and what they may do: where a request's principal is kept, and its scopes are checked."""

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

    from starlette.types import Scope

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
    "Principal",
    "authorize",
    "origin_of",
    "principal_of",
    "require",
]

PRINCIPAL: Final = "bothways.principal"
"""Where a request's scope keeps its principal."""
_HINT: Final = "send Authorization: Bearer with a token of /api/v1/auth/login or an API key"


def principal_of(scope: Scope) -> Principal | None:
    """Who asks; None where nobody knows."""
    found: Principal | None = scope.get(PRINCIPAL)
    return found


def origin_of(scope: Scope) -> str:
    """The address that a request comes from; empty where it is not known."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def authorize(scope: Scope, wanted: str | None = None) -> Principal:
    """Who asks, if they have that scope; raises Unauthenticated or Forbidden."""
    principal = principal_of(scope)
    if principal is None:
        raise unknown()
    if wanted is not None and wanted not in principal.scopes:
        raise Forbidden(f"{principal.name} lacks the scope {wanted}", hint=_remedy(principal, wanted))
    return principal


def _remedy(principal: Principal, wanted: str) -> str:
    if principal.kind == "key":
        return f"a key keeps its scopes: POST /api/v1/keys makes one with {wanted} for a user who has that scope"
    return "an admin gives roles: bothways user role NAME ROLE"


def unknown() -> Unauthenticated:
    """What somebody without good credentials is told."""
    return Unauthenticated("this needs credentials that are good", hint=_HINT)


def require(scope: str | None = None) -> Callable[[HTTPConnection], Any]:
    """A dependency of FastAPI that gives the principal if it has that scope; any principal will do where it is None.

    It serves routes and WebSockets. Raises Unauthenticated, Forbidden.
    """

    async def required(connection: HTTPConnection) -> Principal:
        return authorize(connection.scope, scope)

    return required
