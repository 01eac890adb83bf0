"""What the commands on accounts show."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from bothways.ledger import moment_text
from bothways.reports import EXIT_FINDINGS, EXIT_OK

if TYPE_CHECKING:
    import datetime as dt

    from bothways.accounts.apikeys import ApiKey
    from bothways.accounts.users import User
    from bothways.audit import Entry, Verification


@dataclass(frozen=True, slots=True)
class UsersReport:
    """Some users, and what was done to them: added, changed, removed; nothing where they were only looked at."""

    done: str
    users: tuple[User, ...]
    kind: ClassVar[str] = "users/1"

    @property
    def exit_code(self) -> int:
        """Always good."""
        return EXIT_OK

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-ready data."""
        users = [
            {
                "id": user.id,
                "name": user.name,
                "role": user.role,
                "active": user.active,
                "created": moment_text(user.created),
                "locked_until": _text(user.locked_until),
            }
            for user in self.users
        ]
        return {"done": self.done, "users": users}


@dataclass(frozen=True, slots=True)
class KeysReport:
    """Some API keys of a user, and what was done to them: revoked; nothing where they were only looked at."""

    done: str
    user: str
    keys: tuple[ApiKey, ...]
    kind: ClassVar[str] = "keys/1"

    @property
    def exit_code(self) -> int:
        """Always good."""
        return EXIT_OK

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-ready data."""
        keys = [
            {
                "prefix": key.prefix,
                "name": key.name,
                "scopes": list(key.scopes),
                "created": moment_text(key.created),
                "expires": _text(key.expires),
                "revoked": _text(key.revoked),
                "last_used": _text(key.last_used),
            }
            for key in self.keys
        ]
        return {"done": self.done, "user": self.user, "keys": keys}


@dataclass(frozen=True, slots=True)
class AuditReport:
    """Entries of the audit log, newest first."""

    entries: tuple[Entry, ...]
    kind: ClassVar[str] = "audit/1"

    @property
    def exit_code(self) -> int:
        """Always good."""
        return EXIT_OK

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-ready data."""
        return {"entries": [asdict(entry) for entry in self.entries]}


@dataclass(frozen=True, slots=True)
class ChainReport:
    """Whether the audit log is as it was written."""

    found: Verification
    kind: ClassVar[str] = "audit-chain/1"

    @property
    def exit_code(self) -> int:
        """Findings where it is not."""
        return EXIT_OK if self.found.ok else EXIT_FINDINGS

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-ready data."""
        return {"ok": self.found.ok, **asdict(self.found)}


def _text(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment_text(moment)
