"""SARIF 2.1.0: what its schema requires, and what GitHub's code scanning requires beyond it."""

import json
import re
from urllib.parse import unquote

from hypothesis import given

from bothways.output.sarif import report
from bothways.verify import ProofReport
from tests.output.reports import ANY, EVERY_VERDICT, failing

URI = re.compile(r"[A-Za-z0-9\-._~/%]+")


def run_of(shown):
    """The one run of a log, with everything checked that the schema requires of each part."""
    log = json.loads(report(shown))
    assert set(log) == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert set(run) == {"tool", "invocations", "columnKind", "results"}
    assert run["invocations"] == [{"executionSuccessful": True}]
    assert run["columnKind"] in {"utf16CodeUnits", "unicodeCodePoints"}
    assert run["tool"]["driver"]["name"] == "bothways"
    rules = run["tool"]["driver"]["rules"]
    for rule in rules:
        assert rule["defaultConfiguration"]["level"] in {"none", "note", "warning", "error"}
        assert all(rule[part]["text"] for part in ("shortDescription", "fullDescription", "help"))
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] == "error"
        assert isinstance(result["message"]["text"], str)
        assert all(isinstance(v, str) for v in result["partialFingerprints"].values())
        for place in result["locations"]:
            assert set(place) <= {"physicalLocation", "logicalLocations"}
    return run


def test_the_rules_have_stable_names():
    rules = run_of(ProofReport(()))["tool"]["driver"]["rules"]
    assert [r["id"] for r in rules] == ["verify-lossy", "verify-broken", "verify-head", "verify-heads"]


def test_a_finding_is_a_result_at_its_file_and_line():
    broken, lossy = run_of(EVERY_VERDICT)["results"]
    assert (broken["ruleId"], lossy["ruleId"]) == ("verify-broken", "verify-lossy")
    assert broken["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "migrations/versions/pg/2.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 17},
    }
    assert [c["text"] for c in broken["properties"]["changes"]] == [str(c) for c in EVERY_VERDICT.proofs[1].changes]


@given(ANY)
def test_any_text_comes_back_and_paths_are_uris(shown):
    results = run_of(shown)["results"]
    failed = failing(shown)
    assert len(results) == len(failed)
    for result, proof in zip(results, failed, strict=True):
        (place,) = result["locations"]
        assert place["logicalLocations"][0]["name"] == proof.revision
        assert (proof.evidence or "") in result["message"]["text"]
        assert all(str(c) in result["message"]["text"] for c in proof.changes)
        assert ("physicalLocation" in place) == bool(proof.file)
        if proof.file:
            uri = place["physicalLocation"]["artifactLocation"]["uri"]
            assert URI.fullmatch(uri)
            assert unquote(uri, errors="surrogatepass") == proof.file
