"""Reading revision files by their heads: order, names, and what is wrong with a file."""

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothways.errors import (
    AmbiguousRevision,
    BrokenHistory,
    DuplicateRevision,
    InvalidRevisionFile,
    MultipleHeads,
    UnknownRevision,
)
from bothways.headers import read_header
from bothways.history import History
from bothways.project import Branch
from tests import tiny


def history(project):
    return History.load(project.load().branches[0])


def test_revisions_come_from_base_to_head_with_their_messages_and_changes(tmp_path):
    found = history(tiny.with_three_revisions(tmp_path))
    assert [(r.id, r.down_revision, r.message, r.change) for r in found.revisions] == [
        ("r1", None, "Do r1.", None),
        ("r2", "r1", "Do r2.", "stars"),
        ("r3", "r2", "Do r3.", None),
    ]
    assert found.head.id == "r3"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("head", "r3"),
        ("r2", "r2"),
        ("stars", "r2"),
        ("base+1", "r1"),
        ("head-1", "r2"),
        ("-1", "r2"),
        ("+2", "r2"),
        ("r3-1", "r2"),
        ("r1+1", "r2"),
        ("sqlite@head", "r3"),
    ],
)
def test_a_revision_is_found_by_every_name_people_use(tmp_path, name, found):
    assert history(tiny.with_three_revisions(tmp_path)).find(name).id == found


def test_a_change_whose_id_ends_in_a_number_is_no_counting_from_another(tmp_path):
    project = tiny.write(tmp_path)
    for identifier, change in [("r1", "first"), ("r2", "fill"), ("r3", "fill-2"), ("r4", "phase-2")]:
        project.revision(identifier, "", "", more=f"change = {change!r}")
    found = history(project)
    assert [found.find(name).id for name in ("fill", "fill-2", "phase-2", "r3-2")] == ["r2", "r3", "r4", "r1"]
    with pytest.raises(UnknownRevision, match="no revision 'fill-1'") as caught:
        found.find("fill-1")
    assert "fill-2" in caught.value.hint


def test_an_unknown_revision_gets_the_nearest_names(tmp_path):
    found = history(tiny.with_three_revisions(tmp_path))
    with pytest.raises(UnknownRevision) as caught:
        found.find("r22")
    assert "r2" in caught.value.hint
    with pytest.raises(UnknownRevision, match="beyond"):
        found.find("head-7")


def test_an_ambiguous_beginning_is_not_guessed(tmp_path):
    project = tiny.write(tmp_path)
    project.revision("ab1", "", "")
    project.revision("ab2", "", "")
    with pytest.raises(AmbiguousRevision, match="ab1 or ab2"):
        history(project).find("ab")


def test_a_syntax_error_is_named_with_file_and_line(tmp_path):
    project = tiny.with_three_revisions(tmp_path)
    (project.versions / "r4.py").write_text("revision = 'r4'\ndown_revision = ='r3'\n")
    with pytest.raises(InvalidRevisionFile, match=r"r4\.py:2"):
        history(project)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1\n", "has no revision id"),
        ("revision = make_id()\n", "not a plain value"),
        ("revision = 'a'\ndown_revision = 'b' + 'c'\n", "not a plain value"),
        ("revision = 'a\0'\n", "NUL"),
    ],
)
def test_a_file_that_is_no_revision_is_refused(tmp_path, text, said):
    project = tiny.write(tmp_path)
    (project.versions / "bad.py").write_text(text)
    with pytest.raises(InvalidRevisionFile, match=said):
        history(project)


def test_two_files_with_one_id_name_both_files(tmp_path):
    project = tiny.with_three_revisions(tmp_path)
    (project.versions / "copy.py").write_text((project.versions / "r2.py").read_text())
    with pytest.raises(DuplicateRevision, match=r"copy\.py and r2\.py"):
        history(project)


def test_a_missing_parent_is_named(tmp_path):
    project = tiny.with_three_revisions(tmp_path)
    (project.versions / "r2.py").unlink()
    with pytest.raises(BrokenHistory, match="revises 'r2'"):
        history(project)


def test_a_circle_is_told(tmp_path):
    project = tiny.write(tmp_path)
    project.revision("a", "", "", parent="b")
    project.revision("b", "", "", parent="a")
    with pytest.raises(BrokenHistory, match="circle"):
        history(project)


def test_several_heads_name_the_command_that_joins_them(tmp_path):
    project = tiny.with_three_revisions(tmp_path)
    project.revision("side", "", "", parent="r1")
    with pytest.raises(MultipleHeads) as caught:
        _ = history(project).head
    assert "merge" in caught.value.hint
    project.revision("joined", "", "", parent=("r3", "side"))
    assert history(project).head.id == "joined"
    assert {r.id for r in history(project).pending(["r3"])} == {"side", "joined"}


def test_an_attribute_after_the_functions_is_seen_too(tmp_path):
    project = tiny.with_three_revisions(tmp_path)
    with (project.versions / "r3.py").open("a") as file:
        file.write("\n\nirreversible = 'the data is gone'\n")
    assert history(project).head.irreversible == "the data is gone"


@given(
    message=st.text(st.characters(codec="utf-8", exclude_characters='"\\\0\r'), min_size=1, max_size=60),
    id=st.from_regex(r"[a-z0-9_]{1,20}", fullmatch=True),
    annotated=st.booleans(),
    spaces=st.integers(0, 3),
)
def test_the_head_read_is_what_python_itself_would_see(tmp_path_factory, message, id, annotated, spaces):
    path = tmp_path_factory.mktemp("header") / "x.py"
    name = "revision: str" if annotated else "revision"
    blanks = "\n" * spaces
    path.write_text(
        f'"""{message}"""\n{blanks}{name} = {id!r}\ndown_revision = None{blanks}\n\ndef upgrade():\n    pass\n'
    )
    namespace = {}
    exec(compile(path.read_text(), str(path), "exec"), namespace)
    found = read_header(path)
    assert found.id == namespace["revision"]
    document = inspect.cleandoc(namespace["__doc__"]).strip()
    assert found.message == (document.splitlines()[0] if document else "x")


@given(data=st.data(), count=st.integers(1, 12))
def test_every_order_of_files_gives_one_history_with_parents_first(tmp_path_factory, data, count):
    folder = tmp_path_factory.mktemp("order")
    names = data.draw(st.permutations([f"n{i}" for i in range(count)]))
    parents = [None if i == 0 else data.draw(st.integers(0, i - 1)) for i in range(count)]
    for i, parent in enumerate(parents):
        down = None if parent is None else names[parent]
        (folder / f"{names[i]}.py").write_text(f"revision = {names[i]!r}\ndown_revision = {down!r}\n")
    found = History.load(Branch("b", folder, "sqlite"))
    order = [r.id for r in found.revisions]
    assert sorted(order) == sorted(names)
    assert all(order.index(p) < order.index(r.id) for r in found.revisions for p in r.parents)
    assert set(order) - found.ancestors(found.heads) == set()
