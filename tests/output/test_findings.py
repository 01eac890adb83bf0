"""What the formats share."""

import re
from dataclasses import replace
from typing import get_args

from hypothesis import given

from bothways.agreement import Comparison
from bothways.output.findings import MOST_CHANGES, RULES, findings, visible
from bothways.snapshot import Change
from bothways.verify import HEAD, HEADS, HEALTHY, ProofReport, Verdict
from tests.output.reports import ANY, EVERY_VERDICT, TEXT, failing


def test_every_verdict_that_fails_has_a_rule_and_so_have_a_head_that_differs_and_several_heads():
    assert set(RULES) == set(get_args(Verdict)) - HEALTHY | {HEAD, HEADS}


def test_a_head_that_differs_from_the_models_is_a_finding():
    change = Change("index:note.ix_stars", None, "present", None, "semantic")
    (found,) = findings(ProofReport((), (Comparison("pg", "postgresql", "PostgreSQL 18.4", (change,)),)))
    assert found.text.splitlines() == ["the head of pg is not what the models say", "index note.ix_stars: missing"]
    assert not list(findings(ProofReport((), (Comparison("pg", "postgresql", "PostgreSQL 18.4", ()),))))


def test_the_names_of_the_rules_are_words():
    assert {r.id for r in RULES.values()} == {"verify-lossy", "verify-broken", "verify-head", "verify-heads"}


def test_a_finding_tells_its_evidence_and_each_difference_once():
    broken, lossy = findings(EVERY_VERDICT)
    assert broken.text.splitlines() == [
        "pg_2 is broken on pg",
        "index note.ix_stars: missing",
        "column note.body: type varchar(50) → varchar(20)",
    ]
    assert lossy.text.splitlines() == [
        "lite_2 is lossy on lite",
        "note 7: 'long text' → 'long'",
        "rows note: digest a1 → b2",
    ]


def test_many_differences_are_counted_after_the_first_fifty():
    many = tuple(Change(f"table:t{i}", None, "present", None, "semantic") for i in range(MOST_CHANGES + 7))
    (finding,) = findings(ProofReport((replace(EVERY_VERDICT.proofs[1], changes=many, evidence=None),)))
    assert len(finding.details) == MOST_CHANGES + 1
    assert finding.details[-1] == "… and 7 more"


def test_a_fingerprint_outlives_a_moved_line_and_other_differences():
    proof = EVERY_VERDICT.proofs[1]
    moved = replace(proof, line=99, file="elsewhere.py", changes=(), evidence="other", seconds=9.0)
    other = [replace(proof, database="my"), replace(proof, revision="pg_3"), replace(proof, verdict="lossy")]
    prints = [f.fingerprint for f in findings(ProofReport((proof, moved, *other)))]
    assert prints[0] == prints[1]
    assert len(set(prints)) == 4


@given(ANY)
def test_findings_are_the_proofs_that_fail(report):
    assert [f.proof for f in findings(report)] == failing(report)


@given(TEXT)
def test_visible_text_holds_no_controls_and_leaves_other_text_as_it_is(text):
    shown = visible(text)
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]", shown)
    if shown != text:
        assert re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", text)
