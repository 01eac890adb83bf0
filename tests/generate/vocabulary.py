"""What sets of models are made of on each engine: names, defaults, conditions, expressions; each valid for a family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.generate.making import MY, PG, TYPES

if TYPE_CHECKING:
    from tests.generate.models import Check, Column, Computed, Models

LITE = "sqlite"
PLAIN = ("a", "b", "c", "d", "e", "f", "g", "h", "k", "m", "n", "p")
ODD = (
    "order", "select", "Group", "UPPER", "with space", "per%cent", "co:lon", "do.t", 'qu"ote', "back`tick", "naïve",
    "表", "it's", "pa(ren", "l" * 60,
)  # fmt: skip
COMMENTS = ("plain", "it's", "", 'say "so"', "100% :of it", "naïve 表", "back\\slash", "two\nlines")
LABELS = ("new", "old", "it's", "100%", "a:b", "naïve", "two words", "UP")
SCHEMAS = ("side", "Odd one")

_TEXTS = ("''", "'x'", "'it''s'", "'100%'", "'a:b'", "'say \"so\"'", "'naïve'")
_DEFAULTS = {
    "integer": ("0", "7", "-1", "42"),
    "decimal": ("0", "1.50", "-3"),
    "float": ("0", "1.5"),
    "text": _TEXTS,
    "date": ("'2020-02-29'",),
    "moment": ("'2020-02-29 12:30:00'", "CURRENT_TIMESTAMP"),
    "time": ("'12:30:00'",),
    "json": ("'{}'", "'[1, \"a\"]'", "'{\"it''s\": \"100%\"}'"),
}
_OWN_DEFAULTS = {
    PG: {
        "boolean": ("true", "false"),
        "moment": ("now()", "'2020-02-29 12:30:00'", "now() - interval '1 day'"),
        "uuid": ("gen_random_uuid()",),
        "interval": ("'1 day'",),
        "integer": ("0", "7", "-1", "(1 + 2)"),
        "text": (*_TEXTS, "lower('X')", "'back\\slash'"),
        "array": ("'{}'",),
        "inet": ("'127.0.0.1'",),
        "bit": ("B'00000001'",),
        "binary": ("'\\x00'",),
    },
    MY: {
        "boolean": ("1", "0"),
        "integer": ("0", "7", "(1 + 2)"),
        "text": (*_TEXTS, "(lower('X'))", "'back\\\\slash'"),
        "decimal": ("0", "1.50"),
        "set": ("'a'",),
        "uuid": ("(uuid())",),
    },
    LITE: {
        "boolean": ("1", "0"),
        "integer": ("0", "7", "-1", "(1 + 2)"),
        "text": (*_TEXTS, "(lower('X'))", "'back\\slash'"),
        "binary": ("x'00'",),
    },
}
_CHECKS = {
    ("integer",): ("{0} > 0", "{0} >= -5 AND {0} < 1000", "{0} IN (1, 2, 3)", "{0} BETWEEN 1 AND 9 OR {0} IS NULL"),
    ("decimal",): ("{0} >= 0", "{0} <> 1.5"),
    ("float",): ("{0} < 1000",),
    ("text",): ("{0} <> ''", "{0} IN ('a', 'it''s', '100%', 'a:b')", "{0} LIKE 'a%'", "lower({0}) = {0}"),
    ("boolean",): ("{0} IS NOT NULL",),
    ("date",): ("{0} >= '2000-01-01'",),
    ("integer", "integer"): ("{0} <= {1}", "{0} > 0 OR {1} > 0", "NOT ({0} = {1})"),
    ("text", "text"): ("{0} <> {1}", "{0} IS NOT NULL OR {1} IS NOT NULL"),
    ("integer", "text"): ("{0} > 0 AND {1} <> ''", "CASE WHEN {0} > 1 THEN {1} IS NOT NULL ELSE 1 = 1 END"),
    ("moment", "moment"): ("{0} < {1}",),
}
_LENGTHS = {PG: "char_length({0}) > 2", MY: "char_length({0}) > 2", LITE: "length({0}) > 2"}
_COMPUTED = {
    "integer": ("{0} + 1", "{0} * 2 - 1"),
    "decimal": ("{0} * 2",),
    "text": ("lower({0})", "replace({0}, '%', ':a')"),
}


def family(column: Column, models: Models) -> str:
    """The family of a column's values."""
    if column.type.startswith("enum "):
        return "enum"
    return TYPES[column.type].family


def types(engine: str, *, own: bool) -> tuple[str, ...]:
    """The types of an engine, its ``own`` too or only those of all engines."""
    return tuple(n for n, t in TYPES.items() if engine in t.engines and (own or len(t.engines) > 1))


def indexable(column: Column, engine: str) -> bool:
    """Whether it can be part of a key."""
    if column.type.startswith("enum "):
        return True
    kind = TYPES[column.type]
    return kind.indexable or engine == LITE or (engine == PG and kind.family == "text")


def defaults(column: Column, models: Models, engine: str) -> tuple[str, ...]:
    """The defaults that a column can have."""
    if column.type.startswith("enum "):
        labels = next(e.labels for e in models.enums if f"enum {e.name}" == column.type)
        return tuple("'" + label.replace("'", "''") + "'" for label in labels[:2])
    if column.type == "char(3)":
        return ("'x'",)
    kind = family(column, models)
    return _OWN_DEFAULTS[engine].get(kind, _DEFAULTS.get(kind, ()))


def checks(families: tuple[str, ...], engine: str) -> tuple[str, ...]:
    """The conditions on columns of these families."""
    more = (_LENGTHS[engine],) if families == ("text",) else ()
    return (*_CHECKS.get(families, ()), *more)


def computed(column: Column, engine: str) -> tuple[str, ...]:
    """What a column generated from one of that column's type can be."""
    return _COMPUTED.get(TYPES[column.type].family, ()) if column.type in TYPES else ()


def holds(check: Check, columns: dict[str, Column], models: Models, engine: str) -> bool:
    """Whether a condition still goes with its columns."""
    if any(c not in columns for c in check.columns):
        return False
    return check.text in checks(tuple(family(columns[c], models) for c in check.columns), engine)


def generated(item: Computed, column: Column, columns: dict[str, Column], engine: str) -> bool:
    """Whether a generated column's expression still goes with its columns."""
    return all(
        c in columns
        and columns[c].computed is None
        and columns[c].counter is None
        and columns[c].type == column.type
        and item.text in computed(columns[c], engine)
        for c in item.columns
    )
