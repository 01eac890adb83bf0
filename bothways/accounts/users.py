"""Users: who can log in, and with which role. Functions on a connection, within the caller's transaction."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bothways.accounts.apikeys import end_keys
from bothways.accounts.roles import ADMIN, ROLES
from bothways.accounts.sessions import end_sessions
from bothways.accounts.tables import KEYS, SESSIONS, USERS
from bothways.audit import Event, record, record_once
from bothways.errors import Conflict, InvalidRequest, NotFound, Refused
from bothways.ledger import now
from bothways.spelling import nearest

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from bothways.audit import Entry
    from bothways.keys import Keys

NAME: Final = r"^[a-z0-9][a-z0-9._@+-]{0,99}$"
"""A login name, in lower case; every server's every collation tells two of them apart."""
FAILURES: Final = 5
"""Wrong passwords before an account is locked."""
_FIRST_LOCK: Final = timedelta(seconds=30)
_LONGEST_LOCK: Final = timedelta(minutes=15)
_MOST_DOUBLINGS: Final = 5


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who can log in; the hash of the password is not here."""

    id: str
    name: str
    role: str
    active: bool
    created: dt.datetime
    locked_until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class By:
    """Who does it, from where, and the keys that sign the audit log."""

    who: str
    origin: str
    keys: Keys
    heard: Callable[[Entry], None] | None = None
    """Who wants to know of each entry."""

    def note(self, connection: sa.Connection, what: str, subject: str, **details: Any) -> None:
        """Add an entry to the audit log."""
        self._hear(record(connection, Event(self.who, what, subject, self.origin, details), self.keys))

    def note_once(self, connection: sa.Connection, what: str, subject: str, **details: Any) -> None:
        """The same, where that has not been said of ``subject`` before."""
        entry = record_once(connection, Event(self.who, what, subject, self.origin, details), self.keys)
        if entry is not None:
            self._hear(entry)

    def _hear(self, entry: Entry) -> None:
        if self.heard is not None:
            self.heard(entry)


_SHOWN: Final = (USERS.c.id, USERS.c.name, USERS.c.role, USERS.c.active, USERS.c.created, USERS.c.locked_until)


def valid_name(name: str) -> str:
    """A login name in lower case; raises InvalidRequest."""
    lower = name.strip().lower()
    if not re.fullmatch(NAME, lower):
        words = "a login name has 1 to 100 of a-z, 0-9 and . _ @ + -, and begins with a letter or a digit"
        raise InvalidRequest(words, details={"errors": [{"loc": ["body", "name"], "type": "name", "msg": words}]})
    return lower


def valid_role(role: str) -> str:
    """The name of a role; raises InvalidRequest with the nearest ones."""
    if role not in ROLES:
        fault = {"loc": ["body", "role"], "type": "role", "msg": "there is no such role"}
        raise InvalidRequest(f"there is no role {role!r}", hint=nearest(role, ROLES), details={"errors": [fault]})
    return role


def add(connection: sa.Connection, name: str, password_hash: str, role: str, by: By) -> User:
    """A new user; raises Conflict where the name is taken, InvalidRequest for a name or a role that cannot be."""
    user = User(secrets.token_hex(16), valid_name(name), valid_role(role), active=True, created=now())
    values = {c.name: getattr(user, c.name) for c in _SHOWN}
    try:
        with connection.begin_nested():
            connection.execute(sa.insert(USERS).values(password=password_hash, failed=0, **values))
    except IntegrityError:
        raise Conflict(f"there is a user {user.name!r} already", details={"columns": ["name"]}) from None
    by.note(connection, "user.created", user.name, role=role, id=user.id)
    return user


def every(connection: sa.Connection, *, after: str = "", limit: int = 1_000) -> list[User]:
    """The users in the order of their names, those after the name ``after``."""
    chosen = sa.select(*_SHOWN).where(USERS.c.name > after).order_by(USERS.c.name).limit(limit)
    return [User(**row) for row in connection.execute(chosen).mappings()]


def get(connection: sa.Connection, id_: str) -> User:
    """The user of that id; raises NotFound."""
    user = find(connection, id_)
    if user is None:
        raise unknown()
    return user


def find(connection: sa.Connection, id_: str) -> User | None:
    """The user of that id; None where there is none."""
    return _one(connection, USERS.c.id == id_)


def unknown() -> NotFound:
    """What is said of a user who is not there."""
    return NotFound("there is no such user")


def named(connection: sa.Connection, name: str) -> User:
    """The user of that login name; raises NotFound with the nearest names."""
    user = _one(connection, USERS.c.name == name.strip().lower())
    if user is None:
        raise NotFound(f"there is no user {name!r}", hint=nearest(name, [user.name for user in every(connection)]))
    return user


def change(
    connection: sa.Connection,
    user: User,
    by: By,
    *,
    role: str | None = None,
    active: bool | None = None,
    keep_keys: bool = False,
) -> User:
    """Give a user another role, or switch one off or on.

    Who is switched off has no session any more, and no API key that would work again later, unless ``keep_keys``.
    Raises Refused where no active admin would be left.
    """
    new: dict[str, Any] = {"role": valid_role(role)} if role is not None else {}
    if active is not None:
        new["active"] = active
    # To switch off whoever is off already ends the keys that were kept before.
    changed = {key: value for key, value in new.items() if getattr(user, key) != value or value is False}
    if not changed:
        return user
    if changed.get("role", user.role) != ADMIN or not changed.get("active", user.active):
        _keep_an_admin(connection, user)
    connection.execute(sa.update(USERS).where(USERS.c.id == user.id).values(changed))
    ended: dict[str, int] = {}
    if changed.get("active") is False:
        ended = _end_credentials(connection, user, "disabled", keep_keys=keep_keys)
    for key, value in changed.items():
        more = ended if key == "active" else {}
        by.note(connection, f"user.{key}-changed", user.name, before=getattr(user, key), now=value, **more)
    return get(connection, user.id)


def set_password(
    connection: sa.Connection,
    user: User,
    password_hash: str,
    by: By,
    *,
    keep: str | None = None,
    keep_keys: bool = False,
) -> None:
    """Give a user another password; every session but ``keep`` ends, and a lock is lifted.

    So does every API key, unless ``keep_keys``: who knew the old password may have made one.
    """
    new = {"password": password_hash, "failed": 0, "locked_until": None}
    connection.execute(sa.update(USERS).where(USERS.c.id == user.id).values(new))
    ended = _end_credentials(connection, user, "password", keep=keep, keep_keys=keep_keys)
    by.note(connection, "user.password-changed", user.name, **ended)


def remove(connection: sa.Connection, user: User, by: By) -> None:
    """Remove a user with all keys and sessions. Raises Refused for the last active admin."""
    _keep_an_admin(connection, user)
    for table in (KEYS, SESSIONS):
        connection.execute(sa.delete(table).where(table.c.user_id == user.id))
    connection.execute(sa.delete(USERS).where(USERS.c.id == user.id))
    by.note(connection, "user.removed", user.name, id=user.id, role=user.role)


def password_of(connection: sa.Connection, name: str) -> str | None:
    """The hash of a user's password; None where there is no such user."""
    found: str | None = connection.scalar(sa.select(USERS.c.password).where(USERS.c.name == name))
    return found


