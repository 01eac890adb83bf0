"""Whose column a key names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bothways.snapshot import split_name

if TYPE_CHECKING:
    from bothways.snapshot import Objects

_PREFIX = "column:"


def columns_of(objects: Objects) -> dict[str, list[str]]:
    """The columns of each relation, sorted by name."""
    found: dict[str, list[str]] = {key.partition(":")[2]: [] for key in objects if key.startswith(("table:", "view:"))}
    for key in objects:
        if key.startswith(_PREFIX):
            relation, column = split_name(key[len(_PREFIX) :])
            if relation in found:
                found[relation].append(column)
    return {name: sorted(columns) for name, columns in found.items()}
