"""Who wants to know of each statement hears of it: figures and traces, whatever the driver."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from bothways.dialects.performing import Ask, Ended

Observer: TypeAlias = Callable[[str, Ask], Ended]
"""Told the database and what it is asked; what it returns is called with the failure, or None, when that has ended."""


def every(*observers: Observer | None) -> Observer | None:
    """Several observers as one; None where there is none."""
    given = [observer for observer in observers if observer is not None]
    if len(given) < 2:
        return given[0] if given else None

    def asked(database: str, ask: Ask) -> Ended:
        ends = [observer(database, ask) for observer in given]

        def ended(failure: BaseException | None) -> None:
            for end in ends:
                end(failure)

        return ended

    return asked
