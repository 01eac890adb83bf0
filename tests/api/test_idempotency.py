"""A request with an Idempotency-Key is done once, however often and however closely together it is sent."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest

from bothways.connections import call
from tests.api.conftest import serving


def found(rows, client, name):
    return client.get(rows.path("roles"), params={"name": f"eq:{name}"}).json()["items"]


def sent(client, rows, key, body):
    return client.post(rows.path("roles"), json=body, headers={"Idempotency-Key": key})


def told(answer):
    return answer.status_code, answer.content, answer.headers.get("location"), answer.headers.get("etag")


def test_the_same_request_is_answered_alike_and_done_once(rows, client):
    key, body = uuid4().hex, rows.body("roles")
    first = sent(client, rows, key, body)
    assert first.status_code == 201, first.text
    again = sent(client, rows, key, body)
    assert told(again) == told(first)
    assert found(rows, client, body["name"]) == [first.json()]
    client.delete(first.headers["location"])
    assert told(sent(client, rows, key, body)) == told(first)
    assert found(rows, client, body["name"]) == []


def test_eight_at_once_make_one_row(rows, client):
    key, body, start = uuid4().hex, rows.body("products"), Barrier(8)

    def send(_):
        start.wait(timeout=30)
        return client.post(rows.path("products"), json=body, headers={"Idempotency-Key": key})

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(send, range(8)))
    assert {told(answer)[:3] for answer in answers} == {told(answers[0])[:3]}
    assert answers[0].status_code == 201, answers[0].text
    listed = client.get(rows.path("products"), params={"sku": f"eq:{body['sku']}"}).json()["items"]
    assert listed == [answers[0].json()]


def test_many_rows_are_created_once(rows, client):
    key, bodies = uuid4().hex, [rows.body("roles") for _ in range(3)]
    first = sent(client, rows, key, bodies)
    assert first.status_code == 201, first.text
    assert told(sent(client, rows, key, bodies)) == told(first)


def test_a_key_is_for_one_body_of_one_address(rows, client):
    key, body = uuid4().hex, rows.body("roles")
    assert sent(client, rows, key, body).status_code == 201
    other = sent(client, rows, key, rows.body("roles"))
    assert (other.status_code, other.json()["errors"][0]["loc"]) == (422, ["header", "Idempotency-Key"])
    elsewhere = client.post(rows.path("products"), json=rows.body("products"), headers={"Idempotency-Key": key})
    assert elsewhere.status_code == 201


def test_what_was_refused_may_be_sent_again(rows, client):
    key, body = uuid4().hex, rows.body("roles")
    taken = rows.create("roles", name=body["name"])
    assert sent(client, rows, key, body).status_code == 409
    bulk = sent(client, rows, key, [rows.body("roles"), body])
    assert (bulk.status_code, bulk.json()["errors"][0]["loc"]) == (409, ["body", 1, "name"])
    client.delete(rows.path("roles", taken["id"]))
    assert sent(client, rows, key, body).status_code == 201


@pytest.mark.parametrize("key", ["", "two words", "x" * 256, "caf\xe9"])
def test_a_key_that_is_none_is_named(rows, client, key):
    headers = [(b"Idempotency-Key", key.encode("latin-1"))]
    answer = client.post(rows.path("roles"), json=rows.body("roles"), headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == ["header", "Idempotency-Key"]


def test_after_a_day_the_record_is_gone(rows, migrated, engine_name):
    key, body = uuid4().hex, rows.body("roles")
    url = migrated[engine_name]

    def outdate(connection):
        then = (dt.datetime.now(dt.UTC) - dt.timedelta(hours=25)).isoformat()
        connection.exec_driver_sql(f"update bothways_idempotency set created_at = '{then[:26]}Z'")
        connection.commit()

    def count(connection):
        return connection.exec_driver_sql("select count(*) from bothways_idempotency").scalar()

    with serving({engine_name: url}) as first:
        made = sent(first, rows, key, body)
        call(url, outdate, purpose="write")
        first.delete(made.headers["location"])
        again = sent(first, rows, key, body)
    assert (again.status_code, again.content != made.content) == (201, True)
    assert call(url, count) == 1


def test_a_service_that_ended_in_between_leaves_the_row_and_the_record_or_neither(rows, migrated, engine_name):
    """The record is in the row's transaction: another service finds what the first one said."""
    key, body = uuid4().hex, rows.body("roles")
    with serving({engine_name: migrated[engine_name]}) as one:
        first = sent(one, rows, key, body)
    with serving({engine_name: migrated[engine_name]}) as two:
        assert told(sent(two, rows, key, body)) == told(first)
