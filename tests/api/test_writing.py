"""Rows that are written: one or many, replaced, changed in the state that a client knows, deleted and taken back."""

import uuid
from functools import partial

import pytest
import sqlalchemy as sa

from bothways.crud.changes import Changes
from bothways.crud.shapes import shape_of
from bothways.crud.violations import refusal
from bothways.dialects.performing import BEGIN, Answer, Features, perform
from bothways.errors import Conflict
from tests.api.conftest import SHAPES, serving

TABLES = sorted(SHAPES)


def offering(operation):
    return [table for table in TABLES if operation in SHAPES[table].operations]


def faults(answer):
    assert answer.status_code == 422, answer.text
    return {(".".join(map(str, fault["loc"])), fault["type"]) for fault in answer.json()["errors"]}


@pytest.mark.parametrize("table", offering("create"))
def test_many_rows_are_created_at_once_in_their_order(rows, client, table):
    bodies = [rows.body(table) for _ in range(3)]
    required = {f.name for f in SHAPES[table].fields if f.required}
    bodies.append({name: value for name, value in rows.body(table).items() if name in required})
    answer = client.post(rows.path(table), json=bodies)
    assert answer.status_code == 201, answer.text
    assert "location" not in answer.headers
    made = answer.json()
    assert [{name: row[name] for name in body} for body, row in zip(bodies, made, strict=True)] == bodies
    for row in made:
        assert client.get(rows.path(table, *rows.key(table, row))).json() == row


def test_hundreds_of_rows_are_created_in_their_order(rows, client):
    names = [f"many {i:03}" for i in range(300)]
    made = client.post(rows.path("roles"), json=[{"name": name} for name in names]).json()
    assert [row["name"] for row in made] == names
    assert [row["id"] for row in made] == sorted(row["id"] for row in made)
    for row in made:
        client.delete(rows.path("roles", row["id"]))


def test_where_one_row_is_refused_none_is_created_and_the_answer_says_which(rows, client):
    bodies = [rows.body("roles") for _ in range(5)]
    bodies[3]["name"] = bodies[1]["name"]
    answer = client.post(rows.path("roles"), json=bodies)
    assert answer.status_code == 409, answer.text
    problem = answer.json()
    assert (problem["constraint"], problem["errors"][0]["loc"]) == ("uq_roles_name", ["body", 3, "name"])
    for body in bodies:
        assert client.get(rows.path("roles"), params={"name": f"eq:{body['name']}"}).json()["items"] == []


def test_a_row_that_breaks_a_check_is_named_by_its_place(rows, client):
    bodies = [rows.body("products") for _ in range(3)]
    bodies[1]["price"] = "-1.00"
    answer = client.post(rows.path("products"), json=bodies)
    assert (answer.status_code, answer.json()["constraint"]) == (422, "ck_products_price")
    assert [fault["loc"] for fault in answer.json()["errors"]] == [["body", 1, "price"]]


def test_faults_of_many_bodies_are_named_by_their_place(rows, client):
    bodies = [rows.body("products") for _ in range(3)]
    bodies[0]["price"] = "x"
    del bodies[2]["sku"]
    answer = client.post(rows.path("products"), json=bodies)
    assert faults(answer) == {("body.0.price", "decimal_text"), ("body.2.sku", "missing")}


def test_too_many_rows_and_none_are_refused(rows, client, migrated, engine_name):
    assert faults(client.post(rows.path("roles"), json=[])) == {("body", "rows")}
    with serving({engine_name: migrated[engine_name]}, bulk_max=2) as small:
        bodies = [rows.body("roles") for _ in range(3)]
        assert faults(small.post(rows.path("roles"), json=bodies)) == {("body", "rows")}


