"""What lists ask of rows that each engine says in its own way: patterns, parts of documents, members, nulls' places.

Each is an expression of SQLAlchemy's that a dialect writes; what it compares with is always a parameter, whose type
turns a value into what that engine wants. They mean the same on every engine: a pattern tells letters of either case
apart or not by Python's own table of letters, a number of a document is a double, and a null is larger than any value.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.sql.compiler import SQLCompiler

ANY: Final = "%"
ONE: Final = "_"
_TOKEN: Final = re.compile(r"\\([\\%_])|([%_])|([^%_\\]+|\\)")
_MYSQL: Final = ("mysql", "mariadb")


def tokens(pattern: str) -> Iterator[tuple[bool, str]]:
    """The parts of a pattern of LIKE's: whether it is a wildcard, and its text; a backslash makes one plain."""
    for found in _TOKEN.finditer(pattern):
        escaped, wild, plain = found.groups()
        yield wild is not None, wild or escaped or plain


def wildcards(pattern: str) -> int:
    """How many wildcards a pattern has."""
    return sum(wild for wild, _ in tokens(pattern))


def _cases(letter: str) -> str:
    """A letter in each of its cases, those that are one letter."""
    every = {letter, letter.lower(), letter.upper(), letter.title()}
    return "".join(sorted(case for case in every if len(case) == 1))


def _like(pattern: str) -> str:
    special = str.maketrans({"%": "!%", "_": "!_", "!": "!!"})
    return "".join(text if wild else text.translate(special) for wild, text in tokens(pattern))


def _glob(pattern: str, *, folded: bool) -> str:
    wanted = []
    for wild, text in tokens(pattern):
        if wild:
            wanted.append("*" if text == ANY else "?")
            continue
        for letter in text:
            cases = _cases(letter) if folded else letter
            wanted.append(f"[{cases}]" if len(cases) > 1 or letter in "*?[" else letter)
    return "".join(wanted)


def _literal(text: str) -> str:
    found = []
    for letter in text:
        cases = _cases(letter)
        if len(cases) > 1:
            found.append(f"[{cases}]")
        else:
            found.append(
                f"\\{letter}" if letter.isascii() and letter.isprintable() and not letter.isalnum() else letter
            )
    return "".join(found)


def _automaton(pattern: str) -> str:
    """A regular expression of PostgreSQL's, which never goes back in a text."""
    wild = {ANY: ".*", ONE: "."}
    return "^" + "".join(wild[text] if is_wild else _literal(text) for is_wild, text in tokens(pattern)) + "$"


def _backtracking(pattern: str) -> str:
    """A regular expression of MariaDB's and MySQL's.

    What stands between two % is found at its first place and held there (an atomic group), so that no pattern takes
    longer than the length of the text times its own.
    """
    parts = [""]
    for is_wild, text in tokens(pattern):
        if is_wild and text == ANY:
            parts.append("")
        else:
            parts[-1] += "." if is_wild else _literal(text)
    first, *middle, last = parts if len(parts) > 1 else [parts[0], None]
    held = "".join(f"(?>.*?{part})" for part in middle if part)
    return rf"(?s)\A{first}{held}" + (r"\z" if last is None else rf".*{last}\z")


class Pattern(sa.types.TypeDecorator[str]):
    """A pattern of LIKE's as an engine takes it, where letters of either case differ."""

    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """The engine's own pattern."""
        if value is None:
            return None
        return _glob(value, folded=False) if dialect.name == "sqlite" else _like(value)


class FoldedPattern(sa.types.TypeDecorator[str]):
    """A pattern of LIKE's as an engine takes it, where letters of either case are equal."""

    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """The engine's own pattern."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            return _glob(value, folded=True)
        return _automaton(value) if dialect.name == "postgresql" else _backtracking(value)


class Path(sa.types.TypeDecorator[tuple[str, ...]]):
    """The keys that lead to a part of a document; none of them holds a quotation mark or a backslash."""

    impl = sa.String
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """An array of texts, or a text."""
        return dialect.type_descriptor(postgresql.ARRAY(sa.Text()) if dialect.name == "postgresql" else sa.String())

    def process_bind_param(self, value: Sequence[str] | None, dialect: sa.Dialect) -> Any:
        """The engine's own path."""
        if value is None:
            return None
        return list(value) if dialect.name == "postgresql" else "$" + "".join(f'."{key}"' for key in value)


class Like(FunctionElement[bool]):
    """Whether a text is like a :class:`Pattern`, whatever its collation."""

    type = sa.Boolean()
    inherit_cache = True


class FoldedLike(FunctionElement[bool]):
    """Whether a text is like a :class:`FoldedPattern`, whatever its collation."""

    type = sa.Boolean()
    inherit_cache = True


class JsonText(FunctionElement[str]):
    """The text at a :class:`Path` of a document, compared byte by byte; null where there is no text."""

    type = sa.String()
    inherit_cache = True


class JsonNumber(FunctionElement[float]):
    """The number at a :class:`Path` of a document; null where there is none."""

    type = sa.Double()
    inherit_cache = True


class JsonBoolean(FunctionElement[bool]):
    """The truth value at a :class:`Path` of a document; null where there is none."""

    type = sa.Boolean()
    inherit_cache = True


