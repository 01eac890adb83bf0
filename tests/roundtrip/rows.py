"""Rows for the initial revision's tables, made to be hard to carry: they travel through the whole history and back.

``plant`` is deterministic and speaks the tables as they were at ``initial``, never the models, which are years younger.
What the changes must cope with is in there on purpose: addresses that differ only in case, grants given twice, users
without a name, rooms that speak CoffeeScript, coupons, returns of lines that are gone.
"""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED = 20220117
_BATCH = 1000
_BEGINNING = datetime(2022, 1, 17, 8, 30, tzinfo=UTC)
_DEFAULT_SETTINGS = {"theme": "light", "density": "cosy"}

TEXTS = (
    "plain",
    "it's quoted",
    'she said "no"',
    "back\\slash and \\' both",
    "percent % and %s and :colon",
    "emoji 👩‍💻🚀 and 𝄞",
    "Zürich, Łódź, Αθήνα, 北京, العربية",
    "combining e\u0301 and é",
    "tab\there\nand a second line\r\n",
    " blanks around ",
    "-- not a comment /* nor this */;",
    "",
)
LANGUAGES = ("python", "javascript", "typescript", "go", "rust", "java", "coffeescript", "sql")
ADDRESSES = (None, "127.0.0.1", "203.0.113.77", "2001:db8::8a2e:370:7334", "::1", "255.255.255.255")
PRICES = tuple(map(Decimal, ("0.01", "0.10", "1.00", "19.99", "1234.50", "9999999999.99")))

_KEY = sa.Uuid(native_uuid=False).with_variant(postgresql.UUID(), "postgresql")
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_STRINGS = sa.JSON().with_variant(postgresql.ARRAY(sa.Text()), "postgresql")
_ADDRESS = sa.String().with_variant(postgresql.INET(), "postgresql")


