"""Answers that change nothing: a page of a table, all of it as a stream, one row."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from bothways.crud.answers import json_answer, row_or_unchanged
from bothways.crud.export import Export
from bothways.crud.formats import negotiated
from bothways.crud.shapes import as_json

if TYPE_CHECKING:
    from bothways.crud.answers import Bytes
    from bothways.crud.listing import Listing, PageSizes
    from bothways.crud.lists import WrittenPage
    from bothways.crud.sorting import Place
    from bothways.crud.targets import Answering, Request, Target


async def page(target: Target, request: Request, sizes: PageSizes) -> Bytes | Export:
    """A page of rows, and where the next and the previous one begin; or all rows, as a stream."""
    table, scope = target.table, request.scope
    asked = table.listings.of_list(scope["query_string"])
    form = asked.format or negotiated(scope["headers"])
    if form != "json":
        return Export.of(target, asked, form)
    context = target.context(asked)
    place = None
    if asked.cursor is not None:
        place = table.cursors.read(context, table.shape, asked.order, asked.cursor)
    limit = asked.limit or sizes.usual
    work = partial(table.lists.written, asked=asked, place=place, limit=limit, whose=target.whose)
    found = await target.perform(work, repeatable=True)
    return json_answer(_document(target, asked, context, place, found))


def _document(target: Target, asked: Listing, context: bytes, place: Place | None, found: WrittenPage) -> bytes:
    back = place is not None and place.back
    # Where one came from there is something, or was: there the row itself is where the way back begins.
    following, previous = found.more or back, found.more if back else place is not None
    write = partial(target.table.cursors.write, context, asked.order)
    if found.ends:
        first, last = found.ends
        after = write(last, back=False) if following else None
        before = write(first, back=True) if previous else None
    else:
        after, before = _around_nothing(target, asked, context, back=back)
    total = b"" if found.total is None else b',"total":%d' % found.total
    return b'{"items":%b,"next":%b,"previous":%b%b}' % (found.items, as_json(after), as_json(before), total)


def _around_nothing(target: Target, asked: Listing, context: bytes, *, back: bool) -> tuple[str | None, str | None]:
    """The cursors of an empty page: only back to where its own cursor came from, with the row there."""
    if asked.cursor is None:
        return None, None
    turned = target.table.cursors.turned(context, asked.cursor, back=not back)
    return (turned, None) if back else (None, turned)


async def get(target: Target, request: Request, _sizes: PageSizes) -> Bytes:
    """One row."""
    table = target.table
    key = table.shape.key(target.key)
    query = request.scope["query_string"]
    if not query:
        row = await target.perform(partial(table.queries.get, key=key), repeatable=True)
        return row_or_unchanged(request, table.writer.one(target.found(row)))
    asked = table.listings.of_row(query)
    document = await target.perform(partial(table.lists.one, asked=asked, key=key, whose=target.whose), repeatable=True)
    body = as_json(target.found(document))
    # Only of the whole row, and nothing but it, is the tag that a change asks for.
    whole = asked.fields is None and not asked.expand
    return row_or_unchanged(request, body) if whole else json_answer(body)


ANSWERS: Final[dict[str, Answering]] = {"list": page, "get": get}
