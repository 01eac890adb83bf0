"""The chain of the audit log, followed from its beginning to its end."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from bothways.audit.log import END, ENTRIES, GENESIS, LEDGER, ONE, PURPOSE, UNSIGNED, digest_of
from bothways.errors import ConfigurationError
from bothways.keys import VARIABLE, Keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PAGE: Final = 2_000
EMPTY: Final = f"0:{GENESIS}"
"""The anchor of a log without entries."""


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


def verify(connection: sa.Connection, keys: Keys, *, anchor: str | None = None) -> Verification:
    """Go through the whole chain: about 100,000 entries in a second.

    ``anchor`` is one that was noted before, ``number:digest``: then an end that was cut off is found as well. Raises
    ConfigurationError for an anchor of another form.
    """
    chain = _Chain(keys, _read_anchor(anchor))
    if not LEDGER.exists(connection):
        return chain.finish(0, GENESIS)
    for row in _all(connection):
        if not chain.add(row):
            break
    end = connection.execute(sa.select(END.c.number, END.c.digest).where(ONE)).first()
    return chain.finish(*(end or (0, GENESIS)))


class _Chain:
    """The chain as far as it was followed."""

    def __init__(self, keys: Keys, anchor: tuple[int, str] | None) -> None:
        self._known = {**keys.verifying(PURPOSE)}
        self._anchor = anchor
        self._last = GENESIS
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
        unsigned = row["key_id"] == UNSIGNED
        if unsigned and self._signed:
            return f"entry {number} is not signed, but some before it are"
        key = b"" if unsigned else self._known.get(row["key_id"])
        if key is None:
            return f"entry {number} is signed by a key that {VARIABLE} does not hold"
        if not hmac.compare_digest(digest_of(key, self._last, row), str(row["digest"])):
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


def _all(connection: sa.Connection) -> Iterator[Mapping[Any, Any]]:
    last = 0
    while True:
        page = (
            connection.execute(
                sa.select(ENTRIES).where(ENTRIES.c.number > last).order_by(ENTRIES.c.number).limit(_PAGE)
            )
            .mappings()
            .all()
        )
        yield from page
        if len(page) < _PAGE:
            return
        last = page[-1]["number"]


def _read_anchor(text: str | None) -> tuple[int, str] | None:
    if text is None:
        return None
    number, colon, digest = text.partition(":")
    if not colon or not number.isdecimal() or len(number) > 18:
        raise ConfigurationError("an anchor is the number and the digest of an entry", hint="write it as 12:0f3a…")
    return int(number), digest
