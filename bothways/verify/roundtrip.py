"""The round trip of one revision on a scratch database: up, down, up, with everything compared after each way."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from bothways import scratch
from bothways.connections import call
from bothways.dialects.reading import take
from bothways.errors import BothwaysError, MigrationFailed
from bothways.history import History, Revision
from bothways.reports import EXIT_FINDINGS, EXIT_OK
from bothways.revisions import downgrade, upgrade
from bothways.snapshot import Change, difference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import sqlalchemy as sa

    from bothways.project import Database, Project
    from bothways.urls import DatabaseURL

Verdict = Literal["lossless", "lossy", "irreversible-declared", "broken"]


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
        bad = any(p.verdict in {"lossy", "broken"} for p in self.proofs)
        return EXIT_FINDINGS if bad else EXIT_OK

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
        for revision in choose(History.load(database.branch)):
            proofs.append(prove(project, database, revision))
            if on_proof:
                on_proof(proofs[-1])
    return ProofReport(tuple(proofs))


def prove(project: Project, database: Database, revision: Revision) -> Proof:
    """The round trip of one revision: its parent's state is built on a scratch database by replaying the branch."""
    started = time.monotonic()
    server = scratch_server(project, database)
    with scratch.database(server) as url:
        there = replace(database, url=url)
        if revision.down_revision:
            call(url, lambda c: upgrade(c, project, there, revision.down_revision or "base"), purpose="migrate")
        proof = _round_trip(project, there, url, revision)
    return replace(proof, database=database.name, seconds=round(time.monotonic() - started, 3))


def scratch_server(project: Project, database: Database) -> DatabaseURL:
    """Where scratch databases of a database's engine are made: its own server, or the one configured for that."""
    return project.scratch_url(database.dialect) or database.require_url()


def _round_trip(project: Project, there: Database, url: DatabaseURL, revision: Revision) -> Proof:
    def snapshot(connection: sa.Connection) -> Any:
        return take(connection, version_table=there.version_table, rows=True)

    def up() -> None:
        call(url, lambda c: upgrade(c, project, there, revision.id), purpose="migrate")

    def down() -> None:
        call(url, lambda c: downgrade(c, project, there, revision.down_revision or "base"), purpose="migrate")

    proof = Proof(there.name, "", revision.id, revision.message, "lossless")
    try:
        before = call(url, snapshot, purpose="write")
        proof = replace(proof, server=before.server_version)
        up()
        if revision.irreversible:
            return replace(proof, verdict="irreversible-declared", evidence=revision.irreversible)
        after = call(url, snapshot, purpose="write")
        down()
        changes = difference(before, call(url, snapshot, purpose="write"))
        up()
        changes += difference(after, call(url, snapshot, purpose="write"))
    except MigrationFailed as error:
        return replace(proof, verdict="broken", evidence=error.message)
    except BothwaysError:
        raise
    if not changes:
        return proof
    lost = all(c.tier == "data" for c in changes)
    return replace(proof, verdict="lossy" if lost else "broken", changes=changes, evidence=str(changes[0]))
