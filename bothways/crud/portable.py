"""JSON documents that every engine keeps alike."""

from __future__ import annotations

import math
from typing import Any, Final

from pydantic_core import PydanticCustomError

_LIMIT: Final = 2**63
_DEPTH: Final = 30
"""MariaDB refuses a document that is nested deeper than 32."""


def portable(value: Any) -> Any:
    """The document as each engine keeps it alike; raises PydanticCustomError for what one would refuse or change."""
    return _portable(value, _DEPTH)


def _portable(value: Any, depth: int) -> Any:
    if depth == 0:
        raise PydanticCustomError("json_depth", "Document should not be nested deeper than 30 levels")
    if isinstance(value, str):
        return _without_nul(value)
    if isinstance(value, dict):
        return {_without_nul(key): _portable(member, depth - 1) for key, member in value.items()}
    if isinstance(value, list):
        return [_portable(member, depth - 1) for member in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _portable_number(value)
    return value


def _portable_number(value: float) -> float:
    if not math.isfinite(value) or not -_LIMIT < value < _LIMIT:
        raise PydanticCustomError("json_number", "Numbers should be within 64 bits; write others as strings")
    # PostgreSQL's jsonb keeps numbers as decimals: beyond 2^53 it prints a float as a whole number, and never -0.
    whole = isinstance(value, float) and value.is_integer() and (abs(value) >= 2**53 or value == 0)
    return int(value) if whole and value else value + 0


def _without_nul(value: str) -> str:
    if "\x00" in value:
        raise PydanticCustomError("json_nul", "Strings should not contain a NUL character")
    return value
