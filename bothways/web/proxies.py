"""Who asks, behind proxies: what those that are trusted say of it, and nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from bothways.web.hosts import UNIX

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.types import ASGIApp, Receive, Scope, Send


class Proxies:
    """Takes the client and the scheme from X-Forwarded-For and X-Forwarded-Proto where a trusted proxy sends them.

    A proxy adds the address that it was asked from at the end, so the last one that is no trusted proxy's counts.
    """

    def __init__(self, app: ASGIApp, proxies: Collection[str]) -> None:
        """``proxies`` are addresses, networks or ``unix``."""
        self._unix = UNIX in proxies
        self._believing: ASGIApp = ProxyHeadersMiddleware(app, list(proxies))  # type: ignore[arg-type, assignment]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on as its client's."""
        if self._unix and scope["type"] != "lifespan" and not scope.get("client"):
            scope["client"] = (UNIX, 0)
        await self._believing(scope, receive, send)
