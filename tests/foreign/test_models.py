"""The head of somebody else's history against models that the command names."""

from __future__ import annotations

import json

import pytest

AGREEING = """
import sqlalchemy as sa

metadata = sa.MetaData()
sa.Table("one", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("body", sa.String(20)))


class Base:
    metadata = metadata


number = 5
"""


@pytest.fixture
def project(foreign, servers, engine_name):
    made = foreign()
    made.ini(prepend_sys_path=".")
    made.revision("one")
    package = made.folder / "shop_of_theirs"
    package.mkdir()
    (package / "__init__.py").touch()
    made.models = package / "models.py"
    made.models.write_text(AGREEING)
    made.url = servers[engine_name].reveal()
    return made


def verify(project, models, code, output="text"):
    config = str(project.folder / "alembic.ini")
    return project.bothways(
        "verify", "--config", config, "--url", project.url, "--models", models, "-o", output, code=code
    )


@pytest.mark.parametrize("name", ["metadata", "Base", "Base.metadata"])
def test_models_that_agree_with_the_head_pass(project, name):
    done = verify(project, f"shop_of_theirs.models:{name}", 0, "json")
    [head] = json.loads(done.stdout)["heads"]
    assert head["changes"] == []


def test_models_that_differ_from_the_head_fail_and_the_difference_is_told(project):
    project.models.write_text(AGREEING.replace('"body"', '"title"'))
    done = verify(project, "shop_of_theirs.models:metadata", 1)
    assert "column one.body: missing" in done.stdout
    assert "column one.title: added" in done.stdout
    [head] = json.loads(verify(project, "shop_of_theirs.models:metadata", 1, "json").stdout)["heads"]
    assert [c["key"] for c in head["changes"]] == ["column:one.body", "column:one.title"]


def test_a_module_that_does_not_import_is_told_with_its_reason(project):
    done = verify(project, "shop_of_theirs.nowhere:metadata", 2)
    assert "No module named 'shop_of_theirs.nowhere'" in done.stderr
    project.models.write_text("raise RuntimeError('not today')")
    done = verify(project, "shop_of_theirs.models:metadata", 2)
    assert "RuntimeError: not today" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["number", "nothing", "sa"])
def test_a_name_that_is_no_metadata_is_told(project, name):
    done = verify(project, f"shop_of_theirs.models:{name}", 2)
    assert f"shop_of_theirs.models:{name}" in done.stderr
    assert "hint" in done.stderr
    assert "Traceback" not in done.stderr
    assert "unexpected" not in done.stderr
