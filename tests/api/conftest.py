"""One service over every engine that can be had, on databases that the real revisions made."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from bothways import revisions, scratch
from bothways.connections import call
from bothways.crud.shapes import shapes_of
from bothways.errors import ServerBinariesMissing
from bothways.project import Project
from schema import metadata
from tests.api.rows import Rows

ROOT = Path(__file__).resolve().parents[2]
SHAPES = shapes_of(metadata)


def project_with(urls):
    """The real project with those URLs, and without whatever this machine's environment says."""
    environ = {f"BOTHWAYS_{name.upper()}_URL": url.reveal() for name, url in urls.items()}
    project = Project.load(ROOT / "alembic.ini", environ=environ)
    return replace(project, databases=tuple(d if d.name in urls else replace(d, url=None) for d in project.databases))


def migrate(url, target="head"):
    """Bring a database to a revision of its branch."""
    project = project_with({url.dialect: url})
    database = project.database(url.dialect)
    call(url, lambda c: revisions.upgrade(c, project, database, target), purpose="migrate")


@contextmanager
def serving(urls, *, project=None, **settings):
    """A client of a service over those databases, or another project's; answers of 500 come back as they are."""
    usual = {**Settings(_env_file=None).model_dump(), "hosts": ("testserver",)}
    given = Settings.model_construct(**{**usual, **settings})
    app = create_app(given, project or project_with(urls))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="session")
def migrated(servers):
    """The URL of a database at head on each engine that can be had."""
    with ExitStack() as stack:
        urls = {}
        for name in servers:
            try:
                urls[name] = stack.enter_context(scratch.database(servers[name]))
            except ServerBinariesMissing:
                continue
            migrate(urls[name])
        yield urls


@pytest.fixture(scope="session")
def client(migrated):
    """A client of one service over all of them."""
    with serving(migrated) as client:
        yield client


@pytest.fixture
def rows(client, engine_name, migrated):
    """Makes valid rows on the engine of the test."""
    return Rows(client, engine_name, SHAPES, migrated[engine_name])


@pytest.fixture
def database_at_head(empty_database):
    """A fresh database at head, on each engine in turn."""
    migrate(empty_database)
    return empty_database
