"""From what a round trip showed to its verdict: functions of data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bothways.snapshot import split_name
from bothways.verify.contents import Contents, evidence, losses

if TYPE_CHECKING:
    from bothways.history import Revision
    from bothways.snapshot import Change
    from bothways.verify.proof import Proof


@dataclass(frozen=True, slots=True)
class Observed:
    """What was seen on a revision's way up, down and up."""

    not_restored: tuple[Change, ...]
    """What the downgrade did not bring back."""
    not_repeated: tuple[Change, ...]
    """What the second upgrade made otherwise than the first."""
    lost: tuple[tuple[str, str], ...] = ()
    """Of rows that only the new schema allows what a downgrade lost in silence: ``table.column``, and in words."""
    collateral: tuple[str, ...] = ()
    """What vanished though nothing of the revision names it, in words."""
    moved: tuple[Change, ...] = ()
    """Columns that came back at another place, on an engine that cannot place them."""
    violated: tuple[str, ...] = ()
    """The project's own invariants that did not hold, in words."""
    contents: tuple[Contents, Contents] | None = None
    """The rows before the upgrade and after the downgrade, where they were read."""

    @property
    def clean(self) -> bool:
        """Nothing differs and nothing is missing."""
        return not (self.not_restored or self.not_repeated or self.lost or self.collateral or self.violated)


def judge(proof: Proof, revision: Revision, seen: Observed) -> Proof:
    """The verdict: what differs in the schema is broken, what differs in the data is lossy unless it is declared."""
    gone = (*losses(seen.not_restored), *(name for name, _ in seen.lost))
    changes = seen.not_restored + seen.not_repeated
    spare = _spare(revision, gone) if proof.level != "none" else ()
    notes = (*proof.notes, *moved_notes(seen.moved), *spare, *(text for _, text in seen.lost[1:3]))
    proof = replace(proof, changes=changes, notes=notes)
    if seen.clean:
        return proof
    shown = _shown(seen, changes)
    if seen.violated or seen.collateral or any(c.tier != "data" for c in changes):
        return replace(proof, verdict="broken", evidence=shown)
    declared = bool(gone) and all(_declared(name, revision) for name in gone)
    return replace(proof, verdict="lossy-declared" if declared else "lossy", evidence=shown)


def _shown(seen: Observed, changes: tuple[Change, ...]) -> str:
    if seen.violated or seen.collateral:
        return (*seen.violated, *seen.collateral)[0]
    row = evidence(*seen.contents, seen.not_restored) if seen.contents else None
    return row or (str(changes[0]) if changes else seen.lost[0][1])


def moved_notes(changes: tuple[Change, ...]) -> tuple[str, ...]:
    """What to say of columns that came back at another place."""
    tables = sorted({split_name(c.name)[0] for c in changes})
    return tuple(
        f"the columns of {table} come back in another order: here a new column is the last" for table in tables
    )


def _spare(revision: Revision, gone: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        f"declares that {name} is lost, but it came back" for name in sorted(revision.lossy) if not _covers(name, gone)
    )


def _declared(lost: str, revision: Revision) -> bool:
    return lost in revision.lossy or split_name(lost)[0] in revision.lossy


def _covers(name: str, gone: tuple[str, ...]) -> bool:
    return any(part == name or part.startswith(f"{name}.") for part in gone)
