"""The audit log: who did what, when and from where. Entries are only added, and each one is chained to the last.

An entry's digest is an HMAC over what it says and over the digest before it, under a key that is derived from the
service's secret. So whoever can write to the database, but does not know the secret, cannot change, remove, swap or
insert an entry unnoticed. What they can do is to cut off the end: an anchor, the last ``number:digest`` kept elsewhere
(the service writes it into its log), shows that too.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bothways.errors import ConfigurationError
from bothways.keys import VARIABLE, Keys
from bothways.ledger import Ledger, moment_text, now

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PURPOSE: Final = "audit"
_GENESIS: Final = "0" * 64
_PAGE: Final = 2_000
_UNSIGNED: Final = ""

_METADATA: Final = sa.MetaData()
_ENTRIES: Final = sa.Table(
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
_END: Final = sa.Table(
    "bothways_audit_end",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False, comment="Always 1"),
    sa.Column("number", sa.BigInteger, nullable=False, comment="The last entry's number"),
    sa.Column("digest", sa.String(64), nullable=False, comment="The last entry's digest"),
    comment="Where the audit log ends; who adds an entry holds this row",
)
_ONE: Final = _END.c.id == 1
EMPTY: Final = f"0:{_GENESIS}"
"""The anchor of a log without entries."""
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


@dataclass(frozen=True, slots=True)
class Verification:
    """What a look at the whole chain found; ``fault`` says in words what is wrong, first where it begins."""

    entries: int
    unsigned: int
    """Entries that were written without a secret, which therefore prove nothing."""
    anchor: str
    fault: str | None = None
    number: int | None = None
    """The first entry that is not as it was written."""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return self.fault is None


def ensure(connection: sa.Connection) -> None:
    """Make the tables where they are missing; commits."""
    LEDGER.ensure(connection)
    if connection.scalar(sa.select(_END.c.number).where(_ONE)) is None:
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
    _hold_end(connection)
    same = (_ENTRIES.c.what == event.what) & (_ENTRIES.c.subject == _plain(event.subject, 160))
    if connection.scalar(sa.select(_ENTRIES.c.number).where(same).limit(1)) is not None:
        connection.execute(sa.update(_END).where(_ONE).values(number=_END.c.number - 1))
        return None
    return _added(connection, event, keys)


def _hold_end(connection: sa.Connection) -> None:
    """Make the next number ours: who adds an entry holds the row until the end of the transaction."""
    forward = sa.update(_END).where(_ONE).values(number=_END.c.number + 1)
    if connection.execute(forward).rowcount == 0:
        _begin(connection)
        connection.execute(forward)


def _added(connection: sa.Connection, event: Event, keys: Keys | None) -> Entry:
    held = keys if keys is not None else Keys.parse(os.environ.get(VARIABLE, ""))
    end = connection.execute(sa.select(_END.c.number, _END.c.digest).where(_ONE)).one()
    key_id, key = held.signing(_PURPOSE) if held else (_UNSIGNED, b"")
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
    values["digest"] = _digest(key, end.digest, values)
    connection.execute(sa.insert(_ENTRIES).values(values))
    connection.execute(sa.update(_END).where(_ONE).values(digest=values["digest"]))
    return _entry(values)


def entries(connection: sa.Connection, *, before: int | None = None, limit: int = 50) -> list[Entry]:
    """The newest entries first; those before the number ``before`` where one is given."""
    if not LEDGER.exists(connection):
        return []
    chosen = sa.select(_ENTRIES).order_by(_ENTRIES.c.number.desc()).limit(limit)
    if before is not None:
        chosen = chosen.where(_ENTRIES.c.number < before)
    return [_entry(row) for row in connection.execute(chosen).mappings()]


def verify(connection: sa.Connection, keys: Keys, *, anchor: str | None = None) -> Verification:
    """Go through the whole chain: about 100,000 entries in a second.

    ``anchor`` is one that was noted before, ``number:digest``: then an end that was cut off is found as well. Raises
    ConfigurationError for an anchor of another form.
    """
    chain = _Chain(keys, _read_anchor(anchor))
    if not LEDGER.exists(connection):
        return chain.finish(0, _GENESIS)
    for row in _all(connection):
        if not chain.add(row):
            break
    end = connection.execute(sa.select(_END.c.number, _END.c.digest).where(_ONE)).first()
    return chain.finish(*(end or (0, _GENESIS)))


class _Chain:
    """The chain as far as it was followed."""

    def __init__(self, keys: Keys, anchor: tuple[int, str] | None) -> None:
        self._known = {**keys.verifying(_PURPOSE)}
        self._anchor = anchor
        self._last = _GENESIS
        self._number = 0
        self._signed = False
        self._unsigned = 0
        self._fault: tuple[str, int] | None = None

    def add(self, row: Mapping[str, Any]) -> bool:
        """Follow it to the next entry; whether that is as it was written."""
        fault = self._look(row)
        if fault is not None:
            self._fault = fault, self._number + 1
            return False
        self._number, self._last = row["number"], row["digest"]
        return True

    def _look(self, row: Mapping[str, Any]) -> str | None:
        number = self._number + 1
        if row["number"] != number:
            return f"entry {number} is missing"
        unsigned = row["key_id"] == _UNSIGNED
        if unsigned and self._signed:
            return f"entry {number} is not signed, but some before it are"
        key = b"" if unsigned else self._known.get(row["key_id"])
        if key is None:
            return f"entry {number} is signed by a key that {VARIABLE} does not hold"
        if not hmac.compare_digest(_digest(key, self._last, row), str(row["digest"])):
            return f"entry {number} is not as it was written, or not in its place"
        if self._anchor is not None and self._anchor[0] == number and self._anchor[1] != row["digest"]:
            return f"entry {number} is not the one that was noted"
        self._signed = not unsigned
        self._unsigned += unsigned
        return None

    def finish(self, number: int, digest: str) -> Verification:
        """What was found, where the log says that it ends at that entry."""
        fault = self._fault
        if fault is None and (number, digest) != (self._number, self._last):
            fault = f"the log ends at entry {self._number}, and should at {number}", self._number + 1
        if fault is None and self._anchor is not None and self._anchor[0] > self._number:
            fault = f"the log ends at entry {self._number}, and had {self._anchor[0]}", self._number + 1
        return Verification(
            self._number,
            self._unsigned,
            f"{self._number}:{self._last}",
            *(fault if fault is not None else (None, None)),
        )


def _begin(connection: sa.Connection) -> None:
    try:
        with connection.begin_nested():
            connection.execute(sa.insert(_END).values(id=1, number=0, digest=_GENESIS))
    except IntegrityError:
        # Another process did at the same moment.
        return


def _all(connection: sa.Connection) -> Iterator[Mapping[Any, Any]]:
    last = 0
    while True:
        page = (
            connection.execute(
                sa.select(_ENTRIES).where(_ENTRIES.c.number > last).order_by(_ENTRIES.c.number).limit(_PAGE)
            )
            .mappings()
            .all()
        )
        yield from page
        if len(page) < _PAGE:
            return
        last = page[-1]["number"]


def _digest(key: bytes, before: str, values: Mapping[str, Any]) -> str:
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


def _read_anchor(text: str | None) -> tuple[int, str] | None:
    if text is None:
        return None
    number, colon, digest = text.partition(":")
    if not colon or not number.isdecimal() or len(number) > 18:
        raise ConfigurationError("an anchor is the number and the digest of an entry", hint="write it as 12:0f3a…")
    return int(number), digest
