"""The round trip inside a user's own tests: one test a revision and database, and databases at head for other tests.

One line in a test module is enough::

    from bothways.pytest_plugin import test_revision

pytest loads this module in every project where Bothways is installed, so it imports nothing until a test needs it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NoReturn

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from bothways.errors import BothwaysError
    from bothways.history import Revision
    from bothways.project import Database, Project
    from bothways.verify import Proof

_NOT_PROVED = "NOT PROVED on "
_PROJECT = pytest.StashKey["Project"]()
_WALKED = pytest.StashKey["dict[str, dict[str, Proof] | BothwaysError]"]()
_SCOPES = ("function", "class", "module", "package", "session")
_Scope = Literal["session", "package", "module", "class", "function"]


@dataclass(frozen=True, slots=True)
class Case:
    """A revision of a database; ``revision`` is None where the database has no URL and nothing can be proved."""

    project: Project
    database: Database
    revision: Revision | None = None

    def prove(self, session: pytest.Session) -> Proof:
        """Its round trip. The first test of a database walks all revisions that this run has tests for.

        Raises a BothwaysError where no scratch database can be had.
        """
        from bothways.errors import BothwaysError

        walked = session.config.stash.setdefault(_WALKED, {})
        if self.database.name not in walked:
            try:
                walked[self.database.name] = self._walk(session)
            except BothwaysError as error:
                walked[self.database.name] = error
        found = walked[self.database.name]
        if isinstance(found, BothwaysError):
            raise found
        return found[self.revision.id if self.revision else ""]

    def _walk(self, session: pytest.Session) -> dict[str, Proof]:
        from bothways.verify import verify

        cases = (getattr(i, "callspec", None) for i in session.items)
        wanted = {c.params["bothways_case"] for c in cases if c and "bothways_case" in c.params} | {self}
        ids = {c.revision.id for c in wanted if c.database == self.database and c.revision}
        report = verify(self.project, [self.database], lambda h: tuple(r for r in h.revisions if r.id in ids))
        return {proof.revision: proof for proof in report.proofs}


def test_revision(bothways_case: Case, request: pytest.FixtureRequest) -> None:
    """A revision runs both ways: nothing is lost on the way down, and the second upgrade gives what the first gave."""
    from bothways.errors import BothwaysError
    from bothways.output.findings import findings
    from bothways.verify import ProofReport

    try:
        proof = bothways_case.prove(request.session)
    except BothwaysError as error:
        pytest.fail(_told(error), pytrace=False)
    for finding in findings(ProofReport((proof,))):
        pytest.fail(finding.text, pytrace=False)


@pytest.fixture
def bothways_case(request: pytest.FixtureRequest) -> Case:
    """Each revision of each database of the project in turn; skips, loudly, a database that has no URL."""
    case: Case = request.param
    if case.revision is None:
        _absent(case.database)
    return case


def _scope(fixture_name: str, config: pytest.Config) -> _Scope:  # noqa: ARG001 - pytest gives both by name
    scope: _Scope = config.getini("bothways_database_scope")
    return scope


@pytest.fixture(scope=_scope)
def migrated_database(request: pytest.FixtureRequest) -> Iterator[sa.URL]:
    """The URL of a scratch database at its branch's head, for each database of the project in turn.

    It is dropped after the test; the ini option ``bothways_database_scope`` lets it live longer.
    """
    from bothways import scratch
    from bothways.connections import call
    from bothways.errors import BothwaysError
    from bothways.revisions import upgrade

    case: Case = request.param
    project, database = case.project, case.database
    server = project.scratch_url(database.dialect) or database.url
    if server is None:
        _absent(database)
    try:
        with scratch.database(server) as url:
            there = database.on_scratch(url)
            call(url, lambda connection: upgrade(connection, project, there, "heads"), purpose="migrate")
            yield url.to_sqlalchemy()
    except BothwaysError as error:
        pytest.fail(_told(error), pytrace=False)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Two ini options."""
    parser.addini(
        "bothways_config", "The alembic.ini whose revisions are proved, from the root folder.", default="alembic.ini"
    )
    parser.addini(
        "bothways_database_scope",
        f"How long a migrated_database lives: {', '.join(_SCOPES)}.",
        default="function",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that wants them each revision, or each database."""
    if "bothways_case" in metafunc.fixturenames:
        cases = _cases(metafunc.config)
        ids = [f"{c.database.name}-{c.revision.id}" if c.revision else c.database.name for c in cases]
        metafunc.parametrize("bothways_case", cases, indirect=True, ids=ids)
    if "migrated_database" in metafunc.fixturenames:
        project = _project(metafunc.config)
        databases = [Case(project, d) for d in project.databases]
        metafunc.parametrize(
            "migrated_database",
            databases,
            indirect=True,
            ids=[c.database.name for c in databases],
            scope=_scope("migrated_database", metafunc.config),
        )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the databases that nothing was proved on, so that nobody takes a skip for a proof."""
    reports = terminalreporter.stats.get("skipped", ())
    texts = [r.longrepr[2].removeprefix("Skipped: ") for r in reports if isinstance(r.longrepr, tuple)]
    for text in dict.fromkeys(t for t in texts if t.startswith(_NOT_PROVED)):
        terminalreporter.write_sep("!", text, yellow=True, bold=True)


def _project(config: pytest.Config) -> Project:
    from bothways.errors import BothwaysError
    from bothways.project import Project

    if _PROJECT not in config.stash:
        try:
            config.stash[_PROJECT] = Project.load(config.rootpath / config.getini("bothways_config"))
        except BothwaysError as error:
            raise pytest.Collector.CollectError(_told(error)) from None
    return config.stash[_PROJECT]


def _cases(config: pytest.Config) -> list[Case]:
    from bothways.errors import BothwaysError
    from bothways.history import History

    project = _project(config)
    cases: list[Case] = []
    for database in project.databases:
        if not _has_server(project, database):
            cases.append(Case(project, database))
            continue
        try:
            history = History.load(database.branch)
        except BothwaysError as error:
            raise pytest.Collector.CollectError(_told(error)) from None
        cases += [Case(project, database, r) for r in history.revisions]
    return cases


def _has_server(project: Project, database: Database) -> bool:
    return database.url is not None or project.scratch_url(database.dialect) is not None


def _absent(database: Database) -> NoReturn:
    """Skip where there is no URL; fail where there is one, but a wrong one."""
    if database.problem is not None:
        pytest.fail(_told(database.problem), pytrace=False)
    pytest.skip(f"{_NOT_PROVED}{database.name}: no URL; set {database.variable} in the environment or in .env")


def _told(error: BothwaysError) -> str:
    return f"{error.message}\n  hint: {error.hint}" if error.hint else error.message
