"""Tables whose rows refer to each other in a circle that no NULL can open: their keys are promised beforehand."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from bothways.verify.rows.building import Builder, Row
from bothways.verify.rows.fresh import fresh

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bothways.dialects.plantable import PlantableTable
    from bothways.verify.rows.planting import Work

_PROMISED = 3


def plant_circle(work: Work, group: Sequence[PlantableTable]) -> None:
    """Fill all tables of a circle, or none: foreign keys are put off until the last is filled."""
    names = [t.name for t in group]
    savepoint = work.connection.begin_nested()
    reason: str | None = None
    try:
        for statement in work.planter.postponing:
            work.execute(statement)
        promised = {t.name: _promise(work, t, group) for t in group}
        for table in group:
            work.fill(table, promised=promised)
        reason = next((work.failed[n] for n in names if n in work.failed), None)
        short = [n for n in names if work.planted.get(n, 0) < len(promised[n])]
        if reason is None and short:
            reason = f"the rows of {short[0]} that others refer to could not all be made"
        reason = reason or next(
            (f"rows of {n} lack what they refer to" for n in names if work.planter.dangling(work.connection, n)), None
        )
        reason = reason or work.attempt(*work.planter.insisting)
    finally:
        if reason is None:
            savepoint.commit()
        else:
            savepoint.rollback()
            for statement in work.planter.insisting:
                work.execute(statement)
    if reason is not None:
        for name in names:
            work.planted.pop(name, None)
            work.failed[name] = f"{', '.join(names)} refer to each other: {reason}"
        work.later[:] = [entry for entry in work.later if entry[0].name not in names]


def _promise(work: Work, table: PlantableTable, group: Sequence[PlantableTable]) -> list[Row]:
    """Keys of rows that the table will have."""
    chance = random.Random(f"{work.seed}:{table.name}:promised")  # noqa: S311
    targets = {t for other in group for r in other.references if r.table == table.name for t in r.targets}
    free = [t for t in sorted(targets) if not any(t in r.columns for r in table.references)]
    builder = Builder(table, chance, {r.name: [] for r in table.references}, frozenset(free))
    made: list[Row] = []
    for turn in range(_PROMISED if free else 0):
        number = 500 + turn
        made.append({name: fresh(table.column(name), number, chance, builder.pools[name][0]) for name in free})
    return made
