"""Columns that change their types."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql

from tests.generate.cases.case import MYSQL, POSTGRESQL, SQLITE, Case, Models, item

C = sa.Column
OURS = frozenset({"item.it"})


def of(type_, **options) -> Models:
    """A table with one column of a type."""
    return lambda m: item(m, C("it", type_() if isinstance(type_, type) else type_, **options))


def to(name: str, before, after, *values: str, then=None, **more) -> Case:
    """A change of the one column's type, with these values in it."""
    rows = tuple(f"insert into item (id, it) values ({n}, {value})" for n, value in enumerate(values, 1))
    expected = {"select it from item order by id": [(value,) for value in then]} if then is not None else {}
    return Case(name, of(before), of(after), rows=rows, then=expected, **{"may_lose": OURS, **more})


class Money(sa.TypeDecorator):
    """A type of the application's own."""

    impl = sa.Numeric(12, 2)
    cache_ok = True


_LIKE = "String length, String->Text, Int->BigInt, Numeric(p,s)->(p,s)"
_LESS = 'String(50)->String(), Numeric(10,2)->Numeric() ("less specific")'
_CAST = "String->Integer, Boolean<->Integer, String->Uuid"
_BACK = "Integer->String, JSON->Text, int[]->varchar[]"
_FLOAT = "Float->Double / Float(24)->Float(53)"
_TIME = "timezone flag / PG timestamp precision / MySQL fsp"
_PG = {"engines": (POSTGRESQL,)}
_MY = {"engines": (MYSQL,)}
_SAME_IN_SQLITE = {"engines": (POSTGRESQL, MYSQL), "reason": "SQLite has one type for both"}
_UUID = "'0b5e4b0c-2d2f-4c5e-9d52-0f7c1f6d3a11'"

