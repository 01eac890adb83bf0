"""Values that no row has yet, for unique keys, and when two values are the same to such a key."""

from __future__ import annotations

import json
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bothways.verify.rows.values import candidates, fits, moment, uuids

if TYPE_CHECKING:
    import random

    from bothways.dialects.plantable import PlantableColumn

_STEP = timedelta(hours=25, minutes=1, seconds=1, microseconds=1001)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def fresh(column: PlantableColumn, number: int, chance: random.Random, like: Any = None) -> Any:
    """A value that no row has yet, made of a number that no row had yet; in the shape of ``like`` where it is text."""
    if column.kind in {"integer", "decimal", "float"}:
        return _fresh_number(column, number, chance, like)
    if column.kind == "uuid":
        return next(uuids(column, chance, 1))
    if column.kind == "datetime":
        fine = timedelta(microseconds=10 ** (6 - (column.length or 0)))
        return moment(column, datetime(2024, 3, 1) + number * timedelta(hours=1) + number * fine)  # noqa: DTZ001
    if column.kind == "date":
        return (date(2024, 3, 1) + timedelta(days=number)).isoformat()
    if column.kind == "binary":
        most = column.length or 8
        return number.to_bytes(8, "big")[-min(8, most) :].rjust(most if column.fixed else 0, b"\x05")
    if column.kind == "json":
        return json.dumps({"number": number})
    return _fresh_text(column, number, chance, like) if column.kind == "text" else like


def _broken(column: PlantableColumn, number: int) -> Any:
    """A middling number with a fraction where the column has one, so that whoever rounds it is seen."""
    if column.kind == "float":
        return number + 0.5
    return number + Decimal(37).scaleb(-2).quantize(Decimal(1).scaleb(-column.scale)) if column.scale else number


def tame(column: PlantableColumn, chance: random.Random, count: int) -> list[Any]:
    """Short, middling values, each once, that an ordinary upgrade (a narrower type, NOT NULL, UNIQUE) accepts."""
    numbers = range(1, count + 1)
    found: list[Any]
    if column.kind in {"integer", "decimal", "float"}:
        found = [_broken(column, n) for n in numbers]
        found = [v for v in found if fits(column, v)]
        if column.kind == "decimal" and len(found) < count:
            found += [Decimal(n).scaleb(-column.scale) for n in numbers]
        found = [v for v in found if fits(column, v)]
    elif column.kind == "text":
        shapes = [first * max(0, min(column.length or 4, 4) - 2) for first in ("t", "T")]
        found = [shapes[n % 2] + _DIGITS[10 + n // 26] + _DIGITS[10 + n % 26] for n in numbers]
        found = [v if column.length is None else v[-column.length :] for v in found]
    elif column.kind == "datetime":
        found = [moment(column, datetime(2024, 3, 1) + n * _STEP) for n in numbers]  # noqa: DTZ001
    elif column.kind == "time":
        found = [f"{n % 24:02d}:{n:02d}:00{'+00' if column.zoned else ''}" for n in numbers]
    elif column.kind in {"uuid", "date", "binary", "json"}:
        found = [fresh(column, n, chance) for n in numbers]
    else:
        found = []
    return list(dict.fromkeys(found)) or candidates(column, chance)


def _fresh_number(column: PlantableColumn, number: int, chance: random.Random, like: Any) -> Any:
    """Far from the boundaries, or a little beside a value that the conditions allow."""
    start: Any = like if isinstance(like, int | Decimal | float) else 0
    if column.kind == "float":
        return float(start) + number * chance.choice((1, -1)) if abs(start) < 2**50 else float(number)
    small = Decimal(1).scaleb(-column.scale) if column.kind == "decimal" else 1
    found = [number + 1000, number, start + number * small, start - number * small, start + chance.randint(-50, 50)]
    fitting = [v for v in found if fits(column, v)]
    return chance.choice(fitting) if fitting else like


def _fresh_text(column: PlantableColumn, number: int, chance: random.Random, like: Any) -> str:
    digits = ""
    while number or not digits:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    if chance.random() < 0.3 or not isinstance(like, str) or not like:
        like = "k" * chance.choice((4, 8))
    shape: str = like if column.length is None else like[: column.length]
    text = shape[: max(0, len(shape) - len(digits))] + digits if chance.random() < 0.7 else shape + digits
    text = text[-column.length :] if column.length is not None else text
    return text.upper() if chance.random() < 0.3 else text


def folded(value: Any) -> Any:
    """A value such that values which a case-blind, accent-blind collation holds for equal are equal."""
    if not isinstance(value, str):
        return value
    plain = unicodedata.normalize("NFKD", value.rstrip(" ")).casefold()
    return "".join("\ufffd" if ord(c) > 0xFFFF else c for c in plain if not unicodedata.combining(c) and ord(c) > 31)
