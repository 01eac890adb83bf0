"""To which relation an object of a snapshot belongs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bothways.snapshot import key_name, split_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bothways.snapshot import Objects, Value

_RELATIONS = ("table:", "view:")
_PARTS = frozenset({"column", "constraint", "index", "trigger", "rule", "policy"})
_NAME = re.compile(r'"(?:[^"]|"")+"|[^".\s]+')


def owners_of(objects: Objects) -> dict[str, str]:
    """For each key that belongs to a relation, that relation's name; the others, such as types, are left out."""
    relations = {key.partition(":")[2] for key in objects if key.startswith(_RELATIONS)}
    found: dict[str, str] = {}
    for key, facts in objects.items():
        kind, _, name = key.partition(":")
        if kind in {"table", "view"} or (kind == "rows" and name in relations):
            found[key] = name
        elif kind in _PARTS:
            owner, _ = split_name(name)
            if owner in relations:
                found[key] = owner
        elif told := _told(kind, facts):
            found[key] = told
            if kind == "sequence" and f"rows:{name}" in objects:
                found[f"rows:{name}"] = told
    return found


def _told(kind: str, facts: Mapping[str, Value]) -> str | None:
    """The relation that an object's own facts name."""
    if kind == "sequence" and facts.get("owned_by"):
        parts = _NAME.findall(str(facts["owned_by"]).rpartition(" ")[0])[:-1]
    elif kind == "statistics":
        parts = _NAME.findall(str(facts.get("definition")).rpartition(" FROM ")[2])
    else:
        return None
    plain = [p[1:-1].replace('""', '"') if p.startswith('"') else p for p in parts]
    return key_name(*(plain[1:] if plain[0] == "public" and len(plain) > 1 else plain))
