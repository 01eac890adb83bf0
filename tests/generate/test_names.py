"""Names are safe whatever the message holds, and go on in the manner of the branch."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bothways.generate.names import change_id, file_name, next_id, slug
from bothways.headers import Revision

ANY_TEXT = st.text(st.characters(exclude_categories=()))
ODD = ["__init__", "../../etc/passwd", "a/b\\c", "\0", "", "   ", "日本", "con", ".#x", "\ud800", "x" * 500, "-", "%s"]


def revision(identifier, name):
    return Revision(identifier, (), Path("versions") / name, "")


@given(ANY_TEXT)
def test_a_slug_is_plain_short_and_never_empty(message):
    assert re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", slug(message))
    assert len(slug(message)) <= 40


@given(ANY_TEXT)
def test_a_slug_of_a_slug_is_the_same(message):
    assert slug(slug(message)) == slug(message)


@given(ANY_TEXT)
def test_a_file_stays_inside_its_folder_and_is_one_that_alembic_reads(message):
    for identifier in ("pg_0019", "1975ea83b712", message):
        name = file_name(identifier, message)
        assert Path(name).name == name
        assert len(name) <= 255 or len(message) > 200
        assert re.fullmatch(r"(?!\.#|__init__)\w+\.py", name, re.ASCII)


@pytest.mark.parametrize("message", ODD)
def test_odd_messages_become_names_too(message):
    assert re.fullmatch(r"[a-z0-9_]{1,40}", slug(message))
    assert not slug(message).startswith("__")


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Add preorder status", "add_preorder_status"),
        ("  naïve Größe — ŁÓDŹ  ", "naive_grosse_odz"),
        ("the customer's e-mail", "the_customers_e_mail"),
        ("H₂O: 100 %", "h2o_100"),
        ("日本語", "change"),
        ("", "change"),
        ("one two three four five six seven eight nine ten", "one_two_three_four_five_six_seven_eight"),
        ("a " + "b" * 60, "a_" + "b" * 38),
    ],
)
def test_a_slug_keeps_what_people_read(message, expected):
    assert slug(message) == expected


def test_a_change_id_is_kebab_case_and_made_unique():
    assert change_id("Add preorder status", []) == "add-preorder-status"
    assert change_id("Add it", ["add-it"]) == "add-it-2"
    assert change_id("Add it", ["add-it", "ADD-IT-2"]) == "add-it-3"


@given(ANY_TEXT, st.sets(st.sampled_from(["change", "change-2", "a", "a-2", "0"])))
def test_a_change_id_is_never_one_that_exists(message, existing):
    assert change_id(message, existing) not in existing


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (["pg_0017", "pg_0018"], "pg_0019"),
        (["pg_0001"], "pg_0002"),
        (["1", "2", "9"], "10"),
        (["0001", "0002"], "0003"),
        (["r9999"], "r10000"),
        (["pg_0001", "pg_0003", "pg_0002"], "pg_0004"),
        (["000000000001", "000000000002"], "000000000003"),
        (["1975ea83b712", "ae1027a6acf1", "pg_0001", "pg_0002"], "pg_0003"),
        ([], "postgresql_0001"),
    ],
)
def test_ids_that_count_go_on_counting(ids, expected):
    assert next_id(ids, change="c", parent=ids[-1] if ids else None, branch="postgresql") == expected


@pytest.mark.parametrize(
    "ids",
    [
        ["1975ea83b712"],
        ["ae1027a6acf1", "1975ea83b712", "27c6a30d7c24"],
        ["20240101120000", "20240311091500"],
        ["initial"],
        ["x" * 28 + "9999"],
        ["2024-01"],
        ["a+b1"],
        ["été1"],
    ],
)
def test_other_ids_are_followed_by_a_digest_that_is_the_same_again(ids):
    found = next_id(ids, change="add-it", parent=ids[-1], branch="postgresql")
    assert re.fullmatch(r"[0-9a-f]{12}", found)
    assert found == next_id(ids, change="add-it", parent=ids[-1], branch="postgresql")
    assert found != next_id(ids, change="add-it", parent=ids[-1], branch="mysql")
    assert found != next_id(ids, change="add-that", parent=ids[-1], branch="postgresql")
    assert found != next_id([*ids, found], change="add-it", parent=ids[-1], branch="postgresql")


def test_an_id_of_another_branch_is_not_taken_again():
    assert next_id(["r1"], change="c", parent="r1", branch="sqlite", taken=["r2", "R3"]) == "r4"
    digest = next_id(["x"], change="c", parent="x", branch="sqlite")
    assert next_id(["x"], change="c", parent="x", branch="sqlite", taken=[digest]) != digest


IDS = st.from_regex(r"(pg_|my|r|)[0-9a-f]{1,12}", fullmatch=True) | st.text(min_size=1, max_size=32)


@given(st.lists(IDS, max_size=8, unique=True), ANY_TEXT, ANY_TEXT)
def test_a_next_id_is_new_short_and_one_that_alembic_takes(ids, change, branch):
    assume(all(ids))
    found = next_id(ids, change=change, parent=ids[-1] if ids else None, branch=branch)
    assert found.casefold() not in {name.casefold() for name in ids}
    assert len(found) <= 32
    assert re.fullmatch(r"\w+", found, re.ASCII)


def test_a_file_is_named_as_the_one_before_it():
    ours = [revision("pg_0018", "0018_role_permissions.py")]
    assert file_name("pg_0019", "Add it", ours) == "0019_add_it.py"
    alembics = [revision("1975ea83b712", "1975ea83b712_initial.py")]
    assert file_name("27c6a30d7c24", "Add it", alembics) == "27c6a30d7c24_add_it.py"
    assert file_name("pg_0001", "Initial") == "0001_initial.py"
    assert file_name("1975ea83b712", "Initial") == "1975ea83b712_initial.py"


def test_a_file_that_exists_is_not_written_over():
    there = [revision("pg_0018", "0019_Add_it.py"), revision("pg_0018", "0018_role_permissions.py")]
    assert file_name("pg_0019", "Add it", there) == "0019_add_it_2.py"
