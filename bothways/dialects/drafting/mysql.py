"""Drafts of revisions for MySQL and MariaDB.

DDL commits by itself here, so the order of a draft is: what stands in the way (routines, views, foreign keys), what is
new, each table in one statement, which the server does wholly or not at all, then the foreign keys and whatever else
needs the tables as they are to be, and at the very end what is dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bothways.dialects.drafting.mysql_change import TableChange
from bothways.dialects.drafting.mysql_objects import SQL_MODE, ObjectChange, databases, objects_of, sequences
from bothways.dialects.drafting.mysql_renaming import renaming
from bothways.dialects.drafting.mysql_tables import tables_of
from bothways.operations import Draft
from bothways.snapshot import difference

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import sqlalchemy as sa

    from bothways.operations import Hints, State, Step
    from bothways.snapshot import Snapshot


class MySQLDrafter:
    """Drafts for MySQL and MariaDB."""

    def sources(
        self, connection: sa.Connection, snapshot: Snapshot, keys: Collection[str], written: Mapping[str, str]
    ) -> Mapping[str, str]:
        """What a new session's ``sql_mode`` is; a snapshot has all the rest, as SHOW CREATE prints it."""
        return {SQL_MODE: str(connection.exec_driver_sql("select @@global.sql_mode").scalar_one())}

    def draft(self, before: State, after: State, hints: Hints) -> tuple[Draft, ...]:
        """One revision."""
        if not difference(before.snapshot, after.snapshot, tiers=("semantic",)):
            return ()
        tables = tuple(TableChange(tables_of(before.snapshot), tables_of(after.snapshot), hints).steps())
        first, last = sequences(before, after)
        objects = ObjectChange(objects_of(before), objects_of(after), alone=not tables)
        steps = (*databases(before, after), *objects.before(), *first, *tables, *objects.after(), *last)
        return (Draft(steps),) if steps else ()

    def renaming(self, state: State, key: str, name: str) -> Step:
        """Rename one object."""
        return renaming(state, key, name)
