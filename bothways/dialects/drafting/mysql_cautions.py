"""What changes of a table cost those who use it meanwhile on MySQL or MariaDB, and which rows they may refuse."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bothways.dialects.drafting.mysql_tables import names_in
from bothways.dialects.drafting.mysql_types import becomes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from bothways.dialects.drafting.mysql_tables import Column, ForeignKey, Table
    from bothways.operations import Hints

_CONSTANT = re.compile(r"NULL|'.*'|[-+.\d][\w.+-]*|current_timestamp(\(\d*\))?", re.I | re.S)


@dataclass(frozen=True, slots=True)
class Cautions:
    """Both sides of one table, and the columns whose values of before may be refused as they are."""

    old: Table
    new: Table
    hints: Hints
    refused: Collection[str] = ()

    def told(self) -> Iterator[str]:
        """All of it, in sentences."""
        yield from self._whole()
        yield from self._copied()
        yield from self._looked_at()
        yield from self._values()
        yield from self._violated()

    def of_foreign(self, keys: Iterable[ForeignKey]) -> Iterator[str]:
        """What it takes to add foreign keys to a table with rows: the server does it with LOCK=SHARED at best."""
        old, keys = self.old, list(keys)
        names = ", ".join(key.name for key in keys)
        yield f"Writes to {self.new.key} wait while its rows are looked at for {names}."
        new = [k for k in keys if k.name not in old.foreign or old.foreign[k.name].text != k.text]
        if any(not any(map(self._empty, k.columns)) for k in new):
            yield f"It is refused where a row of {self.new.key} points at nothing."

    # What the server does with LOCK=SHARED at best, tried on MariaDB 10.11: nobody writes meanwhile.

    def _whole(self) -> Iterator[str]:
        """Changes of the table as a whole that copy it."""
        old, new = self.old, self.new
        reasons = {
            "to have no primary key": "PRIMARY" in old.keys and "PRIMARY" not in new.keys,
            "into another engine": old.settings.get("ENGINE") != new.settings.get("ENGINE"),
            "into other partitions": old.partitions != new.partitions,
            "for its versioning": old.versioned != new.versioned,
        }
        for reason, holds in reasons.items():
            if holds:
                yield f"Writes to {new.key} wait while it is copied {reason}."

    def _copied(self) -> Iterator[str]:
        """Columns for which the table may be copied."""
        for name, new in self.new.columns.items():
            old = self.old.columns.get(name)
            if old is not None and (old.type != new.type or old.facts.get("collation") != new.facts.get("collation")):
                yield f"Writes to {self.new.key} may wait while it is copied for {name}."
            elif _stored(old, new) or (new.automatic and not (old and old.automatic)):
                yield f"Writes to {self.new.key} wait while it is copied for {name}."
            elif old is None and not _CONSTANT.fullmatch(str(new.facts.get("default") or "NULL")):
                yield f"Writes to {self.new.key} may wait while it is copied for the default of {name}."

    def _looked_at(self) -> Iterator[str]:
        """Keys and checks that are built or tried on all rows."""
        for name, line in _come(self.old.keys, self.new.keys):
            if line.startswith(("FULLTEXT", "SPATIAL")):
                yield f"Writes to {self.new.key} wait while {name} is built."
        for name, _ in _come(self.old.conditions, self.new.conditions):
            yield f"Writes to {self.new.key} wait while its rows are looked at for {name}."

    # What becomes of rows, or is refused because of them.

    def _values(self) -> Iterator[str]:
        for name, new in self.new.columns.items():
            old = self.old.columns.get(name)
            if new.generated:
                continue
            if old is None:
                if not (new.nullable or self._filled(name) or new.automatic or " DEFAULT " in new.line):
                    key = self.new.column_key(name)
                    yield f"Rows get 0 or its like in {key}, since nothing says what they have for it."
            elif name in self.refused:
                yield f"It is refused where a value of {name} does not fit {becomes(new)}."
            elif old.nullable and not new.nullable and not self._filled(name):
                yield f"It is refused where a row of {self.new.key} has no {name}."

    def _violated(self) -> Iterator[str]:
        """What the rows that are there may break."""
        for name, line in _come(self.old.keys, self.new.keys):
            numbered = name == "PRIMARY" and any(self.new.columns[n].automatic for n in self.new.primary)
            free = numbered or any(map(self._empty, names_in(line)[1:]))
            if line.startswith(("UNIQUE", "PRIMARY")) and not free:
                yield f"It is refused where rows of {self.new.key} have the same values."
        for _, text in _come(self.old.conditions, self.new.conditions):
            if not all(map(self._empty, names_in(text))):
                yield f"It is refused where a row of {self.new.key} breaks the constraint."

    def _empty(self, name: str) -> bool:
        """Whether no row that is there has a value for a column, so that it breaks no rule by itself."""
        column = self.new.columns.get(name)
        if column is None or name in self.old.columns or column.generated or self._filled(name):
            return False
        return column.nullable and column.facts.get("default") in {None, "NULL"}

    def _filled(self, name: str) -> bool:
        return f"column:{self.new.column_key(name)}" in self.hints.backfill


def _stored(old: Column | None, new: Column) -> bool:
    """Whether values are computed into rows, or are no more."""
    if new.generated == "STORED":
        return old is None or old.line != new.line
    return old is not None and old.generated == "STORED"


def _come(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return ((name, text) for name, text in new.items() if old.get(name) != text)
