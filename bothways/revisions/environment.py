"""What a project's own env.py configures, learned by running it with ``configure`` recorded and no connection made.

env.py is asked as ``alembic upgrade`` would ask it, but each engine gives a stand-in for a connection that knows its
dialect and reaches nothing; where env.py cannot run so (a driver is missing, it wants an answer), it is asked once more
as ``alembic upgrade --sql`` would. The folder, logging, ``sys.path``, ``sys.argv``, the environment and stdout are as
they were afterwards.
"""

from __future__ import annotations

import io
import warnings
from argparse import Namespace
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from alembic.util import load_python_file, to_tuple

from bothways.errors import BothwaysError, ConfigurationError
from bothways.revisions.proxies import current_environment
from bothways.revisions.standins import StandIn, no_connections
from bothways.revisions.surroundings import kept
from bothways.urls import dialect_of, drop_secrets

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from bothways.databases import Origin

_NOT_OURS = frozenset(
    {"connection", "url", "dialect_name", "dialect_opts", "as_sql", "fn", "script", "destination_rev", "starting_rev",
     "output_buffer", "literal_binds", "tag", "purge", "stdout", "transactional_ddl"}
)  # fmt: skip
"""What env.py says of its connection, and what Alembic's command adds: no options of the revisions."""


@dataclass(frozen=True)
class Recorded:
    """One ``configure`` of an env.py: its options, what ``run_migrations`` gave the revisions, and its database."""

    options: Mapping[str, Any]
    run_arguments: Mapping[str, Any] = field(default_factory=dict)
    url: sa.URL | None = field(default=None, repr=False)
    dialect: str = ""

    @property
    def metadata(self) -> sa.MetaData | None:
        """The project's models; the first of them where there are several."""
        target = self.options.get("target_metadata")
        found = next(iter(target), None) if isinstance(target, (list, tuple)) else target
        return found if isinstance(found, sa.MetaData) else None


@dataclass(frozen=True)
class Environment:
    """Everything that an env.py configured; ``config`` is what its revisions find as ``context.config``."""

    config: Config
    calls: tuple[Recorded, ...]
    paths: tuple[str, ...] = ()
    """What env.py added to ``sys.path``, for its revisions."""
    folders: tuple[str, ...] = ()
    """The folders of revisions that env.py chose by ``context.script.version_locations``; else none."""


def recorded(origin: Origin) -> Recorded:
    """What env.py configured for the database of that origin. Raises ConfigurationError."""
    calls = read(origin).calls
    return calls[min(origin.call, len(calls) - 1)]


def read(origin: Origin) -> Environment:
    """Run the env.py of a project, once in a process. Raises ConfigurationError with what stopped it."""
    return _read(replace(origin, call=0))


@lru_cache(maxsize=16)
def _read(origin: Origin) -> Environment:
    problems: list[str] = []
    for offline in (False, True):
        try:
            found = _run(origin, offline=offline)
        except (Exception, SystemExit) as error:  # anybody's code: described, not judged
            if isinstance(error, BothwaysError) and not isinstance(error, ConfigurationError):
                raise
            problems.append(_sentence(error))
            continue
        if found.calls:
            return found
        problems.append("it never calls context.configure")
    raise ConfigurationError(
        f"{origin.script_location.name}/env.py cannot be asked for its options without a connection: {problems[0]}",
        hint=f"asked offline, as alembic upgrade --sql does: {problems[1]}. "
        "Name an engine (--engine or --url), install the driver of its URL, or set the variables that it reads",
    )


def config_of(origin: Origin) -> Config:
    """The ``Config`` that ``alembic`` would make, its URL taken from the origin where it has one."""
    pyproject = origin.config if origin.config.suffix == ".toml" else origin.config.parent / "pyproject.toml"
    ini = origin.config if origin.config.suffix != ".toml" else origin.config.parent / "alembic.ini"
    more: dict[str, Any] = {}
    if pyproject.is_file() and hasattr(Config, "toml_alembic_config"):
        more["toml_file"] = str(pyproject)
    config = Config(str(ini) if ini.is_file() else None, output_buffer=io.StringIO(), stdout=io.StringIO(), **more)
    config.cmd_opts = Namespace(config=str(ini), name=config.config_ini_section, x=None, raiseerr=False, tag=None)
    # As text with doubled percent signs, because an ini's values are interpolated.
    config.set_main_option("script_location", str(origin.script_location).replace("%", "%%"))
    if origin.url is not None:
        config.set_main_option("sqlalchemy.url", origin.url.reveal().replace("%", "%%"))
    return config


def _run(origin: Origin, *, offline: bool) -> Environment:
    config = config_of(origin)
    with kept(origin.config.parent, origin.paths, writable=not offline) as found, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        script = ScriptDirectory(str(origin.script_location))
        environment = _Recording(config, script, as_sql=offline, fn=_nothing, destination_rev=None)
        with current_environment(environment), nullcontext() if offline else no_connections():
            load_python_file(str(origin.script_location), "env.py")
    folders = tuple(str(folder) for folder in script.version_locations or ())
    return Environment(config, tuple(environment.calls), tuple(found), folders)


def _nothing(*_arguments: Any) -> list[Any]:
    return []


class _Recording(EnvironmentContext):
    """Alembic's environment that runs nothing and remembers what it is told."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.calls: list[Recorded] = []

    def configure(  # type: ignore[override]
        self, connection: Any = None, url: Any = None, dialect_name: str | None = None, **more: Any
    ) -> None:
        """Remember the options, and be ready for what env.py asks next."""
        where = sa.make_url(url) if url is not None else None
        if isinstance(connection, StandIn):
            where, dialect_name = connection.engine.url, connection.dialect.name
        elif connection is not None:
            raise ConfigurationError(
                f"env.py configures a connection of another kind ({type(connection).__name__})",
                hint="let it make its engine by create_engine, engine_from_config or their async twins",
            )
        dialect = dialect_name or (where.get_backend_name() if where else "")
        options = {k: v for k, v in more.items() if k not in _NOT_OURS}
        if "on_version_apply" in options:
            options["on_version_apply"] = to_tuple(options["on_version_apply"], default=())
        self.calls.append(Recorded(options, {}, where, dialect_of(dialect)))
        harmless = {k: v for k, v in more.items() if k not in {"output_buffer", "as_sql"}}
        super().configure(dialect_name=dialect or "sqlite", output_buffer=io.StringIO(), as_sql=True, **harmless)

    def run_migrations(self, **arguments: Any) -> None:
        """Run nothing; remember what the revisions would have been given."""
        if self.calls:
            self.calls[-1] = replace(self.calls[-1], run_arguments=arguments)

    def begin_transaction(self) -> AbstractContextManager[Any]:
        """No transaction is needed."""
        return nullcontext()

    def execute(self, sql: Any, execution_options: Any = None) -> None:
        """Nobody to send it to."""


def _sentence(error: BaseException) -> str:
    if isinstance(error, BothwaysError):
        return error.message
    lines = str(error).strip().splitlines()
    return drop_secrets(f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__)
