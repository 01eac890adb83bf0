"""The command line: a command is one call of a verb and one output of its report.

Each command imports what it needs when it runs, so that ``--help`` and ``status`` stay cheap.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bothways.cli.accounts import audit_log, user
from bothways.cli.diagnosis import diagnose
from bothways.cli.foreign import elsewhere, foreign_project
from bothways.cli.proofs import choice, run_verify
from bothways.cli.runs import run as runs
from bothways.cli.seeding import seed
from bothways.cli.session import Commands, Downwards, Session, finish, keep_output, show_step
from bothways.reports import EXIT_COULD_NOT_RUN

if TYPE_CHECKING:
    from collections.abc import Callable


def _databases(function: Callable[..., None]) -> Callable[..., None]:
    return click.option(
        "-d", "--database", "names", multiple=True, metavar="NAME",
        help="Only this database (a section of alembic.ini); may be repeated.",
    )(function)  # fmt: skip


def _formats(*names: str, text: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return click.option(
        "-o", "--output", type=click.Choice(names), default="text", show_default=True, callback=keep_output,
        expose_value=False, is_eager=True, help=text,
    )  # fmt: skip


_output = _formats("text", "json", text="Text for people or JSON for machines.")
_output_of_proofs = _formats(
    "text", "json", "junit", "github", "gitlab", "markdown", "sarif",
    text="Text for people, or what a CI service or another tool reads.",
)  # fmt: skip


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Exit codes: 0 ok, 1 findings or pending, 2 could not run, 3 refused by policy, 4 a migration failed.",
)
@click.option(
    "-c",
    "--config",
    envvar="BOTHWAYS_CONFIG",
    default="alembic.ini",
    show_default=True,
    help="The project's alembic.ini.",
)
@click.option("--debug", is_flag=True, help="Show the whole trace of an error.")
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
@click.version_option(package_name="bothways", message="bothways %(version)s")
@click.pass_context
def app(ctx: click.Context, config: str, debug: bool, quiet: bool) -> None:
    """Schema migrations that are proved both ways: canonical models, one Alembic branch per engine.

    Start with: bothways doctor, bothways status, bothways upgrade sqlite.
    """
    session = ctx.ensure_object(Session)
    session.config, session.debug, session.quiet = config, debug, quiet


@app.command()
@_databases
@click.option("--timeout", type=click.FloatRange(min=0.1), default=5.0, show_default=True, help="Seconds for each one.")
@_output
@click.pass_obj
def status(session: Session, names: tuple[str, ...], timeout: float) -> None:
    """Where each database is and what is pending.

    All are asked at once; one that cannot be reached does not hide the others.
    """
    from bothways.status import read_status

    finish(session, read_status(session.project(), names, timeout))


@app.command()
@_databases
@_output
@click.pass_obj
def history(session: Session, names: tuple[str, ...]) -> None:
    """The revisions of every branch.

    Newest first; the sibling revisions of one change share its id.
    """
    from bothways.history import History, HistoryReport

    branches = {d.branch.name: d.branch for d in session.project().select(names)}
    finish(session, HistoryReport(tuple(History.load(b) for b in branches.values())))


@app.command()
@click.argument("database")
@click.argument("revision", default="head")
@click.option("--dry-run", is_flag=True, help="Say what would run; change nothing.")
@_output
@click.pass_obj
def upgrade(session: Session, database: str, revision: str, dry_run: bool) -> None:
    """Bring a database up to a revision.

    REVISION is head (the default), an id or its beginning, a change id, +1 (one step from where the database is) or
    base+2. Each revision runs in a transaction of its own, under a lock that lets only one migration run at a time.
    """
    from bothways.apply import upgrade as apply_upgrade

    project = session.project()
    step = None if session.quiet else show_step
    finish(session, apply_upgrade(project, project.database(database), revision, dry_run=dry_run, on_step=step))


@app.command(cls=Downwards)
@click.argument("database")
@click.argument("revision")
@click.option("--dry-run", is_flag=True, help="Say what would be undone; change nothing.")
@_output
@click.pass_obj
def downgrade(session: Session, database: str, revision: str, dry_run: bool) -> None:
    """Take a database down to a revision.

    REVISION is base, an id or its beginning, a change id, -1 (one step from where the database is) or head-2. Refused,
    before anything runs, where a revision on the way says that it is irreversible.
    """
    from bothways.apply import downgrade as apply_downgrade

    project = session.project()
    step = None if session.quiet else show_step
    finish(session, apply_downgrade(project, project.database(database), revision, dry_run=dry_run, on_step=step))


@app.command()
@_databases
@_output
@click.pass_obj
def check(session: Session, names: tuple[str, ...]) -> None:
    """Compare each branch's head with the models.

    Both are built in scratch databases and compared by the server's own catalogs; no database of yours is touched. An
    engine without a URL gets a private server for as long as it takes.
    """
    from bothways.check import check as run_check
    from bothways.cli.servers import with_servers

    finish(session, run_check(*with_servers(session.project(), names)))


@app.command()
@click.option("-m", "--message", required=True, help="What changes, in a sentence; its words name the files.")
@_databases
@click.option("--dry-run", is_flag=True, help="Show the code; write nothing.")
@click.option("--sql", is_flag=True, help="Show the SQL of both ways; write nothing.")
@click.option("--empty", is_flag=True, help="Empty functions, for work on the data.")
@click.option("--keep-data", is_flag=True, help="Keep what would be lost in side tables, for the way back.")
@click.option("--offline-window", "offline", is_flag=True, help="Nobody uses the database meanwhile: the short form.")
@click.option("--no-verify", is_flag=True, help="Don't prove what was written.")
@_output
@click.pass_obj
def revision(
    session: Session,
    /,
    message: str,
    names: tuple[str, ...],
    dry_run: bool,
    sql: bool,
    empty: bool,
    keep_data: bool,
    offline: bool,
    no_verify: bool,
) -> None:
    """Write a change of the models as revisions.

    One change id in every branch whose database it concerns: the models and each branch's head are built in scratch
    databases, compared by the server's own catalogs, and what leads from one to the other is run both ways, written,
    and proved with rows. No database of yours is touched. Where models and heads agree nothing is written.
    """
    from bothways.cli.generation import run_revision
    from bothways.generate.revision import Wish

    if empty and (keep_data or offline):
        raise click.UsageError("--empty drafts nothing, so it does not go with --keep-data or --offline-window")
    wish = Wish(message, empty, dry_run=dry_run or sql, offline=offline, keep_data=keep_data)
    run_revision(session, names, wish, verify=not no_verify, sql=sql)


@app.command()
@click.argument("revision", required=False)
@_databases
@click.option("--last", is_flag=True, help="Only each branch's newest revision.")
@click.option("--since", metavar="GIT_REF", help="Only revisions whose files were added or changed since that commit.")
@click.option("--rows", type=click.IntRange(0), default=24, show_default=True, help="Rows to plant in each table.")
@click.option("--seed", type=int, default=0, show_default=True, help="Other rows; the same seed gives the same ones.")
@click.option(
    "--timeout", type=click.FloatRange(min=0.1), default=60.0, show_default=True, help="Seconds that one step may take."
)
@click.option("--keep", is_flag=True, help="Leave the scratch database of a failure for you to look at.")
@elsewhere
@_output_of_proofs
@click.pass_obj
def verify(
    session: Session,
    /,
    revision: str | None,
    names: tuple[str, ...],
    last: bool,
    since: str | None,
    rows: int,
    seed: int,
    timeout: float,
    keep: bool,
    **where: str | None,
) -> None:
    """Prove revisions both ways.

    REVISION is an id, a change id, or a range FROM:TO; all are proved where none is named, and then each head must be
    what the models say. On scratch databases: rows planted, up, down, up, with all catalogs and rows compared after
    each way; all engines at once, one without a URL on a private server. In CI, for what a branch changed:
    bothways verify --since main
    """
    from bothways.verify import Options

    if sum(map(bool, (revision, last, since))) > 1:
        raise click.UsageError("name a REVISION, or --last, or --since: one of them")
    start = where.pop("start") or ""
    project = foreign_project(session, click.get_current_context(), names, **where)
    choose = choice(project, names, revision, since, last=last)
    whole = not (revision or last or since) and project.models is not None
    options = Options(rows, keep, timeout, seed, start=start, models=whole)
    run_verify(session, project, names, choose, options)


app.add_command(seed)
app.add_command(diagnose)


@app.command()
@click.option("--clean", is_flag=True, help="Drop the scratch databases of killed processes.")
@_output
@click.pass_obj
def doctor(session: Session, clean: bool) -> None:
    """What is there, what is missing, how to get it.

    Versions, servers, URLs, privileges, leftovers. For a report to attach to a bug: bothways diagnose.
    """
    from bothways.doctor import examine, remove_leftovers

    if clean:
        for name in remove_leftovers(session.project()):
            click.echo(f"dropped {name}", err=True)
    finish(session, examine(session.project))


@app.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; beyond loopback others can reach it."
)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port to listen on.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes that serve.")
@click.option("--uds", metavar="PATH", type=click.Path(path_type=Path), help="Listen on this Unix socket instead.")
@click.pass_obj
def serve(session: Session, host: str, port: int, workers: int, uds: Path | None) -> None:
    """Serve the API and its documentation.

    They are at http://127.0.0.1:8000/docs.
    """
    from bothways.web.server import run

    run(session.project(), host=host, port=port, workers=workers, uds=uds)


app.add_command(runs)
app.add_command(user)
app.add_command(audit_log, "audit")


def main() -> None:
    """The ``bothways`` command."""
    try:
        app(prog_name="bothways")
    except BrokenPipeError:
        # Whoever read our output has seen enough (bothways history | head); Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_COULD_NOT_RUN)
