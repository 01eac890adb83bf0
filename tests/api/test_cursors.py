"""Cursors: stable while others write, good for their own list only, and refused when anything about them changed."""

import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from bothways.crud.cursors import Cursors
from bothways.crud.sorting import order
from bothways.errors import InvalidRequest
from tests.api.conftest import SHAPES, serving
from tests.api.products import in_order, purge, put
from tests.api.rows import Rows

SORTS = ("", "deleted_at", "-deleted_at", "status,-deleted_at", "-price,deleted_at", "-deleted_at,id", "price,-sku")
PRODUCTS = SHAPES["products"]


@pytest.fixture(scope="module")
def shelf(client, engine_name, migrated):
    """Makes products in a category of their own, and removes them all."""
    rows = Rows(client, engine_name, SHAPES, migrated[engine_name])
    return Shelf(client, rows.path("products"), rows.create("categories")["id"])


class Shelf:
    def __init__(self, client, path, category):
        self.client, self.path, self.category = client, path, category

    def put(self, n):
        return put(self.client, self.path, n, sku=uuid.uuid4().hex, category_id=self.category)

    def take(self, row):
        purge(self.client, self.path, row)

    def page(self, sort, **params):
        asked = {
            "category_id": self.category,
            "limit": 3,
            "deleted": "include",
            **({"sort": sort} if sort else {}),
            **params,
        }
        answer = self.client.get(self.path, params=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def clear(self):
        while rows := self.page("", limit=100)["items"]:
            for row in rows:
                self.take(row)


@settings(max_examples=12)
@given(
    sort=st.sampled_from(SORTS),
    staying=st.lists(st.integers(0, 60), min_size=1, max_size=8),
    going=st.lists(st.integers(0, 60), max_size=5),
    coming=st.lists(st.integers(0, 60), max_size=6),
    turn=st.booleans(),
)
def test_rows_that_stay_come_exactly_once_whatever_comes_and_goes(shelf, sort, staying, going, coming, turn):
    kept, doomed = [shelf.put(n) for n in staying], [shelf.put(n) for n in going]
    born = []

    def meanwhile():
        if coming:
            born.append(shelf.put(coming.pop()))
        if doomed:
            shelf.take(doomed.pop())

    def walk(way, page):
        seen = [page["items"]]
        while page[way]:
            meanwhile()
            page = shelf.page(sort, cursor=page[way])
            seen.append(page["items"])
        return seen, page

    try:
        pages, last = walk("next", shelf.page(sort))
        if turn:
            # Back from the end: everything that stays comes once more, in the same order.
            backward, _ = walk("previous", last)
            pages = list(reversed(backward))
        seen = [row for rows in pages for row in rows]
        ids = {row["id"] for row in kept}
        assert [row for row in seen if row["id"] in ids] == in_order(kept, sort.split(",") if sort else [])
        assert len({row["id"] for row in seen}) == len(seen)
    finally:
        shelf.clear()


def test_a_page_whose_rows_are_all_gone_leads_back_to_what_is_there(shelf):
    made = [shelf.put(n) for n in range(6)]
    try:
        first = shelf.page("sku", limit=5)
        rest = in_order(made, ["sku"])
        shelf.take(rest[5])
        empty = shelf.page("sku", cursor=first["next"], limit=5)
        assert (empty["items"], empty["next"]) == ([], None)
        back = shelf.page("sku", cursor=empty["previous"], limit=5)
        assert (back["items"], back["previous"]) == (first["items"], None)
        again = shelf.page("sku", cursor=back["next"], limit=5)
        assert again["items"] == []
        second = shelf.page("sku", cursor=shelf.page("sku", limit=2)["next"], limit=2)
        for row in rest[:2]:
            shelf.take(row)
        front = shelf.page("sku", cursor=second["previous"], limit=2)
        assert (front["items"], front["previous"]) == ([], None)
        assert shelf.page("sku", cursor=front["next"], limit=2)["items"] == second["items"]
    finally:
        shelf.clear()


@pytest.fixture(scope="module")
def cursor(shelf):
    """A cursor of a list by price, with three rows before it and one behind."""
    made = [shelf.put(n) for n in range(4)]
    yield shelf.page("price")["next"]
    for row in made:
        shelf.take(row)


def refused(shelf, path=None, **params):
    """Whether the service refuses a cursor with these parameters."""
    asked = {"category_id": shelf.category, "deleted": "include", "sort": "price", "limit": 3, **params}
    answer = shelf.client.get(path or shelf.path, params={k: v for k, v in asked.items() if v is not None})
    faults = {tuple(fault["loc"]) for fault in answer.json().get("errors", [])}
    assert answer.status_code in {200, 422}
    assert (answer.status_code == 422) is (faults == {("query", "cursor")})
    return answer.status_code == 422


@given(position=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_a_cursor_with_another_bit_is_refused(shelf, cursor, position, bit):
    raw = bytearray(cursor.encode())
    raw[position % len(raw)] ^= 1 << bit
    assert refused(shelf, cursor=raw.decode("latin-1"))


@given(told=st.text(max_size=40) | st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")))
def test_a_cursor_that_was_made_up_is_refused(shelf, told):
    assert refused(shelf, cursor=told)


def test_a_cursor_is_good_for_its_own_list_only(shelf, cursor, migrated):
    assert not refused(shelf, cursor=cursor)
    assert not refused(shelf, cursor=cursor, limit=7, fields="id", count="exact", expand="category")
    assert refused(shelf, cursor=cursor, category_id=str(uuid.uuid4()))
    assert refused(shelf, cursor=cursor, category_id=None)
    assert refused(shelf, cursor=cursor, status="active")
    assert refused(shelf, cursor=cursor, sort="-price")
    assert refused(shelf, cursor=cursor, sort="price,sku")
    assert refused(shelf, cursor=cursor, sort=None)
    assert refused(
        shelf, shelf.path.replace("products", "users"), cursor=cursor, category_id=None, sort=None, deleted=None
    )
    assert refused(shelf, cursor=cursor, deleted="only")
    for other in migrated:
        path = shelf.path.replace(shelf.path.split("/")[3], other)
        assert refused(shelf, path, cursor=cursor) is (path != shelf.path)


def test_a_cursor_is_good_in_every_worker_and_after_a_change_of_the_secret(shelf, cursor):
    keys, name = order(PRODUCTS, "price"), PRODUCTS.by_name
    row = {"price": "1.10", "id": str(uuid.uuid4())}
    old, new = b"old" * 11, b"new" * 11
    told = Cursors([old]).write(b"x", keys, row, back=True)
    for readers in ([old], [new, old]):
        place = Cursors(readers).read(b"x", PRODUCTS, keys, told)
        assert (place.back, str(place.values[0])) == (True, "1.10")
    for reader in (Cursors([new]), Cursors()):
        with pytest.raises(InvalidRequest):
            reader.read(b"x", PRODUCTS, keys, told)
    assert len(keys) == 2
    assert name["price"].kind.name == "decimal"


def test_workers_of_one_service_take_each_others_cursors(migrated, engine_name):
    settings = {"cursor_key": SecretStr("shared by all workers")}
    url = migrated[engine_name]
    with serving({engine_name: url}, **settings) as one, serving({engine_name: url}, **settings) as two:
        rows = Rows(one, engine_name, SHAPES, url)
        made = [rows.create("roles") for _ in range(2)]
        first = one.get(rows.path("roles"), params={"limit": 1}).json()
        second = two.get(rows.path("roles"), params={"limit": 1, "cursor": first["next"]})
        assert second.status_code == 200
        assert second.json()["items"]
        for row in made:
            one.delete(rows.path("roles", row["id"]))
