"""The entries of the audit log, and how one is added: in the transaction of what it tells of."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bothways.keys import VARIABLE, Keys
from bothways.ledger import Ledger, moment_text, now

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

PURPOSE: Final = "audit"
GENESIS: Final = "0" * 64
UNSIGNED: Final = ""

_METADATA: Final = sa.MetaData()
ENTRIES: Final = sa.Table(
    "bothways_audit",
    _METADATA,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False, comment="1, 2, 3, without a gap"),
    sa.Column("at", sa.String(27), nullable=False, comment="When, in UTC"),
    sa.Column("who", sa.String(160), nullable=False, comment="Who did it"),
    sa.Column("what", sa.String(60), nullable=False, comment="What was done"),
    sa.Column("subject", sa.String(160), nullable=False, comment="To whom or what"),
    sa.Column("origin", sa.String(64), nullable=False, comment="From where"),
    sa.Column("details", sa.Text, nullable=False, comment="More, as JSON"),
    sa.Column("key_id", sa.String(16), nullable=False, comment="The key of the digest; empty where there was none"),
    sa.Column("digest", sa.String(64), nullable=False, comment="Over all of this and the digest before"),
    comment="What was done to users, keys, sessions and runs; only added to",
)
END: Final = sa.Table(
    "bothways_audit_end",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False, comment="Always 1"),
    sa.Column("number", sa.BigInteger, nullable=False, comment="The last entry's number"),
    sa.Column("digest", sa.String(64), nullable=False, comment="The last entry's digest"),
    comment="Where the audit log ends; who adds an entry holds this row",
)
ONE: Final = END.c.id == 1
LEDGER: Final = Ledger("audit", 1, _METADATA)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: ``who`` did ``what`` (``user.created``, ``run.started``) to ``subject``."""

    who: str
    what: str
    subject: str = ""
    origin: str = ""
    """From where: a client's address, or ``cli``."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """More, as JSON takes it; never a secret."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An event in the log."""

    number: int
    at: str
    """In UTC, as it was signed: ``2026-11-21T15:49:19.123456Z``."""
    who: str
    what: str
    subject: str
    origin: str
    details: Mapping[str, Any]
    digest: str

    @property
    def anchor(self) -> str:
        """What proves later that the log had come so far."""
        return f"{self.number}:{self.digest}"


def ensure(connection: sa.Connection) -> None:
    """Make the tables where they are missing; commits."""
    LEDGER.ensure(connection)
    if connection.scalar(sa.select(END.c.number).where(ONE)) is None:
        _begin(connection)
    connection.commit()


def record(connection: sa.Connection, event: Event, keys: Keys | None = None) -> Entry:
    """Add an entry within the caller's transaction, so that it is there if and only if what it tells of is.

    ``ensure`` has to have run before, on another transaction. Without ``keys`` those of the environment sign it; where
    there are none, the entry is chained but not signed. Two writers wait for each other until their commits.
    """
    _hold_end(connection)
    return _added(connection, event, keys)


def record_once(connection: sa.Connection, event: Event, keys: Keys | None = None) -> Entry | None:
    """The same, unless an entry says that ``what`` of that ``subject`` already: then None."""
    same = (ENTRIES.c.what == event.what) & (ENTRIES.c.subject == _plain(event.subject, 160))
    _hold_end(connection)
    if connection.scalar(sa.select(ENTRIES.c.number).where(same).limit(1)) is not None:
        connection.execute(sa.update(END).where(ONE).values(number=END.c.number - 1))
        return None
    return _added(connection, event, keys)


def said(connection: sa.Connection, what: str, subjects: Collection[str]) -> frozenset[str]:
    """Of which of the subjects an entry says that."""
    if not LEDGER.exists(connection):
        return frozenset()
    wanted = sa.select(ENTRIES.c.subject).where(ENTRIES.c.what == what, ENTRIES.c.subject.in_(subjects))
    return frozenset(connection.scalars(wanted))


def _hold_end(connection: sa.Connection) -> None:
    """Make the next number ours: who adds an entry holds the row until the end of the transaction."""
    forward = sa.update(END).where(ONE).values(number=END.c.number + 1)
    if connection.execute(forward).rowcount == 0:
        _begin(connection)
        connection.execute(forward)


def _added(connection: sa.Connection, event: Event, keys: Keys | None) -> Entry:
    held = keys if keys is not None else Keys.parse(os.environ.get(VARIABLE, ""))
    end = connection.execute(sa.select(END.c.number, END.c.digest).where(ONE)).one()
    key_id, key = held.signing(PURPOSE) if held else (UNSIGNED, b"")
    values: dict[str, Any] = {
        "number": end.number,
        "at": moment_text(now()),
        "who": _plain(event.who, 160),
        "what": _plain(event.what, 60),
        "subject": _plain(event.subject, 160),
        "origin": _plain(event.origin, 64),
        "details": json.dumps(dict(event.details), sort_keys=True, default=str),
        "key_id": key_id,
    }
    values["digest"] = digest_of(key, end.digest, values)
    connection.execute(sa.insert(ENTRIES).values(values))
    connection.execute(sa.update(END).where(ONE).values(digest=values["digest"]))
    return _entry(values)


def entries(connection: sa.Connection, *, before: int | None = None, limit: int = 50) -> list[Entry]:
    """The newest entries first; those before the number ``before`` where one is given."""
    if not LEDGER.exists(connection):
        return []
    chosen = sa.select(ENTRIES).order_by(ENTRIES.c.number.desc()).limit(limit)
    if before is not None:
        chosen = chosen.where(ENTRIES.c.number < before)
    return [_entry(row) for row in connection.execute(chosen).mappings()]


def _begin(connection: sa.Connection) -> None:
    try:
        with connection.begin_nested():
            connection.execute(sa.insert(END).values(id=1, number=0, digest=GENESIS))
    except IntegrityError:
        # Another process did at the same moment.
        return


def digest_of(key: bytes, before: str, values: Mapping[str, Any]) -> str:
    """The HMAC of an entry behind the digest of the one before."""
    said = (values[name] for name in ("number", "at", "who", "what", "subject", "origin", "details", "key_id"))
    message = json.dumps([before, *said]).encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def _entry(row: Mapping[Any, Any]) -> Entry:
    return Entry(
        row["number"],
        row["at"],
        row["who"],
        row["what"],
        row["subject"],
        row["origin"],
        _details(row["details"]),
        row["digest"],
    )


def _details(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    # Who tampered with it should not keep the others from being shown.
    return found if isinstance(found, dict) else {"unreadable": text}


def _plain(text: str, longest: int) -> str:
    # Any character set of any server keeps these.
    return "".join(c if " " <= c <= "~" else f"\\u{ord(c):04x}" for c in text)[:longest]
