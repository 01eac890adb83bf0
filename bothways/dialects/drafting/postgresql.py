"""Drafts of revisions for PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bothways.dialects.drafting import postgresql_renames as renames
from bothways.dialects.drafting import postgresql_sources as sources
from bothways.dialects.drafting.postgresql_order import ordered
from bothways.dialects.drafting.postgresql_parts import drafted
from bothways.dialects.drafting.postgresql_plan import Plan
from bothways.dialects.drafting.postgresql_scope import Scope
from bothways.dialects.drafting.postgresql_side import Side

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
        """The texts of these objects and of all that need them, each tried; and what each needs."""
        return sources.read(connection, snapshot, keys, written)

    def draft(self, before: State, after: State, hints: Hints) -> tuple[Draft, ...]:
        """The revisions from one state to the other: what needs another is dropped before it and made after it."""
        old, new = Side(before), Side(after)
        nodes = ordered(list(Plan(Scope(old, new), hints).nodes()), old, new)
        parts = tuple(part for node in nodes for part in node.parts)
        return drafted(parts, offline=hints.offline)

    def renaming(self, state: State, key: str, name: str) -> Step:
        """Rename one object, and back."""
        return renames.renaming(state, key, name)
