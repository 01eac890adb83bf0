"""What no revision can be drafted from: the mistakes in models, all told at once, before any server is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import (
    NoReferencedColumnError,
    NoReferencedTableError,
    SQLAlchemyError,
    UnsupportedCompilationError,
)

from bothways.dialects import dialect_for
from bothways.dialects.naming import rules_for
from bothways.errors.saying import said
from bothways.generate import hints, named
from bothways.generate.declared import (
    columns_of,
    compiler_of,
    constraints_of,
    dialect_of,
    enum_of,
    indexes_of,
    kind_of,
    relation,
    tables_of,
)
from bothways.generate.mistakes import Found, gathered
from bothways.mistakes import invalid, raised_at
from bothways.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    _Check = Callable[[sa.MetaData, sa.Dialect], Iterable[Found]]

_WORDS = {"unique": "a UNIQUE", "check": "a CHECK", "foreign": "a FOREIGN KEY", "primary": "the PRIMARY KEY"}
_CONVENTION = 'give it a name, or give MetaData a naming_convention for "uq", "ck", "fk" and "pk", which names them all'


def refuse(
    metadata: sa.MetaData, dialects: Iterable[str], version_tables: Iterable[str] = ("alembic_version",)
) -> None:
    """Raise InvalidModels with everything in the models that these engines can't make or that has no name.

    ``version_tables`` are the names of Alembic's own tables.
    """
    own = tuple(version_tables)
    checks = (hints.mistakes, _tables, named.mistakes, named.collisions, _unnamed, _enums, _uncompilable)
    _tell(metadata, list(dialects), (lambda models, _: _ours(models, own), *checks))


def refuse_unbuildable(metadata: sa.MetaData, dialects: Iterable[str]) -> None:
    """Raise InvalidModels with what these engines can't make, in the words of :func:`refuse`.

    What only a draft needs, names above all, is not asked for.
    """
    _tell(metadata, list(dialects), (_tables, named.collisions, _uncompilable))


def _tell(metadata: sa.MetaData, engines: Sequence[str], checks: Sequence[_Check]) -> None:
    found: list[tuple[str, Found]] = []
    for engine in engines:
        dialect = dialect_of(engine)
        raising = list(_raising(metadata, dialect))
        found += [(engine, mistake) for mistake in (*raising, *_dangling(metadata))]
        if not raising:  # else all others would raise that too
            found += [(engine, mistake) for check in checks for mistake in check(metadata, dialect)]
    if mistakes := gathered(found, engines):
        raise invalid(mistakes)


def _raising(metadata: sa.MetaData, dialect: sa.Dialect) -> Iterator[Found]:
    """Functions of the models' own, given to ``ddl_if``, that raise when they are asked."""
    for table in tables_of(metadata):
        try:
            constraints_of(table, dialect)
            indexes_of(table, dialect)
        except Exception as error:  # noqa: BLE001 - somebody else's code
            at = f" at {place}" if (place := raised_at(error)) else ""
            what = f"table {relation(table)} has a ddl_if that raises{at}: {type(error).__name__}: {said(error)}"
            yield Found(what, "mend the function", table)


def _dangling(metadata: sa.MetaData) -> Iterator[Found]:
    """Foreign keys to what isn't there."""
    for table in tables_of(metadata):
        for column in columns_of(table):
            for key in sorted(column.foreign_keys, key=lambda k: k.target_fullname):
                if missing := _missing(key, metadata):
                    what, remedy = missing
                    yield Found(f"column {relation(table)}.{column.name} refers to {what}", remedy, table, column)


def _missing(key: sa.ForeignKey, metadata: sa.MetaData) -> tuple[str, str] | None:
    """What a foreign key refers to that isn't there, and what could be meant."""
    try:
        _ = key.column
    except NoReferencedTableError as error:
        known = nearest(error.table_name, metadata.tables)
        return f"{key.target_fullname}, but the models have no table {error.table_name}", known
    except NoReferencedColumnError as error:
        known = nearest(error.column_name, metadata.tables[error.table_name].columns.keys())
        return f"{key.target_fullname}, but table {error.table_name} has no column {error.column_name}", known
    return None


def _tables(metadata: sa.MetaData, dialect: sa.Dialect) -> Iterator[Found]:
    """Tables that the engine can't have at all."""
    schemas = dialect_for(dialect.name).capabilities.schemas
    for table in tables_of(metadata):
        if table.schema and not schemas:
            yield Found(
                f"table {table.name!r} is in the schema {table.schema!r}, and a database has none there",
                "take the schema away, or give the models of that engine a MetaData of their own",
                table,
            )
        if not list(columns_of(table)) and not rules_for(dialect.name).empty_table:
            yield Found(f"table {relation(table)} has no columns", "give it at least one", table)


