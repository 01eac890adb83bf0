"""The texts and the hints that models hold: expressions as people wrote them, former names, values for old rows.

Catalogs can say none of these: a server prints its own form of an expression, and an object with a new name looks like
one that is gone and one that is new.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.sql import coercions, roles

from bothways.generate.declared import (
    columns_of,
    compiler_of,
    constraints_of,
    dialect_of,
    indexes_of,
    key_of,
    relation,
    spelled,
    tables_of,
)
from bothways.generate.former import former_names
from bothways.generate.mistakes import gathered
from bothways.generate.relabelled import RENAMED_LABELS
from bothways.mistakes import Mistake, invalid, place_of
from bothways.snapshot import key_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bothways.errors import BothwaysError, DraftFailed
    from bothways.snapshot import Snapshot


_FILLS = re.compile(r"\s*(?:UPDATE|INSERT)\b", re.IGNORECASE)
"""The statements that give rows their values."""


def texts(metadata: sa.MetaData, dialect: sa.Dialect | str) -> Mapping[str, str]:
    """What the models write, by key or ``key/fact`` of a snapshot of that engine.

    ``constraint:TABLE.NAME`` is a CHECK's condition, ``column:TABLE.COLUMN/default`` and ``…/generated`` are the
    column's, ``index:TABLE.NAME/where`` is the condition of a partial index. A connection's own dialect knows its
    server's version, which a name can't tell. What the engine never gets is left out.
    """
    chosen = dialect_of(dialect)
    return {
        key: spelled(text, chosen)
        for table in tables_of(metadata)
        for part in (_checks, _columns, _predicates)
        for key, text in part(table, chosen)
    }


def backfills(metadata: sa.MetaData) -> Mapping[str, str]:
    """The SQL expressions that fill new columns in rows that are there already: ``info={"backfill": "…"}``."""
    return {
        f"column:{relation(table)}.{key_name(column.name)}": column.info["backfill"]
        for table in tables_of(metadata)
        for column in columns_of(table)
        if "backfill" in column.info
    }


def blamed(metadata: sa.MetaData, failed: DraftFailed, engine: str) -> BothwaysError:
    """What to raise for a draft that doesn't run: InvalidModels where a value for old rows is what doesn't run."""
    sql = failed.details["sql"]
    if not _FILLS.match(sql):
        return failed
    for table in tables_of(metadata):
        for column in (c for c in columns_of(table) if "backfill" in c.info):
            if all(part in sql for part in (table.name, column.name, column.info["backfill"])):
                what = f"column {relation(table)}.{column.name} has a backfill that {engine} refuses"
                remedy = "write an expression over the row that all engines of the project take"
                mistake = Mistake(f"{what}: {failed.details['reason']}", remedy, place_of(table, column))
                return invalid([mistake], sql)
    return failed


def labels(metadata: sa.MetaData) -> Mapping[str, Mapping[str, str]]:
    """By column, the former labels of its enum and the new ones: ``info={"renamed_labels": {"old": "new"}}``."""
    return {
        f"column:{relation(table)}.{key_name(column.name)}": column.info[RENAMED_LABELS]
        for table in tables_of(metadata)
        for column in columns_of(table)
        if RENAMED_LABELS in column.info
    }


def renames(metadata: sa.MetaData, head: Snapshot) -> Mapping[str, str]:
    """The hints ``info={"renamed_from": "old"}`` and ``{"renamed_labels": {"old": "new"}}`` that a head has to follow.

    Keys are those of the head; the names are the objects' new ones. They stand in the order in which they can be done:
    labels, then what belongs to a table, then the table; where names move up, the last first. A hint whose new name the
    head has, and not the old one, is spent. Raises InvalidModels where it has both, or neither, or can't tell.
    """
    found = former_names(metadata, head)
    if found.wrong:
        raise invalid(gathered(((head.dialect, one) for one in found.wrong), engines=()))
    return found.renamed


def _checks(table: sa.Table, dialect: sa.Dialect) -> Iterator[tuple[str, str]]:
    for constraint in constraints_of(table, dialect):
        if isinstance(constraint, sa.CheckConstraint) and (key := key_of(constraint, dialect)):
            yield key, _expression(constraint.sqltext, dialect)


def _columns(table: sa.Table, dialect: sa.Dialect) -> Iterator[tuple[str, str]]:
    compiler = compiler_of(dialect)
    for column in columns_of(table):
        key = f"column:{relation(table)}.{key_name(column.name)}"
        if column.computed is not None:
            yield f"{key}/generated", _expression(column.computed.sqltext, dialect)
        elif (default := compiler.get_column_default_string(column)) is not None:
            # Whether it stands in parentheses is for the dialect to say, and for no other method.
            enclosed = f" DEFAULT ({default})" in compiler.get_column_specification(column)
            yield f"{key}/default", f"({default})" if enclosed else default


def _predicates(table: sa.Table, dialect: sa.Dialect) -> Iterator[tuple[str, str]]:
    for index in indexes_of(table, dialect):
        where = index.dialect_options[dialect.name].get("where")
        if where is not None and (key := key_of(index, dialect)):
            yield f"{key}/where", _expression(coercions.expect(roles.DDLExpressionRole, where), dialect)


def _expression(expression: Any, dialect: sa.Dialect) -> str:
    return str(compiler_of(dialect).sql_compiler.process(expression, include_table=False, literal_binds=True))
