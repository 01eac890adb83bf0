"""Requests for rows, answered before FastAPI looks for a route of theirs.

Nearly every request is one, and FastAPI's own layers cost more than the row does. It stands behind the middleware, so
who may ask, limits, logs and figures are the same; errors are the same problem documents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from bothways.crud.routes import own_path
from bothways.errors import BothwaysError
from bothways.web.problems import REQUEST_ID, of_error, of_status

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from bothways.crud.routes import Tables


class Rows:
    """Lets tables answer what is theirs; everything else goes on."""

    def __init__(self, app: ASGIApp, tables: Tables) -> None:
        self.app = app
        self._tables = tables

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] != "http" or not self._tables.has(path := own_path(scope)):
            await self.app(scope, receive, send)
            return
        try:
            await self._tables.handle(path, scope, receive, send)
            return
        except BothwaysError as error:
            answer = of_error(error, scope.get(REQUEST_ID))
        except HTTPException as error:
            answer = of_status(error.status_code, scope.get(REQUEST_ID), error.headers)
        await answer(scope, receive, send)
