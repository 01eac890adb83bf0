"""Related rows inside rows, the fields of an answer, and injections in every place of a query."""

import re
import uuid

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bothways.crud.expansion import MOST, relations_of
from bothways.crud.shapes import shapes_of
from tests.api.conftest import SHAPES
from tests.api.rows import Rows


def test_a_foreign_key_leads_both_ways_under_names_that_tell_what_they_are():
    found = {table: set(relations) for table, relations in relations_of(SHAPES).items()}
    assert found["products"] == {"category", "order_lines", "product_owners"}
    assert found["categories"] == {"parent", "categories", "products"}
    assert found["order_lines"] == {"order", "product", "order_returns"}
    assert found["order_returns"] == {"order_lines"}
    assert {"current_room", "rooms"} <= found["users"]
    assert found["rooms"] == {"host", "users"}


def test_tables_and_keys_that_are_not_shown_make_no_relation():
    metadata = sa.MetaData()
    sa.Table("parents", metadata, sa.Column("id", sa.Integer, primary_key=True))
    key = sa.Column("parent_id", sa.ForeignKey("parents.id"), info={"secret": True})
    sa.Table("secretive", metadata, sa.Column("id", sa.Integer, primary_key=True), key)
    own = sa.Column("parent_id", sa.ForeignKey("parents.id"))
    sa.Table("left_out", metadata, sa.Column("id", sa.Integer, primary_key=True), own, info={"api": False})
    twice = [sa.Column(name, sa.ForeignKey("parents.id")) for name in ("first_id", "second")]
    sa.Table("twice", metadata, sa.Column("id", sa.Integer, primary_key=True), *twice)
    found = {table: set(relations) for table, relations in relations_of(shapes_of(metadata)).items()}
    assert found == {
        "parents": {"twice_by_first", "twice_by_second"},
        "secretive": set(),
        "twice": {"first", "parents_by_second"},
    }


def test_related_rows_are_what_they_are_at_their_own_address(rows, client):
    line = rows.create("order_lines")
    back = rows.create("order_returns", order_id=line["order_id"], line_no=line["line_no"])
    path = rows.path("order_lines", line["order_id"], line["line_no"])
    found = client.get(path, params={"expand": "order,product,order_returns"}).json()
    assert found.pop("order") == client.get(rows.path("orders", line["order_id"])).json()
    assert found.pop("product") == client.get(rows.path("products", line["product_id"])).json()
    assert found.pop("order_returns") == {"items": [back], "more": False}
    assert found == line
    with_line = client.get(rows.path("order_returns", back["id"]), params={"expand": "order_lines"}).json()
    assert with_line["order_lines"] == line


def test_nothing_is_null_or_an_empty_list_and_many_are_bounded(rows, client):
    category = rows.create("categories", parent_id=None)
    path = rows.path("categories", category["id"])
    found = client.get(path, params={"expand": "parent,products", "fields": "name"}).json()
    assert found == {"name": category["name"], "parent": None, "products": {"items": [], "more": False}}
    made = [rows.create("products", category_id=category["id"]) for _ in range(MOST + 1)]
    found = client.get(path, params={"expand": "products"}).json()["products"]
    assert found == {"items": sorted(made, key=lambda row: row["id"])[:MOST], "more": True}
    client.delete(rows.path("products", found["items"][0]["id"]))
    after = client.get(path, params={"expand": "products"}).json()["products"]
    assert (len(after["items"]), after["more"]) == (MOST, False)


def statements(client, engine):
    """How many statements the service has asked that database."""
    row = rf'bothways_database_statement_seconds_count{{database="{engine}"}} (\S+)'
    return int(float(re.search(row, client.get("/metrics").text)[1]))


def test_a_relation_costs_one_statement_whatever_the_number_of_rows(rows, client, engine_name):
    for _ in range(5):
        rows.create("order_lines")
    before = statements(client, engine_name)
    found = client.get(rows.path("order_lines"), params={"expand": "order,product,order_returns", "limit": 5}).json()
    assert len(found["items"]) == 5
    assert statements(client, engine_name) - before == 4


def test_no_secret_comes_by_way_of_a_relation(rows, client):
    key = rows.create("api_keys")
    answer = client.get(rows.path("users", key["user_id"]), params={"expand": "api_keys"})
    assert answer.json()["api_keys"]["items"] == [key]
    assert "secret" not in answer.text


def test_fields_are_those_that_are_asked_for_in_that_order(rows, client):
    made = rows.create("products")
    params = {"fields": "price,name", "sort": "-sku", "id": made["id"]}
    (row,) = client.get(rows.path("products"), params=params).json()["items"]
    assert list(row.items()) == [("price", made["price"]), ("name", made["name"])]
    one = client.get(rows.path("products", made["id"]), params={"fields": "sku"}).json()
    assert one == {"sku": made["sku"]}
    for wrong in ({"fields": "secret_hash"}, {"sort": "sku"}, {"limit": 1}, {"x": 1}):
        assert client.get(rows.path("api_keys", made["id"]), params=wrong).status_code == 422


PAYLOADS = (
    "' OR '1'='1",
    "'; DROP TABLE products; --",
    '" OR ""="',
    "\\' OR 1=1 --",
    "1 OR 1=1",
    "1) OR (1=1",
    "%' OR 1=1 --",
    "a') OR ('a'='a",
    "null",
    "{{7*7}}",
    "$1",
    ":bothways limit",
    "%(x)s",
    "?",
    "\ud7ff\U0010ffff",
    "id; select pg_sleep(9)",
    "1e999",
    "9" * 40,
    "__class__",
    "(?=.*){9}",
    "[[:alpha:]]",
    "\\",
    "*",
)
PLACES = ("sku", "name", "price", "status", "tags", "attributes.a", "sort", "fields", "expand", "cursor", "limit", "id")
OPERATORS = ("", "eq:", "ne:", "in:", "nin:", "gt:", "like:", "ilike:", "contains:", "between:", "is:", "not:")


@given(
    payload=st.sampled_from(PAYLOADS) | st.text(max_size=12),
    place=st.sampled_from((*PLACES, "attributes.{}", "{}", "deleted", "count", "format")),
    operator=st.sampled_from(OPERATORS),
)
def test_an_injection_is_a_value_or_refused_and_changes_no_rows(client, fenced, payload, place, operator):
    path, mine, made = fenced
    told = operator + payload
    answer = client.get(path, params=[*mine.items(), (place.replace("{}", payload), told)])
    assert answer.status_code in {200, 422}, (answer.status_code, answer.text)
    if answer.status_code == 200 and answer.headers["content-type"] == "application/json":
        assert {row["id"] for row in answer.json()["items"] if "id" in row} <= set(made)
    elif answer.status_code == 422:
        assert answer.json()["code"] == "invalid-request"
    assert {row["id"] for row in client.get(path, params=mine).json()["items"]} == set(made)


@pytest.fixture(scope="module")
def fenced(client, engine_name, migrated):
    """A category with one product, which no query of that category may leave."""
    rows = Rows(client, engine_name, SHAPES, migrated[engine_name])
    made = rows.create("products", name="' OR '1'='1", sku=uuid.uuid4().hex)
    rows.create("products")
    return rows.path("products"), {"category_id": made["category_id"]}, [made["id"]]
