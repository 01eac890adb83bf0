"""What every test stands on: real servers, empty databases, and Hypothesis' profiles.

A server is the one that BOTHWAYS_TEST_POSTGRESQL_URL or BOTHWAYS_TEST_MYSQL_URL names, else a private one, started
when a test first needs it; under pytest-xdist the controller starts them and its workers share them. Without a server
its tests are skipped and the end of the run says so; with CI=true that is a failure.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

import hypothesis
import pytest

from bothways import servers as private_servers
from bothways.errors import ServerBinariesMissing, Unreachable
from bothways.urls import DatabaseURL

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["pytester"]

ENGINES = ("sqlite", "postgresql", "mysql")
NOT_TESTED = "NOT TESTED on "
IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}

hypothesis.settings.register_profile("ci", max_examples=25, deadline=None, derandomize=True, database=None)
hypothesis.settings.register_profile("dev", max_examples=50, deadline=None)
hypothesis.settings.register_profile("long", max_examples=5_000, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if IN_CI else "dev"))


class Servers(Mapping[str, DatabaseURL]):
    """The administrator's URL of each engine's server; one that is not there yet is started.

    Asking for one that cannot be had skips the test.
    """

    def __init__(self) -> None:
        self._urls: dict[str, DatabaseURL] = {}
        self._missing: dict[str, str] = {}
        self._started: list[private_servers.PrivateServer] = []

    def __getitem__(self, engine: str) -> DatabaseURL:
        if engine not in self._urls and engine not in self._missing:
            try:
                self._urls[engine] = self._find(engine)
            except ServerBinariesMissing as missing:
                self._missing[engine] = f"{missing.message}; {missing.hint}"
        if engine in self._missing:
            pytest.skip(f"{NOT_TESTED}{engine}: {self._missing[engine]}")
        return self._urls[engine]

    def __iter__(self) -> Iterator[str]:
        return iter(ENGINES)

    def __len__(self) -> int:
        return len(ENGINES)

    def use_sqlite_in(self, folder: Path) -> None:
        """Say where SQLite's files are."""
        self._urls["sqlite"] = DatabaseURL.parse(f"sqlite:///{folder / 'server.db'}")

    def share(self) -> None:
        """Start them all at once and tell our children where they are."""
        with ThreadPoolExecutor() as pool:
            list(pool.map(self._share_one, private_servers.DIALECTS))

    def stop(self) -> None:
        """End those that we started."""
        while self._started:
            self._started.pop().stop()

    def _share_one(self, engine: str) -> None:
        # A worker that finds no URL looks for itself, and says in its report what is missing.
        with suppress(ServerBinariesMissing):
            os.environ[_variable(engine)] = self._find(engine).reveal()

    def _find(self, engine: str) -> DatabaseURL:
        text = os.environ.get(_variable(engine))
        if text:
            return DatabaseURL.parse(text)
        server = private_servers.start(engine)
        self._started.append(server)
        return server.url


def _variable(engine: str) -> str:
    return f"BOTHWAYS_TEST_{engine.upper()}_URL"


_SERVERS = Servers()


class MissingServers:
    """Collects the engines that could not be tested, and says so once, loudly, at the end."""

    def __init__(self) -> None:
        self.reasons: dict[str, int] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test that was skipped because its server is missing."""
        if report.skipped and isinstance(report.longrepr, tuple) and NOT_TESTED in report.longrepr[2]:
            reason = report.longrepr[2].removeprefix("Skipped: ")
            self.reasons[reason] = self.reasons.get(reason, 0) + 1

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """In CI a missing server fails the run."""
        if self.reasons and IN_CI and not hasattr(session.config, "workerinput"):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name each missing server with the command that installs it."""
        for reason, count in self.reasons.items():
            kind = "ERROR: " if IN_CI else ""
            terminalreporter.write_sep("!", f"{kind}{count} tests {reason}", red=True, bold=True)


def pytest_configure(config: pytest.Config) -> None:
    _hear_signals()
    config.pluginmanager.register(MissingServers())
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        try:
            _SERVERS.share()
        except Unreachable as error:
            raise pytest.UsageError(error.message) from error


def _hear_signals() -> None:
    # A shell starts what runs in the background with these ignored, and children inherit that; tests send them.
    for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGQUIT, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, usual)


def pytest_unconfigure(config: pytest.Config) -> None:
    _SERVERS.stop()


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, DatabaseURL]:
    """The administrator's URLs of "postgresql" and "mysql"; "sqlite" is a file in a temporary folder."""
    _SERVERS.use_sqlite_in(tmp_path_factory.mktemp("sqlite"))
    return _SERVERS


@pytest.fixture(scope="session", params=ENGINES)
def engine_name(request: pytest.FixtureRequest, servers: Mapping[str, DatabaseURL]) -> str:
    """Each engine in turn; skips those whose server is missing."""
    name: str = request.param
    servers[name]
    return name


@pytest.fixture
def empty_database(engine_name: str, servers: Mapping[str, DatabaseURL]) -> Iterator[DatabaseURL]:
    """A fresh empty database of each engine in turn, removed after the test."""
    from bothways import scratch

    with scratch.database(servers[engine_name]) as url:
        yield url
