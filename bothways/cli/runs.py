"""The commands on runs: ``bothways run …``. They see the runs of every service and every machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bothways.cli.accounts import changed
from bothways.cli.session import Session, finish, keep_output

if TYPE_CHECKING:
    from bothways.runs import Run

_STATES = ("queued", "running", "succeeded", "failed", "cancelled", "lost")
_output = click.option(
    "-o", "--output", type=click.Choice(["text", "json"]), default="text", show_default=True, callback=keep_output,
    expose_value=False, is_eager=True, help="Text for people or JSON for machines.",
)  # fmt: skip


@click.group("run")
def run() -> None:
    """Upgrades, downgrades and proofs that the service was asked for."""


@run.command("list")
@click.option("-d", "--database", "names", multiple=True, metavar="NAME", help="Only this database; may be repeated.")
@click.option("--state", type=click.Choice(_STATES), help="Only runs in this state.")
@click.option("--most", type=click.IntRange(1), default=20, show_default=True, help="Most runs of each database.")
@_output
@click.pass_obj
def list_runs(session: Session, names: tuple[str, ...], state: str | None, most: int) -> None:
    """The newest runs of each database.

    A run whose process is gone is found to be lost.
    """
    from bothways.runs import RunsReport, newest

    chosen = [d for d in session.project().select(names) if names or d.url is not None]
    found = [one for database in chosen for one in newest(database, state, most)]
    finish(session, RunsReport(tuple(sorted(found, key=lambda one: one.created, reverse=True))))


@run.command()
@click.argument("run_id", metavar="RUN")
@_output
@click.pass_obj
def show(session: Session, run_id: str) -> None:
    """One run, and how it ended."""
    from bothways.runs import find

    finish(session, find(session.project(), run_id))


@run.command()
@click.argument("run_id", metavar="RUN")
@click.option(
    "--grace", type=click.FloatRange(0), default=10.0, show_default=True,
    help="Seconds after which a run that was asked before is killed, if it is on this machine.",
)  # fmt: skip
@_output
@click.pass_obj
def cancel(session: Session, run_id: str, grace: float) -> None:
    """End a run between two revisions.

    A revision that goes on for too long is ended in the middle; bothways run show says where the database is then.
    """
    from bothways.runs import cancel as cancel_run

    found = cancel_run(session.project(), run_id, grace=grace)
    _note(session, "run.cancelled", found)
    finish(session, found)


def _note(session: Session, what: str, run: Run) -> None:
    """Add what was done to a run to the audit log, where there is one."""
    from bothways.accounts.tables import keys_of
    from bothways.errors import BothwaysError

    if not keys_of(session.project()):
        return
    wish = run.wish
    about = {"database": wish.database, "kind": wish.kind, "target": wish.target}
    try:
        changed(session, None, lambda connection, by: by.note(connection, what, run.id, **about))
    except BothwaysError as error:
        click.echo(f"the audit log lacks it: {error.message}", err=True)
