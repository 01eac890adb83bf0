"""The endpoints that are not tables: health, and where each database stands."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import anyio
import anyio.to_thread
from fastapi import Depends
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotation
from starlette.responses import Response

from bothways.errors import BothwaysError, MultipleHeads
from bothways.status import DatabaseStatus, read_status
from bothways.web.access import MIGRATIONS_READ, require
from bothways.web.problems import REQUEST_ID, Problem, problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from fastapi import FastAPI

    from bothways.project import Project
    from bothways.web.draining import Draining

_FRESH_SECONDS: Final = 1.0
_LOOKS_AT_ONCE: Final = 4
# What a caller may know of a database that cannot be looked at; the engine's own words name hosts, users and files.
_WORDS: Final[dict[str, str]] = {
    "unreachable": "does not answer",
    "authentication-failed": "refuses the service's credentials",
    "database-missing": "does not exist",
    "database-not-configured": "has no URL",
}
_STATES: Final[dict[str, str]] = {
    "at-head": "is at the revision that this build expects",
    "behind": "is behind this build",
    "diverged": "is not on the way to the revision that this build expects",
    "unknown-revision": "is at a revision that this build does not know: ahead of it, or of another history",
    "unreachable": "cannot be looked at",
    "unconfigured": "has no URL",
    "invalid": "cannot be judged: its settings or its revisions cannot be read",
}


class Live(BaseModel):
    """The process answers."""

    status: str = Field(default="live", examples=["live"])


class Status(BaseModel):
    """Where a database stands."""

    name: str = Field(description="The section of alembic.ini")
    branch: str = Field(description="The Alembic branch that it follows")
    dialect: str = Field(description="postgresql, mysql or sqlite")
    state: str = Field(description="at-head, behind, diverged, unknown-revision, unreachable, unconfigured or invalid")
    current: list[str] = Field(description="The revisions that it is at; none where nothing was applied")
    head: str | None = Field(description="The revision that this build expects")
    pending: list[str] = Field(description="The revisions that it lacks, oldest first")
    server: str | None = Field(description="The server's name and version")
    message: str = Field(description="The same in words")
    hint: str | None = Field(description="What to do about it")


class OpenStatus(BaseModel):
    """What anybody may know of a database; what it runs and where it is takes migrations:read."""

    name: str = Field(description="The section of alembic.ini; /api/v1/databases/{name}/status says more")
    state: str = Field(description="at-head, behind, diverged, unknown-revision, unreachable, unconfigured or invalid")


class Ready(BaseModel):
    """Every database that must be ready is at the revision that this build expects."""

    status: str = Field(default="ready", examples=["ready"])
    databases: list[OpenStatus]


class Database(BaseModel):
    """A database of the project."""

    name: str = Field(description="The section of alembic.ini")
    branch: str = Field(description="The Alembic branch that it follows")
    dialect: str = Field(description="postgresql, mysql or sqlite")
    configured: bool = Field(description="Whether it has a URL")
    served: bool = Field(description="Whether its tables are served under /api/v1/{name}")


class Databases(BaseModel):
    """Every database of the project."""

    databases: list[Database]


class Looks:
    """Looks at databases without getting in the way: in threads, few at once, and not twice within a second."""

    def __init__(self, project: Project, timeout: float) -> None:
        self._project = project
        self._timeout = timeout
        self._threads = anyio.CapacityLimiter(_LOOKS_AT_ONCE)
        self._one = anyio.Lock()
        self._last: tuple[float, tuple[str, ...], list[Status]] = (0.0, (), [])

    async def at(self, names: Iterable[str]) -> list[Status]:
        """Where the named databases stand now; raises UnknownDatabase."""
        wanted = tuple(names)
        report = await anyio.to_thread.run_sync(
            lambda: read_status(self._project, wanted, self._timeout), limiter=self._threads
        )
        return [_public(status) for status in report.databases]

    async def lately(self, names: Iterable[str]) -> list[Status]:
        """Where they stood within the last second: many probes are one look."""
        wanted = tuple(names)
        async with self._one:
            then, known, found = self._last
            if known != wanted or time.monotonic() - then > _FRESH_SECONDS:
                found = await self.at(wanted)
                self._last = (time.monotonic(), wanted, found)
            return found


@dataclass(frozen=True, slots=True)
class Health:
    """What decides about readiness."""

    databases: tuple[str, ...]
    """Those that must be ready."""
    judge: Callable[[Status], Awaitable[bool]]
    """Whether a database has what this build needs."""
    draining: Draining

    async def fits(self, status: Status) -> bool:
        """Whether a database has what this build needs; not where that cannot be told."""
        try:
            return await self.judge(status)
        except (BothwaysError, DBAPIError):
            return False


def install(app: FastAPI, project: Project, looks: Looks, health: Health, *, served: Iterable[str]) -> None:
    """Add the endpoints; ``served`` databases have tables."""
    tables, needed = frozenset(served), health.databases
    faults: dict[int, dict[str, Any]] = {
        code: {"description": words, "content": {"application/problem+json": {"schema": _PROBLEM}}}
        for code, words in ((404, "There is no such database"), (503, "Not ready; databases says why"))
    }

    async def live() -> Live:
        """Whether the process answers; it looks at nothing else."""
        return Live()

    async def is_ready(request: Request) -> Response:
        """Whether every database that must be ready has what this build needs; it may be ahead of it."""
        if health.draining.begun:
            return _not_ready([], request.scope.get(REQUEST_ID), "the service is about to end")
        found = await looks.lately(needed) if needed else []
        unfit = [status for status in found if not await health.fits(status)]
        if found and not unfit:
            return Response(Ready(databases=_open(found)).model_dump_json(), media_type="application/json")
        return _not_ready(found, request.scope.get(REQUEST_ID), unfit=unfit)

    async def databases() -> Databases:
        """Every database of the project."""
        return Databases(
            databases=[
                Database(
                    name=d.name,
                    branch=d.branch.name,
                    dialect=d.dialect,
                    configured=d.url is not None,
                    served=d.name in tables,
                )
                for d in project.databases
            ]
        )

    async def status(name: str) -> Status:
        """Where one database stands, looked at now."""
        project.database(name)
        return (await looks.at((name,)))[0]

    def add(path: str, endpoint: Any, model: type[BaseModel], tag: str, codes: tuple[int, ...] = ()) -> None:
        responses: dict[int | str, dict[str, Any]] = {code: faults[code] for code in codes}
        needs = [] if tag == "health" else [Depends(require(MIGRATIONS_READ))]
        app.add_api_route(path, endpoint, response_model=model, tags=[tag], responses=responses, dependencies=needs)

    add("/health/live", live, Live, "health")
    add("/health/ready", is_ready, Ready, "health", (503,))
    add("/api/v1/databases", databases, Databases, "databases")
    add("/api/v1/databases/{name}/status", status, Status, "databases", (404,))


_PROBLEM: Final = {"$ref": f"#/components/schemas/{Problem.__name__}"}


def _not_ready(
    found: list[Status], request_id: str | None, words: str = "no database is served", unfit: Iterable[Status] = ()
) -> Response:
    reasons = [f"{s.name} {_STATES[s.state]}" for s in unfit]
    return problem(
        503,
        "not-ready",
        "Not ready",
        request_id=request_id,
        headers={"Retry-After": "5"},
        detail="; ".join(reasons) or words,
        databases=[s.model_dump() for s in _open(found)],
    )


def _open(found: list[Status]) -> list[OpenStatus]:
    """What is told without credentials: no revision helps a balancer, and a version helps an attacker."""
    return [OpenStatus(name=status.name, state=status.state) for status in found]


def _public(status: DatabaseStatus) -> Status:
    """A status without the address, and without words that may hold it."""
    message, hint = _WORDS.get(status.code or "", _STATES[status.state]), None
    if status.state == "behind":
        hint = f"bothways upgrade {status.name}"
    elif status.code == MultipleHeads.code:
        message, hint = status.message or message, f"join them: alembic -n {status.name} merge -m 'join heads' heads"
    return Status(
        name=status.name,
        branch=status.branch,
        dialect=status.dialect,
        state=status.state,
        current=list(status.current),
        head=status.head,
        pending=list(status.pending),
        server=status.server,
        message=message,
        hint=hint,
    )
