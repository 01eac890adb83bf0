"""What the document says of a list's parameters is true: it fits every request that the service takes."""

import datetime as dt
from functools import cache

import jsonschema_rs
import pytest
import sqlalchemy as sa
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql
from starlette.testclient import TestClient

from bothways.crud.document import describe
from bothways.crud.filters import OPERATORS, condition
from bothways.crud.listing import PageSizes
from bothways.crud.patterns import listed
from bothways.crud.shapes import shape_of
from bothways.errors import InvalidRequest
from tests.api.conftest import SHAPES
from tests.api.products import CONDITIONS

THINGS = shape_of(
    sa.Table(
        "things",
        sa.MetaData(),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("integer", sa.BigInteger()),
        sa.Column("decimal", sa.Numeric(12, 2)),
        sa.Column("float", sa.Double()),
        sa.Column("boolean", sa.Boolean()),
        sa.Column("moment", sa.DateTime(timezone=True)),
        sa.Column("local", sa.DateTime()),
        sa.Column("date", sa.Date()),
        sa.Column("time", sa.Time()),
        sa.Column("duration", sa.Interval()),
        sa.Column("address", postgresql.INET()),
        sa.Column("network", postgresql.CIDR()),
        sa.Column("enum", sa.Enum("a", "b,c", "d\\e", "in-progress", "(.*)", "")),
        sa.Column("single", sa.Enum("only")),
        sa.Column("short", sa.String(3)),
        sa.Column("long", sa.Text()),
        sa.Column("words", postgresql.ARRAY(sa.Text())),
        sa.Column("numbers", postgresql.ARRAY(sa.Integer())),
        sa.Column("bytes", sa.LargeBinary()),
        sa.Column("json", sa.JSON()),
    )
)
TABLES = {**SHAPES, "things": THINGS}
ID = "8c1f1a0e-7c39-4b8e-9a54-0d5a4d3f2b11"
SPELLINGS = [
    *("0", "-7", "+7", " 7 ", "\u00857", "12345", "1_000", "5.00", "9223372036854775807", "007"),
    *("10.5", "10.50", "-0.00", "0010.500", "9999999999.99", "1.", ".5", "-.5e-3", "1_0.5E+5"),
    *("true", "False", "ON", "yes", "t", "1"),
    *(ID, ID.upper(), ID.replace("-", ""), f"{{{ID}}}", f"urn:uuid:{ID}"),
    *("2026-11-10T12:00:00Z", "1999-12-30t23:59:59.123456z", "0001-01-01 00:00:00+14:00", "2024-02-29T12:00:00-05:30"),
    *("2026-11-10T12:00:00", "9999-12-31 23:59:59.5", "2026-11-10", "2026-01-30T00:00", "2026-01-30_00:00:00,0Z"),
    *("86400", "-86400.0", "12:30", "12:30:00.5", "12:30:00,25+0100", "23:59:59\u221205:00"),
    *("P1DT2H", "-P1W", "1 day, 02:00:00", "01:00", "+PT1,5S"),
    *("10.0.0.1", "2001:DB8::1", "::ffff:192.0.2.1", "fe80::1%eth0", "10.0.0.0/8", "10.0.0.0/255.0.0.0", "::/0"),
    *("a", "b,c", "d\\e", "in-progress", "(.*)", "", "only", "x:y", "eqx", "wörd", "a\nb", "ab𝔸", "RED", "%_\\%"),
    "null",
]
DATES = st.datetimes() | st.datetimes(
    timezones=st.integers(-1439, 1439).map(lambda m: dt.timezone(dt.timedelta(0, m * 60)))
)
LETTERS = st.text("0123456789abcdefxTZtz:.,+-_% /\\{}()\u2212\x85\n", max_size=12)
VALUES = st.one_of(
    st.sampled_from(SPELLINGS),
    st.integers().map(str),
    st.decimals(-(10**9), 10**9, places=2).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.uuids().map(str),
    DATES.map(str),
    DATES.map(dt.datetime.isoformat),
    st.dates().map(str),
    st.times().map(str),
    st.ip_addresses().map(str),
    LETTERS,
    st.tuples(st.sampled_from(SPELLINGS), LETTERS).map("".join),
    st.text(max_size=6),
)


@st.composite
def conditions(draw):
    """What might be a condition: a value, an operator and one, or several."""
    operator = draw(st.sampled_from([None, *sorted(OPERATORS)]))
    if operator is None:
        return draw(VALUES)
    values = draw(st.lists(VALUES, min_size=1, max_size=3))
    return f"{operator}:{','.join(map(draw(st.sampled_from([str, listed])), values))}"


@cache
def parameters(table):
    """The parameters of a table's list in its document, by name."""
    document = {}
    describe(document, "", [TABLES[table]], ["db"], PageSizes(), "Problem")
    given = document["paths"][f"/{{database}}/{table}"]["get"]["parameters"]
    names = [parameter["name"] for parameter in given]
    assert len(set(names)) == len(names)
    return dict(zip(names, given, strict=True))


@cache
def validator(table, name):
    """Says whether texts are conditions on a field by the document."""
    return jsonschema_rs.validator_for(parameters(table)[name]["schema"])


def fits(table, name, *texts):
    """Whether those conditions fit the document."""
    return validator(table, name).is_valid(list(texts))


