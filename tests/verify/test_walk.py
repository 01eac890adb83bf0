"""Which revisions a walk reaches, in which order, and what it says of a head."""

import pytest

from bothways.output import text
from bothways.output.findings import summary
from bothways.verify import Options, selection, verify
from tests import tiny


@pytest.fixture
def project(tmp_path, engine_name, servers):
    made = tiny.write(tmp_path, engine_name)
    made.url = servers[engine_name]
    return made


def report(project, choose=selection.everything, **options):
    loaded = project.load(project.url)
    return verify(loaded, loaded.databases, choose, Options(**options))


def proofs(project, choose=selection.everything, **options):
    return {p.revision: p for p in report(project, choose, **options).proofs}


def table(name):
    up = f'op.create_table("{name}", sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer))'
    return up, f'op.drop_table("{name}")'


def merge(project, id, *parents):
    path = project.revision(id, "pass", "pass", parent=None)
    path.write_text(path.read_text().replace("down_revision = None", f"down_revision = {parents!r}"))


def test_several_bases_and_their_merge_point_are_walked(project):
    project.revision("a1", *table("a"), parent=None)
    project.revision("b1", *table("b"), parent=None)
    merge(project, "m", "a1", "b1")
    project.revision("c1", *table("c"))
    assert {n: p.verdict for n, p in proofs(project).items()} == dict.fromkeys(["a1", "b1", "m", "c1"], "lossless")


def test_branches_and_their_merge_point_are_walked_and_a_loss_at_it_is_found(project):
    project.revision("r1", *table("a"))
    project.revision("left", *table("b"), parent="r1")
    project.revision("right", *table("c"), parent="r1")
    merge(project, "m", "left", "right")
    found = proofs(project)
    assert {p.verdict for p in found.values()} == {"lossless"}
    path = project.versions / "m.py"
    path.write_text(path.read_text().replace("    pass", '    op.execute("update a set n = null")', 1))
    assert proofs(project)["m"].verdict == "lossy"


def test_the_merge_point_alone_is_reached_through_both_of_its_branches(project):
    project.revision("r1", *table("a"))
    project.revision("left", *table("b"), parent="r1")
    project.revision("right", *table("c"), parent="r1")
    merge(project, "m", "left", "right")
    assert list(proofs(project, lambda h: (h.find("m"),))) == ["m"]


def test_a_revision_that_depends_on_another_branch_is_reached_through_it(project):
    project.revision("a1", *table("a"), parent=None)
    project.revision("b1", 'op.add_column("a", sa.Column("m", sa.Integer))', 'op.drop_column("a", "m")', parent=None,
                     more="depends_on = 'a1'")  # fmt: skip
    assert {n: p.verdict for n, p in proofs(project).items()} == {"a1": "lossless", "b1": "lossless"}


def test_what_stands_beside_a_broken_upgrade_is_judged_and_what_stands_on_it_is_not_reached(project):
    project.revision("r1", *table("a"))
    project.revision("left", 'op.execute("no sql at all")', "pass", parent="r1")
    project.revision("left2", *table("b"))
    project.revision("right", *table("c"), parent="r1")
    found = proofs(project)
    assert {n: p.verdict for n, p in found.items()} == {
        "r1": "lossless", "left": "broken", "left2": "broken", "right": "lossless",
    }  # fmt: skip
    assert found["left2"].evidence.startswith("it cannot be reached: the upgrade of left")


def test_the_head_is_compared_with_the_models_where_the_whole_branch_is_walked(tmp_path, engine_name, servers):
    made = tiny.with_three_revisions(tmp_path, engine_name)
    made.url = servers[engine_name]
    (head,) = report(made, models=True).heads
    assert head.changes == ()
    made.revision("r4", 'op.add_column("note", sa.Column("more", sa.Integer))', 'op.drop_column("note", "more")')
    found = report(made, models=True)
    assert [str(c) for c in found.heads[0].changes] == ["column note.more: missing"]
    assert found.exit_code == 1


def test_an_upgrade_that_refuses_rows_of_its_parent_is_proved_with_rows_that_it_takes(project):
    project.revision("r1", *table("a"))
    project.revision(
        "r2",
        'with op.batch_alter_table("a") as a:\n    a.alter_column("n", existing_type=sa.Integer(), nullable=False)',
        'with op.batch_alter_table("a") as a:\n    a.alter_column("n", existing_type=sa.Integer(), nullable=True)',
    )
    proof = proofs(project)["r2"]
    assert proof.verdict == "lossless"
    assert "the upgrade refuses rows that its parent allows" in proof.notes[0]
    assert proof.rows > 0


def test_an_upgrade_that_fails_whatever_rows_there_are_says_nothing_of_rows(project):
    project.revision("r1", *table("a"))
    project.revision("r2", 'op.drop_table("not_there")', "pass")
    proof = proofs(project)["r2"]
    assert (proof.verdict, proof.notes) == ("broken", ())
    assert "not_there" in proof.evidence


