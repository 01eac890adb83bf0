"""What alembic.ini, .env and the environment say about a project's databases."""

from __future__ import annotations

import configparser
import os
from typing import TYPE_CHECKING

from bothways.databases import Branch, Database, url_variable
from bothways.errors import ConfigurationError, InvalidURL
from bothways.urls import DatabaseURL

if TYPE_CHECKING:
    from pathlib import Path

BROWSING_SECTION = "alembic"
"""The section that shows every branch and can apply none."""

_SEPARATORS = {"newline": "\n", "space": " ", "os": os.pathsep, ":": ":", ";": ";"}
_DIALECTS = ("postgresql", "mysql", "sqlite")


def read_ini(path: Path) -> configparser.ConfigParser:
    """The ini file. Raises ConfigurationError, which names the line and never repeats it."""
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
