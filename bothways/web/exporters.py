"""Where traces can go; what is not installed is not imported."""

from __future__ import annotations

import importlib
import importlib.util
from contextlib import suppress
from typing import Any, Final

_OTLP: Final = (
    "opentelemetry.exporter.otlp.proto.http.trace_exporter",
    "opentelemetry.exporter.otlp.proto.grpc.trace_exporter",
)


def otlp_exporter() -> str | None:
    """The module that sends traces to a collector; None where none is installed."""
    for name in _OTLP:
        with suppress(ModuleNotFoundError):
            if importlib.util.find_spec(name) is not None:
                return name
    return None


def otlp() -> Any:
    """An exporter by OTLP, which reads OTEL_EXPORTER_OTLP_ENDPOINT and its like from the environment."""
    return importlib.import_module(otlp_exporter() or _OTLP[0]).OTLPSpanExporter()