class JsonPresent(FunctionElement[bool]):
    """Whether there is anything but null at a :class:`Path` of a document."""

    type = sa.Boolean()
    inherit_cache = True


class Contains(FunctionElement[bool]):
    """Whether an array has all members of another; the parameter is of the array's own type."""

    type = sa.Boolean()
    inherit_cache = True


class Ascending(FunctionElement[Any]):
    """From the smallest to the largest, which is null."""

    inherit_cache = True


class Descending(FunctionElement[Any]):
    """From null, which is the largest, to the smallest."""

    inherit_cache = True


def _arguments(element: FunctionElement[Any], compiler: SQLCompiler, options: dict[str, Any]) -> list[str]:
    return [compiler.process(clause, **options) for clause in element.clauses]


def _spelled(element: type[FunctionElement[Any]], template: str, *dialects: str) -> None:
    """Let dialects write an element so; ``{0}`` and ``{1}`` are its arguments."""

    def written(element: FunctionElement[Any], compiler: SQLCompiler, **options: Any) -> str:
        return template.format(*_arguments(element, compiler, options))

    compiles(element, *dialects)(written)


_PG_PART: Final = "(CAST({0} AS JSONB) #> {1})"
_MYSQL_TEXT: Final = "CONVERT({0} USING utf8mb4) COLLATE utf8mb4_bin"

_spelled(Like, "{0} LIKE {1} ESCAPE '!'", "postgresql")
_spelled(Like, f"{_MYSQL_TEXT} LIKE {{1}} ESCAPE '!'", *_MYSQL)
_spelled(Like, "{0} GLOB {1}", "sqlite")
_spelled(FoldedLike, "{0} ~ {1}", "postgresql")
_spelled(FoldedLike, f"{_MYSQL_TEXT} REGEXP {{1}}", *_MYSQL)
_spelled(FoldedLike, "{0} GLOB {1}", "sqlite")
_spelled(
    JsonText,
    f"""(CASE WHEN jsonb_typeof({_PG_PART}) = 'string' THEN {_PG_PART} #>> '{{{{}}}}' END COLLATE "C")""",
    "postgresql",
)
_spelled(
    JsonText,
    "(CASE WHEN JSON_TYPE(JSON_EXTRACT({0}, {1})) = 'STRING'"
    " THEN CONVERT(JSON_UNQUOTE(JSON_EXTRACT({0}, {1})) USING utf8mb4) END COLLATE utf8mb4_bin)",
    *_MYSQL,
)
_spelled(JsonText, "(CASE WHEN json_type({0}, {1}) = 'text' THEN json_extract({0}, {1}) END)", "sqlite")
_spelled(
    JsonNumber,
    f"(CASE WHEN jsonb_typeof({_PG_PART}) = 'number' THEN CAST({_PG_PART} #>> '{{{{}}}}' AS DOUBLE PRECISION) END)",
    "postgresql",
)
_spelled(
    JsonNumber,
    "(CASE WHEN JSON_TYPE(JSON_EXTRACT({0}, {1})) IN ('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL')"
    " THEN JSON_UNQUOTE(JSON_EXTRACT({0}, {1})) + 0e0 END)",
    *_MYSQL,
)
_spelled(
    JsonNumber,
    "(CASE WHEN json_type({0}, {1}) IN ('integer', 'real') THEN CAST(json_extract({0}, {1}) AS REAL) END)",
    "sqlite",
)
_spelled(
    JsonBoolean,
    f"(CASE WHEN jsonb_typeof({_PG_PART}) = 'boolean' THEN CAST({_PG_PART} #>> '{{{{}}}}' AS BOOLEAN) END)",
    "postgresql",
)
_spelled(
    JsonBoolean,
    "(CASE WHEN JSON_TYPE(JSON_EXTRACT({0}, {1})) = 'BOOLEAN' THEN JSON_UNQUOTE(JSON_EXTRACT({0}, {1})) = 'true' END)",
    *_MYSQL,
)
_spelled(JsonBoolean, "(CASE json_type({0}, {1}) WHEN 'true' THEN 1 WHEN 'false' THEN 0 END)", "sqlite")
_spelled(JsonPresent, f"COALESCE(jsonb_typeof({_PG_PART}) <> 'null', false)", "postgresql")
_spelled(JsonPresent, "COALESCE(JSON_TYPE(JSON_EXTRACT({0}, {1})) <> 'NULL', false)", *_MYSQL)
_spelled(JsonPresent, "COALESCE(json_type({0}, {1}) <> 'null', false)", "sqlite")
_spelled(Contains, "{0} @> {1}", "postgresql")
_spelled(Contains, "JSON_CONTAINS({0}, {1})", *_MYSQL)
_spelled(
    Contains,
    "NOT EXISTS (SELECT 1 FROM json_each({1}) AS wanted"
    " WHERE wanted.value NOT IN (SELECT had.value FROM json_each({0}) AS had))",
    "sqlite",
)
_spelled(Ascending, "{0} ASC NULLS LAST", "postgresql", "sqlite")
_spelled(Descending, "{0} DESC NULLS FIRST", "postgresql", "sqlite")
_spelled(Ascending, "{0} IS NULL, {0}", *_MYSQL)
_spelled(Descending, "{0} IS NULL DESC, {0} DESC", *_MYSQL)
