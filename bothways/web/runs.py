"""Runs over HTTP: start one, list them, watch one to its end, cancel it.

Nothing of a run happens in this process: it is recorded in its database and done by a worker of its own.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import anyio
from fastapi import BackgroundTasks, Depends, Header, Path, Query, Request, Response, WebSocket
from fastapi.sse import format_sse_event
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import to_json
from starlette.responses import StreamingResponse
from starlette.websockets import WebSocketDisconnect

from bothways import runs
from bothways.errors import BothwaysError, DatabaseError
from bothways.web.access import MIGRATIONS_READ, MIGRATIONS_RUN, Principal, authorize, require
from bothways.web.endings import STARTED
from bothways.web.feeds import Feeds
from bothways.web.idempotency import Once  # noqa: TC001 - FastAPI reads the annotation
from bothways.web.migrations import faults
from bothways.web.problems import REQUEST_ID, of_error

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

    from fastapi import FastAPI
    from starlette.types import Scope

    from bothways.project import Project

HEARTBEAT_SECONDS: Final = 15.0
_RETRY_MILLISECONDS: Final = 2000
_MOST_NUMBER: Final = 2_147_483_647
_EXAMPLE: Final = "postgresql-0193a1b2c3d4e5f60718293a"
Id = Annotated[str, Path(max_length=200, description="The id of a run", examples=[_EXAMPLE])]
_EVENT: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "pattern": "^[0-9]+$", "description": "Its number; send it as Last-Event-ID"},
        "event": {"type": "string", "description": "created, started, step, total, proof, cancel or ended"},
        "data": {"type": "string", "contentMediaType": "application/json"},
        "retry": {"type": "integer", "description": "Milliseconds to wait before asking again"},
    },
    "examples": [{"id": "2", "event": "started", "data": '{"at":"2026-11-21T12:00:00.123Z"}'}],
}
_RUNNER = require(MIGRATIONS_RUN)
_Kind = Literal["upgrade", "downgrade", "verify"]
_State = Literal["queued", "running", "succeeded", "failed", "cancelled", "lost"]


class NewRun(BaseModel):
    """What is to be run."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"database": "postgresql", "kind": "upgrade", "target": "head"}]},
    )

    database: str = Field(max_length=100, description="A database of the project")
    kind: _Kind = Field(description="upgrade, downgrade, or verify: prove revisions on scratch databases")
    target: str | None = Field(
        default=None,
        max_length=200,
        description="upgrade: a revision, head if empty. downgrade: a revision, base or -1. "
        "verify: a revision, a change or FROM:TO, all if empty",
    )
    review: str | None = Field(default=None, max_length=100, description="The review that allows it; kept with it")
    plan: str | None = Field(default=None, max_length=100, description="The plan that it follows; kept with it")


class RunDocument(BaseModel):
    """A run, as far as it has come."""

    id: str = Field(examples=[_EXAMPLE])
    database: str
    kind: _Kind
    target: str | None
    by: str | None = Field(description="Who asked for it")
    review: str | None
    plan: str | None
    state: _State = Field(description="lost: its process ended without a word; message says where the database is")
    created_at: str = Field(description="By the database's clock, in UTC")
    started_at: str | None
    ended_at: str | None
    cancel_asked_at: str | None
    message: str | None = Field(description="How it ended, and where the database is")
    before: list[str] | None = Field(description="The revisions that the database was at")
    after: list[str] | None = Field(description="The revisions that it is at")
    report: dict[str, Any] | None = Field(description="The report, or the error, as the command line's --output json")


class Runs(BaseModel):
    """Some runs, newest first."""

    runs: list[RunDocument]
    next: str | None = Field(description="The last one's id, where there may be older ones: ask for those before it")
    unreachable: list[str] = Field(description="Databases that could not be asked")


