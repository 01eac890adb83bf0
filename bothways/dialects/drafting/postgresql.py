"""Drafts of revisions for PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import sqlalchemy as sa

    from bothways.operations import Draft, Hints, State, Step
    from bothways.snapshot import Snapshot


class PostgreSQLDrafter:
    """Drafts for PostgreSQL."""

    def sources(
        self, connection: sa.Connection, snapshot: Snapshot, keys: Collection[str], written: Mapping[str, str]
    ) -> Mapping[str, str]:
        """The texts from which objects can be made again."""
        raise NotImplementedError

    def draft(self, before: State, after: State, hints: Hints) -> tuple[Draft, ...]:
        """The revisions from one state to the other."""
        raise NotImplementedError

    def renaming(self, state: State, key: str, name: str) -> Step:
        """Rename one object."""
        raise NotImplementedError
