"""Rows of every canonical table through the API, on each engine."""

import datetime as dt

import pytest

from tests.api.conftest import SHAPES

TABLES = sorted(SHAPES)
CHANGED = {
    "text": "changed",
    "integer": 7,
    "decimal": "7.70",
    "array": ["changed"],
    "json": {"changed": [1]},
    "moment": "2025-06-30T23:59:59.000001Z",
}


def changeable(table):
    """A field whose value a test may change freely, with its new value."""
    for field in SHAPES[table].fields:
        if field.changeable and not field.column.foreign_keys and field.kind.name in CHANGED:
            value = CHANGED[field.kind.name]
            return field.name, "z@example.com" if field.name == "email" else value
    return None


@pytest.mark.parametrize("table", TABLES)
def test_a_row_of_every_table_is_read_as_it_was_written(rows, client, table):
    sent = rows.body(table)
    made = rows.create(table, **sent)
    assert {name: made[name] for name in sent} == sent
    assert set(made) == {f.name for f in SHAPES[table].readable}
    read = client.get(rows.path(table, *rows.key(table, made)))
    assert (read.status_code, read.json()) == (200, made)


@pytest.mark.parametrize("table", [t for t in TABLES if "create" in SHAPES[t].operations])
def test_a_new_row_needs_only_what_is_required_and_has_an_address(rows, client, table):
    required = {f.name for f in SHAPES[table].fields if f.required}
    body = {name: value for name, value in rows.body(table).items() if name in required}
    answer = client.post(rows.path(table), json=body)
    assert answer.status_code == 201, answer.text
    assert client.get(answer.headers["location"]).json() == answer.json()


@pytest.mark.parametrize("table", [t for t in TABLES if "update" in SHAPES[t].operations and changeable(t)])
def test_a_change_touches_only_what_it_names(rows, client, table):
    made = rows.create(table)
    name, value = changeable(table)
    answer = client.patch(rows.path(table, *rows.key(table, made)), json={name: value})
    assert answer.status_code == 200, answer.text
    by_server = {"updated_at", "line_total", "active_name"}
    assert answer.json() | dict.fromkeys(by_server) == made | {name: value} | dict.fromkeys(by_server)


