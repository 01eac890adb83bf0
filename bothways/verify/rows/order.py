"""In which order tables are filled: those that others refer to first, those that refer to each other together."""

from __future__ import annotations

from collections import defaultdict
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bothways.dialects.plantable import PlantableTable, Reference

Graph = dict[str, set[str]]


def must_point(table: PlantableTable, reference: Reference) -> bool:
    """Whether a row can't be without a row that it refers to: none of the columns can be NULL."""
    return not any(table.column(c).nullable for c in reference.columns)


def in_order(tables: Sequence[PlantableTable]) -> list[list[PlantableTable]]:
    """Groups of tables, each after those that it refers to; within a group those whose keys may be NULL come last.

    A group of several tables is one whose rows refer to each other in a circle that no NULL can open.
    """
    graph: Graph = {}
    wishes: Graph = {}
    partitions: Graph = {}
    for table in tables:
        partitions.setdefault(table.parent or table.name, set()).add(table.name)
        if table.parent:
            partitions.setdefault(table.name, set()).add(table.name)
    for table in tables:
        needed = [r for r in table.references if must_point(table, r)]
        graph[table.name] = {n for r in needed for n in partitions.get(r.table, ())} - {table.name}
        wishes[table.name] = {n for r in table.references for n in partitions.get(r.table, ())} - {table.name}
    by_name = {t.name: t for t in tables}
    groups = _components(graph)
    return [[by_name[n] for n in group] for group in _late(groups, graph, wishes)]


def _between(groups: Sequence[Sequence[str]], graph: Mapping[str, set[str]], home: Mapping[str, int]) -> list[set[int]]:
    """The edges of a graph of tables as edges between groups."""
    return [{home[other] for n in group for other in graph[n]} - {i} for i, group in enumerate(groups)]


def _turned(edges: Iterable[set[int]]) -> Mapping[int, list[int]]:
    turned: dict[int, list[int]] = defaultdict(list)
    for start, ends in enumerate(edges):
        for end in ends:
            turned[end].append(start)
    return turned


def _late(groups: list[list[str]], graph: Graph, wishes: Graph) -> list[list[str]]:
    """Of the groups that could come next, the one with the fewest wishes open: so that few keys stay empty at first.

    A heap holds the groups that could come; one whose wishes became fewer is in it again, and its old entry is passed
    over. So the time grows with the tables and their references only (times a logarithm).
    """
    home = {name: i for i, group in enumerate(groups) for name in group}
    needs, wants = _between(groups, graph, home), _between(groups, wishes, home)
    needed_by, wanted_by = _turned(needs), _turned(wants)
    missing, open_ = [len(n) for n in needs], [len(w) for w in wants]
    ready = [(open_[i], group, i) for i, group in enumerate(groups) if not missing[i]]
    heapify(ready)
    done: set[int] = set()
    ordered: list[list[str]] = []
    while ready:
        wished, group, i = heappop(ready)
        if i in done or wished != open_[i]:
            continue
        done.add(i)
        ordered.append(group)
        for other in wanted_by.get(i, ()):
            open_[other] -= 1
            if not missing[other] and other not in done:
                heappush(ready, (open_[other], groups[other], other))
        for other in needed_by.get(i, ()):
            missing[other] -= 1
            if not missing[other]:
                heappush(ready, (open_[other], groups[other], other))
    return ordered


def _components(graph: Graph) -> list[list[str]]:
    """The strongly connected components, by Tarjan's algorithm without recursion; each sorted."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    held: dict[str, None] = {}
    found: list[list[str]] = []
    for root in sorted(graph):
        walk = [(root, iter(sorted(graph[root])))] if root not in number else []
        while walk:
            node, others = walk[-1]
            if node not in number:
                number[node] = low[node] = len(number)
                held[node] = None
            for other in others:
                if other not in number:
                    walk.append((other, iter(sorted(graph[other]))))
                    break
                if other in held:
                    low[node] = min(low[node], number[other])
            else:
                walk.pop()
                if walk:
                    low[walk[-1][0]] = min(low[walk[-1][0]], low[node])
                if low[node] == number[node]:
                    found.append(_taken(held, node))
    return found


def _taken(held: dict[str, None], last: str) -> list[str]:
    group: list[str] = []
    while last in held:
        group.append(held.popitem()[0])
    return sorted(group)
