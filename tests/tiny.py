"""Tiny whole projects, written into a temporary folder: an alembic.ini, an env.py, models and a branch of revisions."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bothways.project import Project

if TYPE_CHECKING:
    from pathlib import Path

    from bothways.urls import DatabaseURL

MODELS = """
import sqlalchemy as sa

metadata = sa.MetaData(naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(table_name)s_%(column_0_name)s"})
sa.Table(
    "note",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("body", sa.String(50), nullable=False),
    sa.Column("stars", sa.Integer, index=True),
)
"""

CREATE_NOTE = """
op.create_table(
    "note",
    sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
    sa.Column("body", sa.String(50), nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_note"),
)
"""
ADD_STARS = 'op.add_column("note", sa.Column("stars", sa.Integer))'
INDEX_STARS = 'op.create_index("ix_note_stars", "note", ["stars"])'


@dataclass
class Tiny:
    """A project in a folder, and what its tests do with it."""

    folder: Path
    engine: str
    heads: list[str] = field(default_factory=list)

    @property
    def versions(self) -> Path:
        return self.folder / "migrations" / "versions" / self.engine

    def revision(self, id: str, up: str, down: str, *, parent: str | None = "last", more: str = "") -> Path:
        """Write one revision file; its parent is the one written before it."""
        parent = (self.heads[-1] if self.heads else None) if parent == "last" else parent
        self.heads.append(id)
        path = self.versions / f"{id}.py"
        path.write_text(
            f'"""Do {id}."""\n\nimport sqlalchemy as sa\nfrom alembic import op\n\n'
            f"revision = {id!r}\ndown_revision = {parent!r}\n{more}\n\n\n"
            f"def upgrade() -> None:\n{textwrap.indent(up.strip() or 'pass', '    ')}\n\n\n"
            f"def downgrade() -> None:\n{textwrap.indent(down.strip() or 'pass', '    ')}\n",
            encoding="utf-8",
        )
        return path

    def load(self, url: DatabaseURL | None = None, **environ: str) -> Project:
        """The project; ``url`` is that of its database ``main``."""
        if url is not None:
            environ["BOTHWAYS_MAIN_URL"] = url.reveal()
        return Project.load(self.folder / "alembic.ini", environ=environ)


def write(folder: Path, engine: str = "sqlite") -> Tiny:
    """A project without revisions: one database ``main`` that follows the branch of ``engine``."""
    tiny = Tiny(folder, engine)
    tiny.versions.mkdir(parents=True)
    module = f"models_{folder.name.replace('-', '_')}"
    (folder / f"{module}.py").write_text(MODELS)
    (folder / "migrations" / "env.py").write_text(
        f"from bothways.env import run\nfrom {module} import metadata\n\nrun(metadata)\n"
    )
    (folder / "alembic.ini").write_text(
        "[DEFAULT]\n"
        "script_location = %(here)s/migrations\n"
        "prepend_sys_path = %(here)s\n"
        "path_separator = newline\n"
        f"bothways.models = {module}:metadata\n\n"
        f"[alembic]\nversion_locations = %(here)s/migrations/versions/{engine}\n\n"
        f"[main]\nversion_locations = %(here)s/migrations/versions/{engine}\n"
    )
    return tiny


def with_three_revisions(folder: Path, engine: str = "sqlite") -> Tiny:
    """A project whose head equals its models: a table, a column, an index."""
    tiny = write(folder, engine)
    tiny.revision("r1", CREATE_NOTE, 'op.drop_table("note")')
    tiny.revision("r2", ADD_STARS, 'op.drop_column("note", "stars")', more="change = 'stars'")
    tiny.revision("r3", INDEX_STARS, 'op.drop_index("ix_note_stars", "note")')
    return tiny
