"""One revision's way up, down and up on a scratch database that stands at its parents."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bothways.dialects import dialect_for
from bothways.errors import BothwaysError
from bothways.revisions.guard import ForbiddenError
from bothways.snapshot import advanced, split_name
from bothways.verify import own
from bothways.verify.carrying import Carried, carry
from bothways.verify.collateral import damage
from bothways.verify.contents import Contents, read
from bothways.verify.judge import Observed, judge, moved_notes
from bothways.verify.stage import source_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bothways.history import Revision
    from bothways.snapshot import Change, Snapshot
    from bothways.verify.options import Level
    from bothways.verify.proof import Proof
    from bothways.verify.stage import Stage


@dataclass(frozen=True, slots=True)
class Task:
    """A revision to prove. ``full``: by complete snapshots and with the rows themselves, for the evidence.

    ``lossy`` are the tables whose rows a quick trip has seen changed: the same database tells which rows, once more.
    """

    revision: Revision
    full: bool = False
    lossy: frozenset[str] = frozenset()
    seen: tuple[Change, ...] = ()
    """What that quick trip saw."""
    level: Level = "boundary"
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a task: a proof, or the task to take up again on a fresh database."""

    proof: Proof | None = None
    again: Task | None = None
    here: bool = False
    """The same database will do for it."""
    spoiled: bool = False
    """The database is no longer what the history says."""
    stuck: bool = False
    """The upgrade does not run, so nothing that builds on the revision can be reached."""


def prove(stage: Stage, task: Task, proof: Proof) -> Outcome:
    """Take the trip; ``proof`` is blank but for what is known of the revision."""
    return _Trip(stage, task, task.revision).run(replace(proof, notes=task.notes, level=task.level))


@dataclass
class _Trip:
    stage: Stage
    task: Task
    revision: Revision
    ways: list[tuple[str, ...]] = field(default_factory=list)
    """The statements of each way: up, down, up."""
    violated: list[str] = field(default_factory=list)

    def run(self, proof: Proof) -> Outcome:
        stage, full = self.stage, self.task.full
        if self.task.lossy:
            try:
                stage.runner.down(self.revision)
            except BothwaysError as error:
                return Outcome(broken(proof, error), spoiled=True)
            stage.wants_rows(self.task.lossy)
        notes = stage.plant(self.task.level, self.revision)
        self._own_rows()
        before = stage.look(full=full)
        rows_before = self._contents(before)
        self._invariants(before)
        proof = replace(proof, server=before.server_version, rows=stage.planted, notes=(*proof.notes, *notes))
        try:
            self._step("up")
        except BothwaysError as error:
            return self._upgrade_failed(proof, error)
        after = stage.look(full=full)
        self._invariants(after)
        changed = stage.tracker.difference(before, after)
        gone = damage(changed, before, source_of(self.revision), self.ways[0])
        stage.wants_rows(_want_rows(changed, after))
        if self.revision.irreversible:
            proof = replace(proof, verdict="irreversible-declared", evidence=self.revision.irreversible)
            return Outcome(replace(proof, verdict="broken", evidence=gone[0]) if gone else proof)
        try:
            self._step("down")
            back = stage.look(full=full)
            rows_back = self._contents(back)
            self._invariants(back)
        except BothwaysError as error:
            return Outcome(broken(proof, error), spoiled=True)
        try:
            self._step("up")
        except BothwaysError as error:
            left = _counted(stage.tracker.difference(before, back))
            text = f"after its downgrade it cannot be upgraded again: {error.message}"
            return Outcome(replace(broken(proof, error), evidence=text, changes=left), spoiled=True)
        again = self._again(before, after, back)
        restored, moved = _placed(_counted(stage.tracker.difference(before, back)), before)
        repeated, _ = _placed(_repeated(stage.tracker.difference(after, again)), before)
        seen = Observed(
            not_restored=restored,
            not_repeated=repeated,
            moved=moved,
            violated=tuple(dict.fromkeys(self.violated)),
            contents=(rows_before, rows_back) if rows_before and rows_back else None,
        )
        stage.wants_rows(_rewritten(seen.not_restored, after))
        # What vanished and came back is no damage.
        seen = replace(seen, collateral=() if seen.clean else gone)
        spoiled = False
        if self.task.lossy and not seen.not_restored:
            seen = replace(seen, not_restored=self.task.seen)
        final = full or bool(self.task.lossy)
        if seen.clean or final:
            carried = self._carry(before, after)
            spoiled = carried.spoiled
            seen = replace(seen, lost=carried.lost)
            proof = replace(proof, notes=(*proof.notes, *carried.notes))
        if not seen.clean and not final:
            return self._once_more(seen)
        judged = judge(proof, self.revision, seen)
        return Outcome(judged, spoiled=spoiled or judged.verdict == "broken")

    def _once_more(self, seen: Observed) -> Outcome:
        """Where only rows differ this database tells which; anything else is looked at on a fresh one."""
        changes = seen.not_restored + seen.not_repeated
        tables = frozenset(c.name for c in seen.not_restored)
        if seen.violated or seen.collateral or seen.lost or any(c.tier != "data" for c in changes) or not tables:
            return Outcome(again=replace(self.task, full=True))
        notes = (*self.task.notes, *moved_notes(seen.moved))  # the second time they are there already
        return Outcome(again=replace(self.task, lossy=tables, seen=seen.not_restored, notes=notes), here=True)

    def _again(self, before: Snapshot, after: Snapshot, back: Snapshot) -> Snapshot:
        """What the second upgrade made: the same as the first, where it did the same to the same."""
        first, _, second = self.ways
        tracker = self.stage.tracker
        if self.task.full or first != second or tracker.difference(before, back) or not tracker.assume(after):
            return self.stage.look(full=self.task.full)
        return after

    def _step(self, direction: str) -> None:
        run = self.stage.runner.up if direction == "up" else self.stage.runner.down
        try:
            run(self.revision)
        finally:
            self.ways.append(tuple(self.stage.now.heard))
            self.stage.heed(self.revision)

    def _upgrade_failed(self, proof: Proof, error: BothwaysError) -> Outcome:
        """Where the server refuses, it may be for the rows: the same with ordinary, with sparse, with no ones."""
        easier: dict[Level, Level] = {"boundary": "ordinary", "ordinary": "sparse", "sparse": "none"}
        level = easier.get(self.task.level)
        if level is None or not self.stage.planted or isinstance(error.__cause__, ForbiddenError):
            # It was not for the rows, whatever was noted when there were some.
            proof = replace(proof, notes=proof.notes[len(self.task.notes) :])
            return Outcome(broken(proof, error), spoiled=True, stuck=True)
        said = f"the upgrade refuses rows that its parent allows, so it is proved with {_ROWS[level]}: {error.message}"
        return Outcome(again=replace(self.task, level=level, notes=(said,)))

    def _carry(self, before: Snapshot, after: Snapshot) -> Carried:
        if not self.stage.options.rows or self.task.level == "none":
            return Carried()
        return carry(self.stage, self.revision, before, after)

    def _contents(self, snapshot: Snapshot) -> Contents | None:
        if self.task.lossy:
            return read(self.stage.connection, self.stage.tracker.around(snapshot, self.task.lossy))
        return read(self.stage.connection, snapshot) if self.task.full else None

    def _at(self, snapshot: Snapshot) -> own.At:
        stage = self.stage
        return own.At(stage.connection, stage.there.name, stage.there.dialect, self.revision.id, snapshot)

    def _own_rows(self) -> None:
        # Where the same database is asked once more they are there already.
        if self.stage.judging is not None and not self.task.lossy:
            self.stage.judging.plant(self._at(self.stage.look(full=False)))
            self.stage.connection.commit()

    def _invariants(self, snapshot: Snapshot) -> None:
        if self.stage.judging is not None:
            self.violated += self.stage.judging.violations(self._at(snapshot))


