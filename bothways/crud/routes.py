"""The routes of the tables: one dispatcher for ``/api/v1/{database}/{table}`` and its rows.

A dictionary finds the table, so that a hundred tables cost what one does; the answer is made of bytes. It is a route of
Starlette's inside FastAPI's application, so middleware and exception handlers apply to it as to any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import BaseRoute, Match

from bothways.crud import reading, writing
from bothways.crud.changes import Changes
from bothways.crud.query import Queries
from bothways.crud.shapes import Shape, row_writer
from bothways.crud.targets import Rules, Table, Target, unquoted
from bothways.errors import NotFound, UnknownDatabase
from bothways.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping

    from starlette.types import Receive, Scope, Send

    from bothways.crud.listing import PageSizes
    from bothways.crud.pools import Pools

ROUTE: Final = "bothways.route"
"""Where a request's scope keeps the template of its route, for logs."""

# What a method does to a table, and to a row of it.
TABLE_METHODS: Final = {"GET": "list", "HEAD": "list", "POST": "create"}
ROW_METHODS: Final = {"GET": "get", "HEAD": "get", "PUT": "replace", "PATCH": "update", "DELETE": "delete"}
RESTORE_METHODS: Final = {"POST": "restore"}
RESTORE: Final = "restore"
"""What follows a row's address where its delete is to be taken back."""
_ANSWERS: Final = {**reading.ANSWERS, **writing.ANSWERS}


class Tables(BaseRoute):
    """The route of every table on every database."""

    def __init__(
        self,
        prefix: str,
        shapes: Mapping[str, Shape],
        pools: Pools,
        sizes: PageSizes,
        reserved: Container[str] = frozenset(),
        rules: Rules = Rules(),  # noqa: B008 - it is frozen
        *,
        allow: Callable[[Scope, Shape, str], None] | None = None,
        owner: Callable[[Scope], str | None] | None = None,
        require: Callable[[str, str], None] | None = None,
    ) -> None:
        """``allow`` raises where who asks may not do that operation; ``owner`` says whose rows they may see of tables
        that have owners, None for everybody's; ``require`` raises where a database cannot serve a table just now.
        """
        self._allow = allow
        self._owner = owner
        self._prefix = prefix
        self._reserved = reserved
        self._pools = pools
        self._sizes = sizes
        self._require = require
        route = f"{prefix}/{{database}}"
        self._tables = {
            name: Table(shape, Queries(shape), Changes(shape), row_writer(shape), f"{route}/{name}", rules)
            for name, shape in shapes.items()
        }

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Everything below the prefix, but for the reserved words, which are endpoints of their own."""
        if scope["type"] != "http":
            return Match.NONE, {}
        prefix, _, below = _own_path(scope).partition(f"{self._prefix}/")
        mine = not prefix and below and below.partition("/")[0] not in self._reserved
        return (Match.FULL if mine else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; raises the exceptions of ``errors.py``, and HTTPException for 405 and 415."""
        target = self._target(scope)
        operation = _operation(scope, target)
        if self._allow is not None:
            self._allow(scope, target.table.shape, operation)
        answer = _ANSWERS[operation]
        if self._require is not None:
            self._require(target.pool.database.name, target.table.shape.name)
        response = await answer(target, Request(scope, receive), self._sizes)
        await response(scope, receive, send)

    def _target(self, scope: Scope) -> Target:
        database, _, rest = _own_path(scope)[len(self._prefix) + 1 :].partition("/")
        database = unquoted(database)
        if database not in self._pools.names:
            raise UnknownDatabase("there is no such database", hint=nearest(database, self._pools.names))
        name, *key = [unquoted(part) for part in rest.split("/")]
        table = self._tables.get(name)
        if table is None:
            raise NotFound("there is no such table", hint=nearest(name, self._tables))
        keys = table.shape.keys
        restoring = len(key) == len(keys) + 1 and key[-1] == RESTORE and "restore" in table.shape.operations
        if restoring:
            key.pop()
        scope[ROUTE] = table.row_template if key else table.template
        if restoring:
            scope[ROUTE] += f"/{RESTORE}"
        if key and (len(key) != len(keys) or "" in key):
            address = "/".join(f"{{{k.name}}}" for k in keys)
            raise NotFound(
                "there is nothing at this address", hint=f"a row's is {self._prefix}/{database}/{name}/{address}"
            )
        path = f"{scope.get('root_path', '')}{self._prefix}/{quote(database, safe='')}/{name}"
        if table.shape.owner is not None and self._owner is not None:
            table = table.of(self._owner(scope))
        return Target(self._pools[database], table, tuple(key), path, restoring)


def _operation(scope: Scope, target: Target) -> str:
    methods = RESTORE_METHODS if target.restoring else ROW_METHODS if target.key else TABLE_METHODS
    offered = target.table.shape.operations
    operation = methods.get(scope["method"])
    if operation in offered:
        return operation
    allowed = ", ".join(method for method, name in methods.items() if name in offered)
    raise HTTPException(405, headers={"Allow": allowed})


def _own_path(scope: Scope) -> str:
    """The path as the client wrote it, still quoted, below the root path: a key may hold a quoted slash."""
    raw: bytes | None = scope.get("raw_path")
    path = raw.partition(b"?")[0].decode("latin-1") if raw else quote(scope["path"])
    return path.removeprefix(scope.get("root_path", ""))
