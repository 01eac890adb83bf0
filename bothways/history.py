"""The history of a branch: its revisions from base to head, read from the heads of their files."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any, ClassVar

from bothways.errors import (
    AmbiguousRevision,
    BrokenHistory,
    DuplicateRevision,
    MultipleHeads,
    UnknownRevision,
)
from bothways.headers import Revision, read_foreign, read_header
from bothways.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from bothways.project import Branch

__all__ = ["History", "HistoryReport", "Revision"]

_FILE = re.compile(r"(?!\.#|__init__)(.*\.py)$")
_RELATIVE = re.compile(r"^(?P<base>.*?)(?P<steps>[+-]\d+)$")


@dataclass(frozen=True)
class History:
    """The revisions of one branch, from base to head."""

    branch: Branch
    revisions: tuple[Revision, ...] = field(repr=False)

    @classmethod
    def load(cls, branch: Branch) -> History:
        """Read every revision file of the branch's folders.

        Raises InvalidRevisionFile, DuplicateRevision or BrokenHistory; a folder that is not there yet is an empty
        history.
        """
        found: dict[str, Revision] = {}
        for path in _files(branch):
            revision = read_header(path) if branch.origin is None else read_foreign(path, branch.origin.paths)
            if revision.id in found:
                raise DuplicateRevision(
                    f"two files of branch {branch.name!r} have the id {revision.id!r}: "
                    f"{found[revision.id].path.name} and {path.name}",
                    hint="give one of them an id of its own, and correct the down_revision of its child",
                )
            found[revision.id] = revision
        return cls(branch, _ordered(branch, _resolved(found) if branch.origin else found))

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
        """The revision of an id, a unique beginning of one, a change id, or ``base+1``, ``head-1`` and ``r2-1``.

        Of a change that took several revisions it is the last one. Change ids end in numbers themselves, so only from
        an id, ``head`` or ``base`` is counted.

        Raises UnknownRevision with the nearest names, or AmbiguousRevision.
        """
        name = name.removeprefix(f"{self.branch.name}@")
        if name in {"head", "heads"} and self.head is not None:
            return self.head
        if name in self.by_id:
            return self.by_id[name]
        if change := self.change(name):
            return change[-1]
        if (relative := _RELATIVE.match(name)) and relative["base"] in {"", "head", "base", *self.by_id}:
            return self._relative(relative["base"], int(relative["steps"]))
        starting = [r for r in self.revisions if r.id.startswith(name) or r.path.name.startswith(name)]
        if len(starting) == 1:
            return starting[0]
        if starting:
            raise AmbiguousRevision(
                f"{name!r} could be {' or '.join(r.id for r in starting[:5])} of branch {self.branch.name!r}",
                hint="write more of the id",
            )
        raise UnknownRevision(
            f"branch {self.branch.name!r} has no revision {name!r}",
            hint=nearest(name, [*self.by_id, *self._changes, "head", "base"]),
        )

    @property
    def _changes(self) -> list[str]:
        return sorted({r.change for r in self.revisions if r.change})

    def change(self, name: str) -> tuple[Revision, ...]:
        """The revisions of a change, in order: several where one step has to be done before the next can begin."""
        return tuple(r for r in self.revisions if r.change == name)

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


def _files(branch: Branch) -> list[Path]:
    """The branch's revision files, each once, as Alembic finds them."""
    files: dict[Path, None] = {}
    for folder in branch.locations:
        found = sorted(folder.rglob("*.py") if branch.recursive else folder.glob("*.py")) if folder.is_dir() else []
        files.update(dict.fromkeys(p for p in found if _FILE.match(p.name) and "__pycache__" not in p.parts))
    return list({p.resolve(): p for p in files}.values()) if branch.origin else list(files)


def _resolved(found: dict[str, Revision]) -> dict[str, Revision]:
    """The revisions with ids where ``depends_on`` has a label; a label means the revision that declares it."""
    labels = {label: r.id for r in found.values() for label in r.labels}
    return {
        name: replace(r, depends_on=tuple(labels.get(d, d) for d in r.depends_on)) if r.depends_on else r
        for name, r in found.items()
    }


def _ordered(branch: Branch, found: dict[str, Revision]) -> tuple[Revision, ...]:
    for revision in found.values():
        for parent in revision.parents:
            if parent not in found:
                raise BrokenHistory(
                    f"{revision.path.name} revises {parent!r}, which branch {branch.name!r} does not have",
                    hint=f"correct its down_revision; {nearest(parent, found)}",
                )
    sorter = TopologicalSorter({r.id: (*r.parents, *_inside(r, found)) for r in found.values()})
    try:
        sorter.prepare()
    except CycleError as error:
        raise BrokenHistory(
            f"revisions of branch {branch.name!r} revise each other in a circle: "
            f"{', '.join(sorted(set(error.args[1]))[:5])}",
            hint="correct the down_revision of one of them",
        ) from None
    place = {name: number for number, name in enumerate(found)}
    ordered: list[Revision] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=place.__getitem__)
        ordered += (found[name] for name in ready)
        sorter.done(*ready)
    return tuple(ordered)


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
