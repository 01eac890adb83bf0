"""Which tables a SQL statement can touch, by strict recognition; whatever is not recognised can touch everything.

To be wrong towards "everything" costs time; to be wrong the other way would hide a fault. So only statements of a few
plain shapes are recognised, without calls of functions that are not known to be harmless.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bothways.snapshot import key_name, parts_of, split_name

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from bothways.snapshot import Objects, Value

_PART = r'(?:"(?:[^"]|"")+"|`(?:[^`]|``)+`|[^\W\d][\w$]*)'
_NAME = rf"{_PART}(?:\s*\.\s*{_PART})?"
_ONLY = r"(?:only\s+)?"
_IF = r"(?:if\s+(?:not\s+)?exists\s+)?"


def _shape(pattern: str) -> re.Pattern[str]:
    return re.compile(r"\s*" + pattern, re.IGNORECASE | re.DOTALL)


_NOTHING = _shape(
    r"(?:savepoint|release|rollback\s+to|set\s+local|set\s+(?:session\s+)?(?:lock_timeout|statement_timeout|"
    r"foreign_key_checks|lock_wait_timeout)|show|describe|begin|"
    r"pragma\s+(?:main\.)?(?:table_x?info|table_list|index_x?info|index_list|foreign_key_list|foreign_key_check|"
    r"foreign_keys|legacy_alter_table|synchronous|journal_mode|defer_foreign_keys))\b"
)
_CREATE_TABLE = _shape(rf"create\s+table\s+{_IF}(?P<table>{_NAME})\s*\((?!.*\b(?:inherits|partition\s+of)\b)")
_ALTER_TABLE = _shape(rf"alter\s+table\s+{_IF}{_ONLY}(?P<table>{_NAME})\s+(?P<rest>.*)")
_DROP_TABLE = _shape(rf"drop\s+table\s+{_IF}(?P<tables>{_NAME}(?:\s*,\s*{_NAME})*)\s*(?:restrict)?\s*\Z")
_CREATE_INDEX = _shape(
    rf"create\s+(?:unique\s+|fulltext\s+|spatial\s+)?index\s+(?:concurrently\s+)?{_IF}(?:(?!on\b){_NAME}\s+)?on\s+{_ONLY}"
    rf"(?P<table>{_NAME})(?:\s|\()"
)
_DROP_INDEX = _shape(
    rf"drop\s+index\s+(?:concurrently\s+)?{_IF}(?P<index>{_NAME})(?:\s+on\s+(?P<table>{_NAME}))?\s*(?:restrict)?\s*\Z"
)
_COMMENT_TABLE = _shape(rf"comment\s+on\s+table\s+(?P<table>{_NAME})\s+is\s")
_COMMENT_COLUMN = _shape(rf"comment\s+on\s+column\s+(?P<table>{_NAME})\s*\.\s*{_PART}\s+is\s")
_COMMENT_PART = _shape(rf"comment\s+on\s+constraint\s+{_PART}\s+on\s+(?P<table>{_NAME})\s+is\s")
_INSERT = _shape(rf"insert\s+(?:ignore\s+)?into\s+(?P<table>{_NAME})[\s(]")
_CHANGE = _shape(rf"(?:update\s+{_ONLY}(?P<table>{_NAME})\s+set|delete\s+from\s+{_ONLY}(?P<other>{_NAME})(?:\s|\Z))\b")
_SELECT = _shape(r"select\b(?!.*\binto\b)")
_FAR = re.compile(
    r"\b(?:rename|owner|inherit|of|attach|detach|partition|cascade|schema|change|exchange|discard|import|convert)\b",
    re.IGNORECASE,
)
_ACTION = re.compile(r"\bon\s+(?:delete|update)\s+cascade\b", re.IGNORECASE)
_STRING = re.compile(r"'(?:[^']|'')*'", re.DOTALL)
_STRING_WITH_ESCAPES = re.compile(r"'(?:[^'\\]|''|\\.)*'", re.DOTALL)
_OTHER_STRING = re.compile(r"\be'|\$\w*\$", re.IGNORECASE)
_CALL = re.compile(r"([\w$.]+)[\"`]?\s*\(")
_SEQUENCE_DEFAULT = re.compile(r"next_?val(?:ue for)?\s*\(?[`']([^`']+)[`']", re.IGNORECASE)
_FOREIGN_ACTION = re.compile(r"\bon (?:delete|update) (?:cascade|set)\b", re.IGNORECASE)
_HARMLESS = frozenset(
    """abs any array array_agg array_length array_to_string as and avg between by case cast ceil char char_length
    character_length check coalesce concat concat_ws count current_date current_timestamp date date_trunc datetime
    decimal default else every exists extract filter float floor from greatest group_concat having ifnull if in int
    integer is jsonb_build_object json_object key least left length like limit lower lpad ltrim max md5 min mod not now
    null nullif numeric on or order over partition position primary references regexp_replace replace returning right
    round row row_number rpad rtrim select set sha2 some split_part strftime string_agg strpos substr substring sum text
    then timestamp to_char trim union unique unnest upper using values varchar when where with json_extract json_valid
    typeof instr printf quote hex unhex trunc truncate_ date_format date_add date_sub str_to_date unix_timestamp
    from_unixtime json_unquote jsonb_agg json_agg json_array json_each to_json to_jsonb to_timestamp
    percentile_cont format_type quote_ident obj_description col_description generate_subscripts jsonb_object_agg
    foreign constraint index""".split()  # noqa: SIM905
)
_HARMLESS_PREFIX = ("pg_get_", "pg_catalog.pg_get_", "pg_catalog.format_type", "has_", "pg_table_is_visible")
_FUNCTIONS_OF_CATALOGS = re.compile(r"\bpg_catalog\b|\binformation_schema\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a database when a statement comes."""

    index_tables: Mapping[str, str] = field(default_factory=dict)
    """Of each index its table."""
    far_reaching: bool = False
    """There are objects that carry a DDL statement to other tables: children, event triggers, publications."""
    rows_far_reaching: bool = False
    """There are objects that carry a change of rows to other tables: triggers, rules."""
    cascades: bool = False
    """There are foreign keys with actions."""
    foreign_sequences: frozenset[str] = frozenset()
    """Tables whose defaults take numbers from sequences that are not theirs."""

    def with_objects(self, found: Objects, owners: Mapping[str, str]) -> Known:
        """The same, with what these objects add to it; ``owners`` are those of their keys."""
        indexes = dict(self.index_tables)
        far, rows_far, cascades = self.far_reaching, self.rows_far_reaching, self.cascades
        foreign = set(self.foreign_sequences)
        for key, facts in found.items():
            kind, _, name = key.partition(":")
            if kind == "index":
                table = owners.get(key, "")
                indexes[key_name(*parts_of(table)[:-1], split_name(name)[1])] = table
            elif kind in {"event_trigger", "publication"} or (kind == "table" and _has_kin(facts)):
                far = True
            elif kind in {"trigger", "rule"}:
                rows_far = True
            if kind in {"constraint", "column"} and _FOREIGN_ACTION.search(str(facts.get("definition"))):
                cascades = True
            if kind == "column" and any(s not in owners for s in _sequences(facts)):
                foreign.add(owners.get(key, ""))
        return Known(indexes, far, rows_far, cascades, frozenset(foreign))


