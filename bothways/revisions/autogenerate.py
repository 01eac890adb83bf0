"""What Alembic's comparison has to know when one set of models serves several engines.

Alembic 1.20 compares a model's whole table, also what that engine never gets: an index or a constraint under ``ddl_if``
for other engines, and IDENTITY where there is none. Without this, ``alembic check`` never ends with "no changes" there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Callable

    from alembic.autogenerate.api import AutogenContext

try:
    from alembic.runtime.plugins import Plugin
    from alembic.util import DispatchPriority, PriorityDispatchResult
except ImportError:  # Alembic before 1.18 has no plugins: its comparison stays as it is there
    PLUGIN = ""
else:
    PLUGIN = "bothways.revisions.autogenerate"
"""The plugin's name, for ``autogenerate_plugins``; empty where there can be none."""


def included(dialect_name: str, ours: Callable[[str | None], bool]) -> Callable[..., bool]:
    """For ``include_object``: everything but our own tables and what ``ddl_if`` keeps from this engine."""

    def decide(item: Any, name: str | None, kind: str, reflected: bool, _other: Any) -> bool:
        if kind == "table":
            return not ours(name)
        condition = None if reflected else getattr(item, "_ddl_if", None)
        return condition is None or _holds(condition, item, dialect_name)

    return decide


def _holds(condition: Any, item: Any, dialect_name: str) -> bool:
    dialect = sa.make_url(f"{dialect_name}://").get_dialect()()
    statement = sa.DDL("")  # type: ignore[no-untyped-call]
    compiler = dialect.ddl_compiler(dialect, statement)
    return bool(condition._should_execute(statement, item, None, compiler=compiler))  # noqa: SLF001


def _no_identity_here(
    context: AutogenContext,
    _operation: Any,
    _schema: str | None,
    _table: str,
    _column: str,
    _there: sa.Column[Any],
    wanted: sa.Column[Any],
) -> PriorityDispatchResult:
    # An engine without IDENTITY numbers the key by itself; there is no default to compare.
    dialect = context.dialect
    if isinstance(wanted.server_default, sa.Identity) and dialect and not dialect.supports_identity_columns:
        return PriorityDispatchResult.STOP
    return PriorityDispatchResult.CONTINUE


if PLUGIN:
    Plugin(PLUGIN).add_autogenerate_comparator(
        _no_identity_here, "column", "server_default", priority=DispatchPriority.FIRST
    )
