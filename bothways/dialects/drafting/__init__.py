"""From the difference between two catalogs to the steps of a revision: one drafter an engine.

A drafter's :meth:`~Drafter.draft` is a function of data; what only a server can tell, :meth:`~Drafter.sources` has
asked before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import sqlalchemy as sa

    from bothways.operations import Draft, Hints, State, Step
    from bothways.snapshot import Snapshot


class Drafter(Protocol):
    """What the generator asks of an engine."""

    def sources(
        self, connection: sa.Connection, snapshot: Snapshot, keys: Collection[str], written: Mapping[str, str]
    ) -> Mapping[str, str]:
        """The SQL texts from which these objects of a scratch database can be made again, by key or ``key/fact``.

        A text is right where the server, given it, prints what the snapshot has. ``written`` are texts of the models
        to try first, because people can read them. The connection may be used for trials that are rolled back.
        """
        ...

    def draft(self, before: State, after: State, hints: Hints) -> tuple[Draft, ...]:
        """The revisions that lead from one to the other, in order; none where nothing differs that matters."""
        ...

    def renaming(self, state: State, key: str, name: str) -> Step:
        """Rename one object (``table``, ``column``, ``constraint``, ``index``, ``view``, ``sequence``, ``type``).

        An enum's label has the key ``label:type.label``.
        """
        ...


def drafter_for(dialect: str) -> Drafter:
    """The drafter of an engine."""
    if dialect == "postgresql":
        from bothways.dialects.drafting.postgresql import PostgreSQLDrafter

        return PostgreSQLDrafter()
    if dialect == "mysql":
        from bothways.dialects.drafting.mysql import MySQLDrafter

        return MySQLDrafter()
    from bothways.dialects.drafting.sqlite import SQLiteDrafter

    return SQLiteDrafter()
