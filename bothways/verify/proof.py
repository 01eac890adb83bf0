"""Verdicts: what the round trip of a revision on an engine showed, with its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from bothways.reports import EXIT_FINDINGS, EXIT_OK

if TYPE_CHECKING:
    from bothways.snapshot import Change

Verdict = Literal["lossless", "lossy-declared", "lossy", "irreversible-declared", "broken"]
HEALTHY: frozenset[Verdict] = frozenset({"lossless", "lossy-declared", "irreversible-declared"})


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
    notes: tuple[str, ...] = ()
    """What to know beside the verdict: tables without planted rows, declared losses that did not happen."""
    rows: int = 0
    """How many rows stood in the tables before the upgrade."""

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
            "file": self.file,
            "line": self.line,
            "change": self.change,
            "notes": list(self.notes),
            "rows": self.rows,
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
