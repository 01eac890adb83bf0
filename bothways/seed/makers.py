"""Values that look real, by the name and the type of a column.

A maker gives a value for row ``n``. For each column there are several, the most fitting first; those further back are
for columns whose conditions refuse the first.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import sqlalchemy as sa

from bothways.seed import words

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator, Sequence

    from bothways.seed.rules import Bounds

Maker: TypeAlias = "Callable[[random.Random, int], Any]"

_FIRST_DAY: Final = datetime(2023, 1, 1, tzinfo=UTC)
_DAYS: Final = 1_000
_LATER: Final = datetime(2027, 1, 1, tzinfo=UTC)
_MOST: Final = {sa.SmallInteger: 32_767, sa.BigInteger: 2**63 - 1}


def plain_type(kind: sa.types.TypeEngine[Any]) -> sa.types.TypeEngine[Any]:
    """The type under a project's own one."""
    while isinstance(kind, sa.types.TypeDecorator):
        kind = kind.impl_instance
    return kind


def makers(column: sa.Column[Any], bounds: Bounds) -> list[Maker]:
    """The makers of a column, the most fitting first."""
    given = column.info.get("seed")
    own = [_of(list(given))] if given else []
    kind = plain_type(column.type)
    for family, found in _FAMILIES.items():
        if isinstance(kind, family):
            return [*own, *found(column, kind, bounds)]
    return [*own, *_texts(column, kind, bounds)]


def _of(values: Sequence[Any]) -> Maker:
    return lambda chance, _n: chance.choice(values)


def _choices(_column: sa.Column[Any], kind: Any, _bounds: Bounds) -> Iterator[Maker]:
    yield _of(list(kind.enum_class) if kind.enum_class is not None else kind.enums)


def _booleans(column: sa.Column[Any], _kind: Any, _bounds: Bounds) -> Iterator[Maker]:
    often = 0.9 if re.search(r"active|enabled|visible|verified|public", column.name) else 0.4
    yield lambda chance, _n: chance.random() < often


_INTEGERS: Final = (
    (r"quantity|count|pieces|stock", 1, 12),
    (r"percent|rate|score|share", 1, 100),
    (r"year", 1990, 2026),
    (r"age$", 18, 90),
    (r"position|rank|order|sort|level|priority", 0, 20),
    (r"port", 1024, 65_535),
    (r"bytes|size|length", 100, 5_000_000),
    (r"seconds|minutes|duration", 1, 3_600),
)


def _integers(column: sa.Column[Any], kind: Any, bounds: Bounds) -> Iterator[Maker]:
    most = next((top for family, top in _MOST.items() if isinstance(kind, family)), 2**31 - 1)
    known = [(low, high) for pattern, low, high in _INTEGERS if re.search(pattern, column.name)]
    for low, high in (*known, (0, 1_000)):
        least = max(low, int(bounds.low)) if bounds.low is not None else low
        largest = min(high if high >= least else least + 100, most)
        yield _between(least, largest if bounds.high is None else min(largest, int(bounds.high)))
    yield lambda _chance, n: 1 + n % most


def _between(low: int, high: int) -> Maker:
    return lambda chance, _n: chance.randint(min(low, high), high)


def _decimals(column: sa.Column[Any], kind: Any, bounds: Bounds) -> Iterator[Maker]:
    scale = kind.scale if kind.scale is not None else 2
    digits = min((kind.precision or 12) - scale, 4)
    low = float(bounds.low) if bounds.low is not None else 0.0
    high = float(bounds.high) if bounds.high is not None else max(low, 0.0) + 10**digits - 1
    step = Decimal(1).scaleb(-scale)
    if re.search(r"price|amount|total|cost|fee|salary|balance|budget", column.name) and scale >= 2 and high - low > 10:
        # Prices are small more often than large, and end in .99 or .50.
        yield lambda chance, _n: (
            Decimal(int(low + (min(high, low + 2_000) - low - 1) * chance.random() ** 3)) + _ending(chance)
        ).quantize(step)
    yield lambda chance, _n: Decimal(repr(low + (high - low) * chance.random())).quantize(step)
    yield lambda _chance, n: Decimal(n % 10).quantize(step)


def _ending(chance: random.Random) -> Decimal:
    return Decimal(chance.choice(("0.99", "0.50", "0.95", "0.00")))


