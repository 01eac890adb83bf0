"""env.py is asked without a connection, and nothing of ours is changed by it."""

from __future__ import annotations

import logging
import os
import pickle
import secrets
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bothways.connections import call
from bothways.errors import ConfigurationError, ModelsNotImportable
from bothways.project import Project
from bothways.revisions.environment import read
from bothways.revisions.foreign import complete


def load(project):
    return Project.load(project.folder / "alembic.ini", environ={})


def surroundings():
    root = logging.root
    return Path.cwd(), list(sys.path), list(sys.argv), dict(os.environ), root.level, list(root.handlers)


@pytest.mark.compat
def test_everything_around_is_as_before(foreign, capfd):
    project = foreign()
    project.edit(
        "config = context.config",
        "config = context.config\nimport os, sys, logging\nprint('noise')\nos.environ['THEIRS'] = '1'\n"
        "sys.path.append('/theirs')\nsys.argv.append('theirs')\nos.chdir('/')\n"
        "logging.getLogger('mine').disabled = True",
    )
    logging.getLogger("mine")
    before = surroundings()
    complete(load(project))
    assert surroundings() == before
    assert not logging.getLogger("mine").disabled
    assert "noise" not in capfd.readouterr().out


def test_no_server_is_needed_to_learn_the_options(foreign):
    project = foreign(url="postgresql+asyncpg://nobody:secret@127.0.0.1:1/none")
    project.edit("connection=connection,", "connection=connection, render_as_batch=True, include_schemas=True,")
    [call] = read(load(project).databases[0].branch.origin).calls
    assert (call.dialect, call.options["render_as_batch"], call.options["include_schemas"]) == (
        "postgresql",
        True,
        True,
    )


def test_a_driver_used_directly_is_refused_without_a_secret(foreign):
    project = foreign()
    project.env.write_text(
        "from sqlalchemy import create_engine\n"
        "create_engine('sqlite:////nowhere/x.db').dialect.connect('x')\nraise SystemExit('postgresql://me:secret@host/d')\n"
    )
    with pytest.raises(ConfigurationError) as refused:
        read(load(project).databases[0].branch.origin)
    assert "another way" in refused.value.message
    assert "secret" not in refused.value.message + (refused.value.hint or "")


def test_an_answer_of_the_database_is_asked_offline_instead(foreign):
    project = foreign()
    project.edit(
        "with connectable.connect() as connection:",
        "with connectable.connect() as connection:\n        connection.exec_driver_sql('select 1').scalar_one()",
    )
    [call] = read(load(project).databases[0].branch.origin).calls
    assert call.dialect == "sqlite"


def test_an_env_py_that_configures_nothing_is_refused(foreign):
    project = foreign()
    project.env.write_text("")
    with pytest.raises(ConfigurationError, match="never calls"):
        read(load(project).databases[0].branch.origin)


def test_a_dialect_that_is_none_of_ours_is_refused(foreign):
    project = foreign()
    project.env.write_text("from alembic import context\ncontext.configure(dialect_name='oracle')\n")
    with pytest.raises(ConfigurationError, match="oracle"):
        complete(load(project))


def test_multidb_writes_no_files_even_when_asked_offline(foreign):
    project = foreign("multidb")
    ini = project.folder / "alembic.ini"
    text = ini.read_text().replace("driver://user:pass@localhost/dbname2", "postgresql+pg8000://u@h/d")
    ini.write_text(text.replace("driver://user:pass@localhost/dbname", "sqlite:///x.db"))
    (project.folder / "engine1.sql").write_text("theirs")
    calls = read(load(project).databases[0].branch.origin).calls
    assert [c.run_arguments["engine_name"] for c in calls] == ["engine1", "engine2"]
    assert (project.folder / "engine1.sql").read_text() == "theirs"
    assert not (project.folder / "engine2.sql").exists()


def test_their_models_are_the_projects_models_and_it_can_go_to_another_process(foreign):
    project = foreign()
    project.edit(
        "target_metadata = None",
        "import sqlalchemy as sa\ntarget_metadata = sa.MetaData()\nsa.Table('theirs', target_metadata)",
    )
    found = pickle.loads(pickle.dumps(complete(load(project))))
    assert hash(found)
    assert list(found.metadata().tables) == ["theirs"]


def test_without_models_anywhere_it_is_said_how_to_name_them(foreign):
    with pytest.raises(ModelsNotImportable, match="does not say"):
        complete(load(foreign())).metadata()


def test_a_role_that_may_not_create_databases_is_offered_a_private_server(foreign, servers):
    admin = servers["postgresql"]
    name = "nobody_" + secrets.token_hex(4)
    call(admin, lambda c: c.exec_driver_sql(f"create role {name} login password 'x'"), autocommit=True)
    try:
        project = foreign("async", url=replace(admin, user=name, password="x").reveal())
        project.revision("one")
        done = project.bothways("verify", "--config", str(project.folder / "alembic.ini"), code=2)
    finally:
        call(admin, lambda c: c.exec_driver_sql(f"drop role {name}"), autocommit=True)
    assert "--engine postgresql" in done.stderr
