"""The order of what is done: nothing before what it needs, and the same for the same change."""

from __future__ import annotations

import heapq
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bothways.dialects.drafting.postgresql_parts import Node
    from bothways.dialects.drafting.postgresql_side import Side

_RELATIONS = ("table:", "view:", "sequence:", "index:", "constraint:", "type:")


def ordered(nodes: Sequence[Node], old: Side, new: Side) -> list[Node]:
    """The nodes in order. Where they need each other in a circle, the first by rank goes first."""
    nodes = sorted(nodes, key=lambda n: (n.rank, n.key, n.verb))
    after: dict[int, set[int]] = defaultdict(set)
    for first, then in _edges(nodes, old, new):
        if first != then:
            after[then].add(first)
    waiting = {place: {f for f in after[place] if place not in after[f] or f < place} for place in range(len(nodes))}
    return [nodes[place] for place in _sorted(waiting)]


def _sorted(waiting: dict[int, set[int]]) -> Iterator[int]:
    followers: dict[int, list[int]] = defaultdict(list)
    for place, firsts in waiting.items():
        for first in firsts:
            followers[first].append(place)
    ready = [place for place, firsts in waiting.items() if not firsts]
    heapq.heapify(ready)
    done: set[int] = set()
    while len(done) < len(waiting):
        place = heapq.heappop(ready) if ready else min(p for p in waiting if p not in done)
        if place in done:
            continue
        done.add(place)
        yield place
        for follower in followers[place]:
            waiting[follower].discard(place)
            if not waiting[follower] and follower not in done:
                heapq.heappush(ready, follower)


def _edges(nodes: Sequence[Node], old: Side, new: Side) -> Iterator[tuple[int, int]]:
    """Pairs of places: what comes first, what comes then."""
    of: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, node in enumerate(nodes):
        for key in node.covers | {node.key}:
            of[node.verb, key].append(place)
    for place, node in enumerate(nodes):
        for key in sorted(node.covers | {node.key}):
            yield from _edges_of(place, node.verb, key, of, old, new)
    yield from _names(nodes)


def _edges_of(
    place: int, verb: str, key: str, of: dict[tuple[str, str], list[int]], old: Side, new: Side
) -> Iterator[tuple[int, int]]:
    had, has = _needs(old, key), _needs(new, key)
    if verb == "drop":
        yield from ((place, other) for need in had for v in ("drop", "alter") for other in of[v, need])
        yield from ((place, other) for other in of["create", key])
    if verb == "alter":
        yield from ((place, other) for need in had for other in of["drop", need])
        yield from ((place, other) for need in had - has for other in of["alter", need])
    if verb in {"alter", "create"}:
        yield from ((other, place) for need in has for v in ("create", "alter") for other in of[v, need])


def _needs(side: Side, key: str) -> frozenset[str]:
    if key.endswith("/owner"):
        sequence = key.removesuffix("/owner")
        return frozenset({sequence, side.owner(sequence)})
    if key.endswith("/default"):
        return side.depends.get(key.removesuffix("/default"), frozenset()) | {key.removesuffix("/default")}
    found = side.depends.get(key, frozenset())
    if key.startswith("sequence:"):
        # That a sequence goes with its column is a matter of its own, since the column's default needs the sequence.
        return frozenset(need for need in found if need.startswith(("schema:", "extension:")))
    return found


def _names(nodes: Sequence[Node]) -> Iterator[tuple[int, int]]:
    """What gives a name free, before what takes it."""
    given: dict[str, list[int]] = defaultdict(list)
    for place, node in enumerate(nodes):
        if node.verb == "drop":
            for name in _taken(node):
                given[name].append(place)
    for place, node in enumerate(nodes):
        if node.verb == "create":
            yield from ((first, place) for name in _taken(node) for first in given.get(name, ()))


def _taken(node: Node) -> set[str]:
    from bothways.snapshot import key_name, parts_of

    names = set()
    for key in node.covers | {node.key}:
        if key.startswith(_RELATIONS):
            parts = parts_of(key.partition(":")[2].removesuffix("/owner"))
            kind = key.partition(":")[0]
            drop = 2 if kind in {"index", "constraint"} else 1
            names.add(key_name(*parts[:-drop], parts[-1]))
    return names