def _floats(column: sa.Column[Any], _kind: Any, bounds: Bounds) -> Iterator[Maker]:
    low, high = (
        (-90.0, 90.0) if re.search(r"lat", column.name) else (-180.0, 180.0) if "lon" in column.name else (0.0, 100.0)
    )
    low = low if bounds.low is None else float(bounds.low)
    high = max(low, high) if bounds.high is None else float(bounds.high)
    yield lambda chance, _n: round(chance.uniform(low, high), 6)


def _moment(column: sa.Column[Any]) -> Maker:
    first, days = (_LATER, 365) if re.search(r"expire|until|due|deadline", column.name) else (_FIRST_DAY, _DAYS)
    return lambda chance, _n: (
        first + timedelta(days=chance.randrange(days), microseconds=chance.randrange(86_400_000_000))
    )


def _moments(column: sa.Column[Any], _kind: Any, _bounds: Bounds) -> Iterator[Maker]:
    aware = _moment(column)
    naive: Maker = lambda chance, n: aware(chance, n).replace(tzinfo=None)  # noqa: E731
    own = isinstance(column.type, sa.types.TypeDecorator)
    yield from (aware, naive) if own or getattr(column.type, "timezone", False) else (naive, aware)


def _days(column: sa.Column[Any], _kind: Any, _bounds: Bounds) -> Iterator[Maker]:
    if re.search(r"birth|born", column.name):
        yield lambda chance, _n: date(1950, 1, 1) + timedelta(days=chance.randrange(20_000))
    moment = _moment(column)
    yield lambda chance, n: moment(chance, n).date()


def _documents(column: sa.Column[Any], _kind: Any, _bounds: Bounds) -> Iterator[Maker]:
    lists: Maker = lambda chance, _n: chance.sample(words.TAGS, chance.randrange(4))  # noqa: E731
    objects: Maker = lambda chance, _n: _properties(chance)  # noqa: E731
    yield from (
        (lists, objects) if re.search(r"tags|labels|scopes|permissions|list|names", column.name) else (objects, lists)
    )


def _properties(chance: random.Random) -> dict[str, Any]:
    some = {
        "colour": chance.choice(words.COLOURS),
        "material": chance.choice(words.MATERIALS).lower(),
        "weight": chance.randint(1, 400) / 10,
        "boxed": chance.random() < 0.5,
        "languages": chance.sample(words.LOCALES, 2),
    }
    return {name: some[name] for name in sorted(chance.sample(sorted(some), chance.randrange(len(some) + 1)))}


def _arrays(column: sa.Column[Any], kind: Any, bounds: Bounds) -> Iterator[Maker]:
    item = makers(sa.Column(column.name, kind.item_type), bounds)[0]
    if isinstance(plain_type(kind.item_type), sa.String):
        yield lambda chance, _n: chance.sample(words.TAGS, chance.randrange(4))
    yield lambda chance, n: [item(chance, n) for _ in range(chance.randrange(4))]


