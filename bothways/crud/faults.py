"""Faults of a request: where, which rule, in which words; never what was sent but for names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bothways.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic import ValidationError

_MOST_FAULTS = 100
_MOST_READ = 10_000  # reading each costs some microseconds, in which nobody else is answered


def fault(name: str, kind: str, words: str) -> InvalidRequest:
    """A fault of one parameter."""
    return InvalidRequest(words, details={"errors": [{"loc": ["query", name], "type": kind, "msg": words}]})


def together(faults: list[dict[str, object]]) -> InvalidRequest:
    """All faults of a query as one exception."""
    return InvalidRequest(
        f"the query does not fit: {len(faults)} fault{'s' if len(faults) > 1 else ''}", details={"errors": faults}
    )


def invalid(error: ValidationError, where: tuple[str, ...]) -> InvalidRequest:
    """What pydantic found, as our exception: where, which rule and in which words, never the value itself."""
    if (count := error.error_count()) > _MOST_READ:
        words = f"There are {count} faults, too many to tell"
        return InvalidRequest(words, details={"errors": [{"loc": [*where], "type": "too_many_faults", "msg": words}]})
    faults = clean(error.errors(include_url=False, include_input=False, include_context=False), where)
    return InvalidRequest(
        f"the request does not fit: {len(faults)} fault{'s' if len(faults) > 1 else ''}",
        hint="see errors for each fault; /docs has the schema",
        details={"errors": faults[:_MOST_FAULTS]},
    )


def clean(errors: Iterable[Mapping[str, Any]], where: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Faults with ``loc``, ``type`` and ``msg`` only; a message never repeats what was sent."""
    return [
        {
            "loc": [*where, *error["loc"]],
            "type": error["type"],
            # "invalid character: found `x` at 0": what follows the comma is the client's own text.
            "msg": str(error["msg"]).partition(", ")[0] if str(error["type"]).endswith("parsing") else error["msg"],
        }
        for error in errors
    ]
