"""Events of MariaDB and MySQL: when one begins counts only where somebody said it."""

import pytest

from bothways import scratch
from bothways.connections import call
from bothways.dialects.reading import take

PLAIN = "create event nightly on schedule every 1 day disable do delete from notes"
FIXED = "create event nightly on schedule every 1 day starts '2030-01-01' disable do delete from notes"


@pytest.fixture
def database(servers):
    with scratch.database(servers["mysql"]) as url:
        run(url, "create table notes (id int)")
        yield url


def run(url, *statements):
    call(url, lambda c: [c.exec_driver_sql(s) for s in statements], autocommit=True)


def definition(url):
    return call(url, take).objects["event:nightly"]["definition"]


@pytest.mark.parametrize("zone", ["SYSTEM", "+03:00"])
def test_an_event_that_begins_at_once_is_the_same_whenever_it_is_made(database, zone):
    run(database, f"set time_zone = '{zone}', timestamp = 1600000000", PLAIN)
    first = definition(database)
    assert "EVERY 1 DAY" in first
    assert "STARTS" not in first
    run(database, f"set time_zone = '{zone}', timestamp = 1700000000", "drop event nightly", PLAIN)
    assert definition(database) == first


def test_a_beginning_that_was_said_is_part_of_the_event(database):
    run(database, FIXED)
    assert "STARTS '2030-01-01 00:00:00'" in definition(database)
