"""A request that takes too long is answered, and nothing of it goes on in the database."""

import threading

from bothways.connections import call
from tests.api.conftest import SHAPES, migrate, serving
from tests.api.rows import Rows


def test_a_request_that_waits_for_too_long_ends_with_its_statement(empty_database):
    url = empty_database
    migrate(url)
    locked, done = threading.Event(), threading.Event()

    def hold(connection):
        connection.exec_driver_sql("update roles set description = 'held'")
        locked.set()
        done.wait(60)
        connection.rollback()

    patient = {
        "request_timeout": 1.0,
        "statement_timeout": 60.0,
        "lock_timeout": 60.0,
        "pool_size": 1,
        "pool_overflow": 0,
    }
    with serving({url.dialect: url}, **patient) as client:
        rows = Rows(client, url.dialect, SHAPES, url)
        made = rows.create("roles")
        path = rows.path("roles", made["id"])
        holder = threading.Thread(target=call, args=(url, hold))
        holder.start()
        try:
            assert locked.wait(30)
            answer = client.patch(path, json={"description": "never"})
            assert answer.status_code == 503, answer.text
            assert answer.headers["retry-after"].isdigit()
            # There is one connection, so an answer tells that nothing waits in it any more.
            assert client.get(path).json()["description"] == made["description"]
        finally:
            done.set()
            holder.join()
        assert client.get(path).json()["description"] == made["description"]
        assert client.patch(path, json={"description": "now"}).json()["description"] == "now"
