"""Take a snapshot of a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bothways.dialects import dialect_for
from bothways.snapshot import Snapshot, parts_of

if TYPE_CHECKING:
    import sqlalchemy as sa

OWN_TABLES = "bothways_"


def take(connection: sa.Connection, *, version_table: str = "alembic_version", rows: bool = False) -> Snapshot:
    """Everything that the database is, with ``rows`` the digests of its data too.

    Left out are the version table (``schema.table`` where it has a schema of its own) and Bothways' own tables
    (``bothways_*``), among them the side tables in which a revision keeps what its other direction gives back.
    """
    dialect = dialect_for(connection.dialect.name)
    objects = dialect.objects(connection)
    kept = {key: facts for key, facts in objects.items() if not _is_about(key, version_table)}
    if rows:
        kept = {**kept, **dialect.rows(connection, kept)}
    return Snapshot(dialect.name, dialect.server_version(connection), kept, dialect.tiers)


def _is_about(key: str, table: str) -> bool:
    _, _, name = key.partition(":")
    if "." in table:  # in a schema of its own
        return name == table or name.startswith((f"{table}.", OWN_TABLES))
    relation = parts_of(name)[0] if name.startswith('"') else name.partition(".")[0]
    return relation == table or relation.startswith(OWN_TABLES)
