"""Mistakes in models as they are found, engine by engine, and as they are told: each once, with its engines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bothways.mistakes import Mistake, place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class Found:
    """A mistake as it is found on one engine."""

    what: str
    remedy: str
    table: sa.Table
    element: Any = None
    """The column, the constraint or the index; None for the table itself."""


def gathered(found: Iterable[tuple[str, Found]], engines: Sequence[str]) -> list[Mistake]:
    """Mistakes by engine, each told once with the engines that it is about, where they are not all."""
    same: dict[tuple[str, str], tuple[list[str], Found]] = {}
    for engine, one in found:
        same.setdefault((one.what, one.remedy), ([], one))[0].append(engine)
    mistakes: list[Mistake] = []
    for about, one in same.values():
        names = "" if set(about) == set(engines) else f" ({', '.join(dict.fromkeys(about))})"
        mistakes.append(Mistake(one.what + names, one.remedy, place_of(one.table, one.element)))
    return mistakes