CASES: tuple[Case, ...] = (
    to("a text becomes longer", sa.String(50), sa.String(80), "'Ada'", "null", then=["Ada", None], line=_LIKE),
    to("a text becomes shorter", sa.String(80), sa.String(50), "'Ada'", "null", then=["Ada", None]),
    to("a text loses its limit", sa.String(50), sa.Text(), "'Ada'", then=["Ada"], line=_LIKE),
    to("a text gets a limit", sa.Text(), sa.String(50), "'Ada'", then=["Ada"]),
    to("an integer becomes bigger", sa.Integer(), sa.BigInteger(), "7", "-7", then=[7, -7], line=_LIKE),
    to("an integer becomes smaller", sa.BigInteger(), sa.Integer(), "7", "-7", then=[7, -7]),
    to("a small integer becomes an integer", sa.SmallInteger(), sa.Integer(), "7", then=[7]),
    to("a number gets more digits", sa.Numeric(10, 2), sa.Numeric(14, 4), "1.25", then=[1.25], line=_LIKE),
    to("a number gets fewer digits", sa.Numeric(14, 4), sa.Numeric(10, 2), "1.25", then=[1.25]),
    to("a text gets no length", sa.String(50), sa.String(), "'Ada'", then=["Ada"], line=_LESS,
       engines=(SQLITE, POSTGRESQL), reason="a VARCHAR of MariaDB must have a length"),
    to("a number gets no precision", sa.Numeric(10, 2), sa.Numeric(), "1", then=[1], line=_LESS),
    to("a text becomes an integer", sa.String(10), sa.Integer(), "'12'", then=[12], line=_CAST),
    to("an integer becomes a text", sa.Integer(), sa.String(10), "12", then=["12"], line=_BACK),
    to("a flag becomes an integer", sa.Boolean(), sa.Integer(), "true", "false", then=[1, 0], line=_CAST),
    to("an integer becomes a flag", sa.Integer(), sa.Boolean(), "1", "0", then=[1, 0], line=_CAST),
    to("a text becomes a UUID", sa.String(36), sa.Uuid(), _UUID, **_PG, line=_CAST,
       reason="elsewhere a UUID is a text of another form, which only a backfill can make"),
    to("a UUID becomes a text", sa.Uuid(), sa.String(36), _UUID, then=[_UUID.strip("'")], **_PG,
       reason="elsewhere a UUID is a text of another form"),
    to("a text column without rows becomes one of UUIDs", sa.String(36), sa.Uuid(), engines=(SQLITE, MYSQL),
       reason="PostgreSQL has it with rows", line=_CAST),
    to("a UUID column without rows becomes one of texts", sa.Uuid(), sa.String(36), engines=(SQLITE, MYSQL),
       reason="PostgreSQL has it with rows"),
    to("a JSON document becomes a text", sa.JSON(), sa.Text(), "'[1]'", then=["[1]"], line=_BACK),
    to("a text becomes a JSON document", sa.Text(), sa.JSON(), "'[1]'"),
    to("an array of integers becomes one of texts", postgresql.ARRAY(sa.Integer), postgresql.ARRAY(sa.String(9)),
       "'{1,2}'", then=[["1", "2"]], **_PG, reason="only PostgreSQL has arrays", line=_BACK),
    to("an array of texts becomes one of integers", postgresql.ARRAY(sa.String(9)), postgresql.ARRAY(sa.Integer),
       "'{1,2}'", then=[[1, 2]], **_PG, reason="only PostgreSQL has arrays"),
    Case("an array gets another number of dimensions", of(postgresql.ARRAY(sa.Integer)),
         of(postgresql.ARRAY(sa.Integer, dimensions=2)), **_PG, reason="only PostgreSQL has arrays",
         line="array dimensions", left_alone="PostgreSQL does not tell arrays of different dimensions apart"),
    to("a float becomes a double", sa.Float(), sa.Double(), "1.5", then=[1.5], line=_FLOAT, engines=(SQLITE, MYSQL),
       reason="PostgreSQL's FLOAT is a double already"),
    to("a float gets a double's precision", sa.Float(24), sa.Float(53), "1.5", then=[1.5], line=_FLOAT,
       **_SAME_IN_SQLITE),
    to("a double gets a float's precision", sa.Float(53), sa.Float(24), "1.5", then=[1.5], **_SAME_IN_SQLITE),
    to("a float becomes a number", sa.Float(), sa.Numeric(10, 2), "1.5", then=[1.5]),
    to("a moment gets a time zone", sa.DateTime(), sa.DateTime(timezone=True), "'2020-01-02 03:04:05'", line=_TIME,
       **_PG, reason="only PostgreSQL has a type for it"),
    to("a moment loses its time zone", sa.DateTime(timezone=True), sa.DateTime(), "'2020-01-02 03:04:05+00'",
       **_PG, reason="only PostgreSQL has a type for it"),
    to("a moment gets a precision", sa.DateTime(), postgresql.TIMESTAMP(precision=3), "'2020-01-02 03:04:05.5'",
       line=_TIME, **_PG, reason="these are PostgreSQL's; MariaDB has its own case"),
    to("a moment gets fractions of seconds", mysql.DATETIME(), mysql.DATETIME(fsp=6), "'2020-01-02 03:04:05'",
       line=_TIME, **_MY, reason="these are MariaDB's; PostgreSQL has its own case"),
    to("a moment loses fractions of seconds", mysql.DATETIME(fsp=6), mysql.DATETIME(), "'2020-01-02 03:04:05'",
       **_MY, reason="these are MariaDB's; PostgreSQL has its own case"),
    to("a moment becomes a day", sa.DateTime(), sa.Date(), "'2020-01-02 00:00:00'", engines=(POSTGRESQL, MYSQL),
       reason="SQLite keeps both as texts, which only a backfill can change"),
    to("a text becomes binary", sa.Text(), sa.LargeBinary(), "'abc'", **_MY,
       reason="PostgreSQL asks for an encoding, SQLite keeps the value as it is"),
    to("a number becomes unsigned", mysql.INTEGER(), mysql.INTEGER(unsigned=True), "7", then=[7], line="UNSIGNED",
       **_MY, reason="only MariaDB has unsigned integers"),
    to("a number is no longer unsigned", mysql.INTEGER(unsigned=True), mysql.INTEGER(), "7", then=[7],
       **_MY, reason="only MariaDB has unsigned integers"),
    to("a text gets a bigger type", sa.Text(), mysql.LONGTEXT(), "'Ada'", then=["Ada"], **_MY,
       reason="only MariaDB has texts of several sizes"),
    to("a text type becomes JSONB", sa.Text(), postgresql.JSONB(), "'{\"a\": 1}'", **_PG,
       reason="only PostgreSQL has JSONB"),
    to("JSON becomes JSONB", postgresql.JSON(), postgresql.JSONB(), "'{\"a\":1}'", **_PG,
       reason="only PostgreSQL has JSONB"),
    to("a text becomes a case-insensitive address", sa.Text(), postgresql.INET(), "'10.0.0.1'", **_PG,
       reason="only PostgreSQL has network addresses"),
    to("a type of the application's own comes", sa.Numeric(10, 2), Money(), "1.25", then=[1.25], line="TypeDecorator"),
    Case("a type grows under a default, a check and an index",
         lambda m: item(m, C("it", sa.Integer, nullable=False, server_default="5"),
                        sa.CheckConstraint("it > 0", name="ck_item_it"), sa.Index("ix_item_it", "it")),
         lambda m: item(m, C("it", sa.BigInteger, nullable=False, server_default="5"),
                        sa.CheckConstraint("it > 0", name="ck_item_it"), sa.Index("ix_item_it", "it")),
         rows=("insert into item (id, it) values (1, 3)",), then={"select it from item": [(3,)]}, may_lose=OURS),
    Case("a type and a default change to another kind",
         of(sa.String(10), server_default="1", nullable=False), of(sa.Integer, server_default="2", nullable=False),
         rows=("insert into item (id) values (1)",), then={"select it from item": [(1,)]}, may_lose=OURS),
    Case("a primary key becomes bigger",
         lambda m: sa.Table("item", m, C("id", sa.Integer, primary_key=True), C("n", sa.Integer)),
         lambda m: sa.Table("item", m, C("id", sa.BigInteger, primary_key=True), C("n", sa.Integer)),
         rows=("insert into item (id, n) values (1, 3)",), then={"select id, n from item": [(1, 3)]},
         may_lose=frozenset({"item.id"})),
)  # fmt: skip
