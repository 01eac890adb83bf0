"""The canonical models made on a server: everything that they declare, or what the server refuses in them."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.schema import CreateSchema

from bothways.dialects import dialect_for
from bothways.errors import BothwaysError
from bothways.errors.saying import may_be_secret, said
from bothways.mistakes import Mistake, invalid, place_of, place_of_text, raised_at
from bothways.urls import DatabaseURL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bothways.errors import InvalidModels

_REMEDY = "mend it, or say which engine it is for: .ddl_if(dialect=…), .execute_if(dialect=…), .with_variant(…)"


def build(connection: sa.Connection, metadata: sa.MetaData) -> None:
    """Make everything that models declare, their schemas too, and commit.

    Raises InvalidModels with the server's words, the statement and the place in the models where it is refused.
    """
    with _refusals_told(connection, metadata):
        if dialect_for(connection.dialect.name).capabilities.schemas:
            for schema in sorted({t.schema for t in metadata.tables.values() if t.schema}):
                connection.execute(CreateSchema(schema, if_not_exists=True))
        metadata.create_all(connection)
        connection.commit()


@contextmanager
def _refusals_told(connection: sa.Connection, metadata: sa.MetaData) -> Iterator[None]:
    last: list[Any] = [None]

    def begun(_connection: sa.Connection, statement: Any, *_more: object) -> None:
        last[0] = statement

    def sent(_connection: sa.Connection, _cursor: object, _sql: str, _values: object, context: Any, _m: object) -> None:
        if context.compiled is None:
            last[0] = None  # a listener's own text, which belongs to nothing that we know

    event.listen(connection, "before_execute", begun)
    event.listen(connection, "before_cursor_execute", sent)
    try:
        yield
    except Exception as error:
        if _is_of_the_server(error, connection):
            raise
        raise _refused(error, last[0], connection.dialect.name, metadata) from error
    finally:
        event.remove(connection, "before_execute", begun)
        event.remove(connection, "before_cursor_execute", sent)


def _is_of_the_server(error: Exception, connection: sa.Connection) -> bool:
    """Whether it says nothing of the models: no space, no privilege, no connection any more."""
    if isinstance(error, BothwaysError):
        return True
    dialect = connection.dialect
    known = dialect_for(dialect.name).error(error, DatabaseURL(dialect.name, dialect.driver))
    return isinstance(error, DBAPIError | OSError) and known is not None


def _refused(error: Exception, statement: Any, engine: str, metadata: sa.MetaData) -> InvalidModels:
    words = said(error) or type(error).__name__
    sql = " ".join(str(getattr(error, "statement", None) or "").split())
    if isinstance(error, SQLAlchemyError):
        what, where = _meant(statement, words, metadata)
        told = f"{engine} refuses {what}" if isinstance(error, DBAPIError) else f"{what} can't be made for {engine}"
        mistake = Mistake(f"{told}: {words}", _REMEDY, where or raised_at(error))
    else:
        what = f"what is made with the models raises {type(error).__name__}: {words} ({engine})"
        mistake = Mistake(what, "mend what raises", raised_at(error))
    return invalid([mistake], None if may_be_secret(sql) else sql)


def _meant(statement: Any, words: str, metadata: sa.MetaData) -> tuple[str, str | None]:
    """What a statement makes, and where the models say so."""
    if isinstance(statement, sa.DDL):
        target = getattr(statement.target, "fullname", None)
        return f"a DDL of {f'table {target}' if target else 'the models'}", place_of_text(metadata, statement.statement)
    element = getattr(statement, "element", None)
    table = _table_of(element, metadata)
    where = None if table is None else place_of(table, _part_of(table, element, words))
    return _called(element, table), where


def _called(element: Any, table: sa.Table | None) -> str:
    if isinstance(element, sa.Table):
        return f"table {element.fullname}"
    name = getattr(element, "name", None)
    kinds = {sa.Index: "index", sa.Enum: "enum", sa.Sequence: "sequence", sa.Constraint: "constraint"}
    kind = next((word for cls, word in kinds.items() if isinstance(element, cls)), None)
    if kind is None:
        return "what is made with the models"
    return f"{kind} {name}" + (f" of {table.fullname}" if table is not None else "")


def _table_of(element: Any, metadata: sa.MetaData) -> sa.Table | None:
    """The table that an element of a statement is, belongs to, or is the type of a column of."""
    if isinstance(element, sa.Table):
        return element
    found = getattr(element, "table", None)
    if isinstance(found, sa.Table):
        return found
    if isinstance(element, sa.Enum):
        return next((c.table for t in metadata.tables.values() for c in t.c if _same_type(c, element)), None)
    return None


def _same_type(column: sa.Column[Any], enum: sa.Enum) -> bool:
    return isinstance(column.type, sa.Enum) and (column.type.name, column.type.schema) == (enum.name, enum.schema)


def _part_of(table: sa.Table, element: Any, words: str) -> Any:
    """What of the table is meant: the element itself, else the constraint, index or column that the server names."""
    if isinstance(element, sa.Index | sa.Constraint):
        return element
    if isinstance(element, sa.Enum):
        return next(c for c in table.c if _same_type(c, element))
    named = set(re.findall(r"[\"'`]([^\"'`]+)[\"'`]", words))
    parts: list[Any] = [*sorted(table.constraints, key=lambda c: str(c.name)), *table.c]
    return next((p for p in parts if p.name is not None and str(p.name) in named), None)
