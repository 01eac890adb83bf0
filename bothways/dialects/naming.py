"""What a name may be on each engine, and how a snapshot's key has it; measured on the servers themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class NameRules:
    """An engine's rules for names. A kind is ``table``, ``column``, ``index``, ``unique``, ``check`` or ``foreign``."""

    longest: int | None
    """How long a name may be; None where any length will do."""
    in_bytes: bool
    """Whether that counts the bytes of UTF-8, and longer names are cut; else characters, and they are refused."""
    folded: frozenset[str]
    """The kinds whose names are the same in upper and lower case."""
    wide: frozenset[str]
    """The kinds whose names are unique in the whole schema; those of the others are unique in their table."""
    relations: frozenset[str]
    """The kinds that share one space of names with tables."""
    lower_in_keys: frozenset[str] = frozenset()
    """The kinds whose names a snapshot has in lower case."""
    reserved: tuple[str, ...] = ()
    """What no table's or index's name may begin with."""
    reserved_schemas: tuple[str, ...] = ()
    """What no schema's name may begin with."""
    no_end_blank: bool = False
    """Whether a name that ends with a blank is refused."""
    basic_plane: bool = False
    """Whether characters beyond the first 65,536 are refused."""
    empty_table: bool = False
    """Whether a table may be without columns."""
    renamed_in_place: frozenset[str] = frozenset()
    """The kinds of objects without rows of their own that a rename spares from being made anew."""


_ALL = frozenset({"table", "column", "index", "unique", "check", "foreign", "primary"})

RULES: Mapping[str, NameRules] = {
    "postgresql": NameRules(
        longest=63,
        in_bytes=True,
        folded=frozenset(),
        wide=frozenset({"table", "index", "unique", "primary"}),
        relations=frozenset({"index", "unique", "primary"}),
        reserved_schemas=("pg_",),
        empty_table=True,
        renamed_in_place=frozenset({"constraint", "index", "sequence", "type", "view"}),
    ),
    "mysql": NameRules(
        longest=64,
        in_bytes=False,
        folded=_ALL - {"table"},
        wide=frozenset({"table", "foreign"}),
        relations=frozenset(),
        no_end_blank=True,
        basic_plane=True,
        renamed_in_place=frozenset({"index"}),
    ),
    "sqlite": NameRules(
        longest=None,
        in_bytes=False,
        folded=_ALL,
        wide=frozenset({"table", "index"}),
        relations=frozenset({"index"}),
        lower_in_keys=frozenset({"unique", "check", "foreign", "primary"}),
        reserved=("sqlite_",),
    ),
}
"""The rules by the engine's name."""


def rules_for(dialect: str) -> NameRules:
    """The rules of an engine; those of MySQL for MariaDB."""
    return RULES["mysql" if dialect == "mariadb" else dialect]