@pytest.mark.parametrize("table", offering("replace"))
def test_a_replacement_sets_what_it_leaves_out_to_its_default(rows, client, table):
    made, like = rows.create(table), rows.body(table)
    shape = SHAPES[table]
    bare = {name: value for name, value in like.items() if name in {f.name for f in shape.fields if f.required}}
    keys = {f.name for f in shape.keys}
    path = rows.path(table, *rows.key(table, made))
    sent = {name: value for name, value in bare.items() if name not in keys}
    answer = client.put(path, json=sent, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    replaced = answer.json()
    assert {name: replaced[name] for name in sent} == sent
    assert client.get(path).json() == replaced
    fresh = rows.body(table) if "create" in shape.operations else None
    if fresh is not None:
        fresh = client.post(rows.path(table), json={name: fresh[name] for name in bare}).json()
        by_default = {f.name for f in shape.fields if f.changeable and not f.required and f.kind.name != "moment"}
        assert {name: replaced[name] for name in by_default} == {name: fresh[name] for name in by_default}


def test_a_replacement_needs_what_is_required_and_the_state_it_is_about(rows, client):
    made = rows.create("products")
    path = rows.path("products", made["id"])
    body = {"sku": made["sku"], "name": "new", "price": "1.00"}
    without = client.put(path, json=body)
    assert (without.status_code, without.json()["code"]) == (428, "precondition-required")
    assert faults(client.put(path, json={"name": "new"}, headers={"If-Match": "*"})) == {
        ("body.sku", "missing"),
        ("body.price", "missing"),
    }
    assert client.get(path).json() == made
    nowhere = client.put(rows.path("products", made["category_id"]), json=body, headers={"If-Match": "*"})
    assert nowhere.status_code == 404


def test_a_change_of_an_earlier_state_is_refused(rows, client):
    made = rows.create("products")
    path = rows.path("products", made["id"])
    tag = client.get(path).headers["etag"]
    first = client.patch(path, json={"name": "first"}, headers={"If-Match": tag})
    assert first.status_code == 200
    for method, body in (("PATCH", {"name": "second"}), ("PUT", {"sku": "x", "name": "y", "price": "1.00"})):
        late = client.request(method, path, json=body, headers={"If-Match": tag})
        assert (late.status_code, late.json()["code"]) == (412, "precondition-failed")
    assert client.delete(path, headers={"If-Match": tag}).status_code == 412
    assert client.get(path).json() == first.json()
    assert client.get(path).headers["etag"] == first.headers["etag"] != tag
    assert client.delete(path, headers={"If-Match": f'"other", {first.headers["etag"]}'}).status_code == 204


def test_every_answer_with_a_row_has_the_tag_of_the_row(rows, client):
    made = client.post(rows.path("products"), json=rows.body("products"))
    path = made.headers["location"]
    assert client.get(path).headers["etag"] == made.headers["etag"]
    body = {"sku": "tagged", "name": "y", "price": "1.00"}
    for method, headers in (("PATCH", {}), ("PUT", {"If-Match": "*"})):
        answer = client.request(method, path, json=body, headers=headers)
        assert answer.headers["etag"] == client.get(path).headers["etag"]
    assert client.delete(path, params={"purge": "true"}).status_code == 204


def test_a_client_that_has_the_row_gets_no_second_copy(rows, client):
    made = rows.create("products", description="long " * 1000)
    path = rows.path("products", made["id"])
    got = client.get(path)
    assert got.headers["content-encoding"] in {"br", "gzip"}
    again = client.get(path, headers={"If-None-Match": got.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    assert client.patch(path, json={"name": "n"}, headers={"If-Match": got.headers["etag"]}).status_code == 200
    assert client.get(path, headers={"If-None-Match": got.headers["etag"]}).status_code == 200


@pytest.mark.parametrize("value", ["abc", "", ",", 'W/x, "a"'])
def test_an_if_match_that_is_no_list_of_tags_is_named(rows, client, value):
    made = rows.create("roles")
    answer = client.patch(rows.path("roles", made["id"]), json={"name": "x"}, headers={"If-Match": value})
    assert faults(answer) == {("header.If-Match", "etag")}


def test_a_service_may_ask_every_change_for_the_state_it_is_about(rows, migrated, engine_name):
    made = rows.create("products")
    path = rows.path("products", made["id"])
    with serving({engine_name: migrated[engine_name]}, require_if_match=True) as strict:
        assert strict.patch(path, json={"name": "x"}).status_code == 428
        assert strict.delete(path).status_code == 428
        assert strict.patch(path, json={"name": "x"}, headers={"If-Match": "*"}).status_code == 200


def test_a_deleted_product_is_hidden_until_it_is_restored(rows, client):
    made = rows.create("products")
    path = rows.path("products", made["id"])
    tag = client.get(path).headers["etag"]
    assert client.delete(path, headers={"If-Match": tag}).status_code == 204
    assert client.get(path).status_code == 404
    assert client.patch(path, json={"name": "x"}).status_code == 404
    assert client.delete(path).status_code == 404
    assert client.get(rows.path("products"), params={"sku": f"eq:{made['sku']}"}).json()["items"] == []
    restored = client.post(f"{path}/restore")
    assert restored.status_code == 200, restored.text
    moved = {"updated_at"}
    assert restored.json() | dict.fromkeys(moved) == made | dict.fromkeys(moved)
    assert client.get(path).json() == restored.json()
    assert client.post(f"{path}/restore").json() == restored.json()


def test_the_tag_of_a_deleted_row_is_told_and_a_restore_may_ask_for_it(rows, client):
    path = rows.path("products", rows.create("products")["id"])
    before = client.get(path).headers["etag"]
    client.delete(path)
    deleted = client.get(path, params={"deleted": "include"})
    assert client.post(f"{path}/restore", headers={"If-Match": before}).status_code == 412
    assert client.post(f"{path}/restore", headers={"If-Match": deleted.headers["etag"]}).status_code == 200
    assert "etag" not in client.get(path, params={"fields": "id"}).headers
    same = client.get(path, params={"deleted": "include"}, headers={"If-None-Match": client.get(path).headers["etag"]})
    assert same.status_code == 304


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_parameter_that_a_change_does_not_have_is_refused(rows, client, method):
    made = rows.create("products")
    path = rows.path("products") if method == "POST" else rows.path("products", made["id"])
    answer = client.request(method, path, params={"dry_run": "true"}, json={"name": "x"}, headers={"If-Match": "*"})
    assert faults(answer) == {("query.dry_run", "unknown_parameter")}
    assert client.get(rows.path("products", made["id"])).json() == made


def test_a_purged_product_is_gone_deleted_before_or_not(rows, client):
    for before in (False, True):
        path = rows.path("products", rows.create("products")["id"])
        if before:
            client.delete(path)
        assert client.delete(path, params={"purge": "true"}).status_code == 204
        assert client.post(f"{path}/restore").status_code == 404


def test_a_delete_takes_no_other_parameter_and_purges_only_where_there_is_a_choice(rows, client):
    product = rows.path("products", rows.create("products")["id"])
    role = rows.path("roles", rows.create("roles")["id"])
    assert faults(client.delete(product, params={"purge": "yes"})) == {("query.purge", "purge")}
    assert faults(client.delete(product, params={"force": "true"})) == {("query.force", "unknown_parameter")}
    assert faults(client.delete(role, params={"purge": "true"})) == {("query.purge", "unknown_parameter")}
    assert client.post(f"{role}/restore").status_code == 404
    refused = client.get(f"{product}/restore")
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")


def test_when_a_row_was_deleted_cannot_be_sent(rows, client):
    moment = {"deleted_at": "2024-01-01T00:00:00Z"}
    made = rows.create("products")
    for answer in (
        client.post(rows.path("products"), json=rows.body("products") | moment),
        client.patch(rows.path("products", made["id"]), json=moment),
    ):
        assert faults(answer) == {("body.deleted_at", "extra_forbidden")}


def asked(work):
    """What an operation asks where every statement touches one row."""
    answer = Answer([("a row",)], 1, (1,))
    asks = []
    try:
        found = next(work)
        while True:
            asks.append("begin" if found is BEGIN else type(found.statement).__name__)
            found = work.send(answer)
    except StopIteration:
        return asks


def test_a_change_that_asks_for_no_state_is_one_statement():
    changes, key = Changes(SHAPES["products"]), [uuid.uuid4()]
    returning, plain = Features(True, True, True), Features(True, False, False)
    assert asked(changes.create(returning, {"name": "x"})) == ["Insert"]
    assert asked(changes.change(returning, key, {"name": "x"})) == ["Update"]
    assert asked(changes.change(plain, key, {"name": "x"})) == ["Update", "Select"]
    assert asked(changes.change(returning, key, {"name": "x"}, lambda row: None)) == ["begin", "Select", "Update"]
    assert asked(changes.remove(returning, key)) == ["Update"]
    assert asked(changes.purge(returning, key)) == ["Delete"]
    many = [{"name": "x"}] * 1000
    assert asked(changes.create_many(returning, many)) == ["begin", "Insert"]


@pytest.mark.parametrize("table", TABLES)
def test_no_body_of_any_table_takes_what_the_server_makes_or_hides(rows, client, table):
    shape, made = SHAPES[table], rows.create(table)
    path = rows.path(table, *rows.key(table, made))
    strangers = {"is_admin": True}
    replaced = {f.name: "x" for f in shape.fields if not f.changeable} | strangers
    created = {f.name: "x" for f in shape.fields if not f.writable} | strangers
    if "replace" in shape.operations:
        answer = client.put(path, json=replaced, headers={"If-Match": "*"})
        assert {(f"body.{name}", "extra_forbidden") for name in replaced} <= faults(answer)
    if "create" in shape.operations:
        answer = client.post(rows.path(table), json=[rows.body(table) | created])
        assert {(f"body.0.{name}", "extra_forbidden") for name in created} == faults(answer)
    assert client.get(path).json() == made


def test_a_restored_row_must_not_collide():
    things = sa.Table(
        "things",
        sa.MetaData(),
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(20)),
        sa.Column("removed", sa.DateTime(), info={"soft_delete": True}),
        sa.Column("deleted_at", sa.String(20)),
    )
    sa.Index("uq_things_name", things.c.name, unique=True, sqlite_where=things.c.removed.is_(None))
    shape = shape_of(things)
    assert shape.soft_delete is not None
    assert [f.name for f in shape.fields if f.writable] == ["name", "deleted_at"]
    changes = Changes(shape)
    engine = sa.create_engine("sqlite://", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        things.metadata.create_all(connection)
        for _ in range(2):
            key = perform(connection, partial(changes.create, values={"name": "one"}))[0]
            if key == 1:
                assert perform(connection, partial(changes.remove, key=[key]))
                assert not perform(connection, partial(changes.remove, key=[key]))
        with pytest.raises(sa.exc.IntegrityError) as refused:
            perform(connection, partial(changes.restore, key=[1]))
        assert perform(connection, partial(changes.purge, key=[2]))
        assert perform(connection, partial(changes.restore, key=[1]))[1] == "one"
    found = refusal(refused.value, "sqlite", shape, "db", deleting=False)
    assert isinstance(found, Conflict)


def test_a_row_is_replaced_after_another_one_was_deleted(rows, client):
    gone = client.post(rows.path("products"), json=rows.body("products")).headers["location"]
    assert client.delete(gone).status_code == 204
    path = client.post(rows.path("products"), json=rows.body("products")).headers["location"]
    body = {"sku": f"after a delete on {rows.database}", "name": "y", "price": "1.00"}
    assert client.put(path, json=body, headers={"If-Match": "*"}).status_code == 200
