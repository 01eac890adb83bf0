"""The command line: a command is one call of a verb and one output of its report.

Each command imports what it needs when it runs, so that ``--help`` and ``status`` stay cheap.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from bothways.errors import (
    BothwaysError,
    ConfigurationError,
    DatabaseError,
    HistoryError,
    MigrationFailed,
    Refused,
    RequestError,
)
from bothways.reports import EXIT_COULD_NOT_RUN, EXIT_FAILED, EXIT_REFUSED

if TYPE_CHECKING:
    from collections.abc import Callable

    from bothways.history import History, Revision
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
}
"""What the command exits with for each family of errors; the nearest ancestor counts."""

EXIT_INTERRUPTED = 130


class Output(StrEnum):
    """How a result is written to stdout."""

    TEXT = "text"
    JSON = "json"


@dataclass
class Session:
    """The options that stand before the command."""

    config: str = "alembic.ini"
    debug: bool = False
    quiet: bool = False
    output: Output = Output.TEXT

    def project(self) -> Project:
        """The project that --config names."""
        from bothways.project import Project

        return Project.load(self.config)


_session = Session()


def exit_code(error: BothwaysError) -> int:
    """The exit code of an error, by its nearest ancestor in EXIT_CODES."""
    return next((EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES), EXIT_COULD_NOT_RUN)


class _Commands(TyperGroup):
    """Turns our errors into a message and an exit code; a trace only with --debug."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except BothwaysError as error:
            if _session.debug:
                raise
            _show_error(error)
            raise typer.Exit(exit_code(error)) from error
        except KeyboardInterrupt:
            typer.echo("interrupted", err=True)
            raise typer.Exit(EXIT_INTERRUPTED) from None
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(EXIT_COULD_NOT_RUN) from None
        except (typer.Exit, typer.Abort):
            raise
        except Exception as error:
            if _session.debug or type(error).__module__.startswith("typer"):
                raise
            typer.echo(
                f"error: unexpected {type(error).__name__}\n  hint: see the whole of it with bothways --debug …",
                err=True,
            )
            raise typer.Exit(EXIT_COULD_NOT_RUN) from error


app = typer.Typer(
    name="bothways",
    cls=_Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
    help="Schema migrations that are proved both ways: canonical models, one Alembic branch per engine.\n\n"
    "Start with: bothways doctor, bothways status, bothways upgrade sqlite.\n\n"
    "Exit codes: 0 ok, 1 findings, pending or drift, 2 could not run, 3 refused by policy, 4 a migration failed.",
)

DatabaseOption = Annotated[
    list[str] | None,
    typer.Option("--database", "-d", help="Only this database (a section of alembic.ini); may be repeated."),
]
OutputOption = Annotated[Output, typer.Option("--output", "-o", help="Text for people or JSON for machines.")]
DatabaseArgument = Annotated[str, typer.Argument(help="The database: a section of alembic.ini.")]


