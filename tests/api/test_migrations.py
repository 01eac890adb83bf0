"""Migrations over HTTP, to be read: branches, revisions with their SQL, changes, the graph, and who fits what."""

import pytest

from bothways.urls import DatabaseURL
from tests.api.conftest import migrate, serving
from tests.tiny import with_three_revisions

API = "/api/v1"


def test_branches_are_listed_with_the_databases_that_follow_them(client):
    found = {b["name"]: b for b in client.get(f"{API}/branches").json()["branches"]}
    assert set(found) == {"postgresql", "mysql", "sqlite"}
    assert found["mysql"]["databases"] == ["mysql"]
    assert found["mysql"]["heads"] == ["my_0018"]
    assert found["mysql"]["revisions"] == 18


def test_the_revisions_of_a_branch_come_from_base_to_head(client, engine_name):
    listed = client.get(f"{API}/branches/{engine_name}/revisions").json()["revisions"]
    assert listed[0]["parents"] == []
    assert [r["parents"] for r in listed[1:]] == [[r["id"]] for r in listed[:-1]]
    assert [r["head"] for r in listed] == [False] * (len(listed) - 1) + [True]
    assert {r["change"] for r in listed} >= {"initial", "add-api-keys"}


def test_a_revision_has_its_source_its_words_and_its_sql_both_ways(client, engine_name):
    found = client.get(f"{API}/branches/{engine_name}/revisions/drop-coupon-code").json()
    assert found["docstring"].startswith("Drop orders.coupon_code")
    assert "def upgrade()" in found["source"]
    assert any("DROP COLUMN coupon_code" in statement for statement in found["up"]["statements"])
    assert any("ADD COLUMN coupon_code" in statement for statement in found["down"]["statements"])
    assert found["up"]["problem"] is None
    assert found["compatibility"]["breaking"]
    assert found["proof"] is None
    by_id = client.get(f"{API}/branches/{engine_name}/revisions/{found['id']}")
    assert by_id.json() == found


