"""Reading a project: alembic.ini, .env, the environment; and what bad input gets."""

import pytest

from bothways.errors import (
    ConfigurationError,
    DatabaseNotConfigured,
    InvalidURL,
    ModelsNotImportable,
    UnknownBranch,
    UnknownDatabase,
)
from bothways.project import Project
from tests import tiny

INI = "[DEFAULT]\nscript_location = %(here)s/migrations\npath_separator = newline\n"


def load(tmp_path, sections, **environ):
    (tmp_path / "alembic.ini").write_text(INI + sections)
    return Project.load(tmp_path / "alembic.ini", environ=environ)


def test_the_environment_wins_over_dotenv_and_dotenv_over_the_ini(tmp_path):
    sections = "[sqlite]\nsqlalchemy.url = sqlite:///ini.db\n"
    assert load(tmp_path, sections).database("sqlite").url.database.endswith("/ini.db")
    (tmp_path / ".env").write_text("BOTHWAYS_SQLITE_URL=sqlite:///dotenv.db\n")
    assert load(tmp_path, sections).database("sqlite").url.database.endswith("/dotenv.db")
    found = load(tmp_path, sections, BOTHWAYS_SQLITE_URL="sqlite:///environment.db").database("sqlite")
    assert found.url.database.endswith("/environment.db")
    assert found.url_source == "BOTHWAYS_SQLITE_URL"


def test_a_folder_in_place_of_the_ini_gets_the_file_to_name(tmp_path, monkeypatch):
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    with pytest.raises(ConfigurationError, match="is a folder") as caught:
        Project.load("..")
    assert caught.value.hint == "name it: bothways -c ../alembic.ini …"


def test_several_databases_may_follow_one_branch(tmp_path):
    sections = "".join(
        f"[{name}]\nversion_locations = %(here)s/migrations/versions/postgresql\n" for name in ("staging", "production")
    )
    project = load(tmp_path, sections, BOTHWAYS_PRODUCTION_URL="postgres://u@h/d")
    assert [(d.name, d.branch.name, d.dialect) for d in project.databases] == [
        ("staging", "postgresql", "postgresql"),
        ("production", "postgresql", "postgresql"),
    ]
    assert len(project.branches) == 1


def test_an_unknown_name_gets_the_nearest_ones(tmp_path):
    project = load(
        tmp_path, "[postgresql]\nsqlalchemy.url = postgresql://h/d\n[sqlite]\nsqlalchemy.url = sqlite:///x\n"
    )
    with pytest.raises(UnknownDatabase) as caught:
        project.database("postgres")
    assert "did you mean postgresql?" in caught.value.hint
    with pytest.raises(UnknownBranch):
        project.branch("nowhere")


def test_an_ini_without_databases_says_how_to_add_one(tmp_path):
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path, "[alembic]\n[loggers]\nkeys = root\n")
    assert "[sqlite]" in caught.value.hint


def test_a_missing_ini_says_where_it_looked(tmp_path):
    with pytest.raises(ConfigurationError) as caught:
        Project.load(tmp_path / "alembic.ini")
    assert str(tmp_path) in caught.value.message
    assert "--config" in caught.value.hint


def test_an_ini_that_cannot_be_read_names_the_line_and_not_its_text(tmp_path):
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path, "[sqlite]\nhunter2 hunter2\n")
    assert "alembic.ini:5" in caught.value.message
    assert "hunter2" not in f"{caught.value.message}{caught.value.hint}{caught.value.__cause__}"


def test_a_lone_percent_in_an_ini_password_is_explained_without_showing_it(tmp_path):
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path, "[postgresql]\nsqlalchemy.url = postgresql://u:hun%ter2@h/d\n")
    assert "%%" in caught.value.hint
    assert "ter2" not in f"{caught.value.message}{caught.value.hint}"


def test_one_wrong_url_does_not_hide_the_other_databases(tmp_path):
    project = load(
        tmp_path,
        "[postgresql]\nsqlalchemy.url = nonsense\n[sqlite]\nsqlalchemy.url = sqlite:///x.db\n",
    )
    assert project.database("sqlite").require_url().dialect == "sqlite"
    with pytest.raises(InvalidURL, match=r"sqlalchemy\.url"):
        project.database("postgresql").require_url()


def test_a_url_of_another_engine_than_its_branch_is_refused(tmp_path):
    project = load(tmp_path, "[mysql]\nversion_locations = %(here)s/v/mysql\nsqlalchemy.url = postgresql://h/d\n")
    with pytest.raises(InvalidURL, match="is of postgresql"):
        project.database("mysql").require_url()


def test_a_database_without_a_url_names_the_variable_to_set(tmp_path):
    project = load(tmp_path, "[my-sql]\nversion_locations = %(here)s/v/mysql\n")
    with pytest.raises(DatabaseNotConfigured) as caught:
        project.database("my-sql").require_url()
    assert "BOTHWAYS_MY_SQL_URL" in caught.value.hint


def test_two_folders_in_one_section_are_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="follows one branch"):
        load(tmp_path, "[x]\nversion_locations =\n  %(here)s/a\n  %(here)s/b\n")


def test_the_scratch_server_of_an_engine_can_be_another_one(tmp_path):
    sections = "[sqlite]\nsqlalchemy.url = sqlite:///x.db\n"
    project = load(tmp_path, sections, BOTHWAYS_SCRATCH_POSTGRESQL_URL="postgres://h/scratch")
    assert project.scratch_url("postgresql").database == "scratch"
    assert project.scratch_url("mysql") is None
    with pytest.raises(InvalidURL, match="is a URL of mysql"):
        load(tmp_path, sections, BOTHWAYS_SCRATCH_POSTGRESQL_URL="mysql://h/scratch")


def test_models_that_end_python_are_told_with_file_and_line(tmp_path):
    project = tiny.write(tmp_path)
    (path,) = tmp_path.glob("models_*.py")
    path.write_text("import sys\n\nsys.exit(3)\n")
    with pytest.raises(ModelsNotImportable, match=rf"{path.name}:3: SystemExit: 3"):
        project.load().metadata()


def test_models_that_do_not_import_name_the_reason(tmp_path):
    project = tiny.write(tmp_path)
    assert set(project.load().metadata().tables) == {"note"}
    broken = tmp_path / "other"
    broken.mkdir()
    other = tiny.write(broken)
    (broken / "models_other.py").write_text("import no_such_module\n")
    with pytest.raises(ModelsNotImportable, match="no_such_module"):
        other.load().metadata()
