"""Run drafted statements on a scratch database before they are a file."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bothways.code import imports, layout
from bothways.dialects import dialect_for
from bothways.revisions.proxies import current_migration
from bothways.revisions.scripts import VIOLATION, refuse_violations

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import sqlalchemy as sa

    from bothways.code import Code


def run(connection: sa.Connection, codes: Sequence[Code], script_location: Path) -> None:
    """Run statements as a revision's body would run, in one transaction of their own.

    Raises what the server says, after a rollback.
    """
    capabilities = dialect_for(connection.dialect.name).capabilities
    context = MigrationContext.configure(
        connection, opts={"transaction_per_migration": True, "transactional_ddl": capabilities.transactional_ddl}
    )
    try:
        with (
            current_migration(context, ScriptDirectory(str(script_location))),
            context.begin_transaction(_per_migration=True),
        ):
            _body(codes)()
            refuse_violations(ctx=context)
        connection.commit()
    except Exception:
        connection.rollback()
        raise


def _body(codes: Sequence[Code]) -> Callable[[], None]:
    lines = [line for code in codes for line in layout(code, 4)]
    source = "\n".join([*imports(codes), "", "", "def body():", *(lines or ["    pass"])])
    module: dict[str, Any] = {}
    exec(compile(source, "<draft>", "exec"), module)  # noqa: S102 - made from data: every text in it is a literal
    function: Callable[[], None] = module["body"]
    return function


def rendered(codes: Sequence[Code], dialect_name: str, script_location: Path) -> str:
    """The SQL that the statements send, as a script that harms no row where somebody else runs it."""
    buffer = io.StringIO()
    opts = {"as_sql": True, "output_buffer": buffer, "transactional_ddl": False}
    # With a driver's own way to mark parameters each percent sign would stand twice.
    context = MigrationContext.configure(dialect_name=dialect_name, dialect_opts={"paramstyle": "named"}, opts=opts)
    with current_migration(context, ScriptDirectory(str(script_location))):
        _body(codes)()
    text = re.sub(r"\n{3,}", "\n\n", buffer.getvalue()).strip()
    script = dialect_for(dialect_name).capabilities.script
    if not text or not script.before:
        return text
    check = f"{VIOLATION}\n{script.check}"
    return "\n\n".join([script.before, "BEGIN;", text, check, "COMMIT;", script.after])
