"""Shapes of tables that the project does not have: opt-outs, other types, and what cannot be served."""

import datetime as dt
import enum
from functools import partial

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from bothways.crud.changes import Changes
from bothways.crud.cursors import Cursors
from bothways.crud.document import describe
from bothways.crud.listing import Listings, PageSizes
from bothways.crud.lists import Lists
from bothways.crud.shapes import row_writer, shape_of, shapes_of
from bothways.dialects.performing import BEGIN, Ask, perform
from bothways.errors import ConfigurationError, InvalidRequest


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


def table(*columns, name="things", **options):
    return sa.Table(name, sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), *columns, **options)


def faults(refused):
    return {(".".join(map(str, f["loc"])), f["type"]) for f in refused.value.details["errors"]}


EVERYTHING = table(
    sa.Column("colour", sa.Enum(Colour)),
    sa.Column("size", sa.Enum("S", "M", name="size")),
    sa.Column("local", sa.DateTime()),
    sa.Column("moment", sa.DateTime(timezone=True)),
    sa.Column("day", sa.Date()),
    sa.Column("hour", sa.Time()),
    sa.Column("length", sa.Interval()),
    sa.Column("ratio", sa.Float()),
    sa.Column("loose", sa.Numeric(asdecimal=False)),
    sa.Column("exact", sa.Numeric(38, 10)),
    sa.Column("any_number", sa.Numeric()),
    sa.Column("raw", sa.LargeBinary()),
    sa.Column("small", sa.SmallInteger()),
    sa.Column("document", sa.JSON(none_as_null=True)),
    sa.Column("model_config", sa.String(20)),  # a name that pydantic's classes keep for themselves
    sa.Column("class", sa.String(20)),
)
VALUES = {
    "colour": "BLUE",
    "size": "M",
    "local": "2024-02-29T12:00:00.500000",
    "moment": "2024-02-29T12:00:00.000001Z",
    "day": "2024-02-29",
    "hour": "12:30:00",
    "length": "P1DT2H",
    "ratio": 0.1,
    "loose": 0.5,
    "exact": "1234567890123456789012345678.0123456789",
    "raw": "AAH/",
    "small": -32768,
    "document": {"a": [None]},
    "model_config": "x",
    "class": "y",
}
NOT_ON_SQLITE = {"exact"}  # SQLite keeps a NUMERIC as a double: schema.types.Money is how to avoid it


@pytest.fixture
def connection():
    engine = sa.create_engine("sqlite://", isolation_level="AUTOCOMMIT", poolclass=sa.StaticPool)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.mark.filterwarnings("ignore:Dialect sqlite.pysqlite does .not. support Decimal")
def test_values_of_every_type_are_kept(connection):
    import json

    EVERYTHING.metadata.create_all(connection)
    shape = shape_of(EVERYTHING)
    sent = {name: value for name, value in VALUES.items() if name not in NOT_ON_SQLITE}
    values = shape.values_to_create(json.dumps(sent).encode())
    row = perform(connection, lambda f: Changes(shape).create(f, values))
    shown = json.loads(row_writer(shape).one(row))
    assert {name: shown[name] for name in sent} == sent
    assert shown["any_number"] is None


def test_a_decimal_with_more_digits_than_a_double_has_is_taken_as_text_only():
    shape = shape_of(EVERYTHING)
    assert str(shape.values_to_create(b'{"exact": "0.1234567891"}')["exact"]) == "0.1234567891"
    for number in (b"0.1", b"1"):
        with pytest.raises(InvalidRequest) as refused:
            shape.values_to_create(b'{"exact": ' + number + b"}")
        assert faults(refused) == {("body.exact", "decimal_text")}


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b'{"local": "2024-02-29T12:00:00Z"}', ("body.local", "local_moment")),
        (b'{"moment": "2024-02-30T12:00:00Z"}', ("body.moment", "moment")),
        (b'{"ratio": NaN}', ("body.ratio", "finite_number")),
        (b'{"loose": Infinity}', ("body.loose", "finite_number")),
        (b'{"raw": "?"}', ("body.raw", "base64")),
        (b'{"colour": "GREEN"}', ("body.colour", "literal_error")),
        (b'{"colour": 1}', ("body.colour", "literal_error")),
        (b'{"day": 5}', ("body.day", "date_type")),
    ],
)
def test_values_of_other_types_are_checked(body, fault):
    with pytest.raises(InvalidRequest) as refused:
        shape_of(EVERYTHING).values_to_create(body)
    assert faults(refused) == {fault}


def test_a_naive_moment_of_an_engine_without_zones_is_in_utc():
    shown = {f.name: f.kind.show for f in shape_of(EVERYTHING).fields}
    naive = dt.datetime(2024, 1, 1)  # noqa: DTZ001 - what a driver without zones gives
    assert shown["moment"](naive) == dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


def test_columns_opt_out_of_being_read_and_written():
    shape = shape_of(
        table(
            sa.Column("made", sa.String(5), info={"write": False}),
            sa.Column("told", sa.String(5), info={"read": False}),
            sa.Column("hash", sa.String(5), info={"secret": True}),
            sa.Column("neither", sa.String(5), info={"read": False, "write": False}),
        )
    )
    assert [f.name for f in shape.readable] == ["id", "made"]
    assert [f.name for f in shape.fields if f.writable] == ["told", "hash"]


