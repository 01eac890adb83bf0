"""Pages that PostgreSQL writes as JSON are those that Python would have written."""

import asyncio
import datetime as dt
import decimal
import enum
import json
from functools import partial

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql

from bothways import scratch
from bothways.connections import call
from bothways.crud.listing import Listings, PageSizes
from bothways.crud.lists import Lists
from bothways.crud.pools import Pool
from bothways.crud.shapes import as_json, shape_of
from bothways.dialects.performing import Ask
from bothways.dialects.sessions import Limits
from schema.types import IpAddress, Json, Money, UtcDateTime
from tests.api.conftest import project_with

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


class Mood(enum.Enum):
    GOOD = "is good"
    BAD = 'is "bad"'


class Shouted(sa.types.TypeDecorator):
    """A text that Python changes when it is read."""

    impl = sa.Text
    cache_ok = True

    def process_result_value(self, value, dialect):
        return value and value.upper()


class Masked(sa.types.TypeDecorator):
    """A text of which the database shows the beginning only."""

    impl = sa.Text
    cache_ok = True

    def column_expression(self, column):
        return sa.func.left(column, 2)


class Counted(sa.types.TypeDecorator):
    """A text that Python changes, in SQLAlchemy's other way."""

    impl = sa.Text
    cache_ok = True

    def result_processor(self, dialect, coltype):
        return lambda value: value and str(len(value))


# Each with the values that a column of it may have.
TYPES = {
    "a_boolean": (sa.Boolean(), st.booleans()),
    "a_bigint": (sa.BigInteger(), st.integers(-(2**63), 2**63 - 1)),
    "a_text": (sa.Text(), TEXT),
    'it\'s "quoted" \\ %(x)s :y 100%': (sa.String(30), TEXT),
    "a_char": (sa.CHAR(5), st.sampled_from(["", "a", "abcde"])),
    "a_float": (sa.Float(), st.floats()),
    "a_real": (sa.REAL(), st.floats(width=32)),
    "a_number": (
        sa.Numeric(),
        st.decimals(allow_nan=False, allow_infinity=False, places=9, min_value=-(10**20), max_value=10**20),
    ),
    "a_whole": (sa.Numeric(20, 0), st.integers(-9, 9).map(lambda n: decimal.Decimal(n * 10**4))),
    "a_share": (sa.Numeric(12, 9), st.decimals(-999, 999, places=9)),
    "an_inexact_number": (
        sa.Numeric(asdecimal=False),
        st.integers(-(10**6), 10**6).map(lambda n: decimal.Decimal(n) / 8),
    ),
    "a_sum": (Money(), st.decimals(-(10**9), 10**9, places=2)),
    "a_date": (sa.Date(), st.dates()),
    "a_local_moment": (sa.DateTime(), st.datetimes()),
    "a_moment": (sa.DateTime(timezone=True), st.datetimes(timezones=st.just(dt.UTC))),
    "a_utc_moment": (UtcDateTime(), st.datetimes(timezones=st.just(dt.UTC))),
    "a_uuid": (sa.Uuid(), st.uuids()),
    "a_uuid_as_text": (sa.Uuid(as_uuid=False), st.uuids().map(str)),
    "bytes": (sa.LargeBinary(), st.binary(max_size=100)),
    "a_label": (sa.Enum("one", "two 'three'", name="label"), st.sampled_from(["one", "two 'three'"])),
    "a_mood": (sa.Enum(Mood, name="mood"), st.sampled_from(Mood)),
    "a_mood_by_value": (
        sa.Enum(Mood, name="mood_by_value", values_callable=lambda all_: [m.value for m in all_]),
        st.sampled_from(Mood),
    ),
    "a_mood_as_text": (sa.Enum(Mood, native_enum=False, length=20), st.sampled_from(Mood)),
    "json": (Json, st.dictionaries(TEXT, st.integers() | TEXT | st.none() | st.floats(-1e99, 1e99), max_size=3)),
    "texts": (postgresql.ARRAY(sa.Text()), st.lists(TEXT, max_size=3)),
    "numbers": (sa.ARRAY(sa.Integer()), st.lists(st.integers(-(2**31), 2**31 - 1), max_size=3)),
    "uuids": (sa.ARRAY(sa.Uuid()), st.lists(st.uuids(), max_size=2)),
    # What only Python can show:
    "a_time": (sa.Time(), st.times()),
    "a_duration": (sa.Interval(), st.timedeltas(dt.timedelta(-999), dt.timedelta(999))),
    "an_address": (IpAddress(), st.ip_addresses()),
    "a_shout": (Shouted(), TEXT),
    "a_secret": (Masked(), TEXT),
    "a_count": (Counted(), TEXT),
    "a_converted_duration": (sa.Interval(native=False), st.timedeltas(dt.timedelta(0), dt.timedelta(999))),
    "an_exact_float": (sa.Float(asdecimal=True), st.floats(-9, 9)),
    "plain_json": (postgresql.JSON(), st.dictionaries(TEXT, st.integers(), max_size=2)),
    "moments": (sa.ARRAY(sa.DateTime()), st.lists(st.datetimes(), max_size=2)),
    "sums": (sa.ARRAY(sa.Numeric(9, 2)), st.lists(st.decimals(-99, 99, places=2), max_size=2)),
}
ONLY_PYTHON = {*list(TYPES)[list(TYPES).index("a_time") :]}
TABLE = sa.Table(
    "of_every_type",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    *(sa.Column(name, type_) for name, (type_, _) in TYPES.items()),
)
SHAPE = shape_of(TABLE)
ROWS = st.fixed_dictionaries({name: st.none() | values for name, (_, values) in TYPES.items()})


