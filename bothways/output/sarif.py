"""Proofs as SARIF 2.1.0, which GitHub's code scanning, GitLab and editors read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bothways.output.findings import RULES, findings

if TYPE_CHECKING:
    from bothways.output.findings import Finding, Rule
    from bothways.verify import ProofReport

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_RULES = tuple(RULES.values())


def report(shown: ProofReport) -> str:
    """A log of one run, with one result a finding."""
    run = {
        "tool": {"driver": {"name": "bothways", "rules": [_rule(r) for r in _RULES]}},
        "invocations": [{"executionSuccessful": True}],
        "columnKind": "unicodeCodePoints",
        "results": [_result(f) for f in findings(shown)],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.short},
        "fullDescription": {"text": rule.full},
        "help": {"text": f"{rule.full} Correct the downgrade, or declare what it cannot give back."},
        "defaultConfiguration": {"level": "error"},
    }


def _result(finding: Finding) -> dict[str, Any]:
    proof = finding.proof
    return {
        "ruleId": finding.rule.id,
        "ruleIndex": _RULES.index(finding.rule),
        "level": "error",
        "message": {"text": finding.text},
        "locations": [_location(finding)],
        "partialFingerprints": {"bothwaysRevision/v1": finding.fingerprint},
        "properties": {
            "database": proof.database,
            "server": proof.server,
            "changes": [c.to_dict() for c in proof.changes],
        },
    }


def _location(finding: Finding) -> dict[str, Any]:
    proof = finding.proof
    logical = {"name": proof.revision, "fullyQualifiedName": f"{proof.database}.{proof.revision}", "kind": "module"}
    location: dict[str, Any] = {"logicalLocations": [logical]}
    if proof.file:
        location["physicalLocation"] = {
            "artifactLocation": {"uri": quote(proof.file, errors="surrogatepass"), "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": max(proof.line, 1)},
        }
    return location
