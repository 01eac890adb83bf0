"""Rows and an invariant of our own for the proofs of revisions; see docs/verify-own-rows.md.

A row runs through every revision after the one at which it was planted, so keys are made from the revision's id.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Protocol

import sqlalchemy as sa

from schema.types import UuidKey

if TYPE_CHECKING:
    from collections.abc import Iterator


SLUG = "proof-"
NAME = "Bücher & «Ça» – 100 % 📚"

categories = sa.table(
    "categories",
    sa.column("id", UuidKey),
    sa.column("slug", sa.String()),
    sa.column("name", sa.String()),
    sa.column("position", sa.Integer()),
)


class At(Protocol):
    """What these functions need of where a proof stands."""

    @property
    def connection(self) -> sa.Connection:
        """The scratch database."""
        ...

    @property
    def revision(self) -> str:
        """The id of the revision that it is at."""
        ...

    def has(self, name: str) -> bool:
        """Whether a table or ``table.column`` is there."""
        ...


def rows(at: At) -> None:
    """A category whose name has every kind of character that a shop's texts have."""
    if at.has("categories"):
        key = uuid.uuid5(uuid.NAMESPACE_URL, f"{SLUG}{at.revision}")
        values = {"id": key, "slug": f"{SLUG}{at.revision}", "name": NAME, "position": 7}
        at.connection.execute(sa.insert(categories).values(values))


def invariants(at: At) -> Iterator[str]:
    """That category's name and place are never touched."""
    if at.has("categories"):
        c = categories.c
        found = sa.select(c.slug, c.name, c.position).where(c.slug.like(f"{SLUG}%")).order_by(c.slug)
        for slug, name, position in at.connection.execute(found):
            if (name, position) != (NAME, 7):
                yield f"category {slug!r} was {NAME!r} at 7 and is {name!r} at {position}"
