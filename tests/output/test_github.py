"""GitHub's workflow commands: one line a finding, which the runner decodes to what we said."""

import re

from hypothesis import given

from bothways.output.findings import findings, visible
from bothways.output.github import report
from tests.output.reports import ANY, EVERY_VERDICT

# What actions/runner does with a line of a step's output: it splits at line ends, then decodes.
COMMAND = re.compile(r"::(?P<name>[a-z]+) (?P<properties>.*?)::(?P<message>.*)", re.DOTALL)


def decoded(text, *codes):
    for code, character in (*codes, ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(code, character)
    return text


def commands(text):
    for line in re.split(r"\r\n|\r|\n", text):
        if line.lstrip().startswith("::"):
            match = COMMAND.fullmatch(line)
            properties = dict(p.split("=", 1) for p in match["properties"].split(","))
            yield (
                match["name"],
                {k: decoded(v, ("%3A", ":"), ("%2C", ",")) for k, v in properties.items()},
                decoded(match["message"]),
            )


def test_a_finding_is_an_error_at_its_revision():
    lines = report(EVERY_VERDICT).splitlines()
    assert lines[0] == (
        "::error file=migrations/versions/pg/2.py,line=17,"
        "title=verify-broken%3A A revision does not run both ways::"
        "pg_2 is broken on pg%0Aindex note.ix_stars: missing%0Acolumn note.body: type varchar(50) → varchar(20)"
    )
    assert lines[1].startswith("::error file=migrations/versions/lite/2.py,line=9,title=verify-lossy%3A")
    assert lines[2:] == ["3 of 5 proved both ways"]


@given(ANY)
def test_any_text_stays_in_its_command_and_comes_back(shown):
    seen = list(commands(report(shown)))
    expected = list(findings(shown))
    assert [name for name, _, _ in seen] == ["error"] * len(expected)
    assert [message for _, _, message in seen] == [visible(f.text) for f in expected]
    assert [p.get("file", "") for _, p, _ in seen] == [visible(f.proof.file) for f in expected]
