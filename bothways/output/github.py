"""Proofs as GitHub's workflow commands: each finding an annotation at its revision file's line.

GitHub shows the first ten of a step as annotations; all of them are in its log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bothways.output.findings import findings, summary, visible

if TYPE_CHECKING:
    from bothways.output.findings import Finding
    from bothways.verify import ProofReport

_IN_MESSAGE = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY = _IN_MESSAGE | str.maketrans({":": "%3A", ",": "%2C"})


def report(shown: ProofReport) -> str:
    """One ``::error`` a finding, and a summary."""
    return "\n".join([*(_command(f) for f in findings(shown)), summary(shown)])


def _command(finding: Finding) -> str:
    where = {"file": finding.proof.file, "line": str(finding.proof.line)} if finding.proof.file else {}
    properties = {**where, "title": f"{finding.rule.id}: {finding.rule.short}"}
    written = ",".join(f"{name}={_escaped(text, _IN_PROPERTY)}" for name, text in properties.items())
    return f"::error {written}::{_escaped(finding.text, _IN_MESSAGE)}"


def _escaped(text: str, codes: dict[int, str]) -> str:
    return visible(text).translate(codes)
