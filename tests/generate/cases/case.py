"""One change that real models make: as it was, as it is to be, and what must be true of the rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from bothways.operations import Hints

Models = Callable[[sa.MetaData], object]
"""Declares models on a MetaData."""

SQLITE, POSTGRESQL, MYSQL = ENGINES = ("sqlite", "postgresql", "mysql")
"""The engines' names; ``mysql`` stands for MariaDB too."""
NO_HINTS = Hints()


@dataclass(frozen=True, slots=True)
class Case:
    """A change from one set of models to another."""

    name: str
    """A sentence that says what happens."""
    before: Models
    after: Models
    engines: tuple[str, ...] = ENGINES
    reason: str = ""
    """Why the other engines have no such thing."""
    line: str = ""
    """The line of the measured table (alembic.md §1) that it comes from; nothing for those that came later."""
    rows: tuple[str, ...] = ()
    """Statements that plant rows before the upgrade."""
    then: Mapping[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    """What queries must find after the upgrade."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    hints: Hints = NO_HINTS
    lossy: frozenset[str] = frozenset()
    """What the steps must declare as lost on the way up and down."""
    may_lose: frozenset[str] = frozenset()
    """What they may declare too, where an engine may lose it."""
    loses_rows: bool = False
    """Whether a table may have fewer rows after the upgrade."""
    left_alone: str = ""
    """Why nothing must be drafted though the models differ."""


def both(added: str, removed: str, without: Models, having: Models, **more: Any) -> tuple[Case, Case]:
    """A thing that is added, and the same removed; a :class:`Pair` in ``more`` holds what differs between the two."""
    first = {key: value[0] if isinstance(value, Pair) else value for key, value in more.items()}
    second = {key: value[1] if isinstance(value, Pair) else value for key, value in more.items()}
    return Case(added, without, having, **first), Case(removed, having, without, **second)


class Pair(tuple[Any, Any]):
    """What differs between the two directions of :func:`both`."""

    __slots__ = ()


def item(metadata: sa.MetaData, *parts: Any, **options: Any) -> sa.Table:
    """The table ``item`` with an ``id`` and these columns, constraints and indexes."""
    return table(metadata, "item", *parts, **options)


def table(metadata: sa.MetaData, name: str, *parts: Any, **options: Any) -> sa.Table:
    """A table with an ``id`` and these columns, constraints and indexes."""
    return sa.Table(name, metadata, sa.Column("id", sa.Integer, primary_key=True), *parts, **options)


def also(target: sa.MetaData | sa.Table, create: str, *, on: str | tuple[str, ...] = ENGINES) -> None:
    """Declare an object beside the models: SQL that runs when the models' tables exist."""
    sa.event.listen(target, "after_create", sa.DDL(_plain(create)).execute_if(dialect=on))


def first(target: sa.MetaData | sa.Table, create: str, *, on: str | tuple[str, ...] = ENGINES) -> None:
    """Declare what must exist before the models' tables."""
    sa.event.listen(target, "before_create", sa.DDL(_plain(create)).execute_if(dialect=on))


def _plain(text: str) -> str:
    # sa.DDL formats its text with %.
    return text.replace("%", "%%")
