"""A project: its databases, its branches and its canonical models, read from alembic.ini."""

from __future__ import annotations

import configparser
import importlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bothways.errors import (
    ConfigurationError,
    DatabaseNotConfigured,
    InvalidURL,
    ModelsNotImportable,
    UnknownBranch,
    UnknownDatabase,
    nearest,
)
from bothways.urls import DatabaseURL

if TYPE_CHECKING:
    import sqlalchemy as sa

BROWSING_SECTION = "alembic"
_SEPARATORS = {"newline": "\n", "space": " ", "os": os.pathsep, ":": ":", ";": ";"}
_DIALECTS = ("postgresql", "mysql", "sqlite")


@dataclass(frozen=True, slots=True)
class Branch:
    """An Alembic branch: one folder of revisions for one dialect."""

    name: str
    path: Path
    dialect: str


@dataclass(frozen=True, slots=True)
class Database:
    """A section of alembic.ini. ``url`` is None where none is configured; ``url_source`` says where it came from.

    ``problem`` is what is wrong with the URL, kept here so that one wrong URL does not hide the other databases.
    """

    name: str
    branch: Branch
    url: DatabaseURL | None = None
    url_source: str | None = None
    problem: InvalidURL | None = None
    version_table: str = "alembic_version"

    @property
    def dialect(self) -> str:
        """The dialect's name: ``postgresql``, ``mysql`` or ``sqlite``."""
        return self.branch.dialect

    @property
    def variable(self) -> str:
        """The environment variable that sets its URL."""
        return url_variable(self.name)

    def require_url(self) -> DatabaseURL:
        """Its URL; raises DatabaseNotConfigured where there is none, InvalidURL where it is wrong."""
        if self.problem is not None:
            raise self.problem
        if self.url is None:
            raise DatabaseNotConfigured(
                f"database {self.name!r} has no URL",
                hint=f"set {self.variable} in the environment or in .env, for example {_EXAMPLES[self.dialect]}",
                details={"database": self.name, "variable": self.variable},
            )
        return self.url


_EXAMPLES = {
    "postgresql": "postgresql://USER:PASSWORD@localhost:5432/DATABASE",
    "mysql": "mysql://USER:PASSWORD@localhost:3306/DATABASE",
    "sqlite": "sqlite:///data/bothways.db",
}


def url_variable(name: str) -> str:
    """The environment variable for a section: ``BOTHWAYS_<SECTION>_URL``."""
    return f"BOTHWAYS_{''.join(c if c.isalnum() else '_' for c in name).upper()}_URL"


@dataclass(frozen=True)
class Project:
    """Everything that alembic.ini and the environment say; reading it imports neither Alembic nor the models."""

    config: Path
    root: Path
    script_location: Path
    databases: tuple[Database, ...]
    branches: tuple[Branch, ...]
    models: str | None = None
    scratch_urls: tuple[DatabaseURL, ...] = ()

    @classmethod
    def load(cls, config: str | os.PathLike[str] = "alembic.ini", *, environ: dict[str, str] | None = None) -> Project:
        """Read a project from its alembic.ini, the environment and the .env beside the ini.

        Raises ConfigurationError for a file that is missing or wrong. A wrong URL is kept as its database's
        ``problem``, which names where the URL came from, never the URL.
        """
        path = Path(config).resolve()
        ini = _read_ini(path)
        env = {**_read_dotenv(path.parent / ".env"), **(os.environ if environ is None else environ)}
        sections = [s for s in ini.sections() if _is_database(ini, s)]
        if not sections:
            raise ConfigurationError(
                f"{path.name} has no section for a database",
                hint="add one: [sqlite] with version_locations = %(here)s/migrations/versions/sqlite "
                "and sqlalchemy.url = sqlite:///data/app.db",
                details={"config": str(path)},
            )
        databases = tuple(_database(ini, section, path.parent, env) for section in sections)
        branches = {d.branch.name: d.branch for d in databases}
        return cls(
            config=path,
            root=path.parent,
            script_location=path.parent / _option(ini, sections[0], "script_location", "migrations"),
            databases=databases,
            branches=tuple(branches.values()),
            models=ini.defaults().get("bothways.models"),
            scratch_urls=_scratch_urls(env, path.parent),
        )

    def database(self, name: str) -> Database:
        """The database of that name; raises UnknownDatabase with the nearest names."""
        for database in self.databases:
            if database.name == name:
                return database
        raise UnknownDatabase(
            f"no database {name!r} in {self.config.name}", hint=nearest(name, [d.name for d in self.databases])
        )

    def branch(self, name: str) -> Branch:
        """The branch of that name; raises UnknownBranch with the nearest names."""
        for branch in self.branches:
            if branch.name == name:
                return branch
        raise UnknownBranch(
            f"no branch {name!r} under {self.script_location.name}/versions",
            hint=nearest(name, [b.name for b in self.branches]),
        )

    def select(self, names: tuple[str, ...] | list[str] | None = None) -> tuple[Database, ...]:
        """The databases of those names, all of them where none is named."""
        return tuple(self.database(n) for n in names) if names else self.databases

    def scratch_url(self, dialect: str) -> DatabaseURL | None:
        """The server for scratch databases of an engine (BOTHWAYS_SCRATCH_<ENGINE>_URL); None: the database's own."""
        return next((u for u in self.scratch_urls if u.dialect == dialect), None)

    def metadata(self) -> sa.MetaData:
        """The canonical models' MetaData (or its stand-in, an object with ``metadata``), imported from ``models``.

        Raises ModelsNotImportable.
        """
        if self.models is None:
            raise ModelsNotImportable(
                f"{self.config.name} does not say where the models are",
                hint="add bothways.models = schema:metadata to its [DEFAULT] section",
            )
        module_name, _, attribute = self.models.partition(":")
        if str(self.root) not in sys.path:
            sys.path.insert(0, str(self.root))
        try:
            found: Any = importlib.import_module(module_name)
            for part in (attribute or "metadata").split("."):
                found = getattr(found, part)
        except Exception as error:
            raise ModelsNotImportable(
                f"the models at {self.models!r} cannot be imported: {type(error).__name__}: {error}",
                hint=f'run: python -c "import {module_name}"',
            ) from error
        metadata: sa.MetaData = getattr(found, "metadata", found)
        return metadata


