"""What a name may be on each engine, and how a snapshot's key has it; tried out on the servers themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class Room:
    """Kinds of objects of which no two may have the same name: in one schema, or in one table.

    A kind is ``table``, ``type``, ``column``, ``index``, ``unique``, ``check``, ``foreign``, ``primary``, ``exclude``.
    """

    kinds: frozenset[str]
    whole: bool
    """Whether that is for the whole schema, not for each table."""


@dataclass(frozen=True, slots=True)
class NameRules:
    """An engine's rules for names."""

    rooms: tuple[Room, ...]
    fold: Callable[[str], str]
    """What is the same for two names that the engine takes for the same."""
    longest: int | None = None
    """How long a name may be; None where any length will do."""
    in_bytes: bool = False
    """Whether that counts the bytes of UTF-8, and longer names are cut; else characters, and they are refused."""
    unnamed: frozenset[str] = frozenset({"unique", "check", "foreign", "primary"})
    """The kinds that this engine lets one name."""
    lower_in_keys: frozenset[str] = frozenset()
    """The kinds whose names a snapshot has in lower case."""
    reserved: Mapping[str, tuple[str, ...]] | None = None
    """By kind, what no name may begin with, whatever its case."""
    taken: Mapping[str, frozenset[str]] | None = None
    """By kind, the names that the engine has for itself, in lower case."""
    no_end_blank: frozenset[str] = frozenset()
    """The kinds whose names may not end with a blank."""
    basic_plane: bool = False
    """Whether characters beyond the first 65,536 are refused."""
    empty_table: bool = False
    """Whether a table may be without columns."""
    renamable: frozenset[str] = frozenset({"table", "column", "constraint", "index", "label"})
    """The kinds of objects that can be renamed; others are made anew under their new name."""
    renames_checked_labels: bool = False
    """Whether rows get new labels while the CHECK that lists those is another one, so in one revision."""
    renamed_in_place: frozenset[str] = frozenset()
    """The kinds of objects without rows of their own that a rename spares from being made anew."""


def _whole(*kinds: str) -> Room:
    return Room(frozenset(kinds), whole=True)


def _inside(*kinds: str) -> Room:
    return Room(frozenset(kinds), whole=False)


def _lower_ascii(name: str) -> str:
    return "".join(c.lower() if c.isascii() else c for c in name)


RULES: Mapping[str, NameRules] = {
    "postgresql": NameRules(
        rooms=(
            _whole("table", "index", "unique", "primary", "exclude"),
            # Each table has a type of its name.
            _whole("table", "type"),
            _inside("column"),
            _inside("unique", "check", "foreign", "primary", "exclude"),
        ),
        fold=str,
        longest=63,
        in_bytes=True,
        reserved={"schema": ("pg_",)},
        taken={"column": frozenset({"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"})},
        empty_table=True,
        renamed_in_place=frozenset({"constraint", "index", "sequence", "type", "view"}),
    ),
    "mysql": NameRules(
        rooms=(
            # Servers on Windows and macOS don't tell the case of tables; MySQL knows a CHECK in its schema only.
            _whole("table"),
            _whole("foreign"),
            _whole("check"),
            _inside("column"),
            _inside("index", "unique"),
            _inside("check", "unique"),
            _inside("check", "foreign"),
        ),
        fold=str.lower,
        longest=64,
        unnamed=frozenset({"unique", "check", "foreign"}),
        reserved={"table": ("#mysql50#",)},
        taken={"index": frozenset({"primary"}), "unique": frozenset({"primary"})},
        no_end_blank=frozenset({"table", "column", "index", "unique", "foreign"}),
        basic_plane=True,
        renamed_in_place=frozenset({"index"}),
    ),
    "sqlite": NameRules(
        rooms=(
            _whole("table", "index"),
            _inside("column"),
            # SQLite would take two of one name, and nobody could tell them apart.
            _inside("unique", "check", "foreign", "primary"),
        ),
        fold=_lower_ascii,
        lower_in_keys=frozenset({"unique", "check", "foreign", "primary"}),
        reserved={"table": ("sqlite_",), "index": ("sqlite_",)},
        renamable=frozenset({"table", "column"}),
        renames_checked_labels=True,
    ),
}
"""The rules by the engine's name."""


def rules_for(dialect: str) -> NameRules:
    """The rules of an engine; those of MySQL for MariaDB."""
    return RULES["mysql" if dialect == "mariadb" else dialect]
