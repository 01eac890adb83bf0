"""One report to attach to a bug: everything about an installation that helps, and nothing that is secret."""

from __future__ import annotations

import os
import platform
import re
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final

import sqlalchemy as sa

import bothways
from bothways.configuration import read_dotenv
from bothways.connections import call
from bothways.dialects.sessions import Limits
from bothways.doctor import DoctorReport, Finding, Level, examine
from bothways.errors import BothwaysError
from bothways.runs import newest
from bothways.status import DatabaseStatus, read_status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bothways.project import Database, Project

PREFIX: Final = "BOTHWAYS_"
_HARMLESS: Final = re.compile(r"\d{1,9}(\.\d{1,6})?|\d{1,6}/(second|minute|hour|day)", re.A)
_WORDS: Final = frozenset(
    (
        *("true", "false", "on", "off", "yes", "no"),
        *("auto", "json", "text", "console", "otlp"),
        *("debug", "info", "warning", "error"),
        *("localhost", "127.0.0.1", "::1"),
    )
)
"""Values that are shown as they are; of any other the length is told."""
_MOST_COUNTED: Final = 100_000
_LAST_RUNS: Final = 5
_POOL: Final = {"size": "POOL_SIZE", "overflow": "POOL_OVERFLOW"}


@dataclass(frozen=True, slots=True)
class Setting:
    """A variable that is set: where, and as much of its value as may be told."""

    name: str
    shown: str
    source: str


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """A database as it is found. ``tables`` are rows by table, None where there are more than are counted."""

    status: DatabaseStatus
    tables: Mapping[str, int | None]
    runs: tuple[Mapping[str, Any], ...]
    problem: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The facts as JSON-ready data."""
        return {
            **self.status.to_dict(),
            "tables": dict(self.tables),
            "runs": [dict(run) for run in self.runs],
            "problem": self.problem,
        }


@dataclass(frozen=True, slots=True)
class DiagnoseReport:
    """Everything that is known of an installation."""

    kind: ClassVar[str] = "diagnose/1"
    at: str
    machine: Mapping[str, str]
    settings: tuple[Setting, ...]
    pool: Mapping[str, int]
    databases: tuple[DatabaseFacts, ...]
    checks: DoctorReport

    @property
    def exit_code(self) -> int:
        """1 where a check fails."""
        return self.checks.exit_code

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-ready data."""
        return {
            "at": self.at,
            "machine": dict(self.machine),
            "settings": [asdict(s) for s in self.settings],
            "pool": dict(self.pool),
            "databases": [d.to_dict() for d in self.databases],
            "checks": self.checks.to_dict()["findings"],
        }


def diagnose(load: Callable[[], Project]) -> DiagnoseReport:
    """Look at everything; nothing that is wrong raises, it is a check that fails."""
    checks = examine(load)
    try:
        project: Project | None = load()
    except BothwaysError:
        project = None
    settings = settings_of(project)
    databases = facts_of(project) if project is not None else ()
    return DiagnoseReport(
        datetime.now(UTC).isoformat(timespec="seconds"),
        _machine(),
        settings,
        _pool(settings),
        databases,
        DoctorReport((*checks.findings, *_states(databases))),
    )


def settings_of(project: Project | None) -> tuple[Setting, ...]:
    """Every variable of ours that is set, by name; one in the environment hides one in ``.env``."""
    given = {name: (value, "environment") for name, value in os.environ.items()}
    if project is not None:
        given = {name: (value, ".env") for name, value in read_dotenv(project.config.parent / ".env").items()} | given
    names = frozenset(d.name for d in project.databases) if project is not None else frozenset[str]()
    return tuple(
        Setting(name, _shown(name, value, names), source)
        for name, (value, source) in sorted(given.items())
        if name.startswith(PREFIX) and value
    )


def facts_of(project: Project) -> tuple[DatabaseFacts, ...]:
    """What each configured database is like."""
    found = []
    for status in read_status(project).databases:
        database = project.database(status.name)
        if database.url is None:
            continue
        facts = DatabaseFacts(status, {}, ())
        if status.state not in {"unreachable", "invalid"}:
            facts = _looked_at(database, project, facts)
        found.append(facts)
    return tuple(found)


def _shown(name: str, value: str, databases: frozenset[str]) -> str:
    """A value that is surely no secret as it is; of any other that it is there."""
    parts = [part.strip() for part in value.split(",")]
    known = all(_HARMLESS.fullmatch(p) or p.lower() in _WORDS or p in databases for p in parts)
    secret = re.search(r"SECRET|TOKEN|PASSWORD|KEY|URL", name)
    return value if known and not secret else f"set ({len(value)} characters, not shown)"


def _looked_at(database: Database, project: Project, facts: DatabaseFacts) -> DatabaseFacts:
    try:
        tables = call(database.require_url(), lambda c: _rows(c, project.metadata()))
        runs = tuple(_brief(run.to_dict()) for run in newest(database, most=_LAST_RUNS))
    except BothwaysError as error:
        return replace(facts, problem=error.message)
    return replace(facts, tables=tables, runs=runs)


def _rows(connection: sa.Connection, metadata: sa.MetaData) -> dict[str, int | None]:
    there = set(sa.inspect(connection).get_table_names())
    found: dict[str, int | None] = {}
    for table in sorted(metadata.tables.values(), key=lambda t: t.name):
        if table.name in there:
            # A count of everything would take long where it matters most.
            some = sa.select(sa.literal(1)).select_from(table).limit(_MOST_COUNTED + 1).subquery()
            count = connection.scalar(sa.select(sa.func.count()).select_from(some)) or 0
            found[table.name] = count if count <= _MOST_COUNTED else None
    return found


def _brief(run: Mapping[str, Any]) -> dict[str, Any]:
    """A run without its report, whose size has no bounds, and without who asked for it."""
    return {k: v for k, v in run.items() if k in {"id", "kind", "target", "state", "created_at", "ended_at", "message"}}


def _states(databases: tuple[DatabaseFacts, ...]) -> list[Finding]:
    found = []
    for facts in databases:
        subject, status = f"database {facts.status.name}", facts.status
        if status.state == "at-head":
            found.append(Finding(subject, "ok", "is at the revision that this build expects"))
        elif status.state != "unreachable":
            # Whatever cannot be reached is told by the doctor's own look.
            level: Level = "note" if status.state == "behind" else "problem"
            words = f"is {status.state}: {len(status.pending)} pending" if status.pending else f"is {status.state}"
            found.append(Finding(subject, level, words, status.hint))
        found += [
            Finding(subject, "problem", f"run {run['id']} {run['state']}: {run['message'] or ''}", "bothways run list")
            for run in facts.runs[:1]
            if run["state"] in {"failed", "lost"}
        ]
        if facts.problem:
            found.append(Finding(subject, "problem", facts.problem, "bothways doctor"))
    return found


def _machine() -> dict[str, str]:
    return {
        "bothways": bothways.__version__,
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processors": str(os.cpu_count()),
    }


def _pool(settings: tuple[Setting, ...]) -> dict[str, int]:
    """The bounds of each database's pool, as they are set or by default."""
    given = {s.name.removeprefix(PREFIX): s.shown for s in settings}
    usual = Limits()
    return {
        name: int(given[variable]) if given.get(variable, "").isdigit() else getattr(usual, name)
        for name, variable in _POOL.items()
    }