@pytest.mark.parametrize("table", [t for t in TABLES if "delete" in SHAPES[t].operations])
def test_a_deleted_row_is_gone(rows, client, table):
    path = rows.path(table, *rows.key(table, rows.create(table)))
    answer = client.delete(path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert client.get(path).status_code == 404
    assert client.delete(path).status_code == 404
    again = client.patch(path, json={})
    assert (again.status_code, again.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize("table", TABLES)
def test_a_list_goes_through_all_rows_in_the_order_of_their_keys(rows, client, table):
    made = [rows.create(table) for _ in range(3)]
    seen, after = [], None
    while True:
        page = client.get(rows.path(table), params={"limit": 2} | ({"cursor": after} if after else {})).json()
        seen += page["items"]
        after = page["next"]
        assert len(page["items"]) <= 2
        if after is None:
            break
    keys = [tuple(rows.key(table, row)) for row in seen]
    assert len(set(keys)) == len(keys)
    assert all(row in seen for row in made)
    if all(isinstance(part, int) for part in keys[0]):
        assert keys == sorted(keys)
    assert client.get(rows.path(table)).json()["items"][: len(seen)] == seen[:50]


def test_a_list_is_filtered_by_values_and_by_null(rows, client):
    wanted, other = rows.create("products"), rows.create("products")
    answer = client.get(rows.path("products"), params={"sku": wanted["sku"], "category_id": wanted["category_id"]})
    assert answer.json() == {"items": [wanted], "next": None, "previous": None}
    client.patch(rows.path("products", other["id"]), json={"description": None})
    found = client.get(rows.path("products"), params={"description": "is:null", "sku": f"eq:{other['sku']}"}).json()
    assert [row["id"] for row in found["items"]] == [other["id"]]
    for name in ("price", "status"):
        found = client.get(rows.path("products"), params={"sku": wanted["sku"], name: wanted[name]}).json()
        assert found["items"] == [wanted], name


def test_a_value_that_begins_like_an_operator_is_written_with_eq(rows, client):
    made = rows.create("roles", name="in:trouble")
    answer = client.get(rows.path("roles"), params={"name": "eq:in:trouble"})
    assert answer.json()["items"] == [made]
    assert client.get(rows.path("roles"), params={"name": "between:trouble"}).status_code == 422
    client.delete(rows.path("roles", made["id"]))


def test_a_change_of_nothing_returns_the_row_as_it_is(rows, client):
    made = rows.create("products")
    answer = client.patch(rows.path("products", made["id"]), json={})
    assert (answer.status_code, answer.json()) == (200, made)


def test_a_change_to_the_same_value_finds_the_row(rows, client):
    made = rows.create("user_roles")
    answer = client.patch(rows.path("user_roles", made["id"]), json={"role_id": made["role_id"]})
    assert (answer.status_code, answer.json()) == (200, made)


def test_the_moment_of_a_change_is_kept_by_the_server(rows, client):
    made = rows.create("products")
    changed = client.patch(rows.path("products", made["id"]), json={"name": "new"}).json()
    before, after = (dt.datetime.fromisoformat(row["updated_at"]) for row in (made, changed))
    assert before < after
    assert changed["created_at"] == made["created_at"]


def test_a_row_with_two_keys_has_both_in_its_address(rows, client):
    made = rows.create("order_lines")
    answer = client.get(f"{rows.path('order_lines')}/{made['order_id']}/{made['line_no']}")
    assert answer.json() == made
    assert client.get(rows.path("order_lines", made["order_id"])).status_code == 404
    assert client.get(rows.path("order_lines", made["order_id"], made["line_no"], 1)).status_code == 404


def test_what_the_server_computes_follows_what_it_is_computed_from(rows, client):
    made = rows.create("order_lines", quantity=3, unit_price="10.10")
    assert made["line_total"] == "30.30"
    changed = client.patch(rows.path("order_lines", *rows.key("order_lines", made)), json={"quantity": 4})
    assert changed.json()["line_total"] == "40.40"


@pytest.mark.parametrize("table", TABLES)
def test_what_the_server_makes_cannot_be_sent(rows, client, table):
    made = rows.create(table)
    forbidden = [f.name for f in SHAPES[table].fields if not f.changeable]
    for name in forbidden:
        for method, path in (("POST", rows.path(table)), ("PATCH", rows.path(table, *rows.key(table, made)))):
            operation = "create" if method == "POST" else "update"
            field = next(f for f in SHAPES[table].fields if f.name == name)
            if operation not in SHAPES[table].operations or (method == "POST" and field.writable):
                continue
            answer = client.request(method, path, json={name: made.get(name, "x")})
            assert answer.status_code == 422
            assert {"loc": ["body", name], "type": "extra_forbidden", "msg": "Extra inputs are not permitted"} in (
                answer.json()["errors"]
            )


def test_rows_of_an_append_only_table_are_never_changed(rows, client):
    made = rows.create("audit_events")
    for method in ("PATCH", "DELETE", "PUT"):
        answer = client.request(method, rows.path("audit_events", made["id"]), json={})
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_a_secret_never_leaves_and_cannot_be_sent(rows, client):
    made = rows.create("api_keys")
    path = rows.path("api_keys", made["id"])
    answers = [client.get(path), client.get(rows.path("api_keys")), client.patch(path, json={"name": "renamed"})]
    assert all(answer.status_code == 200 and "secret" not in answer.text for answer in answers)
    assert client.patch(path, json={"secret_hash": "x"}).status_code == 422
    assert client.post(rows.path("api_keys"), json={}).headers["allow"] == "GET, HEAD"
    filtered = client.get(rows.path("api_keys"), params={"secret_hash": "x"})
    assert filtered.status_code == 422


def test_two_tables_that_point_at_each_other_are_joined_by_a_change(rows, client):
    room = rows.create("rooms")
    user = client.patch(rows.path("users", room["host_id"]), json={"current_room_id": room["id"]})
    assert user.json()["current_room_id"] == room["id"]
    assert client.delete(rows.path("rooms", room["id"])).status_code == 204
    assert client.get(rows.path("users", room["host_id"])).json()["current_room_id"] is None


def test_an_address_is_kept_in_lower_case(rows, client):
    made = rows.create("users", email="Ada@Example.COM")
    assert made["email"] == "ada@example.com"
    client.delete(rows.path("users", made["id"]))


def test_head_answers_like_get_without_a_body(rows, client):
    made = rows.create("products")
    path = rows.path("products", made["id"])
    head, get = client.head(path), client.get(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]


def test_many_writers_at_once_lose_nothing(rows, client):
    from concurrent.futures import ThreadPoolExecutor

    made = rows.create("order_lines")
    bodies = [
        {"order_id": made["order_id"], "product_id": made["product_id"], "quantity": 1, "unit_price": "1.00"}
        | {"line_no": 100_000 + n}
        for n in range(40)
    ]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda body: client.post(rows.path("order_lines"), json=body), bodies))
    assert [answer.status_code for answer in answers] == [201] * 40
    found = client.get(rows.path("order_lines"), params={"order_id": made["order_id"], "limit": 100}).json()["items"]
    assert len(found) == 41
