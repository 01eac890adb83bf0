"""Answers that change rows: create, change, delete."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bothways.crud.shapes import as_json
from bothways.crud.targets import json_answer

if TYPE_CHECKING:
    from starlette.requests import Request

    from bothways.crud.listing import PageSizes
    from bothways.crud.targets import Target


async def create(target: Target, request: Request, _sizes: PageSizes) -> Response:
    """Create a row; the answer holds it and its address."""
    table = target.table
    values = table.owned(table.shape.values_to_create(await _body(request)), new=True)
    row = await target.perform(partial(table.queries.create, values=values))
    document = table.writer.document(row)
    return json_answer(as_json(document), status=201, headers={"location": target.address(document)})


async def update(target: Target, request: Request, _sizes: PageSizes) -> Response:
    """Change some values of a row."""
    table = target.table
    key = table.shape.key(target.key)
    values = table.owned(table.shape.values_to_change(await _body(request)))
    row = await target.perform(partial(table.queries.change, key=key, values=values))
    return json_answer(table.writer.one(target.found(row)))


async def delete(target: Target, _request: Request, _sizes: PageSizes) -> Response:
    """Delete a row."""
    key = target.table.shape.key(target.key)
    if not await target.perform(partial(target.table.queries.remove, key=key), deleting=True):
        target.found(None)
    return Response(status_code=204)


async def _body(request: Request) -> bytes:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    # A form or a plain text is what a foreign page can make a browser send without asking.
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise HTTPException(415, headers={"Accept": "application/json"})
    return await request.body()


ANSWERS: Final = {"create": create, "update": update, "delete": delete}
