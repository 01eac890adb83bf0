"""What alembic.ini, .env and the environment say about a project's databases."""

from __future__ import annotations

import configparser
import importlib.machinery
import importlib.util
import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bothways.databases import Branch, Database, Origin, url_variable
from bothways.errors import ConfigurationError, InvalidURL
from bothways.urls import DatabaseURL

BROWSING_SECTION = "alembic"
"""The section that shows every branch and can apply none."""

_SEPARATORS = {"newline": "\n", "space": " ", "os": os.pathsep, ":": ":", ";": ";"}
_OURS = re.compile(r"^\s*(?:from|import)\s+bothways\b", re.M)
_DIALECTS = ("postgresql", "mysql", "sqlite")


def read_ini(path: Path) -> configparser.ConfigParser:
    """The ini file. Raises ConfigurationError, which names the line and never repeats it."""
    if not path.is_file():
        raise ConfigurationError(
            f"no {path.name} in {path.parent}",
            hint="run from the project's folder, or name it with --config path/to/alembic.ini",
        )
    ini = configparser.ConfigParser({"here": str(path.parent)})
    if path.suffix == ".toml":
        return ini
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


def read_dotenv(path: Path) -> dict[str, str]:
    """The variables of a .env file; none where there is no file."""
    if not path.is_file():
        return {}
    from dotenv import dotenv_values

    return {k: v for k, v in dotenv_values(path).items() if v is not None}


def _own_options(ini: configparser.ConfigParser, section: str) -> set[str]:
    """The options that a section sets itself, without those of [DEFAULT]."""
    return {
        o for o in ini.options(section) if o not in ini.defaults() or ini.get(section, o, raw=True) != ini.defaults()[o]
    }


def is_database(ini: configparser.ConfigParser, section: str) -> bool:
    """Whether a section is a database's, and not one for logging or for browsing."""
    own = _own_options(ini, section)
    if section == BROWSING_SECTION:
        return "sqlalchemy.url" in own
    return bool(own & {"version_locations", "sqlalchemy.url"})


def option(ini: configparser.ConfigParser, section: str, name: str, default: str = "") -> str:
    """An option of a section, with its references filled in. Raises ConfigurationError for a lone %."""
    try:
        return ini.get(section, name, fallback=default)
    except configparser.InterpolationError:
        raise ConfigurationError(
            f"[{section}] {name} has a % that stands alone",
            hint="in an ini file write each % as %%, or set the URL in the environment, where it stays as it is",
        ) from None


def _locations(ini: configparser.ConfigParser, section: str, root: Path) -> list[Path]:
    text = option(ini, section, "version_locations")
    separator = _SEPARATORS.get(option(ini, section, "path_separator", "os"), os.pathsep)
    return [(root / part.strip()).resolve() for part in text.split(separator) if part.strip()]


def read_database(ini: configparser.ConfigParser, section: str, root: Path, env: dict[str, str]) -> Database:
    """The database of a section. Raises ConfigurationError; a wrong URL becomes the database\'s ``problem``."""
    locations = _locations(ini, section, root)
    script_location = root / option(ini, section, "script_location", "migrations")
    if len(locations) > 1:
        raise ConfigurationError(
            f"[{section}] has {len(locations)} version_locations: a database follows one branch",
            hint=f"keep one folder, for example version_locations = %(here)s/migrations/versions/{section}",
        )
    folder = locations[0] if locations else (script_location / "versions").resolve()
    text, source = _url_text(ini, section, env)
    url, problem = _url(text, source, root)
    dialect = option(ini, section, "bothways.dialect") or (url.dialect if url else _dialect_of(section, folder.name))
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
        version_table=option(ini, section, "version_table", "alembic_version"),
    )


@dataclass(frozen=True, slots=True)
class Foreign:
    """What the files of a project that never heard of Bothways say by themselves; its env.py says the rest."""

    script_location: Path
    database: Database


