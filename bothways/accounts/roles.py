"""Scopes, and the roles that are made of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

ROWS_READ: Final = "rows:read"
ROWS_WRITE: Final = "rows:write"
MIGRATIONS_READ: Final = "migrations:read"
MIGRATIONS_RUN: Final = "migrations:run"
MIGRATIONS_REVIEW: Final = "migrations:review"
USERS_ADMIN: Final = "users:admin"
AUDIT_READ: Final = "audit:read"
SCOPES: Final = (
    ROWS_READ,
    ROWS_WRITE,
    MIGRATIONS_READ,
    MIGRATIONS_RUN,
    MIGRATIONS_REVIEW,
    USERS_ADMIN,
    AUDIT_READ,
)

_READER: Final = frozenset({ROWS_READ, MIGRATIONS_READ})
ROLES: Final[dict[str, frozenset[str]]] = {
    "reader": _READER,
    "writer": _READER | {ROWS_WRITE},
    "reviewer": _READER | {MIGRATIONS_REVIEW},
    "operator": _READER | {MIGRATIONS_RUN, AUDIT_READ},
    "admin": frozenset(SCOPES),
}
"""What each role may do. Who runs migrations does not review them, nor the other way round, but for an admin."""
ADMIN: Final = "admin"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: a user, an API key, or anybody at the machine itself where the service is open."""

    id: str
    name: str
    kind: Literal["user", "key", "local"]
    scopes: frozenset[str]
    session: str | None = None
    """The session of a user's token or cookie."""


LOCAL: Final = Principal("local", "local", "local", frozenset(SCOPES))
"""Whoever asks a service without a secret, which answers on loopback only."""
