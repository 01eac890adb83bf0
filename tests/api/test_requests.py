"""Requests that do not fit: each gets a problem document that says where, and never what was sent."""

import json
import uuid

import pytest
from starlette.websockets import WebSocketDisconnect

CANARY = "canary-5f2c9"
SOMEONE = "00000000-0000-4000-8000-000000000000"


def faults(answer, status=422):
    """The places and rules of an answer's faults."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    assert CANARY not in answer.text
    problem = answer.json()
    assert all(set(fault) == {"loc", "type", "msg"} for fault in problem["errors"])
    return {(".".join(map(str, fault["loc"])), fault["type"]) for fault in problem["errors"]}


def send(client, path, body, method="POST", kind="application/json"):
    return client.request(method, path, content=body, headers={"content-type": kind})


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"colour": CANARY}, ("body.colour", "extra_forbidden")),
        ({"name": None}, ("body.name", "string_type")),
        ({"name": 5}, ("body.name", "string_type")),
        ({"name": "x" * 161}, ("body.name", "string_too_long")),
        ({"name": f"{CANARY}\0"}, ("body.name", "string_pattern_mismatch")),
        ({"tags": [CANARY, "\0"]}, ("body.tags.1", "string_pattern_mismatch")),
        ({"tags": [CANARY, None]}, ("body.tags.1", "string_type")),
        ({"tags": CANARY}, ("body.tags", "list_type")),
        ({"status": CANARY}, ("body.status", "literal_error")),
        ({"price": "1e2"}, ("body.price", "decimal_text")),
        ({"price": "19.999"}, ("body.price", "decimal_max_places")),
        ({"price": "99999999999"}, ("body.price", "decimal_whole_digits")),
        ({"price": True}, ("body.price", "decimal_text")),
        ({"price": "٣"}, ("body.price", "decimal_text")),
        ({"category_id": CANARY}, ("body.category_id", "uuid_parsing")),
        ({"attributes": {"a": "\0"}}, ("body.attributes", "json_nul")),
        ({"attributes": {"a\0": 1}}, ("body.attributes", "json_nul")),
        ({"attributes": {"a": 2**63}}, ("body.attributes", "json_number")),
        ({"attributes": None}, ("body.attributes", "json_null")),
        ({"attributes": json.loads("[" * 40 + "]" * 40)}, ("body.attributes", "json_depth")),
    ],
)
def test_a_value_that_does_not_fit_is_named_by_its_place(rows, client, values, fault):
    body = rows.body("products") | values
    assert faults(client.post(rows.path("products"), json=body)) == {fault}
    made = rows.create("products")
    assert faults(client.patch(rows.path("products", made["id"]), json=values)) == {fault}


@pytest.mark.parametrize(
    ("table", "values", "fault"),
    [
        ("rooms", {"active_users": 2**31}, ("body.active_users", "less_than_equal")),
        ("rooms", {"active_users": 1.5}, ("body.active_users", "int_type")),
        ("rooms", {"active_users": True}, ("body.active_users", "int_type")),
        ("rooms", {"active_users": "1"}, ("body.active_users", "int_type")),
        ("product_owners", {"share_percent": 32768}, ("body.share_percent", "less_than_equal")),
        ("users", {"email": CANARY}, ("body.email", "value_not_storable")),
        ("users", {"is_active": 1}, ("body.is_active", "bool_type")),
        ("audit_events", {"ip_address": CANARY}, ("body.ip_address", "ip_address")),
        ("audit_events", {"ip_address": "fe80::1%eth0"}, ("body.ip_address", "value_not_storable")),
        ("audit_events", {"ip_address": 1}, ("body.ip_address", "ip_address")),
        ("orders", {"placed_at": "2024-01-01T00:00:00"}, ("body.placed_at", "moment")),
        ("orders", {"placed_at": 1704067200}, ("body.placed_at", "moment")),
        ("orders", {"placed_at": "2024-01-01T00:00:00.1234567Z"}, ("body.placed_at", "moment")),
        ("orders", {"placed_at": "9999-12-31T23:59:59-01:00"}, ("body.placed_at", "moment_range")),
    ],
)
def test_a_value_of_a_wrong_type_or_range_is_refused(rows, client, table, values, fault):
    assert faults(client.post(rows.path(table), json=rows.body(table) | values)) == {fault}


def test_a_whole_number_may_be_written_with_a_point(rows, client):
    body = json.dumps(rows.body("rooms") | {"active_users": "HERE"}).replace('"HERE"', "4.0")
    answer = send(client, rows.path("rooms"), body)
    assert (answer.status_code, answer.json()["active_users"]) == (201, 4)


def test_every_fault_is_told_at_once(rows, client):
    answer = client.post(rows.path("products"), json={"price": "x", "status": "x", "colour": 1})
    assert faults(answer) == {
        ("body.sku", "missing"),
        ("body.name", "missing"),
        ("body.price", "decimal_text"),
        ("body.status", "literal_error"),
        ("body.colour", "extra_forbidden"),
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '"text"',
        '{"sku": "a"} more',
        '{"sku": "\\ud800"}',
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        "[" * 100_000,
    ],
)
def test_a_body_that_is_not_a_json_object_is_refused(rows, client, text):
    answer = send(client, rows.path("products"), text)
    assert {place for place, _ in faults(answer)} == {"body"}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "-1e400"])
@pytest.mark.parametrize("place", ["price", "attributes"])
def test_numbers_that_json_does_not_have_are_refused(rows, client, number, place):
    body = json.dumps(rows.body("products") | {place: "HERE"}).replace('"HERE"', number)
    assert {where for where, _ in faults(send(client, rows.path("products"), body))} == {f"body.{place}"}


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/merge-patch+json", ""],
)
def test_only_json_is_taken(rows, client, kind):
    answer = send(client, rows.path("products"), "{}", kind=kind)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")


def test_a_body_that_is_too_large_is_refused_whether_or_not_it_tells_its_length(rows, client):
    body = json.dumps(rows.body("products") | {"description": "x" * 2_000_000}).encode()
    told = send(client, rows.path("products"), body)
    untold = send(client, rows.path("products"), iter([body[:1_000_000], body[1_000_000:]]))
    for answer in (told, untold):
        assert (answer.status_code, answer.json()["code"]) == (413, "content-too-large"), answer.text
    lied = client.post(rows.path("products"), content=b"{}", headers={"content-length": "9" * 30})
    assert lied.status_code == 413


def test_a_large_text_within_the_limit_is_kept(rows, client):
    text = "漢" * 200_000
    made = rows.create("rooms", initial_code=text)
    assert client.get(rows.path("rooms", made["id"])).json()["initial_code"] == text


def test_an_unknown_table_or_database_is_not_found_and_the_nearest_is_named(rows, client):
    answer = client.get(rows.path("produts"))
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert answer.json()["hint"].startswith("did you mean products or ")
    answer = client.get("/api/v1/sqlit/products")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-database")
    assert "sqlite" in answer.json()["hint"]


@pytest.mark.parametrize("path", ["/nowhere", "/api", "/api/v2/sqlite/products", "/api/v1/", "/%2e%2e/etc/passwd"])
def test_other_addresses_are_not_found(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_a_row_that_is_not_there_is_not_found(rows, client):
    for method in ("GET", "PATCH", "DELETE"):
        answer = client.request(method, rows.path("products", uuid.uuid4()), json={"name": "x"})
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize(
    ("key", "fault"),
    [
        ("1", "uuid_parsing"),
        (CANARY, "uuid_parsing"),
        ("%00", "uuid_parsing"),
        ("..%2f..%2fetc%2fpasswd", "uuid_parsing"),
        ("%ff", "utf8"),
    ],
)
def test_a_key_that_cannot_be_one_is_refused(rows, client, key, fault):
    answer = client.get(f"{rows.path('products')}/{key}")
    assert {rule for _, rule in faults(answer)} == {fault}


@pytest.mark.parametrize("key", ["99999999999999999999", "1.5", "x", "-9223372036854775809"])
def test_a_number_that_cannot_be_a_key_is_refused(rows, client, key):
    assert {place for place, _ in faults(client.get(rows.path("audit_events", key)))} == {"path.id"}


@pytest.mark.parametrize("path", ["products/", "order_lines/x/", "products//"])
def test_an_address_with_an_empty_part_is_not_found(rows, client, path):
    assert client.get(f"/api/v1/{rows.database}/{path}").status_code == 404


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("limit=0", ("query.limit", "limit")),
        ("limit=101", ("query.limit", "limit")),
        ("limit=x", ("query.limit", "limit")),
        ("limit=%C2%B2", ("query.limit", "limit")),
        (f"cursor={CANARY}", ("query.cursor", "cursor")),
        ("cursor=W10", ("query.cursor", "cursor")),
        ("cursor=WyJ4Il0", ("query.cursor", "cursor")),
        ("cursor=%00", ("query.cursor", "cursor")),
        ("colour=red", ("query.colour", "unknown_parameter")),
        ("colour.of=red", ("query.colour.of", "unknown_parameter")),
        ("attributes=1", ("query.attributes", "operator")),
        ("attributes.0=1", ("query.attributes.0", "path")),
        ("attributes.a=in:1,x", ("query.attributes.a", "value")),
        ("price.a=1", ("query.price.a", "path")),
        ("limit=1&limit=2", ("query.limit", "repeated")),
        ("sort=colour", ("query.sort", "unknown_field")),
        ("sort=description", ("query.sort", "unknown_field")),
        ("sort=sku,-sku", ("query.sort", "repeated")),
        ("fields=colour", ("query.fields", "unknown_name")),
        ("fields=", ("query.fields", "unknown_name")),
        ("expand=colour", ("query.expand", "unknown_name")),
        ("count=all", ("query.count", "unknown_word")),
        ("format=xml", ("query.format", "unknown_word")),
        ("format=csv&count=exact", ("query.count", "export")),
        ("format=csv&cursor=x", ("query.cursor", "export")),
        ("format=csv&expand=category", ("query.expand", "export")),
        ("tags=red", ("query.tags", "operator")),
        ("status=gt:draft", ("query.status", "operator")),
        ("price=between:1", ("query.price", "between")),
        ("price=in:" + ",".join("1" * 300), ("query.price", "too_many")),
        ("name=like:" + "%25" * 20, ("query.name", "pattern")),
        ("sku=%00", ("query.sku", "string_pattern_mismatch")),
        ("price=gtr:10", ("query.price", "operator")),
        ("price=is:nothing", ("query.price", "operator")),
        (f"price={CANARY}", ("query.price", "decimal_text")),
        ("status=1", ("query.status", "literal_error")),
        ("sku=%ff", ("query.query", "query_string")),
        ("&".join(f"a{n}=1" for n in range(200)), ("query.query", "query_string")),
    ],
)
def test_a_query_that_does_not_fit_is_refused(rows, client, query, fault):
    assert faults(client.get(f"{rows.path('products')}?{query}")) == {fault}


@pytest.mark.parametrize(
    "text",
    ["' OR '1'='1", "x'; DROP TABLE products; --", "%' OR 1=1 --", "\\", "${7*7}", "{{7*7}}", "a\nb", "%s", ":sku"],
)
def test_a_filter_is_a_value_and_nothing_else(rows, client, text):
    made = rows.create("products", sku=text)
    rows.create("products")
    found = client.get(rows.path("products"), params={"sku": text}).json()["items"]
    assert found == [made]
    client.delete(rows.path("products", made["id"]))


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "products", "GET, HEAD, POST"),
        ("DELETE", "products", "GET, HEAD, POST"),
        ("POST", f"products/{SOMEONE}", "DELETE, GET, HEAD, PATCH, PUT"),
        ("OPTIONS", f"products/{SOMEONE}", "DELETE, GET, HEAD, PATCH, PUT"),
        ("BREW", "products", "GET, HEAD, POST"),
    ],
)
def test_a_method_that_an_address_lacks_is_told_which_it_has(rows, client, method, path, allow):
    answer = client.request(method, f"/api/v1/{rows.database}/{path}")
    assert (answer.status_code, answer.headers["allow"], answer.json()["code"]) == (405, allow, "method-not-allowed")


def test_endpoints_that_are_not_tables_tell_their_methods_too(client):
    answer = client.post("/health/live")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_every_answer_has_the_headers_that_protect_browsers(client):
    for path in ("/health/live", "/nowhere", "/docs"):
        headers = client.get(path).headers
        assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY")
        assert (headers["referrer-policy"], headers["cache-control"]) == ("no-referrer", "no-store")


def test_a_websocket_is_refused_where_there_is_none(client):
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/api/v1/sqlite/products"):
        pass
