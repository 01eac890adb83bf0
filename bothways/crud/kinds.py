"""What a column's values are outside the database: how a request may spell them and how an answer does.

A kind is found from what the column's type is on PostgreSQL, the engine with the most types: there a decorator or a
variant shows what it stands for (an array, an address, a moment with its zone), whatever the other engines keep.
The same kind serves every engine, so the same row is the same JSON on each of them.
"""

from __future__ import annotations

import datetime as dt
import decimal
import ipaddress
import re
import uuid
from base64 import b64decode, b64encode
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, cast

import sqlalchemy as sa
from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql.base import PGDialect

from bothways.crud.decimals import PLAIN_PLACES, PlainDecimal
from bothways.crud.portable import portable
from bothways.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.types import TypeEngine

_RICHEST: Final[sa.Dialect] = cast("Any", PGDialect)()
# PostgreSQL cannot keep a NUL in a text or in JSON, and what one engine cannot keep no engine takes.
_NO_NUL: Final = r"^[^\x00]*$"
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,6})?(?P<zone>[Zz]|[+-]\d\d:\d\d)?", re.ASCII)
_DECIMAL: Final = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_EXACT_DIGITS: Final = 15  # a double carries any decimal number of so many digits without loss
_MEMBERS: Final = frozenset({"text", "integer"})
"""Kinds of an array's members that every engine compares alike."""
_WHOLE_RANGES: Final = ((sa.SmallInteger, 15), (sa.BigInteger, 63), (sa.Integer, 31))


@dataclass(frozen=True, slots=True)
class Kind:
    """How values of a column look in JSON.

    ``accepts`` is the annotation by which pydantic validates what a client sends, and which describes it in the
    OpenAPI document; ``comparable`` says whether a list can be filtered by equality with it; ``show`` turns a value
    from the database into one that pydantic-core's serializer writes the right way, None where it does so already.
    """

    name: str
    accepts: Any
    comparable: bool = True
    show: Callable[[Any], Any] | None = None
    member: Any = None
    """Of an array whose members can be read from an address: the annotation of one."""


def kind_of(column: sa.Column[Any]) -> Kind:
    """The kind of a column; raises ConfigurationError for a type that cannot be shown as JSON."""
    kind = _kind_of_type(column.type)
    if kind is None:
        raise ConfigurationError(
            f"column {column.table.name}.{column.name} is of type {column.type!r}, which the API cannot show",
            hint='leave it out with info={"read": False, "write": False} if it is not required',
        )
    return _checked_by_type(kind, column.type)


def _kind_of_type(type_: TypeEngine[Any]) -> Kind | None:
    if isinstance(type_, sa.Interval):
        return Kind("duration", dt.timedelta)
    on_postgresql: Any = type_.dialect_impl(_RICHEST)
    if isinstance(type_, sa.types.TypeDecorator):
        on_postgresql = type_.load_dialect_impl(_RICHEST)
    for known, build in _BUILDERS:
        if isinstance(on_postgresql, known):
            return build(on_postgresql)
    return None


def _checked_by_type(kind: Kind, type_: TypeEngine[Any]) -> Kind:
    """The kind, with what a decorator refuses to store refused already in the request."""
    if not isinstance(type_, sa.types.TypeDecorator) or not _binds(type_):
        return kind

    def storable(value: Any) -> Any:
        try:
            type_.process_bind_param(value, _RICHEST)
        except (ValueError, TypeError):
            # The decorator's own text repeats the value, which may be a secret.
            raise PydanticCustomError("value_not_storable", "Value is not valid for this column") from None
        return value

    return replace(kind, accepts=Annotated[kind.accepts, AfterValidator(storable)])


def _binds(type_: sa.types.TypeDecorator[Any]) -> bool:
    return type(type_).process_bind_param is not sa.types.TypeDecorator.process_bind_param


def _enum(type_: sa.Enum) -> Kind:
    labels = tuple(str(label) for label in type_.enums)
    accepts: Any = Literal[labels]
    if type_.enum_class is None:
        return Kind("enum", accepts)
    members = dict(zip(labels, cast("Any", type_.enum_class), strict=True))
    # A driver that gives labels is understood too. The serializer could show most members itself, ten times slower.
    shown = {member: label for label, member in members.items()} | {label: label for label in labels}
    return Kind("enum", Annotated[accepts, AfterValidator(members.__getitem__)], show=shown.__getitem__)


def _integer(type_: sa.Integer) -> Kind:
    bits = next((bits for known, bits in _WHOLE_RANGES if isinstance(type_, known)), 31)
    return Kind("integer", Annotated[int, Field(ge=-(2**bits), le=2**bits - 1), BeforeValidator(_whole)])


def _whole(value: Any) -> Any:
    # JSON has one kind of number: 5.0 is a whole one, as JSON Schema says too.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _decimal(type_: sa.Numeric[Any]) -> Kind:
    if not type_.asdecimal:
        return _float(type_)
    digits, places = type_.precision, type_.scale
    whole = f"{{1,{digits - (places or 0)}}}" if digits else "+"
    fraction = f"(\\.\\d{{1,{places}}})?" if places else ("" if digits else "(\\.\\d+)?")
    text = {"type": "string", "pattern": f"^-?\\d{whole}{fraction}$"}
    exact = digits is not None and digits <= _EXACT_DIGITS
    schema: dict[str, Any] = {"anyOf": [{"type": "number"}, text]} if exact else text
    return Kind(
        "decimal",
        Annotated[
            decimal.Decimal,
            Field(max_digits=digits, decimal_places=places),
            BeforeValidator(_exact if exact else _exact_text),
            AfterValidator(_without_minus_zero),
            WithJsonSchema(schema, mode="validation"),
            WithJsonSchema(text, mode="serialization"),
        ],
        show=None if 0 < (places or 0) <= PLAIN_PLACES else PlainDecimal,
    )


