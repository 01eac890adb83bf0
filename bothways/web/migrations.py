"""Migrations over HTTP, to be read: branches, revisions with their SQL, changes, the graph, and who fits what.

Databases, branches and revisions are named; no address, path or code ever comes from a caller.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Depends, Path, Query

from bothways.compatibility import fit, history_of, judge
from bothways.headers import parsed
from bothways.history import History
from bothways.runs.verdicts import newest_of
from bothways.status import read_status
from bothways.web import documents as d
from bothways.web.access import MIGRATIONS_READ, require
from bothways.web.problems import Problem

if TYPE_CHECKING:
    from fastapi import FastAPI

    from bothways.compatibility.rendering import Renderings
    from bothways.headers import Revision
    from bothways.project import Project

Name = Annotated[str, Path(max_length=200, description="A name as the project has it")]
_FAULTS: Final[dict[int, str]] = {
    401: "Nobody knows who asks",
    403: "Who asks may not do that",
    404: "There is nothing of that name",
    409: "The state of things does not allow it",
    422: "The request does not fit",
    503: "The database cannot be looked at",
}


def faults(*codes: int) -> dict[int | str, dict[str, Any]]:
    """The documented errors of an endpoint."""
    schema = {"schema": {"$ref": f"#/components/schemas/{Problem.__name__}"}}
    return {c: {"description": _FAULTS[c], "content": {"application/problem+json": schema}} for c in codes}


class Reader:
    """Answers what is asked about the revisions of a project; ``timeout`` is for a look at a database, in seconds."""

    def __init__(
        self,
        project: Project,
        renderings: Renderings,
        timeout: float,
    ) -> None:
        self.project = project
        self._renderings = renderings
        self._timeout = timeout

    def branches(self) -> d.Branches:
        """Every branch of the project."""
        return d.Branches(branches=[self._branch(History.load(branch)) for branch in self.project.branches])

    def revisions(self, branch: Name) -> d.Revisions:
        """The revisions of a branch, from base to head."""
        history = self._history(branch)
        heads = [d.Revision.model_validate(d.head_of(history, r)) for r in history.revisions]
        return d.Revisions(branch=branch, revisions=heads)

    def revision(self, branch: Name, revision: Name) -> d.WholeRevision:
        """A revision with its source, the SQL of both ways, and its last proof.

        It is named by its id, a unique beginning of one, a change id, head, or base+2.
        """
        history = self._history(branch)
        found = history.find(revision)
        rendering = self._renderings.of(history, [found])[found.id]
        source = found.path.read_text(encoding="utf-8")
        (judged,) = judge(history.branch.dialect, self._renderings, history, [found])
        return d.WholeRevision.model_validate(
            {
                **d.head_of(history, found),
                "docstring": ast.get_docstring(parsed(source)) or "",
                "source": source,
                "up": d.way_of(rendering.up),
                "down": d.way_of(rendering.down),
                "compatibility": {"breaking": judged.breaking, "reasons": judged.reasons},
                "proof": self._proof(history, found),
            }
        )

    def changes(self) -> d.Changes:
        """The sibling revisions of each change."""
        found: dict[str, list[d.Sibling]] = {}
        for branch in self.project.branches:
            for revision in History.load(branch).revisions:
                if revision.change:
                    sibling = d.Sibling(branch=branch.name, id=revision.id, message=revision.message)
                    found.setdefault(revision.change, []).append(sibling)
        names = [branch.name for branch in self.project.branches]
        return d.Changes(changes=[_change(name, siblings, names) for name, siblings in found.items()])

    def graph(self, branch: Name) -> d.Graph:
        """The history of a branch as a graph, and where its databases are."""
        history = self._history(branch)
        followers = [b.name for b in self.project.databases if b.branch.name == branch]
        stands = read_status(self.project, followers, self._timeout).databases
        places = [d.Place(name=s.name, state=s.state, current=list(s.current)) for s in stands]
        return d.Graph(
            branch=branch,
            nodes=[_node(history, revision, places) for revision in history.revisions],
            edges=[edge for revision in history.revisions for edge in _edges(history, revision)],
            databases=places,
        )

    def ready(
        self,
        database: Annotated[str, Query(max_length=200, description="A database of the project")],
        revision: Annotated[
            str, Query(max_length=200, description="What the code was written for; the branch's head if empty")
        ] = "",
    ) -> d.Readiness:
        """Whether a database fits code that was written for a revision.

        A revision beyond it is breaking unless each of its statements is known to be harmless to older code.
        """
        found, history = history_of(self.project, database)
        return d.readiness_of(database, fit(found, history, self._renderings, revision, self._timeout))

    def _proof(self, history: History, revision: Revision) -> d.Proved | None:
        databases = [b for b in self.project.databases if b.branch.name == history.branch.name and b.url is not None]
        kept = newest_of(databases, history.branch.name, revision.id, self._timeout)
        if kept is None:
            return None
        return d.Proved.model_validate({**kept.to_dict(), "current": kept.digest == revision.digest})

    def _history(self, name: str) -> History:
        return History.load(self.project.branch(name))

    def _branch(self, history: History) -> d.Branch:
        return d.Branch(
            name=history.branch.name,
            dialect=history.branch.dialect,
            heads=list(history.heads),
            revisions=len(history.revisions),
            databases=[b.name for b in self.project.databases if b.branch.name == history.branch.name],
        )


def install(app: FastAPI, reader: Reader, prefix: str = "/api/v1") -> None:
    """Add the endpoints."""

    def add(path: str, endpoint: Any, model: Any, *codes: int) -> None:
        app.add_api_route(
            prefix + path,
            endpoint,
            response_model=model,
            tags=["migrations"],
            dependencies=[Depends(require(MIGRATIONS_READ))],
            responses=faults(401, 403, *codes),
        )

    add("/branches", reader.branches, d.Branches)
    add("/branches/{branch}/revisions", reader.revisions, d.Revisions, 404, 422)
    # What is called head, and what a database is compared with, is one revision: two heads are 409.
    add("/branches/{branch}/revisions/{revision}", reader.revision, d.WholeRevision, 404, 409, 422)
    add("/branches/{branch}/graph", reader.graph, d.Graph, 404, 422)
    add("/changes", reader.changes, d.Changes)
    add("/ready", reader.ready, d.Readiness, 404, 409, 422, 503)


def _change(name: str, siblings: list[d.Sibling], branches: list[str]) -> d.Change:
    there = {sibling.branch for sibling in siblings}
    missing = [branch for branch in branches if branch not in there]
    return d.Change(id=name, message=siblings[0].message, revisions=siblings, missing=missing)


def _node(history: History, revision: Revision, places: list[d.Place]) -> d.Node:
    return d.Node(
        id=revision.id,
        message=revision.message,
        change=revision.change,
        head=revision.id in history.heads,
        databases=[place.name for place in places if revision.id in place.current],
    )


def _edges(history: History, revision: Revision) -> list[d.Edge]:
    needed = [name for name in revision.depends_on if name in history.by_id]
    return [
        *(d.Edge(above=revision.id, below=parent, kind="parent") for parent in revision.parents),
        *(d.Edge(above=revision.id, below=name, kind="needed") for name in needed),
    ]
