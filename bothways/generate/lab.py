"""Two scratch databases, one as it was and one as it is to be, and the drafts that lead from one to the other.

Everything drafted is run before anybody sees it: up, compared with what was wanted; down, compared with what was there.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from bothways import scratch
from bothways.agreement import disagreement
from bothways.connections import call
from bothways.dialects.drafting import drafter_for
from bothways.dialects.reading import take
from bothways.errors import DraftFailed
from bothways.errors.saying import said
from bothways.operations import Draft, Hints, State, marked
from bothways.revisions import trial
from bothways.snapshot import difference

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import sqlalchemy as sa

    from bothways.code import Code
    from bothways.operations import Step
    from bothways.snapshot import Change, Snapshot
    from bothways.urls import DatabaseURL

ROUNDS = 3
"""How often what a draft left over is drafted again."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """The drafts of one branch, and what they were seen to do."""

    drafts: tuple[Draft, ...]
    before: Snapshot | None = None
    after: Snapshot | None = None
    left: tuple[Change, ...] = ()
    """What still differs from the models after the upgrade."""
    not_restored: tuple[Change, ...] = ()
    """What differs from before after the downgrade."""


@dataclass(frozen=True)
class Lab:
    """How both sides are built on a server."""

    server: DatabaseURL
    script_location: Path
    build_before: Callable[[sa.Connection], None]
    build_after: Callable[[sa.Connection], None]
    version_table: str = "alembic_version"
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Keys as they were and the objects' new names, in the order in which they are renamed."""
    decide: Callable[[Snapshot, Snapshot], Mapping[str, str]] | None = None
    """Further renames, told from the head and the models; asked after each answer until there are none."""
    written: Mapping[str, str] = field(default_factory=dict)
    """Texts of the models, by key or ``key/fact``."""
    hints: Hints = field(default_factory=Hints)
    mark: str = ""
    """What tells the side tables of this change from those of others."""

    def draft(self) -> Drafted:
        """Draft, run both ways, and say what is left. Raises a DatabaseError where a scratch database can't be had."""
        with ExitStack() as stack:
            here = stack.enter_context(scratch.database(self.server))
            there = stack.enter_context(scratch.database(self.server))
            before = self._on(here, self.build_before)
            wanted = self._on(there, self.build_after)
            steps = self._renames(here, before, self.renamed)
            now = self._on(here) if steps else before
            while self.decide and (renamed := self.decide(now, wanted)):
                steps += self._renames(here, now, renamed)
                known, now = now, self._on(here)
                if now.digest == known.digest:
                    break  # what is to be renamed has another name in no catalog, so it would be asked for ever
            drafts = [Draft(tuple(steps))] if steps else []
            left = disagreement(now, wanted)
            for _ in range(ROUNDS):
                if not left:
                    break
                more = self._more(here, there, now, wanted, left)
                if not more:
                    break
                self._run(here, [draft.up for draft in more])
                drafts += more
                now = self._on(here)
                left = disagreement(now, wanted)
            self._run(here, [draft.down for draft in reversed(drafts)])
            back = self._on(here) if drafts else before
            not_restored = difference(before, back, tiers=("semantic",))
            return Drafted(tuple(_joined(drafts)), before, wanted, left, not_restored)

    def _more(
        self, here: DatabaseURL, there: DatabaseURL, now: Snapshot, wanted: Snapshot, left: Sequence[Change]
    ) -> list[Draft]:
        drafter = drafter_for(self.server.dialect)
        keys = sorted({c.key for c in left})
        old = call(here, lambda c: drafter.sources(c, now, [k for k in keys if k in now.objects], {}), purpose="prove")
        new = call(
            there,
            lambda c: drafter.sources(c, wanted, [k for k in keys if k in wanted.objects], self.written),
            purpose="prove",
        )
        drafts = drafter.draft(State(now, old), State(wanted, new), self.hints)
        return [marked(draft, self.mark) for draft in drafts]

    def _renames(self, here: DatabaseURL, now: Snapshot, renamed: Mapping[str, str]) -> list[Step]:
        drafter = drafter_for(self.server.dialect)
        steps: list[Step] = []
        for key, name in renamed.items():
            step = drafter.renaming(State(now), key, name)
            self._run(here, [step.up])
            steps.append(step)
            now = self._on(here)
        return steps

    def _run(self, url: DatabaseURL, bodies: Sequence[Sequence[Code]]) -> None:
        def run(connection: sa.Connection) -> None:
            for body in bodies:
                trial.run(connection, body, self.script_location)

        try:
            call(url, run, purpose="prove")
        except SQLAlchemyError as error:
            raise _failed(error) from error

    def _on(self, url: DatabaseURL, build: Callable[[sa.Connection], None] | None = None) -> Snapshot:
        def look(connection: sa.Connection) -> Snapshot:
            if build is not None:
                build(connection)
                connection.commit()
            return take(connection, version_table=self.version_table)

        return call(url, look, purpose="prove")


def _failed(error: SQLAlchemyError) -> DraftFailed:
    reason = said(error)
    return DraftFailed(
        f"what was drafted does not run on a scratch database: {reason}",
        hint="nothing was written; make the change in two smaller ones, or begin with an empty revision: --empty",
        details={"sql": str(getattr(error, "statement", None) or ""), "reason": reason},
    )


def _joined(drafts: Sequence[Draft]) -> list[Draft]:
    """Drafts without a title are one with the one before them where that has none either."""
    joined: list[Draft] = []
    for draft in drafts:
        if joined and not draft.title and not joined[-1].title:
            joined[-1] = replace(joined[-1], steps=(*joined[-1].steps, *draft.steps))
        elif draft.steps:
            joined.append(draft)
    return joined
