"""The document's schemas: an endpoint's never takes the place of a table's, whatever a project calls its tables."""

from bothways.web.components import keep_apart
from tests.api.conftest import SHAPES


def test_a_name_that_a_table_has_is_changed_everywhere():
    reference = {"$ref": "#/components/schemas/Users"}
    document = {
        "paths": {"/a": {"get": {"responses": {"200": {"schema": dict(reference)}}}}},
        "components": {
            "schemas": {
                "Users": {"title": "Users", "properties": {"next": dict(reference)}},
                "ServiceUsers": {"title": "ServiceUsers"},
                "Other": {"items": [dict(reference)]},
            }
        },
    }
    keep_apart(document, {"Users", "Orders"})
    schemas = document["components"]["schemas"]
    new = {"$ref": "#/components/schemas/ServiceServiceUsers"}
    assert set(schemas) == {"ServiceServiceUsers", "ServiceUsers", "Other"}
    assert schemas["ServiceServiceUsers"] == {"title": "ServiceServiceUsers", "properties": {"next": new}}
    assert schemas["Other"]["items"] == [new]
    assert document["paths"]["/a"]["get"]["responses"]["200"]["schema"] == new


def test_users_of_the_service_and_the_table_users_are_described_apart(client):
    document = client.get("/openapi.json").json()
    schemas, path = document["components"]["schemas"], document["paths"]["/api/v1/users"]
    reference = path["get"]["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    page = schemas[reference.rpartition("/")[2]]
    assert {"items", "next"} <= set(page["properties"])
    assert set(schemas["Users"]["properties"]) == {f.name for f in SHAPES["users"].readable}


def test_a_body_that_is_not_utf_8_is_explained(client):
    answer = client.post("/api/v1/users", content=b"\xd4", headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == ["body"]
