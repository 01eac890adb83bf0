"""What drafts for PostgreSQL do to rows: kept, converted, counted on, or said to be lost or refused."""
# ruff: noqa: E501 - a statement is easier read in one line

from __future__ import annotations

from contextlib import suppress

import pytest
import sqlalchemy as sa

from bothways import scratch
from bothways.connections import call
from bothways.operations import Hints
from bothways.revisions import trial
from tests.generate.laboratory import MIGRATIONS, assert_both_ways
from tests.generate.test_postgresql import ENUM, ENUM3, database, t

KEEP = Hints(keep_data=True)


@pytest.fixture
def server(servers):
    return servers["postgresql"]


def run(server, before, after, statements, question, hints=None, *, failing=False):
    """Draft, go up and down with rows, and say what the question is answered before, above and after.

    ``failing``: the question may be refused, and then there is no answer.
    """
    found = assert_both_ways(server, database(*before), database(*after), hints=hints)
    answers = []

    def travel(connection):
        for statement in (*before, *statements):
            connection.exec_driver_sql(statement)
        connection.commit()
        for bodies in ([], [d.up for d in found.drafts], [d.down for d in reversed(found.drafts)]):
            for body in bodies:
                trial.run(connection, body, MIGRATIONS)
            with suppress(sa.exc.DBAPIError if failing else ()):
                answers.append(None)
                answers[-1] = connection.exec_driver_sql(question).all()
            connection.rollback()

    with scratch.database(server) as url:
        call(url, travel, purpose="prove")
    lossy = {name for d in found.drafts for s in d.steps for name in s.lossy}
    return *answers, lossy


KEPT = {
    "a column": ((t(", b text NOT NULL"),), (t(),), "INSERT INTO t VALUES (1, 2, 'x')", "SELECT to_jsonb(t) ->> 'b' FROM t", "t.b"),
    "a column of an enum": (
        (ENUM, t(", b st")), (t(),), "INSERT INTO t VALUES (1, 2, 'b')", "SELECT to_jsonb(t) ->> 'b' FROM t", "t.b"),
    "a table": (
        (ENUM, "CREATE TABLE u (id serial PRIMARY KEY, e st)"), ("SELECT 1",), "INSERT INTO u (e) VALUES ('b'), ('a')",
        "SELECT to_regclass('u') IS NOT NULL, pg_sequence_last_value(to_regclass('u_id_seq'))", "u"),
    "what a conversion cuts": (
        (t(", b numeric(6,2)"),), (t(", b numeric(6,1)"),), "INSERT INTO t VALUES (1, 2, 1.25), (2, 3, 4)",
        "SELECT b FROM t WHERE id = 1", "t.b"),
    "all of a list but its first member": (
        (t(", b int[] NOT NULL"),), (t(", b int"),), "INSERT INTO t VALUES (1, 2, '{3,4}'), (2, 2, '{}'), (3, 2, '{5}')",
        "SELECT b::text FROM t ORDER BY id", "t.b"),
    "how a value was spelled": (
        (t(", b text"),), (t(", b int"),), "INSERT INTO t VALUES (1, 2, '007')", "SELECT b::text FROM t", "t.b"),
}  # fmt: skip


@pytest.mark.parametrize("what", KEPT)
def test_what_would_be_lost_comes_back_from_a_side_table(server, what):
    before, after, rows, question, name = KEPT[what]
    start, up, end, lossy = run(server, before, after, [rows], question, KEEP)
    assert start == end != up
    assert lossy == set()
    _, _, end, lossy = run(server, before, after, [rows], question)
    assert name in lossy
    assert end != start


def test_rows_without_a_value_get_one_and_lose_it_again(server):
    hints = Hints(backfill={"column:t.b": "a * 2"}, keep_data=True)
    rows = ["INSERT INTO t VALUES (1, 2, NULL), (2, 3, 9)"]
    start, up, end, lossy = run(
        server, [t(", b int")], [t(", b int NOT NULL")], rows, "SELECT b FROM t ORDER BY id", hints
    )
    assert (start, up, end) == ([(None,), (9,)], [(4,), (9,)], [(None,), (9,)])
    assert lossy == set()