def test_a_revision_that_runs_on_empty_tables_only_is_counted_as_that(project):
    project.revision("r1", *table("a"))
    add = 'op.add_column("a", sa.Column("m", sa.Integer, nullable=False))'
    if project.engine == "mysql":  # it gives the rows that are there a 0
        add = 'op.execute("alter table a add constraint never check (n is null and n is not null)")'
    project.revision("r2", add, "pass", more="irreversible = 'for the test'")
    found = report(project)
    assert [p.empty_only for p in found.proofs] == [False, True]
    assert (summary(found), found.exit_code) == ("2 of 2 proved both ways, 1 on empty tables only", 0)
    assert "2 of 2 proved both ways, 1 on empty tables only in " in text.report(found)


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_a_foreign_key_that_a_cascade_takes_along_is_collateral_damage(project):
    project.revision("r1", *table("a"))
    project.revision(
        "r2",
        'op.create_table("b", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a_id", sa.Integer, '
        'sa.ForeignKey("a.id", name="fk_ba")))',
        'op.drop_table("b")',
    )
    project.revision("r3", 'op.execute("drop table a cascade")', *table("a")[:1])
    proof = proofs(project)["r3"]
    assert proof.verdict == "broken"
    assert proof.evidence == ("constraint b.fk_ba vanishes in the upgrade, though nothing of the revision names it")


# A migration of SQLite runs without foreign keys.
@pytest.mark.parametrize("engine_name", ["postgresql", "mysql"], indirect=True)
def test_rows_that_a_cascade_takes_from_another_table_are_told(project):
    project.revision("r1", *table("a"))
    project.revision(
        "r2",
        'op.create_table("b", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a_id", sa.Integer, '
        'sa.ForeignKey("a.id", ondelete="CASCADE")))',
        'op.drop_table("b")',
    )
    project.revision("r3", 'op.execute("delete from a")', "pass")
    proof = proofs(project)["r3"]
    assert proof.verdict == "broken"
    assert "rows of b vanish in the upgrade" in proof.evidence


def test_what_a_clock_or_a_counter_gives_need_not_come_again(project):
    project.revision("r1", *table("a"))
    project.revision(
        "r2",
        'with op.batch_alter_table("a") as a:\n'
        '    a.add_column(sa.Column("at", sa.DateTime(), server_default=sa.func.current_timestamp()))',
        'with op.batch_alter_table("a") as a:\n    a.drop_column("at")',
    )
    project.revision(
        "r3",
        'op.bulk_insert(sa.table("a", sa.column("n")), [{"n": 987654}])',
        'op.execute("delete from a where n = 987654")',
    )
    found = proofs(project)
    assert {n: p.verdict for n, p in found.items()} == dict.fromkeys(["r1", "r2", "r3"], "lossless"), found


def test_a_downgrade_that_keeps_only_some_rows_by_the_new_column_is_lossy(project):
    project.revision("r1", *table("a"))
    project.revision(
        "r2",
        'op.add_column("a", sa.Column("kind", sa.String(8)))',
        'op.execute("delete from a where kind is not null")\nop.drop_column("a", "kind")',
    )
    proof = proofs(project)["r2"]
    assert proof.verdict == "lossy"
    assert "row id=" in proof.evidence


def test_a_column_that_comes_back_behind_the_others_is_no_fault_where_no_other_place_is(project, engine_name):
    columns = 'sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.Integer), sa.Column("b", sa.Integer)'
    project.revision("r1", f'op.create_table("t", {columns})', 'op.drop_table("t")', parent=None)
    project.revision("r2", 'op.drop_column("t", "a")', 'op.add_column("t", sa.Column("a", sa.Integer))')
    path = project.versions / "r2.py"
    path.write_text(path.read_text().replace("def upgrade", 'lossy = {"t.a": "it is dropped"}\n\n\ndef upgrade', 1))
    found = proofs(project)["r2"]
    if engine_name == "postgresql":
        assert found.verdict == "lossy-declared"
        assert "the columns of t come back in another order: here a new column is the last" in found.notes
    else:
        assert found.verdict == "broken"
        assert ("column", "position") in {(c.kind, c.fact) for c in found.changes}


def test_an_enum_that_its_downgrade_drops_is_made_again(project, engine_name):
    enum = 'sa.Enum("x", "y", name="mood")'
    gone = 'sa.Enum(name="mood").drop(op.get_bind(), checkfirst=True)' if engine_name == "postgresql" else ""
    columns = f'sa.Column("id", sa.Integer, primary_key=True), sa.Column("s", {enum}, nullable=False)'
    project.revision("r1", f'op.create_table("a", {columns})', f'op.drop_table("a")\n{gone}')
    project.revision("r2", f'op.create_table("b", {columns})'.replace("mood", "mood2"),
                     f'op.drop_table("b")\n{gone}'.replace("mood", "mood2"))  # fmt: skip
    assert {n: p.verdict for n, p in proofs(project).items()} == {"r1": "lossless", "r2": "lossless"}


