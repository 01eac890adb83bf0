"""One change of the models as revisions in every branch that it concerns: drafted, run both ways, then written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from bothways.building import build
from bothways.errors import ConfigurationError, DraftFailed
from bothways.generate import document, guesses, models, names, written
from bothways.generate.lab import Drafted, Lab
from bothways.history import History
from bothways.operations import LONGEST_MARK, Draft, Hints
from bothways.reports import EXIT_FINDINGS, EXIT_OK
from bothways.revisions import trial, upgrade
from bothways.revisions.files import NewFile, alone, render, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    import sqlalchemy as sa

    from bothways.project import Database, Project
    from bothways.reports import Report
    from bothways.snapshot import Change, Snapshot

    Decide = Callable[[sa.MetaData, Snapshot, Snapshot], Mapping[str, str]]


class Watcher(Protocol):
    """Who is told how far the work is."""

    def drafting(self, branch: str, done: int, of: int) -> None:
        """A branch's head and the models are being built and compared."""
        ...


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for."""

    message: str
    empty: bool = False
    """No difference is looked for: revisions with empty functions, for data work."""
    dry_run: bool = False
    offline: bool = False
    keep_data: bool = False


@dataclass(frozen=True, slots=True)
class NewRevision:
    """One revision that was written, or would be."""

    id: str
    parent: str | None
    path: Path
    message: str
    source: str
    steps: tuple[str, ...]
    sql: str
    undo_sql: str
    cautions: tuple[str, ...]
    lossy: Mapping[str, str]

    def to_dict(self) -> dict[str, Any]:
        """The revision as JSON-ready data."""
        return {
            "id": self.id,
            "parent": self.parent,
            "file": self.path.name,
            "message": self.message,
            "steps": list(self.steps),
            "cautions": list(self.cautions),
            "lossy": dict(self.lossy),
            "source": self.source,
            "sql": {"up": self.sql, "down": self.undo_sql},
        }


@dataclass(frozen=True, slots=True)
class BranchChange:
    """What one branch got; no revision where nothing differs. ``left`` and ``not_restored`` are faults of drafts."""

    database: str
    branch: str
    dialect: str
    revisions: tuple[NewRevision, ...]
    left: tuple[Change, ...] = ()
    not_restored: tuple[Change, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The branch's part as JSON-ready data."""
        return {
            "database": self.database,
            "branch": self.branch,
            "dialect": self.dialect,
            "revisions": [r.to_dict() for r in self.revisions],
            "left": [c.to_dict() for c in self.left],
            "not_restored": [c.to_dict() for c in self.not_restored],
        }


