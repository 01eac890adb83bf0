"""Rows that belong to somebody: nobody else sees, changes or removes them, whatever the operation."""

from __future__ import annotations

import re
import uuid

import pytest

from bothways.connections import call
from bothways.crud.shapes import shape_of
from bothways.errors import ConfigurationError
from schema import metadata
from tests.accounts.conftest import SETTINGS, House, cheap_hashes
from tests.api.conftest import SHAPES, serving
from tests.api.rows import Rows

__all__ = ["cheap_hashes"]
ORDERS = metadata.tables["orders"]


@pytest.fixture(scope="module")
def owned():
    """The orders belong to their customers while these tests run."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(ORDERS.info, "owner", "customer_id")
        yield


@pytest.fixture(scope="module")
def house(owned, migrated, engine_name):
    """A house over the tables of the models on each engine in turn."""
    url = migrated[engine_name]
    with serving({url.dialect: url}, **SETTINGS) as client:
        yield House(url, client)


class Customer:
    """A user with a row in the table of users, and what they send."""

    def __init__(self, house, rows, role="writer"):
        self.house, self.rows = house, rows
        self.user = house.user(role)
        self.id = str(uuid.UUID(self.user.id))
        self.headers = house.headers(self.user.name)
        if role != "admin":
            row = {"id": uuid.UUID(self.id), "email": f"{self.user.name}@example.com", "display_name": self.user.name}
            call(house.url, lambda c: (c.execute(metadata.tables["users"].insert(), row), c.commit()), purpose="write")

    def ask(self, method, path, **more):
        return self.house.client.request(method, path, headers=self.headers, **more)

    def body(self, **values):
        """A valid body without its owner."""
        body = {f.name: self.rows.value(f, uuid.uuid4().int % 10**6) for f in SHAPES["orders"].fields if f.writable}
        body["reference"] = uuid.uuid4().hex[:20]
        body.pop("customer_id")
        return body | values


@pytest.fixture
def people(house):
    """An admin and two customers."""
    admin = Customer(house, None, "admin")
    house.client.headers.update(admin.headers)
    rows = Rows(house.client, house.database, SHAPES, house.url)
    return admin, Customer(house, rows), Customer(house, rows)


def test_a_row_is_its_owners(people):
    _, mine, other = people
    path = mine.rows.path("orders")
    made = mine.ask("POST", path, json=mine.body())
    assert (made.status_code, made.json()["customer_id"]) == (201, mine.id), made.text
    row = made.headers["location"]
    assert mine.ask("GET", row).json() == made.json()
    assert mine.ask("PATCH", row, json={"note": "mine"}).json()["note"] == "mine"
    assert other.ask("GET", row).status_code == 404
    assert other.ask("PATCH", row, json={"note": "other"}).status_code == 404
    assert other.ask("DELETE", row).status_code == 404
    assert mine.ask("GET", row).json()["note"] == "mine"
    assert mine.ask("DELETE", row).status_code == 204


def test_another_owner_is_refused_when_a_row_is_made_or_changed(people):
    _, mine, other = people
    path = mine.rows.path("orders")
    for_other = mine.ask("POST", path, json=mine.body(customer_id=other.id))
    assert (for_other.status_code, for_other.json()["errors"][0]["loc"]) == (422, ["body", "customer_id"])
    row = mine.ask("POST", path, json=mine.body(customer_id=mine.id)).headers["location"]
    assert mine.ask("PATCH", row, json={"customer_id": other.id}).status_code == 422
    assert mine.ask("PATCH", row, json={"customer_id": mine.id}).status_code == 200


def test_many_rows_and_replacements_are_ones_own(people):
    _, mine, other = people
    path, client = mine.rows.path("orders"), mine.house.client
    made = mine.ask("POST", path, json=[mine.body(), mine.body()])
    assert [row["customer_id"] for row in made.json()] == [mine.id] * 2, made.text
    assert mine.ask("POST", path, json=[mine.body(), mine.body(customer_id=other.id)]).status_code == 422
    row = f"{path}/{made.json()[0]['id']}"
    for who, body, status in (
        (mine, mine.body(), 200),
        (mine, mine.body(customer_id=other.id), 422),
        (other, other.body(), 404),
    ):
        answer = client.put(row, json=body, headers={**who.headers, "If-Match": "*"})
        assert answer.status_code == status, answer.text
    assert mine.ask("GET", row).json()["customer_id"] == mine.id


def test_a_list_holds_ones_own_rows_only_whatever_is_asked(people):
    _, mine, other = people
    path = mine.rows.path("orders")
    for customer in (mine, other, mine, other, mine):
        assert customer.ask("POST", path, json=customer.body()).status_code == 201
    seen, after = [], ""
    while True:
        page = mine.ask("GET", f"{path}?limit=2{after}").json()
        seen += [row["customer_id"] for row in page["items"]]
        if page["next"] is None:
            break
        after = f"&cursor={page['next']}"
    assert seen == [mine.id] * 3
    assert mine.ask("GET", f"{path}?customer_id={other.id}").json()["items"] == []


def test_who_administers_users_sees_every_row(people):
    admin, mine, _ = people
    path = mine.rows.path("orders")
    row = mine.ask("POST", path, json=mine.body()).headers["location"]
    assert admin.ask("GET", row).json()["customer_id"] == mine.id
    assert admin.ask("POST", path, json=mine.body(customer_id=mine.id)).status_code == 201
    assert admin.ask("POST", path, json=mine.body()).status_code == 422


def test_no_operation_of_the_document_crosses_from_one_owner_to_another(people):
    """Also those that nobody thought of here: each is asked about another's row, and no answer holds anything of it."""
    _, mine, other = people
    canary = f"canary {uuid.uuid4().hex}"
    made = other.ask("POST", mine.rows.path("orders"), json=other.body(note=canary))
    before = made.json()
    paths = mine.house.client.get("/openapi.json").json()["paths"]
    asked = 0
    for path, methods in paths.items():
        if not re.match(r"/api/v1/\{database\}/orders(/|$)", path):
            continue
        address = path.replace("{database}", mine.house.database).replace("{id}", before["id"])
        for method in methods:
            body = {"json": {"note": "taken"}} if method in {"post", "patch", "put"} else {}
            answer = mine.ask(method.upper(), address, **body)
            assert answer.status_code == 404 or (answer.status_code < 500 and canary not in answer.text), (method, path)
            asked += 1
    assert asked >= 5
    assert other.ask("GET", made.headers["location"]).json() == before


def test_an_owner_that_is_no_column_is_a_mistake(monkeypatch):
    monkeypatch.setitem(ORDERS.info, "owner", "nobody")
    with pytest.raises(ConfigurationError, match="no column 'nobody'"):
        shape_of(ORDERS)


def test_without_a_rule_rows_are_everybodys():
    assert SHAPES["orders"].owner is None
