"""``/metrics``: the figures as Prometheus reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import CollectorRegistry
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotation
from starlette.responses import Response

from bothways.web.metrics.families import Families
from bothways.web.migrations import faults

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from fastapi import FastAPI
    from prometheus_client.metrics_core import Metric

    from bothways.web.endpoints import Status
    from bothways.web.metrics.workers import Workers

_EXAMPLE: Final = "# HELP bothways_workers Processes that serve\n# TYPE bothways_workers gauge\nbothways_workers 1.0\n"


def install(
    app: FastAPI,
    workers: Workers,
    databases: Callable[[], Awaitable[Sequence[Status]]],
    recorded: Callable[[], Awaitable[Sequence[Metric]]],
    dependencies: Sequence[Any] = (),
) -> None:
    """Add the endpoint; ``databases`` tells where they stand, ``recorded`` of runs and proofs."""

    async def metrics(request: Request) -> Response:
        """Figures of requests, pools, statements and migrations, for Prometheus."""
        # A registry of its own: an application's figures are nobody else's.
        registry = CollectorRegistry(auto_describe=False)
        registry.register(Families(workers.all(), await databases(), await recorded()))
        encode, kind = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(registry), headers={"content-type": kind})

    app.add_api_route(
        "/metrics",
        metrics,
        tags=["health"],
        dependencies=list(dependencies),
        response_class=Response,
        responses={
            200: {
                "description": "The figures",
                "content": {"text/plain": {"schema": {"type": "string"}, "example": _EXAMPLE}},
            },
            **faults(401, 403),
        },
    )
