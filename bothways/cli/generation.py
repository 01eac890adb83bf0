"""What ``bothways revision`` does between its options and its report."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from bothways.cli.servers import with_servers
from bothways.cli.session import Session, finish

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import sqlalchemy as sa

    from bothways.generate.guesses import Guess
    from bothways.generate.revision import RevisionReport, Wish
    from bothways.project import Database, Project
    from bothways.snapshot import Snapshot
    from bothways.verify import ProofReport

_WANTS_VALUES = re.compile(r"not.null|null value|contains null", re.IGNORECASE)
"""What servers say where a new column has no value for the rows that are there."""


def run_revision(session: Session, names: tuple[str, ...], wish: Wish, *, verify: bool, sql: bool) -> None:
    """Write a change in every branch, prove what was written, and show both."""
    from bothways.generate.guesses import refuse
    from bothways.generate.revision import revise

    project, databases = with_servers(session.project(), names)
    watcher = None if session.quiet else _Drafting()
    try:
        asking = sys.stdin.isatty() and sys.stderr.isatty()
        report = revise(project, databases, wish, decide=Answers() if asking else refuse, watcher=watcher)
    finally:
        if watcher:
            watcher.clear()
    if sql and session.output == "text":
        _print_sql(report)
        click.get_current_context().exit(report.exit_code)
    if verify and report.revisions and not wish.dry_run and not wish.empty:
        proof = _proof(session, project, databases, report)
        report = replace(report, proof=proof, warnings=tuple(_empty_only(proof)))
    finish(session, report)


class Answers:
    """What a person said of possible renames; each is asked about once, for all engines."""

    def __init__(self) -> None:
        self.given: dict[tuple[str, str], bool] = {}

    def __call__(self, metadata: sa.MetaData, before: Snapshot, after: Snapshot) -> Mapping[str, str]:
        """The renames to do now, by keys of ``before``."""
        from bothways.generate import guesses, written

        hinted = written.renames(metadata, before)
        found = guesses.told(metadata, guesses.candidates(before, after, hinted), before.dialect)
        sure = guesses.certain(found)
        for guess in found:
            if guess.kind in guesses.WITH_ROWS and guess.old[0] not in sure:
                sure.update(self._asked(guess))
        return guesses.together(hinted, sure)

    def _asked(self, guess: Guess) -> Iterator[tuple[str, str]]:
        from bothways.generate import guesses

        taken: set[str] = set()
        for old in guess.old:
            for new in guess.new:
                if new not in taken and self._yes(old, new):
                    taken.add(new)
                    yield old, guesses.own_name(new)
                    break

    def _yes(self, old: str, new: str) -> bool:
        if (old, new) not in self.given:
            kind, _, name = old.partition(":")
            _clear_line()
            question = f"{kind} {name} is gone and {new.partition(':')[2]} is new: was it renamed?"
            self.given[old, new] = click.confirm(question, default=None, err=True)
        return self.given[old, new]


def _proof(session: Session, project: Project, databases: Sequence[Database], report: RevisionReport) -> ProofReport:
    from bothways.cli.progress import Progress
    from bothways.verify import Options, verify

    concerned = [d for d in databases if any(b.database == d.name and b.revisions for b in report.branches)]
    new = {r.id for r in report.revisions}
    progress = None if session.quiet else Progress()
    try:
        return verify(
            project,
            concerned,
            lambda history: tuple(r for r in history.revisions if r.id in new),
            Options(),
            watcher=progress,
        )
    finally:
        if progress:
            progress.ended()


def _empty_only(proof: ProofReport) -> Iterator[str]:
    for shown in proof.proofs:
        # Other refusals depend on which rows there are: a note tells them.
        if shown.empty_only and any(map(_WANTS_VALUES.search, shown.notes)):
            yield (
                f"{shown.database} {shown.revision} runs on empty tables only: give a new column a server default or "
                'info={"backfill": "SQL expression"} in the models, delete the new files, and write them again: '
                "bothways revision -m …"
            )


def _print_sql(report: RevisionReport) -> None:
    """The SQL on stdout; where there is none, why that is, where no pipe takes it for SQL."""
    from bothways.output import text

    if report.revisions:
        click.echo(_sql(report))
    else:
        click.echo(text.report(report), err=True)


def _sql(report: RevisionReport) -> str:
    lines: list[str] = []
    for branch in report.branches:
        for revision in branch.revisions:
            lines += [f"-- {branch.branch} {revision.id}: {revision.message}", "-- upgrade", revision.sql, ""]
            lines += ["-- downgrade", revision.undo_sql, ""]
    return "\n".join(lines).rstrip("\n")


class _Drafting:
    """One line on a terminal: which branch is being drafted."""

    def drafting(self, branch: str, done: int, of: int) -> None:
        """A branch's head and the models are being built and compared."""
        if sys.stderr.isatty():
            click.echo(f"\r\x1b[2K{done + 1}/{of} {branch}: building its head and the models", nl=False, err=True)

    def clear(self) -> None:
        """Leave the terminal as it was."""
        _clear_line()


def _clear_line() -> None:
    if sys.stderr.isatty():
        click.echo("\r\x1b[2K", nl=False, err=True)
