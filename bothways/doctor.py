"""What is there, what is missing, and how to get it: versions, files, URLs, servers, privileges, leftovers."""

from __future__ import annotations

import platform
import re
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from bothways import scratch
from bothways.connections import call
from bothways.dialects import dialect_for
from bothways.errors import BothwaysError, DatabaseMissing, HistoryError
from bothways.history import History
from bothways.reports import EXIT_FINDINGS, EXIT_OK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import sqlalchemy as sa

    from bothways.project import Database, Project

Level = Literal["ok", "note", "problem"]
_PACKAGES = ("bothways", "alembic", "sqlalchemy", "asyncpg", "pymysql", "fastapi", "uvicorn")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the doctor looked at; ``remedy`` is what to type."""

    subject: str
    level: Level
    text: str
    remedy: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The finding as JSON-ready data."""
        return {"subject": self.subject, "level": self.level, "text": self.text, "remedy": self.remedy}


@dataclass(frozen=True, slots=True)
class DoctorReport:
    """Everything that the doctor looked at."""

    kind: ClassVar[str] = "doctor/1"
    findings: tuple[Finding, ...]

    @property
    def exit_code(self) -> int:
        """1 where there is a problem."""
        return EXIT_FINDINGS if any(f.level == "problem" for f in self.findings) else EXIT_OK

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-ready data."""
        return {"findings": [f.to_dict() for f in self.findings]}


def examine(load: Callable[[], Project]) -> DoctorReport:
    """Look at everything; nothing that is wrong raises, it becomes a finding."""
    findings = [*_versions(), *_server_binaries()]
    try:
        project = load()
    except BothwaysError as error:
        return DoctorReport((*findings, Finding("alembic.ini", "problem", error.message, error.hint)))
    findings.append(Finding("alembic.ini", "ok", str(project.config)))
    findings += _models(project)
    for database in project.databases:
        findings += _database(database)
    return DoctorReport(tuple(findings))


def _versions() -> Iterator[Finding]:
    yield Finding("python", "ok", platform.python_version())
    for package in _PACKAGES:
        try:
            yield Finding(package, "ok", metadata.version(package))
        except metadata.PackageNotFoundError:
            yield Finding(package, "note", "not installed", f"pip install {package}")


def _server_binaries() -> Iterator[Finding]:
    from bothways import servers

    for name in ("postgresql", "mysql"):
        found = servers.binaries(name)
        subject = f"private {name} server"
        if found is None:
            yield Finding(subject, "note", "no binaries on this machine (tests and scratch servers need them)",
                          "script/bootstrap --servers")  # fmt: skip
        else:
            yield Finding(subject, "ok", f"{found.version} in {found.server.parent}")


def _models(project: Project) -> Iterator[Finding]:
    try:
        tables = len(project.metadata().tables)
    except BothwaysError as error:
        yield Finding("models", "problem", error.message, error.hint)
    else:
        yield Finding("models", "ok", f"{tables} tables at {project.models}")
    for branch in project.branches:
        try:
            history = History.load(branch)
            head = history.head
        except HistoryError as error:
            yield Finding(f"branch {branch.name}", "problem", error.message, error.hint)
        else:
            text = f"{len(history.revisions)} revisions, head {head.id}" if head else "no revisions yet"
            yield Finding(f"branch {branch.name}", "ok", text)


def _database(database: Database) -> Iterator[Finding]:
    subject = f"database {database.name}"
    try:
        url = database.require_url()
    except BothwaysError as error:
        level: Level = "note" if error.code == "database-not-configured" else "problem"
        yield Finding(subject, level, error.message, error.hint)
        return
    yield Finding(subject, "ok", f"URL from {database.url_source}: {url}")
    dialect = dialect_for(url.dialect)

    def look(connection: sa.Connection) -> list[Finding]:
        found = [_server(subject, dialect.server_version(connection), dialect.oldest)]
        for privilege in dialect.privileges(connection):
            if privilege.granted:
                found.append(Finding(subject, "ok", f"may {privilege.name}"))
            else:
                found.append(Finding(subject, "problem", f"may not {privilege.name}", privilege.remedy))
        return found

    try:
        yield from call(url, look)
        yield from _leftovers(database)
    except DatabaseMissing as error:
        level = "note" if dialect.capabilities.file_based else "problem"
        yield Finding(subject, level, error.message, error.hint)
    except BothwaysError as error:
        hint = None if error.hint == "bothways doctor" else error.hint
        yield Finding(subject, "problem", error.message, hint)


def _server(subject: str, version: str, oldest: Mapping[str, tuple[int, ...]]) -> Finding:
    kind, _, number = version.partition(" ")
    found = tuple(int(part) for part in re.findall(r"\d+", number))
    wanted = oldest.get(kind, ())
    if found < wanted:
        needed = ".".join(map(str, wanted))
        return Finding(
            subject, "problem", f"reached: {version}, too old", f"upgrade the server to {kind} {needed} or newer"
        )
    return Finding(subject, "ok", f"reached: {version}")


def _leftovers(database: Database) -> Iterator[Finding]:
    for left in scratch.list_all(database.require_url()):
        if left.orphan or left.kept:
            why = "kept by bothways verify --keep" if left.kept else "of a killed process"
            yield Finding(
                f"database {database.name}", "note", f"scratch database {left.name} {why}", "bothways doctor --clean"
            )


def remove_leftovers(project: Project) -> tuple[str, ...]:
    """Drop what killed processes and ``verify --keep`` left of scratch databases on the servers; their names."""
    return tuple(
        name
        for database in project.databases
        if database.url is not None
        for name in scratch.remove_orphans(database.url, kept=True)
    )
