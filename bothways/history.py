"""The history of a branch: its revisions, read from the head of their files without importing Alembic or running them.

Only what stands at a module's top level as a literal counts: ``revision``, ``down_revision``, ``branch_labels``,
``depends_on``, ``change`` (the id that siblings share), ``irreversible`` and the docstring.
"""

from __future__ import annotations

import ast
import hashlib
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from bothways.errors import (
    AmbiguousRevision,
    BrokenHistory,
    DuplicateRevision,
    InvalidRevisionFile,
    MultipleHeads,
    UnknownRevision,
    nearest,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from bothways.project import Branch

_NAMES = ("revision", "down_revision", "branch_labels", "depends_on", "change", "irreversible", "lossy")
_FILE = re.compile(r"(?!\.#|__init__)(.*\.py)$")
_FIRST_CODE = re.compile(r"^(?:def|class|async|if|for|with|@)", re.M)
_LATE = re.compile(rf"^(?:{'|'.join(_NAMES)})\b", re.M)
_RELATIVE = re.compile(r"^(?P<base>.*?)(?P<steps>[+-]\d+)$")


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

    @property
    def down_revision(self) -> str | None:
        """The single parent; None for a base. A merge point has several ``parents``."""
        return self.parents[0] if self.parents else None

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
            "file": self.path.name,
        }


@dataclass(frozen=True)
class History:
    """The revisions of one branch, from base to head."""

    branch: Branch
    revisions: tuple[Revision, ...] = field(repr=False)

    @classmethod
    def load(cls, branch: Branch) -> History:
        """Read every revision file of the branch's folder.

        Raises InvalidRevisionFile, DuplicateRevision or BrokenHistory; a folder that is not there yet is an empty
        history.
        """
        found: dict[str, Revision] = {}
        files = sorted(p for p in branch.path.glob("*.py") if _FILE.match(p.name)) if branch.path.is_dir() else []
        for path in files:
            revision = read_header(path)
            if revision.id in found:
                raise DuplicateRevision(
                    f"two files of branch {branch.name!r} have the id {revision.id!r}: "
                    f"{found[revision.id].path.name} and {path.name}",
                    hint="give one of them an id of its own, and correct the down_revision of its child",
                )
            found[revision.id] = revision
        return cls(branch, _ordered(branch, found))

    @cached_property
    def by_id(self) -> dict[str, Revision]:
        """Revisions by their id."""
        return {r.id: r for r in self.revisions}

    @cached_property
    def heads(self) -> tuple[str, ...]:
        """Ids that no revision of the branch revises."""
        parents = {p for r in self.revisions for p in r.parents}
        return tuple(r.id for r in self.revisions if r.id not in parents)

    @property
    def head(self) -> Revision | None:
        """The one head; None for an empty branch. Raises MultipleHeads."""
        if len(self.heads) > 1:
            raise MultipleHeads(
                f"branch {self.branch.name!r} has {len(self.heads)} heads: {', '.join(self.heads)}",
                hint=f"join them: alembic -n {self.branch.name} merge -m 'join heads' heads",
                details={"branch": self.branch.name, "heads": list(self.heads)},
            )
        return self.by_id[self.heads[0]] if self.heads else None

    def find(self, name: str) -> Revision:
        """The revision of an id, a unique beginning of one, a change id, ``head``, ``base+1`` or ``head-1``.

        Raises UnknownRevision with the nearest names, or AmbiguousRevision.
        """
        name = name.removeprefix(f"{self.branch.name}@")
        if name in {"head", "heads"} and self.head is not None:
            return self.head
        if name in self.by_id:
            return self.by_id[name]
        if (relative := _RELATIVE.match(name)) and relative["base"] not in self.by_id:
            return self._relative(relative["base"], int(relative["steps"]))
        starting = [r for r in self.revisions if r.change == name] or [
            r for r in self.revisions if r.id.startswith(name) or r.path.name.startswith(name)
        ]
        if len(starting) == 1:
            return starting[0]
        if starting:
            raise AmbiguousRevision(
                f"{name!r} could be {' or '.join(r.id for r in starting[:5])} of branch {self.branch.name!r}",
                hint="write more of the id",
            )
        raise UnknownRevision(
            f"branch {self.branch.name!r} has no revision {name!r}", hint=nearest(name, [*self.by_id, "head", "base"])
        )

    def _relative(self, base: str, steps: int) -> Revision:
        order = list(self.revisions)
        start = -1 if base == "base" or (not base and steps > 0) else order.index(self.find(base or "head"))
        place = start + steps
        if not 0 <= place < len(order):
            raise UnknownRevision(
                f"branch {self.branch.name!r} has {len(order)} revisions: {base or ''}{steps:+d} is beyond them",
                hint=f"see them: bothways history --database {self.branch.name}",
            )
        return order[place]

    def ancestors(self, ids: Iterable[str]) -> frozenset[str]:
        """The given revisions and everything below them. Raises UnknownRevision."""
        seen: set[str] = set()
        pending = list(ids)
        while pending:
            name = pending.pop()
            if name in seen:
                continue
            if name not in self.by_id:
                raise UnknownRevision(
                    f"branch {self.branch.name!r} has no revision {name!r}", hint=nearest(name, self.by_id)
                )
            seen.add(name)
            pending += [*self.by_id[name].parents, *(d for d in self.by_id[name].depends_on if d in self.by_id)]
        return frozenset(seen)

    def between(self, current: Iterable[str], target: Iterable[str]) -> tuple[Revision, ...]:
        """The revisions that ``target`` has and ``current`` lacks, from base to head."""
        missing = self.ancestors(target) - self.ancestors(current)
        return tuple(r for r in self.revisions if r.id in missing)

    def pending(self, current: Iterable[str]) -> tuple[Revision, ...]:
        """What a database at ``current`` lacks to be at the branch's heads."""
        return self.between(current, self.heads)


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
    )


