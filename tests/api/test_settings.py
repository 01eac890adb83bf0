"""Settings: read from the environment, checked at start, every mistake told at once, all of them documented."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

import api.app
from api.app import create_app
from api.settings import Settings, read_settings, unknown_variables, variable
from bothways.errors import ConfigurationError, ModelsNotImportable
from bothways.project import Project
from bothways.web import exporters
from tests import tiny
from tests.api.conftest import ROOT, project_with

PAGE = ROOT / "docs" / "reference" / "settings.md"
CANARY = "canary-77a"


@pytest.fixture
def environment(monkeypatch):
    """An environment with nothing of ours, at the project's root."""
    import os

    for name in list(os.environ):
        if name.startswith("BOTHWAYS_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(ROOT)
    return monkeypatch


def test_the_page_lists_every_setting_with_its_default_and_meaning():
    rows = re.findall(r"^\| `(BOTHWAYS_[A-Z_]+)` \| (.*?) \| (.*?) \|$", PAGE.read_text(encoding="utf-8"), re.M)
    documented = {name: (default, meaning) for name, default, meaning in rows}
    expected = {variable(n): (shown(f.default), f.description) for n, f in Settings.model_fields.items()}
    assert documented == expected


def shown(default):
    """A default as the page writes it."""
    if default in ((), "", None, SecretStr("")):
        return "empty"
    text = str(default).lower() if isinstance(default, bool) else str(default)
    return f"`{text.removesuffix('.0')}`"


def test_without_any_variable_the_defaults_hold(environment):
    settings, project = read_settings()
    assert (settings.pool_size, settings.page_max, settings.log_level) == (10, 100, "info")
    assert project.config == ROOT / "alembic.ini"


def test_variables_set_them_and_empty_ones_do_not(environment):
    environment.setenv("BOTHWAYS_POOL_SIZE", "3")
    environment.setenv("BOTHWAYS_READY", " sqlite , mysql,")
    environment.setenv("BOTHWAYS_DOCS", "")
    settings, _ = read_settings()
    assert (settings.pool_size, settings.ready, settings.docs) == (3, ("sqlite", "mysql"), True)


def test_every_mistake_is_told_at_once_and_no_value_is_repeated(environment):
    environment.setenv("BOTHWAYS_POOL_SIZE", CANARY)
    environment.setenv("BOTHWAYS_STATEMENT_TIMEOUT", "-1")
    environment.setenv("BOTHWAYS_DOCS", "perhaps")
    environment.setenv("BOTHWAYS_LOG_LEVEL", CANARY)
    environment.setenv("BOTHWAYS_METRICS_FOLDER", f"/nowhere/{CANARY}")
    environment.setenv("BOTHWAYS_TRACES", "otlp")
    environment.setenv("BOTHWAYS_SERVE", "sqlite,nowhere")
    environment.setattr(exporters, "_OTLP", ("nowhere_at_all",))
    with pytest.raises(ConfigurationError) as caught:
        read_settings()
    text = caught.value.message
    assert len(caught.value.details["mistakes"]) == 7
    assert set(re.findall(r"BOTHWAYS_[A-Z_]+", text)) == {
        "BOTHWAYS_POOL_SIZE",
        "BOTHWAYS_STATEMENT_TIMEOUT",
        "BOTHWAYS_DOCS",
        "BOTHWAYS_LOG_LEVEL",
        "BOTHWAYS_METRICS_FOLDER",
        "BOTHWAYS_TRACES",
        "BOTHWAYS_SERVE",
    }
    assert CANARY not in text


def test_a_page_larger_than_the_largest_is_a_mistake(environment):
    environment.setenv("BOTHWAYS_PAGE_SIZE", "200")
    with pytest.raises(ConfigurationError, match="BOTHWAYS_PAGE_SIZE is more than BOTHWAYS_PAGE_MAX"):
        read_settings()


def test_databases_that_are_not_there_are_mistakes_with_the_nearest_names(environment):
    environment.setenv("BOTHWAYS_SERVE", "sqlit,postgresql")
    environment.setenv("BOTHWAYS_READY", "mysq")
    with pytest.raises(ConfigurationError) as caught:
        read_settings()
    mistakes = caught.value.details["mistakes"]
    assert len(mistakes) == 3
    assert "did you mean sqlite" in mistakes[0]
    assert "BOTHWAYS_POSTGRESQL_URL" in mistakes[1]
    assert "did you mean mysql" in mistakes[2]


def test_a_url_that_cannot_be_read_is_a_mistake_and_not_repeated(environment):
    environment.setenv("BOTHWAYS_POSTGRESQL_URL", f"postgresql://u:{CANARY}@h:port/d")
    environment.setenv("BOTHWAYS_POOL_SIZE", "0")
    with pytest.raises(ConfigurationError) as caught:
        read_settings()
    assert len(caught.value.details["mistakes"]) == 2
    assert "BOTHWAYS_POSTGRESQL_URL" in caught.value.message
    assert CANARY not in caught.value.message


def test_models_that_cannot_be_imported_are_told_as_check_tells_them(environment, tmp_path):
    made = tiny.with_three_revisions(tmp_path)
    (module,) = tmp_path.glob("models_*.py")
    module.write_text("import no_such_module_anywhere\n")
    environment.setenv("BOTHWAYS_CONFIG", str(tmp_path / "alembic.ini"))
    with pytest.raises(ModelsNotImportable) as told:
        made.load().metadata()
    with pytest.raises(ModelsNotImportable) as caught:
        read_settings()
    assert caught.value.to_dict() == told.value.to_dict()
    environment.setenv("BOTHWAYS_POOL_SIZE", "many")
    with pytest.raises(ConfigurationError, match="2 mistakes in its settings") as caught:
        read_settings()
    assert told.value.message in caught.value.details["mistakes"]


def test_a_missing_project_is_a_mistake_beside_the_others(environment, tmp_path):
    environment.setenv("BOTHWAYS_CONFIG", str(tmp_path / "alembic.ini"))
    environment.setenv("BOTHWAYS_POOL_SIZE", "0")
    with pytest.raises(ConfigurationError) as caught:
        read_settings()
    assert len(caught.value.details["mistakes"]) == 2


def test_settings_are_read_from_the_file_beside_the_project(environment, tmp_path):
    (tmp_path / "alembic.ini").write_text(
        "[DEFAULT]\nbothways.models = schema:metadata\n[sqlite]\nversion_locations = %(here)s/sqlite\n"
    )
    (tmp_path / ".env").write_text("BOTHWAYS_POOL_SIZE=4\nOTHER=1\nBOTHWAYS_SQLITE_URL=sqlite:///x.db\n")
    environment.setenv("BOTHWAYS_CONFIG", str(tmp_path / "alembic.ini"))
    settings, project = read_settings()
    assert settings.pool_size == 4
    assert project.database("sqlite").require_url().database == str(tmp_path / "x.db")


def test_a_misspelt_variable_is_noticed_and_those_of_others_are_not():
    project = Project.load(ROOT / "alembic.ini", environ={})
    strangers = unknown_variables(
        {"BOTHWAYS_POOL_SIZ": "1", "BOTHWAYS_SQLITE_URL": "x", "BOTHWAYS_TEST_MYSQL_URL": "x", "PATH": "x"}, project
    )
    assert len(strangers) == 1
    assert strangers[0].startswith("BOTHWAYS_POOL_SIZ is not a setting: did you mean BOTHWAYS_POOL_SIZE")


def test_a_database_named_like_an_endpoint_is_refused(servers):
    from dataclasses import replace

    project = project_with({})
    named = replace(project.databases[0], name="databases", url=servers["sqlite"])
    with pytest.raises(ConfigurationError, match="cannot be served as 'databases'"):
        create_app(Settings(_env_file=None), replace(project, databases=(named,)))


def test_importing_the_application_makes_nothing_and_asking_for_it_makes_it(tmp_path):
    code = (
        "import sys, api.app; assert 'asyncpg' not in sys.modules and 'pymysql' not in sys.modules\n"
        "print(api.app.app.title)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "Bothways"), done.stderr
    assert not Path(tmp_path / "data").exists()


def test_the_application_reads_the_environment_when_it_is_asked_for(environment):
    environment.setenv("BOTHWAYS_DOCS", "false")
    assert api.app.app.openapi_url is None
    with pytest.raises(AttributeError):
        _ = api.app.nothing
    environment.setenv("BOTHWAYS_POOL_SIZE", "0")
    with pytest.raises(ConfigurationError, match="1 mistake"):
        create_app()
