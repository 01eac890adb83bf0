"""What is written is what is read, and the same row is the same JSON on every engine."""

import datetime as dt
import ipaddress
import json
import math
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.api.conftest import SHAPES
from tests.api.rows import Rows

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
NUMBERS = st.integers(-(2**63) + 1, 2**63 - 1) | st.floats(-(2.0**62), 2.0**62, allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)
MOMENTS = st.datetimes(
    dt.datetime(1, 1, 2),  # noqa: DTZ001 - the zone is drawn
    dt.datetime(9999, 12, 30),  # noqa: DTZ001 - the zone is drawn
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes))),
)
PRICES = st.decimals(0, 9_999_999_999, places=2, allow_nan=False).map(str)
ADDRESSES = st.ip_addresses().map(str)


def networks():
    """Networks without host bits, as text."""
    pairs = st.tuples(st.ip_addresses(v=4), st.integers(0, 32)) | st.tuples(st.ip_addresses(v=6), st.integers(0, 128))
    return pairs.map(lambda pair: str(ipaddress.ip_network(pair, strict=False)))


PRODUCTS = st.fixed_dictionaries(
    {"name": TEXT.filter(lambda t: len(t) <= 160), "price": PRICES},
    optional={
        "description": st.none() | TEXT,
        "status": st.sampled_from(["draft", "active", "discontinued", "preorder"]),
        "attributes": st.dictionaries(TEXT, JSON, max_size=4) | JSON.filter(lambda v: v is not None),
        "tags": st.lists(TEXT, max_size=5),
    },
)


def same(sent, read):
    """Whether two JSON values are equal, where 1.0 is 1 and a moment is a moment."""
    if isinstance(sent, float) and isinstance(read, int | float):
        return math.isclose(sent, read, rel_tol=0, abs_tol=0)
    if isinstance(sent, dict) and isinstance(read, dict):
        return sent.keys() == read.keys() and all(same(sent[key], read[key]) for key in sent)
    if isinstance(sent, list) and isinstance(read, list):
        return len(sent) == len(read) and all(map(same, sent, read))
    return type(sent) is type(read) and sent == read


@given(body=PRODUCTS)
def test_what_is_created_is_what_is_read(client, engine_name, migrated, body):
    body = body | {"sku": uuid.uuid4().hex}
    path = f"/api/v1/{engine_name}/products"
    made = client.post(path, content=json.dumps(body), headers={"content-type": "application/json"})
    assert made.status_code == 201, made.text
    read = client.get(made.headers["location"])
    assert read.content == made.content
    assert client.get(path, params={"sku": body["sku"]}).json()["items"] == [read.json()]
    assert same(body, {name: read.json()[name] for name in body})
    assert client.delete(made.headers["location"]).status_code == 204


@given(body=PRODUCTS)
def test_the_same_row_is_the_same_json_on_every_engine(client, migrated, body):
    body = body | {"sku": uuid.uuid4().hex}
    shown = []
    for name in migrated:
        made = client.post(
            f"/api/v1/{name}/products", content=json.dumps(body), headers={"content-type": "application/json"}
        )
        assert made.status_code == 201, made.text
        shown.append(made.json() | dict.fromkeys(("id", "created_at", "updated_at")))
        client.delete(made.headers["location"])
    texts = {json.dumps(document, sort_keys=True) for document in shown}
    assert len(texts) == 1


@given(address=ADDRESSES, payload=JSON.filter(lambda v: v is not None), moment=MOMENTS)
def test_addresses_documents_and_moments_are_kept(client, engine_name, migrated, address, payload, moment):
    sent = {"action": "x", "ip_address": address, "payload": payload, "occurred_at": moment.isoformat()}
    made = client.post(f"/api/v1/{engine_name}/audit_events", json=sent)
    assert made.status_code == 201, made.text
    read = client.get(made.headers["location"]).json()
    utc = moment.astimezone(dt.UTC).replace(tzinfo=None).isoformat() + "Z"
    assert same([address, payload, utc], [read["ip_address"], read["payload"], read["occurred_at"]])


@pytest.fixture(scope="module")
def key_path(client, engine_name, migrated):
    """The address of an API key, whose network may be changed."""
    rows = Rows(client, engine_name, SHAPES, migrated[engine_name])
    return rows.path("api_keys", rows.create("api_keys")["id"])


@given(network=networks())
def test_networks_are_kept(client, key_path, network):
    assert client.patch(key_path, json={"allowed_network": network}).json()["allowed_network"] == network
    assert client.get(key_path).json()["allowed_network"] == network


@pytest.mark.parametrize("table", [t for t in sorted(SHAPES) if "create" in SHAPES[t].operations])
def test_a_row_of_every_table_is_the_same_json_on_every_engine(client, migrated, table):
    """Apart from keys, which each database makes itself, and the moments of its clock."""
    shape = SHAPES[table]
    own = {f.name for f in shape.fields if f.primary_key or f.column.foreign_keys} | {
        "created_at",
        "updated_at",
        "granted_at",
    }
    makers = {name: Rows(client, name, SHAPES, migrated[name]) for name in migrated}
    bodies = {name: maker.body(table) for name, maker in makers.items()}
    common = {k: v for k, v in next(iter(bodies.values())).items() if k not in own}
    shown = [maker.create(table, **bodies[name] | common) | dict.fromkeys(own) for name, maker in makers.items()]
    assert all(list(document) == list(shown[0]) for document in shown)
    assert len({json.dumps(document, sort_keys=True) for document in shown}) == 1
