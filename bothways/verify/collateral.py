"""Collateral damage: what vanished in an upgrade though nothing of the revision names it.

A cascade takes a view, a foreign key or the rows of another table along without a word. What a revision's file or its
statements name is its own business; an object or rows that are gone and are named nowhere are told. Where a revision
runs code on the server, which may build names, nothing is said.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bothways.snapshot import split_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bothways.snapshot import Change, Snapshot

_WORD = re.compile(r"\w+")
_BUILDS_NAMES = re.compile(
    r"^\s*(?:do|call|select|with|execute)\b|\ball\s+(?:tables|sequences|functions)\b|\bschema\b", re.I
)


def damage(changes: Iterable[Change], before: Snapshot, source: str, statements: Iterable[str]) -> tuple[str, ...]:
    """What of ``changes`` (from before to after the upgrade) is gone and named nowhere, in words."""
    heard = tuple(statements)
    if any(_BUILDS_NAMES.search(s) and not _only_reads(s) for s in heard):
        return ()
    named = {w.lower() for text in (source, *heard) for w in _WORD.findall(text)}
    return tuple(_told(changes, before, named))


def _only_reads(statement: str) -> bool:
    # A SELECT without a call reads what it names; reflection asks the catalogs.
    text = statement.lower()
    return text.lstrip().startswith("select") and (
        "pg_catalog" in text or "information_schema" in text or "(" not in text
    )


def _told(changes: Iterable[Change], before: Snapshot, named: set[str]) -> Iterator[str]:
    for change in changes:
        names = set(_names(change, before))
        if change.kind == "rows":
            if change.fact == "count" and _fell(change) and not names & named:
                yield (
                    f"{int(str(change.before)) - int(str(change.after))} rows of {change.name} vanish in the upgrade, "
                    "though nothing of the revision names that table"
                )
        elif change.fact is None and change.after is None and change.tier == "semantic" and not names & named:
            yield f"{change.kind} {change.name} vanishes in the upgrade, though nothing of the revision names it"


def _fell(change: Change) -> bool:
    return isinstance(change.before, int) and isinstance(change.after, int) and change.after < change.before


def _names(change: Change, before: Snapshot) -> Iterator[str]:
    """The words by which the change could be named: its own, its table's, and what it belongs to."""
    facts = before.objects.get(change.key, {})
    relation, _ = split_name(change.name)
    # A column's own name, such as "id", says nothing about whose it is.
    own = relation if change.kind == "column" else change.name
    texts = [own, *(str(facts[f]) for f in ("owned_by", "parents", "parent", "table") if facts.get(f))]
    parents = before.objects.get(f"table:{relation}", {}).get("parents")
    texts += [str(parents)] if parents else []
    for text in texts:
        yield from (w.lower() for w in _WORD.findall(text))
