"""The values that a column is tried with: its type's boundaries, and what its conditions and keys ask for."""

from __future__ import annotations

import json
import random
import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from bothways.dialects.plantable import PlantableColumn

TEXTS = (
    "plain",
    "it's quoted",
    'she said "no"',
    "back\\slash and \\' both",
    "percent % and %s and :colon and ?",
    "emoji 👩‍💻🚀 and 𝄞",
    "Zürich, Łódź, Αθήνα, 北京, العربية",
    "combining e\u0301 and é",
    "tab\there\nand a second line\r\n",
    " blanks around ",
    "-- not a comment /* nor this */;",
    "PLAIN",
    "",
    "null",
    "0042",
    "under_score-d",
)
_WIDE = 3000
_LONG = 20_000
_LONG_INDEXED = 400
_MOMENTS = (
    "2024-02-29 12:34:56.789012", "1970-01-01 00:00:01.000000", "2000-01-01 00:00:00.000001",
    "2037-12-31 23:59:59.999999", "2022-03-27 02:30:00.500000", "1999-12-31 23:59:59.999000",
    "2022-10-30 00:30:00.000000", "2022-11-06 05:30:00.000000", "0001-01-01 00:00:00.000000",
    "9999-12-31 23:59:59.000000",
)  # fmt: skip
_TIMES = ("00:00:00.000000", "23:59:59.999999", "12:34:56.789012", "06:00:00.000001")
_DATES = ("2024-02-29", "1970-01-01", "1999-12-31", "2038-01-20", "1000-01-01", "9999-12-31")
_INTERVALS = (
    "00:00:00", "1 year 2 mons 3 days 04:05:06.789012", "-1 days", "00:00:00.000001", "36:30:00", "1 mon -40 days",
)  # fmt: skip
_FLOATS = (0.0, 0.1, -1.5, 1e-30, 16777216.0, -0.25)


def candidates(column: PlantableColumn, chance: random.Random, *, indexed: bool = False) -> list[Any]:
    """Values of a column's type, the plain ones first, without NULL; never none at all."""
    if column.kind in {"array", "uuid"}:
        return _candidates(column, chance, indexed=indexed)
    return list(_kept(column, indexed=indexed))


@lru_cache(maxsize=2048)
def _kept(column: PlantableColumn, *, indexed: bool) -> tuple[Any, ...]:
    return tuple(_candidates(column, random.Random(0), indexed=indexed))  # noqa: S311 - it is not drawn from


def _candidates(column: PlantableColumn, chance: random.Random, *, indexed: bool) -> list[Any]:
    kind = column.kind
    if kind == "text":
        found: Iterable[Any] = _texts(column, indexed=indexed)
    elif kind == "boolean":
        found = (True, False) if column.high == 0 else (1, 0)
    elif kind == "array" and column.item is not None:
        found = _arrays(column.item, chance)
    elif kind == "uuid":
        found = (*(_spelled(column, uuid.UUID(int=i)) for i in (1, 2**128 - 1)), *uuids(column, chance, 4))
    elif kind in _BY_KIND:
        found = _BY_KIND[kind](column)
    else:
        found = _of_lists(column)
    return list(dict.fromkeys(found)) or [""]


def _floats(column: PlantableColumn) -> Iterator[float]:
    large = [3.0e38] if column.length == 4 else [1.7e308, 0.1 + 0.2, 2.0**53 + 2]
    yield from (f for f in [*_FLOATS, *large, *map(float, column.labels)] if f >= 0 or not column.fixed)


def _of_lists(column: PlantableColumn) -> Iterator[Any]:
    if column.kind == "datetime":
        yield from (m for t in _MOMENTS if (m := moment(column, datetime.fromisoformat(t))))
        yield from column.labels
    elif column.kind == "time":
        for text in _TIMES:
            cut = text[: 8 + (column.length or 0) + 1] if column.length else text[:8]
            yield f"{cut}+00" if column.zoned else cut
    elif column.kind == "date":
        yield from (*_DATES, *column.labels)
    elif column.kind == "interval":
        yield from _INTERVALS
    elif column.kind == "set":
        yield from (*column.labels, "", ",".join(column.labels))
    else:
        yield from column.labels


def moment(column: PlantableColumn, when: datetime) -> str | None:
    """A moment as the column writes it; None where it lies outside of what the column can tell."""
    if column.low and not 1971 <= when.year <= 2037 and when.year != 1970:
        return None
    if column.low == 0 and column.type.startswith("datetime(") and when.year < 1000:
        return None
    text = when.strftime("%H:%M:%S.%f")
    text = text[: 9 + column.length] if column.length else text[:8]
    zone = "+00" if column.zoned else ""
    return f"{when.year:04d}-{when.month:02d}-{when.day:02d} {text}{zone}"


def _integers(column: PlantableColumn) -> Iterator[int]:
    for number in (1, 0, column.high, column.low, 2, -1, 42, column.high - 1, 100, 7):
        if column.low <= number <= column.high:
            yield number


def _decimals(column: PlantableColumn) -> Iterator[Decimal]:
    for text in ("1", "0", "0.01", "19.99", "-1", "1234.5", "0.1", "-0.01", "123456789012345.123456789"):
        number = Decimal(text)
        if fits(column, number) or column.length is None:
            yield number
    if column.length is not None:
        largest = Decimal(10**column.length - 1).scaleb(-column.scale)
        yield from (largest, *([] if column.low == 0 and column.type.endswith("unsigned") else [-largest]))
        yield Decimal(1).scaleb(-column.scale)


def _alphabetic(column: PlantableColumn, text: str) -> bool:
    most = {"all": 0x110000, "plane": 0x10000, "ascii": 0x80}[column.alphabet]
    return all(ord(c) < most for c in text)


