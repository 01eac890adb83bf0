"""The OpenAPI document: of FastAPI's own, the tables, who may ask, what goes wrong, and examples of all that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.openapi.utils import get_openapi

from bothways.web import components, examples, refusals

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI


def install(app: FastAPI, tables: Callable[[dict[str, Any]], None], security: Callable[[dict[str, Any]], None]) -> None:
    """Let an application tell its document; ``tables`` and ``security`` add what they know."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            refusals.describe_problem(document)
            examples.describe(document)
            ours: dict[str, Any] = {}
            tables(ours)
            components.keep_apart(document, frozenset(ours["components"]["schemas"]))
            tables(document)
            security(document)
            refusals.describe(document)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
