"""What all commands share: the options before the command, exit codes, and where results and errors are written."""

from __future__ import annotations

import importlib
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from bothways.errors import (
    BothwaysError,
    ConfigurationError,
    DatabaseError,
    DraftFailed,
    HistoryError,
    MigrationFailed,
    Refused,
    RequestError,
    WorkerLost,
)
from bothways.errors.saying import said
from bothways.reports import EXIT_COULD_NOT_RUN, EXIT_FAILED, EXIT_REFUSED

if TYPE_CHECKING:
    from bothways.project import Project
    from bothways.reports import Report
    from bothways.revisions import Step

EXIT_CODES: dict[type[BothwaysError], int] = {
    ConfigurationError: EXIT_COULD_NOT_RUN,
    HistoryError: EXIT_COULD_NOT_RUN,
    DatabaseError: EXIT_COULD_NOT_RUN,
    RequestError: EXIT_COULD_NOT_RUN,
    Refused: EXIT_REFUSED,
    MigrationFailed: EXIT_FAILED,
    DraftFailed: EXIT_COULD_NOT_RUN,
    WorkerLost: EXIT_COULD_NOT_RUN,
}
"""What the command exits with for each family of errors; the nearest ancestor counts."""

EXIT_INTERRUPTED = 130


@dataclass
class Session:
    """What was said before the command, and how its result is written to stdout."""

    config: str = "alembic.ini"
    debug: bool = False
    quiet: bool = False
    output: str = "text"

    def project(self) -> Project:
        """The project that --config names."""
        from bothways.project import Project

        return Project.load(self.config)


def exit_code(error: BothwaysError) -> int:
    """The exit code of an error, by its nearest ancestor in EXIT_CODES."""
    return next((EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES), EXIT_COULD_NOT_RUN)


class Commands(click.Group):
    """Turns our errors into a message and an exit code; a trace only with --debug."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            ctx.exit(EXIT_INTERRUPTED)
        except BothwaysError as error:
            session = ctx.ensure_object(Session)
            if session.debug:
                raise
            show_error(session, error)
            ctx.exit(exit_code(error))
        except Exception as error:
            if ctx.ensure_object(Session).debug:
                raise
            what = ": ".join(filter(None, (f"error: unexpected {type(error).__name__}", said(error))))
            click.echo(f"{what}\n  hint: see the whole: bothways --debug …", err=True)
            ctx.exit(EXIT_COULD_NOT_RUN)

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """In the order of the file, which is that of the work; click would sort them."""
        return list(self.commands)


class Downwards(click.Command):
    """Takes ``-1`` for the argument that it is to Alembic; click would look for an option of that name."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments, those with a minus and a number behind the options."""
        steps = [] if "--" in args else [a for a in args if re.fullmatch(r"-\d+", a)]
        rest = [a for a in args if a not in steps]
        return super().parse_args(ctx, [*rest, "--", *steps] if steps else rest)


def keep_output(ctx: click.Context, _option: click.Parameter, value: str) -> None:
    """Remember the form of the output, also for what goes wrong before the command begins."""
    ctx.ensure_object(Session).output = value


def finish(session: Session, report: Report) -> None:
    """Write a report to stdout and exit with its code."""
    form = importlib.import_module(f"bothways.output.{session.output}")
    # A file's name may hold bytes that no encoding has; escaped like this they are valid JSON too.
    shown: str = form.report(report).encode("utf-8", "backslashreplace").decode()
    click.echo(shown, color=_colour())
    click.get_current_context().exit(report.exit_code)


def show_error(session: Session, error: BothwaysError) -> None:
    """Write an error to stderr, and as JSON to stdout where JSON is asked for."""
    from bothways.output import text

    if session.output == "json":
        from bothways.output import json

        click.echo(json.error(error))
    click.echo(text.error(error), err=True, color=_colour())


def show_step(step: Step) -> None:
    """Write a revision that has run to stderr."""
    if step.seconds is not None:
        from bothways.output import text

        click.echo(text.step(step), err=True, color=_colour())


def _colour() -> bool | None:
    return False if os.environ.get("NO_COLOR") else None