@pytest.fixture(scope="module")
def asked_of(servers):
    """Runs an operation on a database that has the table."""
    with scratch.database(servers["postgresql"]) as url:
        call(url, lambda c: (TABLE.metadata.create_all(c), c.commit()), purpose="create")
        with asyncio.Runner() as runner:
            pool = Pool.open(project_with({"postgresql": url}).database("postgresql"), Limits())
            yield lambda operation: runner.run(pool.perform(operation))
            runner.run(pool.close())


def learned(asked_of):
    """What the engine can do."""

    def tell(features):
        yield Ask(sa.select(1))
        return features

    return asked_of(tell)


def keep(asked_of, rows):
    """Put those rows into the table, and nothing else."""

    def fill(_features):
        yield Ask(sa.delete(TABLE))
        for n, row in enumerate(rows):
            yield Ask(sa.insert(TABLE), {"id": n, **row})

    asked_of(fill)


def both(asked_of, query=b""):
    """A page as Python writes it, and as it is answered."""
    lists, asked = Lists(SHAPE, {}), Listings(SHAPE, PageSizes()).of_list(query)
    page = asked_of(partial(lists.page, asked=asked, place=None, limit=3))
    told = asked_of(partial(lists.written, asked=asked, place=None, limit=3))
    by_python = page.written([key.name for key in asked.order])
    assert (told.more, told.ends) == (by_python.more, by_python.ends)
    return json.loads(by_python.items), json.loads(told.items)


@pytest.mark.parametrize("name", TYPES)
def test_a_row_is_written_by_the_server_where_it_shows_every_column_as_python_does(asked_of, name):
    by_server = learned(asked_of).row_as_json([(name, TABLE.c[name])])
    assert (by_server is None) is (name in ONLY_PYTHON)


@settings(max_examples=40)
@given(rows=st.lists(ROWS, min_size=1, max_size=5))
def test_what_the_server_writes_is_what_python_writes(asked_of, rows):
    keep(asked_of, rows)
    names = [name for name in TYPES if name not in ONLY_PYTHON]
    lists = Lists(SHAPE, {})
    for n in range(0, len(names), 9):
        asked = Listings(SHAPE, PageSizes()).of_list(b"")
        asked = type(asked)(order=asked.order, fields=("id", *names[n : n + 9]))
        page = asked_of(partial(lists.page, asked=asked, place=None, limit=3))
        told = asked_of(partial(lists.written, asked=asked, place=None, limit=3))
        assert json.loads(told.items) == json.loads(as_json(page.shown()))


@settings(max_examples=10)
@given(rows=st.lists(ROWS, min_size=1, max_size=5))
def test_a_row_with_a_column_that_only_python_shows_is_written_by_python(asked_of, rows):
    keep(asked_of, rows)
    by_python, told = both(asked_of, b"sort=-a_bigint,id")
    assert told == by_python


def test_more_fields_than_a_function_takes_are_written_by_python(asked_of):
    features = learned(asked_of)
    assert features.row_as_json([(f"f{n}", TABLE.c.id) for n in range(50)]) is not None
    assert features.row_as_json([(f"f{n}", TABLE.c.id) for n in range(51)]) is None
