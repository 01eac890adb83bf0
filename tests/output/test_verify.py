"""The formats on the command line."""

import json
import os
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from bothways import cli
from tests import tiny

READ = {
    "text": str,
    "json": lambda text: json.loads(text)["proofs"][-1]["verdict"],
    "junit": lambda text: ET.fromstring(text.encode()).find(".//failure").get("type"),
    "github": str,
    "gitlab": lambda text: json.loads(text)[0]["check_name"],
    "markdown": str,
    "sarif": lambda text: json.loads(text)["runs"][0]["results"][0]["ruleId"],
}


@pytest.fixture
def forgetful(tmp_path, monkeypatch):
    """A project on SQLite whose last downgrade forgets an index."""
    made = tiny.with_three_revisions(tmp_path)
    made.revision("r4", 'op.create_index("ix_note_body", "note", ["body"])', "pass")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BOTHWAYS_MAIN_URL", f"sqlite:///{tmp_path / 'main.db'}")
    return made


@pytest.mark.parametrize("form", READ)
def test_verify_writes_every_format_and_exits_with_1_for_a_finding(forgetful, form):
    result = CliRunner().invoke(cli.app, ["verify", "--last", "--output", form])
    assert result.exit_code == 1, result.output
    assert "broken" in READ[form](result.stdout)


def test_other_commands_have_text_and_json_only(forgetful):
    result = CliRunner().invoke(cli.app, ["status", "--output", "sarif"])
    assert result.exit_code == 2
    assert "'text', 'json'" in result.output


@pytest.mark.parametrize("form", READ)
def test_text_that_no_encoding_has_does_not_end_in_an_error(forgetful, form):
    path = forgetful.versions / "r4.py"
    path.write_text(path.read_text().replace("Do r4.", r"Do \udc80."), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "bothways", "verify", "--last", "--output", form],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8:strict"},
    )
    assert done.returncode == 1, done.stderr
    assert b"error:" not in done.stderr
    assert "broken" in READ[form](done.stdout.decode())
