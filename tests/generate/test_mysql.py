"""Drafts for MySQL and MariaDB, from one set of statements to another."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bothways.operations import Hints
from tests.generate.laboratory import assert_both_ways, source

PARENT = "CREATE TABLE p (id INT PRIMARY KEY, code VARCHAR(20) UNIQUE)"


@pytest.fixture
def server(servers):
    return servers["mysql"]


def database(*statements):
    """Models that are these statements."""
    metadata = sa.MetaData()
    for statement in statements:
        text = statement.replace("%", "%%")
        sa.event.listen(metadata, "after_create", lambda _, c, s=text, **_more: c.exec_driver_sql(s))
    return metadata


def both_ways(server, before, after, *, hints=None):
    """Try it there and back, and also the other way round; say what was drafted."""
    before, after = (x if isinstance(x, tuple) else (x,) for x in (before, after))
    assert_both_ways(server, database(*after), database(*before))
    found = assert_both_ways(server, database(*before), database(*after), hints=hints)
    return "\n".join(source(d) for d in found.drafts)


def columns(text):
    return f"CREATE TABLE t (id INT NOT NULL PRIMARY KEY, a INT{text})"


COLUMNS = {
    "added": ("", ", b VARCHAR(10)"),
    "added in front": ("", "", "CREATE TABLE t (b INT NOT NULL, c INT, id INT NOT NULL PRIMARY KEY, a INT)"),
    "length": (", b VARCHAR(10)", ", b VARCHAR(300)"),
    "to text": (", b VARCHAR(10)", ", b TEXT"),
    "to number": (", b VARCHAR(10)", ", b BIGINT"),
    "unsigned": (", b INT", ", b INT UNSIGNED"),
    "enum": (", b ENUM('x','y')", ", b ENUM('x','z''s','y') NOT NULL DEFAULT 'y'"),
    "set": (", b SET('x','y')", ", b SET('x')"),
    "fraction of seconds": (", b DATETIME", ", b DATETIME(6)"),
    "collation": (", b VARCHAR(10)", ", b VARCHAR(10) COLLATE utf8mb4_bin"),
    "character set": (", b VARCHAR(10)", ", b VARCHAR(10) CHARACTER SET latin1"),
    "default with quotes": (", b VARCHAR(30)", ", b VARCHAR(30) DEFAULT 'it''s \\\"%s\\\" :x \\\\:y'"),
    "default with a backslash": ("", r", b VARCHAR(30) DEFAULT 'x\\: y \\:z \\:: :ab: :x::' COMMENT '%% \\'"),
    "default empty": (", b VARCHAR(30) DEFAULT 'x'", ", b VARCHAR(30) DEFAULT ''"),
    "default expression": (", b VARCHAR(60)", ", b VARCHAR(60) DEFAULT (concat('a', uuid()))"),
    "default of json": (", b JSON", ", b JSON DEFAULT '{}'"),
    "default of time": (", b DATETIME", ", b DATETIME DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"),
    "json to text": (", b JSON", ", b LONGTEXT"),
    "not null": (", b INT", ", b INT NOT NULL"),
    "comment": (", b INT COMMENT 'x'", ", b INT COMMENT 'it''s: a\nlong one'"),
    "invisible": (", b INT", ", b INT INVISIBLE"),
    "generated": ("", ", b INT AS (a + 1) STORED, c INT AS (a + 2) VIRTUAL"),
    "generated's expression": (", b INT AS (a + 1) STORED", ", b INT AS (a * 2) STORED"),
    "virtual's expression": (", b INT AS (a + 1), KEY k (b)", ", b INT AS (a * 2), KEY k (b)"),
    "stored to virtual": (", b INT AS (a + 1) STORED, KEY k (b)", ", b INT AS (a + 1), KEY k (b)"),
    "plain to stored": (", b INT", ", b INT AS (a + 1) STORED"),
    "plain to virtual": (", b INT, CONSTRAINT c CHECK (b > 1)", ", b INT AS (a + 1), CONSTRAINT c CHECK (b > 1)"),
    "odd names": ("", ", `select` INT, `A b` INT, `ü%s:x` INT, `d.o\"t` INT, `b``k` INT"),
}  # fmt: skip


@pytest.mark.parametrize("case", COLUMNS)
def test_a_column_changes_both_ways(server, case):
    before, after, *whole = COLUMNS[case]
    both_ways(server, columns(before), whole[0] if whole else columns(after))


KEYS = {
    "index": ("", ", KEY k (a, b DESC)"),
    "index columns": (", KEY k (a)", ", KEY k (b)"),
    "prefix": (", KEY k (b)", ", KEY k (b(5))"),
    "unique": (", KEY k (a)", ", UNIQUE KEY k (a)"),
    "unique order": (", UNIQUE k (a, b)", ", UNIQUE k (b, a)"),
    "fulltext": ("", ", FULLTEXT KEY k (b), FULLTEXT KEY l (c)"),
    "hash": (", KEY k (a)", ", KEY k (a) USING HASH"),
    "ignored": (", KEY k (a)", ", KEY k (a) IGNORED"),
    "comment of an index": (", KEY k (a)", ", KEY k (a) COMMENT 'x'"),
    "check": ("", ", CONSTRAINT c CHECK (a > 0), CONSTRAINT d CHECK (b <> 'it''s :x %s')"),
    "check's expression": (", CONSTRAINT c CHECK (a > 0)", ", CONSTRAINT c CHECK (a > 1)"),
    "check without a name": (", CHECK (a > 0)", ", CHECK (b > 'x'), CHECK (a > 0)"),
    "check of a column": ("", ", d INT CHECK (d > 0)"),
    "key and column together": (", d INT, KEY k (a, d), CONSTRAINT c CHECK (d > a)", ", KEY k (a)"),
}


@pytest.mark.parametrize("case", KEYS)
def test_a_key_or_a_check_changes_both_ways(server, case):
    before, after = (f"CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(50), c TEXT{more})" for more in KEYS[case])
    both_ways(server, before, after)


PRIMARY = {
    "columns": ("id INT, a INT, PRIMARY KEY (id)", "id INT, a INT, PRIMARY KEY (a, id)"),
    "added": ("id INT, a INT", "id INT, a INT, PRIMARY KEY (id)"),
    "numbered": ("id INT PRIMARY KEY, a INT", "id INT AUTO_INCREMENT PRIMARY KEY, a INT"),
    "numbered elsewhere": ("id INT AUTO_INCREMENT PRIMARY KEY, a INT", "id INT, a INT AUTO_INCREMENT PRIMARY KEY"),
    "surrogate": ("a INT PRIMARY KEY", "id INT AUTO_INCREMENT PRIMARY KEY, a INT, UNIQUE (a)"),
}


@pytest.mark.parametrize("case", PRIMARY)
def test_a_primary_key_changes_both_ways(server, case):
    before, after = (f"CREATE TABLE t ({body})" for body in PRIMARY[case])
    both_ways(server, before, after)


def child(text=", CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id)", type_="INT", id_="INT"):
    return (
        f"CREATE TABLE p (id {id_} PRIMARY KEY, u INT UNIQUE)",
        f"CREATE TABLE t (id INT PRIMARY KEY, a {type_}, b INT{text})",
    )


FOREIGN = {
    "added": (child(""), child()),
    "added without a name": (child(""), child(", FOREIGN KEY (a) REFERENCES p (id)")),
    "beside an index": (child(", KEY f (a)"), child()),
    "its action": (
        child(),
        child(", CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id) ON DELETE CASCADE ON UPDATE SET NULL"),
    ),
    "its target": (child(), child(", CONSTRAINT f FOREIGN KEY (a) REFERENCES p (u)")),
    "its name": (child(), child(", CONSTRAINT g FOREIGN KEY (a) REFERENCES p (id)")),
    "its implicit index": (child(), child(", KEY ix (a, b), CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id)")),
    "the types of both ends": (child(), child(type_="BIGINT", id_="BIGINT")),
    "to set null": (
        child(type_="INT NOT NULL"),
        child(", CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id) ON DELETE SET NULL"),
    ),
    "its column": (child(", c INT, CONSTRAINT f FOREIGN KEY (c) REFERENCES p (id)"), child("")),
}  # fmt: skip


@pytest.mark.parametrize("case", FOREIGN)
def test_a_foreign_key_changes_both_ways(server, case):
    both_ways(server, *FOREIGN[case])


CHAIN = (
    "CREATE TABLE z (id INT PRIMARY KEY)",
    "CREATE TABLE m (id INT PRIMARY KEY, z INT, FOREIGN KEY (z) REFERENCES z (id))",
    "CREATE TABLE a (id INT UNIQUE, m INT, n INT, FOREIGN KEY (m) REFERENCES m(id),FOREIGN KEY (n) REFERENCES a(id))",
)  # fmt: skip
CIRCLE = (
    "CREATE TABLE a (id INT PRIMARY KEY, b INT)",
    "CREATE TABLE b (id INT PRIMARY KEY, a INT, FOREIGN KEY (a) REFERENCES a (id))",
    "ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b (id)",
)
VERSIONED = "CREATE TABLE t (id INT PRIMARY KEY{}) WITH SYSTEM VERSIONING{}"
RANGES = "CREATE TABLE t (id INT PRIMARY KEY) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10){})"
WORDS = "CREATE TABLE t (a INT, `end` INT, `count` INT, `user` INT, `first` INT, `value` INT, `left` INT{})"
TABLES = {
    "versions of rows": (("CREATE TABLE t (id INT PRIMARY KEY)",), (VERSIONED.format("", ""),)),
    "a table with versions of rows": (
        (CHAIN[0], VERSIONED.format("", "")),
        (CHAIN[0], VERSIONED.format(", z INT, FOREIGN KEY (z) REFERENCES z (id)", "")),
    ),
    "partitions of versions": (
        (VERSIONED.format("", ""),),
        (VERSIONED.format("", " PARTITION BY SYSTEM_TIME (PARTITION p0 HISTORY, PARTITION p1 CURRENT)"),),
    ),
    "ranges": ((RANGES.format(""),), (RANGES.format(", PARTITION p1 VALUES LESS THAN MAXVALUE"),)),
    "a period": (
        ("CREATE TABLE t (id INT PRIMARY KEY, a DATE, b DATE)",),
        ("CREATE TABLE t (id INT PRIMARY KEY, a DATE, b DATE, PERIOD FOR p (a, b))",),
    ),
    "a spatial index": (
        ("CREATE TABLE t (g POINT NOT NULL)",),
        ("CREATE TABLE t (g POINT NOT NULL, SPATIAL KEY k (g))",),
    ),
    "words of the language": (
        (WORDS.format(""),),
        (WORDS.format(", CHECK (`end` > `first` + `left`), CHECK (`count` > `value`), KEY `key` (`count`, `user`)"),),
    ),
    "the database": ((), ("ALTER DATABASE CHARACTER SET latin1 COMMENT 'it''s'",)),
    "one": ((), ("CREATE TABLE t (id INT PRIMARY KEY, a ENUM('x','y') DEFAULT 'x') COMMENT 'it''s'",)),
    "a chain": ((), CHAIN),
    "a circle": ((), CIRCLE),
    "a chain on a table that changes": (CHAIN[:1], ("CREATE TABLE z (id INT PRIMARY KEY, u INT)", *CHAIN[1:])),
    "a chain to a type that changes": (
        ("CREATE TABLE z (id BIGINT PRIMARY KEY)", "CREATE TABLE y (id BIGINT, FOREIGN KEY (id) REFERENCES z (id))"),
        CHAIN,
    ),
    "options": (
        ("CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(10)) COMMENT 'x'",),
        ("CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(10)) ENGINE=MyISAM CHARSET=latin1 MIN_ROWS=5 CHECKSUM=1",),
    ),
    "collation of the table": (
        ("CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(10), b VARCHAR(9) COLLATE utf8mb4_bin)",),
        ("CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(10), b VARCHAR(9) COLLATE utf8mb4_bin) COLLATE utf8mb4_bin",),
    ),
    "partitions": (
        ("CREATE TABLE t (id INT PRIMARY KEY)",),
        ("CREATE TABLE t (id INT PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 3",),
    ),
    "odd names": (
        (),
        ("CREATE TABLE `a.b \"c` (`x y` INT PRIMARY KEY)", "CREATE TABLE `Öl%s:x` (`order` INT PRIMARY KEY)"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TABLES)
def test_tables_come_and_go(server, case):
    both_ways(server, *TABLES[case])


def test_only_a_circle_is_closed_afterwards(server):
    outside = "CREATE TABLE `0` (id INT PRIMARY KEY, a INT, FOREIGN KEY (a) REFERENCES a (id))"
    text = both_ways(server, (), (*CIRCLE, outside))
    assert text.index("CREATE TABLE a") < text.index("CREATE TABLE b") < text.index("ADD CONSTRAINT a_ibfk_1")
    assert text.count("ADD CONSTRAINT") == 1


def test_nothing_is_drafted_where_nothing_differs(server):
    both = database(*CHAIN), database(*CHAIN)
    assert assert_both_ways(server, *both).drafts == ()


def test_a_statement_is_laid_out_as_people_write_it(server):
    text = both_ways(server, columns(", b INT"), columns(", `order` INT NOT NULL, KEY ix (a)"), hints=Hints())
    assert (
        '''
    op.execute("""
        ALTER TABLE t
            DROP COLUMN b,
            ADD COLUMN `order` int(11) NOT NULL,
            ADD KEY ix (a)
    """)'''
        in text
    )


BIG = "CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(50), e ENUM('x','y'){})".format
FOREIGN_A = ", CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id)"
WAITS, REFUSED = "Writes to t wait while its rows are looked at for", "It is refused where"
CAUTIONS = {
    "a foreign key": (FOREIGN_A, {f"{WAITS} f.", f"{REFUSED} a row of t points at nothing."}),
    "a foreign key of a new column": (
        ", p INT, CONSTRAINT f FOREIGN KEY (p) REFERENCES p (id)", {f"{WAITS} f."},
    ),
    "a check": (", CONSTRAINT c CHECK (a > 0)", {f"{WAITS} c.", f"{REFUSED} a row of t breaks the constraint."}),
    "a check of a new column": (", d INT, CONSTRAINT c CHECK (d > 0)", {f"{WAITS} c."}),
    "a stored column": (", g INT AS (a + 1) STORED", {"Writes to t wait while it is copied for g."}),
    "a virtual column": (", g INT AS (a + 1) VIRTUAL", set()),
    "a full text index": (", FULLTEXT KEY k (b)", {"Writes to t wait while k is built."}),
    "an index": (", KEY k (a)", set()),
    "a unique key": (", UNIQUE KEY k (a)", {f"{REFUSED} rows of t have the same values."}),
    "a unique key of a new column": (", n INT, UNIQUE KEY k (n)", set()),
    "a required column": (
        ", n INT NOT NULL", {"Rows get 0 or its like in t.n, since nothing says what they have for it."},
    ),
    "a required column with a default": (", n INT NOT NULL DEFAULT 5", set()),
    "a column with a default of each row": (
        ", n VARCHAR(40) DEFAULT (uuid())", {"Writes to t may wait while it is copied for the default of n."},
    ),
    "a column with the moment as its default": (", n DATETIME DEFAULT CURRENT_TIMESTAMP", set()),
    "a column that is numbered": (
        ", n INT NOT NULL AUTO_INCREMENT, KEY (n)", {"Writes to t wait while it is copied for n."},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CAUTIONS)
def test_what_blocks_writes_or_may_be_refused_is_told(server, case):
    more, expected = CAUTIONS[case]
    assert cautions(server, BIG(""), BIG(more)) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a INT", "a INT NOT NULL", {f"{REFUSED} a row of t has no a."}),
        ("ENUM('x','y')", "ENUM('x')", {
            "Writes to t may wait while it is copied for e.", f"{REFUSED} a value of e does not fit enum('x').",
        }),
        ("(50)", "(40)", {
            "Writes to t may wait while it is copied for b.", f"{REFUSED} a value of b does not fit varchar(40).",
        }),
        ("INT PRIMARY KEY", "INT NOT NULL", {"Writes to t wait while it is copied to have no primary key."}),
        (")) ", ")) ENGINE=MyISAM ", {"Writes to t wait while it is copied into another engine."}),
        (")) ", ")) PARTITION BY HASH (id) PARTITIONS 2 ", {
            "Writes to t wait while it is copied into other partitions.",
        }),
    ],
)  # fmt: skip
def test_what_a_change_of_the_table_costs_is_told(server, old, new, expected):
    assert cautions(server, f"{BIG('')} ", f"{BIG('')} ".replace(old, new)) == expected


def test_writes_wait_while_a_computed_column_becomes_a_plain_one(server):
    sides = [BIG(f", g INT{more}") for more in (" AS (a + 1) STORED", "")]
    assert cautions(server, *sides) == {"Writes to t wait while it is copied for g."}


def cautions(server, *sides):
    parent = "CREATE TABLE p (id INT PRIMARY KEY)"
    found = assert_both_ways(server, *(database(parent, side) for side in sides))
    return {caution for draft in found.drafts for step in draft.steps for caution in step.cautions}


E = "e ENUM('x','y') DEFAULT 'y'"


@pytest.mark.parametrize(
    ("key", "body"),
    [
        ("table:t", ("`new name`", f"a INT, {E}, KEY k (a), CONSTRAINT c CHECK (a > 0)")),
        ("column:t.a", ("t", f"`new name` INT, {E}, KEY k (`new name`), CONSTRAINT c CHECK (`new name` > 0)")),
        ("index:t.k", ("t", f"a INT, {E}, KEY `new name` (a), CONSTRAINT c CHECK (a > 0)")),
        ("constraint:t.c", ("t", f"a INT, {E}, KEY k (a), CONSTRAINT `new name` CHECK (a > 0)")),
        ("label:t.e.y", ("t", f"a INT, {E.replace('y', 'new name')}, KEY k (a), CONSTRAINT c CHECK (a > 0)")),
    ],
)
def test_a_rename_is_all_that_is_done(server, key, body):
    before = f"CREATE TABLE t (id INT PRIMARY KEY, a INT, {E}, KEY k (a), CONSTRAINT c CHECK (a > 0))"
    table, columns = body
    found = assert_both_ways(
        server,
        database(before),
        database(f"CREATE TABLE {table} (id INT PRIMARY KEY, {columns})"),
        renamed={key: "new name"},
    )
    assert len(found.drafts) == 1
    assert len(found.drafts[0].steps) == 1


def test_a_foreign_keys_index_goes_with_its_name(server):
    after = child(", CONSTRAINT `new name` FOREIGN KEY (a) REFERENCES p (id)")
    found = assert_both_ways(server, database(*child()), database(*after), renamed={"constraint:t.f": "new name"})
    assert len(found.drafts[0].steps) == 1


@pytest.mark.parametrize("kind", ["view", "sequence"])
def test_a_view_or_a_sequence_is_renamed(server, kind):
    create = {"view": "CREATE VIEW {} AS SELECT 1 AS one", "sequence": "CREATE SEQUENCE {}"}[kind]
    found = assert_both_ways(
        server, database(create.format("v")), database(create.format("`new name`")), renamed={f"{kind}:v": "new name"}
    )
    assert len(found.drafts[0].steps) == 1


T = "CREATE TABLE t (id INT PRIMARY KEY, a INT)"
BODY = "CREATE TRIGGER {} BEFORE INSERT ON t FOR EACH ROW {}"
OBJECTS = {
    "a view": ((T,), (T, "CREATE VIEW v AS SELECT id, 'it''s :x 100%' AS says FROM t WHERE a > 1 ORDER BY id")),
    "a view's text": ((T, "CREATE VIEW v AS SELECT id FROM t"), (T, "CREATE VIEW v AS SELECT a, id FROM t")),
    "views of views": ((T,), (T, "CREATE VIEW w AS SELECT id FROM t", "CREATE VIEW a AS SELECT id FROM w")),
    "a view and its table": ((), (T, "CREATE ALGORITHM=MERGE SQL SECURITY INVOKER VIEW v AS SELECT id FROM t")),
    "a view of a column that goes": (
        (T, "CREATE VIEW v AS SELECT a, id FROM t"),
        ("CREATE TABLE t (id INT PRIMARY KEY)", "CREATE VIEW v AS SELECT id FROM t"),
    ),
    "a function that a view needs": (
        (T,),
        (
            T,
            "CREATE FUNCTION twice(x INT) RETURNS INT DETERMINISTIC\nBEGIN\n  -- it's 100% :x\n\n  RETURN x * 2;\nEND",
            "CREATE VIEW v AS SELECT twice(a) AS b FROM t",
        ),
    ),
    "a procedure": ((T,), (T, "CREATE PROCEDURE fill() MODIFIES SQL DATA INSERT INTO t VALUES (1, 2)")),
    "a routine's sql_mode": (
        ("CREATE PROCEDURE p() SELECT 1",),
        ("SET sql_mode = 'ANSI_QUOTES,TRADITIONAL'", "CREATE PROCEDURE p() SELECT 1", "SET sql_mode = DEFAULT"),
    ),
    "a trigger": ((T,), (T, BODY.format("g", "SET NEW.a = coalesce(NEW.a, 100 % 7)"))),
    "a trigger's text": (
        (T, BODY.format("g", "SET NEW.a = 1")),
        (T, BODY.format("g", "BEGIN\n  SET NEW.a = 2;\nEND")),
    ),
    "the order of triggers": (
        (T, BODY.format("g", "SET NEW.a = 1"), BODY.format("h", "SET NEW.a = 2")),
        (T, BODY.format("h", "SET NEW.a = 2"), BODY.format("g", "SET NEW.a = 1"), BODY.format("i", "SET NEW.a = 3")),
    ),
    "a trigger between others": (
        (T, BODY.format("g", "SET NEW.a = 1"), BODY.format("i", "SET NEW.a = 3")),
        (
            T,
            BODY.format("f", "SET NEW.a = 0"),
            BODY.format("g", "SET NEW.a = 1"),
            BODY.format("h", "SET NEW.a = 2"),
            BODY.format("i", "SET NEW.a = 3"),
        ),
    ),
    "a trigger of a table that goes": ((), (T, BODY.format("g", "SET NEW.a = 1"))),
    "an event": (
        (T,),
        (T, "CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' COMMENT 'x' DO DELETE FROM t"),
    ),
    "a package": (
        (),
        (
            "SET sql_mode = ORACLE",
            "CREATE PACKAGE pk AS FUNCTION f RETURN INT; END",
            "CREATE PACKAGE BODY pk AS FUNCTION f RETURN INT AS BEGIN RETURN 1; END; END",
            "SET sql_mode = DEFAULT",
        ),
    ),
    "a column numbered by a sequence": (
        (),
        ("CREATE SEQUENCE s", "CREATE TABLE t (id INT PRIMARY KEY DEFAULT nextval(s), a INT DEFAULT lastval(s))"),
    ),
    "a sequence": ((), ("CREATE SEQUENCE s START WITH 5 INCREMENT BY 2 MAXVALUE 100 CYCLE",)),
    "a sequence's numbers": (("CREATE SEQUENCE s",), ("CREATE SEQUENCE s INCREMENT BY 2 NOCACHE",)),
}


@pytest.mark.parametrize("case", OBJECTS)
def test_views_programs_and_sequences_change_both_ways(server, case):
    both_ways(server, *OBJECTS[case])