def _slug(text: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")


def _person(chance: random.Random, _n: int = 0) -> str:
    return f"{chance.choice(words.FIRST)} {chance.choice(words.LAST)}"


def _thing(chance: random.Random, _n: int = 0) -> str:
    return f"{chance.choice(words.QUALITIES)} {chance.choice(words.MATERIALS)} {chance.choice(words.THINGS)}"


def _prose(chance: random.Random, _n: int = 0) -> str:
    return " ".join(chance.sample(words.SENTENCES, chance.randint(1, 4)))


def _company(chance: random.Random, _n: int = 0) -> str:
    return f"{chance.choice(words.COMPANIES)} {chance.choice(words.FORMS)}"


_BY_NAME: Final[tuple[tuple[str, Maker], ...]] = (
    (r"e?mail", lambda chance, n: f"{_slug(_person(chance)).replace('-', '.')}.{n}@example.com"),
    (r"first_?name|given", _of(words.FIRST)),
    (r"last_?name|surname|family", _of(words.LAST)),
    (r"login|user_?name|handle", lambda chance, n: f"{_slug(chance.choice(words.FIRST))}{n}"),
    (r"display_?name|full_?name|author|contact|(^|_)(users?|people|persons?|customers?|employees?)\.name", _person),
    (r"compan|vendor|supplier|organi[sz]ation|brand", _company),
    (r"categor.*\.name|group.*\.name", lambda chance, n: f"{chance.choice(words.GROUPS)} {n + 1}"),
    (r"role.*\.name", lambda chance, n: f"{_slug(chance.choice(words.GROUPS))}-{n + 1}"),
    (r"slug|path", lambda chance, n: f"{_slug(_thing(chance))}-{n + 1}"),
    (r"sku|ean|barcode|article", lambda chance, n: f"{chance.choice('ABCDEFGH')}{chance.choice('KLMNP')}-{n + 1:06}"),
    (r"reference|invoice|number|_no$", lambda _chance, n: f"2025-{n + 1:07}"),
    (r"hash|digest|password|secret|token|fingerprint|prefix", lambda chance, _n: f"{chance.getrandbits(256):064x}"),
    (r"currency", _of(words.CURRENCIES)),
    (r"locale|language", _of(words.LOCALES)),
    (r"time_?zone", _of(words.ZONES)),
    (r"country", _of(words.COUNTRIES)),
    (r"city|town", _of(words.CITIES)),
    (r"street|address_line", lambda chance, _n: f"{chance.choice(words.STREETS)} {chance.randint(1, 180)}"),
    (r"zip|post_?code|postal", lambda chance, _n: f"{chance.randint(10_000, 99_999)}"),
    (r"phone|mobile|fax", lambda chance, _n: f"+49 30 555 {chance.randint(1_000, 9_999)}"),
    (r"url|website|link|homepage", lambda chance, n: f"https://www.example.com/{_slug(_thing(chance))}/{n}"),
    (r"domain|host", lambda chance, _n: f"{_slug(chance.choice(words.COMPANIES))}.example.com"),
    (r"network|cidr|subnet", lambda chance, _n: f"10.{chance.randrange(256)}.{chance.randrange(256)}.0/24"),
    (r"(^|_|\.)ip|address", lambda chance, _n: f"192.0.2.{chance.randint(1, 254)}"),
    (r"colou?r", _of(words.COLOURS)),
    (r"action|event", lambda chance, _n: f"{chance.choice(words.THINGS).lower()}.{chance.choice(words.ACTIONS)}"),
    (r"code$|snippet|source", lambda _chance, n: f"def solve(n):\n    return n + {n}\n"),
    (r"title|subject|headline", _thing),
    (r"description|biography|note|comment|text|body|reason|content|message|summary", _prose),
    (r"name|label", _thing),
)  # fmt: skip


def _texts(column: sa.Column[Any], kind: Any, _bounds: Bounds) -> Iterator[Maker]:
    name = f"{column.table.name if column.table is not None else ''}.{column.name}".lower()
    length = getattr(kind, "length", None)
    for pattern, maker in _BY_NAME:
        if re.search(pattern, name):
            yield _cut(maker, length)
    yield _cut(_thing if length is None or length > 40 else _of([t.lower() for t in words.THINGS]), length)
    yield _cut(_of([t.lower() for t in words.TAGS]), length)
    yield _cut(lambda _chance, n: f"{n:06}", length)
    yield _cut(lambda chance, _n: chance.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") * (length or 3), length)


def _cut(maker: Maker, length: int | None) -> Maker:
    return maker if length is None else lambda chance, n: maker(chance, n)[:length].rstrip()


def _uuids(*_: Any) -> Iterator[Maker]:
    yield lambda chance, _n: uuid.UUID(int=chance.getrandbits(128), version=4)
    yield lambda chance, _n: str(uuid.UUID(int=chance.getrandbits(128), version=4))


def _bytes(_column: sa.Column[Any], kind: Any, _bounds: Bounds) -> Iterator[Maker]:
    yield lambda chance, _n: chance.randbytes(min(kind.length or 32, 32))


_FAMILIES: Final[dict[Any, Callable[[sa.Column[Any], Any, Bounds], Iterator[Maker]]]] = {
    sa.Enum: _choices,
    sa.Boolean: _booleans,
    sa.Integer: _integers,
    sa.Float: _floats,
    sa.Numeric: _decimals,
    sa.DateTime: _moments,
    sa.Date: _days,
    sa.Time: lambda *_: iter([lambda chance, _n: time(chance.randrange(24), chance.randrange(60))]),
    sa.Interval: lambda *_: iter([lambda chance, _n: timedelta(minutes=chance.randrange(10_000))]),
    sa.Uuid: _uuids,
    sa.LargeBinary: _bytes,
    sa.ARRAY: _arrays,
    sa.JSON: _documents,
}
"""The first that fits counts, so a kind of another stands before it."""
