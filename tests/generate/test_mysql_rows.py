"""What drafts for MySQL and MariaDB do to rows: filled, kept beside the table, given back, or declared as lost."""

from __future__ import annotations

import pytest

from bothways.operations import Hints
from tests.generate.cases.bothways import generate
from tests.generate.cases.case import Case, also
from tests.generate.laboratory import source

KEEP = Hints(keep_data=True)
ROWS = ("INSERT INTO t (id, a) VALUES (1, 'long enough'), (2, 'b'), (3, NULL)",)


@pytest.fixture
def server(servers):
    return servers["mysql"]


def declared(columns):
    statements = columns if isinstance(columns, tuple) else (f"CREATE TABLE t (id INT PRIMARY KEY{columns})",)
    return lambda metadata: [also(metadata, s) for s in statements]


def survive(server, before, after, *rows, **more):
    """Draft a change and make it with rows, which must be what they were afterwards."""
    found = generate(Case("rows survive", declared(before), declared(after), rows=rows, **more), server)
    return "\n".join(map(source, found.drafts))


KEPT = {
    "a dropped column": (", a VARCHAR(20)", "", ROWS[0], {}),
    "a shorter text": (", a VARCHAR(20)", ", a VARCHAR(4)", ROWS[0], {"SELECT a FROM t": [("long",), ("b",), (None,)]}),
    "fewer digits": (
        ", a DECIMAL(10, 4)", ", a DECIMAL(10, 1)", "INSERT INTO t VALUES (1, 1.2345), (2, NULL)",
        {"SELECT a FROM t": [(1.2,), (None,)]},
    ),
    "a label that goes": (
        ", a ENUM('x','y','it''s')", ", a ENUM('x','y')", "INSERT INTO t VALUES (1, 'it''s'), (2, 'y'), (3, NULL)",
        {"SELECT a FROM t": [(None,), ("y",), (None,)]},
    ),
    "a label of a required column that goes": (
        ", a ENUM('x','y') NOT NULL", ", a ENUM('y') NOT NULL", "INSERT INTO t VALUES (1, 'x'), (2, 'y')",
        {"SELECT a FROM t": [("y",), ("y",)]},
    ),
    "a number that becomes another type": (
        ", a DOUBLE", ", a INT", "INSERT INTO t VALUES (1, 1.5), (2, 7), (3, NULL)",
        {"SELECT a FROM t": [(2,), (7,), (None,)]},
    ),
    "a column that is computed from now on": (
        ", a INT, b INT", ", a INT, b INT AS (a + 1) STORED", "INSERT INTO t VALUES (1, 1, 9), (2, NULL, 5)",
        {"SELECT b FROM t": [(2,), (None,)]},
    ),
    "a required moment in front": (
        ("CREATE TABLE t (at DATETIME(6) NOT NULL, id INT PRIMARY KEY)",), "",
        "INSERT INTO t VALUES ('2020-01-02 03:04:05.678', 1), ('1999-12-31', 2)", {},
    ),
    "a unique column": (
        ", a INT NOT NULL, UNIQUE u (a), CHECK (a > 5)", "", "INSERT INTO t VALUES (1, 7), (2, 8)", {},
    ),
    "a column beside a key of another type": (
        ("CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(9))",),
        ("CREATE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY)",), "INSERT INTO t VALUES (1, 'x'), (7, NULL)", {},
    ),
    "a column beside a shorter key": (
        ("CREATE TABLE t (id VARCHAR(20) PRIMARY KEY, a VARCHAR(9))",), ("CREATE TABLE t (id VARCHAR(9) PRIMARY KEY)",),
        "INSERT INTO t VALUES ('y', 'x')", {},
    ),
    "a column with two keys": (
        ("CREATE TABLE t (id INT, `my key` VARCHAR(9), a JSON NOT NULL, PRIMARY KEY (id, `my key`))",),
        ("CREATE TABLE t (id INT, `my key` VARCHAR(9), PRIMARY KEY (id, `my key`))",),
        """INSERT INTO t VALUES (1, 'a', '{"a": 1}'), (1, 'b', '[]')""", {},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", KEPT)
def test_what_would_be_lost_is_kept_and_given_back(server, case):
    before, after, rows, then = KEPT[case]
    text = survive(server, before, after, rows, then=then, hints=KEEP)
    assert "bothways_kept_t" in text


def test_what_has_changed_since_is_not_overwritten_by_what_was_kept(server):
    text = survive(server, ", a VARCHAR(20)", ", a VARCHAR(4)", ROWS[0], hints=KEEP)
    assert "IF(t.a <=> kept.a_given, kept.a, t.a)" in text


def test_a_table_is_put_aside_with_its_rows_and_its_references(server):
    before = (
        "CREATE TABLE t (id INT PRIMARY KEY)",
        "CREATE TABLE c (id INT PRIMARY KEY AUTO_INCREMENT, t INT, d INT, FOREIGN KEY (t) REFERENCES t (id))",
        "ALTER TABLE c ADD CONSTRAINT self FOREIGN KEY (d) REFERENCES c (id)",
        "CREATE TABLE d (id INT PRIMARY KEY, c INT, FOREIGN KEY (c) REFERENCES c (id))",
    )
    rows = ("INSERT INTO t VALUES (1)", "INSERT INTO c VALUES (5, 1, 5)", "INSERT INTO d VALUES (1, 5)")
    survive(server, before, before[:1], *rows, hints=KEEP)


def test_a_column_without_a_key_to_find_its_rows_by_is_declared_as_lost(server):
    before, after = ("CREATE TABLE t (id INT, a INT)",), ("CREATE TABLE t (id INT)",)
    survive(server, before, after, "INSERT INTO t VALUES (1, 2)", hints=KEEP, lossy=frozenset({"t.a"}))


LOST = {
    "a required moment": (", a DATETIME NOT NULL", "", "INSERT INTO t VALUES (1, '2020-01-02')"),
    "fewer digits": (", a DECIMAL(10, 4)", ", a DECIMAL(10, 1)", "INSERT INTO t VALUES (1, 1.2345)"),
    "more digits": (", a DECIMAL(10, 1)", ", a DECIMAL(10, 4)", "INSERT INTO t VALUES (1, 1.2)"),
    "a text as a number": (", a VARCHAR(9)", ", a INT", "INSERT INTO t VALUES (1, '007')"),
    "a moment as a day": (", a DATETIME", ", a DATE", "INSERT INTO t VALUES (1, '2020-01-02 03:04:05')"),
    "fractions of seconds": (", a DATETIME(3)", ", a DATETIME", "INSERT INTO t VALUES (1, '2020-01-02 03:04:05.6')"),
    "blanks at the end": (", a VARCHAR(9)", ", a CHAR(9)", "INSERT INTO t VALUES (1, 'x  ')"),
    "a computed value": (", a INT", ", a INT AS (id * 2)", "INSERT INTO t VALUES (1, 7)"),
}


@pytest.mark.parametrize("case", LOST)
def test_what_is_lost_is_declared(server, case):
    survive(server, *LOST[case], lossy=frozenset({"t.a"}))


SAFE = {
    "wider": (", a VARCHAR(9)", ", a TEXT", "INSERT INTO t VALUES (1, 'it''s')"),
    "larger": (", a INT", ", a BIGINT", "INSERT INTO t VALUES (1, -7)"),
    "smaller, where all fit": (", a BIGINT", ", a SMALLINT UNSIGNED", "INSERT INTO t VALUES (1, 65535)"),
    "a label more": (", a ENUM('x')", ", a ENUM('y','x')", "INSERT INTO t VALUES (1, 'x')"),
    "another character set": (
        ", a VARCHAR(9) CHARACTER SET latin1", ", a VARCHAR(9)", "INSERT INTO t VALUES (1, 'süß')",
    ),
    "a virtual column is kept in its rows": (
        ", a INT AS (id * 2) STORED", ", a INT AS (id * 2) VIRTUAL", "INSERT INTO t (id) VALUES (1)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SAFE)
def test_what_is_not_lost_is_not_declared(server, case):
    survive(server, *SAFE[case])


def test_a_virtual_column_becomes_a_plain_one_with_its_values(server):
    before, after = ", a INT AS (id * 2) VIRTUAL, KEY k (a)", ", a INT, KEY k (a)"
    then = {"SELECT a FROM t": [(2,), (14,)]}
    survive(server, before, after, "INSERT INTO t (id) VALUES (1), (7)", then=then, may_lose=frozenset({"t.a"}))


def test_a_virtual_column_whose_values_do_not_fit_becomes_a_plain_one_with_what_it_showed(server):
    before, after = ", a INT AS (id * 2000000000) VIRTUAL", ", a INT"
    then = {"SELECT a FROM t": [(2000000000,), (2147483647,)]}
    survive(server, before, after, "INSERT INTO t (id) VALUES (1), (2)", then=then, may_lose=frozenset({"t.a"}))


def test_filling_a_column_leaves_alone_what_changes_with_its_row(server):
    before = ", a VARCHAR(9), at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"
    after = f"{before}, n INT NOT NULL, UNIQUE u (n)"
    rows = "INSERT INTO t (id, a, at) VALUES (1, '%s :x', '2020-01-02'), (2, NULL, '2020-01-03')"
    hints = Hints(backfill={"column:t.n": "id * 10 % 7"})
    text = survive(server, before, after, rows, hints=hints, then={"SELECT n FROM t": [(3,), (6,)]})
    assert '"UPDATE t SET n = id * 10 % 7, at = at"' in text
