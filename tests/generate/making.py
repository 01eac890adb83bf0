"""The SQLAlchemy metadata that a set of models stands for, with the types of each engine."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.schema import Computed as ComputedItem

from tests.generate.models import Check, Column, Index, Models, Table, Unique, View

_PLACE = re.compile(r"\{(\d+)\}")


@dataclass(frozen=True, slots=True)
class Type:
    """A column's type: what can be done with its values, and where it exists."""

    family: str
    make: object
    engines: frozenset[str] = frozenset({"sqlite", "postgresql", "mysql"})
    indexable: bool = True


def _only(engine: str, family: str, make: object, *, indexable: bool = True) -> Type:
    return Type(family, make, frozenset({engine}), indexable)


PG, MY = "postgresql", "mysql"
TYPES = {
    "integer": Type("integer", sa.Integer()),
    "bigint": Type("integer", sa.BigInteger()),
    "smallint": Type("integer", sa.SmallInteger()),
    "string(20)": Type("text", sa.String(20)),
    "string(40)": Type("text", sa.String(40)),
    "string(200)": Type("text", sa.String(200)),
    "text": Type("text", sa.Text(), indexable=False),
    "numeric(10,2)": Type("decimal", sa.Numeric(10, 2)),
    "numeric(14,4)": Type("decimal", sa.Numeric(14, 4)),
    "numeric": Type("decimal", sa.Numeric()),
    "float": Type("float", sa.Float()),
    "double": Type("float", sa.Double()),
    "boolean": Type("boolean", sa.Boolean()),
    "date": Type("date", sa.Date()),
    "datetime": Type("moment", sa.DateTime()),
    "datetime tz": Type("moment", sa.DateTime(timezone=True)),
    "time": Type("time", sa.Time()),
    "binary": Type("binary", sa.LargeBinary(), indexable=False),
    "json": Type("json", sa.JSON(), indexable=False),
    "uuid": Type("uuid", sa.Uuid()),
    "interval": Type("interval", sa.Interval()),
    "string": _only(PG, "text", sa.String()),
    "char(3)": _only(PG, "text", sa.CHAR(3)),
    "time tz": _only(PG, "time", sa.Time(timezone=True)),
    "timestamp(3)": _only(PG, "moment", postgresql.TIMESTAMP(precision=3)),
    "jsonb": _only(PG, "json", postgresql.JSONB(), indexable=False),
    "inet": _only(PG, "inet", postgresql.INET()),
    "integer[]": _only(PG, "array", postgresql.ARRAY(sa.Integer()), indexable=False),
    "text[]": _only(PG, "array", postgresql.ARRAY(sa.Text()), indexable=False),
    "bit(8)": _only(PG, "bit", postgresql.BIT(8), indexable=False),
    "int4range": _only(PG, "range", postgresql.INT4RANGE(), indexable=False),
    "varchar c": _only(PG, "text", sa.String(30, collation="C")),
    "unsigned": _only(MY, "integer", mysql.INTEGER(unsigned=True)),
    "unsigned bigint": _only(MY, "integer", mysql.BIGINT(unsigned=True)),
    "tinyint": _only(MY, "integer", mysql.TINYINT()),
    "datetime(3)": _only(MY, "moment", mysql.DATETIME(fsp=3)),
    "datetime(6)": _only(MY, "moment", mysql.DATETIME(fsp=6)),
    "time(2)": _only(MY, "time", mysql.TIME(fsp=2)),
    "set": _only(MY, "set", mysql.SET("a", "it's", "100%"), indexable=False),
    "varchar bin": _only(MY, "text", mysql.VARCHAR(30, collation="utf8mb4_bin")),
    "varchar latin": _only(MY, "text", mysql.VARCHAR(30, charset="latin1")),
    "longtext": _only(MY, "text", mysql.LONGTEXT(), indexable=False),
    "decimal unsigned": _only(MY, "decimal", mysql.DECIMAL(8, 2, unsigned=True)),
    "varchar nocase": _only("sqlite", "text", sa.String(30, collation="NOCASE")),
}


def quoted(engine: str, name: str) -> str:
    """A name in the quotes of an engine."""
    mark = "`" if engine == MY else '"'
    return mark + name.replace(mark, mark * 2) + mark


def filled(engine: str, text: str, columns: tuple[str, ...]) -> str:
    """An expression with its columns in it."""
    return _PLACE.sub(lambda m: quoted(engine, columns[int(m.group(1))]), text)


