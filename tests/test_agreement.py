"""A head against the models: what Alembic can't see counts too, and partitions are left alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from bothways import scratch
from bothways.agreement import disagreement
from bothways.building import build
from bothways.connections import call
from bothways.dialects.reading import take
from tests.conftest import ENGINES

VIEW = sa.DDL("create view cheap as select id from product where price < 5")


def models(*, view=True, check="price > 0"):
    metadata = sa.MetaData()
    columns = (sa.Column("id", sa.Integer, primary_key=True), sa.Column("price", sa.Integer))
    sa.Table("product", metadata, *columns, sa.CheckConstraint(check, name="ck_price"))
    if view:
        sa.event.listen(metadata, "after_create", VIEW)
    return metadata


def snapshot(server, metadata, *statements):
    def work(connection):
        build(connection, metadata)
        for statement in statements:
            connection.exec_driver_sql(statement)
        connection.commit()
        return take(connection)

    with scratch.database(server) as url:
        return call(url, work, purpose="prove")


@pytest.mark.parametrize("engine", ENGINES)
def test_views_and_checks_are_compared_in_words(servers, engine):
    head, wanted = snapshot(servers[engine], models(view=False)), snapshot(servers[engine], models(check="price > 1"))
    found = [str(change) for change in disagreement(head, wanted)]
    assert "view cheap: added" in found
    assert any(text.startswith("constraint product.ck_price: definition ") for text in found)
    assert not disagreement(wanted, replace(wanted))


def test_partitions_that_only_the_head_has_are_left_alone(servers):
    metadata = sa.MetaData()
    sa.Table("event", metadata, sa.Column("day", sa.Date, nullable=False), postgresql_partition_by="RANGE (day)")
    child = "create table event_2026 partition of event for values from ('2026-01-01') to ('2027-01-01')"
    head = snapshot(servers["postgresql"], metadata, child, "create index on event_2026 (day)")
    wanted = snapshot(servers["postgresql"], metadata)
    assert not disagreement(head, wanted)
    assert disagreement(wanted, head)


def test_schemas_that_tables_name_are_made(servers):
    metadata = sa.MetaData()
    sa.Table("event", metadata, sa.Column("day", sa.Date, nullable=False), schema="audit")
    assert "table:audit.event" in snapshot(servers["postgresql"], metadata).objects
