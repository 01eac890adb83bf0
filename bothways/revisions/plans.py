"""What must run to bring a database from where it is to where it shall be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bothways.errors import IrreversibleRevision, UnknownDatabaseRevision, UnknownRevision

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bothways.history import History, Revision
    from bothways.project import Database


def require_known(history: History, versions: Iterable[str], database: Database) -> None:
    """Raise UnknownDatabaseRevision where the database is at a revision that the branch does not have."""
    for version in versions:
        if version not in history.by_id:
            raise UnknownDatabaseRevision(
                f"database {database.name!r} is at revision {version!r}, "
                f"which branch {history.branch.name!r} does not have",
                hint="update this checkout (git pull), or check that the URL is the right database's: bothways status",
                details={"database": database.name, "revision": version},
            )


def upgrade_plan(history: History, versions: Iterable[str], target: str) -> tuple[Revision, ...]:
    """What a database at ``versions`` lacks to be at ``target``, from base to head. Raises UnknownRevision."""
    versions = tuple(versions)
    return history.between(versions, upgrade_goals(history, versions, target))


def upgrade_goals(history: History, versions: Iterable[str], target: str) -> tuple[str, ...]:
    """The revisions that ``target`` means for a database at ``versions``; ``+2`` is the second of its next ones.

    Raises UnknownRevision.
    """
    if not history.revisions:
        return ()
    if target == "heads":
        return history.heads
    if not (target.startswith("+") and target[1:].isdigit()):
        return (history.find(target).id,)
    steps, pending = int(target[1:]), history.pending(versions)
    if steps > len(pending):
        raise UnknownRevision(f"{target} goes beyond the head: {len(pending)} are pending", hint="name head to run all")
    return (pending[steps - 1].id,) if steps else ()


def downgrade_plan(
    history: History, versions: tuple[str, ...], target: str, database: Database
) -> tuple[Revision, ...]:
    """What must be undone to bring a database from ``versions`` to ``target``, from head to base.

    Raises UnknownRevision, or IrreversibleRevision if one of them says that it cannot be undone.
    """
    goal = downgrade_goal(history, versions, target, database)
    doomed = history.between([goal] if goal else [], versions)[::-1]
    refuse_irreversible(doomed, database)
    return doomed


def refuse_irreversible(revisions: Iterable[Revision], database: Database) -> None:
    """Raise IrreversibleRevision if any of them says that it cannot be undone."""
    for revision in revisions:
        if revision.irreversible:
            raise IrreversibleRevision(
                f"revision {revision.id!r} ({revision.message}) cannot be undone: {revision.irreversible}",
                hint=f"downgrade to {revision.id} at most: bothways downgrade {database.name} {revision.id}",
                details={"revision": revision.id, "reason": revision.irreversible},
            )


def downgrade_goal(history: History, versions: tuple[str, ...], target: str, database: Database) -> str | None:
    """The revision that ``target`` means for a database at ``versions``; None is base. Raises UnknownRevision."""
    if target == "base":
        return None
    if target.startswith("-") and target[1:].isdigit():
        place: str | None = versions[0] if versions else None
        for _ in range(int(target[1:])):
            if place is None:
                raise UnknownRevision(f"{target} goes below base", hint="name base to undo everything")
            place = history.by_id[place].down_revision
        return place
    if target.startswith("+") and target[1:].isdigit():
        raise UnknownRevision(f"{target} goes up", hint="to go down: -1, a revision or base")
    goal = history.find(target)
    if goal.id not in history.ancestors(versions):
        raise UnknownRevision(
            f"{goal.id!r} is not below where the database is ({', '.join(versions) or 'base'})",
            hint=f"to go up: bothways upgrade {database.name} {goal.id}",
        )
    return goal.id