class Service:
    """Answers what is asked about runs. ``policies`` may refuse one; ``note`` is told who did what."""

    def __init__(
        self,
        project: Project,
        grace: float = runs.GRACE_SECONDS,
        *,
        policies: Iterable[Callable[[runs.Wish], None]] = (),
        note: Callable[[Scope, str, runs.Run], Awaitable[None]] | None = None,
        prefix: str = "/api/v1",
    ) -> None:
        self.project = project
        self.feeds = Feeds(project)
        self.address = f"{prefix}/runs"
        self._grace = grace
        self._policies = tuple(policies)
        self._note = note

    def start(
        self,
        wanted: NewRun,
        request: Request,
        response: Response,
        later: BackgroundTasks,
        who: Annotated[Principal, Depends(_RUNNER)],
        _once: Once,
    ) -> RunDocument:
        """Start an upgrade, a downgrade or a proof; Location is where to look after it."""
        wish = runs.Wish(wanted.database, wanted.kind, wanted.target, who.name, wanted.review, wanted.plan)
        run = runs.start(self.project, wish, policies=self._policies, grace=self._grace)
        self._noted(request, later, STARTED, run)
        response.headers["location"] = f"{request.scope.get('root_path', '')}{self.address}/{run.id}"
        return _document(run)

    def listed(
        self,
        database: Annotated[str | None, Query(max_length=100, description="Only of this database")] = None,
        state: Annotated[_State | None, Query(description="Only in this state")] = None,
        before: Annotated[str | None, Query(max_length=200, description="Only older ones than this run")] = None,
        limit: Annotated[int, Query(ge=1, le=200, description="Most runs")] = 50,
    ) -> Runs:
        """The newest runs of every database, newest first."""
        place = None
        if before is not None:
            last = runs.find(self.project, before)
            place = last.created, last.id
        chosen = [self.project.database(database)] if database else self.project.databases
        found: list[runs.Run] = []
        unreachable = []
        for one in chosen:
            if one.url is None and not database:
                continue
            try:
                found += runs.newest(one, state, limit + 1, place)
            except DatabaseError:
                if database:
                    raise
                unreachable.append(one.name)
        found.sort(key=lambda run: (run.created, run.id), reverse=True)
        following = found[limit - 1].id if len(found) > limit else None
        return Runs(runs=[_document(run) for run in found[:limit]], next=following, unreachable=unreachable)

    def one(self, run: Id) -> RunDocument:
        """A run; one whose worker is gone is found to be lost."""
        return _document(runs.find(self.project, run))

    def cancel(self, run: Id, request: Request, later: BackgroundTasks) -> RunDocument:
        """End a run: between two revisions, or in the middle of one that goes on for too long.

        It is 202 because that takes a moment; the record says in which state the database is then.
        """
        found = runs.cancel(self.project, run, grace=self._grace)
        self._noted(request, later, "run.cancelled", found)
        return _document(found)

    async def events(
        self,
        run: Id,
        last: Annotated[
            int, Header(alias="Last-Event-ID", ge=0, le=_MOST_NUMBER, description="The last event that is known")
        ] = 0,
    ) -> Response:
        """What happens in a run, as Server-Sent Events, from its first event or behind a known one, to its end.

        Each has an id, a kind (created, started, step, total, proof, cancel, ended) and JSON data. 204 where the run
        has ended and there is nothing more to come.
        """
        found = await self.feeds.find(run)
        if not found.under_way:
            with anyio.fail_after(HEARTBEAT_SECONDS):
                async for news in self.feeds.after(run, last):
                    if not news:
                        return Response(status_code=204)
                    break
        headers = {"x-accel-buffering": "no", "cache-control": "no-store"}
        return StreamingResponse(self._stream(run, last), media_type="text/event-stream", headers=headers)

    async def socket(self, websocket: WebSocket, run: str) -> None:
        """The same on a WebSocket, a JSON text for each event; ``?after=`` is the last one that is known."""
        try:
            authorize(websocket.scope, MIGRATIONS_READ)
            await self.feeds.find(run)
        except BothwaysError as error:
            await _deny(websocket, error)
            return
        text = websocket.query_params.get("after", "0")
        after = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
        await websocket.accept()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_until_gone, websocket, tasks.cancel_scope)
            async for news in self.feeds.after(run, after):
                for event in news:
                    await websocket.send_text(to_json(event.to_dict()).decode())
            await websocket.close()
            tasks.cancel_scope.cancel()

    def _noted(self, request: Request, later: BackgroundTasks, what: str, run: runs.Run) -> None:
        if self._note is not None:
            # Behind the answer: where a revision writes to a file, the log in it has to wait.
            later.add_task(self._note, request.scope, what, run)

    async def _stream(self, run: str, after: int) -> AsyncIterator[bytes]:
        yield format_sse_event(comment=f"run {run}", retry=_RETRY_MILLISECONDS)
        heard = time.monotonic()
        async for news in self.feeds.after(run, after):
            for event in news:
                data = to_json({"at": event.to_dict()["at"], **event.data}).decode()
                yield format_sse_event(data_str=data, event=event.kind, id=str(event.number))
            if news:
                heard = time.monotonic()
            elif time.monotonic() - heard > HEARTBEAT_SECONDS:
                heard = time.monotonic()
                yield format_sse_event(comment="still running")


def install(app: FastAPI, service: Service) -> None:
    """Add the endpoints."""

    def add(path: str, endpoint: Any, method: str, status: int, *codes: int, **more: Any) -> None:
        scope = MIGRATIONS_READ if method == "GET" else MIGRATIONS_RUN
        app.add_api_route(
            service.address + path,
            endpoint,
            methods=[method],
            status_code=status,
            tags=["runs"],
            dependencies=[Depends(require(scope))],
            **{"responses": faults(401, 403, *codes), **more},
        )

    place = {202: {"headers": {"Location": {"description": "The run", "schema": {"type": "string"}}}}}
    add("", service.start, "POST", 202, responses={**faults(401, 403, 404, 409, 422, 503), **place})
    add("", service.listed, "GET", 200, 404, 422, 503)
    add("/{run}", service.one, "GET", 200, 404, 422, 503)
    add("/{run}", service.cancel, "DELETE", 202, 404, 409, 422, 503)
    add("/{run}/cancel", service.cancel, "POST", 202, 404, 409, 422, 503, operation_id="cancel_run")
    stream = {
        200: {"description": "The events", "content": {"text/event-stream": {"itemSchema": _EVENT}}},
        204: {"description": "The run has ended, and everything that happened is known"},
    }
    add(
        "/{run}/events",
        service.events,
        "GET",
        200,
        response_class=StreamingResponse,
        responses={**faults(401, 403, 404, 422, 503), **stream},
    )
    app.add_api_websocket_route(f"{service.address}/{{run}}/ws", service.socket)


def _document(run: runs.Run) -> RunDocument:
    return RunDocument.model_validate(run.to_dict())


async def _deny(websocket: WebSocket, error: BothwaysError) -> None:
    if "websocket.http.response" in websocket.scope.get("extensions", {}):
        await websocket.send_denial_response(of_error(error, websocket.scope.get(REQUEST_ID)))
    else:
        await websocket.close(1008, error.code)


async def _until_gone(websocket: WebSocket, scope: anyio.CancelScope) -> None:
    try:
        while True:
            await websocket.receive()
    except (WebSocketDisconnect, RuntimeError):
        scope.cancel()
