"""New revision files: rendered from the project's own template, and written all or none."""

from __future__ import annotations

import ast
import fcntl
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mako.template import Template

from bothways.errors import ConfigurationError, DuplicateRevision
from bothways.headers import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_CHECKED = ("revision", "down_revision", "branch_labels", "change")


@dataclass(frozen=True, slots=True)
class NewFile:
    """A revision that is to be a file."""

    path: Path
    source: str


def render(template: Path, values: Mapping[str, Any]) -> str:
    """The source of a revision from a ``script.py.mako``, which gets what Alembic gives it and more.

    Raises ConfigurationError where the template does not render, or renders something else than it was given.
    """
    try:
        source = str(Template(filename=str(template)).render_unicode(**values))  # noqa: S702 - Python, not HTML
        found = _header(source)
    except Exception as error:
        raise ConfigurationError(
            f"{template.name} does not render a revision: {type(error).__name__}: {error}",
            hint="compare it with the script.py.mako that Bothways ships",
        ) from error
    wanted = {"revision": values["up_revision"], **{k: values[k] for k in _CHECKED[1:]}}
    for name in _CHECKED:
        if name in found and found[name] != wanted[name]:
            raise ConfigurationError(
                f"{template.name} renders {name} = {found[name]!r} for {wanted[name]!r}",
                hint=f"write it as {name} = ${{repr(…)}}",
            )
    return source.rstrip("\n") + "\n"


def _header(source: str) -> dict[str, Any]:
    assigned = [n for n in parsed(source).body if isinstance(n, ast.Assign)]
    names = {n.targets[0].id: n.value for n in assigned if isinstance(n.targets[0], ast.Name)}
    return {name: ast.literal_eval(names[name]) for name in _CHECKED if name in names}


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Let only one process at a time look at the histories and add to them."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def write(files: Sequence[NewFile]) -> None:
    """Write them all; where one can't be, none is left. Raises DuplicateRevision or ConfigurationError."""
    written: list[Path] = []
    try:
        for file in files:
            if file.path.exists():
                raise DuplicateRevision(
                    f"{file.path.name} is there already", hint="give the change another message, or move that file"
                )
            file.path.parent.mkdir(parents=True, exist_ok=True)
            draft = file.path.with_name(f".{file.path.name}.new")
            written.append(draft)
            with draft.open("w", encoding="utf-8") as stream:
                stream.write(file.source)
                stream.flush()
                os.fsync(stream.fileno())
        for file in files:
            file.path.with_name(f".{file.path.name}.new").rename(file.path)
            written.append(file.path)
    except BaseException as error:
        for path in written:
            with suppress(OSError):
                path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise ConfigurationError(
                f"{error.filename or 'a revision'} cannot be written: {error.strerror}",
                hint="nothing was written; make room, or let the folder be written to",
            ) from None
        raise
