"""Decimals in JSON: as texts, with every digit and without an exponent."""

from __future__ import annotations

import decimal
from typing import Final

PLAIN_PLACES: Final = 6
"""With one to so many decimal places Python writes a decimal without an exponent itself."""


class PlainDecimal(decimal.Decimal):
    """A decimal that is written without an exponent: ``10000`` and ``0.0000001``; a value like any other."""

    def __str__(self) -> str:
        return format(self, "f")
