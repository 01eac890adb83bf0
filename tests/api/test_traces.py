"""Traces: a span for a request and one below it for each statement, with templates and names instead of values."""

import pytest
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
    assert exporters.otlp_exporter() is None
    monkeypatch.setenv("BOTHWAYS_TRACES", "otlp")
    with pytest.raises(ConfigurationError, match="BOTHWAYS_TRACES: the exporter is not installed: pip install"):
        api.app.create_app()


def test_the_console_shows_spans(migrated, capsys):
    with serving({"sqlite": migrated["sqlite"]}, traces="console") as client:
        client.get("/health/live")
    assert '"name": "GET /health/live"' in capsys.readouterr().err
