"""Who wants to know of each statement hears of it here: figures and traces, whatever the driver."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from bothways.dialects.performing import Ask

if TYPE_CHECKING:
    from bothways.dialects.performing import Features, Operation, Work

T = TypeVar("T")
Ended: TypeAlias = Callable[[BaseException | None], None]
Observer: TypeAlias = Callable[[str, Ask], Ended]
"""Told the database and what it is asked; what it returns is called with the failure, or None, when that has ended."""


def observed(operation: Operation[T], database: str, observer: Observer) -> Operation[T]:
    """The same operation, with ``observer`` told of each of its statements."""

    def work(features: Features) -> Work[T]:
        inner = operation(features)
        try:
            asked = next(inner)
            while True:
                ended = observer(database, asked) if isinstance(asked, Ask) else None
                failure: BaseException | None = None
                try:
                    answer = yield asked
                except BaseException as error:
                    failure = error
                    if not isinstance(error, Exception):
                        raise
                finally:
                    if ended is not None:
                        ended(failure)
                asked = inner.send(answer) if failure is None else inner.throw(failure)
        except StopIteration as done:
            result: T = done.value
            return result

    return work


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