def _read_ini(path: Path) -> configparser.ConfigParser:
    if not path.is_file():
        raise ConfigurationError(
            f"no {path.name} in {path.parent}",
            hint="run from the project's folder, or name it with --config path/to/alembic.ini",
        )
    ini = configparser.ConfigParser({"here": str(path.parent)})
    try:
        ini.read_string(path.read_text(encoding="utf-8"), source=path.name)
    except (configparser.Error, UnicodeDecodeError) as error:
        # The parser's text repeats the line that it could not read, which may hold a URL: say the place only.
        line = getattr(error, "lineno", None) or next((e[0] for e in getattr(error, "errors", ())), None)
        where = f"{path.name}:{line}" if line else path.name
        raise ConfigurationError(
            f"{where} is not a valid ini file ({type(error).__name__})", hint="mend that line"
        ) from None
    return ini


def _read_dotenv(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    from dotenv import dotenv_values

    return {k: v for k, v in dotenv_values(path).items() if v is not None}


def _own_options(ini: configparser.ConfigParser, section: str) -> set[str]:
    """The options that a section sets itself, without those of [DEFAULT]."""
    return {
        o for o in ini.options(section) if o not in ini.defaults() or ini.get(section, o, raw=True) != ini.defaults()[o]
    }


def _is_database(ini: configparser.ConfigParser, section: str) -> bool:
    own = _own_options(ini, section)
    if section == BROWSING_SECTION:
        return "sqlalchemy.url" in own
    return bool(own & {"version_locations", "sqlalchemy.url"})


def _option(ini: configparser.ConfigParser, section: str, name: str, default: str = "") -> str:
    try:
        return ini.get(section, name, fallback=default)
    except configparser.InterpolationError:
        raise ConfigurationError(
            f"[{section}] {name} has a % that stands alone",
            hint="in an ini file write each % as %%, or set the URL in the environment, where it stays as it is",
        ) from None


def _locations(ini: configparser.ConfigParser, section: str, root: Path) -> list[Path]:
    text = _option(ini, section, "version_locations")
    separator = _SEPARATORS.get(_option(ini, section, "path_separator", "os"), os.pathsep)
    return [(root / part.strip()).resolve() for part in text.split(separator) if part.strip()]


def _database(ini: configparser.ConfigParser, section: str, root: Path, env: dict[str, str]) -> Database:
    locations = _locations(ini, section, root)
    script_location = root / _option(ini, section, "script_location", "migrations")
    if len(locations) > 1:
        raise ConfigurationError(
            f"[{section}] has {len(locations)} version_locations: a database follows one branch",
            hint=f"keep one folder, for example version_locations = %(here)s/migrations/versions/{section}",
        )
    folder = locations[0] if locations else (script_location / "versions").resolve()
    text, source = _url_text(ini, section, env)
    url, problem = _url(text, source, root)
    dialect = _option(ini, section, "bothways.dialect") or (url.dialect if url else _dialect_of(section, folder.name))
    wanted = folder.name if folder.name in _DIALECTS else dialect
    if url is not None and url.dialect != wanted:
        problem = InvalidURL(
            f"the URL of [{section}] (from {source}) is of {url.dialect}, its branch {folder.name!r} is for {wanted}",
            hint=f"give it a {wanted} URL, or let the section follow another branch by its version_locations",
        )
    return Database(
        name=section,
        branch=Branch(folder.name, folder, wanted),
        url=None if problem else url,
        url_source=source if text else None,
        problem=problem,
        version_table=_option(ini, section, "version_table", "alembic_version"),
    )


def _url_text(ini: configparser.ConfigParser, section: str, env: dict[str, str]) -> tuple[str, str]:
    variable = url_variable(section)
    text = env.get(variable, "").strip()
    return (
        (text, variable) if text else (_option(ini, section, "sqlalchemy.url").strip(), f"[{section}] sqlalchemy.url")
    )


def _url(text: str, source: str, root: Path) -> tuple[DatabaseURL | None, InvalidURL | None]:
    if not text:
        return None, None
    try:
        return DatabaseURL.parse(text, root=root), None
    except InvalidURL as error:
        return None, InvalidURL(f"{source}: {error.message}", hint=error.hint, details={"source": source})


def _scratch_urls(env: dict[str, str], root: Path) -> tuple[DatabaseURL, ...]:
    urls: list[DatabaseURL] = []
    for dialect in _DIALECTS:
        variable = f"BOTHWAYS_SCRATCH_{dialect.upper()}_URL"
        url, problem = _url(env.get(variable, "").strip(), variable, root)
        if problem is not None:
            raise problem
        if url is not None and url.dialect != dialect:
            raise InvalidURL(f"{variable} is a URL of {url.dialect}", hint=f"give it a {dialect} URL")
        if url is not None:
            urls.append(url)
    return tuple(urls)


def _dialect_of(section: str, folder: str) -> str:
    for name in (folder, section):
        if name in _DIALECTS:
            return name
    raise ConfigurationError(
        f"[{section}] has neither a URL nor the name of an engine, so its dialect is not known",
        hint=f"set {url_variable(section)}, or bothways.dialect = postgresql | mysql | sqlite in the section",
    )
