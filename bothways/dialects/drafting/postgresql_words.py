"""Names, literals and types of PostgreSQL as people write them in a statement."""

from __future__ import annotations

import re

from bothways.code import SQL, sql
from bothways.snapshot import parts_of

# What quote_ident() of the server quotes beside odd characters: all keywords that are not unreserved.
_KEYWORDS = """
    all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both
    case cast char character check coalesce collate collation column concurrently constraint create cross
    current_catalog current_date current_role current_schema current_time current_timestamp current_user dec
    decimal default deferrable desc distinct do else end except exists extract false fetch float for foreign
    freeze from full grant greatest group grouping having ilike in initially inner inout int integer intersect
    interval into is isnull join lateral leading least left like limit localtime localtimestamp national natural
    nchar none normalize not notnull null nullif numeric of offset on only or order out outer overlaps overlay
    placing position precision primary real references returning right row select session_user setof similar
    smallint some substring symmetric system_user table tablesample then time timestamp to trailing treat trim
    true union unique user using values varchar variadic verbose when where window with xmlattributes xmlconcat
    xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable
"""
_QUOTED = frozenset(_KEYWORDS.split())
_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*")
_SHORT = (
    (re.compile(r"^character varying\b"), "varchar"),
    (re.compile(r"^character\b(?! varying)"), "char"),
    (re.compile(r"^timestamp(\(\d\))? with time zone"), r"timestamptz\1"),
    (re.compile(r"^timestamp(\(\d\))? without time zone"), r"timestamp\1"),
    (re.compile(r"^time(\(\d\))? with time zone"), r"timetz\1"),
    (re.compile(r"^time(\(\d\))? without time zone"), r"time\1"),
)
LONGEST = 63
"""Bytes of a name."""


def ident(name: str) -> str:
    """A name, in double quotes where it needs them."""
    if _PLAIN.fullmatch(name) and name not in _QUOTED:
        return name
    return '"' + name.replace('"', '""') + '"'


def words(name: str) -> str:
    """An object's name as statements have it, from its key's name: its schema where that is not ``public``."""
    return ".".join(map(ident, parts_of(name)))


def own(key: str) -> str:
    """The object's own name, the last part of its key."""
    return parts_of(key.partition(":")[2])[-1]


def schema_of(name: str) -> str:
    """The schema of a relation or a type, as its key names it; ``public`` where it names none."""
    parts = parts_of(name)
    return parts[0] if len(parts) > 1 else "public"


def beside(table: str, name: str) -> str:
    """Another relation of the same schema, as statements have it."""
    parts = parts_of(table)
    return ".".join(map(ident, (*parts[:-1], name)))


def text(value: str) -> str:
    """A literal."""
    return "'" + value.replace("'", "''") + "'"


def short_type(printed: str) -> str:
    """A type with the short names that people use: ``varchar(20)``."""
    for pattern, name in _SHORT:
        printed = pattern.sub(name, printed)
    return printed


def shortened(name: str) -> str:
    """A name of ours, cut where the server would cut it."""
    return name.encode()[:LONGEST].decode(errors="ignore")


def laid_out(statement: str) -> SQL:
    """A statement of the server's own layout: by its lines where no literal goes over an end of line."""
    lines = statement.rstrip().rstrip(";").split("\n")
    if any(_open(line) for line in lines) or "$" in statement:
        return sql("\n".join(lines))
    return sql(*(line.rstrip() for line in lines))


def _open(line: str) -> bool:
    return line.count("'") % 2 == 1 or line.count('"') % 2 == 1
