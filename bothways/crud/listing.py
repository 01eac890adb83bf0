"""What a list asks for: conditions, order, fields, related rows, a page's size and place, a form."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from bothways.crud import sorting
from bothways.crud.deletion import DELETED, Deleted
from bothways.crud.faults import fault, together
from bothways.crud.filters import Condition, condition
from bothways.errors import InvalidRequest
from bothways.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from bothways.crud.shapes import Shape
    from bothways.crud.sorting import Key

_MOST_PARAMETERS: Final = 100
_MOST_KEPT: Final = 256
"""So many query strings of a table are remembered as they were read, if they are no longer than this."""
MOST_ROWS: Final = 2**31
"""Most rows of a stream whose length a client bounds."""
FORMATS: Final = ("json", "ndjson", "csv")
OF_LISTS: Final = ("limit", "cursor", "sort", "fields", "expand", "count", "format", "csv")
OF_ROWS: Final = ("fields", "expand")
OF_KEPT: Final = ("deleted",)
"""What tables that keep deleted rows have besides."""


def words_of_lists(shape: Shape) -> tuple[str, ...]:
    """The parameters of a table's lists that are no conditions."""
    return OF_LISTS + (OF_KEPT if shape.soft_delete is not None else ())


@dataclass(frozen=True, slots=True)
class PageSizes:
    """How many rows a page has where the client does not say, and at most."""

    usual: int = 50
    most: int = 100


@dataclass(frozen=True)
class Listing:
    """A list, or one row, as it is asked for."""

    conditions: tuple[Condition, ...] = ()
    order: tuple[Key, ...] = ()
    fields: tuple[str, ...] | None = None
    """What the answer has of each row; all where it is None."""
    expand: tuple[str, ...] = ()
    """The relations whose rows come with each row."""
    deleted: Deleted = "exclude"
    count: bool = False
    limit: int | None = None
    cursor: str | None = None
    format: str | None = None
    """What the address says; None where the Accept header may."""
    safe: bool = False
    """Whether a spreadsheet must not take a text for a formula."""

    @cached_property
    def form(self) -> tuple[Any, ...]:
        """What its statements depend on, but for the place at which it begins."""
        return tuple(c.form for c in self.conditions), self.order, self.fields, self.expand, self.deleted

    @cached_property
    def values(self) -> dict[str, Any]:
        """The parameters of its conditions."""
        return dict(pair for i, c in enumerate(self.conditions) for pair in c.parameters(i))

    @cached_property
    def digest(self) -> bytes:
        """Tells lists apart by their conditions and their order."""
        told = repr([(c.name, c.path, c.operator, c.typed, c.values) for c in self.conditions])
        return hashlib.sha256(f"{told} {self.deleted} {','.join(map(str, self.order))}".encode()).digest()


class Listings:
    """Reads the query strings of one table, and remembers those that come again."""

    def __init__(self, shape: Shape, sizes: PageSizes, relations: Collection[str] = ()) -> None:
        self._shape = shape
        self._sizes = sizes
        self._relations = relations
        self._kept = OF_KEPT if shape.soft_delete is not None else ()
        self._known: OrderedDict[bytes, Listing] = OrderedDict()
        self._whole = Listing(order=sorting.order(shape, None))

    def of_list(self, query: bytes) -> Listing:
        """What a list is asked for; raises InvalidRequest with every fault."""
        return self._read(query, self._listing) if query else self._whole

    def of_row(self, query: bytes) -> Listing:
        """What one row is asked for; raises InvalidRequest with every fault."""
        return self._read(query, self._row, b"row?") if query else self._whole

    def _read(self, query: bytes, read: Callable[[bytes], Listing], kind: bytes = b"") -> Listing:
        known = self._known.get(kind + query)
        if known is not None:
            return known
        found = read(query)
        # A place in a list seldom comes twice.
        if found.cursor is None and len(query) <= _MOST_KEPT:
            if len(self._known) >= _MOST_KEPT:
                self._known.popitem(last=False)
            self._known[kind + query] = found
        return found

    def _listing(self, query: bytes) -> Listing:
        return _Reader(self._shape, self._sizes, self._relations, words_of_lists(self._shape)).listing(query)

    def _row(self, query: bytes) -> Listing:
        return _Reader(self._shape, self._sizes, self._relations, (*OF_ROWS, *self._kept)).listing(query)


