"""Evolutions that broke a law once, as small as Hypothesis could make them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.generate.models import Evolution


@dataclass(frozen=True, slots=True)
class Regression:
    """What went wrong on which engine, and how to see it; ``open`` says why it still does."""

    says: str
    engine: str
    evolution: Evolution
    open: str = ""


REGRESSIONS: tuple[Regression, ...] = ()
