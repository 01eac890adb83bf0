"""The OpenAPI document's schemas: those of the endpoints keep clear of the tables', whose names a project chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Collection

_WHERE: Final = "#/components/schemas/"
_PREFIX: Final = "Service"


def keep_apart(document: dict[str, Any], taken: Collection[str]) -> None:
    """Give the document's schemas whose names are taken others, and every reference to them as well."""
    schemas: dict[str, Any] = document.get("components", {}).get("schemas", {})
    others = {name: _free(name, {*taken, *schemas}) for name in schemas if name in taken}
    if not others:
        return
    for old, new in others.items():
        schemas[new] = {**schemas.pop(old), "title": new}
    _refer(document, {_WHERE + old: _WHERE + new for old, new in others.items()})


def _free(name: str, taken: Collection[str]) -> str:
    found = _PREFIX + name
    while found in taken:
        found = _PREFIX + found
    return found


def _refer(node: Any, others: dict[str, str]) -> None:
    if isinstance(node, dict):
        reference = node.get("$ref")
        if isinstance(reference, str) and reference in others:
            node["$ref"] = others[reference]
        for value in node.values():
            _refer(value, others)
    elif isinstance(node, list):
        for value in node:
            _refer(value, others)
