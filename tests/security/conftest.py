"""The real service on each engine, with rows in every table and users of every role."""

import json
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from bench.attacking.target import attacked
from bothways import scratch
from bothways.connections import call
from schema import metadata
from tests.api.conftest import SHAPES, migrate
from tests.api.rows import Rows

CANARY = "canary-hash-0123456789abcdef"


class Plainly:
    """The open service, as Rows asks it."""

    def __init__(self, target):
        self._client = target.open.client

    def post(self, path, json):
        return self._client.post(path, json=json)

    def get(self, path):
        return self._client.get(path)


@pytest.fixture(scope="session")
def target(servers, engine_name):
    """A target on each engine, whose every table has rows, and whose secret column has a canary."""
    with scratch.database(servers[engine_name]) as url:
        migrate(url)
        with attacked(url) as found:
            found.rows = Rows(Plainly(found), engine_name, SHAPES, url)
            found.made = {name: found.rows.create(name) for name in SHAPES}
            _plant_canaries(url)
            yield found


@pytest.fixture(scope="session")
def quick(servers):
    """A target on SQLite, for what has nothing to do with the engine."""
    with scratch.database(servers["sqlite"]) as url:
        migrate(url)
        with attacked(url) as found:
            yield found


def _plant_canaries(url):
    def plant(connection):
        for shape in SHAPES.values():
            for field in shape.fields:
                if field.secret:
                    connection.execute(sa.update(shape.table).values({field.column: CANARY}))
        connection.commit()

    call(url, plant, purpose="plant")


def everything(url):
    """Every row of every table of the models, in the order of keys."""

    def read(connection):
        return {
            table.name: [
                tuple(map(repr, row)) for row in connection.execute(sa.select(table).order_by(*table.primary_key))
            ]
            for table in metadata.sorted_tables
        }

    return call(url, read)


def quoted(text):
    """A value in an address; what is no character of any text goes as the bytes that a client would send."""
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def body_of(value):
    """A JSON body; lone surrogates as escapes."""
    return json.dumps(value).encode()


JSON = {"content-type": "application/json"}
