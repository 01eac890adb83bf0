"""Parameters of addresses that no endpoint has: refused, since a misspelt one would be passed over in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.requests import HTTPConnection  # noqa: TC002 - FastAPI reads the annotation

from bothways.errors import InvalidRequest
from bothways.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import Scope

BELOW: Final = "/api/"
"""Where they are refused; probes may add what they like to the address of health."""


async def refuse_unknown(connection: HTTPConnection) -> None:
    """Raises InvalidRequest for a query parameter that the route does not have."""
    scope = connection.scope
    if scope["type"] != "http" or not scope["query_string"] or not _path(scope).startswith(BELOW):
        return
    known = sorted(_names(getattr(scope.get("route"), "dependant", None)))
    strangers = [name for name in dict.fromkeys(connection.query_params.keys()) if name not in known]
    if strangers:
        faults = [{"loc": ["query", n], "type": "unknown_parameter", "msg": _words(n, known)} for n in strangers]
        raise InvalidRequest("the query does not fit", details={"errors": faults})


def _path(scope: Scope) -> str:
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def _names(dependant: Any) -> Iterator[str]:
    if dependant is not None:
        yield from (parameter.alias for parameter in dependant.query_params)
        for part in dependant.dependencies:
            yield from _names(part)


def _words(name: str, known: list[str]) -> str:
    words = "There is no such parameter"
    return f"{words}: {nearest(name, known)}" if known else words
