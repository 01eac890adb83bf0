"""Drafts for SQLite, run both ways."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.generate.laboratory import assert_both_ways, source


@pytest.fixture
def server(servers):
    return servers["sqlite"]


def models(*statements: str) -> sa.MetaData:
    """Models that make these statements: what SQLAlchemy can't say is tested, too."""
    metadata = sa.MetaData()

    @sa.event.listens_for(metadata, "after_create")
    def make(_metadata, connection, **_):
        for statement in statements:
            connection.exec_driver_sql(statement)

    return metadata


def text_of(found) -> str:
    return "\n".join(map(source, found.drafts))


SHOP = "create table shop (id integer primary key, name varchar(20) not null, city text)"
INDEX = "create index ix_shop_city on shop (city)"
VIEW = "create view cities as select city, count(*) as n from shop group by city"
TRIGGER = "create trigger shout after insert on shop begin update shop set name = upper(name) where id = new.id; end"
STEPS = {
    "a table": ((), (SHOP, INDEX, TRIGGER)),
    "a column": ((SHOP,), (SHOP.replace(")", "), size integer", 1),)),
    "a constraint": (
        (SHOP, INDEX, TRIGGER, VIEW),
        (SHOP[:-1] + ", constraint ck check (id > 0))", INDEX, TRIGGER, VIEW),
    ),
    "an index": ((SHOP,), (SHOP, INDEX)),
    "a view": ((SHOP,), (SHOP, VIEW)),
    "a trigger": ((SHOP,), (SHOP, TRIGGER)),
}


@pytest.mark.parametrize("turned", [False, True], ids=["added", "removed"])
@pytest.mark.parametrize(("before", "after"), STEPS.values(), ids=STEPS)
def test_something_is_added_and_removed(server, before, after, turned):
    a, b = (after, before) if turned else (before, after)
    assert_both_ways(server, models(*a), models(*b))
