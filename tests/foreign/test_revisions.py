"""What Alembic accepts in a revision file, and what revisions may use, works here too."""

from __future__ import annotations

import pytest

ONE = {"alembic": [("one", "lossless")]}


@pytest.mark.compat
def test_an_id_computed_at_import_is_read_by_running_the_file(foreign):
    project = foreign()
    path = project.revision("one")
    path.write_text(path.read_text().replace("revision: str = 'one'", "revision = ''.join(['o', 'ne'])"))
    assert project.prove() == ONE


def test_a_revision_may_import_what_prepend_sys_path_gives(foreign):
    project = foreign()
    (project.folder / "theirs_pkg").mkdir()
    (project.folder / "theirs_pkg" / "__init__.py").write_text('NAME = "named"\n')
    project.revision(
        "one", head="from theirs_pkg import NAME",
        up='op.create_table(NAME, sa.Column("id", sa.Integer, primary_key=True))', down="op.drop_table(NAME)",
    )  # fmt: skip
    assert project.prove() == ONE


def test_a_revision_may_import_what_env_py_added(foreign):
    project = foreign()
    (project.folder / "lib").mkdir()
    (project.folder / "lib" / "theirs_lib.py").write_text('NAME = "named"\n')
    project.edit("config = context.config", "import sys\nsys.path.append('lib')\nconfig = context.config")
    project.revision(
        "one", up='import theirs_lib\n    op.create_table("t", sa.Column("id", sa.Integer, primary_key=True))',
        down='op.drop_table("t")',
    )  # fmt: skip
    assert project.prove() == ONE


@pytest.mark.compat
def test_a_revision_finds_its_config_and_its_bind(foreign):
    project = foreign()
    project.ini(their_option="kept")
    project.revision(
        "one",
        up='assert context.config.get_main_option("their_option") == "kept"\n'
        '    assert op.get_context().config.get_main_option("their_option") == "kept"\n'
        "    assert context.get_x_argument(as_dictionary=True) == {}\n"
        '    op.get_bind().execute(sa.text("create table t (id integer primary key)"))',
        down='op.drop_table("t")',
    )
    assert project.prove() == ONE


@pytest.mark.compat
def test_several_bases_labels_merges_and_dependencies_are_walked(foreign):
    project = foreign()
    project.revision("one", more='branch_labels = ("first",)')
    project.revision("two", more='depends_on = "first"')
    project.revision("three", ("one", "two"), up="pass", down="pass")
    assert set(project.prove()["alembic"]) == {("one", "lossless"), ("two", "lossless"), ("three", "lossless")}