class _Moment(sa.types.TypeDecorator[datetime]):
    """A moment in UTC; without its time zone where the engine has none."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        chosen: Any = {"postgresql": postgresql.TIMESTAMP(timezone=True), "mysql": mysql.DATETIME(fsp=6)}
        return dialect.type_descriptor(chosen.get(dialect.name, sa.DateTime()))

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return value if value is None or dialect.name == "postgresql" else value.replace(tzinfo=None)


class _Money(sa.types.TypeDecorator[Decimal]):
    """An exact amount; whole cents on SQLite."""

    impl = sa.Numeric(12, 2)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        return dialect.type_descriptor(sa.Integer() if dialect.name == "sqlite" else sa.Numeric(12, 2))

    def process_bind_param(self, value: Decimal | None, dialect: sa.Dialect) -> Any:
        return int(value * 100) if value is not None and dialect.name == "sqlite" else value


def _enum(name: str) -> sa.types.TypeEngine[Any]:
    return sa.String().with_variant(postgresql.ENUM(name=name, create_type=False), "postgresql")


_TYPES: dict[str, Any] = {
    **dict.fromkeys(("created_at", "updated_at", "granted_at", "since", "placed_at", "occurred_at"), _Moment()),
    **dict.fromkeys(("price", "unit_price"), _Money()),
    **dict.fromkeys(("settings", "attributes", "payload"), _JSON),
    **dict.fromkeys(("category_id", "current_room_id", "customer_id", "host_id", "id", "order_id"), _KEY),
    **dict.fromkeys(("actor_id", "parent_id", "product_id", "user_id"), _KEY),
    "ip_address": _ADDRESS,
    "is_active": sa.Boolean(),
    "language": _enum("room_language"),
    "severity": _enum("audit_severity"),
    "tags": _STRINGS,
    "orders.status": _enum("order_status"),
    "products.status": _enum("product_status"),
}


def _table(name: str, columns: tuple[str, ...]) -> sa.TableClause:
    types = (_TYPES.get(f"{name}.{c}", _TYPES.get(c, sa.types.NullType())) for c in columns)
    return sa.table(name, *(sa.column(c, t) for c, t in zip(columns, types, strict=True)))


def plant(connection: sa.Connection, count: int) -> None:
    """Insert about ``count`` rows, spread over the initial revision's eleven tables, which are empty.

    The same ``count`` always gives the same rows, with the same keys on every engine. The caller commits.
    """
    rows = _Rows(max(count, 100))
    _insert(connection, "users", rows.users())
    _insert(connection, "roles", rows.roles())
    roles = connection.scalars(sa.text("SELECT id FROM roles ORDER BY name")).all()
    _insert(connection, "user_roles", rows.user_roles(list(roles)))
    _insert(connection, "rooms", rows.rooms())
    users = _table("users", ("id", "current_room_id"))
    enter = sa.update(users).where(users.c.id == sa.bindparam("who")).values(current_room_id=sa.bindparam("room"))
    connection.execute(enter, list(rows.people_in_rooms()))
    _insert(connection, "categories", rows.categories())
    _insert(connection, "products", rows.products())
    _insert(connection, "product_users", rows.product_users())
    _insert(connection, "orders", rows.orders())
    _insert(connection, "order_lines", rows.order_lines())
    _insert(connection, "order_returns", rows.order_returns())
    _insert(connection, "audit_events", rows.audit_events())


def _insert(connection: sa.Connection, name: str, rows: Iterator[dict[str, Any]]) -> None:
    made = list(rows)
    table = _table(name, tuple(made[0]))
    for start in range(0, len(made), _BATCH):
        connection.execute(sa.insert(table), made[start : start + _BATCH])


class _Rows:
    """Makes the rows of each table, in an order in which every row finds those it points at."""

    def __init__(self, count: int) -> None:
        self.chance = random.Random(SEED)
        self.count = count
        self.keys: dict[str, list[uuid.UUID]] = {}
        self.lines: list[tuple[uuid.UUID, int]] = []

    def share(self, percent: int) -> range:
        """As many numbers as a table with that share of all rows has rows."""
        return range(max(2, self.count * percent // 100))

    def key(self, table: str) -> uuid.UUID:
        """A new key of a table, remembered for those who point at it."""
        key = uuid.UUID(int=self.chance.getrandbits(128), version=4)
        self.keys.setdefault(table, []).append(key)
        return key

    def any(self, table: str) -> uuid.UUID:
        """Some key of a table."""
        return self.chance.choice(self.keys[table])

    def moment(self) -> datetime:
        """Some moment of three years, to the microsecond."""
        return _BEGINNING + timedelta(microseconds=self.chance.randrange(3 * 365 * 86_400 * 1_000_000))

    def moments(self) -> dict[str, datetime]:
        """When a row was made and when it was changed."""
        made = self.moment()
        return {"created_at": made, "updated_at": made + timedelta(microseconds=self.chance.randrange(10**12))}

    def users(self) -> Iterator[dict[str, Any]]:
        for i in self.share(14):
            # Every seventh has the address of the one before, every fourteenth in other letters.
            address = f"user{i - 1 if i % 7 == 6 else i}@example.org"
            settings = {"theme": "dark", "words": TEXTS[i % len(TEXTS)], "deep": {"list": [i, None, True, "é"]}}
            yield {
                "id": self.key("users"),
                "email": address.upper() if i % 14 == 13 else address.title() if i % 9 == 4 else address,
                "full_name": None if i % 5 == 0 else f"{TEXTS[i % len(TEXTS)]} {i}",
                "is_active": i % 8 != 0,
                **self.moments(),
                "locale": ("en", "de-CH", "zh-Hant-TW")[i % 3],
                "biography": None if i % 3 == 0 else TEXTS[i % len(TEXTS)] * (400 if i % 50 == 1 else 1),
                "settings": _DEFAULT_SETTINGS if i % 2 == 0 else settings,
            }

    def roles(self) -> Iterator[dict[str, Any]]:
        for i, text in enumerate(TEXTS):
            yield {"name": f"role-{i:02d}", "description": text, **self.moments()}

    def user_roles(self, roles: list[int]) -> Iterator[dict[str, Any]]:
        row: dict[str, Any] = {}
        for i in self.share(15):
            if i % 6 == 5:  # the grant before again, every other time at the very same moment
                row = {**row, "granted_at": row["granted_at"] if i % 12 == 11 else self.moment()}
            else:
                row = {
                    "user_id": self.any("users"),
                    "role_id": self.chance.choice(roles),
                    "granted_at": self.moment(),
                }
            yield row

    def rooms(self) -> Iterator[dict[str, Any]]:
        for i in self.share(8):
            code = f"def answer():\n    return {TEXTS[i % len(TEXTS)]!r}  # {i}\n"
            yield {
                "id": self.key("rooms"),
                "host_id": self.any("users"),
                "title": f"{TEXTS[i % len(TEXTS)]} {'long ' * 16}"[:80] if i % 4 == 0 else f"Interview {i} 🚀",
                "language": LANGUAGES[i % len(LANGUAGES)],
                "initial_code": code * (1500 if i % 100 == 3 else 1),
                "active_users": i % 5,
                **self.moments(),
            }

    def people_in_rooms(self) -> Iterator[dict[str, Any]]:
        for i, user in enumerate(self.keys["users"]):
            if i % 3 == 0:
                yield {"who": user, "room": self.any("rooms")}

    def categories(self) -> Iterator[dict[str, Any]]:
        for i in self.share(4):
            parent = None if i < 3 else self.any("categories")
            yield {
                "id": self.key("categories"),
                "parent_id": parent,
                "slug": f"category-{i}",
                "name": f"{TEXTS[i % len(TEXTS)]} {i}",
                "position": i % 7,
                **self.moments(),
            }

    def products(self) -> Iterator[dict[str, Any]]:
        for i in self.share(14):
            attributes = {f"property {n}": [n, TEXTS[n % len(TEXTS)], {"nested": n / 4}] for n in range(i % 4)}
            if i % 100 == 7:
                attributes = {f"property {n}": ["x" * 20, n, None] for n in range(300)}
            yield {
                "id": self.key("products"),
                "category_id": None if i % 6 == 0 else self.any("categories"),
                "sku": f"SKU-{i:07d}",
                "name": f"{TEXTS[i % len(TEXTS)]} {i}",
                "description": None if i % 4 == 0 else TEXTS[i % len(TEXTS)] * (i % 40),
                "status": ("draft", "active", "discontinued")[i % 3],
                "price": PRICES[i % len(PRICES)],
                "currency": ("EUR", "CHF", "JPY")[i % 3],
                "attributes": attributes,
                "tags": list(TEXTS[: i % 5]),
                **self.moments(),
            }

    def product_users(self) -> Iterator[dict[str, Any]]:
        pairs = {(self.any("products"), self.any("users")): None for _ in self.share(9)}
        for i, (product, user) in enumerate(pairs):
            yield {"product_id": product, "user_id": user, "share_percent": 1 + i % 100, "since": self.moment()}

    def orders(self) -> Iterator[dict[str, Any]]:
        for i in self.share(12):
            yield {
                "id": self.key("orders"),
                "reference": f"2022-{i:07d}",
                "customer_id": self.any("users"),
                "status": ("pending", "paid", "shipped", "cancelled")[i % 4],
                "note": None if i % 3 == 0 else TEXTS[i % len(TEXTS)] * (1 + i % 9),
                "placed_at": self.moment(),
                **self.moments(),
                "coupon_code": None if i % 4 else ("SPRING'22", "10 % off", "")[i % 3],
            }

    def order_lines(self) -> Iterator[dict[str, Any]]:
        for i in self.share(14):
            line = (self.keys["orders"][i // 3 % len(self.keys["orders"])], 1 + i % 3)
            self.lines.append(line)
            yield {
                "order_id": line[0],
                "line_no": line[1],
                "product_id": self.any("products"),
                "quantity": 1 + i % 12,
                "unit_price": (Decimal(0), *PRICES)[i % 7],
            }

    def order_returns(self) -> Iterator[dict[str, Any]]:
        for i in self.share(4):
            order, line = self.chance.choice(self.lines)
            # Every fifth names a line that isn't there, every tenth an order that isn't there.
            yield {
                "id": self.key("order_returns"),
                "order_id": self.key("lost orders") if i % 10 == 9 else order,
                "line_no": 99 if i % 5 == 4 else line,
                "quantity": 1 + i % 3,
                "reason": None if i % 4 == 0 else TEXTS[i % len(TEXTS)],
                **self.moments(),
            }

    def audit_events(self) -> Iterator[dict[str, Any]]:
        for i in self.share(6):
            yield {
                "occurred_at": self.moment(),
                "actor_id": None if i % 4 == 0 else self.any("users"),
                "action": ("user.create", "product.update", "order.pay")[i % 3],
                "severity": ("info", "warning", "error")[i % 3],
                "ip_address": ADDRESSES[i % len(ADDRESSES)],
                "payload": {} if i % 5 == 0 else {"text": TEXTS[i % len(TEXTS)], "numbers": [i, -i, i / 8]},
            }
