"""What a database is, as frozen data, and the difference between two of them.

A snapshot maps ``kind:name`` to named facts: ``column:product.price`` → ``{"type": "numeric(12,2)", …}``. The facts are
what the server's own catalogs print, so two snapshots of the same server's major version can be compared for equality.

A name's parts are joined by dots; a part that itself holds a dot, a quote or a parenthesis is in double quotes:
``column:a."b.c"``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FORMAT = 2
"""The version of the facts' names and texts; digests of different formats must not be compared."""

Tier = Literal["semantic", "order", "ownership", "physical", "data"]
TIERS: tuple[Tier, ...] = ("semantic", "order", "ownership", "physical", "data")
Value = str | int | bool | None | tuple[str, ...]
Objects = Mapping[str, Mapping[str, Value]]

QUOTED_FOR = '."('
"""What a part of a name is quoted for."""
_PLAIN = re.compile(f"[^{QUOTED_FOR}]+")
_PART = re.compile(r'"(?:[^"]|"")*"|\(.*|[^."]+', re.S)


def key_part(name: str) -> str:
    """A name as it is written in a key."""
    return name if _PLAIN.fullmatch(name) else '"' + name.replace('"', '""') + '"'


def key_name(*names: str) -> str:
    """The name of an object in its key: that of its table, its own."""
    return ".".join(map(key_part, names))


def parts_of(name: str) -> tuple[str, ...]:
    """The names that ``key_name`` joined. A last part in parentheses, which has no name, stays as it is."""
    return tuple(p[1:-1].replace('""', '"') if p[0] == '"' else p for p in _PART.findall(name))


def split_name(name: str) -> tuple[str, str]:
    """What an object belongs to, as keys name it, and the object's own name; nothing where it has no owner."""
    found = list(_PART.finditer(name)) if '"' in name or "(" in name else []
    if not found:
        owner, _, own = name.rpartition(".")
        return owner, own
    last = found[-1]
    return name[: max(0, last.start() - 1)], parts_of(last.group())[0]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that a database is. ``tiers`` names the tier of the facts that are not ``semantic``."""

    dialect: str
    server_version: str
    objects: Objects
    tiers: Mapping[tuple[str, str], Tier] = field(default_factory=dict, repr=False)

    def tier(self, key: str, fact: str) -> Tier:
        """The tier of one fact; a whole object is in the tier of its kind (fact ``*``)."""
        kind = key.partition(":")[0]
        return self.tiers.get((kind, fact)) or self.tiers.get((kind, "*")) or "semantic"

    def without(self, excluded: Callable[[str], bool]) -> Snapshot:
        """The same without the objects whose key is excluded."""
        kept = {key: facts for key, facts in self.objects.items() if not excluded(key)}
        return Snapshot(self.dialect, self.server_version, kept, self.tiers)

    def only(self, keys: Iterable[str]) -> Snapshot:
        """The same with no objects but those of the keys."""
        kept = {key: self.objects[key] for key in keys if key in self.objects}
        return Snapshot(self.dialect, self.server_version, kept, self.tiers)

    def with_objects(self, more: Objects) -> Snapshot:
        """The same with further objects, for example those of the data tier."""
        return Snapshot(self.dialect, self.server_version, {**self.objects, **more}, self.tiers)

    def names(self, kind: str) -> tuple[str, ...]:
        """The names of all objects of a kind, sorted."""
        prefix = f"{kind}:"
        return tuple(sorted(key[len(prefix) :] for key in self.objects if key.startswith(prefix)))

    @property
    def digest(self) -> str:
        """The sha256 of the canonical JSON: equal for equal databases, on any machine, in any order of reading."""
        text = json.dumps(
            {"format": FORMAT, "dialect": self.dialect, "objects": self.objects},
            sort_keys=True, separators=(",", ":"), ensure_ascii=False,
        )  # fmt: skip
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that differs. ``fact`` is None where the whole object is only on one side."""

    key: str
    fact: str | None
    before: Value
    after: Value
    tier: Tier

    @property
    def kind(self) -> str:
        """The kind of the object: ``table``, ``column``, ``index``…"""
        return self.key.partition(":")[0]

    @property
    def name(self) -> str:
        """The name of the object."""
        return self.key.partition(":")[2]

    def __str__(self) -> str:
        if self.fact is None:
            return f"{self.kind} {self.name}: {'missing' if self.after is None else 'added'}"
        return f"{self.kind} {self.name}: {self.fact} {_shown(self.before)} → {_shown(self.after)}"

    def to_dict(self) -> dict[str, Any]:
        """The change as JSON-ready data."""
        return {
            "key": self.key,
            "fact": self.fact,
            "before": self.before,
            "after": self.after,
            "tier": self.tier,
            "text": str(self),
        }


def difference(before: Snapshot, after: Snapshot, *, tiers: Iterable[Tier] = TIERS) -> tuple[Change, ...]:
    """What differs, sorted by object; only facts of the given tiers."""
    wanted = frozenset(tiers)
    changes: list[Change] = []
    for key in sorted(set(before.objects) | set(after.objects)):
        old, new = before.objects.get(key), after.objects.get(key)
        if old is None or new is None:
            present, absent = ("present", None) if new is None else (None, "present")
            changes.append(Change(key, None, present, absent, before.tier(key, "*")))
            continue
        if old == new:
            continue
        changes += [
            Change(key, fact, old.get(fact), new.get(fact), before.tier(key, fact))
            for fact in sorted(set(old) | set(new))
            if old.get(fact) != new.get(fact)
        ]
    return tuple(c for c in changes if c.tier in wanted)


def _shown(value: Value) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, tuple):
        return "(" + ", ".join(value) + ")"
    text = str(value)
    return text if len(text) <= 160 else text[:157] + "…"


def advanced(change: Change) -> bool:
    """Whether a change is only that a counter went on: numbers that were handed out are not taken back by a downgrade.

    That is the position of a sequence or AUTO_INCREMENT that moved forward, or the history of a versioned table.
    A counter that went back is a loss: it would hand out numbers again that rows have.
    """
    if change.kind != "rows" or change.fact not in {"position", "history"}:
        return False
    before, after = _place(change.before), _place(change.after)
    return after is not None and (before is None or after >= before)


def _place(position: Value) -> tuple[int, bool] | None:
    """A counter's number, and whether it was handed out; None where there is no counter."""
    number, _, unused = str(position).partition(" ")
    return (int(number), not unused) if number.lstrip("-").isdigit() else None
