"""What the formats for machines share: which proofs fail, under which rule, in which words."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bothways.verify.proof import HEAD, HEADS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bothways.verify import Proof, ProofReport

MOST_CHANGES = 50
"""A finding names so many differences; the others are counted."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a verdict that fails stands for. ``severity`` is one of GitLab's words."""

    id: str
    short: str
    full: str
    severity: str


RULES = {
    "lossy": Rule(
        "verify-lossy",
        "A revision loses data",
        "Upgrade, downgrade, upgrade: the schema comes back, the data do not, and no declaration says so.",
        "critical",
    ),
    "broken": Rule(
        "verify-broken",
        "A revision does not run both ways",
        "A direction fails, the downgrade does not restore the schema, or the second upgrade gives another one.",
        "blocker",
    ),
    "head": Rule(
        "verify-head",
        "The head is not what the models say",
        "The database that the revisions make and the one that the models make differ.",
        "major",
    ),
    "heads": Rule(
        "verify-heads",
        "A branch has several heads",
        "No database can be brought to the head of a branch that has several, until a merge revision joins them.",
        "blocker",
    ),
}
"""The rule of each verdict that fails, of a head that differs from the models, and of several heads."""


def rule_of(proof: Proof) -> Rule | None:
    """The rule that a proof breaks; None where it passes."""
    return RULES.get(proof.revision if proof.revision in {HEAD, HEADS} and proof.fails else proof.verdict)


@dataclass(frozen=True, slots=True)
class Finding:
    """A proof that fails."""

    proof: Proof
    rule: Rule

    @property
    def title(self) -> str:
        """One line: which revision, where, and what it is."""
        proof = self.proof
        if self.rule.id == RULES[HEAD].id:
            return f"the head of {proof.database} is not what the models say"
        if self.rule.id == RULES[HEADS].id:
            return f"the branch of {proof.database} has several heads"
        return f"{proof.revision} is {proof.verdict} on {proof.database}"

    @property
    def details(self) -> tuple[str, ...]:
        """The evidence and the differences, each of them a text that may have several lines."""
        return details(self.proof)

    @property
    def text(self) -> str:
        """The title and the details."""
        return "\n".join((self.title, *self.details))

    @property
    def fingerprint(self) -> str:
        """The same for the same finding of another run, wherever in the file the revision's lines went."""
        parts = json.dumps([self.rule.id, self.proof.database, self.proof.revision])
        return hashlib.sha256(parts.encode()).hexdigest()


def findings(shown: ProofReport) -> Iterator[Finding]:
    """The proofs that fail, in the report's order."""
    return (Finding(p, rule) for p in shown.judged if (rule := rule_of(p)))


def details(proof: Proof) -> tuple[str, ...]:
    """The evidence of a proof, then its differences, each told once."""
    changes = [str(c) for c in proof.changes]
    said = [proof.evidence] if proof.evidence and proof.evidence not in changes else []
    more = len(changes) - MOST_CHANGES
    sql = [f"SQL: {proof.sql}"] if proof.sql else []
    return (*said, *sql, *changes[:MOST_CHANGES], *([f"… and {more} more"] if more > 0 else []), *proof.notes)


def summary(shown: ProofReport) -> str:
    """How many of how many passed, and what is wrong beside them."""
    if not shown.proofs:
        return "no revision to prove"
    heads = [f"the head of {h.database} differs from the models" for h in shown.heads if h.changes]
    forks = [f"the branch of {f.database} has {len(f.heads)} heads" for f in shown.forks]
    return ", ".join([passed(shown), *heads, *forks])


def passed(shown: ProofReport) -> str:
    """How many of how many passed, and how many of these ran on empty tables only."""
    good = sum(not p.fails for p in shown.proofs)
    empty = sum(p.empty_only for p in shown.proofs)
    return f"{good} of {len(shown.proofs)} proved both ways{f', {empty} on empty tables only' if empty else ''}"


def visible(text: str) -> str:
    r"""The text with characters that XML and terminals cannot take (controls, lone surrogates) written as ``\x1b``."""
    return text if text.isprintable() else "".join(c if _plain(c) else ascii(c)[1:-1] for c in text)


def _plain(character: str) -> bool:
    code = ord(character)
    return character in "\t\n\r" or not (
        code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000 or code in {0xFFFE, 0xFFFF}
    )
