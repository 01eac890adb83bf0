"""A change made on a database with rows and taken back, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa

from bothways import scratch
from bothways.agreement import disagreement
from bothways.building import build
from bothways.connections import call
from bothways.dialects.reading import take
from bothways.snapshot import Snapshot, advanced, difference

if TYPE_CHECKING:
    from bothways.urls import DatabaseURL
    from tests.generate.cases.case import Case, Models

T = TypeVar("T")
Way = Callable[["sa.Connection"], None]
"""Changes a database, and commits."""


class Trouble(Exception):
    """Where it went wrong, in a word or two, and what was seen."""

    def __init__(self, stage: str, detail: str) -> None:
        super().__init__(f"{stage}: {detail}")
        self.stage = stage
        self.detail = detail


def models(declare: Models) -> sa.MetaData:
    """The models that a case declares."""
    metadata = sa.MetaData()
    declare(metadata)
    return metadata


def catalog(connection: sa.Connection, metadata: sa.MetaData) -> Snapshot:
    """What the models are in a database, which is empty before."""
    build(connection, metadata)
    return look(connection)


def travel(case: Case, connection: sa.Connection, wanted: Snapshot, up: Way, down: Way) -> Snapshot:
    """Go up and down on a database in which the case's models and rows are; what it is when it is up.

    Raises Trouble at the first thing that is wrong.
    """
    before = look(connection)
    _go("up", up, connection)
    there = look(connection)
    _same("up leaves", there, wanted)
    _ask(case, connection)
    _kept(case, before, there)
    _go("down", down, connection)
    back = look(connection)
    _same("down leaves", back, before)
    if lost := list(_lost(before, back, case.lossy | case.may_lose)):
        raise Trouble("rows lost", "; ".join(lost))
    return there


def on_scratch(server: DatabaseURL, function: Callable[[sa.Connection], T]) -> T:
    """Run a function on one connection to a database that is removed afterwards: a new session costs more than most."""
    with scratch.database(server) as url:
        return call(url, function, purpose="prove")


def look(connection: sa.Connection) -> Snapshot:
    """The catalog and the digests of rows, with no transaction left open."""
    try:
        return take(connection, rows=True)
    finally:
        connection.rollback()


def plant(case: Case, connection: sa.Connection) -> None:
    """Build the models as they were, with the case's rows."""
    build(connection, models(case.before))
    for statement in case.rows:
        _execute(connection, statement)
    connection.commit()


def _execute(connection: sa.Connection, statement: str) -> sa.CursorResult[Any]:
    # Neither a colon nor a percent sign is a parameter.
    return connection.execute(sa.text(statement.replace(":", "\\:")))


def _go(stage: str, way: Way, connection: sa.Connection) -> None:
    try:
        way(connection)
    except Exception as error:
        lines = str(error).splitlines() or [""]
        raise Trouble(f"{stage} fails", f"{type(error).__name__}: {' '.join(lines[:3])}") from error


def _same(stage: str, found: Snapshot, wanted: Snapshot) -> None:
    if left := disagreement(found, wanted):
        raise Trouble(stage, "; ".join(map(str, left)))


def _ask(case: Case, connection: sa.Connection) -> None:
    for query, expected in case.then.items():
        found = [tuple(map(_value, row)) for row in _execute(connection, query)]
        if found != expected:
            raise Trouble("rows differ", f"{query}: {found}, not {expected}")
    connection.rollback()


def _value(value: Any) -> Any:
    if isinstance(value, Decimal | float):
        return float(value)
    return int(value) if isinstance(value, bool) else value


def _kept(case: Case, before: Snapshot, there: Snapshot) -> None:
    if case.loses_rows:
        return
    for key in before.objects:
        if key.startswith("rows:") and key in there.objects:
            had, has = before.objects[key].get("count"), there.objects[key].get("count")
            if had != has:
                raise Trouble("rows lost", f"{key} had {had} rows and has {has} after the upgrade")


def _lost(before: Snapshot, back: Snapshot, declared: frozenset[str]) -> Iterator[str]:
    for change in difference(before, back, tiers=("data",)):
        column = str(change.fact).removeprefix("column ")
        partly = change.fact == "rows" and any(name.startswith(f"{change.name}.") for name in declared)
        if not (advanced(change) or partly or {change.name, f"{change.name}.{column}"} & declared):
            yield str(change)
