"""Answers that change rows: create, replace, change, delete, restore."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from bothways.crud.answers import NOTHING, Bytes, json_answer, row_answer
from bothways.crud.changes import Place
from bothways.crud.etags import condition
from bothways.crud.idempotency import Claim
from bothways.crud.shapes import as_json
from bothways.errors import Conflict, ConstraintViolated, InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from bothways.crud.changes import Check
    from bothways.crud.listing import PageSizes
    from bothways.crud.query import Row
    from bothways.crud.targets import Request, Target
    from bothways.dialects.performing import Features, Operation, Work

T = TypeVar("T")
_TRUTH: Final = {"true": True, "false": False}
_NO_PARAMETER: Final = "There is no such parameter"


async def create(target: Target, request: Request, _sizes: PageSizes) -> Bytes:
    """Create a row, or all the rows of an array; the answer holds what was made, and the address of a single one."""
    table = target.table
    _refuse_parameters(request)
    body = await _body(request)
    claim = Claim.of(request.scope, table.rules.who(request.scope), target.path, body)
    if body.lstrip()[:1] == b"[":
        many = table.shape.values_of_many(body, table.rules.bulk_max)
        return await _create_many(target, [table.owned(values, new=True) for values in many], claim)
    values = table.owned(table.shape.values_to_create(body), new=True)
    work = partial(table.changes.create, values=values)
    if claim is None:
        return _created(target, await target.perform(work))
    return await table.rules.records.once(target, claim, _answering(work, partial(_created, target)))


async def replace(target: Target, request: Request, _sizes: PageSizes) -> Bytes:
    """Give every field of a row that may be written a new value: the one that was sent, or the default."""
    table = target.table
    _refuse_parameters(request)
    key = table.shape.key(target.key)
    check = condition(request.scope, table.writer.one, required=True)
    values = table.owned(table.shape.values_to_replace(await _body(request)), new=True)
    row = await target.perform(partial(table.changes.replace, key=key, values=values, check=check))
    return row_answer(table.writer.one(target.found(row)))


async def update(target: Target, request: Request, _sizes: PageSizes) -> Bytes:
    """Change some values of a row."""
    table = target.table
    _refuse_parameters(request)
    key = table.shape.key(target.key)
    check = _condition(target, request)
    values = table.owned(table.shape.values_to_change(await _body(request)))
    row = await target.perform(partial(table.changes.change, key=key, values=values, check=check))
    return row_answer(table.writer.one(target.found(row)))


async def delete(target: Target, request: Request, _sizes: PageSizes) -> Bytes:
    """Delete a row: where its table keeps deleted rows it can be restored, unless it is purged."""
    changes = target.table.changes
    key = target.table.shape.key(target.key)
    work = changes.purge if _purging(target, request.scope["query_string"]) else changes.remove
    check = _condition(target, request)
    if not await target.perform(partial(work, key=key, check=check), deleting=True):
        target.found(None)
    return NOTHING


async def restore(target: Target, request: Request, _sizes: PageSizes) -> Bytes:
    """Take the delete of a row back."""
    table = target.table
    _refuse_parameters(request)
    key = table.shape.key(target.key)
    check = condition(request.scope, table.writer.one, required=False)
    row = await target.perform(partial(table.changes.restore, key=key, check=check))
    return row_answer(table.writer.one(target.found(row)))


ANSWERS: Final = {"create": create, "replace": replace, "update": update, "delete": delete, "restore": restore}


async def _create_many(target: Target, many: list[dict[str, Any]], claim: Claim | None) -> Bytes:
    """Create all rows or none; where one is refused, the refusal says which."""
    changes = target.table.changes

    async def done(work: Operation[list[Row]], **more: Any) -> Bytes:
        if claim is None:
            return _many_created(target, await target.perform(work, **more))
        return await target.table.rules.records.once(
            target, claim, _answering(work, partial(_many_created, target)), **more
        )

    try:
        return await done(partial(changes.create_many, many=many))
    except (Conflict, ConstraintViolated):
        # The engine does not say which row of a statement it was: one by one it shows.
        place = Place()
        return await done(partial(changes.create_each, many=many, place=place), place=place)


def _answering(work: Operation[T], answer: Callable[[T], Bytes]) -> Operation[Bytes]:
    """The same work, with its result as an answer."""

    def answered(features: Features) -> Work[Bytes]:
        return answer((yield from work(features)))

    return answered


def _created(target: Target, row: Row) -> Bytes:
    document = target.table.writer.document(row)
    return row_answer(as_json(document), 201, (b"location", target.address(document).encode("latin-1")))


def _many_created(target: Target, rows: list[Row]) -> Bytes:
    return json_answer(as_json([target.table.writer.document(row) for row in rows]), 201)


def _condition(target: Target, request: Request) -> Check | None:
    table = target.table
    return condition(request.scope, table.writer.one, required=table.rules.require_if_match)


def _refuse_parameters(request: Request) -> None:
    """Raises InvalidRequest for anything that the query says: it would be done without it."""
    if query := request.scope["query_string"]:
        given = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
        raise _unfit([(name, "unknown_parameter", _NO_PARAMETER) for name, _ in given])


def _unfit(faults: list[tuple[str, str, str]]) -> InvalidRequest:
    errors = [{"loc": ["query", name], "type": kind, "msg": words} for name, kind, words in faults]
    return InvalidRequest("the query does not fit", details={"errors": errors})


def _purging(target: Target, query: bytes) -> bool:
    """Whether a delete is to be a real one; raises InvalidRequest for anything else that a query says."""
    if not query:
        return False
    found: bool | None = None
    faults = []
    for name, value in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
        if name != "purge" or target.table.shape.soft_delete is None:
            faults.append((name, "unknown_parameter", _NO_PARAMETER))
        elif value not in _TRUTH or found is not None:
            faults.append((name, "purge", "Input should be true or false, once"))
        else:
            found = _TRUTH[value]
    if faults:
        raise _unfit(faults)
    return bool(found)


async def _body(request: Request) -> bytes:
    kind = next((value for name, value in request.scope["headers"] if name == b"content-type"), b"")
    kind = kind.partition(b";")[0].strip().lower()
    # A form or a plain text is what a foreign page can make a browser send without asking; a merge patch is JSON, but
    # means another thing for documents within a row.
    if kind != b"application/json":
        raise HTTPException(415, headers={"Accept": "application/json"})
    message = await request.receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body", False):
        message = await request.receive()
        body += message.get("body", b"")
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return body
