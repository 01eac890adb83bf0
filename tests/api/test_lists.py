"""Lists through the API: conditions, order, pages forward and back; on each engine."""

import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.api.conftest import SHAPES
from tests.api.products import CONDITIONS, SORTS, in_order, purge, put
from tests.api.rows import Rows


def get(client, path, *pairs, **params):
    """A page with those parameters."""
    answer = client.get(path, params=[*pairs, *params.items()])
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def shop(client, engine_name, migrated):
    """Forty products of which Python knows everything, and what marks them in their table."""
    rows = Rows(client, engine_name, SHAPES, migrated[engine_name])
    category, path = rows.create("categories")["id"], rows.path("products")
    skus = [f"{uuid.uuid4().hex[:8]}-{n % 7}" for n in range(40)]
    made = [put(client, path, n, sku=sku, category_id=category) for n, sku in enumerate(skus)]
    yield path, {"category_id": category, "deleted": "include"}, made
    for row in made:
        purge(client, path, row)


@given(asked=st.lists(CONDITIONS, max_size=2), sort=SORTS, limit=st.integers(1, 45))
def test_a_list_is_what_python_makes_of_the_rows(client, shop, asked, sort, limit):
    path, mine, made = shop
    pairs = [pair for pair, _ in asked] + ([("sort", ",".join(sort))] if sort else [])
    page = get(client, path, *mine.items(), *pairs, limit=limit, count="exact")
    wanted = [row for row in made if all(fits(row) for _, fits in asked)]
    assert page["total"] == len(wanted)
    assert page["items"] == in_order(wanted, sort)[:limit]
    assert (page["next"] is None) is (len(wanted) <= limit)
    assert page["previous"] is None


@settings(max_examples=15)
@given(sort=SORTS, limit=st.integers(4, 15))
def test_pages_lead_to_the_end_and_back(client, shop, sort, limit):
    path, mine, made = shop
    params = {**mine, "limit": limit} | ({"sort": ",".join(sort)} if sort else {})
    pages = [get(client, path, **params)]
    while pages[-1]["next"]:
        pages.append(get(client, path, cursor=pages[-1]["next"], **params))
    assert [row for page in pages for row in page["items"]] == in_order(made, sort)
    back = [pages[-1]]
    while back[-1]["previous"]:
        back.append(get(client, path, cursor=back[-1]["previous"], **params))
    assert [page["items"] for page in reversed(back)] == [page["items"] for page in pages]
