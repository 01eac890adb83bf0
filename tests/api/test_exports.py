"""Whole lists as streams: NDJSON and CSV, what breaks off, and what a client that goes away leaves."""

import asyncio
import csv
import io
import json
import uuid

import pytest

from bothways.connections import call
from schema import metadata
from tests.api.conftest import SHAPES
from tests.api.rows import Rows

MANY = 2_345  # more than two of the pages that are read inside
ROLES = metadata.tables["roles"]
TEXTS = ("plain", "", "a,b", 'say "hi"', "two\r\nlines", "=1+1", "-5", "@x", "ü 漢", " space ")


@pytest.fixture(scope="module")
def many(client, engine_name, migrated):
    """Many roles, made beside the API, whose names have one beginning."""
    mark = uuid.uuid4().hex[:8]
    made = [{"name": f"{mark}-{n:05}", "description": TEXTS[n % len(TEXTS)], "permissions": []} for n in range(MANY)]
    call(migrated[engine_name], lambda c: (c.execute(ROLES.insert(), made), c.commit()), purpose="write")
    yield f"/api/v1/{engine_name}/roles", {"name": f"like:{mark}%"}, made
    gone = ROLES.delete().where(ROLES.c.name.startswith(mark))
    call(migrated[engine_name], lambda c: (c.execute(gone), c.commit()), purpose="write")


def test_every_row_is_a_line_of_json_in_order(client, many):
    path, mine, made = many
    answer = client.get(path, params={**mine, "sort": "-name"}, headers={"accept": "application/x-ndjson"})
    assert answer.headers["content-type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["name"] for line in lines] == [row["name"] for row in reversed(made)]
    first = client.get(path, params={**mine, "limit": 100, "sort": "-name"}).json()["items"]
    assert lines[:100] == first


def test_csv_is_what_a_reader_of_csv_reads(client, many):
    path, mine, made = many
    answer = client.get(path, params={**mine, "format": "csv", "fields": "name,description", "sort": "name"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert "roles.csv" in answer.headers["content-disposition"]
    header, *rows = csv.reader(io.StringIO(answer.content.decode(), newline=""))
    assert header == ["name", "description"]
    assert rows == [[row["name"], row["description"]] for row in made]


def test_csv_tells_nulls_from_empty_texts_and_writes_values_as_json_does(rows, client):
    made = rows.create("products", description=None, tags=["a", "b,c"], attributes={"q": '"'})
    params = {
        "id": made["id"],
        "format": "csv",
        "fields": "description,name,price,tags,attributes,created_at,deleted_at",
    }
    header, row = client.get(rows.path("products"), params=params).text.splitlines()
    assert header == params["fields"]
    parsed = next(csv.reader([row]))
    assert parsed == [
        "",
        made["name"],
        made["price"],
        json.dumps(made["tags"], separators=(",", ":")),
        json.dumps(made["attributes"], separators=(",", ":")),
        made["created_at"],
        "",
    ]
    client.patch(rows.path("products", made["id"]), json={"description": ""})
    assert client.get(rows.path("products"), params=params).text.splitlines()[1].startswith('"",')


def test_a_formula_is_made_harmless_only_where_a_client_asks(client, many):
    path, mine, _ = many
    params = {**mine, "format": "csv", "fields": "description", "limit": len(TEXTS), "sort": "name"}
    plain = client.get(path, params=params).text
    safe = client.get(path, params={**params, "csv": "safe"}).text
    assert "\r\n=1+1\r\n-5\r\n@x\r\n" in plain
    assert "\r\n'=1+1\r\n'-5\r\n'@x\r\n" in safe


def test_a_limit_ends_a_stream_and_head_reads_nothing(client, many):
    path, mine, _ = many
    params = {**mine, "format": "ndjson"}
    assert len(client.get(path, params={**params, "limit": 1_500}).text.splitlines()) == 1_500
    head = client.head(path, params=params)
    assert (head.status_code, head.content, head.headers["content-type"]) == (200, b"", "application/x-ndjson")
    empty = client.get(path, params={"name": f"eq:{uuid.uuid4()}", "format": "ndjson"})
    assert (empty.status_code, empty.text) == (200, "")


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/json"),
        ("text/html,*/*;q=0.8", "application/json"),
        ("text/csv", "text/csv"),
        ("application/json, text/csv", "application/json"),
        ("application/json;q=0.5, text/csv;q=0.6", "text/csv"),
        ("text/csv;q=x", "application/json"),
        ("application/x-ndjson, */*;q=0.1", "application/x-ndjson"),
    ],
)
def test_the_accept_header_says_which_form_a_list_has(client, migrated, accept, kind):
    name = next(iter(migrated))
    answer = client.get(f"/api/v1/{name}/roles", params={"limit": 1}, headers={"accept": accept})
    assert answer.headers["content-type"].startswith(kind)


def ask(client, path, query, receive, answered):
    """Send a request to the application itself, in its own event loop, and hand over each message of the answer."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"testserver")],
        "client": ("127.0.0.1", 1),
        "server": ("testserver", 80),
        "state": {},
    }

    async def run():
        async def send(message):
            answered.append(message)
            await asyncio.sleep(0)

        await client.app(scope, receive, send)

    client.portal.call(run)


def test_a_client_that_goes_away_ends_the_reading(client, many):
    path, mine, _ = many
    answered = []

    async def gone():
        return {"type": "http.disconnect"}

    ask(client, path, f"format=ndjson&name={mine['name'].replace('%', '%25')}", gone, answered)
    bodies = [message for message in answered if message["type"] == "http.response.body"]
    assert len(bodies) <= 2
    assert all(message.get("more_body") for message in bodies)


def test_what_fails_in_the_middle_breaks_the_stream_off(client, many, monkeypatch):
    from bothways.crud.export import Export

    path, mine, _ = many
    answered, whole = [], Export._pages

    async def failing(self):
        async for page in whole(self):
            yield page
            raise RuntimeError("the server went away")

    async def waiting():
        await asyncio.Event().wait()

    monkeypatch.setattr(Export, "_pages", failing)
    ask(client, path, f"format=ndjson&name={mine['name'].replace('%', '%25')}", waiting, answered)
    assert answered[0]["status"] == 200
    assert all(message.get("more_body") for message in answered[1:])


def test_related_rows_are_in_the_lines_too(rows, client):
    made = rows.create("products")
    answer = client.get(rows.path("products"), params={"id": made["id"], "format": "ndjson", "expand": "category"})
    assert json.loads(answer.text)["category"]["id"] == made["category_id"]


def test_every_table_can_be_streamed(client, engine_name, migrated):
    rows = Rows(client, engine_name, SHAPES, migrated[engine_name])
    for name in SHAPES:
        made = rows.create(name)
        for form in ("ndjson", "csv"):
            answer = client.get(rows.path(name), params={"format": form})
            assert answer.status_code == 200, answer.text
            assert str(rows.key(name, made)[0]) in answer.text
