"""Answers that change nothing: a page of a table, one row."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from bothways.crud.answers import json_answer, row_or_unchanged
from bothways.crud.listing import PageSizes, listing, place_after
from bothways.crud.shapes import as_json

if TYPE_CHECKING:
    from starlette.requests import Request

    from bothways.crud.answers import Bytes
    from bothways.crud.targets import Target


async def page(target: Target, request: Request, sizes: PageSizes) -> Bytes:
    """A page of rows, and where the next one begins."""
    table = target.table
    asked = listing(table.shape, request.scope["query_string"], sizes)
    # One row more than asked for tells whether there is a next page.
    work = partial(table.queries.page, filters=asked.filters, after=asked.after, limit=asked.limit + 1)
    rows = await target.perform(work, repeatable=True)
    items = [table.writer.document(row) for row in rows[: asked.limit]]
    following = place_after(table.shape, items[-1]) if len(rows) > asked.limit else None
    return json_answer(as_json({"items": items, "next": following}))


async def get(target: Target, request: Request, _sizes: PageSizes) -> Bytes:
    """One row."""
    key = target.table.shape.key(target.key)
    row = await target.perform(partial(target.table.queries.get, key=key), repeatable=True)
    return row_or_unchanged(request, target.table.writer.one(target.found(row)))


ANSWERS: Final = {"list": page, "get": get}
