"""The routes of the tables: one dispatcher for ``/api/v1/{database}/{table}`` and its rows.

A dictionary finds the table, so that a hundred tables cost what one does; the answer is made of bytes. It is a route of
Starlette's inside FastAPI's application, so middleware and exception handlers apply to it as to any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import quote, unquote_to_bytes

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match

from bothways.crud.listing import PageSizes, listing, place_after
from bothways.crud.query import Queries
from bothways.crud.shapes import RowWriter, Shape, as_json, row_writer
from bothways.crud.violations import refusal
from bothways.errors import BothwaysError, InvalidRequest, NotFound, UnknownDatabase
from bothways.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping

    from starlette.types import Receive, Scope, Send

    from bothways.crud.pools import Pool, Pools
    from bothways.dialects.performing import Operation

T = TypeVar("T")
ROUTE: Final = "bothways.route"
"""Where a request's scope keeps the template of its route, for logs."""

# What a method does to a table, and to a row of it.
TABLE_METHODS: Final = {"GET": "list", "HEAD": "list", "POST": "create"}
ROW_METHODS: Final = {"GET": "get", "HEAD": "get", "PATCH": "update", "DELETE": "delete"}


@dataclass(frozen=True, slots=True)
class Table:
    """Everything by which a table is served."""

    shape: Shape
    queries: Queries
    writer: RowWriter
    template: str
    """The route of the table, ``/api/v1/{database}/products``."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a request is about."""

    pool: Pool
    table: Table
    key: tuple[str, ...]
    path: str
    """The address of the table in that database, as the client sees it."""


class Tables(BaseRoute):
    """The route of every table on every database."""

    def __init__(
        self,
        prefix: str,
        shapes: Mapping[str, Shape],
        pools: Pools,
        sizes: PageSizes,
        reserved: Container[str] = frozenset(),
    ) -> None:
        self._prefix = prefix
        self._reserved = reserved
        self._pools = pools
        self._sizes = sizes
        self._tables = {
            name: Table(shape, Queries(shape), row_writer(shape), f"{prefix}/{{database}}/{name}")
            for name, shape in shapes.items()
        }
        self._answers: dict[str, Callable[[Target, Request], Any]] = {
            "list": self._list,
            "get": self._get,
            "create": self._create,
            "update": self._update,
            "delete": self._delete,
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
        answer = self._answers[_operation(scope, target)]
        response: Response = await answer(target, Request(scope, receive))
        await response(scope, receive, send)

    def _target(self, scope: Scope) -> Target:
        database, _, rest = _own_path(scope)[len(self._prefix) + 1 :].partition("/")
        database = _unquoted(database)
        if database not in self._pools.names:
            raise UnknownDatabase("there is no such database", hint=nearest(database, self._pools.names))
        name, *key = [_unquoted(part) for part in rest.split("/")]
        table = self._tables.get(name)
        if table is None:
            raise NotFound("there is no such table", hint=nearest(name, self._tables))
        keys = table.shape.keys
        scope[ROUTE] = table.template + "".join(f"/{{{k.name}}}" for k in keys) * bool(key)
        if key and (len(key) != len(keys) or "" in key):
            address = "/".join(f"{{{k.name}}}" for k in keys)
            raise NotFound(
                "there is nothing at this address", hint=f"a row's is {self._prefix}/{database}/{name}/{address}"
            )
        path = f"{scope.get('root_path', '')}{self._prefix}/{quote(database, safe='')}/{name}"
        return Target(self._pools[database], table, tuple(key), path)

    async def _list(self, target: Target, request: Request) -> Response:
        table = target.table
        asked = listing(table.shape, request.scope["query_string"], self._sizes)
        # One row more than asked for tells whether there is a next page.
        work = partial(table.queries.page, filters=asked.filters, after=asked.after, limit=asked.limit + 1)
        rows = await _run(target, work, repeatable=True)
        items = [table.writer.document(row) for row in rows[: asked.limit]]
        following = place_after(table.shape, items[-1]) if len(rows) > asked.limit else None
        return _json(as_json({"items": items, "next": following}))

    async def _get(self, target: Target, _request: Request) -> Response:
        key = target.table.shape.key(target.key)
        row = await _run(target, partial(target.table.queries.get, key=key), repeatable=True)
        return _json(target.table.writer.one(_found(row, target)))

    async def _create(self, target: Target, request: Request) -> Response:
        table = target.table
        values = table.shape.values_to_create(await _body(request))
        row = await _run(target, partial(table.queries.create, values=values))
        document = table.writer.document(row)
        key = "/".join(_segment(document[k.name]) for k in table.shape.keys)
        return _json(as_json(document), status=201, headers={"location": f"{target.path}/{key}"})

    async def _update(self, target: Target, request: Request) -> Response:
        table = target.table
        key = table.shape.key(target.key)
        values = table.shape.values_to_change(await _body(request))
        row = await _run(target, partial(table.queries.change, key=key, values=values))
        return _json(table.writer.one(_found(row, target)))

    async def _delete(self, target: Target, _request: Request) -> Response:
        key = target.table.shape.key(target.key)
        if not await _run(target, partial(target.table.queries.remove, key=key), deleting=True):
            _found(None, target)
        return Response(status_code=204)


async def _run(target: Target, operation: Operation[T], *, repeatable: bool = False, deleting: bool = False) -> T:
    database = target.pool.database
    try:
        return await target.pool.perform(operation, repeatable=repeatable)
    except BothwaysError:
        raise
    except Exception as error:
        known = refusal(error, database.dialect, target.table.shape, database.name, deleting=deleting)
        if known is None:
            raise
        raise known from error


def _operation(scope: Scope, target: Target) -> str:
    methods = ROW_METHODS if target.key else TABLE_METHODS
    offered = target.table.shape.operations
    operation = methods.get(scope["method"])
    if operation in offered:
        return operation
    allowed = ", ".join(method for method, name in methods.items() if name in offered)
    raise HTTPException(405, headers={"Allow": allowed})


async def _body(request: Request) -> bytes:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    # A form or a plain text is what a foreign page can make a browser send without asking.
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise HTTPException(415, headers={"Accept": "application/json"})
    return await request.body()


def _found(row: T | None, target: Target) -> T:
    if row is None:
        raise NotFound(f"there is no such row in {target.table.shape.name}")
    return row


def _json(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(body, status, headers, "application/json")


def _own_path(scope: Scope) -> str:
    """The path as the client wrote it, still quoted, below the root path: a key may hold a quoted slash."""
    raw: bytes | None = scope.get("raw_path")
    path = raw.partition(b"?")[0].decode("latin-1") if raw else quote(scope["path"])
    return path.removeprefix(scope.get("root_path", ""))


def _unquoted(part: str) -> str:
    try:
        return unquote_to_bytes(part).decode()
    except UnicodeDecodeError:
        words = "The address should be UTF-8"
        raise InvalidRequest(words, details={"errors": [{"loc": ["path"], "type": "utf8", "msg": words}]}) from None


def _segment(value: Any) -> str:
    text = value if isinstance(value, str) else as_json(value).decode().strip('"')
    return quote(text, safe="")