class _Reader:
    """Reads one query string, and gathers its faults."""

    def __init__(self, shape: Shape, sizes: PageSizes, relations: Collection[str], offered: Iterable[str]) -> None:
        self.shape, self.sizes, self.relations, self.offered = shape, sizes, relations, tuple(offered)
        self.faults: list[dict[str, Any]] = []
        self.given: dict[str, Any] = {}

    def listing(self, query: bytes) -> Listing:
        conditions = []
        texts: dict[str, str] = {}
        for name, text in _pairs(query):
            if name in self.offered and name in texts:
                self._fault(fault(name, "repeated", "Parameter should be given once"))
            elif name in self.offered:
                texts[name] = text
            else:
                conditions.append(self._try(self._condition, name, text))
        export = texts.get("format") not in {None, "json"}
        found = Listing(
            conditions=tuple(c for c in conditions if c is not None),
            order=self._try(sorting.order, self.shape, texts.get("sort")) or (),
            fields=self._try(self._fields, texts.get("fields")),
            expand=self._try(self._expand, texts.get("expand")) or (),
            deleted=self._try(_word, "deleted", texts.get("deleted"), DELETED) or "exclude",
            count=bool(self._try(_word, "count", texts.get("count"), ("exact",))),
            limit=self._try(self._limit, texts.get("limit"), export=export),
            cursor=texts.get("cursor"),
            format=self._try(_word, "format", texts.get("format"), FORMATS),
            safe=bool(self._try(_word, "csv", texts.get("csv"), ("safe",))),
        )
        if self.faults:
            raise together(self.faults)
        return found

    def _try(self, read: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        try:
            return read(*arguments, **named)
        except InvalidRequest as error:
            self._fault(error)
            return None

    def _fault(self, error: InvalidRequest) -> None:
        self.faults += error.details["errors"]

    def _condition(self, name: str, text: str) -> Condition:
        if "limit" in self.offered:
            return condition(self.shape, name, text, self.offered)
        raise fault(name, "unknown_parameter", f"There is no such parameter of a row: {nearest(name, self.offered)}")

    def _fields(self, text: str | None) -> tuple[str, ...] | None:
        return None if text is None else self._names("fields", text, [f.name for f in self.shape.readable])

    def _expand(self, text: str | None) -> tuple[str, ...]:
        return () if text is None else self._names("expand", text, self.relations)

    def _names(self, parameter: str, text: str, known: Collection[str]) -> tuple[str, ...]:
        names = text.split(",")
        for name in names:
            if name not in known:
                raise fault(parameter, "unknown_name", f"There is no such name: {nearest(name, known)}")
        if len(set(names)) < len(names):
            raise fault(parameter, "repeated", "A name should be given once")
        return tuple(names)

    def _limit(self, text: str | None, *, export: bool) -> int | None:
        if text is None:
            return None
        most = MOST_ROWS if export else self.sizes.most
        if text.isascii() and text.isdigit() and 1 <= int(text[:11]) <= most:
            return int(text[:11])
        raise fault("limit", "limit", f"Input should be a whole number from 1 to {most}")


def _pairs(query: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS
        )
    except ValueError:
        words = "The query string should be UTF-8 and have at most 100 parameters"
        raise fault("query", "query_string", words) from None


def _word(name: str, text: str | None, known: tuple[str, ...]) -> str | None:
    if text is None or text in known:
        return text
    raise fault(name, "unknown_word", f"Input should be {' or '.join(known)}")
