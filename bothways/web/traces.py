"""OpenTelemetry traces: a span for each request, and one below it for each statement, without its values.

Where traces are off nothing of this is imported by a request or put in its way.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SimpleSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

import bothways
from bothways.crud.routes import ROUTE
from bothways.web.exporters import otlp
from bothways.web.problems import REQUEST_ID

if TYPE_CHECKING:
    from collections.abc import Callable

    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Tracer
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from bothways.dialects.performing import Ask

_PROPAGATOR: Final = TraceContextTextMapPropagator()
_CARRIED: Final = (b"traceparent", b"tracestate")


class Traces:
    """The spans of an application, on their way out."""

    def __init__(self, to: Literal["otlp", "console"], exporter: SpanExporter | None = None) -> None:
        self._provider = TracerProvider(
            resource=Resource.create({"service.name": "bothways", "service.version": bothways.__version__}),
            shutdown_on_exit=False,
        )
        if exporter is not None:
            self._provider.add_span_processor(SimpleSpanProcessor(exporter))
        elif to == "console":
            self._provider.add_span_processor(SimpleSpanProcessor(ConsoleSpanExporter(out=sys.stderr)))
        else:
            self._provider.add_span_processor(BatchSpanProcessor(otlp()))
        self.tracer = self._provider.get_tracer("bothways", bothways.__version__)

    def statement(self, database: str, ask: Ask) -> Callable[[BaseException | None], None]:
        """Begin a statement's span, below that of the request."""
        text = _text(ask.statement)
        span = self.tracer.start_span(
            text.partition(" ")[0],
            kind=SpanKind.CLIENT,
            attributes={"db.namespace": database, "db.query.text": text},
        )

        def ended(failure: BaseException | None) -> None:
            if failure is not None:
                # A driver's text repeats values.
                span.set_attribute("error.type", type(failure).__qualname__)
                span.set_status(Status(StatusCode.ERROR))
            span.end()

        return ended

    def middleware(self, app: ASGIApp) -> Traced:
        """The middleware that makes the span of a request."""
        return Traced(app, self.tracer)

    def close(self) -> None:
        """Send what is left."""
        self._provider.shutdown()


class Traced:
    """Makes the span of a request, a child of its caller's (W3C Trace Context)."""

    def __init__(self, app: ASGIApp, tracer: Tracer) -> None:
        self.app = app
        self._tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on within its span."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        carried = {name.decode(): value.decode("latin-1") for name, value in scope["headers"] if name in _CARRIED}
        with self._tracer.start_as_current_span(
            scope["method"],
            context=_PROPAGATOR.extract(carried),
            kind=SpanKind.SERVER,
            record_exception=False,
            set_status_on_exception=False,
            attributes={"http.request.method": scope["method"], "bothways.request_id": scope.get(REQUEST_ID, "")},
        ) as span:

            async def answer(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                    if message["status"] >= 500:
                        span.set_status(Status(StatusCode.ERROR))
                await send(message)

            try:
                await self.app(scope, receive, answer)
            except BaseException as error:
                span.set_attribute("error.type", type(error).__qualname__)
                span.set_status(Status(StatusCode.ERROR))
                raise
            finally:
                route = scope.get(ROUTE) or getattr(scope.get("route"), "path_format", None)
                if route is not None:
                    # The template: an address may hold anything.
                    span.update_name(f"{scope['method']} {route}")
                    span.set_attribute("http.route", route)


@lru_cache(maxsize=2_000)
def _text(statement: Any) -> str:
    """A statement with names in the places of its values."""
    return " ".join(str(statement).split())
