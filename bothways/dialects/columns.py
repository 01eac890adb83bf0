"""Whose column a key names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bothways.snapshot import Objects

_PREFIX = "column:"


def columns_of(objects: Objects) -> dict[str, list[str]]:
    """The columns of each relation, sorted by name; one walk over all keys, also where names contain dots."""
    relations = {key.partition(":")[2] for key in objects if key.startswith(("table:", "view:"))}
    found: dict[str, list[str]] = {name: [] for name in relations}
    for key in objects:
        if not key.startswith(_PREFIX):
            continue
        name = key[len(_PREFIX) :]
        end = name.rfind(".")
        while end > 0 and name[:end] not in relations:
            end = name.rfind(".", 0, end)
        if end > 0:
            found[name[:end]].append(name[end + 1 :])
    return {name: sorted(columns) for name, columns in found.items()}
