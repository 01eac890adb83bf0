"""Column types that mean the same on PostgreSQL, MySQL or MariaDB, and SQLite.

===============  =====================  ==========================  =============================
type             PostgreSQL             MySQL, MariaDB              SQLite
===============  =====================  ==========================  =============================
``UuidKey``      uuid                   char(32)                    char(32)
``Json``         jsonb                  json (longtext on MariaDB)  json (text)
``UtcDateTime``  timestamptz            datetime(6), in UTC         datetime (text), in UTC
``StringArray``  text[]                 json                        json (text)
``IpAddress``    inet                   varchar(45)                 varchar(45)
``IpNetwork``    cidr                   varchar(49)                 varchar(49)
``Money``        numeric                decimal                     integer, in hundredths
``Email``        varchar(254)           varchar(254)                varchar(254)
``label``        varchar                …utf8mb4_unicode_520_ci     …NOCASE
``code``         varchar COLLATE "C"    varchar (utf8mb4_bin)       varchar (BINARY)
===============  =====================  ==========================  =============================
"""

from __future__ import annotations

import ipaddress
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.sql import operators

if TYPE_CHECKING:
    import enum
    from collections.abc import Callable, Sequence

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

UuidKey = sa.Uuid(native_uuid=False).with_variant(postgresql.UUID(), "postgresql")
"""A UUID. MariaDB's own uuid type isn't used, so that MySQL and MariaDB have one and the same column."""

Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
"""A JSON document; None is SQL's NULL, never JSON's null at the top."""

LongText = sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")
"""Text without a limit that matters; MySQL's TEXT would end at 64 KiB."""


def label(length: int) -> sa.String:
    """A text that people read and sort: letters of either case are equal on MySQL, MariaDB and (ASCII) SQLite.

    PostgreSQL keeps the database's collation, which a deployment chooses; search there goes by ``lower()``.
    """
    people = mysql.VARCHAR(length, collation="utf8mb4_unicode_520_ci")
    return (
        sa.String(length)
        .with_variant(people, "mysql", "mariadb")
        .with_variant(sa.String(length, collation="NOCASE"), "sqlite")
    )


def code(length: int) -> sa.String:
    """A text that machines compare, byte by byte on every engine, whatever the database's collation is."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def enumeration(members: type[enum.StrEnum], name: str) -> sa.Enum:
    """The values of a StrEnum: a type of its own on PostgreSQL, ENUM on MySQL, a string with a CHECK on SQLite."""
    return sa.Enum(
        members,
        name=name,
        values_callable=lambda chosen: [member.value for member in chosen],
        create_constraint=True,
        length=20,
    )


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """A moment: timezone-aware in Python, in UTC with microseconds on every engine.

    A naive datetime is refused with ValueError, since nobody can tell which moment it is.
    """

    impl = sa.DateTime
    cache_ok = True
    shown_as_stored = frozenset({"postgresql"})

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """TIMESTAMPTZ, DATETIME(6) or SQLite's DATETIME."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.TIMESTAMP(timezone=True))
        if dialect.name in {"mysql", "mariadb"}:
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(sa.DateTime())

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """In UTC; raises ValueError for a naive datetime."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"{value!r} has no time zone: give it one, for example datetime.now(UTC)")
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002 - the signature is SQLAlchemy's
        """Aware, in UTC."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class StringArray(sa.types.TypeDecorator[list[str]]):
    """A list of strings without None. Assign a new list to change it: changes inside a list aren't tracked."""

    impl = sa.JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """TEXT[] on PostgreSQL, JSON elsewhere."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.ARRAY(sa.Text()))
        return dialect.type_descriptor(sa.JSON(none_as_null=True))

    def process_bind_param(self, value: Sequence[str] | None, dialect: sa.Dialect) -> list[str] | None:  # noqa: ARG002 - the signature is SQLAlchemy's
        """A list; raises ValueError for a lone string or members that aren't strings."""
        if value is None:
            return None
        if isinstance(value, str) or not all(isinstance(member, str) for member in value):
            raise ValueError(f"{value!r} is not a list of strings")
        return list(value)


