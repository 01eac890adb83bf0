"""What the way of a table there and back would lose, and what is done about it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from bothways.dialects.drafting.sqlite_texts import quoted
from bothways.dialects.drafting.sqlite_ways import Way

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bothways.code import Code
    from bothways.dialects.drafting.sqlite_tables import Column, Table
    from bothways.operations import Hints


class Losses:
    """The two ways of a changed table."""

    def __init__(
        self, old: Table, new: Table, hints: Hints, reserved: frozenset[str], version: tuple[int, ...]
    ) -> None:
        self.old, self.new, self.hints = old, new, hints
        self.reserved, self.version = reserved, version

    @cached_property
    def up(self) -> Way:
        """The way to the models."""
        return Way(self.old, self.new, self._backfill, version=self.version)

    @cached_property
    def down(self) -> Way:
        """The way back."""
        return Way(self.new, self.old, {}, in_order=True, version=self.version)

    @property
    def keep(self) -> tuple[Code, ...]:
        """What puts aside what would be lost."""
        return ()

    @property
    def forget(self) -> tuple[Code, ...]:
        """What clears away what was put aside."""
        return ()

    @property
    def lossy(self) -> Mapping[str, str]:
        """What is lost all the same, as revisions declare it."""
        gone = (c for n, c in self.old.columns.items() if n not in self.new.columns and not c.generated)
        return {c.key: "its values are gone with it" for c in gone}

    @property
    def cautions(self) -> tuple[str, ...]:
        """What it takes, and what may refuse it."""
        return tuple(self._cautions())

    def _cautions(self) -> list[str]:
        return [] if self.up.small else [f"All rows of {self.new.key} are copied, and nobody else writes meanwhile."]

    @cached_property
    def _backfill(self) -> dict[str, str]:
        wanted = {n: self.hints.backfill.get(f"column:{c.key}") for n, c in self.new.columns.items()}
        return {n: self._filled(n, text) for n, text in wanted.items() if text and self._lacks(n)}

    def _lacks(self, name: str) -> bool:
        old: Column | None = self.old.columns.get(name)
        return old is None or (self.new.columns[name].not_null and not old.not_null)

    def _filled(self, name: str, text: str) -> str:
        old = self.old.columns.get(name)
        return text if old is None else f"coalesce({quoted(old.name)}, {text})"
