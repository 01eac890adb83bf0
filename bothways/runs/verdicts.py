"""The last proof of each revision, kept in the database that it was proved for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bothways.connections import call
from bothways.errors import BothwaysError
from bothways.runs.records import now
from bothways.runs.run import moment
from bothways.runs.tables import LEDGER, VERDICTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bothways.project import Database


@dataclass(frozen=True, slots=True)
class Kept:
    """A proof that was recorded: of which file, when, by which run."""

    revision: str
    digest: str
    at: int
    run: str
    proof: Mapping[str, Any] = field(hash=False)

    def to_dict(self) -> dict[str, Any]:
        """The proof as JSON-ready data."""
        return {**self.proof, "run": self.run, "at": moment(self.at)}


def keep(connection: sa.Connection, branch: str, digest: str, run: str, proof: Mapping[str, Any]) -> None:
    """Record a proof in place of the revision's last one."""
    key = {"branch": branch, "revision": proof["revision"]}
    values = {"digest": digest, "at": now(connection), "run": run, "proof": dict(proof)}
    here = (VERDICTS.c.branch == branch) & (VERDICTS.c.revision == proof["revision"])
    if not connection.execute(sa.update(VERDICTS).where(here).values(**values)).rowcount:
        try:
            connection.execute(sa.insert(VERDICTS).values(**key, **values))
        except IntegrityError:
            # Two sections of the project are one database, and both are being proved: one verdict is as good.
            connection.rollback()
    connection.commit()


def last(connection: sa.Connection, branch: str, revision: str | None = None) -> tuple[Kept, ...]:
    """The last proofs of a branch's revisions, or of one."""
    if not LEDGER.exists(connection):
        return ()
    query = sa.select(VERDICTS).where(VERDICTS.c.branch == branch)
    if revision is not None:
        query = query.where(VERDICTS.c.revision == revision)
    return tuple(Kept(row.revision, row.digest, row.at, row.run, row.proof) for row in connection.execute(query))


def newest_of(databases: Iterable[Database], branch: str, revision: str, timeout: float = 5.0) -> Kept | None:
    """The newest proof of a revision in any of some databases; one that cannot be asked knows none."""
    found: list[Kept] = []
    for database in databases:
        try:
            url = database.require_url()
            found += call(url, lambda c: last(c, branch, revision), timeout=timeout)
        except BothwaysError:
            continue
    return max(found, key=lambda kept: kept.at, default=None)