def test_an_enum_that_an_earlier_revision_made_cannot_be_made_again_in_a_run_of_its_own(project, engine_name):
    enum = 'sa.Enum("x", "y", name="mood")'
    columns = f'sa.Column("id", sa.Integer, primary_key=True), sa.Column("s", {enum}, nullable=False)'
    gone = '\nop.execute("drop type mood")' if engine_name == "postgresql" else ""
    project.revision("r1", f'op.create_table("a", {columns})', f'op.drop_table("a"){gone}')
    project.revision("r2", f'op.create_table("b", {columns})', 'op.drop_table("b")')
    project.revision("r3", "pass", "pass")
    expected = "broken" if engine_name == "postgresql" else "lossless"
    assert {n: p.verdict for n, p in proofs(project).items()} == {"r1": "lossless", "r2": expected, "r3": "lossless"}


def test_a_revision_behind_one_that_wants_ordinary_rows_is_proved_with_all_rows_again(project):
    project.revision(
        "r1",
        'op.create_table("a", sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer))\n'
        'op.create_table("b", sa.Column("id", sa.Integer, primary_key=True), sa.Column("code", sa.String(9)))',
        'op.drop_table("b")\nop.drop_table("a")',
    )
    project.revision(
        "r2",
        'op.execute("create unique index ix_a_n on a (n)")',
        'op.drop_index("ix_a_n", table_name="a")',
    )
    project.revision(
        "r3", 'op.execute("update b set code = upper(code)")', 'op.execute("update b set code = lower(code)")'
    )
    found = proofs(project)
    assert "ordinary rows" in found["r2"].notes[0]
    assert found["r3"].verdict == "lossy"
    project.revision("r4", 'op.execute("delete from b where code is null")', "pass")
    assert proofs(project, selection.newest)["r4"].verdict == "lossy"
    assert proofs(project)["r4"].verdict == "lossy"


def test_an_index_that_a_downgrade_makes_again_may_stand_in_another_place(project):
    project.revision(
        "r1", table("a")[0] + '\nop.create_index("ix_1", "a", ["n"])\nop.create_index("ix_2", "a", ["n", "id"])', "pass"
    )
    project.revision("r2", 'op.drop_index("ix_1", table_name="a")', 'op.create_index("ix_1", "a", ["n"])')
    assert proofs(project, selection.newest)["r2"].verdict == "lossless"


def test_a_loss_does_not_hide_the_loss_of_the_revision_after_it(project):
    project.revision("r1", *table("a"))
    project.revision("r2", "pass", 'op.execute("delete from a")')
    project.revision("r3", 'op.execute("update a set n = 7")', "pass")
    assert {n: p.verdict for n, p in proofs(project).items()} == {"r1": "lossless", "r2": "lossy", "r3": "lossy"}


def test_rows_that_an_upgrade_has_made_alike_do_not_hide_a_later_loss(project):
    project.revision("r1", *table("a"))
    keep = 'op.execute("create table kept as select id, n from a")\nop.execute("update a set n = 7")'
    back = 'op.execute("update a set n = (select kept.n from kept where kept.id = a.id)")\nop.drop_table("kept")'
    project.revision("r2", keep, back)
    project.revision("r3", 'op.execute("update a set n = 0 where n < 0")', "pass")
    assert {n: p.verdict for n, p in proofs(project).items()} == {"r1": "lossless", "r2": "lossless", "r3": "lossy"}


def test_a_downgrade_is_tried_with_the_words_that_it_looks_for(project):
    project.revision("r1", *table("a"))
    drop = 'op.drop_column("a", "folder")'
    add = 'op.add_column("a", sa.Column("folder", sa.String(20)))'
    project.revision("r2", add, f"op.execute(\"delete from a where folder = 'trash'\")\n{drop}")
    found = proofs(project)["r2"]
    assert found.verdict == "lossy"
    assert "is gone" in found.evidence


def test_a_word_that_only_the_revision_names_is_planted_before_its_upgrade(project):
    project.revision(
        "r1",
        'op.create_table("a", sa.Column("id", sa.Integer, primary_key=True), sa.Column("state", sa.String(20)))',
        'op.drop_table("a")',
    )
    project.revision("r2", "op.execute(\"delete from a where state = 'cancelled'\")", "pass")
    assert proofs(project)["r2"].verdict == "lossy"


def test_rows_that_a_revision_inserts_and_deletes_again_raise_no_alarm(project):
    project.revision(
        "r1",
        'op.create_table("a", sa.Column("id", sa.Integer, primary_key=True), sa.Column("state", sa.String(20)))',
        'op.drop_table("a")',
    )
    project.revision(
        "r2",
        "op.execute(\"insert into a (state) values ('first')\")",
        "op.execute(\"delete from a where state = 'first'\")",
    )
    assert proofs(project)["r2"].verdict == "lossless"


def test_rows_numbered_anew_are_seen(project):
    project.revision("r1", *table("a"))
    project.revision(
        "r2",
        'op.execute("create table kept as select n from a order by id")\nop.execute("delete from a")',
        'op.execute("insert into a (n) select n from kept")\nop.drop_table("kept")',
    )
    assert proofs(project)["r2"].verdict == "lossy"
