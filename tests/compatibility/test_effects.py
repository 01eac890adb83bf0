"""What a statement means for older code: known to be harmless, or breaking."""

import pytest

from bothways.dialects.effects import effects

HARMLESS = {
    "postgresql": [
        "CREATE TABLE notes (id INTEGER NOT NULL, body TEXT, PRIMARY KEY (id), UNIQUE (body))",
        "ALTER TABLE users ADD COLUMN note VARCHAR(20)",
        "ALTER TABLE users ADD COLUMN note VARCHAR(20) DEFAULT 'a, not null' NOT NULL, ADD COLUMN more INTEGER",
        "CREATE INDEX CONCURRENTLY ix_users_name ON users (lower(name))",
        "DROP INDEX ix_users_name",
        "ALTER INDEX ix_users_name RENAME TO ix_users_other",
        "COMMENT ON COLUMN users.name IS 'DROP TABLE users'",
        "ALTER TABLE orders VALIDATE CONSTRAINT ck_orders_total",
        "ALTER TABLE users ALTER COLUMN name SET DEFAULT 'x'",
        "UPDATE users SET name = lower(name) WHERE name <> lower(name)",
        "CREATE TYPE mood AS ENUM ('sad', 'ok')",
        "SET LOCAL lock_timeout = '2s'",
        "COMMIT",
        "-- nothing but a remark",
        "CREATE TABLE bothways_kept_names AS SELECT id, name FROM users",
        "DROP TABLE bothways_kept_names",
    ],
    "mysql": [
        "ALTER TABLE users ADD COLUMN note VARCHAR(20) COMMENT 'it\\'s, not null', ALGORITHM=INPLACE, LOCK=NONE",
        "ALTER TABLE orders ADD INDEX ix_orders_placed_at (placed_at DESC)",
        "UPDATE users JOIN bothways_kept AS k ON k.id = users.id SET users.name = k.name",
        "REPLACE INTO lookup SELECT id, name FROM users",
    ],
    "sqlite": ["ALTER TABLE users ADD COLUMN note VARCHAR(20) DEFAULT 'x' NOT NULL", "PRAGMA foreign_keys = OFF"],
}
BREAKING = {
    "postgresql": [
        "DROP TABLE users",
        "ALTER TABLE users DROP COLUMN name",
        "ALTER TABLE users RENAME COLUMN name TO label",
        "ALTER TABLE users RENAME TO people",
        "ALTER TABLE users ALTER COLUMN name SET NOT NULL",
        "ALTER TABLE users ALTER COLUMN name DROP DEFAULT",
        "ALTER TABLE users ALTER COLUMN name TYPE VARCHAR(10)",
        "ALTER TABLE users ADD COLUMN note VARCHAR(20) NOT NULL",
        "ALTER TABLE users ADD COLUMN note VARCHAR(20) DEFAULT NULL NOT NULL",
        "ALTER TABLE users ADD COLUMN note VARCHAR(20) UNIQUE",
        "ALTER TABLE users ADD COLUMN note INTEGER, DROP COLUMN name",
        "ALTER TABLE users ADD CONSTRAINT uq_users_name UNIQUE (name)",
        "ALTER TABLE users ADD COLUMN note INTEGER; DROP TABLE users",
        "CREATE UNIQUE INDEX uq_users_name ON users (name)",
        "ALTER TYPE mood ADD VALUE 'great'",
        "SELECT set_config('a', 'b', false), drop_everything()",
        "DO $$ BEGIN DROP TABLE users; END $$",
        "UPDATE users SET name = my_function(name)",
        "CREATE TRIGGER t BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION f()",
        "DROP INDEX a; DROP TABLE users",
        "ALTER INDEX a RENAME TO b; DROP TABLE users",
    ],
    "mysql": [
        "ALTER TABLE users MODIFY name VARCHAR(200)",
        "ALTER TABLE users ADD COLUMN note INT COMMENT 'it\\'', DROP COLUMN name",
        "ALTER TABLE users ADD INDEX i (name), DROP COLUMN name",
        "REPLACE INTO lookup VALUES (1); DROP TABLE users",
    ],
    "sqlite": ["ALTER TABLE users DROP COLUMN name"],
}


def cases(table):
    return [(dialect, statement) for dialect, statements in table.items() for statement in statements]


@pytest.mark.parametrize(("dialect", "statement"), cases(HARMLESS))
def test_what_asks_nothing_of_older_code_is_compatible(dialect, statement):
    assert effects([statement], dialect)[0].compatible


@pytest.mark.parametrize(("dialect", "statement"), cases(BREAKING))
def test_what_takes_something_from_older_code_or_cannot_be_read_is_breaking(dialect, statement):
    assert not effects([statement], dialect)[0].compatible


def test_a_table_made_among_the_statements_is_nobody_elses():
    made = effects(["CREATE TABLE notes (id INT)", "ALTER TABLE notes ADD UNIQUE (id)", "DROP TABLE notes"], "sqlite")
    assert [e.compatible for e in made] == [True, True, True]


def test_a_table_that_may_have_been_there_is_not_new():
    made = effects(["CREATE TABLE IF NOT EXISTS users (id INT)", "DROP TABLE users"], "sqlite")
    assert [e.compatible for e in made] == [True, False]


def test_a_table_made_anew_in_anothers_place_is_breaking_and_both_are_named():
    made = effects(["CREATE TABLE new_users (id INT)", "ALTER TABLE new_users RENAME TO users"], "sqlite")
    assert [e.compatible for e in made] == [True, False]
    assert made[1].tables == {"new_users", "users"}


@pytest.mark.parametrize(
    ("statement", "tables"),
    [
        ("ALTER TABLE users ADD COLUMN note INT", {"users"}),
        ('ALTER TABLE public."Users" RENAME TO people', {"Users", "people"}),
        ("UPDATE users SET name = ''", set()),
        ("CREATE INDEX ix ON users (name)", set()),
        ("DO $$ whatever $$", None),
    ],
)
def test_the_tables_whose_shape_it_concerns_are_named_and_none_means_any(statement, tables):
    assert effects([statement], "postgresql")[0].tables == tables
