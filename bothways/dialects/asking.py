"""Queries of a catalog by the driver itself.

SQLAlchemy's way costs 15 µs a query without a parameter where SQLite's own costs 5, and a proof asks thousands. Nobody
who listens to a connection's statements hears these.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import sqlalchemy as sa


def ask(connection: sa.Connection, query: str) -> list[Any]:
    """All rows of a query, each a tuple. Raises SQLAlchemy's errors."""
    return [row for batch in batches(connection, query) for row in batch]


def batches(connection: sa.Connection, query: str, size: int = 2000) -> Iterator[list[Any]]:
    """The rows of a query, so many at a time. Raises SQLAlchemy's errors."""
    if connection.dialect.is_async:
        yield from map(list, connection.exec_driver_sql(query).partitions(size))
        return
    if not connection.in_transaction():
        connection.begin()  # so that who commits or rolls back also ends what the driver begins here
    with _any_bytes(connection), closing(connection.connection.cursor()) as cursor:
        try:
            cursor.execute(query)
        except Exception:
            connection.exec_driver_sql(query)
            raise
        while batch := cursor.fetchmany(size):
            yield list(batch)


@contextmanager
def _any_bytes(connection: sa.Connection) -> Iterator[None]:
    """Let SQLite's texts hold bytes that are no UTF-8, as its server lets them."""
    driver: Any = connection.connection.driver_connection
    if not hasattr(driver, "text_factory"):
        yield
        return
    before = driver.text_factory
    driver.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = before


def rows(connection: sa.Connection, table: str, columns: Sequence[str], most: int) -> list[dict[str, Any]]:
    """Some rows of a table, as the driver gives them; the table and its columns (none: all that it shows) in SQL."""
    query = f"select {', '.join(columns) or '*'} from {table} limit {most}"
    if connection.dialect.is_async:
        found = connection.exec_driver_sql(query, execution_options={"no_parameters": True}).mappings()
        return [{str(name): value for name, value in row.items()} for row in found]
    with _any_bytes(connection), closing(connection.connection.cursor()) as cursor:
        cursor.execute(query)
        names = [str(described[0]) for described in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