def metadata(models: Models, engine: str) -> sa.MetaData:
    """The metadata that a user would have written."""
    made = sa.MetaData()
    tables = {t.name: _table(made, t, models, engine) for t in models.tables}
    for table in models.tables:
        for constraint in table.constraints:
            tables[table.name].append_constraint(_constraint(constraint, tables[table.name], tables, engine))
        for index in table.indexes:
            _index(index, tables[table.name], engine)
    for view in models.views:
        sa.event.listen(made, "after_create", _creating(view, models, engine))
    return made


def _table(made: sa.MetaData, table: Table, models: Models, engine: str) -> sa.Table:
    columns = [_column(made, c, table, models, engine) for c in table.columns]
    key = [sa.PrimaryKeyConstraint(*table.key, name=table.key_name)] if table.key else []
    counted = any(c.counter for c in table.columns)
    return sa.Table(
        table.name, made, *columns, *key, schema=table.schema, comment=table.comment, sqlite_autoincrement=counted
    )


def _column(made: sa.MetaData, column: Column, table: Table, models: Models, engine: str) -> sa.Column:
    items = []
    if column.computed is not None:
        text = sa.literal_column(filled(engine, column.computed.text, column.computed.columns))
        items.append(ComputedItem(text, persisted=column.computed.stored))
    if column.counter in {"identity", "always"}:
        items.append(sa.Identity(always=column.counter == "always"))
    key = column.name in table.key
    return sa.Column(
        column.name,
        _type(made, column, table, models),
        *items,
        nullable=not (column.required or key),
        server_default=None if column.default is None else sa.literal_column(column.default),
        autoincrement=bool(column.counter),
        comment=column.comment,
    )


def _type(made: sa.MetaData, column: Column, table: Table, models: Models) -> sa.types.TypeEngine:
    if not column.type.startswith("enum "):
        return TYPES[column.type].make
    enum = next(e for e in models.enums if f"enum {e.name}" == column.type)
    if enum.native:
        return sa.Enum(*enum.labels, name=enum.name, metadata=made)
    name = f"ck_{enum.name[-40:]}_{table.columns.index(column)}"
    return sa.Enum(*enum.labels, name=name, native_enum=False, create_constraint=enum.checked, length=40)


def _constraint(part, table: sa.Table, tables: dict[str, sa.Table], engine: str) -> sa.Constraint:
    if isinstance(part, Unique):
        return sa.UniqueConstraint(*part.columns, name=part.name, deferrable=part.deferrable)
    if isinstance(part, Check):
        return sa.CheckConstraint(sa.literal_column(filled(engine, part.text, part.columns)), name=part.name)
    target = tables[part.table]
    return sa.ForeignKeyConstraint(
        part.columns,
        [target.c[c] for c in part.targets],
        name=part.name,
        ondelete=part.ondelete,
        onupdate=part.onupdate,
        deferrable=part.deferrable,
        initially="DEFERRED" if part.deferrable else None,
        use_alter=part.use_alter,
    )


def _index(index: Index, table: sa.Table, engine: str) -> None:
    parts = [_ordered(table.c[c], order) for c, order in zip(index.columns, index.order, strict=True)]
    if index.expression is not None:
        text = filled(engine, index.expression.text, index.expression.columns)
        parts.insert(0, sa.literal_column(f"({text})"))
    options = {}
    if index.where is not None:
        where = sa.literal_column(filled(engine, index.where.text, index.where.columns))
        options |= {"postgresql_where": where, "sqlite_where": where}
    if index.include:
        options["postgresql_include"] = list(index.include)
    if index.using is not None:
        options["postgresql_using"] = index.using
    if index.prefix is not None:
        options["mysql_length"] = dict.fromkeys(index.columns, index.prefix)
    sa.Index(index.name, *parts, unique=index.unique, _table=table, **options)


def _ordered(column: sa.Column, order: str):
    if not order:
        return column
    return column.desc().nulls_last() if order.endswith("last") else column.desc()


def _creating(view: View, models: Models, engine: str):
    table = models.table(view.table)
    names = (table.schema, table.name) if table.schema else (table.name,)
    columns = ", ".join(quoted(engine, c) for c in view.columns)
    kind = "MATERIALIZED VIEW" if view.materialized else "VIEW"
    source = ".".join(quoted(engine, n) for n in names)
    text = f"CREATE {kind} {quoted(engine, view.name)} AS SELECT {columns} FROM {source}"
    if view.where is not None:
        text += f" WHERE {filled(engine, view.where.text, view.where.columns)}"

    def create(_target: sa.MetaData, connection: sa.Connection, **_: object) -> None:
        connection.exec_driver_sql(text, execution_options={"no_parameters": True})

    return create
