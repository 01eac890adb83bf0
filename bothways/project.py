"""A project: its databases, its branches and its canonical models, read from alembic.ini."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bothways.configuration import (
    BROWSING_SECTION,
    is_database,
    option,
    read_database,
    read_dotenv,
    read_foreign,
    read_ini,
    read_scratch_urls,
)
from bothways.databases import Branch, Database
from bothways.errors import (
    ConfigurationError,
    ModelsNotImportable,
    UnknownBranch,
    UnknownDatabase,
)
from bothways.errors.saying import without_addresses
from bothways.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Callable

    import sqlalchemy as sa

    from bothways.urls import DatabaseURL

__all__ = ["BROWSING_SECTION", "Branch", "Database", "Project"]


@dataclass(frozen=True)
class Project:
    """Everything that alembic.ini and the environment say; reading it imports neither Alembic nor the models."""

    config: Path
    root: Path
    script_location: Path
    databases: tuple[Database, ...]
    branches: tuple[Branch, ...]
    models: str | None = None
    proofs: str | None = None
    """The module with the project's own rows and invariants."""
    scratch_urls: tuple[DatabaseURL, ...] = ()
    models_found: Callable[[], sa.MetaData | None] | None = None
    """Asks a foreign project's env.py for its models; used where ``models`` names none."""

    @classmethod
    def load(
        cls,
        config: str | os.PathLike[str] = "alembic.ini",
        *,
        environ: dict[str, str] | None = None,
        script_location: Path | None = None,
    ) -> Project:
        """Read a project from its alembic.ini, the environment and the .env beside the ini.

        ``script_location`` is the folder of a foreign project's env.py, where the ini does not say.

        Raises ConfigurationError for a file that is missing or wrong. A wrong URL is kept as its database's
        ``problem``, which names where the URL came from, never the URL.
        """
        path = Path(config).resolve()
        if path.is_dir():
            raise ConfigurationError(
                f"{path} is a folder, and the project's file is wanted",
                hint=f"name it: bothways -c {Path(config) / 'alembic.ini'} …",
            )
        ini = read_ini(path)
        env = {**read_dotenv(path.parent / ".env"), **(os.environ if environ is None else environ)}
        if foreign := read_foreign(path, ini, env, script_location):
            return cls(
                config=path,
                root=path.parent,
                script_location=foreign.script_location,
                databases=(foreign.database,),
                branches=(foreign.database.branch,),
                models=ini.defaults().get("bothways.models"),
                scratch_urls=read_scratch_urls(env, path.parent),
            )
        sections = [s for s in ini.sections() if is_database(ini, s)]
        if not sections:
            raise ConfigurationError(
                f"{path.name} has no section for a database",
                hint="add one: [sqlite] with version_locations = %(here)s/migrations/versions/sqlite "
                "and sqlalchemy.url = sqlite:///data/app.db",
                details={"config": str(path)},
            )
        databases = tuple(read_database(ini, section, path.parent, env) for section in sections)
        branches = {d.branch.name: d.branch for d in databases}
        return cls(
            config=path,
            root=path.parent,
            script_location=path.parent / option(ini, sections[0], "script_location", "migrations"),
            databases=databases,
            branches=tuple(branches.values()),
            models=ini.defaults().get("bothways.models"),
            proofs=ini.defaults().get("bothways.proofs"),
            scratch_urls=read_scratch_urls(env, path.parent),
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

    @property
    def foreign(self) -> bool:
        """Whether it has an env.py of its own, so that its options are found by running that."""
        return any(d.branch.origin is not None for d in self.databases)

    def metadata(self) -> sa.MetaData:
        """The canonical models' MetaData (or that of an object with ``metadata``), imported from ``models``.

        Raises ModelsNotImportable.
        """
        if self.models is None and self.models_found is not None:
            theirs = self.models_found()
            if theirs is not None:
                return theirs
        if self.models is None:
            raise ModelsNotImportable(
                f"{self.config.name} does not say where the models are",
                hint="add bothways.models = schema:metadata to its [DEFAULT] section",
            )
        module_name, _, attribute = self.models.partition(":")
        origin = self.databases[0].branch.origin if self.databases else None
        sys.path[:0] = [p for p in (str(self.root), *(origin.paths if origin else ())) if p not in sys.path]
        try:
            found: Any = importlib.import_module(module_name)
            for part in (attribute or "metadata").split("."):
                found = getattr(found, part)
        except (Exception, SystemExit) as error:  # a file that ends Python must not end the command, with its own code
            raise ModelsNotImportable(
                f"the models at {self.models!r} cannot be imported: {_told(error, self.root)}",
                hint=f'run: python -c "import {module_name}"',
            ) from error
        return self._metadata_of(found)

    def _metadata_of(self, found: object) -> sa.MetaData:
        from sqlalchemy import MetaData

        metadata = getattr(found, "metadata", found)
        if not isinstance(metadata, MetaData):
            raise ModelsNotImportable(
                f"{self.models!r} is a {type(metadata).__name__}, not a MetaData and nothing that has one",
                hint="name the MetaData itself or the declarative base, for example app.models:Base",
            )
        return metadata


def _told(error: BaseException, root: Path) -> str:
    """What an exception says, with the file and the line of the project's own code that raised it."""
    said = without_addresses(str(error).strip().partition("\n")[0].partition(" (Background on this")[0])
    if isinstance(error, SyntaxError):
        path, line, said = error.filename, error.lineno, error.msg
    else:
        frames = [f for f in traceback.extract_tb(error.__traceback__) if "site-packages" not in f.filename]
        ours = [f for f in frames if Path(f.filename).is_relative_to(root)]
        path, line = (ours[-1].filename, ours[-1].lineno) if ours else (None, None)
    text = f"{type(error).__name__}: {said}" if said else type(error).__name__
    if path is None:
        return text
    shown = Path(path).relative_to(root) if Path(path).is_relative_to(root) else path
    return f"{shown}:{line}: {text}"
