"""In which order tables are filled: those that others refer to first, those that refer to each other together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bothways.dialects.plantable import PlantableTable, Reference


def must_point(table: PlantableTable, reference: Reference) -> bool:
    """Whether a row can't be without a row that it refers to: none of the columns can be NULL."""
    return not any(table.column(c).nullable for c in reference.columns)


def in_order(tables: Sequence[PlantableTable]) -> list[list[PlantableTable]]:
    """Groups of tables, each after those that it refers to; within a group those whose keys may be NULL come last.

    A group of several tables is one whose rows refer to each other in a circle that no NULL can open.
    """
    graph: dict[str, set[str]] = {}
    wishes: dict[str, set[str]] = {}
    partitions: dict[str, set[str]] = {}
    for table in tables:
        partitions.setdefault(table.parent or table.name, set()).add(table.name)
    for table in tables:
        needed = [r for r in table.references if must_point(table, r)]
        graph[table.name] = {n for r in needed for n in partitions.get(r.table, ())} - {table.name}
        wishes[table.name] = {n for r in table.references for n in partitions.get(r.table, ())} - {table.name}
    by_name = {t.name: t for t in tables}
    groups = _components(graph)
    return [[by_name[n] for n in group] for group in _late(groups, graph, wishes)]


def _late(groups: list[list[str]], graph: Mapping[str, set[str]], wishes: Mapping[str, set[str]]) -> list[list[str]]:
    """Of the groups that could come next, the one with the fewest wishes open: so that few keys stay empty at first."""
    done: set[str] = set()
    ordered: list[list[str]] = []
    left = list(groups)
    while left:
        ready = [g for g in left if all(graph[n] - set(g) <= done for n in g)]
        best = min(ready, key=lambda g: (sum(len(wishes[n] - set(g) - done) for n in g), g))
        left.remove(best)
        done.update(best)
        ordered.append(best)
    return ordered


def _components(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """The strongly connected components, by reachability: a schema has hundreds of tables, not millions."""
    reach = {node: _reachable(graph, node) for node in graph}
    found: list[list[str]] = []
    placed: set[str] = set()
    for node in sorted(graph):
        if node not in placed:
            group = sorted({node, *(n for n in reach[node] if node in reach[n])})
            placed.update(group)
            found.append(group)
    return found


def _reachable(graph: Mapping[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    open_ = [start]
    while open_:
        for node in graph.get(open_.pop(), ()):
            if node not in seen:
                seen.add(node)
                open_.append(node)
    return seen
