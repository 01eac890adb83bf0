"""Proofs as GitLab's code quality report.

A finding needs a path there: one whose revision file is not in the repository is shown at ``alembic.ini``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bothways.output.findings import findings

if TYPE_CHECKING:
    from bothways.output.findings import Finding
    from bothways.verify import ProofReport

_ELSEWHERE = "alembic.ini"


def report(shown: ProofReport) -> str:
    """A JSON array with one object a finding; empty where all is well."""
    return json.dumps([_issue(f) for f in findings(shown)], indent=2, ensure_ascii=False)


def _issue(finding: Finding) -> dict[str, Any]:
    proof = finding.proof
    return {
        "description": finding.text,
        "check_name": finding.rule.id,
        "fingerprint": finding.fingerprint,
        "severity": finding.rule.severity,
        "location": {
            "path": proof.file or _ELSEWHERE,
            "lines": {"begin": max(proof.line, 1) if proof.file else 1},
        },
    }
