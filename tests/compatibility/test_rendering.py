"""The SQL of revisions, from a process of its own: one that hangs or ends it is told, and the others go on."""

import pytest

from bothways.compatibility import judge, rendering
from bothways.compatibility.rendering import Renderings
from bothways.history import History
from tests.tiny import with_three_revisions


@pytest.fixture
def tiny(tmp_path):
    return with_three_revisions(tmp_path / "project")


def render(tiny, *ids):
    project = tiny.load()
    history = History.load(project.branches[0])
    return Renderings(project).of(history, [history.by_id[i] for i in ids or history.by_id])


def test_statements_come_for_both_ways(tiny):
    found = render(tiny)
    assert found["r2"].up.statements == ("ALTER TABLE note ADD COLUMN stars INTEGER",)
    assert found["r3"].down.statements == ("DROP INDEX ix_note_stars",)
    assert {way.problem for one in found.values() for way in (one.up, one.down)} == {None}


def test_a_revision_that_needs_a_database_says_so_and_is_breaking(tiny):
    tiny.revision("r4", "op.get_bind().execute(sa.text('select 1')).scalar_one() + 1", "pass")
    project = tiny.load()
    history = History.load(project.branches[0])
    (judged,) = judge("sqlite", Renderings(project), history, [history.by_id["r4"]])
    assert judged.breaking
    assert "needs a database" in judged.reasons[-1]


def test_a_revision_that_ends_its_process_or_hangs_keeps_nobody_else_from_being_rendered(tiny, monkeypatch):
    monkeypatch.setattr(rendering, "SECONDS", 3.0)
    tiny.revision("r4", "import os\nprint('a line')\nos._exit(3)", "pass")
    tiny.revision("r5", "import time\ntime.sleep(600)", "pass")
    tiny.revision("r6", ADD, "pass")
    found = render(tiny)
    assert "ended the process" in found["r4"].up.problem
    assert "did not come within" in found["r5"].up.problem
    assert found["r6"].up.statements == ("ALTER TABLE note ADD COLUMN more INTEGER",)


def test_an_edited_file_is_rendered_again(tiny):
    project = tiny.load()
    renderings = Renderings(project)
    history = History.load(project.branches[0])
    renderings.of(history, history.revisions)
    path = history.by_id["r2"].path
    path.write_text(path.read_text().replace("stars", "points"))
    found = renderings.of(history, [history.by_id["r2"]])
    assert found["r2"].up.statements == ("ALTER TABLE note ADD COLUMN points INTEGER",)


def test_the_process_knows_no_address_of_a_database(tiny, monkeypatch):
    monkeypatch.setenv("BOTHWAYS_MAIN_URL", "postgresql://user:canary@localhost/x")
    tiny.revision("r4", "import os\nop.execute(repr(sorted(os.environ.items())))", "pass")
    assert "canary" not in str(render(tiny)["r4"])


ADD = 'op.add_column("note", sa.Column("more", sa.Integer))'
