"""Verdicts: what the round trip finds, says, declares and leaves behind."""

import subprocess

import pytest

from bothways import scratch
from bothways.errors import ConfigurationError, InvalidRevisionFile, UnknownRevision
from bothways.history import History
from bothways.verify import Options, selection, verify
from tests import tiny
from tests.tiny import INDEX_STARS

NULL_STARS = 'op.execute("update note set stars = null")'


@pytest.fixture
def project(tmp_path, engine_name, servers):
    made = tiny.with_three_revisions(tmp_path, engine_name)
    made.url = servers[engine_name]
    return made


def proofs(project, choose=selection.everything, **options):
    loaded = project.load(project.url)
    return {p.revision: p for p in verify(loaded, loaded.databases, choose, Options(**options)).proofs}


def test_an_honest_history_is_lossless_with_rows_in_its_tables(project):
    found = proofs(project)
    assert [p.verdict for p in found.values()] == ["lossless"] * 3
    assert found["r3"].rows >= 12


def test_without_rows_a_loss_of_data_is_not_seen_and_with_rows_its_smallest_row_is_shown(project):
    project.revision("r4", NULL_STARS, "pass")
    assert proofs(project, rows=0)["r4"].verdict == "lossless"
    lossy = proofs(project)["r4"]
    assert lossy.verdict == "lossy"
    assert lossy.evidence.startswith("row id=")
    assert "→ None" in lossy.evidence


def test_a_declared_loss_passes_and_an_undeclared_one_beside_it_does_not(project):
    project.revision("r4", NULL_STARS, "pass", more="lossy = {'note.stars': 'nobody counts them'}")
    assert proofs(project)["r4"].verdict == "lossy-declared"
    project.revision("r5", "op.execute(\"update note set body = 'x'\")", "pass", more="lossy = {'note.stars': 'no'}")
    assert proofs(project)["r5"].verdict == "lossy"


MARK = "op.create_table('mark', sa.Column('revision', sa.String(32), primary_key=True))"
OWN_ROWS = """
def rows(at):
    if at.has("mark"):
        at.connection.exec_driver_sql(f"insert into mark values ('{at.revision}')")

"""


def with_own_rows(project, text):
    name = f"own_{project.engine}_{id(project)}"
    (project.folder / f"{name}.py").write_text(text)
    ini = project.folder / "alembic.ini"
    ini.write_text(ini.read_text().replace("[DEFAULT]\n", f"[DEFAULT]\nbothways.proofs = {name}\n"))


def test_what_rows_of_the_projects_own_raise_is_no_line_of_the_revision(project):
    with_own_rows(project, "\n" * 20 + "def rows(at):\n    at.connection.exec_driver_sql('insert into nothing')\n")
    found = proofs(project)["r1"]
    assert (found.verdict, found.line) == ("broken", 1)
    assert ".py:22: " in found.evidence


def test_rows_of_the_projects_own_are_planted_once_where_a_loss_is_looked_at_again(project):
    project.revision("r4", MARK, "op.drop_table('mark')")
    drop, add = "op.drop_column('note', 'stars')", "op.add_column('note', sa.Column('stars', sa.Integer()))"
    drop, add = f"op.drop_index('ix_note_stars', 'note')\n{drop}", f"{add}\n{INDEX_STARS}"
    project.revision("r5", drop, add, more="lossy = {'note.stars': 'nobody counts them'}")
    with_own_rows(project, OWN_ROWS)
    found = proofs(project)["r5"]
    assert found.verdict == "lossy-declared", found.evidence


def test_a_declared_loss_that_does_not_happen_is_told(project):
    project.revision("r4", "pass", "pass", more="lossy = {'note.stars': 'nobody counts them'}")
    proof = proofs(project)["r4"]
    assert proof.verdict == "lossless"
    assert any("note.stars" in note for note in proof.notes)


def test_after_a_failure_the_others_are_still_judged(project):
    project.revision("r4", 'op.drop_index("ix_note_stars", "note")', "pass")
    project.revision("r5", "pass", "pass")
    assert [p.verdict for p in proofs(project).values()] == ["lossless"] * 3 + ["broken", "lossless"]


def test_nothing_is_left_behind_unless_it_is_kept(project):
    def names():
        return {s.name for s in scratch.list_all(project.url) if s.orphan or s.kept}

    before = names()
    project.revision("r4", 'op.drop_index("ix_note_stars", "note")', "pass")
    proofs(project)
    assert names() == before
    kept = proofs(project, keep=True)["r4"]
    (left,) = names() - before
    assert any(left in note for note in kept.notes)
    scratch.drop(project.url, left)


def test_a_range_or_a_change_is_chosen_by_name(project):
    histories = [History.load(project.load().branches[0])]
    assert list(proofs(project, selection.named("r2:", histories))) == ["r2", "r3"]
    assert list(proofs(project, selection.named("r1:stars", histories))) == ["r1", "r2"]
    assert list(proofs(project, selection.newest)) == ["r3"]
    with pytest.raises(UnknownRevision):
        selection.named("r9", histories)


def test_what_changed_since_a_commit_is_chosen_by_its_files(project):
    def git(*words):
        who = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
        subprocess.run(["git", *who, *words], cwd=project.folder, check=True, capture_output=True)

    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    project.revision("r4", "pass", "pass")
    assert list(proofs(project, selection.changed_since("HEAD", project.folder))) == ["r4"]
    with pytest.raises(ConfigurationError, match="git says"):
        selection.changed_since("no-such-branch", project.folder)


def test_a_declaration_that_is_no_dictionary_is_refused(project):
    project.revision("r4", "pass", "pass", more="lossy = ['note.stars']")
    with pytest.raises(InvalidRevisionFile, match="lossy is not a dictionary"):
        proofs(project)
