"""Sessions: a login by tokens is a family of refresh tokens, of which only the newest is good; or it is a cookie.

A refresh token is ``bwr_<session>_<generation>_<mac>``. Its code is made from the service's secret, so the database
holds nothing by which one could be made, and a token of an earlier generation is told from one that somebody made up:
it was copied, so the whole family ends.
"""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal

import sqlalchemy as sa

from bothways.accounts.tables import SESSIONS, USERS
from bothways.ledger import now

if TYPE_CHECKING:
    import datetime as dt

    from bothways.keys import Keys

_REFRESH: Final = re.compile(r"bwr_([0-9a-f]{32})_([0-9]{1,9})_([0-9a-f]{64})", re.ASCII)
_COOKIE: Final = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{64})", re.ASCII)
_KEPT: Final = timedelta(days=30)
Kind = Literal["token", "cookie"]


@dataclass(frozen=True, slots=True)
class Session:
    """A login."""

    id: str
    user_id: str
    kind: str
    generation: int
    expires: dt.datetime


@dataclass(frozen=True, slots=True)
class Owner:
    """The user of a session or a key, as far as it takes to know what they may do."""

    id: str
    name: str
    role: str


def open_session(connection: sa.Connection, user_id: str, kind: Kind, life: timedelta, origin: str) -> Session:
    """A new session of a user; old ones of the same user that ended long ago are forgotten."""
    moment = now()
    old = sa.and_(SESSIONS.c.user_id == user_id, SESSIONS.c.expires < moment - _KEPT)
    connection.execute(sa.delete(SESSIONS).where(old))
    session = Session(secrets.token_hex(16), user_id, kind, 1, moment + life)
    connection.execute(
        sa.insert(SESSIONS).values(
            id=session.id,
            user_id=user_id,
            kind=kind,
            generation=1,
            origin=origin[:64],
            created=moment,
            expires=session.expires,
        )
    )
    return session


def owner_of(connection: sa.Connection, id_: str, kind: Kind) -> tuple[Owner, dt.datetime] | None:
    """Whose a session is that is good now, and when it ends; None where it is not, or its user is switched off."""
    chosen = (
        sa.select(USERS.c.id, USERS.c.name, USERS.c.role, SESSIONS.c.expires)
        .join_from(SESSIONS, USERS)
        .where(SESSIONS.c.id == id_, SESSIONS.c.kind == kind, *_good())
    )
    row = connection.execute(chosen).first()
    return None if row is None else (Owner(row.id, row.name, row.role), row.expires)


def is_good(connection: sa.Connection, id_: str) -> bool:
    """Whether a session is good now."""
    chosen = sa.select(SESSIONS.c.id).join_from(SESSIONS, USERS).where(SESSIONS.c.id == id_, *_good())
    return connection.execute(chosen).first() is not None


def rotate(connection: sa.Connection, id_: str, generation: int) -> Session | None:
    """The session with its next generation; None where that generation is not its newest, or it has ended."""
    here = sa.and_(SESSIONS.c.id == id_, SESSIONS.c.kind == "token", SESSIONS.c.generation == generation)
    alive = sa.and_(SESSIONS.c.revoked.is_(None), SESSIONS.c.expires > now())
    if connection.execute(sa.update(SESSIONS).where(here, alive).values(generation=generation + 1)).rowcount == 0:
        return None
    row = connection.execute(sa.select(SESSIONS).where(SESSIONS.c.id == id_)).one()
    return Session(row.id, row.user_id, row.kind, row.generation, row.expires)


def was_copied(connection: sa.Connection, id_: str, generation: int) -> str | None:
    """The user of a session whose token of an earlier generation came again; it has ended then. None otherwise."""
    chosen = sa.select(USERS.c.name).join_from(SESSIONS, USERS).where(SESSIONS.c.id == id_)
    name: str | None = connection.scalar(chosen.where(SESSIONS.c.generation > generation, SESSIONS.c.revoked.is_(None)))
    if name is not None:
        end_session(connection, id_, "reuse")
    return name


def end_session(connection: sa.Connection, id_: str, reason: str) -> bool:
    """End one session; whether it had not ended before."""
    open_ = sa.and_(SESSIONS.c.id == id_, SESSIONS.c.revoked.is_(None))
    return connection.execute(sa.update(SESSIONS).where(open_).values(revoked=now(), reason=reason)).rowcount > 0


def end_sessions(connection: sa.Connection, user_id: str, reason: str, *, keep: str | None = None) -> int:
    """End every session of a user but ``keep``; how many those were."""
    open_ = sa.and_(SESSIONS.c.user_id == user_id, SESSIONS.c.revoked.is_(None), SESSIONS.c.id != (keep or ""))
    return connection.execute(sa.update(SESSIONS).where(open_).values(revoked=now(), reason=reason)).rowcount


def refresh_token(keys: Keys, session: Session) -> str:
    """The newest refresh token of a session."""
    said = f"{session.id}_{session.generation}"
    return f"bwr_{said}_{_mac(keys.signing('refresh')[1], said)}"


def read_refresh_token(keys: Keys, token: str) -> tuple[str, int] | None:
    """The session and the generation of a refresh token; None where we did not make it."""
    shape = _REFRESH.fullmatch(token)
    if shape is None or not _made_by(keys, "refresh", f"{shape[1]}_{shape[2]}", shape[3]):
        return None
    return shape[1], int(shape[2])


def cookie_value(keys: Keys, session_id: str) -> str:
    """What the cookie of a session holds."""
    return f"{session_id}.{_mac(keys.signing('cookie')[1], session_id)}"


def read_cookie(keys: Keys, value: str) -> str | None:
    """The session of a cookie; None where we did not make it."""
    shape = _COOKIE.fullmatch(value)
    return shape[1] if shape is not None and _made_by(keys, "cookie", shape[1], shape[2]) else None


def csrf_token(keys: Keys, session_id: str) -> str:
    """What a page of ours sends with each request that changes something, and no other page knows."""
    return _mac(keys.signing("csrf")[1], session_id)


def is_csrf_token(keys: Keys, session_id: str, token: str) -> bool:
    """Whether it is the token of that session."""
    return _made_by(keys, "csrf", session_id, token)


def _good() -> tuple[sa.ColumnElement[bool], ...]:
    return SESSIONS.c.revoked.is_(None), SESSIONS.c.expires > now(), USERS.c.active.is_(sa.true())


def _mac(key: bytes, said: str) -> str:
    return hmac.digest(key, said.encode(), "sha256").hex()


def _made_by(keys: Keys, purpose: str, said: str, mac: str) -> bool:
    given = mac.encode("utf-8", "backslashreplace")
    return any(hmac.compare_digest(_mac(key, said).encode(), given) for key in keys.verifying(purpose).values())
