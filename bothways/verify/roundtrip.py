"""The round trip of one revision on a scratch database: up, down, up, with everything compared after each way."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from bothways import scratch
from bothways.connections import call
from bothways.dialects.reading import take
from bothways.errors import BothwaysError
from bothways.history import History, Revision
from bothways.reports import EXIT_FINDINGS, EXIT_OK
from bothways.revisions import downgrade, upgrade
from bothways.snapshot import Change, Snapshot, difference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import sqlalchemy as sa

    from bothways.project import Database, Project
    from bothways.urls import DatabaseURL

Verdict = Literal["lossless", "lossy", "irreversible-declared", "broken"]
HEALTHY: frozenset[Verdict] = frozenset({"lossless", "irreversible-declared"})


@dataclass(frozen=True, slots=True)
class Proof:
    """What the round trip of one revision on one engine showed."""

    database: str
    server: str
    revision: str
    message: str
    verdict: Verdict
    changes: tuple[Change, ...] = ()
    """What the downgrade did not restore, or the second upgrade did not repeat."""
    evidence: str | None = None
    seconds: float = 0.0
    file: str = ""
    line: int = 1
    change: str = ""
    """The id that the siblings on the other branches share; empty where the revision has none."""

    def to_dict(self) -> dict[str, Any]:
        """The proof as JSON-ready data."""
        return {
            "database": self.database,
            "server": self.server,
            "revision": self.revision,
            "message": self.message,
            "verdict": self.verdict,
            "changes": [c.to_dict() for c in self.changes],
            "evidence": self.evidence,
            "seconds": self.seconds,
        }


@dataclass(frozen=True, slots=True)
class ProofReport:
    """The verdicts of several revisions."""

    kind: ClassVar[str] = "proof/1"
    proofs: tuple[Proof, ...]

    @property
    def exit_code(self) -> int:
        """1 where a revision is lossy or broken."""
        return EXIT_OK if all(p.verdict in HEALTHY for p in self.proofs) else EXIT_FINDINGS

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-ready data."""
        return {"proofs": [p.to_dict() for p in self.proofs]}


def verify(
    project: Project,
    databases: Iterable[Database],
    choose: Callable[[History], tuple[Revision, ...]],
    *,
    on_proof: Callable[[Proof], None] | None = None,
) -> ProofReport:
    """Prove the revisions that ``choose`` picks of each database's branch, on scratch databases of their servers.

    Raises a BothwaysError where no scratch database can be had; a revision that fails is a ``broken`` verdict.
    """
    proofs: list[Proof] = []
    for database in databases:
        for proof in _walk(project, database, choose(History.load(database.branch))):
            proofs.append(proof)
            if on_proof:
                on_proof(proof)
    return ProofReport(tuple(proofs))


def scratch_server(project: Project, database: Database) -> DatabaseURL:
    """Where scratch databases of a database's engine are made: its own server, or the one configured for that."""
    return project.scratch_url(database.dialect) or database.require_url()


def _walk(project: Project, database: Database, revisions: tuple[Revision, ...]) -> Iterator[Proof]:
    """One scratch database goes from base to head; after a revision that fails, the next goes on on a fresh one."""
    remaining = list(revisions)
    server = scratch_server(project, database)
    while remaining:
        with scratch.database(server) as url:
            there = replace(database, url=url, problem=None)
            healthy = True
            while remaining and healthy:
                proof = _prove(project, there, remaining.pop(0))
                healthy = proof.verdict in HEALTHY
                yield proof


def _prove(project: Project, there: Database, revision: Revision) -> Proof:
    started = time.monotonic()
    proof = Proof(there.name, "", revision.id, revision.message, "lossless")
    try:
        proof = call(there.require_url(), lambda c: _round_trip(c, project, there, revision), purpose="migrate")
    except BothwaysError as error:
        # Whatever a revision does to its session or server is its own fault: the scratch database has no other user.
        proof = replace(proof, verdict="broken", evidence=error.message)
    return replace(proof, seconds=round(time.monotonic() - started, 3), change=revision.change or "")


def _round_trip(connection: sa.Connection, project: Project, there: Database, revision: Revision) -> Proof:
    def snapshot() -> Snapshot:
        taken = take(connection, version_table=there.version_table, rows=True)
        connection.rollback()
        return taken

    parent = revision.down_revision
    if parent:
        upgrade(connection, project, there, parent)
    before = snapshot()
    proof = Proof(there.name, before.server_version, revision.id, revision.message, "lossless")
    upgrade(connection, project, there, revision.id)
    if revision.irreversible:
        return replace(proof, verdict="irreversible-declared", evidence=revision.irreversible)
    after = snapshot()
    downgrade(connection, project, there, parent or "base")
    changes = difference(before, snapshot())
    upgrade(connection, project, there, revision.id)
    changes += difference(after, snapshot())
    if not changes:
        return proof
    lost = all(c.tier == "data" for c in changes)
    return replace(proof, verdict="lossy" if lost else "broken", changes=changes, evidence=str(changes[0]))
