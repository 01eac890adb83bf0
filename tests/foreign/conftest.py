"""Projects made by ``alembic init`` and edited as users do; nothing in them has heard of Bothways."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TABLE = 'op.create_table("{0}", sa.Column("id", sa.Integer, primary_key=True), sa.Column("body", sa.String(20)))'


@dataclass
class Foreign:
    """A project and the command that proves it."""

    folder: Path

    @property
    def env(self) -> Path:
        return self.folder / "migrations" / "env.py"

    def ini(self, **options: str) -> None:
        """Set options of [alembic]."""
        path = self.folder / "alembic.ini"
        names = {n.replace("__", ".") for n in options}
        lines = [x for x in path.read_text().splitlines() if x.partition("=")[0].strip() not in names]
        place = lines.index("[alembic]") + 1
        lines[place:place] = [f"{n.replace('__', '.')} = {value}" for n, value in options.items()]
        path.write_text("\n".join(lines) + "\n")

    def edit(self, old: str, new: str) -> None:
        """Change a line of env.py that is there."""
        text = self.env.read_text()
        assert old in text
        self.env.write_text(text.replace(old, new))

    def revision(
        self, id: str, parent: object = None, up: str | None = None, down: str | None = None, *,
        more: str = "", where: str = "migrations/versions", head: str = "",
    ) -> Path:  # fmt: skip
        """Write a revision as Alembic's template does; by default it makes a table of its own name."""
        folder = self.folder / where
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{id}_do.py"
        up, down = up or TABLE.format(id), down or f'op.drop_table("{id}")'
        path.write_text(
            f'"""Do {id}"""\nfrom typing import Sequence, Union\n\nfrom alembic import op, context\n'
            f"import sqlalchemy as sa\n{head}\nrevision: str = {id!r}  # noqa\n"
            f"down_revision: Union[str, Sequence[str], None] = {parent!r}\n{more}\n\n"
            f"def upgrade() -> None:\n    {up}\n\n\ndef downgrade() -> None:\n    {down}\n"
        )
        return path

    def bothways(self, *arguments: str, env: dict[str, str] | None = None, code: int | None = None) -> Any:
        """Run the command in another folder than the project's; its output."""
        import os

        done = subprocess.run(
            [sys.executable, "-m", "bothways", *arguments],
            capture_output=True, text=True, cwd=self.folder.parent, env={**os.environ, **(env or {})}, check=False,
        )  # fmt: skip
        if code is not None:
            assert done.returncode == code, done.stdout + done.stderr
        return done

    def prove(self, *more: str, config: str = "alembic.ini", **options: Any) -> dict[str, list[tuple[str, str]]]:
        """The verdicts of each database."""
        path = str(self.folder / config)
        done = self.bothways("verify", "--config", path, "-o", "json", *more, **options)
        assert done.stdout, done.stderr
        report = json.loads(done.stdout)
        assert "proofs" in report, report
        found: dict[str, list[tuple[str, str]]] = {}
        for proof in report["proofs"]:
            found.setdefault(proof["database"], []).append((proof["revision"], proof["verdict"]))
        return found


@pytest.fixture
def foreign(tmp_path: Path) -> Callable[..., Foreign]:
    """Make a project from one of Alembic's templates."""

    def make(template: str = "generic", *, url: str | None = "sqlite:///app.db") -> Foreign:
        folder = tmp_path / "theirs"
        folder.mkdir()
        command = [sys.executable, "-m", "alembic.config", "init", "-t", template, "migrations"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        project = Foreign(folder)
        if url is not None and template != "multidb":
            project.ini(sqlalchemy__url=url.replace("%", "%%"))
        return project

    return make
