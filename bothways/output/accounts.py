"""Users, their API keys and the audit log for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bothways.ledger import now
from bothways.output.text import Cell, coloured, table

if TYPE_CHECKING:
    from bothways.accounts.apikeys import ApiKey
    from bothways.accounts.reports import AuditReport, ChainReport, KeysReport, UsersReport
    from bothways.accounts.users import User


def users(shown: UsersReport) -> str:
    """Users, one a line."""
    if shown.done:
        return "\n".join(f"{shown.done} {coloured(user.name, 'bold')}, {_what(user)[0]}" for user in shown.users)
    if not shown.users:
        return "no users yet: bothways user add NAME --role admin"
    rows: list[list[Cell]] = [[("name", "dim"), ("role", "dim"), ("state", "dim"), ("since", "dim")]]
    for user in shown.users:
        state, colour = _state(user)
        rows.append([(user.name, "bold"), (user.role, ""), (state, colour), (f"{user.created:%Y-%m-%d}", "dim")])
    return table(rows)


def keys(shown: KeysReport) -> str:
    """API keys of a user, one a line."""
    if shown.done:
        return "\n".join(f"{shown.done} {coloured(key.prefix, 'bold')}, {_plain(key.name)}" for key in shown.keys)
    if not shown.keys:
        return f"{shown.user} has no API keys"
    heads = ("prefix", "name", "state", "until", "last used", "scopes")
    rows: list[list[Cell]] = [[(head, "dim") for head in heads]]
    for key in shown.keys:
        cells = ((key.prefix, "bold"), (_plain(key.name), ""), _state_of_key(key))
        days = ((f"{day:%Y-%m-%d}" if day is not None else "-", "dim") for day in (key.expires, key.last_used))
        rows.append([*cells, *days, (" ".join(key.scopes), "")])
    return table(rows)


def entries(shown: AuditReport) -> str:
    """Entries, newest first."""
    rows: list[list[Cell]] = [
        [(str(e.number), "dim"), (e.at[:19], "dim"), (e.who, ""), (e.what, "bold"), (e.subject, ""), (e.origin, "dim")]
        for e in shown.entries
    ]
    return table(rows) or "nothing was done yet"


def chain(shown: ChainReport) -> str:
    """What is wrong, or the anchor to note."""
    found = shown.found
    if not found.ok:
        return f"{coloured('✗', 'red')} {found.fault}"
    lines = [f"{coloured('✓', 'green')} {_entries(found.entries)} written"]
    if found.unsigned:
        lines.append(
            coloured(f"· {found.unsigned} of them were written without BOTHWAYS_SECRET and prove nothing", "yellow")
        )
    return "\n".join([*lines, f"anchor: {found.anchor}"])


def _entries(count: int) -> str:
    return "1 entry is as it was" if count == 1 else f"{count} entries are as they were"


def _what(user: User) -> tuple[str, str]:
    state, colour = _state(user)
    return (user.role if state == "active" else f"{user.role}, {state}"), colour


def _plain(name: str) -> str:
    """A key's name as a terminal can take it: older ones were not looked at."""
    return name if name.isprintable() else ascii(name)[1:-1]


def _state_of_key(key: ApiKey) -> Cell:
    if key.revoked is not None:
        return "revoked", "red"
    if key.expires is not None and key.expires <= now():
        return "expired", "yellow"
    return "good", "green"


def _state(user: User) -> Cell:
    if not user.active:
        return "disabled", "red"
    if user.locked_until is not None and user.locked_until > now():
        return "locked", "yellow"
    return "active", "green"
