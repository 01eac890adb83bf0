"""Mistakes in models: each with what is wrong, where that stands, and the remedy; all of them in one error."""

from __future__ import annotations

import ast
import sys
import traceback
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bothways.errors import InvalidModels
from bothways.headers import parsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType

_OURS = Path(__file__).parent
_SHOWN = 30
"""So many mistakes are told; of more, how many there are."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing in the models that no revision can be drafted from."""

    what: str
    remedy: str
    where: str | None = None
    """``file:line``; None where that can't be told."""

    def __str__(self) -> str:
        return f"{self.where + ': ' if self.where else ''}{self.what}\n    {self.remedy}"

    def to_dict(self) -> dict[str, str | None]:
        """The mistake as JSON-ready data."""
        return {"what": self.what, "where": self.where, "remedy": self.remedy}


def invalid(mistakes: Iterable[Mistake], sql: str | None = None) -> InvalidModels:
    """The error that tells all of them, each once; ``sql`` is what a server refused."""
    found = sorted(dict.fromkeys(mistakes), key=lambda m: (m.where is None, _in_order(m.where), m.what))
    count = "one mistake" if len(found) == 1 else f"{len(found)} mistakes"
    shown = [f"  {mistake}" for mistake in found[:_SHOWN]]
    if len(found) > _SHOWN:
        shown.append(f"  and {len(found) - _SHOWN} more")
    return InvalidModels(
        "\n".join([f"{count} in the models:", *shown]),
        hint="mend them and run the command again; how to write models: docs/models.md",
        details={"mistakes": [m.to_dict() for m in found], **({"sql": sql} if sql else {})},
    )


def place_of(table: sa.Table, element: object = None) -> str | None:
    """``file:line`` of a table in its models, or of its column, constraint or index where that can be found."""
    for path, tree in _sources(table.metadata, table.name):
        for node in ast.walk(tree):
            if _declares(node, table):
                inner = None if element is None else _line_of(node, element)
                return f"{path}:{inner or _first_line(node)}"
    return None


def place_of_text(metadata: sa.MetaData, text: str) -> str | None:
    """``file:line`` of a text in the modules that know the models' MetaData."""
    found = ((path, n) for path, tree in _sources(metadata, "") for n in ast.walk(tree))
    return next(
        (f"{path}:{_first_line(n)}" for path, n in found if isinstance(n, ast.expr) and _is_text(n, text)), None
    )


def raised_at(error: BaseException) -> str | None:
    """``file:line`` of the innermost code of the models, or of what they import, that raised."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if _is_own(f.filename)]
    return f"{_shown(Path(frames[-1].filename))}:{frames[-1].lineno}" if frames else None


def _shown(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _in_order(where: str | None) -> tuple[str, int]:
    file, _, line = (where or "").rpartition(":")
    return file, int(line) if line.isdigit() else 0


def _sources(metadata: sa.MetaData, name: str) -> Iterator[tuple[str, ast.Module]]:
    """The modules that could declare something: those that know the MetaData, as far as they hold its name."""
    for module in list(sys.modules.values()):
        path = _own_file(module)
        if path is None or not _holds(module, metadata):
            continue
        text, tree = _parsed(path)
        if name in text:
            yield _shown(path), tree


@lru_cache(maxsize=256)
def _parsed(path: Path) -> tuple[str, ast.Module]:
    try:
        text = path.read_text(encoding="utf-8")
        return text, parsed(text)
    except (OSError, ValueError, SyntaxError):
        return "", ast.Module([], [])


def _own_file(module: ModuleType) -> Path | None:
    """A module's file, unless it was installed or belongs to Python or to us."""
    file = getattr(module, "__file__", None)
    return Path(file) if isinstance(file, str) and _is_own(file) else None


def _is_own(file: str) -> bool:
    theirs = ("site-packages" in file, file.startswith(sys.base_prefix), Path(file).is_relative_to(_OURS))
    return file.endswith(".py") and not any(theirs)


def _holds(module: ModuleType, metadata: sa.MetaData) -> bool:
    """Whether a module has the MetaData at its top, or a table, a class or a base of it."""
    for value in list(vars(module).values()):
        # What a name of a module stands for may be anything, also what fails when it is asked.
        with suppress(Exception):
            if value is metadata or getattr(value, "metadata", None) is metadata:
                return True
    return False


def _declares(node: ast.AST, table: sa.Table) -> bool:
    """Whether a class or a call makes this table."""
    if isinstance(node, ast.ClassDef):
        return any(
            isinstance(part, ast.Assign)
            and any(isinstance(t, ast.Name) and t.id == "__tablename__" for t in part.targets)
            and _is_text(part.value, table.name)
            for part in node.body
        )
    return (
        isinstance(node, ast.Call)
        and _called(node) == "Table"
        and bool(node.args)
        and _is_text(node.args[0], table.name)
    )


def _line_of(node: ast.AST, element: Any) -> int | None:
    """The line of a column, a constraint or an index inside what declares its table."""
    calls = [part for part in ast.walk(node) if isinstance(part, ast.Call)]
    if isinstance(element, sa.Column):
        return _line_of_column(node, calls, element)
    named = [c for c in calls if element.name is not None and _has_text(c, str(element.name))]
    kinds = {cls.__name__ for cls in type(element).__mro__}
    written = {str(column.name) for column in getattr(element, "columns", ())}
    alike = [c for c in calls if _called(c) in kinds and (not written or written <= set(_texts(c)))]
    found = named or [c for c in alike if not _given_name(c)]
    if not found and len(written) == 1:
        column = next(iter(element.columns))
        return _line_of_column(node, calls, column)
    return found[0].lineno if found else None


def _line_of_column(node: ast.AST, calls: list[ast.Call], column: sa.Column[Any]) -> int | None:
    for part in getattr(node, "body", []):
        target = part.target if isinstance(part, ast.AnnAssign) else part.targets[0] if _assigns(part) else None
        if isinstance(target, ast.Name) and target.id in {column.name, column.key}:
            return int(part.lineno)
    named = (c for c in calls if _called(c) in {"Column", "mapped_column"} and c.args)
    return next((c.lineno for c in named if _is_text(c.args[0], column.name)), None)


def _assigns(part: ast.AST) -> bool:
    return isinstance(part, ast.Assign)


def _first_line(node: ast.AST) -> int:
    return int(getattr(node, "lineno", 1))


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _given_name(call: ast.Call) -> bool:
    return any(k.arg == "name" for k in call.keywords)


def _texts(call: ast.Call) -> Iterator[str]:
    return (n.value for n in ast.walk(call) if isinstance(n, ast.Constant) and isinstance(n.value, str))


def _has_text(call: ast.Call, text: str) -> bool:
    return any(_is_text(part, text) for part in (*call.args, *(k.value for k in call.keywords)))


def _is_text(node: ast.expr, text: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == text
