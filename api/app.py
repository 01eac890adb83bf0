"""The application: what uvicorn runs as ``api.app:app``.

Importing this module makes nothing and connects to nothing; ``app`` is made when it is asked for, and connections when
the first request needs one. A database that is down keeps nobody from starting.
"""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi import Depends, FastAPI

import bothways
from api.settings import read_settings, unknown_variables
from bothways.accounts.store import Store
from bothways.compatibility.rendering import Renderings
from bothways.crud.cursors import Cursors
from bothways.crud.document import describe
from bothways.crud.listing import PageSizes
from bothways.crud.observing import every
from bothways.crud.pools import Pools
from bothways.crud.routes import Tables
from bothways.crud.shapes import shapes_of
from bothways.crud.targets import Rules as WritingRules
from bothways.dialects.sessions import Limits
from bothways.errors import ConfigurationError, DatabaseNotConfigured
from bothways.keys import Keys, derived
from bothways.web import documentation, endpoints, garbage, logs, migrations, openapi, problems, runs
from bothways.web.access import MIGRATIONS_READ, require
from bothways.web.application import Application
from bothways.web.compression import Compression
from bothways.web.desk import Desk, Lives
from bothways.web.draining import Draining
from bothways.web.endings import Endings
from bothways.web.gate import Rules
from bothways.web.limits import BodyLimit, Head
from bothways.web.metrics import endpoint as metrics
from bothways.web.metrics.figures import Figures
from bothways.web.metrics.migrations import Recorded
from bothways.web.metrics.workers import Workers
from bothways.web.parameters import refuse_unknown
from bothways.web.proxies import Proxies
from bothways.web.rates import Rate
from bothways.web.requests import Requests, UnderWay
from bothways.web.rows import Rows
from bothways.web.security import OPEN, PAGES, Security, allow_table, name_of, owner_of
from bothways.web.standing import Standing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from structlog.typing import FilteringBoundLogger

    from api.settings import Settings
    from bothways.crud.observing import Observer
    from bothways.crud.shapes import Shape
    from bothways.project import Database, Project
    from bothways.web.traces import Traces


PREFIX = "/api/v1"
# Words below the prefix that are endpoints of their own.
RESERVED = frozenset({"databases", "branches", "changes", "runs", "ready", "reviews", "auth", "users", "keys", "audit"})
CURSORS = "cursor"
"""What the key of cursors is derived for."""
DESCRIPTION = (
    "Rows of every canonical table on every configured database, and where each database stands. "
    "Errors are problem documents (RFC 9457) with a stable `code`."
)
SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


def create_app(settings: Settings | None = None, project: Project | None = None) -> FastAPI:
    """The application; what is not given is read from the environment.

    Raises ConfigurationError that tells every mistake of the settings at once.
    """
    if settings is None or project is None:
        read, found = read_settings()
        settings, project = settings or read, project or found
    served = [d for d in project.select(settings.serve) if d.url is not None]
    _refuse_reserved([d.name for d in served])
    keys = Keys.parse(settings.secret.get_secret_value())
    shapes = shapes_of(project.metadata())
    sizes = PageSizes(settings.page_size, settings.page_max)
    figures = Figures() if settings.metrics else None
    traces = _traces(settings)
    pools = Pools(served, _limits(settings), _observer(figures, traces))
    lines = _lines(settings, keys, project)
    log = logs.logger(lines)
    under_way = UnderWay(settings.request_timeout)
    workers = Workers(figures or Figures(), settings.metrics_folder)
    draining = Draining(settings.drain, under_way.end_streams)
    security = _security(settings, keys, project, served, log)
    looks = endpoints.Looks(project, settings.connect_timeout)
    endings = Endings([d for d in project.databases if d.url is not None], security.desk, log)
    renderings = Renderings(project)
    standing = Standing(project, renderings, looks, pools, shapes, settings.look_every, log)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        with logs.of_libraries(log, settings.log_level):
            for words in unknown_variables(os.environ, project):
                log.warning(words)
            async with (
                pools,
                security.desk,
                endings.watched(),
                standing.watched(),
                under_way.watched(),
                workers.writing(),
                draining.heard(),
            ):
                log.info("serving", databases=list(pools.names), tables=len(shapes), open=not keys)
                yield
            if traces is not None:
                traces.close()

    app = _bare(settings, lifespan)
    health = endpoints.Health(settings.ready or pools.names, standing.fits, draining)
    endpoints.install(app, project, looks, health, served=pools.names)
    if figures is not None:
        figures.pools, figures.under_way = pools.loads, under_way.count
        _metrics(app, workers, looks, served, settings.connect_timeout)
    _migrations(app, settings, project, renderings, endings)
    security.install(app)
    openapi.install(app, _tables(shapes, pools.names, sizes, settings.bulk_max), security.describe)
    if settings.docs:
        documentation.install(app)
    gate: dict[str, Any] = {"allow": allow_table, "owner": owner_of, "require": standing.require} | {
        "cursors": _cursors(settings, keys),
        "unserved": partial(_tell_unserved, project),
    }
    # The last one added is the outermost.
    app.add_middleware(Rows, tables=Tables(PREFIX, shapes, pools, sizes, RESERVED, _rules(settings), **gate))
    app.add_middleware(Head)
    app.add_middleware(Compression)
    security.guard(app)
    app.add_middleware(BodyLimit, most=settings.max_body)
    if traces is not None:
        app.add_middleware(traces.middleware)
    app.add_middleware(
        Requests,
        lines=lines,
        log=log,
        under_way=under_way,
        figures=figures,
        headers=SECURITY_HEADERS,
        databases=frozenset(pools.names),
    )
    return _behind(app, settings.proxies)


