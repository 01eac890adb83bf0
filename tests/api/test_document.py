"""The OpenAPI document: every table and operation, typed, with examples, and nothing that is secret."""

import json

import jsonschema_rs
import pytest
from starlette.testclient import TestClient

from tests.api.conftest import SHAPES, serving

METHODS = {"get": "get", "replace": "put", "update": "patch", "delete": "delete", "list": "get", "create": "post"}


@pytest.fixture(scope="module")
def document(client):
    return client.get("/openapi.json").json()


def paths_of(shape):
    table = f"/api/v1/{{database}}/{shape.name}"
    return table, table + "".join(f"/{{{key.name}}}" for key in shape.keys)


def references(node):
    """Every reference of a document."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        node = list(node.values())
    if isinstance(node, list):
        for value in node:
            yield from references(value)


def resolved(document, reference):
    """What a reference of a document leads to."""
    found = document
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_every_operation_of_every_table_is_there_and_no_other(document, name):
    shape = SHAPES[name]
    table, row = paths_of(shape)
    on_table = {METHODS[o] for o in shape.operations if o in {"list", "create"}}
    on_row = {METHODS[o] for o in shape.operations if o in {"get", "replace", "update", "delete"}}
    assert set(document["paths"][table]) == on_table
    assert set(document["paths"][row]) == on_row
    assert (f"{row}/restore" in document["paths"]) is ("restore" in shape.operations)
    for path in (table, row):
        for method, operation in document["paths"][path].items():
            assert operation["operationId"].endswith(f"_{name}")
            assert operation["parameters"][0]["schema"]["enum"]
            assert ("requestBody" in operation) is (method in {"post", "put", "patch"})
            assert {"404", "422", "500", "503"} <= set(operation["responses"])


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_the_schema_of_a_row_has_its_fields_and_none_that_is_secret(document, name):
    shape = SHAPES[name]
    schema = document["components"]["schemas"][shape.title]
    assert set(schema["properties"]) == {f.name for f in shape.fields if not f.secret}
    assert set(schema["required"]) == set(schema["properties"])
    if "create" in shape.operations:
        creation = document["components"]["schemas"][f"{shape.title}Create"]
        assert creation["additionalProperties"] is False
        assert set(creation.get("required", ())) == {f.name for f in shape.fields if f.required}


def operations(document):
    """Every operation: its name and what it says."""
    for path, found in document["paths"].items():
        yield from ((f"{method.upper()} {path}", operation) for method, operation in found.items())


def contents(operation):
    """What an operation takes and answers: where, and the content of each type."""
    found = [("body", operation["requestBody"])] if "requestBody" in operation else []
    for where, told in [*found, *operation["responses"].items()]:
        yield from ((f"{where} {kind}", content) for kind, content in told.get("content", {}).items())


def shown(document, content):
    """The examples of a content: its own, else those of its schema."""
    if "example" in content:
        return [content["example"]]
    if "examples" in content:
        told = content["examples"].values()
        return [(resolved(document, one["$ref"]) if "$ref" in one else one)["value"] for one in told]
    return of_schema(document, content.get("schema") or content["itemSchema"])


def of_schema(document, schema):
    """The examples of a schema, or of each of those of which it is one."""
    if "$ref" in schema:
        schema = resolved(document, schema["$ref"])
    return schema.get("examples") or [e for one in schema.get("anyOf", ()) for e in of_schema(document, one)]


def test_whatever_is_sent_and_answered_has_an_example_that_is_valid(document):
    for name, operation in operations(document):
        for where, content in contents(operation):
            examples = shown(document, content)
            assert examples, (name, where)
            schema = content.get("schema") or content["itemSchema"]
            validator = jsonschema_rs.validator_for({**schema, "components": document["components"]})
            for example in examples:
                assert not [error.message for error in validator.iter_errors(example)], (name, where)


def test_the_example_of_a_parameter_is_valid(document):
    found = 0
    for name, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            own = [parameter["example"]] if "example" in parameter else []
            for example in own or parameter["schema"].get("examples", ()):
                assert jsonschema_rs.is_valid(parameter["schema"], example), (name, parameter["name"])
                found += 1
    assert found > len(SHAPES)


def test_no_two_parameters_of_an_operation_have_one_name(document):
    for name, operation in operations(document):
        names = [(parameter["in"], parameter["name"]) for parameter in operation.get("parameters", ())]
        assert len(names) == len(set(names)), name


@pytest.mark.parametrize("name", [n for n in sorted(SHAPES) if "create" in SHAPES[n].operations])
def test_the_examples_of_a_body_are_read(document, name):
    shape = SHAPES[name]
    path, row = paths_of(shape)
    examples = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["examples"]
    shape.values_to_create(json.dumps(examples["one"]["value"]).encode())
    assert len(shape.values_of_many(json.dumps(examples["many"]["value"]).encode(), 2)) == 2
    for method, read in (("put", shape.values_to_replace), ("patch", shape.values_to_change)):
        if method in document["paths"][row]:
            body = document["paths"][row][method]["requestBody"]["content"]["application/json"]["example"]
            assert read(json.dumps(body).encode())


@pytest.mark.parametrize("name", ["audit_events", "categories", "products", "roles", "users"])
def test_the_examples_of_a_table_that_needs_no_other_row_are_accepted(document, database_at_head, name):
    def example(path, method, which=None):
        content = document["paths"][path][method]["requestBody"]["content"]["application/json"]
        return content["examples"][which]["value"] if which else content["example"]

    path, row = paths_of(SHAPES[name])
    with serving({database_at_head.dialect: database_at_head}) as client:
        table = path.replace("{database}", database_at_head.dialect)
        many = client.post(table, json=example(path, "post", "many"))
        assert many.status_code == 201, many.text
        if SHAPES[name].append_only:
            return
        for made in many.json():
            purge = {"purge": True} if SHAPES[name].soft_delete else {}
            assert client.delete(f"{table}/{made['id']}", params=purge).status_code == 204
        one = client.post(table, json=example(path, "post", "one"))
        assert one.status_code == 201, one.text
        address = one.headers["location"]
        replaced = client.put(address, json=example(row, "put"), headers={"if-match": one.headers["etag"]})
        assert replaced.status_code == 200, replaced.text
        assert client.patch(address, json=example(row, "patch")).status_code == 200


def test_conditions_and_their_answers_are_documented(document):
    row = document["paths"]["/api/v1/{database}/products/{id}"]
    assert "304" in row["get"]["responses"]
    for method, required in (("put", True), ("patch", False), ("delete", False)):
        header = next(p for p in row[method]["parameters"] if p["name"] == "If-Match")
        assert header["required"] is required
        assert {"409", "412", "428"} <= set(row[method]["responses"])
    assert "etag" in {name.lower() for name in row["put"]["responses"]["200"]["headers"]}
    creation = document["paths"]["/api/v1/{database}/products"]["post"]
    assert "Idempotency-Key" in {p["name"] for p in creation["parameters"]}


def test_no_secret_is_named(document):
    assert "secret_hash" not in json.dumps(document)


def test_every_reference_leads_somewhere_and_ids_are_unique(document):
    for reference in set(references(document)):
        assert resolved(document, reference), reference
    ids = [o["operationId"] for path in document["paths"].values() for o in path.values()]
    assert len(ids) == len(set(ids))
    assert document["openapi"].startswith("3.1")


def test_the_texts_of_the_models_are_in_the_document(document):
    price = document["components"]["schemas"]["Products"]["properties"]["price"]
    assert price["description"] == "Price of one piece, with two decimal places"
    assert price["pattern"] == "^-?\\d{1,10}(\\.\\d{1,2})?$"
    assert {"name": "products", "description": "Things that can be bought"} in document["tags"]


def test_the_pages_for_people_are_there_unless_they_are_switched_off(client):
    assert client.get("/docs").status_code == 200
    with serving({}, docs=False) as quiet:
        assert [quiet.get(path).status_code for path in ("/docs", "/openapi.json")] == [404, 404]


def test_behind_a_proxy_addresses_begin_with_its_path(migrated):
    with serving({"sqlite": migrated["sqlite"]}) as direct:
        client = TestClient(direct.app, root_path="/shop")
        made = client.post("/api/v1/sqlite/roles", json={"name": "behind a proxy"})
        assert made.status_code == 201
        assert made.headers["location"] == f"/shop/api/v1/sqlite/roles/{made.json()['id']}"
        assert client.get("/openapi.json").json()["servers"] == [{"url": "/shop"}]
        assert client.delete(made.headers["location"]).status_code == 204
