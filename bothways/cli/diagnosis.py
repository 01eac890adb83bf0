"""``bothways diagnose``: one report to attach to a bug."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bothways.cli.session import finish, keep_output

if TYPE_CHECKING:
    from bothways.cli.session import Session


@click.command()
@click.option(
    "-o", "--output", type=click.Choice(["text", "json"]), default="text", show_default=True, callback=keep_output,
    expose_value=False, is_eager=True, help="Text for people or JSON for machines.",
)  # fmt: skip
@click.pass_obj
def diagnose(session: Session) -> None:
    """One report to attach to a bug.

    Everything that bothways doctor looks at, and besides: the settings that are set, where each database stands, how
    many rows its tables have, its last runs. Passwords, secrets and rows are never in it; hosts and names of users are.
    """
    from bothways.diagnose import diagnose as look

    finish(session, look(session.project))