def _behind(app: FastAPI, proxies: tuple[str, ...]) -> FastAPI:
    if proxies:
        app.add_middleware(Proxies, proxies=proxies)
    return app


def _bare(settings: Settings, lifespan: Any) -> FastAPI:
    app = Application(
        title="Bothways",
        version=bothways.__version__,
        description=DESCRIPTION,
        lifespan=lifespan,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
        openapi_url="/openapi.json" if settings.docs else None,
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(refuse_unknown)],
    )
    problems.install(app)
    return app


def _metrics(app: FastAPI, workers: Workers, looks: endpoints.Looks, served: list[Database], timeout: float) -> None:
    look = partial(looks.lately, tuple(d.name for d in served))
    recorded = Recorded(served, timeout)
    metrics.install(app, workers, look, recorded.families, [Depends(require(MIGRATIONS_READ))])


def _lines(settings: Settings, keys: Keys, project: Project) -> logs.Lines:
    hidden = (*keys.secrets, *logs.secrets_of(d.url for d in project.databases if d.url is not None))
    return logs.Lines(settings.log_level, settings.log_format, secrets=hidden)


def _traces(settings: Settings) -> Traces | None:
    if settings.traces == "off":
        return None
    from bothways.web.traces import Traces

    return Traces(settings.traces)


def _observer(figures: Figures | None, traces: Traces | None) -> Observer | None:
    return every(figures.statement if figures else None, traces.statement if traces else None)


def _security(
    settings: Settings, keys: Keys, project: Project, served: list[Database], log: FilteringBoundLogger
) -> Security:
    place = project.database(settings.accounts) if settings.accounts else next(iter(served), project.databases[0])
    lives = Lives(timedelta(minutes=settings.access_minutes), timedelta(hours=settings.session_hours))
    store = Store(place, settings.connect_timeout)
    rules = Rules(
        keys=keys,
        hosts=frozenset(name.lower() for name in settings.hosts),
        friends=frozenset(settings.cors_origins),
        rate=Rate.read(settings.rate_limit),
        open_paths=OPEN | (PAGES if settings.docs else frozenset()),
        open_below=("/static/",) if settings.docs else (),
    )
    return Security(rules, Desk(store, keys, log, lives=lives, logins=Rate.read(settings.login_rate_limit)))


def _migrations(app: FastAPI, settings: Settings, project: Project, renderings: Renderings, endings: Endings) -> None:
    migrations.install(app, migrations.Reader(project, renderings, settings.connect_timeout), PREFIX)
    runs.install(app, runs.Service(project, settings.run_grace, note=endings.note, prefix=PREFIX))


def _tell_unserved(project: Project, name: str) -> None:
    """Raises DatabaseNotConfigured for a database of the project that has no URL."""
    for database in project.databases:
        if database.name == name and database.url is None:
            raise DatabaseNotConfigured(
                f"database {name!r} is configured without a URL that can be used, so its tables are not served",
                hint=f"set {database.variable} and start the service again",
                details={"database": name},
            )


def _rules(settings: Settings) -> WritingRules:
    return WritingRules(settings.bulk_max, settings.require_if_match, name_of)


def _cursors(settings: Settings, keys: Keys) -> Cursors:
    """Signs cursors by the service's secret, else by a key that all workers of this service have."""
    if keys:
        return Cursors(tuple(keys.verifying(CURSORS).values()))
    shared = settings.cursor_key.get_secret_value()
    return Cursors((derived(shared, CURSORS),) if shared else ())


def _limits(settings: Settings) -> Limits:
    return Limits(
        size=settings.pool_size,
        overflow=settings.pool_overflow,
        wait=settings.pool_wait,
        connect=settings.connect_timeout,
        # A statement that outlives its request would be nobody's, and so would be one that waits.
        statement=min(settings.statement_timeout, settings.request_timeout),
        lock=min(settings.lock_timeout, settings.request_timeout),
        recycle=settings.pool_recycle,
        ping_after=settings.pool_ping_after if settings.pool_pre_ping else None,
    )


def _refuse_reserved(names: list[str]) -> None:
    taken = sorted(RESERVED.intersection(names))
    if taken:
        raise ConfigurationError(
            f"a database cannot be served as {taken[0]!r}: {PREFIX}/{taken[0]} is an endpoint",
            hint="give its section in alembic.ini another name",
        )


def _tables(shapes: Mapping[str, Shape], databases: tuple[str, ...], sizes: PageSizes, most: int) -> Any:
    """What adds the tables to the document."""
    return partial(
        describe,
        prefix=PREFIX,
        shapes=shapes.values(),
        databases=databases,
        sizes=sizes,
        problem=problems.Problem.__name__,
        bulk_max=most,
    )


def __getattr__(name: str) -> Any:
    if name == "app":
        app = create_app()
        garbage.settle()
        return app
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