def _version(asked: bool) -> None:
    if asked:
        from bothways import __version__

        typer.echo(f"bothways {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    config: Annotated[
        str, typer.Option("--config", "-c", envvar="BOTHWAYS_CONFIG", help="The project's alembic.ini.")
    ] = "alembic.ini",
    debug: Annotated[bool, typer.Option("--debug", help="Show the whole trace of an error.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")] = False,
    version: Annotated[  # noqa: ARG001 - its callback has done the work
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    _session.config, _session.debug, _session.quiet, _session.output = config, debug, quiet, Output.TEXT


@app.command()
def status(
    database: DatabaseOption = None,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds to wait for each database.")] = 5.0,
    output: OutputOption = Output.TEXT,
) -> None:
    """Where each database is and what is pending.

    All are asked at once; one that cannot be reached does not hide the others.
    """
    from bothways.status import read_status

    _begin(output)
    _finish(read_status(_session.project(), database or (), timeout))


@app.command()
def history(database: DatabaseOption = None, output: OutputOption = Output.TEXT) -> None:
    """The revisions of every branch.

    Newest first; the sibling revisions of one change share its id.
    """
    from bothways.history import History, HistoryReport

    _begin(output)
    project = _session.project()
    branches = {d.branch.name: d.branch for d in project.select(database)}
    _finish(HistoryReport(tuple(History.load(b) for b in branches.values())))


@app.command()
def upgrade(
    database: DatabaseArgument,
    revision: Annotated[str, typer.Argument(help="head, a revision, a change id, or +1.")] = "head",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would run; change nothing.")] = False,
    output: OutputOption = Output.TEXT,
) -> None:
    """Bring a database up.

    Each revision runs in a transaction of its own, under a lock that lets only one migration run at a time.
    """
    from bothways.apply import upgrade as apply_upgrade

    _begin(output)
    project = _session.project()
    _finish(apply_upgrade(project, project.database(database), revision, dry_run=dry_run, on_step=_show_step))


@app.command()
def downgrade(
    database: DatabaseArgument,
    revision: Annotated[str, typer.Argument(help="base, a revision, a change id, or -1 (after --).")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be undone; change nothing.")] = False,
    output: OutputOption = Output.TEXT,
) -> None:
    """Take a database down.

    Refused, before anything runs, where a revision on the way says that it is irreversible.
    """
    from bothways.apply import downgrade as apply_downgrade

    _begin(output)
    project = _session.project()
    _finish(apply_downgrade(project, project.database(database), revision, dry_run=dry_run, on_step=_show_step))


@app.command()
def check(database: DatabaseOption = None, output: OutputOption = Output.TEXT) -> None:
    """Compare heads with the models.

    Both are built in scratch databases and compared by the server's own catalogs; no database of yours is touched.
    """
    from bothways.check import check as run_check

    _begin(output)
    project = _session.project()
    _finish(run_check(project, project.select(database), explicit=bool(database)))


@app.command()
def verify(
    revision: Annotated[str | None, typer.Argument(help="A revision or change id; all where none is named.")] = None,
    database: DatabaseOption = None,
    last: Annotated[bool, typer.Option("--last", help="Only each branch's newest revision.")] = False,
    output: OutputOption = Output.TEXT,
) -> None:
    """Prove revisions both ways.

    On scratch databases: up, down, up, with all catalogs and rows compared after each way.
    """
    from bothways.verify import verify as run_verify

    _begin(output)
    project = _session.project()
    chosen = project.select(database)
    reachable = [d for d in chosen if database or d.url is not None or project.scratch_url(d.dialect) is not None]
    _finish(run_verify(project, reachable, _chooser(revision, last)))


@app.command()
def doctor(
    clean: Annotated[bool, typer.Option("--clean", help="Drop scratch databases of killed processes.")] = False,
    output: OutputOption = Output.TEXT,
) -> None:
    """What is there, what is missing.

    Versions, servers, URLs, privileges, leftovers; and how to get what is missing.
    """
    from bothways.doctor import examine, remove_leftovers

    _begin(output)
    if clean:
        for name in remove_leftovers(_session.project()):
            typer.echo(f"dropped {name}", err=True)
    _finish(examine(_session.project))


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; anything but loopback is reachable by others.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Processes that serve.")] = 1,
) -> None:
    """Serve the API.

    On loopback, with its documentation at http://127.0.0.1:8000/docs.
    """
    from bothways.web.server import run

    run(_session.project(), host=host, port=port, workers=workers)


def main() -> None:
    """The ``bothways`` command."""
    app()


def _begin(output: Output) -> None:
    _session.output = output


def _finish(report: Report) -> None:
    if _session.output is Output.JSON:
        from bothways.output import json

        typer.echo(json.report(report))
    else:
        from bothways.output import text

        typer.echo(text.report(report), color=_colour())
    raise typer.Exit(report.exit_code)


def _show_error(error: BothwaysError) -> None:
    if _session.output is Output.JSON:
        from bothways.output import json

        typer.echo(json.error(error))
    from bothways.output import text

    typer.echo(text.error(error), err=True, color=_colour())


def _show_step(step: Step) -> None:
    if step.seconds is not None and not _session.quiet:
        from bothways.output import text

        typer.echo(text.step(step), err=True, color=_colour())


def _colour() -> bool | None:
    return False if os.environ.get("NO_COLOR") else None


def _chooser(revision: str | None, last: bool) -> Callable[[History], tuple[Revision, ...]]:
    def choose(history: History) -> tuple[Revision, ...]:
        if last:
            return history.revisions[-1:]
        return (history.find(revision),) if revision else history.revisions

    return choose


if __name__ == "__main__":
    main()
