"""Whether a database has the tables and columns that code wants, whatever revision it is at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from bothways.dialects.violations import violation_in

if TYPE_CHECKING:
    from collections.abc import Iterable


def unreadable(connection: sa.Connection, tables: Iterable[sa.Table]) -> tuple[str, ...]:
    """The names of those that lack a column or are not there; none of their rows is read.

    Raises DBAPIError where it is refused for another reason, as for a lock or a privilege.
    """
    found = []
    for table in tables:
        try:
            connection.execute(sa.select(table).where(sa.false())).close()
        except DBAPIError as error:
            violation = violation_in(error, connection.dialect.name)
            if violation is None or violation.rule != "missing":
                raise
            found.append(str(table.name))
        connection.rollback()
    return tuple(found)