def _has_kin(facts: Mapping[str, Value]) -> bool:
    return bool(facts.get("parents") or facts.get("partition_key"))


def _sequences(facts: Mapping[str, Value]) -> list[str]:
    """The keys of the sequences that a column's default takes numbers from."""
    names = _SEQUENCE_DEFAULT.findall(str(facts.get("default") or ""))
    return [f"sequence:{unquoted(name).removeprefix('public.')}" for name in names]


def footprint(
    statement: str, known: Known, named: Callable[[str], str | None], *, escapes: bool = False
) -> frozenset[str] | None:
    """The tables, as ``named`` calls them, that a statement can touch; None is everything.

    ``named`` turns a table's name as it is written into that of the snapshot; None where it cannot be told. With
    ``escapes`` a backslash in a string escapes what follows, as on MySQL.
    """
    text = statement.strip().rstrip(";").rstrip()
    bare = (_STRING_WITH_ESCAPES if escapes else _STRING).sub("''", text)
    if ";" in bare or "--" in bare or "/*" in bare or "'" in bare.replace("''", "") or _OTHER_STRING.search(bare):
        return None
    if _NOTHING.match(bare):
        return frozenset()
    if _SELECT.match(bare):
        return frozenset() if _harmless(bare, "") or _reads_catalogs(bare) else None
    found = _ddl(bare, known) or _dml(bare, known)
    if not found:
        return None
    tables = [named(name) for name in found]
    names = frozenset(name for name in tables if name is not None)
    return names if len(names) == len(set(found)) else None


