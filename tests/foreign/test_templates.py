"""Projects made from each of Alembic's templates are proved as they are."""

from __future__ import annotations

import pytest

BROKEN_DOWN = "pass"


def files(folder):
    """What stands in a folder, without what Python caches."""
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.suffix != ".pyc"}


@pytest.mark.parametrize("template", [pytest.param("generic", marks=pytest.mark.compat), "pyproject"])
def test_a_project_of_a_sync_template_is_proved_and_stays_as_it_is(foreign, template):
    project = foreign(template)
    project.revision("one")
    project.revision("two", "one", down=BROKEN_DOWN)
    before = files(project.folder)
    assert project.prove() == {"alembic": [("one", "lossless"), ("two", "broken")]}
    assert files(project.folder) == before


@pytest.mark.parametrize("template", ["async", "pyproject_async"])
def test_a_project_of_an_async_template_is_proved_on_its_own_engine(foreign, template, servers):
    project = foreign(template, url=servers["postgresql"].reveal())
    project.revision("one")
    assert project.prove(code=0) == {"alembic": [("one", "lossless")]}


def test_a_pyproject_toml_can_be_named_itself(foreign):
    project = foreign("pyproject")
    project.revision("one")
    assert project.prove(config="pyproject.toml") == {"alembic": [("one", "lossless")]}


@pytest.mark.compat
def test_each_engine_of_the_multidb_template_is_a_database(foreign, servers):
    project = foreign("multidb")
    ini = project.folder / "alembic.ini"
    text = ini.read_text().replace("driver://user:pass@localhost/dbname2", servers["postgresql"].reveal())
    ini.write_text(text.replace("driver://user:pass@localhost/dbname", "sqlite:///one.db"))
    text = (
        '"""Do one"""\nimport sqlalchemy as sa\nfrom alembic import op\n\nrevision = "one"\ndown_revision = None\n\n\n'
        'def upgrade(engine_name: str) -> None:\n    globals()[f"upgrade_{engine_name}"]()\n\n\n'
        'def downgrade(engine_name: str) -> None:\n    globals()[f"downgrade_{engine_name}"]()\n\n\n'
        'def upgrade_engine1(): op.create_table("only", sa.Column("id", sa.Integer, primary_key=True))\n\n\n'
        'def downgrade_engine1(): op.drop_table("only")\n\n\n'
        "def upgrade_engine2(): pass\n\n\ndef downgrade_engine2(): pass\n"
    )
    project.revision("one").write_text(text)
    assert project.prove(code=0) == {"engine1": [("one", "lossless")], "engine2": [("one", "lossless")]}
    assert not list(project.folder.glob("*.sql"))