def test_a_revision_that_only_adds_is_compatible(client, engine_name):
    found = client.get(f"{API}/branches/{engine_name}/revisions/add-api-keys").json()
    assert found["compatibility"] == {"breaking": False, "reasons": []}


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("branches/postgres/revisions", 404, "unknown-branch"),
        ("branches/sqlite/revisions/lite_9999", 404, "unknown-revision"),
        ("branches/sqlite/revisions/lite_00", 422, "ambiguous-revision"),
        ("branches/sqlite/revisions/..%2f..%2falembic.ini", 404, None),
        ("branches/sqlite/revisions/" + "x" * 201, 422, "invalid-request"),
        ("branches/nowhere/graph", 404, "unknown-branch"),
        ("ready?database=sqlite&revision=lite_9999", 404, "unknown-revision"),
        ("ready?database=sqlite:///x.db", 404, "unknown-database"),
        ("ready", 422, "invalid-request"),
    ],
)
def test_names_that_are_not_there_are_told(client, path, status, code):
    answer = client.get(f"{API}/{path}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert code is None or answer.json()["code"] == code


def test_changes_name_the_sibling_revisions(client):
    changes = {c["id"]: c for c in client.get(f"{API}/changes").json()["changes"]}
    assert {s["branch"]: s["id"] for s in changes["add-api-keys"]["revisions"]} == {
        "postgresql": "pg_0002", "mysql": "my_0002", "sqlite": "lite_0002",
    }  # fmt: skip
    assert changes["add-api-keys"]["missing"] == []


def test_the_graph_has_every_revision_and_the_places_of_the_databases(client, engine_name):
    graph = client.get(f"{API}/branches/{engine_name}/graph").json()
    assert len(graph["edges"]) == len(graph["nodes"]) - 1
    (here,) = [n for n in graph["nodes"] if n["databases"]]
    assert (here["databases"], here["head"]) == ([engine_name], True)
    assert graph["databases"][0]["state"] == "at-head"


def test_a_database_is_equal_to_code_of_its_own_revision(client, engine_name):
    found = client.get(f"{API}/ready", params={"database": engine_name}).json()
    assert (found["state"], found["ready"], found["pending"], found["ahead"]) == ("equal", True, [], [])
    assert found["current"] == [found["revision"]]


@pytest.mark.parametrize(
    "path", ["ready?database={}&revison=head", "branches?nope=1", "runs?stat=failed", "audit?befor=3"]
)
def test_a_parameter_that_nobody_knows_is_refused(client, engine_name, path):
    answer = client.get(f"{API}/{path.format(engine_name)}")
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert (fault["type"], fault["loc"][0]) == ("unknown_parameter", "query")
    assert client.get("/health/live?probe=1").status_code == 200


def test_a_database_that_only_has_more_is_compatible_with_older_code(client, engine_name):
    found = client.get(f"{API}/ready?database={engine_name}&revision=allow-free-products").json()
    assert (found["state"], found["ready"]) == ("ahead-compatible", True)
    assert [a["breaking"] for a in found["ahead"]] == [False]


def test_a_database_that_lost_a_column_breaks_older_code_and_says_by_what(client, engine_name):
    found = client.get(f"{API}/ready?database={engine_name}&revision=widen-room-title").json()
    assert (found["state"], found["ready"]) == ("ahead-breaking", False)
    assert any("coupon_code" in reason for reason in found["ahead"][0]["reasons"])


def test_a_database_that_lacks_something_is_behind(empty_database):
    name = empty_database.dialect
    migrate(empty_database, "add-api-keys")
    with serving({name: empty_database}) as client:
        found = client.get(f"{API}/ready?database={name}&revision=require-display-name").json()
        assert (found["state"], found["ready"], len(found["pending"])) == ("behind", False, 3)


def test_a_database_at_a_revision_that_nobody_here_knows_is_taken_for_breaking(database_at_head):
    from bothways.connections import call

    def stamp(connection):
        connection.exec_driver_sql("update alembic_version set version_num = 'from_the_future'")
        connection.commit()

    call(database_at_head, stamp, purpose="write")
    name = database_at_head.dialect
    with serving({name: database_at_head}) as client:
        found = client.get(f"{API}/ready?database={name}").json()
        assert (found["state"], found["unknown"]) == ("ahead-breaking", ["from_the_future"])


def test_a_database_that_cannot_be_looked_at_is_503_without_an_address(client, migrated, servers):
    url = servers["postgresql"].with_database("not_there_at_all")
    with serving({"postgresql": url}) as broken:
        answer = broken.get(f"{API}/ready?database=postgresql")
        assert (answer.status_code, answer.json()["code"]) == (503, "database-missing")
        assert "not_there_at_all" not in answer.text


def test_the_document_names_every_answer_and_error(client):
    document = client.get("/openapi.json").json()
    for path in ("branches", "changes", "ready", "branches/{branch}/graph", "branches/{branch}/revisions/{revision}"):
        responses = document["paths"][f"{API}/{path}"]["get"]["responses"]
        assert "$ref" in responses["200"]["content"]["application/json"]["schema"]
        assert {"401", "403"} <= set(responses)
        assert all("application/problem+json" in responses[c]["content"] for c in responses if c not in {"200"})


def test_two_heads_are_a_conflict_and_the_document_says_so(tmp_path):
    tiny = with_three_revisions(tmp_path / "forked")
    tiny.revision("r4", "pass", "pass", parent="r2")
    url = DatabaseURL.parse(f"sqlite:///{tmp_path / 'forked.db'}")
    with serving({}, project=tiny.load(url)) as client:
        paths = client.get("/openapi.json").json()["paths"]
        for path, template in (
            ("ready?database=main", "ready"),
            ("branches/sqlite/revisions/head", "branches/{branch}/revisions/{revision}"),
        ):
            answer = client.get(f"{API}/{path}")
            assert (answer.status_code, answer.json()["code"]) == (409, "multiple-heads")
            assert "409" in paths[f"{API}/{template}"]["get"]["responses"]
