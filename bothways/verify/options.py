"""What to prove, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bothways.history import History, Revision
    from bothways.project import Database, Project

ROWS = 24
"""Rows planted in each table."""
SECONDS = 60.0
"""How long one step of a revision may take on rows so few."""
FULL_EVERY = 100
"""After so many revisions the snapshot that follows what was touched is compared with one of everything."""

Level = Literal["boundary", "ordinary", "sparse", "none"]
"""Which rows stand in the tables: at the limits of their types, ordinary ones, such with all possible NULLs, none."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to prove: rows to plant a table (0: none), seconds a step, and whether the database of a failure stays."""

    rows: int = ROWS
    keep: bool = False
    timeout: float = SECONDS
    seed: int = 0
    full_every: int = FULL_EVERY
    start: str = ""
    """``package.module:metadata`` of the tables that stand before the first revision."""
    models: bool = False
    """Whether the head is compared with the models when the whole branch was walked."""


@dataclass(frozen=True, slots=True)
class Job:
    """The revisions of one branch to prove, in its order."""

    project: Project
    database: Database
    history: History
    revisions: tuple[Revision, ...]
    options: Options
    stuck: Mapping[str, str]
    """Revisions whose upgrade is known not to run, and why."""
