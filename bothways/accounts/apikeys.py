"""API keys, ``bw_<prefix>_<secret>``: by them a program asks in its user's name, with some of the user's scopes.

The database holds a key's prefix, which may be seen, and the SHA-256 of the whole; a key has 256 random bits, so
nothing slower is needed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from bothways.accounts.roles import ROLES, SCOPES, Principal
from bothways.accounts.tables import KEYS, USERS
from bothways.errors import Forbidden, NotFound
from bothways.ledger import now

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from bothways.accounts.users import By

_SHAPE: Final = re.compile(r"bw_([0-9a-f]{16})_[A-Za-z0-9_-]{43}", re.ASCII)
_USED_EVERY: Final = timedelta(minutes=1)
_CONTROLS: Final = r"\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069"
NAME: Final = rf"^[^{_CONTROLS}]*[^{_CONTROLS}\s][^{_CONTROLS}]*$"
"""What a key is for, on one line: something to see, and nothing that a terminal obeys or that turns text around."""
MOST: Final = 100
"""Keys that a user may have."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret."""

    prefix: str
    name: str
    scopes: tuple[str, ...]
    created: dt.datetime
    expires: dt.datetime | None
    revoked: dt.datetime | None
    last_used: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Found:
    """Who asks by a key, when it ends, and whether its last use is noted already."""

    principal: Principal
    expires: dt.datetime | None
    noted: bool


def create(
    connection: sa.Connection,
    owner: Principal,
    name: str,
    scopes: Collection[str],
    expires: dt.datetime | None,
    by: By,
) -> tuple[ApiKey, str]:
    """A new key and its text, which is nowhere kept.

    Raises Forbidden for a scope that its user has not, and where the user has too many keys.
    """
    if missing := sorted(set(scopes) - owner.scopes):
        raise Forbidden(f"{owner.name!r} lacks the scope {missing[0]}", hint="leave it out")
    held = connection.scalar(sa.select(sa.func.count()).where(KEYS.c.user_id == owner.id, KEYS.c.revoked.is_(None)))
    if (held or 0) >= MOST:
        raise Forbidden(f"{owner.name!r} has {MOST} keys", hint="revoke some first")
    prefix = secrets.token_hex(8)
    text = f"bw_{prefix}_{secrets.token_urlsafe(32)}"
    granted = tuple(scope for scope in SCOPES if scope in set(scopes))
    key = ApiKey(prefix, name, granted, now(), expires, None, None)
    connection.execute(
        sa.insert(KEYS).values(
            prefix=prefix,
            user_id=owner.id,
            name=json.dumps(name)[:400],
            digest=_digest(text),
            scopes=" ".join(granted),
            created=key.created,
            expires=expires,
        )
    )
    by.note(connection, "key.created", prefix, scopes=list(granted), name=name)
    return key, text


def of_user(connection: sa.Connection, user_id: str) -> list[ApiKey]:
    """A user's keys, newest first, also those that have ended."""
    chosen = sa.select(KEYS).where(KEYS.c.user_id == user_id).order_by(KEYS.c.created.desc(), KEYS.c.prefix)
    return [_key(row) for row in connection.execute(chosen)]


def revoke(connection: sa.Connection, user_id: str, prefix: str, by: By, **details: Any) -> None:
    """End a key of that user's, and note ``details`` besides.

    Raises NotFound where the user has no such key that is still good.
    """
    here = sa.and_(KEYS.c.prefix == prefix, KEYS.c.user_id == user_id, KEYS.c.revoked.is_(None))
    if connection.execute(sa.update(KEYS).where(here).values(revoked=now())).rowcount == 0:
        raise NotFound("there is no such key")
    by.note(connection, "key.revoked", prefix, **details)


def end_keys(connection: sa.Connection, user_id: str) -> int:
    """End every key of a user that is still good; how many those were."""
    moment = now()
    good = sa.and_(
        KEYS.c.user_id == user_id,
        KEYS.c.revoked.is_(None),
        sa.or_(KEYS.c.expires.is_(None), KEYS.c.expires > moment),
    )
    return connection.execute(sa.update(KEYS).where(good).values(revoked=moment)).rowcount


def prefix_of(text: str) -> str | None:
    """The prefix of a key; None where it cannot be one."""
    shape = _SHAPE.fullmatch(text)
    return shape[1] if shape is not None else None


def found_by(connection: sa.Connection, text: str) -> Found | None:
    """Who asks by that key; None where it is not good.

    What it may do is what it was made for and its user still may.
    """
    chosen = (
        sa.select(KEYS, USERS.c.name.label("owner"), USERS.c.role, USERS.c.active)
        .join_from(KEYS, USERS)
        .where(KEYS.c.prefix == prefix_of(text))
    )
    row = connection.execute(chosen).first()
    right = hmac.compare_digest(_digest(text), row.digest if row is not None else "0" * 64)
    if row is None or not right or not row.active or row.revoked is not None:
        return None
    if row.expires is not None and row.expires <= now():
        return None
    scopes = frozenset(row.scopes.split()) & ROLES.get(row.role, frozenset())
    fresh = row.last_used is not None and row.last_used > now() - _USED_EVERY
    return Found(Principal(row.user_id, f"{row.owner}/{row.prefix}", "key", scopes), row.expires, fresh)


def note_use(connection: sa.Connection, text: str) -> None:
    """Remember that a key was used just now; once a minute is enough."""
    connection.execute(sa.update(KEYS).where(KEYS.c.prefix == prefix_of(text)).values(last_used=now()))


def _key(row: sa.Row[tuple[object, ...]]) -> ApiKey:
    return ApiKey(
        row.prefix,
        json.loads(row.name),
        tuple(row.scopes.split()),
        row.created,
        row.expires,
        row.revoked,
        row.last_used,
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
