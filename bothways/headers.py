"""The head of a revision file: what stands at its top level as a literal, read without running it or importing Alembic.

That is ``revision``, ``down_revision``, ``branch_labels``, ``depends_on``, ``change`` (the id that siblings share),
``irreversible`` and the docstring.
"""

from __future__ import annotations

import ast
import hashlib
import re
import runpy
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from bothways.errors import InvalidRevisionFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_NAMES = ("revision", "down_revision", "branch_labels", "depends_on", "change", "irreversible", "lossy")
_FIRST_CODE = re.compile(r"^(?:def|class|async|if|for|with|@)", re.M)
_OLDEST = re.compile(r"([a-f0-9]+)\.py$")
_ONE_TREE = Lock()
_LATE = re.compile(rf"^(?:{'|'.join(_NAMES)})\b", re.M)


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision file's head."""

    id: str
    parents: tuple[str, ...]
    path: Path
    message: str
    change: str | None = None
    irreversible: str | None = None
    labels: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    lossy: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What its downgrade loses (``table`` or ``table.column``), and why that is accepted."""

    @property
    def down_revision(self) -> str | None:
        """The single parent; None for a base. A merge point has several ``parents``."""
        return self.parents[0] if self.parents else None

    @property
    def is_merge(self) -> bool:
        """Whether it joins heads."""
        return len(self.parents) > 1

    @property
    def digest(self) -> str:
        """The sha256 of the file's bytes."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """The revision as JSON-ready data."""
        return {
            "id": self.id,
            "parents": list(self.parents),
            "message": self.message,
            "change": self.change,
            "irreversible": self.irreversible,
            "lossy": dict(self.lossy),
            "file": self.path.name,
        }


def read_header(path: Path) -> Revision:
    """Read one revision file's head. Raises InvalidRevisionFile with file and line."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidRevisionFile(
            f"{path.name} cannot be read ({type(error).__name__})", hint="mend the file"
        ) from None
    code = _FIRST_CODE.search(text)
    head, rest = (text[: code.start()], text[code.start() :]) if code else (text, "")
    values = _literals(path, text if _LATE.search(rest) else head, whole=text)
    if not isinstance(values.get("revision"), str):
        raise InvalidRevisionFile(
            f"{path.name} has no revision id", hint='write revision = "…" at the top of it, or move the file elsewhere'
        )
    return Revision(
        id=values["revision"],
        parents=_names(values.get("down_revision")),
        path=path,
        message=((values.get("__doc__") or "").strip() or path.stem).splitlines()[0],
        change=values.get("change"),
        irreversible=values.get("irreversible"),
        labels=_names(values.get("branch_labels")),
        depends_on=_names(values.get("depends_on")),
        lossy=_lossy(path, values.get("lossy")),
    )


def read_foreign(path: Path, paths: Sequence[str] = ()) -> Revision:
    """Read the head of a file of a foreign project: what is no plain value there, the file is run for.

    ``paths`` come before ``sys.path`` meanwhile. Raises InvalidRevisionFile.
    """
    with suppress(InvalidRevisionFile):
        return read_header(path)
    check_syntax(path, path.read_text(encoding="utf-8"))
    try:
        with importing(paths):
            values = runpy.run_path(str(path))
    except Exception as error:
        raise InvalidRevisionFile(
            f"{path.name} does not load: {type(error).__name__}: {error}",
            hint="see whether Alembic loads it: alembic history; install what it imports beside bothways",
        ) from error
    # Alembic's own oldest files have their id in their name only.
    named = _OLDEST.match(path.name)
    identifier = values.get("revision") or (named[1] if named else None)
    if not isinstance(identifier, str):
        raise InvalidRevisionFile(
            f"{path.name} has no revision id", hint="Alembic refuses it too: move the file elsewhere"
        )
    lossy, irreversible = values.get("lossy"), values.get("irreversible")
    return Revision(
        id=identifier,
        parents=_names(values.get("down_revision")),
        path=path,
        message=((values.get("__doc__") or "").strip() or path.stem).splitlines()[0],
        change=None,
        irreversible=irreversible if isinstance(irreversible, str) else None,
        labels=_names(values.get("branch_labels")),
        depends_on=_names(values.get("depends_on")),
        lossy=_lossy(path, lossy) if isinstance(lossy, dict) else {},
    )


@contextmanager
def importing(paths: Sequence[str]) -> Iterator[None]:
    """Import from ``paths`` before ``sys.path`` while the block runs."""
    before = list(sys.path)
    sys.path[:0] = [p for p in paths if p not in before]
    try:
        yield
    finally:
        sys.path[:] = before


def parsed(source: str) -> ast.Module:
    """The syntax tree of a file, one at a time; raises SyntaxError, ValueError.

    Two threads that make trees at once have got a SystemError from Python 3.11, and a service looks in threads.
    """
    with _ONE_TREE:
        return ast.parse(source)


@lru_cache(maxsize=4_096)
def _literals(path: Path, text: str, *, whole: str) -> Mapping[str, Any]:
    """What stands at the top; a process that looks again and again, as a service does, reads each text once."""
    try:
        tree = parsed(text)
    except (SyntaxError, ValueError):
        check_syntax(path, whole)
        tree = parsed(whole)  # the cut fell inside something that only looks like code
    values: dict[str, Any] = {"__doc__": ast.get_docstring(tree)}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            targets, value = [node.target], node.value
        else:
            continue
        for target in targets:
            if isinstance(target, ast.Name) and target.id in _NAMES:
                values[target.id] = _literal(path, target.id, value)
    return values


def _literal(path: Path, name: str, value: ast.expr) -> Any:
    try:
        return ast.literal_eval(value)
    except ValueError:
        raise InvalidRevisionFile(
            f"{path.name}:{value.lineno}: {name} is not a plain value",
            hint="write it as a string, a tuple of strings or None",
        ) from None


def check_syntax(path: Path, text: str | None = None) -> None:
    """Raise InvalidRevisionFile, with file, line and column, if the file is not valid Python."""
    source = path.read_text(encoding="utf-8") if text is None else text
    if "\0" in source:
        raise InvalidRevisionFile(f"{path.name} holds a NUL byte", hint="take it out of the file")
    try:
        compile(source, str(path), "exec", dont_inherit=True)
    except SyntaxError as error:
        raise InvalidRevisionFile(
            f"{path.name}:{error.lineno}: {error.msg}", hint="mend that line", details={"file": str(path)}
        ) from None


def _lossy(path: Path, value: object) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(t, str) for pair in value.items() for t in pair):
        raise InvalidRevisionFile(
            f"{path.name}: lossy is not a dictionary of texts",
            hint='write lossy = {"table.column": "why that is accepted"}',
        )
    return dict(value)


def _names(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(str(v) for v in value)  # type: ignore[attr-defined]
