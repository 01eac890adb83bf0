"""Traces: a span for a request and one below it for each statement, with templates and names instead of values."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

import api.app
from bothways.errors import ConfigurationError
from bothways.web import exporters
from bothways.web.traces import Traces
from tests.api.conftest import serving

CANARY = "canary-5f0"
CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture
def spans(monkeypatch):
    """What a service sends that is made afterwards."""
    exporter = InMemorySpanExporter()
    monkeypatch.setattr(api.app, "_traces", lambda _settings: Traces("console", exporter))
    return exporter.get_finished_spans


def test_a_request_is_a_child_of_its_callers_and_its_statements_are_its_own(migrated, engine_name, spans):
    with serving({engine_name: migrated[engine_name]}) as client:
        client.get(f"/api/v1/{engine_name}/products?sku={CANARY}", headers={"traceparent": CALLER, "x": CANARY})
    statement, request = spans()
    assert (request.name, request.kind) == ("GET /api/v1/{database}/products", SpanKind.SERVER)
    assert format(request.context.trace_id, "032x") == CALLER.split("-")[1]
    assert format(request.parent.span_id, "016x") == CALLER.split("-")[2]
    assert request.attributes["http.response.status_code"] == 200
    assert (statement.name, statement.kind) == ("SELECT", SpanKind.CLIENT)
    assert statement.parent.span_id == request.context.span_id
    assert statement.attributes["db.namespace"] == engine_name
    assert "FROM products" in statement.attributes["db.query.text"]
    assert CANARY not in "".join(span.to_json() for span in spans())


def test_what_fails_is_marked_without_its_words(migrated, engine_name, spans):
    with serving({engine_name: migrated[engine_name]}) as client:
        body = {"name": "x", "slug": CANARY}
        assert client.post(f"/api/v1/{engine_name}/categories", json=body).status_code == 201
        client.get("/health/live")
        parent = "00000000-0000-0000-0000-000000000001"
        client.post(f"/api/v1/{engine_name}/categories", json={**body, "parent_id": parent})
    failed = next(s for s in spans() if s.status.status_code is StatusCode.ERROR)
    assert failed.name == "INSERT"
    assert failed.attributes["error.type"].endswith(("IntegrityError", "ForeignKeyViolationError"))
    assert CANARY not in "".join(span.to_json() for span in spans())


def test_the_exporter_that_is_asked_for_has_to_be_installed(monkeypatch):
    monkeypatch.setattr(exporters, "_OTLP", ("opentelemetry.exporter.nowhere.trace_exporter", "nowhere_at_all"))
    assert exporters.otlp_exporter() is None
    monkeypatch.setenv("BOTHWAYS_TRACES", "otlp")
    with pytest.raises(ConfigurationError, match="BOTHWAYS_TRACES: the exporter is not installed: pip install"):
        api.app.create_app()


class Collector(BaseHTTPRequestHandler):
    """Keeps what exporters send."""

    def do_POST(self):
        """An export: the address and the message."""
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.sent.append((self.path, ExportTraceServiceRequest.FromString(body)))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_words):
        """Nothing."""


@pytest.fixture
def collector():
    """A collector on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        server.sent = []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_spans_reach_a_collector_before_the_service_has_ended(migrated, monkeypatch, collector):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{collector.server_port}")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
    with serving({"sqlite": migrated["sqlite"]}, traces="otlp") as client:
        client.get(f"/api/v1/sqlite/products?sku={CANARY}")
    assert {path for path, _ in collector.sent} == {"/v1/traces"}
    sent = [r for _, message in collector.sent for r in message.resource_spans]
    resources = {a.key: a.value.string_value for r in sent for a in r.resource.attributes}
    assert resources["service.name"] == "bothways"
    names = [span.name for r in sent for scope in r.scope_spans for span in scope.spans]
    assert sorted(names) == ["GET /api/v1/{database}/products", "SELECT"]
    assert CANARY not in str(collector.sent)


def test_a_collector_that_is_down_breaks_no_request_and_no_end(migrated, monkeypatch):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    with serving({"sqlite": migrated["sqlite"]}, traces="otlp") as client:
        assert client.get("/api/v1/sqlite/products").status_code == 200


def test_the_console_shows_spans(migrated, capsys):
    with serving({"sqlite": migrated["sqlite"]}, traces="console") as client:
        client.get("/health/live")
    assert '"name": "GET /health/live"' in capsys.readouterr().err
