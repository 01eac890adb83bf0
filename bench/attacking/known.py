"""What answers told of rows and users, so that a request made from a schema alone can name some that are there."""

from __future__ import annotations

import random
import re
from collections import defaultdict, deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.attacking.direct import Answer
    from bothways.crud.shapes import Shape

_MOST = 20
_TABLE = re.compile(r"/api/v1/\{database\}/([^/{]+)")
# Ids of other things: where an answer has them, and what the addresses that take them call them.
_OTHERS = {
    "/api/v1/users/{id}": ("/api/v1/users", "id"),
    "/api/v1/keys/{prefix}": ("/api/v1/keys", "prefix"),
    "/api/v1/runs/{run}": ("/api/v1/runs", "id"),
}
_OFTEN = 0.7
"""How often a request is told something that is there."""


class Known:
    """Keys of rows by table, and ids of other things by the address that lists them."""

    def __init__(self, shapes: Mapping[str, Shape], seed: int) -> None:
        self._shapes = shapes
        self._chance = random.Random(seed)
        self._found: dict[str, deque[dict[str, Any]]] = defaultdict(lambda: deque(maxlen=_MOST))
        self._parents = {
            (name, element.parent.name): (element.column.table.name, element.column.name)
            for name, shape in shapes.items()
            for constraint in shape.table.foreign_key_constraints
            for element in constraint.elements
        }

    def learn(self, path: str, answer: Answer) -> None:
        """Keep what an answer to a request for that template tells."""
        if answer.status not in {200, 201, 202} or not isinstance(document := answer.json, dict):
            return
        name = self._table(path) or next((where for template, (where, _) in _OTHERS.items() if path == where), None)
        items = document.get("items", document.get("runs"))
        told = items if isinstance(items, list) else [document]
        if name is not None:
            self._found[name].extend(item for item in told if isinstance(item, dict))

    def key(self, path: str) -> dict[str, Any] | None:
        """The parameters of an address of something that is there; None where nothing is known, or by chance."""
        if (table := self._table(path)) is not None:
            names = [key.name for key in self._shapes[table].keys]
            row = self._one(table)
            return None if row is None or any(n not in row for n in names) else {n: row[n] for n in names}
        for template, (where, name) in _OTHERS.items():
            if path.startswith(template) and (row := self._one(where)) is not None and name in row:
                return {template.partition("{")[2].partition("}")[0]: row[name]}
        return None

    def references(self, path: str, body: Any) -> dict[str, Any]:
        """Fields of a body of that address that point at rows that are there."""
        table = self._table(path)
        if table is None or not isinstance(body, dict):
            return {}
        found = {}
        for name in body:
            parent, column = self._parents.get((table, name), (None, None))
            row = self._one(parent) if parent is not None else None
            if row is not None and column in row:
                found[name] = row[column]
        return found

    def _table(self, path: str) -> str | None:
        match = _TABLE.match(path)
        return match[1] if match and match[1] in self._shapes else None

    def _one(self, name: str) -> dict[str, Any] | None:
        rows = self._found[name]
        return self._chance.choice(rows) if rows and self._chance.random() < _OFTEN else None