_ROWS: dict[Level, str] = {
    "ordinary": "ordinary rows",
    "sparse": "ordinary rows that have no value wherever there may be none",
    "none": "empty tables",
}


def broken(proof: Proof, error: BothwaysError) -> Proof:
    """The proof of a revision that does not run: the error, its line where that is in its own file, and its SQL."""
    file, _, line = str(error.details.get("place") or "").rpartition(":")
    own_line = int(line) if line.isdigit() and Path(file).name == Path(proof.file).name else 1
    sql = error.details.get("sql")
    return replace(
        proof,
        verdict="broken",
        evidence=error.message,
        line=own_line,
        sql=" ".join(str(sql).split())[:2000] if sql else None,
    )


def _placed(changes: tuple[Change, ...], snapshot: Snapshot) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
    """What counts, and apart from it the places of columns where no revision could have given them their old ones."""
    if dialect_for(snapshot.dialect).capabilities.places_columns:
        return changes, ()
    moved = tuple(c for c in changes if (c.kind, c.fact) == ("column", "position"))
    return tuple(c for c in changes if c not in moved), moved


def _repeated(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """The differences of two upgrades that count: clocks, generators and counters never say the same twice."""
    return tuple(c for c in _counted(changes) if c.tier != "data" or c.fact in {None, "count"})


def _counted(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    return tuple(c for c in changes if not advanced(c) and (c.kind, c.fact) not in _LISTED)


_LISTED = {("constraint", "position"), ("index", "position")}
"""In which order a table's constraints and indexes are listed means nothing: what is made again stands last."""


def _want_rows(changes: tuple[Change, ...], after: Snapshot) -> frozenset[str] | None:
    """The tables that the upgrade made, widened or wrote to; None where a type changed, which any table may use."""
    names: set[str] = set()
    for change in changes:
        if change.kind in {"type", "schema"}:
            return None
        if change.kind == "column":
            names.add(split_name(change.name)[0])
        elif change.kind == "table":
            names.add(change.name)
    return _rewritten(changes, after) | {n for n in names if f"table:{n}" in after.objects}


def _rewritten(changes: Iterable[Change], after: Snapshot) -> frozenset[str]:
    """The tables whose rows are no longer those that were planted."""
    names = {c.name for c in changes if c.kind == "rows" and c.fact != "position"}
    return frozenset(n for n in names if f"table:{n}" in after.objects)