class _Address(sa.types.TypeDecorator[Any]):
    """An object of ``ipaddress`` that is text on the wire."""

    impl = sa.String
    cache_ok = True
    length: int
    native: sa.types.TypeEngine[Any]
    parse: Callable[[Any], Any]

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """PostgreSQL's own type, a string elsewhere."""
        chosen = self.native if dialect.name == "postgresql" else sa.String(self.length)
        return dialect.type_descriptor(chosen)

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:  # noqa: ARG002 - the signature is SQLAlchemy's
        """The canonical text; raises ValueError for anything that isn't one."""
        return None if value is None else str(type(self).parse(value))

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Any:  # noqa: ARG002 - the signature is SQLAlchemy's
        """An object of ``ipaddress``, whatever the driver gave."""
        if value is None:
            return None
        return type(self).parse(value.ip if hasattr(value, "ip") else value)


def _address(value: Any) -> IPAddress:
    parsed = ipaddress.ip_address(value)
    if getattr(parsed, "scope_id", None):
        raise ValueError(f"{value} names an interface of one machine: leave out what follows the %")
    return parsed


class IpAddress(_Address):
    """An IPv4 or IPv6 address, given and returned as an object of ``ipaddress``; texts are accepted."""

    cache_ok = True
    length = 45
    native = postgresql.INET()
    parse = staticmethod(_address)


class IpNetwork(_Address):
    """An IPv4 or IPv6 network without host bits, given and returned as an object of ``ipaddress``."""

    cache_ok = True
    length = 49
    native = postgresql.CIDR()
    parse = staticmethod(ipaddress.ip_network)


class Money(sa.types.TypeDecorator[Decimal]):
    """An exact amount with two decimal places.

    SQLite would keep a NUMERIC as a binary float, so there the column is an INTEGER that counts hundredths: it sorts,
    sums, multiplies by whole numbers and passes ``>= 0`` as the amount does, which a text would not. Any other limit
    of a CHECK is an expression with amounts, ``sa.column("price", Money()).between(0, 1000)``: a text would mean
    hundredths there.
    More than two places are refused with ValueError, never rounded; floats with TypeError.
    """

    impl = sa.Numeric
    cache_ok = True
    shown_as_stored = frozenset({"postgresql"})

    def __init__(self, precision: int = 12) -> None:
        super().__init__(precision, 2)
        self.precision = precision

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """INTEGER on SQLite, NUMERIC elsewhere."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.Integer())
        return dialect.type_descriptor(sa.Numeric(self.precision, 2))

    def process_bind_param(self, value: Decimal | int | None, dialect: sa.Dialect) -> Decimal | int | None:
        """An exact Decimal, or its hundredths on SQLite."""
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (Decimal, int)):
            raise TypeError(f"{value!r} is not exact: give a Decimal")
        amount = Decimal(value)
        if not amount.is_finite() or abs(amount) >= Decimal(10) ** (self.precision - 2):
            raise ValueError(f"{value} has more than {self.precision - 2} digits before the point")
        if amount != amount.quantize(Decimal("0.01")):
            raise ValueError(f"{value} has more than two decimal places")
        return int(amount * 100) if dialect.name == "sqlite" else amount

    def process_literal_param(self, value: Decimal | int | None, dialect: sa.Dialect) -> str:
        """The same, as SQL text."""
        bound = self.process_bind_param(value, dialect)
        return "NULL" if bound is None else str(bound)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Decimal | None:
        """A Decimal with two places."""
        if value is None:
            return None
        return Decimal(value).scaleb(-2) if dialect.name == "sqlite" else Decimal(value)

    def coerce_compared_value(self, op: operators.OperatorType | None, value: Any) -> Any:
        """An amount is compared with amounts, but multiplied and divided by plain numbers."""
        if op in {operators.mul, operators.truediv, operators.floordiv} and isinstance(value, int):
            return sa.Integer()
        return self


class Email(sa.types.TypeDecorator[str]):
    """An e-mail address: one ``@``, a dot after it, no white space, at most 254 characters; in lower case.

    What does not look like one is refused with ValueError; whether it exists only a message can tell.
    """

    impl = sa.String(254)
    cache_ok = True
    shape = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:  # noqa: ARG002 - the signature is SQLAlchemy's
        """In lower case, without white space around it; raises ValueError for another shape."""
        if value is None:
            return None
        address = value.strip().lower()
        if len(address) > 254 or not self.shape.fullmatch(address):
            raise ValueError(f"{value!r} does not look like an e-mail address")
        return address
