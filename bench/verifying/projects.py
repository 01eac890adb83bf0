"""Histories for the benchmark of ``bothways verify``, written as projects that plain Alembic takes too.

Both forms read the same revision files in ``migrations/versions``: ``alembic.ini`` beside ``migrations/`` is Bothways'
(a section an engine), ``plain/`` holds an Alembic environment as ``alembic init`` makes it, with the peers' tests.
"""

from __future__ import annotations

import os
import subprocess
import textwrap
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ENGINES = ("postgresql", "mysql", "sqlite")
TEMPLATES = Path(__file__).with_name("templates")

Fault = Literal["lost default", "forgotten comment"]
FEWEST_TABLES = 20
"""That 30 revisions touch, one each: two for every three."""
FAULTS: tuple[Fault, ...] = ("lost default", "forgotten comment")

_COLUMNS = {
    "id": "sa.Integer, primary_key=True, autoincrement=False",
    "name": "sa.String(80), nullable=False",
    "price": "sa.Numeric(12, 2), nullable=False",
    "state": 'sa.String(20), nullable=False, server_default="new"',
}
_NOTE = "sa.String(200)"


@dataclass
class Table:
    """A table as the revisions written so far leave it; columns with the text of their type and options."""

    name: str
    columns: dict[str, str] = field(default_factory=lambda: dict(_COLUMNS))
    indexed: list[str] = field(default_factory=list)
    comment: str | None = None
    key: str | None = None
    """The name of its primary key, where that is not the column's own."""

    def source(self, head: str) -> str:
        """The table as SQLAlchemy's source, ``head`` being the call without its bracket closed."""
        parts = [f"sa.Column({name!r}, {options})" for name, options in self.columns.items()]
        parts += [f"sa.Index('ix_{self.name}_{column}', {column!r})" for column in self.indexed]
        parts += [f"sa.PrimaryKeyConstraint('id', name={self.key!r})"] if self.key else []
        parts += [f"comment={self.comment!r}"] if self.comment else []
        return f"{head}{', '.join(parts)})"


@dataclass(frozen=True, slots=True)
class Step:
    """The two bodies of a revision, and what its downgrade or upgrade says that it loses."""

    message: str
    upgrade: str
    downgrade: str
    lossy: dict[str, str] = field(default_factory=dict)


class Script:
    """Writes revisions one after the other, and keeps what the models look like at their head."""

    def __init__(self) -> None:
        self.tables: dict[str, Table] = {}
        self.steps: list[Step] = []

    def create(self, *names: str, more: Callable[[Table], None] | None = None) -> None:
        """One revision that creates tables, with what ``more`` adds to each."""
        new = [Table(name) for name in names]
        for table in new if more else ():
            more(table)
        self.tables |= {t.name: t for t in new}
        self._add(
            f"create {names[0]}{' and others' * (len(names) > 1)}",
            "\n".join(t.source(f"op.create_table({t.name!r}, ") for t in new),
            "\n".join(f"op.drop_table({t.name!r})" for t in reversed(new)),
        )

    def add_column(self, name: str) -> None:
        """One revision that adds the column ``note``."""
        self.tables[name].columns["note"] = _NOTE
        self._add(f"add {name}.note", *_note_added_and_dropped(name))

    def drop_column(self, name: str) -> None:
        """One revision that drops the column ``note``, and declares that its values are lost."""
        del self.tables[name].columns["note"]
        add, drop = _note_added_and_dropped(name)
        self._add(f"drop {name}.note", drop, add, {f"{name}.note": "the column goes"})

    def add_index(self, name: str) -> None:
        """One revision that indexes the column ``name``."""
        self.tables[name].indexed.append("name")
        create = f'op.create_index("ix_{name}_name", {name!r}, ["name"])'
        self._add(f"index {name}.name", create, f'op.drop_index("ix_{name}_name", {name!r})')

    def change_default(self, name: str, *, restored: bool) -> None:
        """One revision with another server default; the downgrade restores the old one or leaves none."""
        self.tables[name].columns["state"] = _COLUMNS["state"].replace("new", "open")
        batch = f'with op.batch_alter_table({name!r}) as batch:\n    batch.alter_column("state", server_default='
        self._add(f"default of {name}.state", f'{batch}"open")', f'{batch}"new")' if restored else f"{batch}None)")

    def comment(self, name: str, *, removed: bool) -> None:
        """One revision that comments a table; the downgrade removes the comment or forgets it."""
        self.tables[name].comment = "What is sold"
        where = "if op.get_bind().dialect.supports_comments:\n    "
        add = f'{where}op.create_table_comment({name!r}, "What is sold")'
        remove = f'{where}op.drop_table_comment({name!r}, existing_comment="What is sold")'
        self._add(f"comment {name}", add, remove if removed else "pass")

    def _add(self, message: str, up: str, down: str, lossy: dict[str, str] | None = None) -> None:
        self.steps.append(Step(message, up, down, lossy or {}))


def _note_added_and_dropped(name: str) -> tuple[str, str]:
    return f'op.add_column({name!r}, sa.Column("note", {_NOTE}))', f'op.drop_column({name!r}, "note")'


