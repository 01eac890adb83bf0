"""FastAPI, with our own middleware outside of everything that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.middleware.errors import ServerErrorMiddleware

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


class Application(FastAPI):
    """FastAPI inside of our own middleware: nearly every request is a row's, and answered before it gets there."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What FastAPI and Starlette do before their layers, in one step."""
        scope["app"] = self
        if self.root_path:
            scope["root_path"] = self.root_path
        if self.middleware_stack is None:
            self.middleware_stack = self.build_middleware_stack()
        await self.middleware_stack(scope, receive, send)

    def build_middleware_stack(self) -> ASGIApp:
        """Our layers, and within them what FastAPI and Starlette have around their routes."""
        ours, self.user_middleware = self.user_middleware, []
        app = super().build_middleware_stack()
        # Its outermost one would answer what nobody caught before our outermost one can.
        assert isinstance(app, ServerErrorMiddleware)  # noqa: S101 - so Starlette builds it
        app = app.app
        for layer, arguments, named in reversed(ours):
            app = layer(app, *arguments, **named)
        return app
