"""GitLab's code quality report."""

import json

from hypothesis import given

from bothways.output.gitlab import report
from bothways.verify import ProofReport
from tests.output.reports import ANY, EVERY_VERDICT, failing


def test_a_finding_has_what_gitlab_asks_for():
    broken, lossy = json.loads(report(EVERY_VERDICT))
    assert broken["location"] == {"path": "migrations/versions/pg/2.py", "lines": {"begin": 17}}
    assert broken["description"].startswith("pg_2 is broken on pg\nindex note.ix_stars: missing")
    assert [(i["check_name"], i["severity"]) for i in (broken, lossy)] == [
        ("verify-broken", "blocker"),
        ("verify-lossy", "critical"),
    ]


def test_nothing_to_tell_is_an_empty_array():
    assert json.loads(report(ProofReport(EVERY_VERDICT.proofs[:1]))) == []


@given(ANY)
def test_any_text_comes_back_and_every_finding_has_a_place(shown):
    issues = json.loads(report(shown))
    failed = failing(shown)
    assert [i["location"]["path"] for i in issues] == [p.file or "alembic.ini" for p in failed]
    for issue, proof in zip(issues, failed, strict=True):
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert issue["location"]["lines"]["begin"] >= 1
        assert (proof.evidence or "") in issue["description"]
        assert all(str(c) in issue["description"] for c in proof.changes)
