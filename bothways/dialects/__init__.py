"""The difference between engines, one module each; ``base`` says what a dialect must offer."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from bothways.errors import InvalidURL
from bothways.spelling import nearest

if TYPE_CHECKING:
    from bothways.dialects.base import Dialect

NAMES = ("postgresql", "mysql", "sqlite")


def dialect_for(name: str) -> Dialect:
    """The dialect of that name; imports only its own module. Raises InvalidURL for an unknown one."""
    if name not in NAMES:
        raise InvalidURL(f"no dialect {name!r}", hint=nearest(name, NAMES))
    return cast("Dialect", import_module(f"bothways.dialects.{name}").DIALECT)