def _ddl(text: str, known: Known) -> tuple[str, ...]:
    if known.far_reaching:
        return ()
    for shape in (_CREATE_TABLE, _CREATE_INDEX, _COMMENT_COLUMN, _COMMENT_TABLE, _COMMENT_PART):
        if match := shape.match(text):
            return (match["table"],)
    if match := _ALTER_TABLE.match(text):
        return () if _FAR.search(_ACTION.sub("", match["rest"])) else (match["table"],)
    if match := _DROP_TABLE.match(text):
        return tuple(re.findall(_NAME, match["tables"]))
    if match := _DROP_INDEX.match(text):
        table = match["table"] or known.index_tables.get(unquoted(match["index"]))
        return (table,) if table else ()
    return ()


def _dml(text: str, known: Known) -> tuple[str, ...]:
    if known.rows_far_reaching:
        return ()
    if match := _INSERT.match(text):
        name = match["table"]
        good = _harmless(text, unquoted(name)) and unquoted(name) not in known.foreign_sequences
        return (name,) if good else ()
    if (match := _CHANGE.match(text)) and not known.cascades:
        name = match["table"] or match["other"]
        return (name,) if _harmless(text, unquoted(name)) else ()
    return ()


def _harmless(text: str, table: str) -> bool:
    """Whether it calls no function but those known to change nothing."""
    own = split_name(table)[1].rpartition(".")[2].lower()
    return all(
        (name := called.lower().rpartition(".")[2]) in _HARMLESS or name == own
        for called in _CALL.findall(text)
        if not called.lower().startswith(_HARMLESS_PREFIX)
    )


def _reads_catalogs(text: str) -> bool:
    # What SQLAlchemy's inspector asks; a function that writes has no business in it.
    return bool(_FUNCTIONS_OF_CATALOGS.search(text)) and not re.search(
        r"\b(?:set_config|nextval|setval|lo_\w+)\b", text
    )


def unquoted(name: str) -> str:
    """A name as it is written, as keys have it: ``schema.table``; what is not quoted stays as it is."""
    return key_name(*names_in(name))


def names_in(name: str, *, fold: bool = False) -> list[str]:
    """The parts of a written name without their quotes; with ``fold`` those that had none in small letters."""
    parts: list[str] = re.findall(_PART, name)
    return [_plain(part) if part[0] in '"`' or not fold else part.lower() for part in parts]


def alike(name: str, known: Collection[str]) -> str:
    """A name as it is known, where names differ in capitals only; as it is where it is new."""
    if name in known:
        return name
    return next((k for k in known if k.casefold() == name.casefold()), name)


def _plain(part: str) -> str:
    return part[1:-1].replace(part[0] * 2, part[0]) if part[0] in '"`' else part
