"""What a column is where nobody says: its default, also in an UPDATE, where not every engine knows the word DEFAULT."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler

    from bothways.crud.shapes import Field


class _ServerDefault(sa.ColumnElement[Any]):
    """The default that the server has for a column, as the expression that its table was made with."""

    inherit_cache = False

    def __init__(self, column: sa.Column[Any]) -> None:
        self.column = column
        self.type = column.type


@compiles(_ServerDefault)
def _compile_default(element: _ServerDefault, compiler: SQLCompiler, **_: Any) -> str:
    dialect: Any = compiler.dialect
    return f"({dialect.ddl_compiler(dialect, None).get_column_default_string(element.column)})"


def default_of(field: Field) -> Any:
    """What an UPDATE sets a field to that a request leaves out: a value made now, or the server's expression."""
    column = field.column
    default: Any = column.default
    if default is not None:
        return default.arg(None) if default.is_callable else default.arg
    return None if column.server_default is None else _ServerDefault(column)
