"""What one change of one object takes: steps, and in which revision each of them stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from bothways.operations import Draft, Step

Place = Literal["main", "alone", "later"]


@dataclass(frozen=True, slots=True)
class Part:
    """A step and its place: among the others, in a revision of its own, or in the last one."""

    step: Step
    place: Place = "main"


@dataclass(frozen=True, slots=True)
class Node:
    """What is done to one object: the parts, the keys that it takes care of, and its place among its equals."""

    verb: Literal["drop", "alter", "create", "grow"]
    key: str
    parts: tuple[Part, ...]
    rank: float
    covers: frozenset[str] = field(default_factory=frozenset)


def drafted(parts: tuple[Part, ...], *, offline: bool) -> tuple[Draft, ...]:
    """The parts as revisions: those that stand alone split the others, and what is for later comes last."""
    if offline:
        steps = tuple(part.step for part in parts)
        return (Draft(steps),) if steps else ()
    drafts: list[Draft] = []
    together: list[Step] = []
    for part in parts:
        if part.place == "main":
            together.append(part.step)
        elif part.place == "alone":
            drafts += [Draft(tuple(together))] if together else []
            drafts.append(Draft((part.step,), part.step.says))
            together = []
    drafts += [Draft(tuple(together))] if together else []
    later = tuple(part.step for part in parts if part.place == "later")
    if later:
        title = later[0].says if len(later) == 1 else f"{later[0].says} and {len(later) - 1} more"
        drafts.append(Draft(later, title))
    return tuple(drafts)