def is_taken(table, name, text):
    """Whether the service reads it as a condition."""
    try:
        condition(TABLES[table], name, text, ())
    except InvalidRequest:
        return False
    return True


@given(name=st.sampled_from([f.name for f in THINGS.fields]), text=conditions())
@example("enum", "in:b\\,c,d\\\\e")
@example("enum", "in:d\\e")
def test_whatever_is_taken_fits(name, text):
    if is_taken("things", name, text):
        assert fits("things", name, text), (name, text)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_of_these_is_taken_by_some_field_so_that_the_law_says_something(spelling):
    forms = (f"eq:{spelling}", f"is:{spelling}")
    assert any(is_taken("things", field.name, form) for field in THINGS.fields for form in forms)


@pytest.mark.parametrize("name", [f.name for f in THINGS.fields])
def test_the_example_of_a_condition_is_one(name):
    parameter = parameters("things")[name]
    assert fits("things", name, *parameter["example"])
    assert all(is_taken("things", name, text) for text in parameter["example"])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("integer", "ten"),
        ("integer", "like:1"),
        ("decimal", "1,5"),
        ("boolean", "maybe"),
        ("id", "8c1f1a0e"),
        ("moment", "2026-11-10"),
        ("moment", "2026-13-10T00:00:00Z"),
        ("date", "10.11.2026"),
        ("enum", "e"),
        ("enum", "gt:a"),
        ("short", "four"),
        ("short", "is:four"),
        ("numbers", "contains:one"),
        ("numbers", "1"),
        ("bytes", "AAAA"),
        ("json", "is:nothing"),
    ],
)
def test_what_is_certainly_wrong_does_not_fit(name, text):
    assert not fits("things", name, text)
    assert not is_taken("things", name, text)


REQUESTS = {
    "products": [
        *(
            "price=gte:10.50",
            "price=10.5",
            "price=between:0,9999999999.99",
            "price=in:1,2.5,3.00",
            "price=gte:10&price=lt:20",
        ),
        *("created_at=gte:2026-11-10T00:00:00Z", "created_at=lt:1999-01-30T12:00:00.5%2B00:00", "deleted_at=not:null"),
        *("tags=contains:RED", "tags=contains:a\\,b,%C3%BC", "tags=is:null", "attributes=not:null"),
        *("status=in:active,preorder", "status=draft", "name=ilike:%25word%25", "name=eq:in:trouble", "name=x:y"),
        *("sku=between:a,b", f"id={ID.upper()}", f"id=in:{ID},{ID.replace('-', '')}", "category_id=is:null"),
        *("format=csv&limit=5000", "format=ndjson&limit=2147483648", "limit=100", "sort=-price,name", "deleted=only"),
    ],
    "audit_events": [
        "ip_address=eq:10.0.0.1",
        "ip_address=ne:2001:db8::1",
        "id=gte:10000",
        "id=in:1234567,9223372036854775807",
    ],
    "order_lines": ["quantity=gt:99999", "line_total=lt:-1", "line_no=between:1,2147483647"],
    "api_keys": ["allowed_network=10.0.0.0/8", "allowed_network=in:10.0.0.0/8,2001:db8::/32"],
    "users": ["is_active=true", "email=Ada@Example.com", "email=like:%25@example.com"],
}


@pytest.mark.parametrize(("table", "query"), [(table, query) for table, found in REQUESTS.items() for query in found])
def test_what_is_answered_fits_the_document(client, engine_name, migrated, table, query):
    assert client.get(f"/api/v1/{engine_name}/{table}?{query}").status_code == 200
    sent = TestClient(client.app).build_request("GET", f"/?{query}").url.params
    schemas = {name: parameter["schema"] for name, parameter in parameters(table).items()}
    for name in sent:
        schema, texts = schemas[name], sent.get_list(name)
        read = int(texts[0]) if schema.get("type") == "integer" else texts[0]
        several = texts if "pattern" in schema.get("items", {}) else texts[0].split(",")
        jsonschema_rs.validate(schema, several if schema.get("type") == "array" else read)


@given(asked=CONDITIONS)
def test_conditions_that_find_what_they_should_fit_the_document(asked):
    (name, text), _ = asked
    if "." not in name:  # parts of documents have no parameters of their own
        assert fits("products", name, text)


@given(name=st.sampled_from([f.name for f in SHAPES["products"].readable]), text=conditions())
def test_a_request_that_is_answered_fits_the_document(client, engine_name, migrated, name, text):
    answer = client.get(f"/api/v1/{engine_name}/products", params={name: text})
    assert answer.status_code in {200, 422}
    assert answer.status_code == 422 or fits("products", name, text)


@pytest.mark.parametrize("table", sorted(SHAPES))
def test_the_example_of_every_condition_is_answered(client, engine_name, migrated, table):
    found = client.app.openapi()["paths"][f"/api/v1/{{database}}/{table}"]["get"]["parameters"]
    for parameter in found:
        if "example" in parameter:
            joined = parameter["example"] if parameter["explode"] else [",".join(parameter["example"])]
            answer = client.get(f"/api/v1/{engine_name}/{table}", params={parameter["name"]: joined})
            assert answer.status_code == 200, (parameter["name"], answer.text)
