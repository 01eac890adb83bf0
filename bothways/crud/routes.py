"""The routes of the tables: one dispatcher for ``/api/v1/{database}/{table}`` and its rows.

A dictionary finds the table, so that a hundred tables cost what one does; the answer is made of bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from starlette.exceptions import HTTPException

from bothways.crud import reading, writing
from bothways.crud.changes import Changes
from bothways.crud.cursors import Cursors
from bothways.crud.expansion import relations_of
from bothways.crud.listing import Listings
from bothways.crud.lists import Lists
from bothways.crud.query import Queries
from bothways.crud.shapes import Shape, row_writer
from bothways.crud.targets import Answering, Request, Rules, Table, Target, unquoted
from bothways.errors import NotFound, UnknownDatabase
from bothways.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping

    from starlette.types import Receive, Scope, Send

    from bothways.crud.listing import PageSizes
    from bothways.crud.pools import Pools

ROUTE: Final = "bothways.route"
"""Where a request's scope keeps the template of its route, for logs."""
DATABASE: Final = "bothways.database"
"""Where it keeps the name of its database."""

# What a method does to a table, and to a row of it.
TABLE_METHODS: Final = {"GET": "list", "HEAD": "list", "POST": "create"}
ROW_METHODS: Final = {"GET": "get", "HEAD": "get", "PUT": "replace", "PATCH": "update", "DELETE": "delete"}
RESTORE_METHODS: Final = {"POST": "restore"}
RESTORE: Final = "restore"
"""What follows a row's address where its delete is to be taken back."""
_ANSWERS: Final[dict[str, Answering]] = {**reading.ANSWERS, **writing.ANSWERS}


class Tables:
    """Every table on every database."""

    def __init__(
        self,
        prefix: str,
        shapes: Mapping[str, Shape],
        pools: Pools,
        sizes: PageSizes,
        reserved: Container[str] = frozenset(),
        rules: Rules = Rules(),  # noqa: B008 - it is frozen
        *,
        cursors: Cursors | None = None,
        allow: Callable[[Scope, Shape, str], None] | None = None,
        owner: Callable[[Scope], str | None] | None = None,
        require: Callable[[str, str], None] | None = None,
        unserved: Callable[[str], None] | None = None,
    ) -> None:
        """``allow`` raises where who asks may not do that operation; ``owner`` says whose rows they may see of tables
        that have owners, None for everybody's; ``require`` raises where a database cannot serve a table just now;
        ``unserved`` raises where it knows why a database has no tables here.
        """
        self._allow = allow
        self._owner = owner
        self._prefix = f"{prefix}/"
        self._reserved = reserved
        self._pools = pools
        self._sizes = sizes
        self._require = require
        self._unserved = unserved
        self._names = frozenset(pools.names)
        self._has_owners = any(shape.owner is not None for shape in shapes.values())
        relations = relations_of(shapes)
        shared = cursors or Cursors()
        self._tables = {
            name: _table(
                shape,
                (Lists(shape, relations[name]), Listings(shape, sizes, relations[name]), shared),
                f"{prefix}/{{database}}/{name}",
                rules,
            )
            for name, shape in shapes.items()
        }

    def has(self, path: str) -> bool:
        """Whether a path is below the prefix; reserved words there are endpoints of their own."""
        return (
            path.startswith(self._prefix)
            and bool(below := path[len(self._prefix) :].partition("/")[0])
            and (below not in self._reserved)
        )

    async def handle(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for a ``path`` that :meth:`has` knows, quoted as the client wrote it.

        Raises the exceptions of ``errors``, and HTTPException for 405 and 415.
        """
        target = self._target(path, scope)
        table = target.table
        methods = table.restore_methods if target.restoring else table.row_methods if target.key else table.methods
        operation = methods.get(scope["method"])
        if operation is None:
            raise HTTPException(405, headers={"Allow": ", ".join(sorted(methods))})
        if self._allow is not None:
            self._allow(scope, target.table.shape, operation)
        if self._require is not None:
            self._require(target.pool.database.name, target.table.shape.name)
        response = await _ANSWERS[operation](target, Request(scope, receive), self._sizes)
        await response(scope, receive, send)

    def _target(self, path: str, scope: Scope) -> Target:
        quoted, _, rest = path[len(self._prefix) :].partition("/")
        database = unquoted(quoted)
        if database not in self._names:
            if self._unserved is not None:
                self._unserved(database)
            raise UnknownDatabase("there is no such database", hint=nearest(database, self._pools.names))
        scope[DATABASE] = database
        name, *key = [unquoted(part) for part in rest.split("/")]
        table = self._tables.get(name)
        if table is None:
            raise NotFound("there is no such table", hint=nearest(name, self._tables))
        keys = table.shape.keys
        restoring = len(key) == len(keys) + 1 and key[-1] == RESTORE and "restore" in table.shape.operations
        if restoring:
            key.pop()
        scope[ROUTE] = f"{table.row_template}/{RESTORE}" if restoring else table.row_template if key else table.template
        if key and (len(key) != len(keys) or "" in key):
            address = table.row_template.replace("{database}", database)
            raise NotFound("there is nothing at this address", hint=f"a row's is {address}")
        here = f"{scope.get('root_path', '')}{self._prefix}{quoted}/{name}"
        whose = self._owner(scope) if self._has_owners and self._owner is not None else None
        return Target(self._pools[database], table.of(whose), tuple(key), here, restoring, whose)


def _table(shape: Shape, reads: tuple[Lists, Listings, Cursors], template: str, rules: Rules) -> Table:
    def offered(methods: Mapping[str, str]) -> dict[str, str]:
        return {method: name for method, name in methods.items() if name in shape.operations}

    parts = Queries(shape), Changes(shape), *reads, row_writer(shape)
    methods = offered(TABLE_METHODS), offered(ROW_METHODS), offered(RESTORE_METHODS)
    row = template + "".join(f"/{{{key.name}}}" for key in shape.keys)
    return Table(shape, *parts, template, row, rules, *methods)


def own_path(scope: Scope) -> str:
    """The path as the client wrote it, still quoted, below the root path: a key may hold a quoted slash."""
    raw: bytes | None = scope.get("raw_path")
    path = raw.partition(b"?")[0].decode("latin-1") if raw else quote(scope["path"])
    return path.removeprefix(scope.get("root_path", ""))
