"""The statements that read: one a form of list, built when it is first asked for and kept.

Everything that a client says beyond the form is a parameter: values, the place at which a page begins, its size. So a
form is built once, and compiled once an engine.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import sqlalchemy as sa

from bothways.crud.deletion import standing
from bothways.crud.query import at_key, key_values, of_owner, owner_of
from bothways.crud.shapes import RowWriter, as_json, writer_of
from bothways.crud.sorting import beyond, order_by
from bothways.dialects.performing import Ask

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bothways.crud.expansion import Relation
    from bothways.crud.listing import Listing
    from bothways.crud.shapes import Field, Shape
    from bothways.crud.sorting import Place
    from bothways.dialects.performing import Features, Work

_MOST_FORMS: Final = 512
"""So many statements of a table are kept."""
_UNKNOWN: Final = object()
_LIMIT: Final = "bothways limit"  # no column has such a name


class Page(NamedTuple):
    """The rows of a page as documents in the list's order, whether there are more, and how many there are in all.

    ``hidden`` is what of each is not for the answer.
    """

    documents: list[dict[str, Any]]
    more: bool
    total: int | None
    hidden: tuple[str, ...] = ()

    def shown(self) -> list[dict[str, Any]]:
        """The documents without what is hidden."""
        for name in self.hidden:
            for document in self.documents:
                del document[name]
        return self.documents

    def written(self, keys: Iterable[str]) -> WrittenPage:
        """The same as JSON."""
        ends = [{key: row[key] for key in keys} for row in (*self.documents[:1], *self.documents[-1:])]
        return WrittenPage(as_json(self.shown()), ends, self.more, self.total)


class WrittenPage(NamedTuple):
    """A page as JSON: an array; ``ends`` are the sort keys of its first and of its last row, if it has any."""

    items: bytes
    ends: list[dict[str, Any]]
    more: bool
    total: int | None


@dataclass(frozen=True, slots=True)
class Built:
    """A statement, and how its rows become documents: those of its columns that are not asked for are ``hidden``."""

    statement: sa.Select[Any]
    writer: RowWriter
    hidden: tuple[str, ...]


class Lists:
    """What is read of one table."""

    def __init__(self, shape: Shape, relations: Mapping[str, Relation]) -> None:
        self.shape = shape
        self.relations = relations
        self._known: OrderedDict[Any, Any] = OrderedDict()

    def page(
        self, _features: Features, asked: Listing, place: Place | None, limit: int, whose: str | None = None
    ) -> Work[Page]:
        """Up to ``limit`` rows from that place on, with everything that is asked of them.

        Of tables that have owners, only rows of ``whose``; None is everybody's.
        """
        mine = owner_of(self.shape, whose)
        built = self._built(asked, place, owned=bool(mine))
        rows, more = yield from self._asked(built, asked, place, limit, mine)
        documents = [built.writer.document(row) for row in rows]
        for name in asked.expand:
            yield from self.relations[name].embed(documents, whose)
        return Page(documents, more, (yield from self._total(asked, mine)), built.hidden)

    def written(
        self, features: Features, asked: Listing, place: Place | None, limit: int, whose: str | None = None
    ) -> Work[WrittenPage]:
        """What :meth:`page` finds, as JSON: written by the database's server where it can."""
        mine = owner_of(self.shape, whose)
        built = self._built_json(features, asked, place, owned=bool(mine))
        if built is None:
            page = yield from self.page(features, asked, place, limit, whose)
            return page.written([key.name for key in asked.order])
        rows, more = yield from self._asked(built, asked, place, limit, mine)
        items = ",".join([row[0] for row in rows])
        ends = [built.writer.document(row[1:]) for row in (*rows[:1], *rows[-1:])]
        return WrittenPage(f"[{items}]".encode(), ends, more, (yield from self._total(asked, mine)))

    def _asked(
        self, built: Built, asked: Listing, place: Place | None, limit: int, mine: Mapping[str, Any]
    ) -> Work[tuple[Sequence[Sequence[Any]], bool]]:
        """Up to ``limit`` rows in the list's order, and whether there are more."""
        # One row more than asked for tells whether there are more.
        begun = place.parameters() if place is not None else {}
        rows = (yield Ask(built.statement, {**asked.values, **mine, **begun, _LIMIT: limit + 1})).rows
        more = len(rows) > limit
        if more:
            rows = rows[:limit]
        return (rows[::-1] if place is not None and place.back else rows), more

    def _total(self, asked: Listing, mine: Mapping[str, Any]) -> Work[int | None]:
        if not asked.count:
            return None
        counted: int = (yield Ask(self._count(asked, owned=bool(mine)), {**asked.values, **mine})).rows[0][0]
        return counted

    def one(
        self, _features: Features, asked: Listing, key: Sequence[Any], whose: str | None = None
    ) -> Work[dict[str, Any] | None]:
        """The row of that key as a document, None where there is none."""
        mine = owner_of(self.shape, whose)
        built = self._kept(("one", asked.form, bool(mine)), lambda: self._built_one(asked, owned=bool(mine)))
        rows = (yield Ask(built.statement, {**key_values(key), **mine})).rows
        if not rows:
            return None
        document: dict[str, Any] = built.writer.document(rows[0])
        for name in asked.expand:
            yield from self.relations[name].embed([document], whose)
        for name in built.hidden:
            del document[name]
        return document

    def _built(self, asked: Listing, place: Place | None, *, owned: bool) -> Built:
        form = (asked.form, place.form if place is not None else None, owned)
        found: Built = self._kept(form, lambda: self._built_page(asked, place, owned=owned))
        return found

    def _built_json(self, features: Features, asked: Listing, place: Place | None, *, owned: bool) -> Built | None:
        """The statement whose rows are a row's JSON and its sort keys; None where the server does not write it."""
        if features.row_as_json is None or asked.expand:
            return None
        form = ("json", asked.form, place.form if place is not None else None, owned)
        found: Built | None = self._kept(form, lambda: self._json_page(features, asked, place, owned=owned))
        return found

    def _built_page(self, asked: Listing, place: Place | None, *, owned: bool) -> Built:
        columns, writer, hidden = self._columns(asked, tuple(key.name for key in asked.order))
        return Built(self._page_of(columns, asked, place, owned=owned), writer, hidden)

    def _json_page(self, features: Features, asked: Listing, place: Place | None, *, owned: bool) -> Built | None:
        told = asked.fields or tuple(f.name for f in self.shape.readable)
        written = features.row_as_json and features.row_as_json([(n, self.shape.by_name[n].column) for n in told])
        if written is None:
            return None
        keys = [self.shape.by_name[key.name] for key in asked.order]
        columns = [written, *(key.column for key in keys)]
        return Built(self._page_of(columns, asked, place, owned=owned), writer_of(keys), ())

    def _page_of(self, columns: list[Any], asked: Listing, place: Place | None, *, owned: bool) -> sa.Select[Any]:
        conditions = self._conditions(asked, owned=owned)
        if place is not None:
            conditions.append(beyond(self.shape, asked.order, place))
        back = place is not None and place.back
        statement = sa.select(*columns).where(*conditions).order_by(*order_by(self.shape, asked.order, back=back))
        return statement.limit(sa.bindparam(_LIMIT, type_=sa.Integer()))

    def _built_one(self, asked: Listing, *, owned: bool) -> Built:
        columns, writer, hidden = self._columns(asked, ())
        conditions = self._conditions(asked, owned=owned)
        return Built(sa.select(*columns).where(at_key(self.shape), *conditions), writer, hidden)

    def _columns(self, asked: Listing, keys: tuple[str, ...]) -> tuple[list[Any], RowWriter, tuple[str, ...]]:
        """The columns, first those that are asked for, then what else is needed."""
        told = asked.fields or tuple(f.name for f in self.shape.readable)
        needed = (*keys, *(name for relation in asked.expand for name in self.relations[relation].here))
        hidden = tuple(dict.fromkeys(name for name in needed if name not in told))
        fields: list[Field] = [self.shape.by_name[name] for name in (*told, *hidden)]
        return [field.column for field in fields], writer_of(fields), hidden

    def _count(self, asked: Listing, *, owned: bool) -> sa.Select[Any]:
        form = ("count", tuple(c.form for c in asked.conditions), asked.deleted, owned)
        counted = sa.select(sa.func.count()).select_from(self.shape.table)
        statement: sa.Select[Any] = self._kept(form, lambda: counted.where(*self._conditions(asked, owned=owned)))
        return statement

    def _conditions(self, asked: Listing, *, owned: bool) -> list[sa.ColumnElement[bool]]:
        own = (c.sql(self.shape, i) for i, c in enumerate(asked.conditions))
        return [*own, *standing(self.shape, asked.deleted), *of_owner(self.shape, owned=owned)]

    def _kept(self, form: Any, build: Any) -> Any:
        found = self._known.get(form, _UNKNOWN)
        if found is _UNKNOWN:
            if len(self._known) >= _MOST_FORMS:
                self._known.popitem(last=False)
            found = self._known[form] = build()
        return found
