"""A database of a project, and the branch of revisions that it follows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from bothways.errors import DatabaseNotConfigured, InvalidURL

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bothways.urls import DatabaseURL


@dataclass(frozen=True, slots=True)
class Origin:
    """A project that has its own env.py: what to ask again in each process, since its answers are code.

    ``call`` is which of env.py's ``configure`` calls is meant, ``url`` what its ``sqlalchemy.url`` is to be (None: its
    own), ``paths`` what its code is imported from beside ``sys.path``.
    """

    config: Path
    script_location: Path
    call: int = 0
    url: DatabaseURL | None = None
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Branch:
    """An Alembic branch: the revisions for one dialect, in one folder (or, in a foreign project, several)."""

    name: str
    path: Path
    dialect: str
    locations: tuple[Path, ...] = ()
    """Every folder of its revisions; the first one is ``path``."""
    recursive: bool = False
    """Whether the folders below them are read too."""
    origin: Origin | None = None

    def __post_init__(self) -> None:
        if not self.locations:
            object.__setattr__(self, "locations", (self.path,))


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
    version_table_schema: str | None = None
    run_arguments: Mapping[str, Any] = field(default_factory=dict, hash=False)
    scratch: bool = False
    """Whether a throw-away database stands for it, so that nothing of anybody's is touched."""

    def on_scratch(self, url: DatabaseURL) -> Database:
        """The same with a scratch database at that address."""
        return replace(self, url=url, problem=None, scratch=True)

    @property
    def dialect(self) -> str:
        """The dialect's name: ``postgresql``, ``mysql`` or ``sqlite``."""
        return self.branch.dialect

    @property
    def version_relation(self) -> str:
        """The version table as keys of a snapshot name it."""
        return f"{self.version_table_schema}.{self.version_table}" if self.version_table_schema else self.version_table

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
