"""The pages for people who use the API: Swagger UI at ``/docs`` to try it, Redoc at ``/redoc`` to read about it.

Their files are our own, so that they work offline.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.responses import FileResponse, RedirectResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

STATIC: Final = Path(__file__).parent / "static"
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Nothing from elsewhere, and no script inside the page; both programs set styles on their elements."""


def _page(name: str) -> Callable[[Request], Awaitable[Response]]:
    async def page(_request: Request) -> Response:
        return FileResponse(STATIC / name, headers={"content-security-policy": _POLICY})

    return page


async def _root(request: Request) -> Response:
    return RedirectResponse(f"{request.scope.get('root_path', '')}/docs")


def install(app: FastAPI) -> None:
    """Serve ``/docs``, ``/redoc`` and their files; ``/`` leads to the first."""
    app.router.routes += [
        Route("/", _root, include_in_schema=False),
        Route("/docs", _page("docs.html"), include_in_schema=False),
        Route("/redoc", _page("redoc.html"), include_in_schema=False),
        Mount("/static", StaticFiles(directory=STATIC), name="static"),
    ]
