"""What the endpoints of migrations answer: branches, revisions, changes, the graph, and how a database fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from bothways.compatibility import Fit, Judged
    from bothways.compatibility.rendering import Rendered
    from bothways.headers import Revision as Header
    from bothways.history import History


class Branch(BaseModel):
    """A branch of revisions for one engine."""

    name: str = Field(description="Its name", examples=["postgresql"])
    dialect: str = Field(description="postgresql, mysql or sqlite")
    heads: list[str] = Field(description="The revisions that no other one builds on")
    revisions: int = Field(description="How many there are")
    databases: list[str] = Field(description="The databases that follow it")


class Branches(BaseModel):
    """Every branch of the project."""

    branches: list[Branch]


class Revision(BaseModel):
    """A revision's head."""

    id: str = Field(description="Its id", examples=["pg_0009"])
    branch: str = Field(description="The branch that it is of")
    parents: list[str] = Field(description="The revisions that it builds on; none for a first one, several for a merge")
    depends_on: list[str] = Field(description="Revisions that it needs besides")
    change: str | None = Field(description="The id that its siblings on the other branches share")
    message: str = Field(description="What it does, in a sentence")
    head: bool = Field(description="Whether no other revision builds on it")
    irreversible: str | None = Field(description="Why it cannot be undone, where it says so")
    lossy: dict[str, str] = Field(description="What its way back loses, and why that is accepted")
    file: str = Field(description="The name of its file")
    digest: str = Field(description="The sha256 of its file")


class Revisions(BaseModel):
    """The revisions of a branch, from base to head."""

    branch: str
    revisions: list[Revision]


class Way(BaseModel):
    """The statements of one direction, as the engine gets them."""

    statements: list[str] = Field(description="In the order in which they are sent")
    problem: str | None = Field(description="Why there may be more of them: some revisions need a database to say")


class Compatibility(BaseModel):
    """What a revision means for code that does not know it."""

    breaking: bool = Field(description="Whether such code may fail; what cannot be read counts as breaking")
    reasons: list[str] = Field(description="The statements that break it")


class Proved(BaseModel):
    """What the last round trip of a revision showed."""

    model_config = ConfigDict(extra="allow")

    verdict: str = Field(description="lossless, lossy-declared, lossy, irreversible-declared or broken")
    database: str = Field(description="The database that it was proved for")
    server: str = Field(description="The server's name and version")
    evidence: str | None = Field(description="What went wrong, or which row was lost")
    run: str = Field(description="The run that proved it")
    at: str = Field(description="When, in UTC")
    current: bool = Field(description="Whether the revision's file is still the one that was proved")


class WholeRevision(Revision):
    """Everything that is known of a revision."""

    docstring: str = Field(description="What its file says about it")
    source: str = Field(description="Its file")
    up: Way
    down: Way
    compatibility: Compatibility
    proof: Proved | None = Field(description="Its last round trip, where one is recorded")


class Sibling(BaseModel):
    """One revision of a change."""

    branch: str
    id: str
    message: str


class Change(BaseModel):
    """The sibling revisions that share a change id."""

    id: str = Field(examples=["add-api-keys"])
    message: str = Field(description="What the first of them says")
    revisions: list[Sibling]
    missing: list[str] = Field(description="Branches that have no revision of it")


class Changes(BaseModel):
    """Every change, in the order of the first branch that has it."""

    changes: list[Change]


class Node(BaseModel):
    """A revision in the graph."""

    id: str
    message: str
    change: str | None
    head: bool
    databases: list[str] = Field(description="The databases that are at it")


class Edge(BaseModel):
    """One revision builds on another one."""

    above: str = Field(description="The revision that builds on the other")
    below: str = Field(description="The revision that it builds on")
    kind: Literal["parent", "needed"] = Field(description="needed where it is a dependency only")


class Place(BaseModel):
    """Where a database of the branch is."""

    name: str
    state: str = Field(description="As in /api/v1/databases/{name}/status")
    current: list[str]


class Graph(BaseModel):
    """A branch's history as a graph, with the places of its databases."""

    branch: str
    nodes: list[Node]
    edges: list[Edge]
    databases: list[Place]


class Beyond(Compatibility):
    """A revision that the database has beyond the asked one."""

    id: str
    message: str


class Readiness(BaseModel):
    """How a database stands to a revision."""

    database: str = Field(examples=["postgresql"])
    revision: str | None = Field(description="The revision that was asked for; null where the branch has none")
    state: Literal["equal", "behind", "ahead-compatible", "ahead-breaking"]
    ready: bool = Field(description="Whether code for that revision can use the database: equal or ahead-compatible")
    current: list[str] = Field(description="The revisions that the database is at")
    pending: list[str] = Field(description="The revisions that it lacks, oldest first")
    ahead: list[Beyond] = Field(description="The revisions that it has beyond the asked one, oldest first")
    unknown: list[str] = Field(description="Revisions that it is at and this checkout does not have")


def head_of(history: History, revision: Header) -> dict[str, Any]:
    """The fields of :class:`Revision`."""
    return {
        **revision.to_dict(),
        "branch": history.branch.name,
        "depends_on": list(revision.depends_on),
        "head": revision.id in history.heads,
        "digest": revision.digest,
    }


def way_of(rendered: Rendered) -> Way:
    """One direction of a rendering."""
    return Way(statements=list(rendered.statements), problem=rendered.problem)


def readiness_of(database: str, found: Fit) -> Readiness:
    """How a database fits, for a caller."""
    return Readiness(
        database=database,
        revision=found.asked,
        state=found.state,
        ready=found.state in {"equal", "ahead-compatible"},
        current=list(found.current),
        pending=list(found.pending),
        ahead=[_beyond(j) for j in found.ahead],
        unknown=list(found.unknown),
    )


def _beyond(judged: Judged) -> Beyond:
    revision = judged.revision
    return Beyond(id=revision.id, message=revision.message, breaking=judged.breaking, reasons=list(judged.reasons))