def test_a_table_opts_out():
    metadata = sa.MetaData()
    for name, api in (("shown", True), ("hidden", False)):
        sa.Table(name, metadata, sa.Column("id", sa.Integer, primary_key=True), info={"api": api})
    assert list(shapes_of(metadata)) == ["shown"]


def test_a_table_without_a_key_that_may_be_read_cannot_be_served():
    nameless = sa.Table("nameless", sa.MetaData(), sa.Column("text", sa.String(5)))
    hidden = sa.Table("hidden", sa.MetaData(), sa.Column("id", sa.Uuid, primary_key=True, info={"secret": True}))
    for wrong in (nameless, hidden):
        with pytest.raises(ConfigurationError, match="has no primary key that may be read"):
            shape_of(wrong)


@pytest.mark.parametrize("type_", [postgresql.TSVECTOR(), postgresql.ARRAY(postgresql.TSVECTOR())])
def test_a_column_that_json_cannot_show_is_refused_at_start(type_):
    with pytest.raises(ConfigurationError, match=r"things\.words is of type"):
        shape_of(table(sa.Column("words", type_)))
    shape_of(table(sa.Column("words", type_, info={"read": False, "write": False})))


def test_a_table_of_keys_only_has_nothing_to_change():
    pair = sa.Table(
        "pairs",
        sa.MetaData(),
        sa.Column("left", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("right", sa.String(20), primary_key=True),
    )
    shape = shape_of(pair)
    assert shape.operations == ("list", "get", "create", "delete")
    document = {}
    describe(document, "/api", [shape], ["db"], PageSizes(), "Problem")
    assert set(document["paths"]["/api/{database}/pairs/{left}/{right}"]) == {"get", "delete"}
    assert document["tags"] == [{"name": "pairs", "description": "Rows of pairs"}]


def test_the_place_after_a_row_survives_any_key(connection):
    keys = [(1, "a/b"), (1, 'a"b'), (1, "ü?&=#%"), (2, ""), (-5, "\u2028")]
    pair = sa.Table(
        "pairs",
        sa.MetaData(),
        sa.Column("left", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("right", sa.String(20), primary_key=True),
    )
    pair.metadata.create_all(connection)
    shape = shape_of(pair)
    changes, lists, cursors = Changes(shape), Lists(shape, {}), Cursors()
    asked = Listings(shape, PageSizes()).of_list(b"")
    for left, right in keys:
        perform(connection, partial(changes.create, values={"left": left, "right": right}))
    seen, place = [], None
    while len(seen) < len(keys):
        ((row,), more, *_) = perform(connection, partial(lists.page, asked=asked, place=place, limit=1))
        seen.append(tuple(row.values()))
        cursor = cursors.write(b"", asked.order, row, back=False)
        place = cursors.read(b"", shape, asked.order, cursor)
        assert place.values == tuple(row.values())
        assert more is (len(seen) < len(keys))
    assert seen == sorted(keys)
    assert perform(connection, partial(lists.page, asked=asked, place=place, limit=1)).documents == []


@pytest.mark.parametrize("capability", ["insert_returning", "update_returning"])
def test_an_engine_that_cannot_return_what_it_wrote_is_asked_afterwards(connection, capability):
    setattr(connection.dialect, capability, False)
    things = table(sa.Column("name", sa.String(20), unique=True))
    things.metadata.create_all(connection)
    changes = Changes(shape_of(things))

    def create(name):
        return perform(connection, partial(changes.create, values={"name": name}))

    def change(key, name):
        return perform(connection, partial(changes.change, key=[key], values={"name": name}))

    assert tuple(create("first")) == (1, "first")
    assert tuple(change(1, "second")) == (1, "second")
    assert change(2, "third") is None
    create("other")
    with pytest.raises(sa.exc.IntegrityError):
        change(1, "other")
    assert not connection.connection.dbapi_connection.in_transaction


def test_a_transaction_that_cannot_be_rolled_back_loses_its_connection(connection):
    def ended_behind_its_back(_features):
        yield BEGIN
        connection.exec_driver_sql("ROLLBACK")
        raise RuntimeError("the first fault is the one that counts")

    with pytest.raises(RuntimeError, match="the first fault"):
        perform(connection, ended_behind_its_back)
    assert connection.invalidated


def test_a_transaction_on_a_lost_connection_is_not_rolled_back(connection):
    def lost(_features):
        yield BEGIN
        connection.invalidate()
        raise RuntimeError("the connection went away")

    with pytest.raises(RuntimeError, match="went away"):
        perform(connection, lost)
    assert connection.invalidated


def test_an_operation_may_answer_an_error_of_its_statement(connection):
    def asks(_features):
        try:
            yield Ask(sa.text("select nothing from nowhere"))
        except sa.exc.OperationalError:
            return (yield Ask(sa.text("select 1"))).rows

    assert perform(connection, asks) == [(1,)]


def test_a_type_that_only_changes_what_is_read_takes_what_its_column_takes():
    class Shouting(sa.types.TypeDecorator):
        impl = sa.String(5)
        cache_ok = True

        def process_result_value(self, value, dialect):
            return value and value.upper()

    assert shape_of(table(sa.Column("word", Shouting))).values_to_create(b'{"word": "abc"}') == {"word": "abc"}