def test_a_new_column_that_needs_a_value_gets_it(server):
    hints = Hints(backfill={"column:t.b": "a * 2"})
    _, up, _, _ = run(
        server,
        [t()],
        [t(", b int NOT NULL")],
        ["INSERT INTO t VALUES (1, 2)"],
        "SELECT to_jsonb(t) ->> 'b' FROM t",
        hints,
    )
    assert up == [("4",)]


def test_a_table_made_anew_keeps_its_rows_and_goes_on_counting(server):
    before = ["CREATE TABLE p (id serial, x int) PARTITION BY RANGE (x)"]
    after = ["CREATE TABLE p (id serial, x int)"]
    question = "SELECT nextval('p_id_seq') > 5"
    start, up, end, _ = run(server, before, after, ["SELECT setval('p_id_seq', 8)"], question)
    assert start == up == end == [(True,)]


def test_a_counter_goes_on_where_it_was_when_it_becomes_an_identity(server):
    before, after = [t(", b serial")], [t(", b int GENERATED ALWAYS AS IDENTITY")]
    rows = ["INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)", "DELETE FROM t WHERE id > 1"]
    start, up, end, _ = run(server, before, after, rows, "SELECT last_value, is_called FROM t_b_seq")
    assert start == up == end == [(3, True)]


def test_rows_keep_their_labels_when_a_label_is_added_and_taken_back(server):
    before, after = [ENUM, t(", b st DEFAULT 'a'")], [ENUM3, t(", b st DEFAULT 'a'")]
    start, up, end, lossy = run(server, before, after, ["INSERT INTO t VALUES (1, 1, 'b')"], "SELECT b::text FROM t")
    assert start == up == end == [("b",)]
    assert lossy == set()


def test_who_may_use_an_object_may_use_it_after_it_was_made_anew(server):
    view, function = "CREATE VIEW v AS SELECT a FROM t", "CREATE FUNCTION f() RETURNS {} LANGUAGE sql AS 'SELECT 1'"
    before = [t(), view, function.format("int"), "GRANT SELECT, UPDATE ON v TO pg_monitor", "GRANT SELECT ON v TO PUBLIC",
              "GRANT SELECT ON t TO pg_monitor WITH GRANT OPTION", "REVOKE ALL ON FUNCTION f() FROM PUBLIC",
              "GRANT EXECUTE ON FUNCTION f() TO pg_monitor"]  # fmt: skip
    after = [t().replace("a int", "a bigint"), view, function.format("bigint")]
    found = (
        "SELECT relname::text AS name, relacl AS acl FROM pg_class UNION ALL SELECT proname::text, proacl FROM pg_proc"
    )
    question = f"SELECT name, a::text FROM ({found}) x, unnest(acl) a WHERE name IN ('t', 'v', 'f') ORDER BY 1, 2"
    start, up, end, _ = run(server, before, after, [], question)
    assert start == up == end
    assert "pg_monitor=rw/" in str(start)


@pytest.mark.parametrize(("column", "meanwhile"), [("b st", None), ("b st NOT NULL DEFAULT 'a'", "a")])
def test_rows_with_a_label_that_goes_have_it_again_afterwards(server, column, meanwhile):
    rows = ["INSERT INTO t VALUES (1, 1, 'c'), (2, 2, 'b')"]
    before, after = [ENUM3, t(f", {column}")], [ENUM, t(f", {column}")]
    question = "SELECT b::text FROM t ORDER BY id"
    start, up, end, lossy = run(server, before, after, rows, question, KEEP)
    assert start == end == [("c",), ("b",)]
    assert up == [(meanwhile,), ("b",)]
    assert lossy == set()


