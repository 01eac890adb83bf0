"""What a request is about: a table of a database, perhaps a row of it; and what every answer is made with."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar
from urllib.parse import quote, unquote_to_bytes

from bothways.crud.idempotency import Records
from bothways.crud.shapes import as_json
from bothways.crud.violations import refusal
from bothways.errors import BothwaysError, InvalidRequest, NotFound

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.types import ASGIApp, Receive, Scope

    from bothways.crud.changes import Changes, Place
    from bothways.crud.cursors import Cursors
    from bothways.crud.listing import Listing, Listings, PageSizes
    from bothways.crud.lists import Lists
    from bothways.crud.pools import Pool
    from bothways.crud.query import Queries
    from bothways.crud.shapes import RowWriter, Shape
    from bothways.dialects.performing import Operation

T = TypeVar("T")
Answering: TypeAlias = "Callable[[Target, Request, PageSizes], Awaitable[ASGIApp]]"
"""Answers a request."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a service asks of those who write."""

    bulk_max: int = 1_000
    """Most rows in one body."""
    require_if_match: bool = False
    """Whether a change or a delete has to say which state of the row it is about, as a replacement always has to."""
    who: Callable[[Scope], str] = lambda _scope: ""
    """Names who sends a request: an Idempotency-Key is theirs."""
    records: Records = field(default_factory=Records)


@dataclass(frozen=True, slots=True)
class Table:
    """Everything by which a table is served."""

    shape: Shape
    queries: Queries
    changes: Changes
    lists: Lists
    listings: Listings
    cursors: Cursors
    writer: RowWriter
    template: str
    """The route of the table, ``/api/v1/{database}/products``."""
    row_template: str
    """The route of its rows, ``/api/v1/{database}/products/{id}``."""
    rules: Rules
    methods: Mapping[str, str]
    """What a method does to the table."""
    row_methods: Mapping[str, str]
    """What a method does to a row of it."""
    restore_methods: Mapping[str, str]
    """What a method does to what restores a row."""
    owner: Any = None
    """Whose rows these are; None for everybody's."""

    def of(self, owner: str | None) -> Table:
        """The table with the rows of that owner only, as the owner's column has it; all of it for None."""
        field = self.shape.owner
        if owner is None or field is None:
            return self
        value = self.shape.value(field, owner, ("credentials", field))
        return replace(self, queries=self.queries.of(value), changes=self.changes.of(value), owner=value)

    def owned(self, values: dict[str, Any], *, new: bool = False) -> dict[str, Any]:
        """Values to write, with the owner in those of a ``new`` row; raises InvalidRequest for another owner."""
        field = self.shape.owner
        if self.owner is None or field is None:
            return values
        if values.get(field, self.owner) != self.owner:
            words = "Input should be yourself, or left out"
            raise InvalidRequest(words, details={"errors": [{"loc": ["body", field], "type": "owner", "msg": words}]})
        return {**values, field: self.owner} if new else values


class Request(NamedTuple):
    """What a client sent."""

    scope: Scope
    receive: Receive


class Target(NamedTuple):
    """What a request is about."""

    pool: Pool
    table: Table
    key: tuple[str, ...]
    path: str
    """The address of the table in that database, as the client sees it."""
    restoring: bool = False
    """Whether the request is to the row's ``/restore``."""
    whose: str | None = None
    """Who asks, where they see only their own rows of tables that have owners."""

    async def perform(
        self,
        operation: Operation[T],
        *,
        repeatable: bool = False,
        deleting: bool = False,
        place: Place | None = None,
    ) -> T:
        """Perform an operation; what the database says of its rows comes as an exception of ours."""
        database, shape = self.pool.database, self.table.shape
        try:
            return await self.pool.perform(operation, repeatable=repeatable)
        except BothwaysError:
            raise
        except Exception as error:
            index = None if place is None else place.index
            known = refusal(error, database.dialect, shape, database.name, deleting=deleting, index=index)
            if known is None:
                raise
            raise known from error

    def context(self, asked: Listing) -> bytes:
        """Which list it is that a cursor belongs to."""
        return f"{self.pool.database.name}\0{self.table.shape.name}\0".encode() + asked.digest

    def found(self, row: T | None) -> T:
        """The row; raises NotFound where there is none."""
        if row is None:
            raise NotFound(f"there is no such row in {self.table.shape.name}")
        return row

    def address(self, document: Mapping[str, Any]) -> str:
        """The address of a row, as the client sees it."""
        return f"{self.path}/{'/'.join(_segment(document[k.name]) for k in self.table.shape.keys)}"


def unquoted(part: str) -> str:
    """A segment of an address as text; raises InvalidRequest."""
    if "%" not in part and part.isascii():
        return part
    try:
        return unquote_to_bytes(part).decode()
    except UnicodeDecodeError:
        words = "The address should be UTF-8"
        raise InvalidRequest(words, details={"errors": [{"loc": ["path"], "type": "utf8", "msg": words}]}) from None


def _segment(value: Any) -> str:
    text = value if isinstance(value, str) else as_json(value).decode().strip('"')
    return quote(text, safe="")
