"""The records of runs: functions on a connection to the database that a run is about."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bothways.dialects import dialect_for
from bothways.runs.run import Event, Outcome, Run, State, Wish
from bothways.runs.tables import EVENTS, HELD, LEDGER, RUNS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_TRIES = 10
"""How often a number for an event is looked for when others write at the same moment."""


def now(connection: sa.Connection) -> int:
    """The database's clock."""
    return int(dialect_for(connection.dialect.name).clock(connection) * 1000)


def add(connection: sa.Connection, wish: Wish, plan: Sequence[str]) -> Run | None:
    """Record a new run and take the database for it; None where another one has it."""
    at = now(connection)
    name = f"{wish.database}-{at:012x}{secrets.token_hex(5)}"
    values = {"id": name, "name": wish.database, "kind": wish.kind, "state": "queued", "held": HELD}
    try:
        connection.execute(sa.insert(RUNS).values(**values, created=at, beat=at, wish=wish.to_dict()))
        _write(connection, name, 1, "created", {"kind": wish.kind, **wish.to_dict(), "plan": list(plan)})
        connection.commit()
    except IntegrityError:
        connection.rollback()
        return None
    return find(connection, name)


def find(connection: sa.Connection, run: str) -> Run | None:
    """The run of that id; None where there is none."""
    return _first(connection, RUNS.c.id == run) if LEDGER.exists(connection) else None


def holder(connection: sa.Connection) -> Run | None:
    """The run that has the database."""
    return _first(connection, RUNS.c.held == HELD) if LEDGER.exists(connection) else None


def newest(
    connection: sa.Connection, name: str, state: str | None, most: int, before: tuple[int, str] | None = None
) -> tuple[Run, ...]:
    """The newest runs of a database, newest first; only older ones than ``before``: when it was made, and its id."""
    if not LEDGER.exists(connection):
        return ()
    query = sa.select(RUNS).where(RUNS.c.name == name)
    if state:
        query = query.where(RUNS.c.state == state)
    if before:
        at, run = before
        query = query.where((RUNS.c.created < at) | ((RUNS.c.created == at) & (RUNS.c.id < run)))
    rows = connection.execute(query.order_by(RUNS.c.created.desc(), RUNS.c.id.desc()).limit(most))
    return tuple(map(_run, rows))


def begin(connection: sa.Connection, run: str, host: str, process: str) -> bool:
    """Say which process runs it; False where it has ended meanwhile."""
    at = now(connection)
    values = {"state": "running", "started": at, "beat": at, "host": host, "process": process}
    return _turned(connection, run, values, "started", {})


def beat(connection: sa.Connection, run: str) -> tuple[bool, bool]:
    """Say that its process lives; whether the run still has the database, and whether it is to end."""
    here = (RUNS.c.id == run) & (RUNS.c.held == HELD)
    alive = connection.execute(sa.update(RUNS).where(here).values(beat=now(connection))).rowcount
    asked = connection.scalar(sa.select(RUNS.c.cancel).where(RUNS.c.id == run))
    connection.commit()
    return bool(alive), asked is not None


def keep_session(connection: sa.Connection, run: str, session: str) -> None:
    """Remember which session of the server migrates."""
    connection.execute(sa.update(RUNS).where(RUNS.c.id == run).values(session=session))
    connection.commit()


def ask_to_end(connection: sa.Connection, run: str) -> None:
    """Ask a run to end."""
    here = (RUNS.c.id == run) & (RUNS.c.held == HELD) & RUNS.c.cancel.is_(None)
    if connection.execute(sa.update(RUNS).where(here).values(cancel=now(connection))).rowcount:
        connection.commit()
        tell(connection, run, "cancel", {})
    connection.commit()


def end(connection: sa.Connection, run: str, state: State, outcome: Outcome) -> bool:
    """Write how a run ended and give the database back; False where somebody else has done so."""
    values = {"state": state, "held": None, "ended": now(connection), "outcome": outcome.to_dict()}
    said = {k: v for k, v in outcome.to_dict().items() if k != "report"}
    return _turned(connection, run, values, "ended", {"state": state, **said})


def _turned(connection: sa.Connection, run: str, values: Mapping[str, Any], kind: str, data: Mapping[str, Any]) -> bool:
    """Write how a run that has its database goes on, and that as an event; False where it has the database no more."""
    here = (RUNS.c.id == run) & (RUNS.c.held == HELD)
    for _ in range(_TRIES):
        try:
            if not connection.execute(sa.update(RUNS).where(here).values(**values)).rowcount:
                break
            _write(connection, run, _last(connection, run) + 1, kind, data)
            connection.commit()
        except IntegrityError:
            # Somebody has just asked it to end, which is an event too.
            connection.rollback()
            continue
        return True
    connection.rollback()
    return False


def tell(connection: sa.Connection, run: str, kind: str, data: Mapping[str, Any]) -> int:
    """Add an event; its number. Several processes may do so at once."""
    for _ in range(_TRIES):
        number = _last(connection, run) + 1
        try:
            _write(connection, run, number, kind, data)
            connection.commit()
        except IntegrityError:
            connection.rollback()
            continue
        return number
    return 0


def events(connection: sa.Connection, run: str, after: int = 0, most: int = 500) -> tuple[Event, ...]:
    """The events of a run behind the one of that number, in order."""
    query = sa.select(EVENTS).where((EVENTS.c.run == run) & (EVENTS.c.number > after))
    rows = connection.execute(query.order_by(EVENTS.c.number).limit(most))
    return tuple(Event(row.number, row.at, row.kind, row.data) for row in rows)


def _write(connection: sa.Connection, run: str, number: int, kind: str, data: Mapping[str, Any]) -> None:
    values = {"run": run, "number": number, "at": now(connection), "kind": kind, "data": dict(data)}
    connection.execute(sa.insert(EVENTS).values(**values))


def _last(connection: sa.Connection, run: str) -> int:
    return connection.scalar(sa.select(sa.func.max(EVENTS.c.number)).where(EVENTS.c.run == run)) or 0


def _first(connection: sa.Connection, which: sa.ColumnElement[bool]) -> Run | None:
    row = connection.execute(sa.select(RUNS).where(which)).first()
    return None if row is None else _run(row)


def _run(row: sa.Row[Any]) -> Run:
    return Run(
        id=row.id,
        wish=Wish(row.name, row.kind, **row.wish),
        state=row.state,
        created=row.created,
        started=row.started,
        ended=row.ended,
        beat=row.beat,
        cancel=row.cancel,
        host=row.host,
        process=row.process,
        session=row.session,
        outcome=row.outcome or {},
    )
