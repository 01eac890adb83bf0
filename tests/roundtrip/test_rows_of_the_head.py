"""Rows that only the head allows are kept on the way down, and are what they were after the way up."""

from __future__ import annotations

import ipaddress
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schema
from bothways.connections import call
from bothways.dialects.reading import take
from bothways.history import History
from bothways.project import Project
from bothways.revisions import downgrade, upgrade
from bothways.snapshot import difference
from tests.roundtrip.rows import plant

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Project.load("alembic.ini", environ={})
NOW = datetime(2026, 5, 1, 12, 30, 0, 123456, tzinfo=UTC)


def write(connection: sa.Connection) -> None:
    """Rows that use every change: what a shop would hold after years at the head."""
    with Session(connection) as session:
        session.add_all(made_since())
        users = session.scalars(sa.select(schema.User).order_by(schema.User.id)).all()
        for i, user in enumerate(users[:30]):
            session.add_all(keys(user, i))
        for i, product in enumerate(session.scalars(sa.select(schema.Product).order_by(schema.Product.sku))):
            product.status = schema.ProductStatus.PREORDER if i % 3 == 0 else product.status
            product.price = Decimal(0) if i % 3 == 1 else product.price
            product.deleted_at = NOW if i % 5 == 0 else None
        for i, role in enumerate(session.scalars(sa.select(schema.Role).order_by(schema.Role.name))):
            role.permissions = ["read", "wri'te", "ü"][: i % 4]
        for i, room in enumerate(session.scalars(sa.select(schema.Room).order_by(schema.Room.id))):
            room.title = f"{'👩‍💻' * 50} {i}" if i % 2 else room.title
        for line in session.scalars(sa.select(schema.OrderLine).limit(5)):
            session.add(schema.OrderReturn(order_id=line.order_id, line_no=line.line_no, quantity=1, reason="late"))
        session.commit()
    connection.commit()


def made_since() -> Iterator[schema.User]:
    """Users with, without and with an empty profile."""
    for i in range(9):
        user = schema.User(email=f"new{i}@example.net", display_name=f"New {i}")
        user.profile = (None, schema.UserProfile(), schema.UserProfile(biography="x", locale="fr"))[i % 3]
        yield user


def keys(user: schema.User, i: int) -> Iterator[schema.ApiKey]:
    """A key in use, from some network, and a withdrawn one of the same name."""
    network = ipaddress.ip_network(("10.0.0.0/8", "2001:db8::/32")[i % 2])
    common = {"user_id": user.id, "name": f"k'ey 🚀 {i}", "secret_hash": "0" * 64}
    yield schema.ApiKey(prefix=uuid.uuid4().hex[:12], scopes=["a", "b'c"], allowed_network=network, **common)
    yield schema.ApiKey(prefix=uuid.uuid4().hex[:12], revoked_at=NOW, expires_at=NOW, **common)


def test_rows_of_the_head_survive_the_way_to_the_first_revision_and_back(engine_name, empty_database):
    database = replace(PROJECT.database(engine_name), url=empty_database)
    first = History.load(database.branch).revisions[0].id

    def there(connection: sa.Connection):
        upgrade(connection, PROJECT, database, first)
        plant(connection, 400)
        connection.commit()
        upgrade(connection, PROJECT, database)
        planted = take(connection, rows=True)
        connection.commit()
        write(connection)
        return planted, take(connection, rows=True)

    def down_and_up(connection: sa.Connection):
        downgrade(connection, PROJECT, database, first)
        upgrade(connection, PROJECT, database)
        return take(connection, rows=True)

    planted, before = call(empty_database, there, purpose="migrate")
    changed = {change.name for change in difference(planted, before)}
    assert changed >= {"api_keys", "order_returns", "products", "roles", "rooms", "user_profiles", "users"}
    after = call(empty_database, down_and_up, purpose="migrate")
    assert [str(c) for c in difference(before, after)] == []


def test_the_way_to_base_leaves_no_side_tables(engine_name, empty_database):
    database = replace(PROJECT.database(engine_name), url=empty_database)

    def there_and_back(connection: sa.Connection):
        upgrade(connection, PROJECT, database)
        write(connection)
        downgrade(connection, PROJECT, database, "base")
        return sa.inspect(connection).get_table_names()

    assert call(empty_database, there_and_back, purpose="migrate") == ["alembic_version"]