def admit(connection: sa.Connection, name: str) -> User | None:
    """The user whose password was right just now; None while the account is locked or switched off."""
    moment = now()
    free = sa.or_(USERS.c.locked_until.is_(None), USERS.c.locked_until <= moment)
    here = sa.and_(USERS.c.name == name, USERS.c.active.is_(sa.true()), free)
    if connection.execute(sa.update(USERS).where(here).values(failed=0, locked_until=None)).rowcount == 0:
        return None
    return _one(connection, USERS.c.name == name)


def keep_hash(connection: sa.Connection, name: str, password_hash: str) -> None:
    """Keep the same password under newer parameters."""
    connection.execute(sa.update(USERS).where(USERS.c.name == name).values(password=password_hash))


def count_failure(connection: sa.Connection, name: str, by: By) -> None:
    """A wrong password: the fifth locks the account for 30 seconds, each further one for twice as long.

    A lock is never longer than 15 minutes, and what comes while it is there does not count.
    """
    moment = now()
    free = sa.or_(USERS.c.locked_until.is_(None), USERS.c.locked_until <= moment)
    here = sa.and_(USERS.c.name == name, free)
    if connection.execute(sa.update(USERS).where(here).values(failed=USERS.c.failed + 1)).rowcount == 0:
        return
    failed = connection.scalar(sa.select(USERS.c.failed).where(USERS.c.name == name)) or 0
    if failed >= FAILURES:
        pause = min(_FIRST_LOCK * 2 ** min(failed - FAILURES, _MOST_DOUBLINGS), _LONGEST_LOCK)
        connection.execute(sa.update(USERS).where(USERS.c.name == name).values(locked_until=moment + pause))
        by.note(connection, "user.locked", name, failed=failed, seconds=round(pause.total_seconds()))


def _end_credentials(
    connection: sa.Connection, user: User, reason: str, *, keep: str | None = None, keep_keys: bool
) -> dict[str, int]:
    """End what a user has besides the password; how many of what, for the audit log."""
    return {
        "sessions_ended": end_sessions(connection, user.id, reason, keep=keep),
        "keys_ended": 0 if keep_keys else end_keys(connection, user.id),
    }


def _keep_an_admin(connection: sa.Connection, user: User) -> None:
    """Raises Refused where ``user`` is the only active admin; others that would go at the same moment wait."""
    admins = connection.scalars(
        sa.select(USERS.c.id).where(USERS.c.role == ADMIN, USERS.c.active.is_(sa.true())).with_for_update()
    ).all()
    if list(admins) == [user.id]:
        raise Refused(
            f"{user.name!r} is the last admin", hint="make another one first: bothways user add NAME --role admin"
        )


def _one(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> User | None:
    row = connection.execute(sa.select(*_SHOWN).where(condition)).mappings().first()
    return User(**row) if row is not None else None
