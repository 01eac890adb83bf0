"""Foreign keys that refuse a row on SQLite, which does not say which: found afterwards, never guessed."""

from functools import partial

import pytest
import sqlalchemy as sa

from bothways.crud.changes import Changes
from bothways.crud.references import KeyRefused, References, chains_to
from bothways.crud.shapes import shape_of
from bothways.crud.violations import refusal
from bothways.dialects.performing import BEGIN, perform

NAMES = {"fk": "fk_%(table_name)s_%(column_0_name)s"}
METADATA = sa.MetaData(naming_convention=NAMES)


def table(name, *columns, metadata=METADATA):
    return sa.Table(name, metadata, sa.Column("id", sa.Integer, primary_key=True), *columns)


def to(parent, column, **more):
    return sa.Column(column, sa.Integer, sa.ForeignKey(parent, **more))


PARENT = table("parent", sa.Column("code", sa.Integer, unique=True))
CHILD = table("child", to("parent.id", "parent_id"), to("parent.id", "other_id"), to("parent.code", "code"))
TREE = table("tree", to("tree.id", "up"), to("parent.id", "parent_id"))
PART = table("part", to("parent.id", "parent_id", ondelete="CASCADE"))
PIECE = table("piece", to("part.id", "part_id", ondelete="RESTRICT"))
LOOSE = table("loose", to("parent.id", "parent_id", ondelete="SET NULL"))
LATE = table("late", to("parent.id", "parent_id", deferrable=True, initially="DEFERRED"))


@pytest.fixture
def connection():
    engine = sa.create_engine("sqlite://", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")
        METADATA.create_all(connection)
        connection.execute(PARENT.insert(), [{"id": n, "code": n * 10} for n in (1, 2, 3)])
        yield connection
    engine.dispose()


def told(connection, of, operation, *, deleting=False):
    """What is said of a refused operation: the key and its columns."""
    with pytest.raises((sa.exc.IntegrityError, KeyRefused)) as refused:
        perform(connection, operation)
    found = refusal(refused.value, "sqlite", shape_of(of), "db", deleting=deleting).details
    assert found["rule"] == "foreign-key"
    return found["constraint"], found["columns"]


def creating(of, **values):
    return partial(Changes(shape_of(of)).create, values=values)


def deleting(of, key):
    return partial(Changes(shape_of(of)).remove, key=[key])


def refused_by(connection, statement, values):
    with pytest.raises(sa.exc.IntegrityError) as refused:
        connection.execute(statement, values)
    return refused.value


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"parent_id": 9}, "parent_id"),
        ({"parent_id": 1, "other_id": 9}, "other_id"),
        ({"parent_id": None, "other_id": 9}, "other_id"),
        ({"parent_id": 9, "other_id": 9}, "parent_id"),
        ({"parent_id": 1, "other_id": 1, "code": 1}, "code"),
    ],
)
def test_the_first_key_that_points_at_nothing_is_named(connection, values, column):
    assert told(connection, CHILD, creating(CHILD, **values)) == (f"fk_child_{column}", [column])


def test_a_change_is_judged_with_what_the_row_has_already(connection):
    connection.execute(CHILD.insert(), {"id": 1, "parent_id": 1, "code": 10})
    change = partial(Changes(shape_of(CHILD)).change, key=[1], values={"other_id": 9})
    assert told(connection, CHILD, change) == ("fk_child_other_id", ["other_id"])


def test_a_row_that_refers_to_itself_points_at_something(connection):
    operation = creating(TREE, id=7, up=7, parent_id=9)
    assert told(connection, TREE, operation) == ("fk_tree_parent_id", ["parent_id"])


def test_a_row_finds_the_one_that_was_made_before_it_in_its_transaction(connection):
    def both(features):
        yield BEGIN
        yield from creating(TREE, id=1)(features)
        yield from creating(TREE, id=2, up=1, parent_id=9)(features)

    assert told(connection, TREE, both) == ("fk_tree_parent_id", ["parent_id"])
    assert connection.scalar(sa.select(sa.func.count()).select_from(TREE)) == 0


@pytest.mark.parametrize(
    ("of", "values", "column"),
    [
        (CHILD, {"other_id": 1}, "other_id"),
        (CHILD, {"parent_id": 2, "code": 10}, "code"),
        (TREE, {"parent_id": 1}, "parent_id"),
    ],
)
def test_rows_that_keep_one_from_being_deleted_are_named_by_their_key(connection, of, values, column):
    connection.execute(of.insert(), values)
    assert told(connection, PARENT, deleting(PARENT, 1), deleting=True) == (f"fk_{of.name}_{column}", [column])


def test_the_key_of_a_deleted_row_itself_is_not_named(connection):
    connection.execute(TREE.insert(), [{"id": 1, "up": None, "parent_id": 1}, {"id": 2, "up": 1, "parent_id": None}])
    assert told(connection, TREE, deleting(TREE, 1), deleting=True) == ("fk_tree_up", ["up"])