def plain_history(revisions: int) -> Script:
    """Table, column, index, and again: a third of ``revisions`` tables at the head."""
    script = Script()
    while len(script.steps) < revisions:
        number, kind = divmod(len(script.steps), 3)
        name = f"t{number + 1:04}"
        (script.create, script.add_column, script.add_index)[kind](name)
    return script


def history_with(revisions: int, faults: Iterable[Fault]) -> tuple[Script, dict[Fault, str]]:
    """The plain history with two more revisions in its middle, and which of them has which fault.

    A fault that is not asked for is written as it should be, so that no fault at all is the control.
    """
    wanted = set(faults)
    script = plain_history(max(3, revisions // 6 * 3))
    places: dict[Fault, str] = {}
    places["lost default"] = revision_id(len(script.steps))
    script.change_default("t0001", restored="lost default" not in wanted)
    places["forgotten comment"] = revision_id(len(script.steps))
    script.comment("t0001", removed="forgotten comment" not in wanted)
    while len(script.steps) < revisions:
        number, kind = divmod(len(script.steps) - 2, 3)
        name = f"t{number + 1:04}"
        (script.create, script.add_column, script.add_index)[kind](name)
    return script, {fault: places[fault] for fault in FAULTS if fault in wanted}


def growing(tables: int, revisions: int) -> Script:
    """``tables`` tables made by the first revision, then ``revisions`` that touch one table each.

    Raises ValueError for too few tables: an index is made once a table.
    """
    if tables < (revisions + 2) // 3 * 2:
        raise ValueError(f"{revisions} revisions need more than {tables} tables")
    script = Script()
    names = [f"t{number:04}" for number in range(1, tables + 1)]
    script.create(*names)
    for number in range(revisions):
        turn, kind = divmod(number, 3)
        table, other = names[2 * turn % len(names)], names[(2 * turn + 1) % len(names)]
        (script.add_column, script.add_index, script.drop_column)[kind](other if kind == 1 else table)
    return script


def revision_id(position: int) -> str:
    """The id of the revision at a position, 0 being the first."""
    return f"r{position + 1:04}"


def write(folder: Path, script: Script) -> Path:
    """Write a project with these revisions into an empty folder; the folder."""
    versions = folder / "migrations" / "versions"
    versions.mkdir(parents=True)
    for position, step in enumerate(script.steps):
        _write_revision(versions, position, step)
    tables = [t.source(f"sa.Table({t.name!r}, metadata, ") for t in script.tables.values()]
    models = "import sqlalchemy as sa\n\nmetadata = sa.MetaData()\n" + "\n".join(tables) + "\n"
    (folder / "bench_models.py").write_text(models, encoding="utf-8")
    (folder / "migrations" / "env.py").write_text(
        "from bench_models import metadata\nfrom bothways.env import run\n\nrun(metadata)\n"
    )
    sections = "".join(f"\n[{engine}]\nversion_locations = %(here)s/migrations/versions\n" for engine in ENGINES)
    (folder / "alembic.ini").write_text(
        "[DEFAULT]\nscript_location = %(here)s/migrations\nprepend_sys_path = %(here)s\npath_separator = newline\n"
        f"bothways.models = bench_models:metadata\n{sections}"
    )
    (folder / ".gitignore").write_text("__pycache__/\n")
    (folder / "plain").mkdir()
    for template in sorted(TEMPLATES.iterdir()):
        if template.is_file():
            (folder / "plain" / template.name.removesuffix(".txt")).write_text(template.read_text(encoding="utf-8"))
    return folder


def _write_revision(versions: Path, position: int, step: Step) -> None:
    own = revision_id(position)
    parent = revision_id(position - 1) if position else None
    lossy = f"lossy = {step.lossy!r}\n" if step.lossy else ""
    (versions / f"{own}.py").write_text(
        f'"""{step.message}."""\n\nimport sqlalchemy as sa\nfrom alembic import op\n\n'
        f"revision = {own!r}\ndown_revision = {parent!r}\n{lossy}\n\n"
        f"def upgrade() -> None:\n{textwrap.indent(step.upgrade, '    ')}\n\n\n"
        f"def downgrade() -> None:\n{textwrap.indent(step.downgrade, '    ')}\n",
        encoding="utf-8",
    )


def commit(folder: Path) -> str:
    """Put the project under git, its newest revision in a commit of its own; the commit before that one."""
    newest = max((folder / "migrations" / "versions").glob("*.py"))
    _git(folder, "init", "-q")
    _git(folder, "add", ".")
    _git(folder, "reset", "-q", "--", newest.relative_to(folder).as_posix())
    _git(folder, "commit", "-q", "-m", "All but the newest revision")
    before = _git(folder, "rev-parse", "HEAD").strip()
    _git(folder, "add", ".")
    _git(folder, "commit", "-q", "-m", "The newest revision")
    return before


def _git(folder: Path, *words: str) -> str:
    # Neither the repository that a hook runs in nor the person's own settings may reach this one.
    environ = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    environ |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    identity = ("-c", "user.name=bench", "-c", "user.email=bench@localhost")
    done = subprocess.run(
        ["git", *identity, *words], cwd=folder, env=environ, capture_output=True, text=True, check=True
    )
    return done.stdout