CONVERTED = {
    "a number": ("int", "int[]", "7", "{7}"),
    "a text": ("text", "text[]", "a,b {", '{"a,b {"}'),
    "a text of some length": ("varchar(9)", "varchar(20)[]", "a", "{a}"),
    "a label": ("st", "st[]", "a", "{a}"),
    "a number that becomes texts": ("int", "text[]", "7", "{7}"),
    "texts that become JSON": ("text[]", "jsonb", '{"a]\n",NULL,"\\"{"}', '["a]\\n", null, "\\"{"]'),
    "numbers that become JSON": ("int[]", "json", "{1,2}", "[1,2]"),
    "a text that becomes bytes": ("text", "bytea", "a\\b\u00fc", "\\x615c62c3bc"),
    "a text of some length that becomes bytes": ("varchar(9)", "bytea", "a", "\\x61"),
}  # fmt: skip


@pytest.mark.parametrize("what", CONVERTED)
def test_a_value_becomes_one_of_another_kind_and_itself_again(server, what):
    before, after, value, meanwhile = CONVERTED[what]
    rows = [f"INSERT INTO t VALUES (1, 1, $x${value}$x$), (2, 2, NULL)"]
    question = "SELECT b::text FROM t ORDER BY id"
    start, up, end, _ = run(server, [ENUM, t(f", b {before}")], [ENUM, t(f", b {after}")], rows, question)
    assert start == end == [(value if before[-1] != "]" else start[0][0],), (None,)]
    assert up == [(meanwhile,), (None,)]


def cautions(server, before, after, hints=None):
    """What a change says of itself."""
    before, after = (x if isinstance(x, tuple) else (x,) for x in (before, after))
    found = assert_both_ways(server, database(*before), database(*after), hints=hints)
    return {caution for d in found.drafts for s in d.steps for caution in s.cautions if "refused" in caution}


