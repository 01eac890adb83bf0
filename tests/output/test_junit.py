"""JUnit XML: any parser takes it, and it says what the report says."""

from xml.etree import ElementTree as ET

from hypothesis import given

from bothways.output.findings import visible
from bothways.output.junit import report
from bothways.verify import ProofReport
from tests.output.reports import ANY, EVERY_VERDICT, failing


def parsed(shown):
    return ET.fromstring(report(shown).encode())


def test_a_suite_is_a_database_and_a_case_a_revision():
    root = parsed(EVERY_VERDICT)
    assert root.tag == "testsuites"
    assert [(s.get("name"), s.get("tests"), s.get("failures"), s.get("time")) for s in root] == [
        ("pg", "2", "1", "0.750"),
        ("lite", "3", "1", "0.125"),
    ]
    assert [c.get("name") for c in root[0].iter("testcase")] == ["pg_1 Add notes", "pg_2 Shorten bodies"]
    assert [p.get("value") for p in root.iter("property")] == ["PostgreSQL 18.4", "SQLite 3.50"]


def test_a_failure_holds_the_differences_and_where_the_revision_is():
    case = parsed(EVERY_VERDICT)[0][2]
    failure = case.find("failure")
    assert (case.get("file"), case.get("line")) == ("migrations/versions/pg/2.py", "17")
    assert (failure.get("type"), failure.get("message")) == ("verify-broken", "pg_2 is broken on pg")
    assert failure.text == "index note.ix_stars: missing\ncolumn note.body: type varchar(50) → varchar(20)"


def test_a_declared_loss_passes_and_says_so():
    said = {c.get("name"): c.findtext("system-out") for c in parsed(EVERY_VERDICT)[1].iter("testcase")}
    assert said["lite_1 Add notes"] == "irreversible-declared: rows are gone"
    assert said["lite_3 Forget codes"] == "lossy-declared: declared: note.code"


def test_no_revision_is_an_empty_document():
    root = parsed(ProofReport(()))
    assert (root.get("tests"), len(root)) == ("0", 0)


@given(ANY)
def test_any_text_comes_back_as_far_as_xml_can_carry_it(shown):
    root = parsed(shown)
    databases = list(dict.fromkeys(p.database for p in shown.proofs))
    assert [s.get("name") for s in root] == [visible(d) for d in databases]
    in_order = [p for d in databases for p in shown.proofs if p.database == d]
    cases = list(root.iter("testcase"))
    assert [c.get("file", "") for c in cases] == [visible(p.file) for p in in_order]
    failed = [(c, p) for c, p in zip(cases, in_order, strict=True) if c.find("failure") is not None]
    assert [p for _, p in failed] == failing(ProofReport(tuple(in_order)))
    for case, proof in failed:
        said = case.findtext("failure")
        assert visible(proof.evidence or "") in said
        assert all(visible(str(c)) in said for c in proof.changes)
