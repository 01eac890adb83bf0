"""The round trip of a revision on a scratch database: rows planted, up, down, up, with everything compared each way.

A branch is walked from its base on one scratch database, so each revision's parent has been reached by revisions that
were walked before it; where one fails, the next goes on on a fresh database.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Event
from typing import TYPE_CHECKING

from bothways import scratch
from bothways.connections import call
from bothways.dialects.reading import take
from bothways.errors import BothwaysError
from bothways.history import History, Revision
from bothways.revisions import downgrade, upgrade
from bothways.snapshot import difference
from bothways.verify.contents import Contents, evidence, losses, read
from bothways.verify.proof import HEALTHY, Proof, ProofReport
from bothways.verify.rows import Planting, plant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import sqlalchemy as sa

    from bothways.project import Database, Project
    from bothways.snapshot import Change, Snapshot
    from bothways.urls import DatabaseURL

ROWS = 12
"""Rows planted in each table before each revision."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to prove: rows to plant a table (0: none), and whether the scratch database of a failure stays."""

    rows: int = ROWS
    keep: bool = False


def verify(
    project: Project,
    databases: Iterable[Database],
    choose: Callable[[History], tuple[Revision, ...]],
    options: Options | None = None,
    *,
    on_proof: Callable[[Proof], None] | None = None,
) -> ProofReport:
    """Prove the revisions that ``choose`` picks of each database's branch, engines at once, on scratch databases.

    Raises a BothwaysError where no scratch database can be had; a revision that fails is a ``broken`` verdict. When
    it is interrupted, each engine ends the revision that it is at and removes its scratch database.
    """
    chosen = [(d, choose(History.load(d.branch))) for d in databases]
    stop = Event()

    def walk(work: tuple[Database, tuple[Revision, ...]]) -> list[Proof]:
        proofs: list[Proof] = []
        for proof in _walk(project, *work, options or Options(), stop):
            proofs.append(proof)
            if on_proof:
                on_proof(proof)
        return proofs

    with ThreadPoolExecutor(max(1, len(chosen))) as engines:
        try:
            found = list(engines.map(walk, chosen))
        except BaseException:
            stop.set()
            raise
    return ProofReport(tuple(p for proofs in found for p in proofs))


def scratch_server(project: Project, database: Database) -> DatabaseURL:
    """Where scratch databases of a database's engine are made: its own server, or the one configured for that."""
    return project.scratch_url(database.dialect) or database.require_url()


def _walk(
    project: Project, database: Database, revisions: tuple[Revision, ...], options: Options, stop: Event
) -> Iterator[Proof]:
    remaining = list(revisions)
    server = scratch_server(project, database)
    while remaining and not stop.is_set():
        with scratch.Lease(server) as lease:
            there = replace(database, url=lease.url, problem=None)
            healthy = True
            while remaining and healthy and not stop.is_set():
                proof = _prove(project, there, remaining.pop(0), options)
                healthy = proof.verdict in HEALTHY
                if not healthy and options.keep:
                    lease.keep()
                    proof = replace(proof, notes=(*proof.notes, f"its scratch database stays: {lease.url}"))
                yield proof


def _prove(project: Project, there: Database, revision: Revision, options: Options) -> Proof:
    started = time.monotonic()
    file = revision.path.relative_to(project.root).as_posix() if revision.path.is_relative_to(project.root) else ""
    blank = Proof(
        there.name, "", revision.id, revision.message, "lossless", file=file, change=revision.change or ""
    )  # fmt: skip
    try:
        proof = call(
            there.require_url(), lambda c: _Trip(c, project, there, revision, options).run(blank), purpose="migrate"
        )
    except BothwaysError as error:
        # Whatever a revision does to its session or server is its own fault: the scratch database has no other user.
        line = str(error.details.get("place") or "").rpartition(":")[2]
        proof = replace(
            blank, verdict="broken", evidence=error.message, line=int(line) if line.isdigit() else 1
        )  # fmt: skip
    return replace(proof, seconds=round(time.monotonic() - started, 3))


@dataclass(frozen=True, slots=True)
class _Trip:
    """One revision's way up, down and up."""

    connection: sa.Connection
    project: Project
    there: Database
    revision: Revision
    options: Options

    def run(self, blank: Proof) -> Proof:
        """The proof. Raises a BothwaysError where a step fails."""
        if self.revision.down_revision:
            self._up(self.revision.down_revision)
        planting = self._plant()
        before, rows = self._look()
        proof = replace(
            blank, server=before.server_version, notes=_unplanted(planting), rows=sum(map(len, rows.tables.values()))
        )
        self._up(self.revision.id)
        if self.revision.irreversible:
            return replace(proof, verdict="irreversible-declared", evidence=self.revision.irreversible)
        after, _ = self._look()
        downgrade(self.connection, self.project, self.there, self.revision.down_revision or "base")
        back, rows_back = self._look()
        self._up(self.revision.id)
        again, _ = self._look()
        return _judged(proof, self.revision, difference(before, back), difference(after, again), (rows, rows_back))

    def _up(self, target: str) -> None:
        upgrade(self.connection, self.project, self.there, target)

    def _plant(self) -> Planting:
        if not self.options.rows:
            return Planting({}, {})
        planting = plant(self.connection, self._snapshot(), rows=self.options.rows)
        self.connection.commit()
        return planting

    def _snapshot(self) -> Snapshot:
        taken = take(self.connection, version_table=self.there.version_table, rows=True)
        self.connection.rollback()
        return taken

    def _look(self) -> tuple[Snapshot, Contents]:
        snapshot = self._snapshot()
        contents = read(self.connection, snapshot)
        self.connection.rollback()
        return snapshot, contents


def _unplanted(planting: Planting) -> tuple[str, ...]:
    return tuple(f"no rows could be planted in {table}: {why}" for table, why in sorted(planting.failed.items()))


def _judged(
    proof: Proof,
    revision: Revision,
    not_restored: tuple[Change, ...],
    not_repeated: tuple[Change, ...],
    rows: tuple[Contents, Contents],
) -> Proof:
    """The verdict: anything of the schema that differs is broken, data is lossy unless the revision declares it."""
    lost = losses(not_restored)
    spare = tuple(
        f"declares that {name} is lost, but it came back" for name in sorted(revision.lossy) if not _covers(name, lost)
    )
    changes = not_restored + not_repeated
    proof = replace(proof, changes=changes, notes=(*proof.notes, *spare))
    if not changes:
        return proof
    shown = evidence(*rows, not_restored) or str(changes[0])
    if any(c.tier != "data" for c in changes):
        return replace(proof, verdict="broken", evidence=shown)
    declared = all(_declared(name, revision) for name in lost) and bool(lost)
    return replace(proof, verdict="lossy-declared" if declared else "lossy", evidence=shown)


def _declared(lost: str, revision: Revision) -> bool:
    return lost in revision.lossy or lost.rpartition(".")[0] in revision.lossy


def _covers(name: str, lost: tuple[str, ...]) -> bool:
    return any(part == name or part.startswith(f"{name}.") for part in lost)