REFUSED = {
    "a shorter text": (t(", b varchar(40)"), t(", b varchar(3)"), {"It is refused where a row of t has more than 3 characters in b."}),
    "a longer text": (
        t(", b varchar(3)"), t(", b text"), {"Its way back is refused where a row of t has more than 3 characters in b."}),
    "a text that becomes a number": (
        t(", b varchar"), t(", b int"), {"It is refused where a row of t has a value that spells no integer in b."}),
    "a number that becomes a moment": (
        t(", b int"), t(", b timestamp"),
        {"It is refused where a row of t has a value that spells no timestamp in b.",
         "Its way back is refused where a row of t has a value that spells no integer in b."}),
    "fewer digits": (
        t(", b numeric(6,2)"), t(", b numeric(5,2)"),
        {"It is refused where a row of t has a number that numeric(5,2) has no room for in b."}),
    "digits that are rounded": (
        t(", b numeric(4,2)"), t(", b numeric(3,1)"),
        {"It is refused where a row of t has a number that numeric(3,1) has no room for in b."}),
    "a smaller number": (
        t(", b bigint"), t(", b int"), {"It is refused where a row of t has a number that integer has no room for in b."}),
    "a number that becomes one with digits behind the point": (
        t(", b int"), t(", b numeric(12,2)"),
        {"Its way back is refused where a row of t has a number that integer has no room for in b."}),
    "a list that must have a member": (
        t(", b int[] NOT NULL"), t(", b int NOT NULL"), {"It is refused where a row of t has no first member in b."}),
    "JSON that becomes a list": (
        t(", b jsonb"), t(", b text[]"), {"It is refused where a row of t has what is no list of text in b."}),
    "bytes": (t(", b bytea"), t(", b text"), {"It is refused where a row of t has bytes that are no text in b."}),
    "a label that goes": (
        (ENUM3, t(", b st")), (ENUM, t(", b st")), {"It is refused where a row has c."}),
    "labels that go and come": (
        (ENUM3, t(", b st")), ("CREATE TYPE st AS ENUM ('a', 'd')", t(", b st")),
        {"It is refused where a row has b or c.", "Its way back is refused where a row has a label that only the new type has."}),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_a_step_says_which_rows_it_is_refused_for(server, what):
    before, after, said = REFUSED[what]
    assert cautions(server, before, after) == said


def test_what_is_kept_is_not_said_to_be_refused(server):
    assert cautions(server, t(", b varchar(40)"), t(", b varchar(3)"), KEEP) == set()
    assert cautions(server, (ENUM3, t(", b st")), (ENUM, t(", b st")), KEEP) == set()


def test_a_text_that_is_too_long_is_cut_and_comes_back_where_it_has_not_changed_since(server):
    before, after = [t(", b varchar(40)")], [t(", b varchar(3)")]
    rows = ["INSERT INTO t VALUES (1, 1, 'abcdef'), (2, 2, 'abc'), (3, 3, NULL)"]
    start, up, end, lossy = run(server, before, after, rows, "SELECT b FROM t ORDER BY id", KEEP)
    assert start == end == [("abcdef",), ("abc",), (None,)]
    assert up == [("abc",), ("abc",), (None,)]
    assert lossy == set()


def test_a_dropped_column_is_kept_while_its_key_becomes_wider(server):
    before, after = "CREATE TABLE t (id int PRIMARY KEY, a int)", "CREATE TABLE t (id bigint PRIMARY KEY)"
    start, _, end, lossy = run(server, [before], [after], ["INSERT INTO t VALUES (7, 1)"], "SELECT * FROM t", KEEP)
    assert start == end == [(7, 1)]
    assert lossy == set()


def test_a_dropped_column_whose_rows_no_key_tells_is_not_said_to_be_kept(server):
    found = assert_both_ways(
        server, database("CREATE TABLE t (id int, a int)"), database("CREATE TABLE t (id int)"), hints=KEEP
    )
    assert [dict(s.lossy) for s in found.drafts[0].steps] == [
        {"t.a": "The column is dropped with its values, of which no key says whose they were"}
    ]


COUNTED = {
    "by its key's serial": ("id serial CONSTRAINT pk_t PRIMARY KEY, a int NOT NULL", "id int NOT NULL, a int NOT NULL, CONSTRAINT pk_t PRIMARY KEY (id, a)"),
    "by a serial of another type": ("id serial, a int", "id text NOT NULL, a int"),
    "by an identity": ("id int GENERATED BY DEFAULT AS IDENTITY, a int", "id int NOT NULL, a int"),
    "downwards": ("id int GENERATED BY DEFAULT AS IDENTITY (START WITH -1 INCREMENT BY -1), a int", "id int NOT NULL, a int"),
}  # fmt: skip


@pytest.mark.parametrize("how", COUNTED)
def test_rows_are_counted_on_after_a_way_back_or_there_that_makes_the_counter_anew(server, how):
    counted, plain = (f"CREATE TABLE t ({columns})" for columns in COUNTED[how])
    insert = "INSERT INTO t (a) VALUES (1) RETURNING abs(id)"
    rows = ["INSERT INTO t (a) VALUES (1)", "INSERT INTO t (a) VALUES (2)"]
    *_, end, _ = run(server, [counted], [plain], rows, insert, failing=True)
    assert end == [(3,)]
    sign = "-" if how == "downwards" else ""
    _, up, _, _ = run(
        server, [plain], [counted], [f"INSERT INTO t VALUES ({sign}7, 1), ({sign}5, 2)"], insert, failing=True
    )
    assert up == [(8,)]


def test_a_sequence_of_no_column_goes_on_after_the_rows_too(server):
    before = ["CREATE SEQUENCE s", t(" DEFAULT nextval('s')")]
    *_, end, lossy = run(server, before, [t()], ["INSERT INTO t VALUES (1), (2)"], "SELECT nextval(to_regclass('s'))")
    assert end == [(3,)]
    assert lossy == {"s"}


def test_numbers_that_a_sequence_never_hands_out_do_not_set_it(server):
    before = ["CREATE TABLE t (id int, a int GENERATED BY DEFAULT AS IDENTITY (START WITH 10 MINVALUE 10))"]
    after = ["CREATE TABLE t (id int, a int NOT NULL)"]
    *_, end, _ = run(server, before, after, ["INSERT INTO t VALUES (1, 2)"], "SELECT nextval(to_regclass('t_a_seq'))")
    assert end == [(10,)]
