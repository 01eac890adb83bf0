"""Plain Alembic on a case: what autogenerate writes is printed, run, taken back and judged as Bothways' drafts are."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.dialects import mysql, postgresql, sqlite

from tests.generate.cases.journey import Trouble, catalog, models, on_scratch, plant, travel

if TYPE_CHECKING:
    from bothways.snapshot import Snapshot
    from bothways.urls import DatabaseURL
    from tests.generate.cases.case import Case


def autogenerate(case: Case, server: DatabaseURL, wanted: Snapshot | None) -> None:
    """Generate a case's change with Alembic and try it with its rows. Raises Trouble where it is not right.

    ``wanted`` spares the models' catalog where it is known.
    """
    there = wanted or on_scratch(server, lambda c: catalog(c, models(case.after)))
    on_scratch(server, lambda c: _judge(case, c, there))


def _judge(case: Case, connection: sa.Connection, wanted: Snapshot) -> None:
    plant(case, connection)
    up, down = _generate(case, connection)
    connection.rollback()
    if case.left_alone:
        if (up, down) != ("pass", "pass"):
            raise Trouble("not left alone", up)
        return
    if up == "pass":
        raise Trouble("not seen", "autogenerate finds nothing")
    travel(case, connection, wanted, lambda c: _run(c, up), lambda c: _run(c, down))


def _generate(case: Case, connection: sa.Connection) -> tuple[str, ...]:
    """The bodies of upgrade() and downgrade()."""
    context = _context(connection, target_metadata=models(case.after))
    batch = connection.dialect.name == "sqlite"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = produce_migrations(context, context.opts["target_metadata"])
            ways = (found.upgrade_ops, found.downgrade_ops)
            return tuple(_body(render_python_code(w, migration_context=context, render_as_batch=batch)) for w in ways)
    except Exception as error:
        raise Trouble("autogenerate fails", f"{type(error).__name__}: {error}") from error


def _body(code: str) -> str:
    lines = [line for line in code.splitlines() if not line.lstrip().startswith("#")]
    return "\n".join(line.removeprefix("    ") for line in lines).strip()


def _context(connection: sa.Connection, **options: Any) -> MigrationContext:
    settings = {
        "compare_type": True,
        "compare_server_default": True,
        "render_as_batch": connection.dialect.name == "sqlite",
        # It is asked only for models that name a schema, as their owner would.
        "include_schemas": any(t.schema for t in options["target_metadata"].tables.values()) if options else False,
        "transactional_ddl": connection.dialect.name != "mysql",
        "user_module_prefix": None,
        **options,
    }
    return MigrationContext.configure(connection, opts=settings)


def _run(connection: sa.Connection, body: str) -> None:
    context = _context(connection)
    names = {"op": Operations(context), "sa": sa, "postgresql": postgresql, "mysql": mysql, "sqlite": sqlite}
    with warnings.catch_warnings(), context.begin_transaction(_per_migration=True):
        warnings.simplefilter("ignore")
        exec(compile(body, "<alembic>", "exec"), names)
    connection.commit()
