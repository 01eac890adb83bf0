"""Verdicts: what the round trip of a revision on an engine showed, with its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from bothways.reports import EXIT_FINDINGS, EXIT_OK

if TYPE_CHECKING:
    from bothways.agreement import Comparison
    from bothways.history import Revision
    from bothways.project import Database, Project
    from bothways.snapshot import Change
    from bothways.verify.options import Level

Verdict = Literal["lossless", "lossy-declared", "lossy", "irreversible-declared", "broken"]
HEALTHY: frozenset[Verdict] = frozenset({"lossless", "lossy-declared", "irreversible-declared"})

HEAD = "head"
"""What stands in place of a revision's id where the head is compared with the models."""
HEADS = "heads"
"""What stands there where a branch has several heads."""


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
    """How many rows had been planted before the upgrade."""
    sql: str | None = None
    """The statement that failed, or that ran when time was up."""
    level: Level = "boundary"
    """Which rows the upgrade took: those at the limits of their types, only ordinary ones, or none at all."""

    @property
    def fails(self) -> bool:
        """Whether it is lossy or broken."""
        return self.verdict not in HEALTHY

    @property
    def empty_only(self) -> bool:
        """Whether it passes, but its upgrade has run on empty tables only: it refused all rows that were tried."""
        return self.level == "none" and not self.fails

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
            "sql": self.sql,
            "level": self.level,
        }


def blank(project: Project, database: Database, revision: Revision) -> Proof:
    """What is known of a revision before its trip."""
    root = project.root
    file = revision.path.relative_to(root).as_posix() if revision.path.is_relative_to(root) else revision.path.name
    return Proof(database.name, "", revision.id, revision.message, "lossless", file=file, change=revision.change or "")


@dataclass(frozen=True, slots=True)
class Fork:
    """A branch with several heads: its revisions can be proved, but no database can be brought to its head."""

    database: str
    branch: str
    heads: tuple[str, ...]
    message: str
    hint: str

    def to_dict(self) -> dict[str, Any]:
        """The fork as JSON-ready data."""
        return {
            "database": self.database,
            "branch": self.branch,
            "heads": list(self.heads),
            "message": self.message,
            "hint": self.hint,
        }


@dataclass(frozen=True, slots=True)
class ProofReport:
    """The verdicts of several revisions, and whether the heads that were reached are what the models say."""

    kind: ClassVar[str] = "proof/1"
    proofs: tuple[Proof, ...]
    heads: tuple[Comparison, ...] = ()
    """Of each database whose whole branch was walked, the head against the models."""
    forks: tuple[Fork, ...] = ()

    @property
    def judged(self) -> tuple[Proof, ...]:
        """Everything with a verdict: the proofs, and each head and each fork as if it were one more revision."""
        return (*self.proofs, *map(_of_head, self.heads), *map(_of_fork, self.forks))

    @property
    def exit_code(self) -> int:
        """1 where a revision is lossy or broken, a head differs from the models, or a branch has several."""
        return EXIT_FINDINGS if any(p.fails for p in self.judged) else EXIT_OK

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-ready data."""
        return {
            "proofs": [p.to_dict() for p in self.proofs],
            "heads": [h.to_dict() for h in self.heads],
            "forks": [f.to_dict() for f in self.forks],
        }


def _of_head(head: Comparison) -> Proof:
    return Proof(
        head.database,
        head.server,
        HEAD,
        "The head is what the models say",
        "broken" if head.changes else "lossless",
        head.changes,
    )


def _of_fork(fork: Fork) -> Proof:
    evidence = f"{fork.message}; {fork.hint}"
    return Proof(fork.database, "", HEADS, "The branch has one head", "broken", evidence=evidence)
