"""Rows that PostgreSQL writes as JSON itself, for the lists of the service.

Reading fifty rows into Python's objects and writing them as JSON costs the service several times what it costs the
server to write them. A column takes part only if it is certain that the server writes the very value that the service
would show; otherwise the whole row is left to the service.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine.interfaces import Dialect

_MOST_FIELDS: Final = 50
"""A function of PostgreSQL's takes a hundred arguments at most, and here each field is two."""
_SAME: Final = (sa.Boolean, sa.Enum, sa.Integer, postgresql.JSONB, sa.String, sa.Uuid)
"""Types whose values PostgreSQL's JSON shows as the service does; of numbers inside of JSON it shows every digit."""
_MEMBERS: Final = (sa.Boolean, sa.Integer, sa.String, sa.Uuid)
_LOCAL: Final = """'YYYY-MM-DD"T"HH24:MI:SS.US'"""
_ZONED: Final = """'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'"""


def shown_as_stored(type_: Any, dialect: Dialect) -> bool:
    """Whether a decorator says that what the driver gives is what it shows already on that engine.

    It does so by ``shown_as_stored``, the names of such engines.
    """
    return dialect.name in getattr(type_, "shown_as_stored", ())


def row_as_json(fields: Sequence[tuple[str, sa.Column[Any]]], dialect: Dialect) -> sa.ColumnElement[str] | None:
    """A row of those columns as the text of a JSON object with those names; None where the service has to write it."""
    shown = [(name, _shown(column, dialect)) for name, column in fields]
    if len(shown) > _MOST_FIELDS or any(value is None for _, value in shown):
        return None
    text: Any = sa.String()
    quoted = text.literal_processor(dialect)
    members = [part for name, value in shown for part in (_text(quoted(name)), value)]
    return sa.cast(sa.func.json_build_object(*members), sa.Text())


def _shown(column: sa.Column[Any], dialect: Dialect) -> sa.ColumnElement[Any] | None:
    """What JSON shows of a column."""
    kept = _kept(column.type, dialect)
    if isinstance(kept, _SAME) or (isinstance(kept, sa.ARRAY) and isinstance(_kept(kept.item_type, dialect), _MEMBERS)):
        return column
    if isinstance(kept, sa.Date):
        return _bounded(column, "'0001-01-01'", "'9999-12-31'")
    if isinstance(kept, sa.DateTime):
        return _moment(column, zoned=bool(kept.timezone))
    if isinstance(kept, sa.Float | sa.Numeric):
        if isinstance(kept, sa.Float) and kept.asdecimal:
            return None
        return sa.cast(column, sa.Text() if kept.asdecimal else postgresql.DOUBLE_PRECISION())
    if isinstance(kept, sa.LargeBinary):
        return sa.func.translate(sa.func.encode(column, _text("'base64'")), _text(r"E'\n'"), _text("''"))
    return None


def _moment(column: sa.Column[Any], *, zoned: bool) -> sa.ColumnElement[str]:
    """As RFC 3339 has it, with microseconds where there are any."""
    local = sa.func.timezone(_text("'UTC'"), column) if zoned else column
    bounded = _bounded(local, "'0001-01-01 00:00:00'", "'9999-12-31 23:59:59.999999'")
    written = sa.func.to_char(bounded, _text(_ZONED if zoned else _LOCAL))
    whole, plain = ("'.000000Z'", "'Z'") if zoned else ("'.000000'", "''")
    return sa.func.replace(written, _text(whole), _text(plain))


def _bounded(moment: sa.ColumnElement[Any], first: str, last: str) -> sa.ColumnElement[Any]:
    """As the driver shows what is infinite: it has only the first and the last moment for it."""
    infinite = (_text("'-infinity'"), _text(first)), (_text("'infinity'"), _text(last))
    return sa.case(*((moment == bound, shown) for bound, shown in infinite), else_=moment)


def _text(literal: str) -> sa.ColumnElement[str]:
    # In the statement's text: as a parameter it would travel with every request.
    return sa.literal_column(literal)


def _kept(type_: Any, dialect: Dialect) -> Any:
    """The type that PostgreSQL keeps; None where Python, or the type's own SQL, has a say in what is read of it."""
    kept = type_.dialect_impl(dialect)
    if kept._has_column_expression:  # noqa: SLF001 - no other way
        return None
    if not isinstance(kept, sa.types.TypeDecorator):
        return kept
    own = type(kept).result_processor is not sa.types.TypeDecorator.result_processor or kept._has_result_processor  # noqa: SLF001 - no other way
    if own and not shown_as_stored(kept, dialect):
        return None
    return _kept(kept.impl_instance, dialect)