def _literals(path: Path, text: str, *, whole: str) -> dict[str, Any]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        check_syntax(path, whole)
        tree = ast.parse(whole)  # the cut fell inside something that only looks like code
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


def _names(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(str(v) for v in value)  # type: ignore[attr-defined]


def _ordered(branch: Branch, found: dict[str, Revision]) -> tuple[Revision, ...]:
    for revision in found.values():
        for parent in revision.parents:
            if parent not in found:
                raise BrokenHistory(
                    f"{revision.path.name} revises {parent!r}, which branch {branch.name!r} does not have",
                    hint=f"correct its down_revision; {nearest(parent, found)}",
                )
    ordered: dict[str, Revision] = {}
    remaining = dict(found)
    while remaining:
        ready = [r for r in remaining.values() if all(p in ordered for p in (*r.parents, *_inside(r, found)))]
        if not ready:
            raise BrokenHistory(
                f"revisions of branch {branch.name!r} revise each other in a circle: "
                f"{', '.join(sorted(remaining)[:5])}",
                hint="correct the down_revision of one of them",
            )
        for revision in ready:
            ordered[revision.id] = remaining.pop(revision.id)
    return tuple(ordered.values())


def _inside(revision: Revision, found: dict[str, Revision]) -> tuple[str, ...]:
    return tuple(d for d in revision.depends_on if d in found)


@dataclass(frozen=True, slots=True)
class HistoryReport:
    """The histories of several branches."""

    kind: ClassVar[str] = "history/1"
    histories: tuple[History, ...]

    @property
    def exit_code(self) -> int:
        """Always 0."""
        return 0

    @property
    def changes(self) -> tuple[str, ...]:
        """The change ids of all branches, in the order of the first branch that has them."""
        ids = (r.change for h in self.histories for r in h.revisions if r.change)
        return tuple(dict.fromkeys(ids))

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-ready data."""
        return {
            "changes": list(self.changes),
            "branches": [
                {
                    "name": h.branch.name,
                    "dialect": h.branch.dialect,
                    "heads": list(h.heads),
                    "revisions": [{**r.to_dict(), "digest": r.digest} for r in h.revisions],
                }
                for h in self.histories
            ],
        }
