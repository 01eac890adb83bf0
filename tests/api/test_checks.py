"""The columns that a broken check is about, taken from the models: a driver tells its name at most."""

import pymysql
import pytest
import sqlalchemy as sa

from bothways.crud.shapes import shape_of
from bothways.crud.violations import refusal


@pytest.mark.parametrize(
    ("check", "columns"),
    [
        ("price >= 0", ["price"]),
        ("low < 9 OR price > low", ["price", "low"]),
        ("note NOT IN ('price', 'it''s low')", ["note"]),
        ("lower_price > 0 AND length(note) < 9", ["lower_price", "note"]),
        ("length (note) > length", ["note", "length"]),
        ('"Price" > 0 AND `low` > 0 AND shop.note > 0', ["price", "low", "note"]),
        ("1 > 2", []),
        (lambda c: sa.or_(c.low < 9, c.price > c.low), ["low", "price"]),
        (lambda c: sa.func.length(c.note) > 0, ["note"]),
        (lambda c: sa.literal_column("low") > 0, ["low"]),
    ],
)
@pytest.mark.parametrize("name", ["ck_shop", None])
def test_the_columns_of_a_check_are_those_that_its_expression_names(check, columns, name):
    numbers = (sa.Column(column, sa.Integer) for column in ("price", "low", "lower_price", "note", "length"))
    shop = sa.Table("shop", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), *numbers)
    rule = check if isinstance(check, str) else check(shop.c)
    shop.append_constraint(sa.CheckConstraint(rule, name=name))

    class CheckFailed(Exception):
        sqlite_errorname = "SQLITE_CONSTRAINT_CHECK"

    # Without a name SQLite tells the expression.
    error = CheckFailed(f"CHECK constraint failed: {name or rule}")
    found = refusal(error, "sqlite", shape_of(shop), "db", deleting=False, index=4)
    assert sorted(found.details["columns"]) == sorted(columns)
    expected = [["body", 4, column] for column in found.details["columns"]] or [["body", 4]]
    assert [fault["loc"] for fault in found.details["errors"]] == expected


def test_a_column_s_own_check_is_told_by_its_column_on_mariadb():
    shop = sa.Table("shop", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("v", sa.Integer))
    error = pymysql.OperationalError(4025, "CONSTRAINT `shop.v` failed for `db`.`shop`")
    assert refusal(error, "mysql", shape_of(shop), "db", deleting=False).details["columns"] == ["v"]


def test_the_column_of_a_check_that_comes_with_its_type_is_known():
    kinds = sa.Enum("a", "b", name="kinds", native_enum=False, create_constraint=True)
    done = sa.Boolean(name="done_or_not", create_constraint=True)
    thing = sa.Table(
        "thing",
        sa.MetaData(),
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", kinds),
        sa.Column("done", done),
        sa.Column("sure", sa.Boolean(create_constraint=True)),
    )
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        thing.create(connection)
        for column in ("kind", "done", "sure"):
            with pytest.raises(sa.exc.IntegrityError) as refused:
                connection.exec_driver_sql(f"insert into thing ({column}) values (7)")
            found = refusal(refused.value, "sqlite", shape_of(thing), "db", deleting=False)
            assert (found.details["rule"], found.details["columns"]) == ("check", [column])
    engine.dispose()
