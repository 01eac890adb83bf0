"""The pages for people who use the API: Swagger UI at ``/docs``, from files of our own, so that it works offline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.responses import FileResponse, RedirectResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

STATIC: Final = Path(__file__).parent / "static"
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Nothing from elsewhere, and no script inside the page; Swagger UI sets styles on its elements."""


async def _docs(_request: Request) -> Response:
    return FileResponse(STATIC / "docs.html", headers={"content-security-policy": _POLICY})


async def _root(request: Request) -> Response:
    return RedirectResponse(f"{request.scope.get('root_path', '')}/docs")


def install(app: FastAPI) -> None:
    """Serve ``/docs`` and its files; ``/`` leads there."""
    app.router.routes += [
        Route("/", _root, include_in_schema=False),
        Route("/docs", _docs, include_in_schema=False),
        Mount("/static", StaticFiles(directory=STATIC), name="static"),
    ]