def read_foreign(
    path: Path, ini: configparser.ConfigParser, env: dict[str, str], folder: Path | None = None
) -> Foreign | None:
    """The one database of a project that has an env.py of its own; None for a project of Bothways.

    Raises ConfigurationError where Alembic's own settings cannot be followed. Its dialect is empty until it is known.
    """
    settings = _Settings.of(path, ini)
    text = settings.text("script_location")
    if not text and folder is None:
        return None
    root = path.parent
    script_location = folder or _place(text, root)
    environment = script_location / "env.py"
    if not environment.is_file() or _OURS.search(environment.read_text(encoding="utf-8", errors="replace")):
        return None
    if settings.flag("sourceless"):
        raise ConfigurationError(
            f"{path.name} sets sourceless: a compiled revision can't be read or shown",
            hint="give the project with its .py files and sourceless = false",
        )
    folders = tuple(_place(t, root) for t in settings.paths("version_locations")) or (script_location / "versions",)
    paths = tuple(str((root / t).resolve()) for t in settings.paths("prepend_sys_path"))
    origin = Origin(path, script_location, paths=paths)
    url_text, source = _url_text(ini, BROWSING_SECTION, env) if ini.has_section(BROWSING_SECTION) else ("", "")
    url, problem = _url(url_text, source, root)
    name = BROWSING_SECTION
    branch = Branch(
        name, folders[0], url.dialect if url else "", folders, settings.flag("recursive_version_locations"), origin
    )
    return Foreign(script_location, Database(name, branch, url, source if url else None, problem))


@dataclass(frozen=True, slots=True)
class _Settings:
    """Alembic's options, from the ini's [alembic] section or else from [tool.alembic] of pyproject.toml."""

    ini: configparser.ConfigParser
    toml: dict[str, Any]

    @classmethod
    def of(cls, path: Path, ini: configparser.ConfigParser) -> _Settings:
        toml = path if path.suffix == ".toml" else path.parent / "pyproject.toml"
        try:
            tables = tomllib.loads(toml.read_text(encoding="utf-8")) if toml.is_file() else {}
        except tomllib.TOMLDecodeError as error:
            raise ConfigurationError(f"{toml.name} cannot be read: {error}", hint="mend that line") from None
        return cls(ini, tables.get("tool", {}).get("alembic", {}))

    def _here(self, value: object) -> str:
        here = self.ini.defaults().get("here", "")
        return str(value).replace("%(here)s", here).replace("%%", "%")

    def text(self, name: str) -> str:
        section = self.ini.has_section(BROWSING_SECTION)
        found = option(self.ini, BROWSING_SECTION, name) if section else ""
        return found or self._here(self.toml.get(name, ""))

    def flag(self, name: str) -> bool:
        return self.text(name).strip().lower() in {"true", "yes", "on", "y", "t", "1"}

    def paths(self, name: str) -> list[str]:
        listed = self.toml.get(name)
        if isinstance(listed, list) and not (
            self.ini.has_section(BROWSING_SECTION) and self.ini.has_option(BROWSING_SECTION, name)
        ):
            return [self._here(t) for t in listed]
        older = "version_path_separator" if name == "version_locations" else "path_separator"
        separator = _SEPARATORS.get(self.text("path_separator") or self.text(older))
        if separator:
            parts = self.text(name).split(separator)
        else:
            parts = re.split(r"[, :]+" if name == "prepend_sys_path" else r"[, ]+", self.text(name))
        return [t.strip() for t in parts if t.strip()]


def _place(text: str, root: Path) -> Path:
    """A folder as Alembic names it: a path, or ``package:folder``, where more colons part folders."""
    package, colon, rest = text.partition(":")
    if not colon or Path(text).is_absolute() or not package.isidentifier():
        return (root / text).resolve()
    spec = importlib.util.find_spec(package) or importlib.machinery.PathFinder.find_spec(package, [str(root)])
    if spec is None or not spec.submodule_search_locations:
        raise ConfigurationError(
            f"the package {package!r} of script_location {text!r} is not installed here",
            hint="run bothways in the environment of that project",
        )
    return (Path(next(iter(spec.submodule_search_locations))) / rest.replace(":", "/")).resolve()


def _url_text(ini: configparser.ConfigParser, section: str, env: dict[str, str]) -> tuple[str, str]:
    variable = url_variable(section)
    text = env.get(variable, "").strip()
    return (text, variable) if text else (option(ini, section, "sqlalchemy.url").strip(), f"[{section}] sqlalchemy.url")


def _url(text: str, source: str, root: Path) -> tuple[DatabaseURL | None, InvalidURL | None]:
    if not text:
        return None, None
    try:
        return DatabaseURL.parse(text, root=root), None
    except InvalidURL as error:
        return None, InvalidURL(f"{source}: {error.message}", hint=error.hint, details={"source": source})


def read_scratch_urls(env: dict[str, str], root: Path) -> tuple[DatabaseURL, ...]:
    """The servers for scratch databases that the environment names. Raises InvalidURL."""
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
