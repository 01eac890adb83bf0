"""What a project's ini and env.py set is followed when its revisions run."""

from __future__ import annotations

import pytest

ONE = {"alembic": [("one", "lossless")]}


def test_a_url_may_come_from_the_environment_with_percent_signs(foreign, servers):
    project = foreign(url=None)
    project.edit(
        "config = context.config",
        "import os\nconfig = context.config\n"
        'config.set_main_option("sqlalchemy.url", os.environ["APP_URL"].replace("%", "%%"))',
    )
    project.revision("one")
    url = servers["postgresql"].reveal().replace("postgresql+asyncpg", "postgresql+psycopg2")
    pytest.importorskip("psycopg2")
    assert project.prove(env={"APP_URL": url}) == ONE


def test_an_engine_can_be_chosen_for_a_project_without_a_url(foreign):
    project = foreign(url=None)
    project.revision("one")
    assert project.prove("--engine", "sqlite") == ONE


@pytest.mark.compat
def test_a_private_server_is_started_for_the_run(foreign, servers):
    servers["postgresql"]
    project = foreign(url=None)
    project.revision("one")
    assert project.prove("--engine", "postgresql") == ONE


def test_a_url_names_the_server_and_its_database_is_not_touched(foreign, servers):
    project = foreign()
    project.revision("one")
    assert project.prove("--url", servers["mysql"].reveal()) == ONE
    assert not (project.folder / "app.db").exists()


@pytest.mark.compat
def test_a_project_without_url_and_engine_is_told_what_to_say(foreign):
    project = foreign(url=None)
    project.revision("one")
    done = project.bothways("-c", str(project.folder / "alembic.ini"), "verify", code=2)
    assert "--engine" in done.stderr
    assert "Traceback" not in done.stderr


def test_several_version_locations_are_one_history(foreign):
    project = foreign()
    project.ini(version_locations="%(here)s/a:%(here)s/b", path_separator="os")
    project.revision("one", where="a")
    project.revision("two", "one", where="b")
    assert project.prove() == {"alembic": [("one", "lossless"), ("two", "lossless")]}


def test_folders_below_are_read_where_asked(foreign):
    project = foreign()
    project.ini(recursive_version_locations="true")
    project.revision("one", where="migrations/versions/2026/11")
    assert project.prove() == ONE


@pytest.mark.compat
def test_the_older_separators_still_part_locations(foreign):
    project = foreign()
    ini = project.folder / "alembic.ini"
    ini.write_text("\n".join(x for x in ini.read_text().splitlines() if "path_separator" not in x))
    project.ini(version_locations="a, b")
    project.revision("one", where="a")
    project.revision("two", "one", where="b")
    assert project.prove() == {"alembic": [("one", "lossless"), ("two", "lossless")]}


def test_compiled_revisions_are_refused_with_the_reason(foreign):
    project = foreign()
    project.ini(sourceless="true")
    project.revision("one")
    assert "sourceless" in project.bothways("verify", "--config", str(project.folder / "alembic.ini"), code=2).stderr


def test_a_version_table_in_a_schema_of_its_own_is_no_part_of_the_proof(foreign, servers):
    project = foreign(url=servers["postgresql"].reveal().replace("+asyncpg", "+psycopg2"))
    project.edit(
        "connection=connection, target_metadata=target_metadata",
        'connection=connection, target_metadata=target_metadata, version_table="seen", version_table_schema="book"',
    )
    project.revision("one")
    assert project.prove() == ONE


def test_a_version_table_in_a_schema_is_refused_where_a_schema_is_a_database(foreign, servers):
    project = foreign()
    project.edit("connection=connection,", 'connection=connection, version_table_schema="book",')
    project.revision("one")
    done = project.bothways(
        "verify", "--config", str(project.folder / "alembic.ini"), "--url", servers["mysql"].reveal(), code=2
    )
    assert "version_table_schema" in done.stderr


@pytest.mark.compat
def test_naming_conventions_of_their_models_name_what_revisions_make(foreign):
    project = foreign()
    project.edit(
        "target_metadata = None",
        "import sqlalchemy as sa\n"
        'target_metadata = sa.MetaData(naming_convention={"uq": "uq_%(table_name)s_%(column_0_name)s"})',
    )
    columns = 'sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.Integer, unique=True)'
    project.revision("one", up=f'op.create_table("t", {columns})', down='op.drop_table("t")')
    batch = 'with op.batch_alter_table("t") as table:\n        table.'
    project.revision(
        "two",
        "one",
        up=f'{batch}drop_constraint("uq_t_a")',
        down=f'{batch}create_unique_constraint("uq_t_a", ["a"])',
    )
    assert project.prove() == {"alembic": [("one", "lossless"), ("two", "lossless")]}


def test_folders_that_env_py_itself_chooses_are_followed(foreign):
    project = foreign()
    project.edit(
        "config = context.config",
        "from pathlib import Path\nconfig = context.config\n"
        'context.script.version_locations = [str(Path(__file__).parent / "chosen")]',
    )
    project.revision("one", where="migrations/chosen")
    assert project.prove() == ONE


def test_the_folder_of_env_py_may_be_named_with_several_colons(foreign):
    project = foreign()
    package = project.folder / "app_of_theirs"
    (package / "store").mkdir(parents=True)
    (project.folder / "migrations").rename(package / "store" / "migrations")
    (package / "__init__.py").touch()
    project.ini(script_location="app_of_theirs:store:migrations")
    project.revision("one", where="app_of_theirs/store/migrations/versions")
    assert project.prove() == ONE


@pytest.mark.parametrize("options", [(), ("--last",), ("--database", "alembic"), ("-o", "sarif")])
def test_a_history_without_any_revision_is_no_silent_success(foreign, options):
    project = foreign()
    done = project.bothways("verify", "--config", str(project.folder / "alembic.ini"), *options, code=2)
    assert f"there is no revision in {project.folder / 'migrations' / 'versions'}\n" in done.stderr
    assert "alembic revision -m" in done.stderr
    assert not done.stdout


def test_a_folder_of_revisions_that_is_not_there_is_told(foreign):
    project = foreign()
    project.ini(version_locations="%(here)s/elsewhere")
    done = project.bothways("verify", "--config", str(project.folder / "alembic.ini"), code=2)
    assert f"there is no revision in {project.folder / 'elsewhere'} (not there)" in done.stderr
    assert "version_locations" in done.stderr
