"""Rows that break a rule: the same answer on each engine, with the constraint and its columns, never a value."""

import uuid

import pytest
import sqlalchemy as sa

from bothways.connections import call
from bothways.crud.shapes import shape_of
from bothways.crud.violations import refusal
from tests.api.conftest import SHAPES, serving

servers_only = pytest.mark.parametrize("engine_name", ["postgresql", "mysql"], indirect=True, scope="session")


def refused(answer, status, code):
    """The problem document of an answer, which says nothing that was sent."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    problem = answer.json()
    assert (problem["status"], problem["code"]) == (status, code)
    return problem


def test_a_second_row_with_a_unique_value_is_a_conflict(rows, client):
    made = rows.create("products", sku="only one sku")
    problem = refused(
        client.post(rows.path("products"), json=rows.body("products") | {"sku": made["sku"]}), 409, "conflict"
    )
    assert (problem["rule"], problem["constraint"], problem["columns"]) == ("unique", "uq_products_sku", ["sku"])
    assert made["sku"] not in str(problem)
    client.delete(rows.path("products", made["id"]))


def test_a_second_row_with_the_same_key_is_a_conflict(rows, client):
    made = rows.create("order_lines")
    same = rows.body("order_lines") | {"order_id": made["order_id"], "line_no": made["line_no"]}
    problem = refused(client.post(rows.path("order_lines"), json=same), 409, "conflict")
    assert (problem["constraint"], problem["columns"]) == ("pk_order_lines", ["order_id", "line_no"])


def test_a_change_to_a_unique_value_of_another_row_is_a_conflict(rows, client):
    first, second = rows.create("roles"), rows.create("roles")
    answer = client.patch(rows.path("roles", second["id"]), json={"name": first["name"]})
    assert refused(answer, 409, "conflict")["constraint"] == "uq_roles_name"
    assert client.get(rows.path("roles", second["id"])).json() == second


def test_a_row_that_points_at_nothing_is_refused(rows, client):
    body = rows.body("rooms") | {"host_id": str(uuid.uuid4())}
    problem = refused(client.post(rows.path("rooms"), json=body), 422, "constraint-violated")
    assert (problem["rule"], problem["constraint"], problem["columns"]) == (
        "foreign-key",
        "fk_rooms_host_id_users",
        ["host_id"],
    )


def test_a_change_that_points_at_nothing_is_refused(rows, client):
    made = rows.create("products")
    answer = client.patch(rows.path("products", made["id"]), json={"category_id": str(uuid.uuid4())})
    problem = refused(answer, 422, "constraint-violated")
    assert problem["rule"] == "foreign-key"
    assert [fault["type"] for fault in problem["errors"]] == ["foreign-key"]


NOBODY = str(uuid.uuid4())


@pytest.mark.parametrize(
    ("table", "values", "constraint", "columns"),
    [
        ("user_roles", {"user_id": NOBODY}, "fk_user_roles_user_id_users", ["user_id"]),
        ("user_roles", {"role_id": 30_000}, "fk_user_roles_role_id_roles", ["role_id"]),
        ("product_owners", {"user_id": NOBODY}, "fk_product_owners_user_id_users", ["user_id"]),
        (
            "product_owners",
            {"product_id": NOBODY, "user_id": NOBODY},
            "fk_product_owners_product_id_products",
            ["product_id"],
        ),
        (
            "order_returns",
            {"line_no": 30_000},
            "fk_order_returns_order_id_line_no_order_lines",
            ["order_id", "line_no"],
        ),
    ],
)
@pytest.mark.parametrize("sent", ["once", "with a key"])
def test_of_several_keys_the_one_that_points_at_nothing_is_named(
    rows, client, table, values, constraint, columns, sent
):
    headers = {"Idempotency-Key": str(uuid.uuid4())} if sent == "with a key" else {}
    answer = client.post(rows.path(table), json=rows.body(table) | values, headers=headers)
    problem = refused(answer, 422, "constraint-violated")
    assert (problem["rule"], problem["constraint"], problem["columns"]) == ("foreign-key", constraint, columns)
    assert [fault["loc"] for fault in problem["errors"]] == [["body", column] for column in columns]


def test_a_change_of_half_a_key_that_then_points_at_nothing_names_the_whole_key(rows, client):
    made = rows.create("order_returns")
    answer = client.patch(rows.path("order_returns", made["id"]), json={"line_no": 30_000})
    problem = refused(answer, 422, "constraint-violated")
    assert problem["constraint"] == "fk_order_returns_order_id_line_no_order_lines"
    assert problem["columns"] == ["order_id", "line_no"]


def test_of_many_rows_the_one_that_points_at_nothing_is_told_with_its_key(rows, client):
    bodies = [rows.body("user_roles") for _ in range(3)]
    bodies[2]["role_id"] = 30_000
    problem = refused(client.post(rows.path("user_roles"), json=bodies), 422, "constraint-violated")
    assert problem["constraint"] == "fk_user_roles_role_id_roles"
    assert [fault["loc"] for fault in problem["errors"]] == [["body", 2, "role_id"]]


@pytest.mark.parametrize(
    ("table", "column", "parent", "constraint"),
    [
        ("rooms", "host_id", "users", "fk_rooms_host_id_users"),
        ("orders", "customer_id", "users", "fk_orders_customer_id_users"),
        ("products", "category_id", "categories", "fk_products_category_id_categories"),
        ("categories", "parent_id", "categories", "fk_categories_parent_id_categories"),
        ("order_lines", "product_id", "products", "fk_order_lines_product_id_products"),
    ],
)
@pytest.mark.parametrize("match", [None, "*"])
def test_a_row_that_others_point_at_is_not_deleted(rows, client, table, column, parent, constraint, match):
    above = rows.create(parent)["id"]
    rows.create(table, **{column: above})
    path = rows.path(parent, above)
    params = {"purge": "true"} if SHAPES[parent].soft_delete else {}
    answer = client.delete(path, params=params, headers={"If-Match": match} if match else {})
    problem = refused(answer, 409, "conflict")
    assert (problem["rule"], problem["constraint"]) == ("foreign-key", constraint)
    assert (problem["tables"], problem["columns"]) == ([table], [column])
    assert problem["detail"] == f"rows of {table} refer to this one"
    assert client.get(path).status_code == 200


def test_rows_that_go_with_another_are_deleted_with_it(rows, client):
    line = rows.create("order_lines")
    assert client.delete(rows.path("orders", line["order_id"])).status_code == 204
    assert client.get(rows.path("order_lines", *rows.key("order_lines", line))).status_code == 404


@pytest.mark.parametrize(
    ("table", "values", "constraint"),
    [
        ("products", {"price": "-0.01"}, "ck_products_price"),
        ("product_owners", {"share_percent": 101}, "ck_product_owners_share_percent"),
        ("rooms", {"active_users": -1}, "ck_rooms_active_users"),
        ("order_lines", {"quantity": 0}, "ck_order_lines_quantity"),
    ],
)
def test_values_that_break_a_check_are_refused(rows, client, table, values, constraint):
    problem = refused(client.post(rows.path(table), json=rows.body(table) | values), 422, "constraint-violated")
    assert (problem["rule"], problem["constraint"], problem["columns"]) == ("check", constraint, list(values))
    assert [fault["loc"] for fault in problem["errors"]] == [["body", column] for column in values]
    made = rows.create(table)
    answer = client.patch(rows.path(table, *rows.key(table, made)), json=values)
    assert refused(answer, 422, "constraint-violated")["constraint"] == constraint
    assert client.get(rows.path(table, *rows.key(table, made))).json() == made


def test_a_refused_row_leaves_nothing_behind(rows, client):
    body = rows.body("roles") | {"name": "once only"}
    assert client.post(rows.path("roles"), json=body).status_code == 201
    for _ in range(3):
        assert client.post(rows.path("roles"), json=body).status_code == 409
    found = client.get(rows.path("roles"), params={"name": "once only"}).json()["items"]
    assert len(found) == 1
    assert client.delete(rows.path("roles", found[0]["id"])).status_code == 204


def test_a_driver_of_another_kind_that_says_it_by_a_diagnosis_is_understood():
    class Diagnosis:
        constraint_name = "uq_thing_name"
        column_name = None

    class UniqueViolation(Exception):
        sqlstate = "23505"
        diag = Diagnosis()

    table = sa.Table(
        "thing",
        sa.MetaData(),
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(5)),
        sa.UniqueConstraint("name", name="uq_thing_name"),
    )
    found = refusal(UniqueViolation(), "postgresql", shape_of(table), "db", deleting=False)
    assert found is not None
    assert {"rule": "unique", "constraint": "uq_thing_name", "columns": ["name"]}.items() <= found.details.items()


def test_a_text_that_one_engine_only_takes_is_refused_without_being_repeated(rows, client):
    text = "x" * 70_000
    answer = client.post(rows.path("orders"), json=rows.body("orders") | {"note": text})
    if answer.status_code == 201:
        assert answer.json()["note"] == text
    else:
        problem = refused(answer, 422, "constraint-violated")
        assert (problem["rule"], problem["columns"]) == ("length", ["note"])
        assert "xxxx" not in answer.text


NO_ROWS = "create trigger no_rows before insert on roles"
TRIGGERS = {
    "sqlite": [f"{NO_ROWS} begin select raise(abort, 'canary says no'); end"],
    "mysql": [f"{NO_ROWS} for each row signal sqlstate '45000' set message_text = 'canary says no'"],
    "postgresql": [
        "create function no() returns trigger language plpgsql as $$ begin raise exception 'canary says no'; end $$",
        f"{NO_ROWS} for each row execute function no()",
    ],
}


def execute(url, statements):
    def run(connection):
        for statement in statements:
            connection.exec_driver_sql(statement)
        connection.commit()

    call(url, run, purpose="write")


def test_a_row_that_a_trigger_refuses_is_answered_without_its_words(database_at_head):
    url = database_at_head
    execute(url, TRIGGERS[url.dialect])
    with serving({url.dialect: url}) as client:
        answer = client.post(f"/api/v1/{url.dialect}/roles", json={"name": "x"})
    assert refused(answer, 422, "constraint-violated")["rule"] == "trigger"
    assert "canary" not in answer.text


@servers_only
def test_a_fault_of_the_database_that_nobody_knows_is_ours(database_at_head, capsys):
    url = database_at_head
    unknown = {
        "postgresql": TRIGGERS["postgresql"][0].replace("no'", "no' using errcode = 'XX000'"),
        "mysql": TRIGGERS["mysql"][0].replace("set message", "set mysql_errno = 3999, message"),
    }
    execute(url, [unknown[url.dialect], *TRIGGERS[url.dialect][1:]])
    with serving({url.dialect: url}, log_format="json") as client:
        answer = client.post(f"/api/v1/{url.dialect}/roles", json={"name": "x"})
    assert set(answer.json()) == {"type", "title", "status", "code", "request_id"}
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "canary" not in capsys.readouterr().err
