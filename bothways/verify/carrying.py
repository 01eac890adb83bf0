"""One more downgrade with rows that only the new schema allows: it may refuse them or carry them, but not lose them.

A downgrade that refuses one row says nothing of what it would do to the others, so they are tried in smaller groups.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bothways.dialects import dialect_for
from bothways.errors import BothwaysError
from bothways.verify import newer
from bothways.verify.stage import source_of
from bothways.verify.wishes import wishes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bothways.history import Revision
    from bothways.snapshot import Snapshot
    from bothways.verify.stage import Stage
    from bothways.verify.wishes import Wish

_MOST_TRIES = 24


@dataclass(frozen=True, slots=True)
class Carried:
    """What became of the rows: lost ones as ``table.column`` and words, and whether the database is still of use."""

    lost: tuple[tuple[str, str], ...] = ()
    spoiled: bool = False
    notes: tuple[str, ...] = ()


def carry(stage: Stage, revision: Revision, before: Snapshot, after: Snapshot) -> Carried:
    """Plant such rows, go down and up again; the database stands above the revision before and afterwards."""
    touched = stage.tracker.touched_since(before)
    common = {n for n in before.names("table") if f"table:{n}" in after.objects} if touched is None else touched
    tables = {t for t in common if f"table:{t}" in before.objects and f"table:{t}" in after.objects}
    if not tables:
        return Carried()
    old, new = (stage.tracker.around(s, tables) for s in (before, after))
    wished = wishes(old, new, tables, stage.options.seed, source_of(revision))
    return _Carrying(stage, revision, new).run(wished) if wished else Carried()


@dataclass
class _Carrying:
    stage: Stage
    revision: Revision
    after: Snapshot
    refused: bool = False
    stopped: Carried | None = None
    tries: int = 0
    lost: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.undoes = dialect_for(self.after.dialect).capabilities.transactional_ddl

    def run(self, wished: Sequence[Wish]) -> Carried:
        # Where a refusal can't be undone it ends the matter, so the mildest values go first and alone.
        groups = [wished] if self.undoes else [[w for w in wished if w.mild], [w for w in wished if not w.mild]]
        at_head = self.stage.look(full=False)
        for group in groups:
            if group and not self.lost and (self.undoes or not self.refused):
                at_head = self._try(group, at_head)
        if self.stopped is not None:
            return self.stopped
        spoiled = self.refused and self._left_something(at_head)
        return Carried(tuple(dict(self.lost).items()), spoiled)

    def _try(self, wished: Sequence[Wish], at_head: Snapshot) -> Snapshot:
        """What the database was before a downgrade that it refused, or is now."""
        stage = self.stage
        self.tries += 1
        rows = newer.plant_newer(stage.connection, self.after, wished, stage.options.seed)
        if not rows.planted:
            stage.connection.rollback()
            return at_head
        if not self.undoes:
            stage.connection.commit()
            at_head = stage.look(full=False)
        held = newer.read_newer(stage.connection, rows)
        try:
            stage.runner.down(self.revision)
        except BothwaysError:
            self.refused = True
            return self._divide(wished, at_head)
        down = newer.read_newer(stage.connection, rows)
        stage.connection.rollback()
        try:
            stage.runner.up(self.revision)
        except BothwaysError as error:
            text = f"after a downgrade of rows that only it allows, the upgrade refuses: {error.message}"
            self.stopped = Carried(spoiled=True, notes=(text,))
            return at_head
        up = newer.read_newer(stage.connection, rows)
        stage.connection.rollback()
        self.lost += [
            (f"{x.table}.{x.column}" if x.column else x.table, str(x)) for x in newer.lost(rows, held, down, up)
        ]
        return stage.look(full=False)

    def _divide(self, wished: Sequence[Wish], at_head: Snapshot) -> Snapshot:
        middle = len(wished) // 2
        for half in (wished[:middle], wished[middle:]) if middle and self.undoes else ():
            if not self.lost and self.stopped is None and self.tries < _MOST_TRIES and self._usable:
                at_head = self._try(half, at_head)
        return at_head

    @property
    def _usable(self) -> bool:
        return not self.stage.connection.invalidated

    def _left_something(self, at_head: Snapshot) -> bool:
        """Whether a downgrade that refused did half of its work (an engine that commits each statement)."""
        if not self._usable:
            return True
        return bool(self.stage.tracker.difference(at_head, self.stage.look(full=True)))
