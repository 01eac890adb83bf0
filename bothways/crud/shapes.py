"""A table's shape: what of a row may be read, what may be written, and how a request's text becomes values.

Shapes are frozen and made at start from the canonical metadata; a column that is added to a model is in the API without
another edit. A model's author opts out by ``info``: on a column ``{"read": False}``, ``{"write": False}`` (made by the
server) and ``{"secret": True}`` (never leaves the service); :mod:`bothways.crud.deletion` has ``soft_delete``;
on a table ``{"api": False}``, ``{"append_only": True}`` and ``{"owner": "user_id"}`` (whose a row is).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, NotRequired, TypeVar, cast

import pydantic
from pydantic import AfterValidator, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError, to_json
from typing_extensions import TypedDict

from bothways.crud.deletion import soft_delete_column
from bothways.crud.faults import invalid
from bothways.crud.kinds import Kind, kind_of
from bothways.errors import ConfigurationError, InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import sqlalchemy as sa

T = TypeVar("T")
# Unknown fields are refused, and nothing is taken for what it is not ("true" for true, 1 for "1").
_STRICT = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True, slots=True)
class Field:
    """A column as the API sees it."""

    name: str
    column: sa.Column[Any] = field(repr=False)
    kind: Kind = field(repr=False)
    nullable: bool
    primary_key: bool
    readable: bool
    writable: bool
    """A client may send it when it creates a row."""
    changeable: bool
    """A client may send it when it updates a row."""
    required: bool
    """A row cannot be created without it: NOT NULL, and nobody else makes it."""
    secret: bool

    @property
    def accepts(self) -> Any:
        """The annotation of its values, with None where the column takes it, and with its comment."""
        accepts = self.kind.accepts
        if self.nullable:
            accepts = accepts | None if isinstance(accepts, type) else cast("Any", accepts) | None
        elif self.kind.name == "json":
            accepts = Annotated[accepts, AfterValidator(_not_null)]
        return Annotated[accepts, pydantic.Field(description=self.column.comment)]


@dataclass(frozen=True, slots=True)
class Shape:
    """A table as the API sees it; ``name`` is its name in addresses, ``title`` that of its schemas."""

    name: str
    title: str
    table: sa.Table = field(repr=False)
    fields: tuple[Field, ...]
    keys: tuple[Field, ...]
    soft_delete: Field | None
    """The column that a delete sets; None where rows are really deleted."""
    append_only: bool
    owner: str | None
    """The field that says whose a row is, by the table's info ``owner``."""
    row: Any = field(repr=False)
    """The type of a row in answers, for the OpenAPI document."""
    creation: TypeAdapter[dict[str, Any]] = field(repr=False)
    creations: TypeAdapter[list[dict[str, Any]]] = field(repr=False)
    replacement: TypeAdapter[dict[str, Any]] = field(repr=False)
    change: TypeAdapter[dict[str, Any]] = field(repr=False)
    by_text: Mapping[str, TypeAdapter[Any]] = field(repr=False)
    """How a field's value is read from an address."""
    by_member: Mapping[str, TypeAdapter[Any]] = field(repr=False)
    """How a member of an array is."""
    by_name: Mapping[str, Field] = field(repr=False)

    @property
    def readable(self) -> tuple[Field, ...]:
        """The fields of an answer, in the table's order."""
        return tuple(f for f in self.fields if f.readable)

    @property
    def creatable(self) -> bool:
        """Whether a client can send everything that a new row needs."""
        return all(f.writable for f in self.fields if f.required)

    @property
    def operations(self) -> tuple[str, ...]:
        """What the API offers: of ``list``, ``get``, ``create``, ``replace``, ``update``, ``delete``, ``restore``."""
        updatable = any(f.changeable for f in self.fields)
        changing = (
            *(("replace",) if updatable and self._replaceable else ()),
            *(("update",) if updatable else ()),
            "delete",
            *(("restore",) if self.soft_delete else ()),
        )
        return ("list", "get", *(("create",) if self.creatable else ()), *(() if self.append_only else changing))

    @property
    def _replaceable(self) -> bool:
        # A secret that a client can send but nobody can read would be lost by whoever sends back what was read.
        return all(f.readable for f in self.fields if f.changeable)

    def values_to_create(self, body: bytes) -> dict[str, Any]:
        """The values of a new row, by column; raises InvalidRequest with every fault of the body."""
        return _validated(self.creation, body)

    def values_of_many(self, body: bytes, most: int) -> list[dict[str, Any]]:
        """The values of 1 to ``most`` new rows; raises InvalidRequest with the faults of the body."""
        rows = _validated(self.creations, body)
        if not 0 < len(rows) <= most:
            words = f"There should be 1 to {most} rows"
            raise InvalidRequest(words, details={"errors": [{"loc": ["body"], "type": "rows", "msg": words}]})
        return rows

    def values_to_replace(self, body: bytes) -> dict[str, Any]:
        """The values of a row that takes another's place; what is not among them gets its default."""
        return _validated(self.replacement, body)

    def values_to_change(self, body: bytes) -> dict[str, Any]:
        """The values to change, by column; raises InvalidRequest with every fault of the body."""
        return _validated(self.change, body)

    def key(self, texts: Sequence[str]) -> tuple[Any, ...]:
        """A primary key from the segments of an address; raises InvalidRequest."""
        return tuple(self.value(key.name, text, ("path", key.name)) for key, text in zip(self.keys, texts, strict=True))

    def value(self, name: str, text: str, where: tuple[str, ...]) -> Any:
        """A field's value from text in an address; raises InvalidRequest, which says it is ``where``."""
        return _told(self.by_text[name], text, where)

    def member(self, name: str, text: str, where: tuple[str, ...]) -> Any:
        """A member of an array from text in an address; raises InvalidRequest."""
        return _told(self.by_member[name], text, where)


