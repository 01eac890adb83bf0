"""SQLite's text of an object in one canonical spelling: laws of the tokens, and what SQLite itself makes of them."""

import sqlite3
from contextlib import closing

import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bothways.dialects.sqlite_catalog import body, canonical, read, tokens

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
LITERALS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12).map(
    lambda t: "'" + t.replace("'", "''") + "'"
)
SPACES = st.sampled_from([" ", "\n", "\t  ", " /* why, (not) */ ", " -- 'so'\n"])


@st.composite
def columns(draw):
    """A column definition as a list of tokens."""
    words = [f"c_{draw(NAMES)}", draw(st.sampled_from(["integer", "text", "numeric(10,2)", "varchar(20)"]))]
    if draw(st.booleans()):
        words += ["not", "null"]
    if draw(st.booleans()):
        words += ["default", draw(LITERALS)]
    if draw(st.booleans()):
        words += ["check", "(", words[0], "<>", draw(LITERALS), ")"]
    if draw(st.booleans()):
        words += ["collate", "nocase"]
    return words


TABLES = st.lists(columns(), min_size=1, max_size=5, unique_by=lambda c: c[0])


def spelled(words, draw):
    """The same tokens with other spaces, comments and cases of keywords."""
    changed = [w.upper() if w.isalpha() and draw(st.booleans()) else w for w in words]
    return "".join(w + draw(SPACES) for w in changed)


@given(TABLES, st.data())
def test_spaces_comments_and_case_do_not_matter(table, data):
    words = ["create", "table", "t", "("]
    for i, column in enumerate(table):
        words += [*([","] if i else []), *column]
    words.append(")")
    plain = " ".join(words)
    assert canonical(spelled(words, data.draw)) == canonical(plain)


@given(TABLES)
def test_the_canonical_text_is_its_own_canonical_text_and_sqlite_takes_it(table):
    text = canonical("create table t (" + ", ".join(" ".join(c) for c in table) + ")")
    assert canonical(text) == text
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(text)


@given(TABLES)
def test_the_body_has_the_columns_that_sqlite_sees(table):
    sql = "create table t (" + ", ".join(" ".join(c) for c in table) + ")"
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(sql)
        seen = [row[1].lower() for row in connection.execute("pragma table_xinfo(t)")]
    assert [part[0] for part in body(sql)] == seen


@given(LITERALS, LITERALS)
def test_different_texts_stay_different(one, other):
    first, second = (canonical(f"create view v as select {t}") for t in (one, other))
    assert (first == second) == (one == other)


def test_needless_quotes_are_dropped_and_needed_ones_kept():
    assert tokens('"Plain" `x` [y] "with blank" "a""b"') == ("plain", "x", "y", '"with blank"', '"a""b"')


def test_parentheses_around_a_single_default_mean_nothing():
    with sa.create_engine("sqlite://").connect() as connection:
        for name, text in (("a", "x text default '' not null"), ("b", "x text default ('') not null")):
            connection.exec_driver_sql(f"create table {name} ({text}, y int default (1 + 2))")
        objects = read(connection)
    assert objects["column:a.x"] == objects["column:b.x"]
    assert objects["column:a.y"]["definition"] == "int default ( 1 + 2 )"
