"""The table that everybody serves: ``products`` at the head of the real history, with as many rows as one wants."""

from __future__ import annotations

import random
import uuid
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bench.serving.load import NUMBER
from bothways import revisions
from bothways.connections import call
from bothways.project import Project
from schema import Product

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bothways.urls import DatabaseURL

ROOT = Path(__file__).resolve().parents[2]
MADE = "made-"
"""What the stock keeping units of rows begin with that a load has made."""
_BATCH = 2_000
_COLOURS = ("red", "green", "blue", "black", "white", "sand", "olive", "plum")
_STATES = ("draft", "active", "active", "active", "discontinued")
_TABLE = Product.__table__


def body() -> dict[str, Any]:
    """The body of a POST, with a number in its unit that no other has."""
    return {
        "sku": f"{MADE}{NUMBER}",
        "name": "A new thing",
        "price": "19.99",
        "attributes": {"colour": "red", "of": [1, 2]},
    }


def change() -> dict[str, Any]:
    """The body of a PATCH."""
    return {"name": "Another name", "price": "20.50"}


def project_of(url: DatabaseURL, config: Path = ROOT / "alembic.ini") -> Project:
    """The project with that database as its only one."""
    project = Project.load(config, environ={f"BOTHWAYS_{url.dialect.upper()}_URL": url.reveal()})
    return replace(project, databases=(project.database(url.dialect),))


def fill(url: DatabaseURL, rows: int) -> None:
    """Bring an empty database to the head and put rows into ``products``."""
    project = project_of(url)
    call(url, lambda c: revisions.upgrade(c, project, project.databases[0]), purpose="migrate")
    call(url, lambda c: _insert(c, rows), purpose="write")
    tidy(url)


def tidy(url: DatabaseURL) -> None:
    """Take out the rows that loads have made, so that the next load finds the table as the first one did."""

    def delete(connection: sa.Connection) -> None:
        connection.execute(sa.delete(_TABLE).where(_TABLE.c.sku.startswith(MADE)))
        connection.commit()

    call(url, delete, purpose="write")
    if url.dialect == "postgresql":
        call(url, lambda c: c.exec_driver_sql("VACUUM ANALYZE products"), autocommit=True)


def keys(url: DatabaseURL, most: int) -> list[str]:
    """Keys of ``most`` rows, chosen by chance but the same in every run."""

    def read(connection: sa.Connection) -> list[str]:
        return [str(key) for key in connection.scalars(sa.select(_TABLE.c.id).order_by(_TABLE.c.id))]

    found = call(url, read)
    return random.Random(2).sample(found, min(most, len(found)))


def _insert(connection: sa.Connection, rows: int) -> None:
    batch: list[dict[str, Any]] = []
    for row in _made(rows):
        batch.append(row)
        if len(batch) == _BATCH:
            connection.execute(sa.insert(_TABLE), batch)
            batch = []
    if batch:
        connection.execute(sa.insert(_TABLE), batch)
    connection.commit()


def _made(rows: int) -> Iterator[dict[str, Any]]:
    chance = random.Random(1)
    for number in range(rows):
        colour = chance.choice(_COLOURS)
        yield {
            "id": uuid.UUID(int=chance.getrandbits(128), version=4),
            "sku": f"sku-{number:09}",
            "name": f"{colour.capitalize()} thing {number}",
            "description": f"A {colour} thing, the {number}th of its kind; it is made of wood and lasts for years.",
            "status": chance.choice(_STATES),
            "price": Decimal(chance.randrange(100, 100_000)) / 100,
            "attributes": {"colour": colour, "grams": chance.randrange(10, 9_000), "sizes": ["S", "M", "L"]},
            "tags": [colour, "thing", f"lot {number % 100}"],
        }
