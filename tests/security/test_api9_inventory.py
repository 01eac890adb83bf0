"""API9:2023, improper inventory management: what answers is in the document, and what is in the document answers."""

import re

import pytest

from bothways.crud.routes import ROW_METHODS, TABLE_METHODS
from tests.api.conftest import SHAPES
from tests.security.conftest import JSON

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
NOT_DOCUMENTED = {
    "/": "leads to the pages of documentation",
    "/docs": "a page for people",
    "/redoc": "a page for people",
    "/openapi.json": "the document itself",
    "/static": "files of the pages",
    "/api/v1/runs/{run}/ws": "a WebSocket, for which OpenAPI has no words; docs/service.md describes it",
}
"""What answers and is not in the OpenAPI document, and why."""


@pytest.fixture(scope="module")
def paths(quick):
    return quick.secured.app.openapi()["paths"]


def test_every_route_is_in_the_document_or_in_the_list(quick, paths):
    routes = {getattr(route, "path", None) for route in quick.secured.app.router.routes} - {None}
    assert routes - set(paths) <= set(NOT_DOCUMENTED)
    own = {path for path in paths if not path.startswith("/api/v1/{database}/")}
    assert own <= routes


def test_every_table_is_in_the_document(paths):
    tables = {match[1] for path in paths if (match := re.match(r"/api/v1/\{database\}/(\w+)", path))}
    assert tables == set(SHAPES)


def test_every_address_offers_the_methods_of_the_document_and_no_other(quick, paths):
    wrong = []
    for path, operations in paths.items():
        address = re.sub(r"\{(\w+)\}", lambda m: "sqlite" if m[1] in {"database", "name", "branch"} else "0" * 32, path)
        documented = {name.upper() for name in operations}
        for method in METHODS:
            if method in documented:
                continue
            answer = quick.ask("open", method, address, JSON, b"{}" if method in {"POST", "PUT", "PATCH"} else b"")
            allowed = set((answer.header("allow") or "").split(", "))
            if answer.status != 405 or allowed - {"HEAD", "OPTIONS"} != documented:
                wrong.append((method, path, answer.status, sorted(allowed), sorted(documented)))
    assert not wrong, wrong


def test_the_methods_of_tables_are_known(paths):
    assert set(TABLE_METHODS) | set(ROW_METHODS) <= {*METHODS, "HEAD"}


@pytest.mark.parametrize("version", ["v0", "v2", "V1", "v1.0", "v1beta", "internal", "latest"])
def test_no_other_version_answers(quick, version):
    for path in ("databases", "sqlite/roles", "users", "runs"):
        assert quick.ask("open", "GET", f"/api/{version}/{path}").status == 404
        assert quick.ask("open", "GET", f"/{version}/{path}").status == 404


def test_every_operation_documents_its_refusals(paths):
    for path, operations in paths.items():
        for method, operation in operations.items():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert "application/problem+json" in answer["content"], (method, path, status)
