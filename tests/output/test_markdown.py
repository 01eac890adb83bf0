"""Markdown: a table, and blocks that open."""

import html
import re
from dataclasses import replace

from hypothesis import given

from bothways.output.findings import details, visible
from bothways.output.markdown import report
from bothways.verify import ProofReport
from tests.output.reports import ANY, EVERY_VERDICT

PRE = re.compile(r"\n\n<pre>\n(.*?)\n</pre>\n\n", re.DOTALL)


def test_the_verdicts_of_a_change_stand_side_by_side():
    lines = report(EVERY_VERDICT).splitlines()
    assert lines[0] == "### ❌ 3 of 5 proved both ways"
    assert lines[2:7] == [
        "| revision | pg (PostgreSQL 18.4) | lite (SQLite 3.50) |",
        "| --- | --- | --- |",
        "| <b>notes</b> Add notes | ✅ lossless | ⚠️ irreversible-declared |",
        "| <b>bodies</b> Shorten bodies | ❌ broken | ❌ lossy |",
        "| <b>lite_3</b> Forget codes | – | ⚠️ lossy-declared |",
    ]


def test_the_differences_are_in_a_block_that_is_open_where_it_fails():
    text = report(EVERY_VERDICT)
    assert (
        "<details open><summary>pg_2 is broken on pg <code>migrations/versions/pg/2.py:17</code></summary>\n\n"
        "<pre>\nindex note.ix_stars: missing\ncolumn note.body: type varchar(50) → varchar(20)\n</pre>\n\n</details>"
    ) in text
    assert "<details><summary>lite_1 is irreversible-declared on lite</summary>\n\n<pre>\nrows are gone" in text


def test_all_is_well_is_a_table_alone():
    text = report(ProofReport(EVERY_VERDICT.proofs[:1]))
    assert text.startswith("### ✅ 1 of 1 proved both ways")
    assert "<details" not in text


def test_names_with_underscores_are_neither_emphasis_nor_unreadable():
    proof = replace(EVERY_VERDICT.proofs[0], change="add_api_keys", message="Guard __init__ and *all*")
    text = report(ProofReport((proof,)))
    assert "<b>add_api_keys</b> Guard &#95;&#95;init&#95;&#95; and &#42;all&#42; |" in text


def test_no_revision_says_so():
    assert report(ProofReport(())) == "### ✅ no revision to prove"


@given(ANY)
def test_any_text_stays_in_its_cell_or_its_block(shown):
    text = report(shown)
    told = [p for p in shown.proofs if details(p)]
    blocks = [html.unescape(block) for block in PRE.findall(text)]
    expected = [visible("\n".join(details(p))) for p in told]
    assert blocks == [re.sub("\r\n?", "\n", e) for e in expected]
    assert text.count("</pre>") == text.count("</details>") == len(told)
    rest = re.sub(r"<details.*?</details>", "", PRE.sub("", text), flags=re.DOTALL)
    table = [line for line in rest.split("\n") if line.strip()][1:]
    columns = len({p.database for p in shown.proofs}) + 1
    rows = len({p.change or p.revision for p in shown.proofs})
    assert len(table) == (rows + 2 if shown.proofs else 0)
    assert all(line.count("|") == columns + 1 and "\\" not in line for line in table)
    assert not re.search(r"[`\[\]]|<(?!br>|/?b>)", "".join(table))