def _exact(value: Any) -> decimal.Decimal:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return decimal.Decimal(str(value))
    return _exact_text(value)


def _exact_text(value: Any) -> decimal.Decimal:
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return decimal.Decimal(value)
    raise PydanticCustomError("decimal_text", "Input should be a decimal number as a string, for example '19.99'")


def _without_minus_zero(value: decimal.Decimal) -> decimal.Decimal:
    return value if value else value.copy_abs()


def _float(_type: Any) -> Kind:
    return Kind("float", Annotated[float, Field(allow_inf_nan=False)])


def _datetime(type_: sa.DateTime) -> Kind:
    if type_.timezone:
        return Kind("moment", _parsed_moment(_moment, "date-time"), show=_moment_shown)
    return Kind("local datetime", _parsed_moment(_local_moment, "local-date-time"))


def _parsed_moment(parse: Callable[[Any], dt.datetime], format_: str) -> Any:
    return Annotated[dt.datetime, PlainValidator(parse), WithJsonSchema({"type": "string", "format": format_})]


def _moment(value: Any) -> dt.datetime:
    """RFC 3339 only, and no more than microseconds: pydantic would drop further digits without a word."""
    moment = _datetime_of(value, zoned=True)
    if moment is None:
        raise PydanticCustomError("moment", "Input should be a date and time with its zone, as in RFC 3339")
    try:
        return moment.astimezone(dt.UTC)
    except OverflowError:
        raise PydanticCustomError("moment_range", "Input should be between the years 1 and 9999 in UTC") from None


def _local_moment(value: Any) -> dt.datetime:
    moment = _datetime_of(value, zoned=False)
    if moment is None:
        raise PydanticCustomError("local_moment", "Input should be a date and time without a zone")
    return moment


def _datetime_of(value: Any, *, zoned: bool) -> dt.datetime | None:
    found = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if found is None or (found["zone"] is not None) is not zoned:
        return None
    try:
        return dt.datetime.fromisoformat(found[0].upper())
    except ValueError:
        return None


def _moment_shown(value: Any) -> Any:
    if value.tzinfo is dt.UTC:
        return value
    # A type without a zone of its own on this engine: sessions are in UTC.
    return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


def _array(type_: sa.ARRAY[Any]) -> Kind | None:
    member = _kind_of_type(type_.item_type)
    if member is None:
        return None
    members = cast("Any", list)[member.accepts]
    told = member.accepts if member.name in _MEMBERS and type_.dimensions in {None, 1} else None
    return Kind("array", members, comparable=False, member=told)


def _json(_type: Any) -> Kind:
    accepts = Annotated[Any, AfterValidator(portable), Field(description="Any JSON document")]
    return Kind("json", accepts, comparable=False)


def _text(type_: sa.String) -> Kind:
    return Kind("text", Annotated[str, Field(max_length=type_.length, pattern=_NO_NUL)])


def _parsed(name: str, parse: Callable[[str], Any], formats: tuple[str, ...]) -> Kind:
    def parsed(value: Any) -> Any:
        try:
            if isinstance(value, str):
                return parse(value)
        except ValueError:
            pass
        raise PydanticCustomError(f"ip_{name}", f"Input should be an IPv4 or IPv6 {name}")

    schema = {"type": "string", "anyOf": [{"format": known} for known in formats]} if formats else {"type": "string"}
    return Kind(name, Annotated[Any, PlainValidator(parsed), WithJsonSchema(schema)])


def _address(_type: Any) -> Kind:
    return _parsed("address", ipaddress.ip_address, ("ipv4", "ipv6"))


def _network(_type: Any) -> Kind:
    return _parsed("network", ipaddress.ip_network, ())


def _bytes(value: Any) -> bytes:
    # The standard library's decoder, as pydantic uses it, skips what it does not know.
    try:
        return b64decode(value, validate=True)
    except (ValueError, TypeError):
        raise PydanticCustomError("base64", "Input should be bytes in base64") from None


_BYTES: Final = Annotated[
    bytes, PlainValidator(_bytes), WithJsonSchema({"type": "string", "contentEncoding": "base64"})
]


def _bytes_shown(value: bytes) -> str:
    # pydantic-core's own base64 is the one for addresses, with - and _.
    return b64encode(value).decode()


def _plain(name: str, accepts: Any) -> Callable[[Any], Kind]:
    kind = Kind(name, accepts)
    return lambda _type: kind


# The first that fits: an Enum is a String too, and a JSONB a JSON.
_BUILDERS: Final[tuple[tuple[Any, Callable[[Any], Kind | None]], ...]] = (
    (sa.Enum, _enum),
    (sa.Boolean, _plain("boolean", bool)),
    (sa.Uuid, _plain("uuid", uuid.UUID)),
    (sa.JSON, _json),
    (sa.ARRAY, _array),
    (postgresql.INET, _address),
    (postgresql.CIDR, _network),
    (sa.DateTime, _datetime),
    (sa.Date, _plain("date", dt.date)),
    (sa.Time, _plain("time", dt.time)),
    (sa.Float, _float),
    (sa.Numeric, _decimal),
    (sa.Integer, _integer),
    (sa.LargeBinary, lambda _type: Kind("bytes", _BYTES, comparable=False, show=_bytes_shown)),
    (sa.String, _text),
)
