"""Sets of models as frozen data that prints as it is written."""

from __future__ import annotations

from dataclasses import dataclass, fields


class Spelled:
    """Prints only what is not usual, so that an example that failed can be kept as it is printed."""

    __slots__ = ()

    def __repr__(self) -> str:
        first, *rest = fields(self)
        shown = [repr(getattr(self, first.name))]
        shown += [f"{f.name}={getattr(self, f.name)!r}" for f in rest if getattr(self, f.name) != f.default]
        return f"{type(self).__name__}({', '.join(shown)})"


@dataclass(frozen=True, slots=True, repr=False)
class Computed(Spelled):
    """How a column is generated: ``{0}`` in its text is the first of its columns."""

    text: str
    columns: tuple[str, ...] = ()
    stored: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class Column(Spelled):
    """A column. ``type`` is a key of TYPES, or ``enum NAME``; ``counter`` is "auto", "identity" or "always"."""

    name: str
    type: str = "integer"
    required: bool = False
    default: str | None = None
    computed: Computed | None = None
    counter: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Unique(Spelled):
    """A unique constraint."""

    name: str | None
    columns: tuple[str, ...] = ()
    deferrable: bool | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Check(Spelled):
    """A CHECK; ``{0}`` in its text is the first of its columns."""

    name: str | None
    text: str = ""
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class ForeignKey(Spelled):
    """A foreign key to a key of a table (its name as :attr:`Table.name`)."""

    name: str | None
    columns: tuple[str, ...] = ()
    table: str = ""
    targets: tuple[str, ...] = ()
    ondelete: str | None = None
    onupdate: str | None = None
    deferrable: bool | None = None
    use_alter: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Index(Spelled):
    """An index. ``order`` goes with ``columns`` ("", "desc", "desc nulls last"); ``expression`` is its first part."""

    name: str
    columns: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    unique: bool = False
    expression: Check | None = None
    where: Check | None = None
    include: tuple[str, ...] = ()
    using: str | None = None
    prefix: int | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Table(Spelled):
    """A table; ``key`` are the columns of its primary key."""

    name: str
    columns: tuple[Column, ...] = ()
    key: tuple[str, ...] = ()
    key_name: str | None = None
    constraints: tuple[Unique | Check | ForeignKey, ...] = ()
    indexes: tuple[Index, ...] = ()
    schema: str | None = None
    comment: str | None = None

    def column(self, name: str) -> Column:
        """The column of that name. Raises KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


@dataclass(frozen=True, slots=True, repr=False)
class Enumeration(Spelled):
    """The labels of an enum; not ``native`` ones are VARCHARs, ``checked`` with a CHECK."""

    name: str
    labels: tuple[str, ...] = ()
    native: bool = True
    checked: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class View(Spelled):
    """A view of some columns of a table."""

    name: str
    table: str = ""
    columns: tuple[str, ...] = ()
    where: Check | None = None
    materialized: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Models(Spelled):
    """A whole set of models."""

    tables: tuple[Table, ...] = ()
    views: tuple[View, ...] = ()
    enums: tuple[Enumeration, ...] = ()

    def table(self, name: str) -> Table:
        """The table of that name. Raises KeyError where there is none."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)


@dataclass(frozen=True, slots=True, repr=False)
class Evolution(Spelled):
    """A set of models and what becomes of it."""

    before: Models
    after: Models
    offline: bool = False
    keep_data: bool = False
