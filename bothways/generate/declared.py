"""What models declare as an engine gets it: its constraints and indexes, their names, their keys in a snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import URL

from bothways.dialects.naming import rules_for
from bothways.snapshot import key_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.sql.compiler import DDLCompiler

PLAIN_SCHEMA = "public"
"""The schema that snapshots don't name."""


def dialect_of(dialect: sa.Dialect | str) -> sa.Dialect:
    """A dialect by its name, as one that no server has told anything yet."""
    return URL.create(dialect).get_dialect()() if isinstance(dialect, str) else dialect


def compiler_of(dialect: sa.Dialect) -> DDLCompiler:
    """What writes DDL for that dialect."""
    return dialect.ddl_compiler(dialect, None)  # type: ignore[arg-type]


def spelled(text: str, dialect: sa.Dialect) -> str:
    """What a compiler wrote, as the server gets it: a driver of this kind takes ``%%`` for ``%``."""
    return text.replace("%%", "%") if dialect.paramstyle in {"format", "pyformat"} else text


def tables_of(metadata: sa.MetaData) -> list[sa.Table]:
    """The tables of the models, by name."""
    return [table for _, table in sorted(metadata.tables.items())]


def constraints_of(table: sa.Table, dialect: sa.Dialect) -> list[sa.Constraint]:
    """The table's constraints that this engine gets, by name; those without one come last."""
    compiler = compiler_of(dialect)
    # SQLAlchemy has no public way to ask whether a constraint is for an engine.
    there = [c for c in table.constraints if c._should_create_for_compiler(compiler)]  # noqa: SLF001
    return sorted(there, key=lambda c: (name_of(c, dialect) or "\U0010ffff", c.__visit_name__))


def indexes_of(table: sa.Table, dialect: sa.Dialect) -> list[sa.Index]:
    """The table's indexes that this engine gets, by name."""
    compiler = compiler_of(dialect)
    # As above: ddl_if() has no public way to be asked.
    there = [
        i
        for i in table.indexes
        if i._ddl_if is None or i._ddl_if._should_execute(sa.schema.CreateIndex(i), i, None, compiler=compiler)  # noqa: SLF001
    ]
    return sorted(there, key=lambda i: name_of(i, dialect) or "")


def columns_of(table: sa.Table) -> Iterator[sa.Column[Any]]:
    """The table's columns that are created: not those that the server has by itself."""
    return (column for column in table.columns if not column.system)


def name_of(element: sa.Constraint | sa.Index, dialect: sa.Dialect) -> str | None:
    """The name of a constraint or an index by the naming convention, shortened as SQLAlchemy does; None without one.

    Raises IdentifierError where a name that was written by hand is too long for SQLAlchemy.
    """
    if element.name is None:
        return None
    preparer = dialect.identifier_preparer
    written = preparer.format_constraint(element)
    return None if written is None else _unquoted(spelled(written, dialect), preparer)


def kind_of(element: sa.Constraint | sa.Index) -> str:
    """The kind of a constraint or an index, as the rules for names have it."""
    if isinstance(element, sa.Index):
        return "index"
    kinds = {
        sa.PrimaryKeyConstraint: "primary",
        sa.UniqueConstraint: "unique",
        sa.ForeignKeyConstraint: "foreign",
        sa.CheckConstraint: "check",
    }
    return next((kind for cls, kind in kinds.items() if isinstance(element, cls)), "exclude")


def enum_of(column: sa.Column[Any], dialect: sa.Dialect) -> sa.Enum | None:
    """The enum that a column is of, or an array of which."""
    try:
        found: Any = column.type.dialect_impl(dialect)
        found = getattr(found, "impl", found)
        found = getattr(found, "item_type", found)
        found = found.dialect_impl(dialect) if isinstance(found, sa.types.TypeEngine) else found
    except TypeError:
        return None  # another engine's own type, like mysql.SET
    return found if isinstance(found, sa.Enum) else None


def relation(table: sa.Table, name: str | None = None) -> str:
    """A table as keys name it, or another one of its schema."""
    schema = () if table.schema in {None, PLAIN_SCHEMA} else (str(table.schema),)
    return key_name(*schema, name or table.name)


def key_of(element: sa.Constraint | sa.Index, dialect: sa.Dialect) -> str | None:
    """The key of a constraint or an index; None where it has no name."""
    name = name_of(element, dialect)
    if name is None or element.table is None:
        return None
    kind = "index" if isinstance(element, sa.Index) else "constraint"
    return f"{kind}:{relation(element.table)}.{key_name(own_name(element, name, dialect))}"


def own_name(element: sa.Constraint | sa.Index, name: str, dialect: sa.Dialect) -> str:
    """A constraint's or an index's name as snapshots of this engine have it."""
    return name.lower() if kind_of(element) in rules_for(dialect.name).lower_in_keys else name


def _unquoted(written: str, preparer: Any) -> str:
    if written.startswith(preparer.initial_quote) and written.endswith(preparer.final_quote):
        return str(written[1:-1].replace(preparer.escape_quote * 2, preparer.escape_quote))
    return written