@dataclass(frozen=True, slots=True)
class RevisionReport:
    """The revisions of one change. ``proof`` is the round trip of those that were written."""

    kind: ClassVar[str] = "revision/1"
    change: str
    branches: tuple[BranchChange, ...]
    dry_run: bool = False
    proof: Report | None = None
    warnings: tuple[str, ...] = ()
    """What the proof showed that is no fault of a revision by itself: it runs on empty tables only."""
    keep_data: bool = False
    """What can be kept of what is lost is kept."""
    others: tuple[str, ...] = ()
    """The project's databases, one of each branch, that were not asked for."""

    @property
    def revisions(self) -> tuple[NewRevision, ...]:
        """The revisions of all branches."""
        return tuple(r for b in self.branches for r in b.revisions)

    @property
    def faulty(self) -> bool:
        """Whether a file that was written is to be mended by hand."""
        return any(b.left or b.not_restored for b in self.branches) or bool(self.proof and self.proof.exit_code)

    @property
    def exit_code(self) -> int:
        """1 where a revision does not do what it should."""
        return EXIT_FINDINGS if self.warnings or self.faulty else EXIT_OK

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-ready data."""
        return {
            "change": self.change,
            "dry_run": self.dry_run,
            "keep_data": self.keep_data,
            "branches": [b.to_dict() for b in self.branches],
            "proof": self.proof.to_dict() if self.proof else None,
            "warnings": list(self.warnings),
            "others": list(self.others),
        }


def revise(
    project: Project,
    databases: Iterable[Database],
    wish: Wish,
    *,
    decide: Decide = guesses.refuse,
    watcher: Watcher | None = None,
) -> RevisionReport:
    """Draft, run both ways on scratch databases, and write one change; nothing where models and heads agree.

    ``decide`` says which objects have another name now. Raises ConfigurationError, InvalidModels, PossibleRename,
    MultipleHeads, ModelsNotImportable, DraftFailed, DuplicateRevision or a DatabaseError; then nothing was written.
    """
    names.refuse_message(wish.message)
    chosen = _one_a_branch(databases)
    with alone(project.script_location):
        work = _Work(project, chosen, wish, decide, [History.load(d.branch) for d in project.databases])
        results = []
        for number, database in enumerate(chosen):
            if watcher:
                watcher.drafting(database.branch.name, number, len(chosen))
            results.append(work.branch(database))
        others = _others(project, chosen)
        report = RevisionReport(work.change, tuple(results), wish.dry_run, keep_data=wish.keep_data, others=others)
        if not wish.dry_run:
            write([NewFile(r.path, r.source) for r in report.revisions])
    return report


def _one_a_branch(databases: Iterable[Database]) -> tuple[Database, ...]:
    found: dict[str, Database] = {}
    for database in databases:
        if database.branch.origin is not None:
            raise ConfigurationError(
                f"{database.name!r} is a project with an env.py of its own: its revisions are Alembic's to write",
                hint="write it with alembic revision --autogenerate and prove it: bothways verify --last",
            )
        found.setdefault(database.branch.name, database)
    return tuple(found.values())


def _others(project: Project, chosen: Iterable[Database]) -> tuple[str, ...]:
    asked = {d.branch.name for d in chosen}
    first: dict[str, str] = {}
    for database in project.databases:
        first.setdefault(database.branch.name, database.name)
    return tuple(name for branch, name in first.items() if branch not in asked)


@dataclass
class _Work:
    project: Project
    databases: Sequence[Database]
    wish: Wish
    decide: Decide
    histories: Sequence[History]
    change: str = field(init=False)

    def __post_init__(self) -> None:
        chosen = {d.branch.name for d in self.databases}
        # A branch that comes later with the same message joins the change that the others have already.
        known = {r.change for h in self.histories if h.branch.name in chosen for r in h.revisions if r.change}
        self.change = names.change_id(self.wish.message, known)
        for history in self.histories:
            _ = history.head  # several heads are refused before anything is built
            if not history.revisions and history.branch.name in chosen:
                names.refuse_label(history.branch)
        self.metadata = None if self.wish.empty else self.project.metadata()
        if self.metadata is not None:
            dialects = dict.fromkeys(d.dialect for d in self.databases)
            models.refuse(self.metadata, dialects, {d.version_table for d in self.databases})

    def branch(self, database: Database) -> BranchChange:
        """Draft for one branch."""
        history = History.load(database.branch)
        own = self._next(database, history, ())
        found = Drafted((Draft(()),)) if self.metadata is None else self._drafted(database, self.metadata, own)
        revisions: list[NewRevision] = []
        for draft in found.drafts:
            revision = self._revision(database, history, revisions, draft)
            revisions.append(revision)
        return BranchChange(
            database.name, database.branch.name, database.dialect, tuple(revisions), found.left, found.not_restored
        )

    def _drafted(self, database: Database, metadata: sa.MetaData, own: str) -> Drafted:
        server = self.project.scratch_url(database.dialect) or database.require_url()
        decide = self.decide
        lab = Lab(
            server,
            self.project.script_location,
            lambda c: _replay(c, self.project, database.on_scratch(server)),
            lambda c: build(c, metadata),
            version_table=database.version_relation,
            decide=lambda before, after: decide(metadata, before, after),
            written=written.texts(metadata, database.dialect),
            hints=Hints(
                written.backfills(metadata),
                self.wish.offline,
                self.wish.keep_data,
                labels=written.labels(metadata),
            ),
            mark=_mark(own),
        )
        try:
            return lab.draft()
        except DraftFailed as error:
            raise written.blamed(metadata, error, database.dialect) from error

    def _revision(
        self, database: Database, history: History, before: Sequence[NewRevision], draft: Draft
    ) -> NewRevision:
        branch = database.branch
        own, parent = self._next(database, history, before), _parent(history, before)
        place = document.Place(own, parent, branch.name, self.change, self.wish.message)
        values = document.values(place, draft, document.today())
        location = self.project.script_location
        return NewRevision(
            own,
            parent,
            branch.path / names.file_name(own, str(values["message"]), history.revisions),
            str(values["message"]),
            render(location / "script.py.mako", values),
            tuple(step.says for step in draft.steps),
            trial.rendered(draft.up, database.dialect, location),
            trial.rendered(draft.down, database.dialect, location),
            document.cautions([draft]),
            document.lossy(draft),
        )

    def _next(self, database: Database, history: History, before: Sequence[NewRevision]) -> str:
        """The id of a branch's next revision."""
        ids = [*(r.id for r in history.revisions if not r.is_merge), *(r.id for r in before)]
        taken = {r.id for h in self.histories for r in h.revisions}
        parent = _parent(history, before)
        return names.next_id(ids, change=self.change, parent=parent, branch=database.branch.name, taken=taken)


def _mark(own: str) -> str:
    """What side tables of a revision are known by: the number in its id, or the id's end."""
    number = re.search(r"\d+$", own)
    return (number.group() if number else re.sub(r"\W", "", own))[1 - LONGEST_MARK :]


def _parent(history: History, before: Sequence[NewRevision]) -> str | None:
    head = history.head
    return before[-1].id if before else (head.id if head else None)


def _replay(connection: sa.Connection, project: Project, database: Database) -> None:
    upgrade(connection, project, database, "heads")
