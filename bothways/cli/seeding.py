"""``bothways seed``: rows that look real, for trying things out."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from bothways.cli.session import finish, keep_output

if TYPE_CHECKING:
    from bothways.cli.session import Session


_MOST = 100_000_000


def _rows(_ctx: click.Context, _option: click.Parameter, value: str) -> int:
    """The rows of the largest tables, by a word or a number."""
    from bothways.seed import SIZES

    if value in SIZES:
        return SIZES[value]
    if value.isascii() and value.isdigit() and 0 < int(value) <= _MOST:
        return int(value)
    raise click.BadParameter(f"{value!r} is neither small, medium, large nor a number of rows")


@click.command()
@click.argument("database")
@click.option("--size", callback=_rows, default="small", metavar="SIZE", show_default=True,
              help="small (100), medium (10,000), large (200,000), or the rows of the largest tables.")  # fmt: skip
@click.option(
    "--seed", "number", type=int, default=1, show_default=True, help="Other rows; the same seed, the same rows."
)
@click.option("--append", is_flag=True, help="Add to the rows that are there.")
@click.option(
    "-o", "--output", type=click.Choice(["text", "json"]), default="text", show_default=True, callback=keep_output,
    expose_value=False, is_eager=True, help="Text for people or JSON for machines.",
)  # fmt: skip
@click.pass_obj
def seed(session: Session, database: str, size: int, number: int, append: bool) -> None:
    """Fill a database with rows that look real.

    They are made from the canonical models, with every foreign key and check respected. A table with rows is refused
    without --append, so that it is never done to a database that is used. A column's info={"seed": [...]} gives its
    values.
    """
    from bothways.seed import plan
    from bothways.seed import seed as fill

    project = session.project()
    chosen = project.database(database)
    with click.progressbar(
        length=plan(project.metadata(), size).total, label=database, file=sys.stderr,
        hidden=session.quiet, item_show_func=str,
    ) as bar:  # fmt: skip
        report = fill(
            project, chosen, size, number=number, append=append, on_rows=lambda table, rows: bar.update(rows, table)
        )
    finish(session, report)
