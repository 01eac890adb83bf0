"""The audit log: who did what, when and from where. Entries are only added, and each one is chained to the last.

An entry's digest is an HMAC over what it says and over the digest before it, under a key that is derived from the
service's secret, so that whoever can write to the database cannot change, remove or insert an entry unnoticed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sqlalchemy as sa

    from bothways.keys import Keys


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: ``who`` did ``what`` (``user.created``, ``run.started``) to ``subject``."""

    who: str
    what: str
    subject: str = ""
    origin: str = ""
    """From where: a client's address, or ``cli``."""
    details: Mapping[str, Any] = field(default_factory=dict)


def record(connection: sa.Connection, event: Event, keys: Keys | None = None) -> None:
    """Add an entry within the caller's transaction; without ``keys`` those of the environment sign it."""
