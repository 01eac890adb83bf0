"""Which databases the command proves: each that has something to prove, on a private server where it has no URL."""

import html
import json

import pytest
from click.testing import CliRunner

from bothways import cli
from tests import tiny
from tests.conftest import ENGINES

PREFIX = {"sqlite": "lite", "postgresql": "pg", "mysql": "my"}


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A branch of two revisions an engine; only SQLite has a URL."""
    made = tiny.write(tmp_path)
    for engine in ENGINES:
        made.engine = engine
        made.versions.mkdir(exist_ok=True)
        made.revision(f"{PREFIX[engine]}_1", tiny.CREATE_NOTE, 'op.drop_table("note")', parent=None)
        made.revision(f"{PREFIX[engine]}_2", tiny.ADD_STARS, 'op.drop_column("note", "stars")')
        monkeypatch.delenv(f"BOTHWAYS_{engine.upper()}_URL", raising=False)
    sections = "".join(f"[{e}]\nversion_locations = %(here)s/migrations/versions/{e}\n" for e in ENGINES)
    ini = tmp_path / "alembic.ini"
    ini.write_text(ini.read_text().partition("bothways.models")[0] + sections)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BOTHWAYS_SQLITE_URL", f"sqlite:///{tmp_path / 'main.db'}")
    return made


@pytest.fixture
def no_binaries(monkeypatch):
    """A machine without servers."""
    monkeypatch.setattr("bothways.servers.binaries", lambda _dialect: None)


def verify(*words, code=0):
    done = CliRunner().invoke(cli.app, ["-q", "verify", *words])
    assert done.exit_code == code, (done.output, done.exception)
    return done


def proved(*words):
    report = json.loads(verify(*words, "-o", "json").stdout)
    return {(p["database"], p["revision"]) for p in report["proofs"] if p["verdict"] == "lossless"}


def test_an_engine_without_a_url_is_proved_on_a_private_server(shop, servers):
    _ = servers["postgresql"], servers["mysql"]
    assert proved("--last") == {("sqlite", "lite_2"), ("postgresql", "pg_2"), ("mysql", "my_2")}
    assert proved("pg_2") == {("postgresql", "pg_2")}
    assert proved("pg_1", "-d", "postgresql") == {("postgresql", "pg_1")}


@pytest.mark.parametrize("words", [(), ("--last",), ("pg_2",), ("-d", "postgresql", "--last"), ("-o", "junit")])
def test_an_engine_that_no_server_can_be_had_for_is_told_and_nothing_is_green(shop, no_binaries, words):
    done = verify(*words, code=2)
    assert "branch 'postgresql' needs a postgresql server" in done.stderr
    assert "BOTHWAYS_POSTGRESQL_URL" in done.stderr
    assert "--database" in done.stderr
    assert not done.stdout


def test_an_engine_that_has_nothing_to_prove_needs_no_server(shop, no_binaries):
    assert proved("lite_2") == {("sqlite", "lite_2")}
    assert proved("--last", "-d", "sqlite") == {("sqlite", "lite_2")}


def test_a_revision_of_a_branch_that_is_left_out_is_told_with_its_branch(shop):
    done = verify("pg_2", "-d", "sqlite", code=2)
    assert "'pg_2' is in branch 'postgresql', which is left out" in done.stderr
    assert "bothways verify pg_2" in done.stderr
    assert "did you mean pg_" in verify("pg_33", code=2).stderr


@pytest.mark.parametrize("words", [("--engine", "mysql"), ("--url", "mysql://me:hunter2@127.0.0.1:1/d")])
def test_a_server_for_an_engine_that_is_left_out_is_a_wrong_use(shop, no_binaries, words):
    done = verify("-d", "sqlite", *words, code=2)
    assert f"{words[0]} is for mysql, and what is proved is on sqlite" in done.stderr
    assert "hunter2" not in done.output


HEADS = "branch 'sqlite' has 2 heads: lite_2, other"


@pytest.fixture
def forked(shop):
    """The branch of SQLite has two heads."""
    shop.engine = "sqlite"
    shop.revision("other", "pass", "pass", parent="lite_1")
    return shop


@pytest.mark.parametrize("words", [(), ("--last",), ("lite_1",)])
def test_a_branch_with_several_heads_is_never_green(forked, words):
    report = json.loads(verify(*words, "-d", "sqlite", "-o", "json", code=1).stdout)
    assert {p["verdict"] for p in report["proofs"]} == {"lossless"}
    (fork,) = report["forks"]
    assert (fork["database"], fork["branch"], fork["heads"]) == ("sqlite", "sqlite", ["lite_2", "other"])
    assert fork["message"] == HEADS
    assert "alembic -n sqlite merge" in fork["hint"]


def test_the_last_revisions_of_a_branch_with_several_heads_are_all_of_them(forked):
    report = json.loads(verify("--last", "-d", "sqlite", "-o", "json", code=1).stdout)
    assert [p["revision"] for p in report["proofs"]] == ["lite_2", "other"]


@pytest.mark.parametrize("form", ["text", "junit", "github", "gitlab", "markdown", "sarif"])
def test_several_heads_are_told_in_every_format_with_what_to_do(forked, form):
    said = html.unescape(verify("--last", "-d", "sqlite", "-o", form, code=1).stdout)
    assert HEADS in said
    assert "alembic -n sqlite merge -m 'join heads' heads" in said