def test_a_row_that_refers_to_itself_is_not_in_its_own_way(connection):
    connection.execute(TREE.insert(), {"id": 1, "up": 1})
    asking = partial(_of_row, TREE, refused_by(connection, CHILD.insert(), {"parent_id": 9}), 1)
    assert perform(connection, asking) is None
    assert perform(connection, deleting(TREE, 1))


def test_rows_behind_a_cascade_are_found(connection):
    connection.execute(PART.insert(), {"id": 5, "parent_id": 1})
    connection.execute(PIECE.insert(), {"part_id": 5})
    assert told(connection, PARENT, deleting(PARENT, 1), deleting=True) == ("fk_piece_part_id", ["part_id"])


def test_a_parent_that_is_there_by_now_is_not_named(connection):
    refused = refused_by(connection, CHILD.insert(), {"parent_id": 9})
    connection.execute(PARENT.insert(), {"id": 9})
    assert perform(connection, partial(_of_values, CHILD, refused, {"parent_id": 9})) is None


def test_children_that_are_gone_by_now_are_not_named(connection):
    connection.execute(CHILD.insert(), {"parent_id": 1})
    refused = refused_by(connection, PARENT.delete(), {})
    connection.execute(CHILD.delete())
    assert perform(connection, partial(_of_row, PARENT, refused, 1)) is None
    found = refusal(refused, "sqlite", shape_of(PARENT), "db", deleting=True)
    assert (found.details["constraint"], found.details["columns"]) == (None, [])
    assert found.details["tables"] == ["child", "late", "piece", "tree"]


def test_a_row_that_is_gone_by_now_is_judged_by_the_values_alone(connection):
    refused = refused_by(connection, CHILD.insert(), {"parent_id": 9})
    operation = partial(_of_values, CHILD, refused, {"code": 9}, at=[1])
    assert told(connection, CHILD, operation) == ("fk_child_code", ["code"])


def test_a_question_that_fails_names_nothing(connection):
    connection.execute(CHILD.insert(), {"parent_id": 1})
    refused = refused_by(connection, PARENT.delete(), {})
    connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    METADATA.drop_all(connection)
    assert perform(connection, partial(_of_row, PARENT, refused, 1)) is None
    assert perform(connection, partial(_of_values, CHILD, refused, {"parent_id": 1})) is None


def test_a_key_that_is_checked_at_the_end_is_not_guessed(connection):
    def late(features):
        yield BEGIN
        yield from creating(LATE, parent_id=9)(features)

    assert told(connection, LATE, late) == (None, [])


def test_nothing_is_asked_about_what_is_no_foreign_key_s_affair(connection):
    refused = refused_by(connection, PARENT.insert(), {"id": 1})
    assert list(_of_row(PARENT, refused, 1)) == list(_of_values(CHILD, refused, {"parent_id": 9})) == []


def test_what_succeeds_asks_no_more_than_before(connection):
    asked = []

    def heard(ask):
        asked.append(ask)
        return lambda _failure: None

    perform(connection, creating(CHILD, id=1, parent_id=1), heard)
    perform(connection, partial(Changes(shape_of(CHILD)).change, key=[1], values={"other_id": 2}), heard)
    perform(connection, deleting(CHILD, 1), heard)
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("one", "two", "name", "columns", "tables"),
    [
        ("fk_one", "fk_two", "fk_one", ["above_id"], ["one"]),
        ("same", "same", "same", [], ["one", "two"]),
        (None, "fk_two", None, [], ["one", "two"]),
    ],
)
def test_the_key_of_a_row_in_the_way_is_named_only_where_its_name_tells_it(one, two, name, columns, tables):
    class KeyViolation(Exception):
        sqlstate, constraint_name = "23503", name

    metadata = sa.MetaData()
    above = table("above", metadata=metadata)
    table("one", to("above.id", "above_id", name=one), metadata=metadata)
    table("two", to("above.id", "above_id", name=two), metadata=metadata)
    found = refusal(KeyViolation(), "postgresql", shape_of(above), "db", deleting=True).details
    assert (found["constraint"], found["columns"], found["tables"]) == (name, columns, tables)


def test_cascades_that_go_round_end():
    metadata = sa.MetaData(naming_convention=NAMES)
    left = table("left", to("right.id", "right_id", ondelete="CASCADE"), metadata=metadata)
    table("right", to("left.id", "left_id", ondelete="CASCADE"), metadata=metadata)
    leaf = table("leaf", to("left.id", "left_id"), to("right.id", "right_id"), metadata=metadata)
    ends = [[key.table.name for key in chain] for chain in chains_to(left)]
    assert ends == [["leaf"], ["right", "leaf"]]
    assert chains_to(leaf) == ()


def _of_values(of, refused, values, _features=None, at=None):
    return References(shape_of(of)).of_values(refused, values, at=at)


def _of_row(of, refused, key, _features=None):
    return References(shape_of(of)).of_row(refused, [key])
