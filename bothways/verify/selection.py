"""Which revisions to prove: one, a range, the newest, or those whose files changed since a commit."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from bothways.errors import ConfigurationError, UnknownRevision
from bothways.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bothways.history import History, Revision


def everything(history: History) -> tuple[Revision, ...]:
    """All revisions of a branch."""
    return history.revisions


def newest(history: History) -> tuple[Revision, ...]:
    """The newest revision of a branch: its head, or each of several."""
    return tuple(history.by_id[head] for head in history.heads)


def named(
    name: str, histories: Sequence[History], others: Callable[[], Sequence[History]] = tuple
) -> Callable[[History], tuple[Revision, ...]]:
    """One revision or change, or a range ``FROM:TO`` (both ends included, either may be left out).

    A branch that has none of that name gives nothing. Raises UnknownRevision where none of ``histories`` has it, and
    says which of the ``others`` does.
    """

    def choose(history: History) -> tuple[Revision, ...]:
        first, colon, last = name.partition(":")
        try:
            if not colon:
                return history.change(name) or (history.find(name),)
            start = history.revisions.index((history.change(first) or (history.find(first),))[0]) if first else 0
            end = history.revisions.index(history.find(last)) if last else len(history.revisions) - 1
        except UnknownRevision:
            return ()
        return history.revisions[start : end + 1]

    if not any(map(choose, histories)):
        for other in filter(choose, others()):
            raise UnknownRevision(
                f"{name!r} is in branch {other.branch.name!r}, which is left out",
                hint=f"leave --database out: bothways verify {name}",
            )
        wanted = name.partition(":")[0] or name.partition(":")[2]
        if len(histories) == 1:
            histories[0].find(wanted)
        raise UnknownRevision(
            f"no branch has a revision {name!r}", hint=nearest(wanted, [i for h in histories for i in h.by_id])
        )
    return choose


def changed_since(reference: str, root: Path) -> Callable[[History], tuple[Revision, ...]]:
    """The revisions whose files were added or changed since a commit, those that git does not track yet included.

    Raises ConfigurationError where git does not know the commit, or there is no git.
    """
    names = {
        *_git(root, "diff", "--name-only", "--diff-filter=d", "--relative", reference, "--"),
        *_git(root, "ls-files", "--others", "--exclude-standard"),
    }
    files = {(root / name).resolve() for name in names}
    return lambda history: tuple(r for r in history.revisions if r.path.resolve() in files)


def _git(root: Path, *arguments: str) -> list[str]:
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and the reference comes from the caller's own command line
            ["git", "-C", str(root), *arguments],  # noqa: S607 - whatever git is on PATH is the user's
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        raise ConfigurationError("there is no git on this machine", hint="install git, or leave --since out") from None
    if done.returncode:
        raise ConfigurationError(
            f"git says: {(done.stderr.strip().splitlines() or ['nothing'])[-1]}",
            hint="name a commit, branch or tag that this clone has: git fetch --unshallow, git log",
        )
    return done.stdout.splitlines()