def _texts(column: PlantableColumn, *, indexed: bool) -> Iterator[str]:
    length = column.length
    for text in TEXTS:
        cut = text if length is None else text[:length]
        if _alphabetic(column, cut):
            yield cut
    most = _LONG_INDEXED if indexed else _LONG
    long = length if length is not None and length <= most else most
    # As long as it may be, of the widest characters.
    widest = next(c for c in ("𝄞", "北", "x") if _alphabetic(column, c))
    yield widest * (min(long, _WIDE) if not indexed else min(long, 120))
    yield ("long " * (long // 5 + 1))[:long].rstrip(" ") or "x"


def _binaries(column: PlantableColumn) -> Iterator[bytes]:
    length = column.length
    for value in (b"\x00", b"plain", bytes(range(256)), b"", b"\xff\xfe'\\\x00\n%s", b"\x01"):
        cut = value if length is None else value[:length]
        # The server would fill up what has a fixed length, and give back another value.
        yield cut.ljust(length or 0, b"\x07") if column.fixed else cut


def _bits(column: PlantableColumn) -> Iterator[str]:
    length = column.length or 1
    yield from ("0" * length, "1" * length, "1" + "0" * (length - 1))


def _documents(column: PlantableColumn) -> Iterator[str]:
    default = column.default or ""
    # A default tells what the programs expect to find there.
    if "[" not in default:
        yield "{}"
        yield json.dumps(
            {"text": list(TEXTS), "gone": None, "deep": {"a": [1, -1, 0.25, None, True, {"b": []}]}}, ensure_ascii=False
        )
        yield json.dumps({f"property {n}": ["x" * 20, n, None] for n in range(150)})
    if "{" not in default:
        yield "[]"
        yield '{"b" :1.50,\n "a":  [ 1 ]}'
        yield json.dumps([t for t in TEXTS if t], ensure_ascii=False)
    if not default:
        yield "null"


def _arrays(item: PlantableColumn, chance: random.Random) -> Iterator[str]:
    yield "{}"
    found = candidates(item, chance)
    for some in (found[:1], [*found[:1], *found[:1]], found[:6], found[3:]):
        yield "{" + ",".join([*map(element, some), *(["NULL"] if item.nullable and len(some) > 1 else [])]) + "}"


def element(value: Any) -> str:
    """A value as it stands in an array's text."""
    text = f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)
    return text if text.startswith("{") else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_BY_KIND: Mapping[str, Callable[[PlantableColumn], Iterator[Any]]] = {
    "integer": _integers, "decimal": _decimals, "float": _floats, "binary": _binaries, "bits": _bits,
    "json": _documents,
}  # fmt: skip


def uuids(column: PlantableColumn, chance: random.Random, count: int) -> Iterator[str]:
    """Some UUIDs as the column writes them."""
    for _ in range(count):
        yield _spelled(column, uuid.UUID(int=chance.getrandbits(128), version=4))


def _spelled(column: PlantableColumn, value: uuid.UUID) -> str:
    return value.hex if column.length == 32 else str(value)


def fits(column: PlantableColumn, value: Any) -> bool:
    """Whether a value, such as a constant of a condition, can stand in the column."""
    if value is None or isinstance(value, bool) != (column.kind == "boolean" and column.high == 0):
        return False
    if column.kind in {"integer", "boolean"}:
        return isinstance(value, int) and column.low <= value <= max(column.high, 1)
    if column.kind == "decimal":
        return isinstance(value, int | Decimal) and _decimal_fits(column, Decimal(value))
    if column.kind == "float":
        return isinstance(value, int | float | Decimal)
    if not isinstance(value, str):
        return False
    if column.kind == "text":
        return (column.length is None or len(value) <= column.length) and _alphabetic(column, value)
    if column.kind == "choice":
        return value in column.labels
    if column.kind == "date":
        return _is_date(value)
    return column.kind not in {"binary", "array", "bits", "uuid"}


def _decimal_fits(column: PlantableColumn, value: Decimal) -> bool:
    if column.length is None:
        return True
    try:
        exact = value == value.quantize(Decimal(1).scaleb(-column.scale))
    except InvalidOperation:
        return False
    return exact and abs(value) < 10 ** (column.length - column.scale) and (value >= 0 or column.low <= 0)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def neighbours(column: PlantableColumn, constant: Any) -> Iterator[Any]:
    """A condition's constant and the values next to it, as the column would have them."""
    found: list[Any] = [constant]
    if isinstance(constant, int | Decimal) and not isinstance(constant, bool):
        step = Decimal(1).scaleb(-column.scale) if column.kind == "decimal" else 1
        found += [constant + step, constant - step, constant + 1, constant * 2, constant // 2]
        if column.kind == "float":
            found += [float(constant) + 0.5, float(constant) - 0.5]
    elif isinstance(constant, str) and column.kind in {"date", "datetime"}:
        found = list(_around(column, constant))
    elif isinstance(constant, str):
        found += [constant.lower(), constant.upper()]
    yield from (v for v in found if fits(column, v))


def _around(column: PlantableColumn, text: str) -> Iterator[str]:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return
    for delta in (timedelta(0), timedelta(days=1), timedelta(days=-1), timedelta(microseconds=1)):
        near = when + delta
        written = near.date().isoformat() if column.kind == "date" else moment(column, near)
        if written is not None:
            yield written


def of_length(column: PlantableColumn, length: int) -> Iterator[str]:
    """Texts of a length, for conditions that ask for one."""
    if column.kind == "text" and 0 <= length <= min(column.length or 10_000, 10_000):
        yield "a" * length
        yield "A1" * (length // 2) + "Z" * (length % 2)
        yield "7" * length
