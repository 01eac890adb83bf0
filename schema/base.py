"""The base of all models: names of constraints and indexes, table options, keys and timestamps."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.util import OrderedSet

from schema.defaults import utc_now
from schema.types import UtcDateTime, UuidKey

NAMING_CONVENTION = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}
"""Every constraint has a name that says what it is: without one, no engine but the one that made it can drop it."""

SERVER_MADE: dict[Any, Any] = {"write": False}
"""The ``info`` of a column that a client never sends."""


class Base(DeclarativeBase):
    """The base class; its ``metadata`` holds every table of the project."""

    metadata = sa.MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map: ClassVar[dict[Any, Any]] = {uuid.UUID: UuidKey}

    @classmethod
    def __table_cls__(cls, *arguments: Any, **named: Any) -> sa.Table:
        """Make a class's table, with its indexes in the order of writing; those of ``index=True`` follow by name.

        SQLAlchemy keeps them in a set, so ``create_all`` would make them in another order in every process.
        """
        table = sa.Table(*arguments, **named)
        written = [argument for argument in arguments if isinstance(argument, sa.Index)]
        others = sorted(table.indexes.difference(written), key=lambda index: str(index.name))
        table.indexes = OrderedSet([*written, *others])
        return table


@sa.event.listens_for(Base.metadata, "before_create")
def _forget_other_engines(metadata: sa.MetaData, _connection: sa.Connection, **_: Any) -> None:
    # Adding a key by ALTER marks it for ever as not to be declared inside CREATE TABLE (AddConstraint's
    # isolate_from_table), so after PostgreSQL, SQLite's table would come without it.
    for table in metadata.tables.values():
        for constraint in table.foreign_key_constraints:
            if constraint.use_alter:
                constraint._create_rule = None  # noqa: SLF001 - SQLAlchemy has no public way back


def options(comment: str, **more: Any) -> dict[str, Any]:
    """Table options: its comment, and on MySQL and MariaDB the storage engine, the character set and the collation.

    ``utf8mb4_bin`` compares as PostgreSQL and SQLite do, byte by byte; columns that are read by people have a collation
    of their own (``schema.types.label``). SQLite has no comments: there they live in the models only.
    """
    chosen = {"engine": "InnoDB", "charset": "utf8mb4", "collate": "utf8mb4_bin"}
    spelled = {f"{name}_{key}": value for name in ("mysql", "mariadb") for key, value in chosen.items()}
    return {"comment": comment, **spelled, **more}


def only_on(*dialects: str) -> Callable[..., bool]:
    """A condition for ``ddl_if``: the index or constraint exists on these engines only."""

    def decide(*_: Any, dialect: sa.Dialect, **__: Any) -> bool:
        return dialect.name in dialects

    return decide


def uuid_key(comment: str) -> Mapped[uuid.UUID]:
    """A primary key made by the models: random, so that rows may be made anywhere and merged later."""
    return mapped_column(UuidKey, primary_key=True, default=uuid.uuid4, comment=comment, info=SERVER_MADE)


class Timestamped:
    """When a row was made and last changed, in UTC, kept by the server and by the models.

    Columns that the history added later have ``sort_order=1``: they stand behind these two, as they do in a database.
    """

    created_at: Mapped[datetime] = mapped_column(
        UtcDateTime, server_default=utc_now(), comment="When the row was made, in UTC", info=SERVER_MADE
    )
    updated_at: Mapped[datetime] = mapped_column(
        UtcDateTime,
        server_default=utc_now(),
        onupdate=lambda: datetime.now(UTC),
        comment="When the row was last changed, in UTC",
        info=SERVER_MADE,
    )
