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
    assert "asks about rows" in judged.reasons[-1]


def test_batch_mode_and_what_it_made_of_a_table_is_heard_on_a_file(tiny):
    up = 'with op.batch_alter_table("note") as batch:\n    batch.drop_column("stars")'
    down = 'with op.batch_alter_table("note") as batch:\n    batch.add_column(sa.Column("stars", sa.Integer))'
    # The index would stand in the way of the column.
    tiny.revision("r4", f'op.drop_index("ix_note_stars", "note")\n{up}', down)
    found = render(tiny)["r4"]
    assert (found.up.problem, found.down.problem) == (None, None)
    assert found.up.statements[0] == "DROP INDEX ix_note_stars"
    assert any(s.startswith("CREATE TABLE _alembic_tmp_note") for s in found.up.statements)
    assert found.up.statements[-1].startswith("ALTER TABLE _alembic_tmp_note RENAME TO note")
    assert not any("alembic_version" in s or s.startswith("PRAGMA") for s in found.up.statements)


def test_on_a_server_what_needs_a_database_says_so(tmp_path):
    tiny = with_three_revisions(tmp_path / "served", "postgresql")
    tiny.revision("r4", "op.get_bind().execute(sa.text('select 1')).scalar_one() + 1", "pass")
    assert "needs a database" in render(tiny)["r4"].up.problem


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