def shapes_of(metadata: sa.MetaData) -> dict[str, Shape]:
    """The shape of each table that the API serves, by name.

    Raises ConfigurationError for a table without a primary key, and for a column that cannot be shown.
    """
    served = (t for t in metadata.tables.values() if t.info.get("api", True))
    return {table.name: shape_of(table) for table in sorted(served, key=lambda t: t.name)}


def shape_of(table: sa.Table) -> Shape:
    """The shape of one table; raises ConfigurationError."""
    fields = tuple(_field(column) for column in table.columns if _shown(column))
    keys = tuple(f for f in fields if f.primary_key)
    if not keys or len(keys) < len(table.primary_key.columns) or not all(k.readable for k in keys):
        raise ConfigurationError(
            f"table {table.name!r} has no primary key that may be read, so no row of it has an address",
            hint='give it one, or leave the table out of the API with info={"api": False}',
        )
    title = "".join(word.capitalize() for word in table.name.split("_"))
    made = {f.name: f.accepts if f.required else NotRequired[f.accepts] for f in fields if f.writable}
    creation = _typed_dict(f"{title}Create", made)
    return Shape(
        name=str(table.name),
        title=title,
        table=table,
        fields=fields,
        keys=keys,
        soft_delete=next((f for f in fields if f.column is soft_delete_column(table)), None),
        append_only=bool(table.info.get("append_only", False)),
        owner=_owner(table, fields),
        row=_typed_dict(title, {f.name: f.accepts for f in fields if f.readable}),
        creation=TypeAdapter(creation),
        creations=TypeAdapter(cast("Any", list)[creation]),
        replacement=TypeAdapter(_typed_dict(f"{title}Replace", {f.name: made[f.name] for f in fields if f.changeable})),
        change=TypeAdapter(
            _typed_dict(f"{title}Update", {f.name: NotRequired[f.accepts] for f in fields if f.changeable})
        ),
        by_text={f.name: TypeAdapter(f.kind.accepts) for f in fields if f.kind.comparable},
        by_member={f.name: TypeAdapter(f.kind.member) for f in fields if f.kind.member is not None},
        by_name={f.name: f for f in fields},
    )


def _owner(table: sa.Table, fields: Sequence[Field]) -> str | None:
    name: str | None = table.info.get("owner")
    known = next((f for f in fields if f.name == name), None)
    if name is not None and (known is None or not known.kind.comparable):
        raise ConfigurationError(
            f"table {table.name!r} has no column {name!r} that could say whose a row is",
            hint='name one of its texts or UUIDs: info={"owner": "user_id"}',
        )
    return name


def _shown(column: sa.Column[Any]) -> bool:
    return bool(column.info.get("read", True) or column.info.get("write", True))


def _field(column: sa.Column[Any]) -> Field:
    made_by_server = column.computed is not None or column.identity is not None or _numbers_itself(column)
    deletes = column is soft_delete_column(column.table)
    writable = not made_by_server and not deletes and column.info.get("write", True)
    has_default = column.default is not None or column.server_default is not None or made_by_server
    secret = bool(column.info.get("secret", False))
    return Field(
        # SQLAlchemy has a subclass of str for names, which not every reader of the document takes.
        name=str(column.name),
        column=column,
        kind=kind_of(column),
        nullable=bool(column.nullable),
        primary_key=column.primary_key,
        readable=column.info.get("read", True) and not secret,
        writable=writable,
        changeable=writable and not column.primary_key,
        required=not column.nullable and not has_default and column.name != column.table.info.get("owner"),
        secret=secret,
    )


def _numbers_itself(column: sa.Column[Any]) -> bool:
    return column.table.autoincrement_column is column


def _typed_dict(name: str, members: Mapping[str, Any]) -> Any:
    # Not a class of pydantic's: a typed dict takes any column's name, and only what a client sent is in it.
    made = cast("Any", TypedDict)(name, dict(members))
    made.__pydantic_config__ = _STRICT
    return made


def _told(adapter: TypeAdapter[Any], text: str, where: tuple[str, ...]) -> Any:
    try:
        return adapter.validate_strings(text)
    except ValidationError as error:
        raise invalid(error, where) from None


def _not_null(value: Any) -> Any:
    if value is None:
        raise PydanticCustomError("json_null", "Input should not be null")
    return value


def _validated(adapter: TypeAdapter[T], body: bytes) -> T:
    try:
        return adapter.validate_json(body)
    except ValidationError as error:
        raise invalid(error, ("body",)) from None


def row_writer(shape: Shape) -> RowWriter:
    """How rows of a shape become JSON."""
    return writer_of(shape.readable)


def writer_of(fields: Sequence[Field]) -> RowWriter:
    """How rows of those fields become JSON."""
    shown = tuple((f.name, f.kind.show) for f in fields if f.kind.show is not None)
    return RowWriter(tuple(f.name for f in fields), shown)


@dataclass(frozen=True, slots=True)
class RowWriter:
    """Turns rows, whose values come in the order of ``names``, into JSON."""

    names: tuple[str, ...]
    shown: tuple[tuple[str, Any], ...]

    def document(self, row: Sequence[Any]) -> dict[str, Any]:
        """A row as what the serializer takes."""
        document = dict(zip(self.names, row, strict=True))
        for name, show in self.shown:
            value = document[name]
            if value is not None:
                document[name] = show(value)
        return document

    def one(self, row: Sequence[Any]) -> bytes:
        """A row as JSON."""
        return as_json(self.document(row))


def as_json(document: Any) -> bytes:
    """JSON with decimals and UUIDs as strings, moments as in RFC 3339; NaN, which JSON lacks, as a string."""
    return to_json(document, inf_nan_mode="strings")
