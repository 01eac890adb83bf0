"""Requests that are sent twice and done once: the first answer of an ``Idempotency-Key`` is kept and given again.

The record is written in the transaction that writes the row, so after a crash both are there or neither. A second
request with the key waits for the first at the record's primary key. What was refused changed nothing and is not kept:
sent again, it is tried again.
"""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from pydantic_core import from_json, to_json

from bothways.crud.answers import Bytes
from bothways.dialects.performing import BEGIN, Ask, Features, Work
from bothways.dialects.violations import violation_in
from bothways.errors import Conflict, DatabaseBehind, InvalidRequest
from bothways.ledger import Ledger, Moment, now

if TYPE_CHECKING:
    from starlette.types import Scope

    from bothways.crud.targets import Target
    from bothways.dialects.performing import Operation

HEADER: Final = b"idempotency-key"
_KEPT: Final = dt.timedelta(hours=24)
_CLEAN_EVERY: Final = 600.0
_LONGEST: Final = 255
_TURNS: Final = 5
_METADATA: Final = sa.MetaData()
_TABLE: Final = sa.Table(
    "bothways_idempotency",
    _METADATA,
    sa.Column("id", sa.String(64), primary_key=True, comment="Digest of who asked, of the address and of the key"),
    sa.Column("body_digest", sa.String(64), nullable=False, comment="Digest of the request's body"),
    sa.Column("created_at", Moment, nullable=False, index=True, comment="When it was asked, in UTC"),
    sa.Column("status", sa.Integer, nullable=False, comment="The answer's status"),
    sa.Column("headers", sa.Text, nullable=False, comment="The answer's headers, as JSON"),
    sa.Column("body", sa.LargeBinary(16_777_215), nullable=False, comment="The answer's body"),
    comment="Answers to requests that may be sent again",
)
LEDGER: Final = Ledger("idempotency", 1, _METADATA)

_HERE: Final = _TABLE.c.id == sa.bindparam("here")
_LOOK: Final = sa.select(_TABLE).where(_HERE)
_CLAIM: Final = sa.insert(_TABLE)
_KEEP: Final = sa.update(_TABLE).where(_HERE)
_CLEAN: Final = sa.delete(_TABLE).where(_TABLE.c.created_at < sa.bindparam("before", type_=Moment))


@dataclass(frozen=True, slots=True)
class Claim:
    """A request by its key."""

    id: str
    body: str

    @classmethod
    def of(cls, scope: Scope, who: str, path: str, body: bytes) -> Claim | None:
        """What a request says, None where it has no key. Raises InvalidRequest for one that is none."""
        given = [value for name, value in scope["headers"] if name == HEADER]
        if not given:
            return None
        key = given[0].strip()
        if len(given) > 1 or not 0 < len(key) <= _LONGEST or not all(0x20 < letter < 0x7F for letter in key):
            raise _fault("idempotency_key", f"The key should be 1 to {_LONGEST} visible ASCII characters, once")
        return cls(sha256(to_json([who, path, key.decode()])).hexdigest(), sha256(body).hexdigest())


@dataclass(slots=True)
class Records:
    """The records of each database that this process serves."""

    _ready: set[str] = field(default_factory=set)
    _cleaned: dict[str, float] = field(default_factory=dict)

    async def once(self, target: Target, claim: Claim, work: Operation[Bytes], **more: Any) -> Bytes:
        """Do the work, or give the answer that it had before.

        Raises InvalidRequest where the key was used for another body, and whatever ``target.perform`` raises; ``more``
        is for that.
        """
        await self._prepare(target)
        for _ in range(_TURNS):
            known = await self._known(target, claim)
            if known is not None:
                return known
            answer = await target.perform(lambda features: _done(features, target, claim, work), **more)
            if answer is not None:
                return answer
        raise Conflict("another request with this Idempotency-Key is under way", hint="send it again in a moment")

    async def _prepare(self, target: Target) -> None:
        name = target.pool.database.name
        if name not in self._ready:
            await target.pool.run(LEDGER.ensure)
            self._ready.add(name)
        if time.monotonic() - self._cleaned.get(name, -_CLEAN_EVERY) >= _CLEAN_EVERY:
            self._cleaned[name] = time.monotonic()
            await target.perform(_clean)

    async def _known(self, target: Target, claim: Claim) -> Bytes | None:
        try:
            found = await target.perform(lambda _features: _look(claim), repeatable=True)
        except DatabaseBehind:
            # The database was made anew under us: the next request makes the table again.
            self._ready.discard(target.pool.database.name)
            raise
        if found is None:
            return None
        if found.created_at < now() - _KEPT:
            await target.perform(_clean)
            return None
        if found.body_digest != claim.body:
            raise _fault("idempotency_key", "The key was used for another body within the last 24 hours")
        headers = tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in from_json(found.headers))
        return Bytes(bytes(found.body), found.status, headers)


@dataclass(frozen=True, slots=True)
class _Record:
    id: str
    body_digest: str
    created_at: dt.datetime
    status: int
    headers: str
    body: bytes


def _look(claim: Claim) -> Work[_Record | None]:
    rows = (yield Ask(_LOOK, {"here": claim.id})).rows
    return _Record(*rows[0]) if rows else None


def _clean(_features: Features) -> Work[None]:
    yield Ask(_CLEAN, {"before": now() - _KEPT})


def _done(features: Features, target: Target, claim: Claim, work: Operation[Bytes]) -> Work[Bytes | None]:
    """Do the work and keep its answer in one transaction; None where another request has the key."""
    yield BEGIN
    mine = {"id": claim.id, "body_digest": claim.body, "created_at": now()}
    try:
        yield Ask(_CLAIM, {**mine, "status": 0, "headers": "[]", "body": b""})
    except Exception as error:
        violation = violation_in(error, target.pool.database.dialect)
        if violation is None or violation.rule != "unique":
            raise
        return None
    answer = yield from work(features)
    headers = to_json([[name.decode("latin-1"), value.decode("latin-1")] for name, value in answer.headers]).decode()
    yield Ask(_KEEP, {"here": claim.id, "status": answer.status, "headers": headers, "body": answer.body})
    return answer


def _fault(kind: str, words: str) -> InvalidRequest:
    return InvalidRequest(
        words, details={"errors": [{"loc": ["header", "Idempotency-Key"], "type": kind, "msg": words}]}
    )
