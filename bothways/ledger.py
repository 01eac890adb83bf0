"""The engine's own tables in a target database: runs, accounts, an audit log. They live beside the data they are about.

Each part of the engine has a :class:`Ledger`: some ``bothways_*`` tables of one version, made when something is first
written. Autogenerate, snapshots and drift never see them.
"""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from bothways.errors import UnknownDatabaseRevision

if TYPE_CHECKING:
    from collections.abc import Sequence


class Moment(sa.types.TypeDecorator[dt.datetime]):
    """A moment in UTC as text of one width, so that it is the same, exact, and in order on every engine."""

    impl = sa.String(27)
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: sa.Dialect) -> str | None:
        """``2026-11-21T15:49:19.123456Z``."""
        return None if value is None else moment_text(value)

    def process_result_value(self, value: Any, _dialect: sa.Dialect) -> dt.datetime | None:
        """With its zone."""
        return None if value is None else dt.datetime.fromisoformat(value)


def moment_text(value: dt.datetime) -> str:
    """A moment as the tables here keep it."""
    return value.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def now() -> dt.datetime:
    """This moment in UTC."""
    return dt.datetime.now(dt.UTC)


_TRIES = 10
_A_MOMENT = 0.05
_VERSIONS = sa.Table(
    "bothways_ledgers",
    sa.MetaData(),
    sa.Column("name", sa.String(40), primary_key=True, comment="Whose tables they are"),
    sa.Column("version", sa.Integer, nullable=False, comment="The version of their structure"),
    comment="Which tables of Bothways itself are here",
)


@dataclass(frozen=True, slots=True)
class Ledger:
    """Some tables of one ``metadata``, all with names that begin with ``bothways_``."""

    name: str
    version: int
    metadata: sa.MetaData
    changes: Sequence[Sequence[sa.schema.ExecutableDDLElement]] = ()
    """What makes version 2 of version 1, and so on."""

    def exists(self, connection: sa.Connection) -> bool:
        """Whether they were made; never makes anything."""
        inspector = sa.inspect(connection)
        return all(inspector.has_table(table.name) for table in self.metadata.tables.values())

    def ensure(self, connection: sa.Connection) -> None:
        """Make what is missing and bring what is old up to this version; commits.

        Several processes may do it at once. Raises UnknownDatabaseRevision where a newer Bothways has made them.
        """
        if self.exists(connection) and self._version(connection) == self.version:
            connection.commit()
            return
        for left in reversed(range(_TRIES)):
            try:
                self._make(connection)
            except DBAPIError:
                # Others make them at the same moment; anything else fails again.
                connection.rollback()
                if not left:
                    raise
                time.sleep(_A_MOMENT)
            else:
                return

    def _make(self, connection: sa.Connection) -> None:
        _VERSIONS.metadata.create_all(connection)
        self.metadata.create_all(connection)
        found = self._version(connection)
        if found is None:
            connection.execute(sa.insert(_VERSIONS).values(name=self.name, version=self.version))
        elif found > self.version:
            raise UnknownDatabaseRevision(
                f"the tables of {self.name} are of version {found}, and this Bothways knows {self.version}",
                hint="run the newer Bothways that made them",
            )
        elif found < self.version:
            for step in self.changes[found - 1 : self.version - 1]:
                for statement in step:
                    connection.execute(statement)
            here = _VERSIONS.c.name == self.name
            connection.execute(sa.update(_VERSIONS).where(here).values(version=self.version))
        connection.commit()

    def _version(self, connection: sa.Connection) -> int | None:
        if not sa.inspect(connection).has_table(_VERSIONS.name):
            return None
        found: int | None = connection.scalar(sa.select(_VERSIONS.c.version).where(_VERSIONS.c.name == self.name))
        return found