def _ours(metadata: sa.MetaData, version_tables: tuple[str, ...]) -> Iterator[Found]:
    """Tables with names that Alembic or we keep for ourselves."""
    for table in tables_of(metadata):
        name = table.name.lower()
        if name.startswith("bothways_"):
            yield Found(
                f"table {relation(table)} begins with bothways_, which is for what Bothways keeps in a database",
                "give it another name",
                table,
            )
        if name in version_tables:
            yield Found(
                f"table {relation(table)} is where Alembic keeps the database's revision",
                "take it out of the models, or give it another name",
                table,
            )


def _unnamed(metadata: sa.MetaData, dialect: sa.Dialect) -> Iterator[Found]:
    """Constraints that the engine would name itself, each in its own way."""
    nameable = rules_for(dialect.name).unnamed
    for table in tables_of(metadata):
        for constraint in constraints_of(table, dialect):
            kind = kind_of(constraint)
            if kind not in nameable or named.safe_name(constraint, dialect)[0] is not None:
                continue
            columns = [c.name for c in getattr(constraint, "columns", ())]
            if kind == "primary" and not columns:
                continue
            yield Found(
                f"table {relation(table)} has {_WORDS[kind]} without a name"
                + (f" ({', '.join(columns)})" if columns else ""),
                _CONVENTION,
                table,
                constraint,
            )


def _enums(metadata: sa.MetaData, dialect: sa.Dialect) -> Iterator[Found]:
    """Enums that would be one type, although they have different labels."""
    if not dialect_for(dialect.name).capabilities.native_enum:
        return
    seen: dict[tuple[str | None, str], list[str]] = {}
    for table in tables_of(metadata):
        for column in columns_of(table):
            enum = enum_of(column, dialect)
            if enum is None or not enum.native_enum or enum.name is None:
                continue
            labels = seen.setdefault((enum.schema, enum.name), enum.enums)
            if labels != enum.enums:
                what = f"column {relation(table)}.{column.name} has an enum {enum.name!r}"
                yield Found(
                    f"{what} with other labels than the one before",
                    "use one Enum object for both columns, or give them different names",
                    table,
                    column,
                )


def _uncompilable(metadata: sa.MetaData, dialect: sa.Dialect) -> Iterator[Found]:
    """What SQLAlchemy can't write as DDL for the engine: types that it lacks first, then whole statements."""
    for table in tables_of(metadata):
        wrong = list(_types(table, dialect))
        yield from wrong
        if wrong or any(_untyped(column) for column in columns_of(table)):
            continue
        statements: list[tuple[sa.schema.ExecutableDDLElement, sa.Index | None]] = [
            (sa.schema.CreateTable(table), None)
        ]
        statements += [(sa.schema.CreateIndex(index), index) for index in indexes_of(table, dialect)]
        for statement, index in statements:
            if problem := _problem(statement, dialect):
                what = f"index {index.name} of {relation(table)}" if index is not None else f"table {relation(table)}"
                yield Found(f"{what} can't be made: {problem}", "write it in a way that the engine knows", table, index)


def _types(table: sa.Table, dialect: sa.Dialect) -> Iterator[Found]:
    types = compiler_of(dialect).dialect.type_compiler_instance
    for column in columns_of(table):
        if _untyped(column):
            continue
        try:
            types.process(column.type, type_expression=column)
        except (SQLAlchemyError, NotImplementedError, AttributeError, TypeError) as error:
            # SQLAlchemy's compilers raise any of these for a type that is not theirs, as those of its users do.
            # What SQLAlchemy says of a type that it can't write there is the type once more, with an address in memory.
            known = isinstance(error, SQLAlchemyError) and not isinstance(error, UnsupportedCompilationError)
            reason = f": {said(error)}" if known else ""
            yield Found(
                f"column {relation(table)}.{column.name} has the type {_type(column)}, which the engine lacks{reason}",
                "choose a type that all engines have, or one for each with .with_variant(…)",
                table,
                column,
            )


def _untyped(column: sa.Column[Any]) -> bool:
    """Whether it has the type of what it refers to, which isn't there: that is told already."""
    return isinstance(column.type, sa.types.NullType) and bool(column.foreign_keys)


def _type(column: sa.Column[object]) -> str:
    return type(column.type).__name__


def _problem(statement: sa.schema.ExecutableDDLElement, dialect: sa.Dialect) -> str | None:
    try:
        statement.compile(dialect=dialect)
    except (SQLAlchemyError, NotImplementedError) as error:  # the second is what its compilers raise for some types
        return "SQLAlchemy can't write it there" if isinstance(error, UnsupportedCompilationError) else said(error)
    return None
