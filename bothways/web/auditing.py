"""The audit log over HTTP: read it, and verify its chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Depends, Query
from pydantic import BaseModel, Field

from bothways import audit
from bothways.accounts.roles import AUDIT_READ, Principal
from bothways.web.access import require

if TYPE_CHECKING:
    from fastapi import FastAPI

    from bothways.web.desk import Desk

PATH: Final = "/api/v1/audit"
Auditor = Annotated[Principal, Depends(require(AUDIT_READ))]
Before = Annotated[int, Query(ge=1, lt=2**63, description="The next of the page before")]
Limit = Annotated[int, Query(ge=1, le=100, description="Entries on a page")]
Anchor = Annotated[
    str, Query(pattern=r"^[0-9]{1,18}:[0-9a-f]{64}$", description="One that was noted before: number and digest")
]


class Entry(BaseModel):
    """Something that was done."""

    number: int = Field(description="1, 2, 3, without a gap")
    at: str = Field(description="When, in UTC")
    who: str = Field(description="Who did it")
    what: str = Field(description="What was done, for example user.created")
    subject: str = Field(description="To whom or what")
    origin: str = Field(description="From where")
    details: dict[str, Any] = Field(description="More")
    digest: str = Field(description="Over all of this and the digest before")


class Entries(BaseModel):
    """A page of the audit log."""

    items: list[Entry] = Field(description="Newest first")
    next: int | None = Field(description="Send it as before to get the next page; null on the last one")


class Verification(BaseModel):
    """Whether the log is as it was written."""

    ok: bool = Field(description="Whether nothing is wrong")
    entries: int = Field(description="How many were followed")
    unsigned: int = Field(description="How many were written without a secret, and prove nothing")
    anchor: str = Field(description="Note it elsewhere: it proves later that the log had come so far")
    fault: str | None = Field(description="What is wrong first")
    number: int | None = Field(description="The entry where that is")


def install(app: FastAPI, desk: Desk, faults: dict[int, dict[str, Any]]) -> None:
    """Add the endpoints; ``faults`` document the errors."""

    async def list_audit(_who: Auditor, before: Before | None = None, limit: Limit = 50) -> Entries:
        """What was done to users, keys, sessions and runs."""
        none: list[audit.Entry] = []
        found = await desk.read(lambda c: audit.entries(c, before=before, limit=limit + 1), none)
        items = [Entry(**{name: getattr(e, name) for name in Entry.model_fields}) for e in found[:limit]]
        return Entries(items=items, next=items[-1].number if len(found) > limit else None)

    async def verify_audit(_who: Auditor, anchor: Anchor | None = None) -> Verification:
        """Go through the whole chain."""
        empty = audit.Verification(0, 0, audit.EMPTY)
        found = await desk.read(lambda c: audit.verify(c, desk.keys, anchor=anchor), empty)
        return Verification(
            **{name: getattr(found, name) for name in Verification.model_fields},
        )

    def add(path: str, endpoint: Any, model: type[BaseModel]) -> None:
        responses: Any = {code: faults[code] for code in (422, 503)}
        app.add_api_route(
            path, endpoint, response_model=model, tags=["audit"], responses=responses, operation_id=endpoint.__name__
        )

    add(PATH, list_audit, Entries)
    add(f"{PATH}/verify", verify_audit, Verification)
