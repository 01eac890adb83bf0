"""Python source as data, and its layout: what ``ruff format`` would make of it, without ruff.

Text that comes from a caller or a catalog is a ``str`` here and always printed as a literal, so it can't become code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

WIDTH = 120
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
# SQLAlchemy's text() takes these colons for parameters, and takes a backslash before those away.
_BIND = re.compile(r"(?<![:\w$\\])(?=:[\w$]+(?![:\w$]))|(?<=\\)(?=:[\w$]*(?![:\w$]))")
_SPECIAL = re.compile(r'\\|"""')
_SPECIAL_AT_THE_END = re.compile(r'\\|"""|"\Z')
_IMPORTS = {
    "op": "from alembic import op",
    "sa": "import sqlalchemy as sa",
    "mysql": "from sqlalchemy.dialects import mysql",
    "postgresql": "from sqlalchemy.dialects import postgresql",
    "sqlite": "from sqlalchemy.dialects import sqlite",
}
"""What may be used in a revision, and how it is imported."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call: ``Call("op.drop_column", ("users", "name"))``. Raises ValueError for a name that is no dotted name."""

    name: str
    arguments: tuple[Code, ...] = ()
    keywords: Mapping[str, Code] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in (self.name, *self.keywords):
            if not _IDENTIFIER.fullmatch(name):
                raise ValueError(f"{name!r} is no name of Python")


@dataclass(frozen=True, slots=True)
class SQL:
    """``op.execute`` of one statement, as it stands: a colon or a percent sign means nothing.

    Several ``lines`` are laid out as they are, each with its own blanks before it: no line may begin or end inside a
    literal. White space inside a line is never touched, also not a line break in a literal or in a routine's body: what
    has one stands flush left.
    """

    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The statement."""
        return "\n".join(self.lines)


def sql(*lines: str) -> SQL:
    """A statement of these lines."""
    return SQL(lines)


@dataclass(frozen=True, slots=True)
class Block:
    """Statements outside the revision's transaction: ``with op.get_context().autocommit_block():``."""

    body: tuple[Code, ...]


Code = Call | SQL | Block | str | int | bool | None | Sequence["Code"]


def call(name: str, *arguments: Code, **keywords: Code) -> Call:
    """A call as it is written."""
    return Call(name, arguments, keywords)


def layout(code: Code, indent: int = 0) -> list[str]:
    """The lines of a statement, indented by that many blanks."""
    space = " " * indent
    if isinstance(code, Block):
        lines = [line for part in code.body for line in layout(part, indent + 4)]
        return [f"{space}with op.get_context().autocommit_block():", *lines]
    if isinstance(code, SQL):
        return _statement(code.lines, indent)
    return [space + line if line else line for line in _lines(code, WIDTH - indent, "")]


def imports(codes: Sequence[Code]) -> tuple[str, ...]:
    """The import lines that these statements need, in isort's order."""
    used = {root for code in codes for root in _roots(code)}
    lines = [_IMPORTS[root] for root in used]
    return tuple(sorted(lines, key=lambda line: (line.startswith("from"), line)))


def replaced(code: Code, old: str, new: str) -> Code:
    """The same with another text wherever a text or a statement has that one."""
    if isinstance(code, str):
        return code.replace(old, new)
    if isinstance(code, SQL):
        return SQL(tuple(line.replace(old, new) for line in code.lines))
    if isinstance(code, Block):
        return Block(tuple(replaced(part, old, new) for part in code.body))
    if isinstance(code, Call):
        keywords = {name: replaced(part, old, new) for name, part in code.keywords.items()}
        return Call(code.name, tuple(replaced(part, old, new) for part in code.arguments), keywords)
    if isinstance(code, Sequence):
        return [replaced(part, old, new) for part in code]
    return code


def literal(text: str) -> str:
    """A string as Python source, in double quotes where that needs no more escapes."""
    if '"' not in text:
        return '"' + repr("'" + text)[2:]
    shown = repr(text)
    if shown[0] == "'" and text.count('"') <= text.count("'"):
        return '"' + shown[1:-1].replace("\\'", "'").replace('"', '\\"') + '"'
    return shown


def _roots(code: Code) -> Iterator[str]:
    if isinstance(code, Call):
        yield code.name.partition(".")[0]
        for part in (*code.arguments, *code.keywords.values()):
            yield from _roots(part)
    elif isinstance(code, Block):
        yield "op"
        for part in code.body:
            yield from _roots(part)
    elif isinstance(code, SQL):
        yield "op"
    elif isinstance(code, Sequence) and not isinstance(code, str):
        for part in code:
            yield from _roots(part)


def _statement(lines: Sequence[str], indent: int) -> list[str]:
    escaped = [_BIND.sub(r"\\", line) for line in lines]
    space = " " * indent
    text = "\n".join(escaped)
    if all(line.isprintable() for line in lines) and len(lines) > 1:
        body = [f"{space}    {_in_block(line)}".rstrip() for line in escaped]
        return [f'{space}op.execute("""', *body, f'{space}""")']
    if "\n" in text and all(line.isprintable() and line == line.rstrip() for line in text.split("\n")):
        first, *more = _in_block(text, _SPECIAL_AT_THE_END).split("\n")
        return [f'{space}op.execute("""{first}', *more[:-1], f'{more[-1]}""")']
    alone = f"{space}op.execute({literal(text)})"
    if len(alone) <= WIDTH:
        return [alone]
    parts = _wrapped(text, WIDTH - indent - 4) if text.isprintable() else [text]
    return [f"{space}op.execute(", *(f"{space}    {literal(part)}" for part in parts), f"{space})"]


def _wrapped(text: str, width: int) -> list[str]:
    """A text in parts that are one again where their literals stand below each other, parted after blanks."""
    parts = [""]
    for word in re.findall(r"[^ ]* *", text):
        if parts[-1] and len(literal(parts[-1] + word)) > width:
            parts.append("")
        parts[-1] += word
    return parts


def _in_block(text: str, special: re.Pattern[str] = _SPECIAL) -> str:
    """A text between three double quotes."""
    return special.sub(lambda found: "".join(f"\\{c}" for c in found.group()), text)


def _lines(code: Code, width: int, tail: str, before: int = 0) -> list[str]:
    """The lines of an expression with what follows it, in that width, of which its first line has less."""
    flat = _flat(code)
    if before + len(flat) + len(tail) <= width or not isinstance(code, Call | Sequence) or isinstance(code, str):
        return [flat + tail]
    if isinstance(code, Call):
        head, close = f"{code.name}(", ")"
        parts = [("", a) for a in code.arguments] + [(f"{k}=", v) for k, v in code.keywords.items()]
    else:
        head, close = "[", "]"
        parts = [("", a) for a in code]
    if not parts:
        return [flat + tail]
    together = "    " + ", ".join(name + _flat(part) for name, part in parts)
    if isinstance(code, Call) and len(together) <= width:
        return [head, together, close + tail]
    lines = [head]
    for name, part in parts:
        first, *more = _lines(part, width - 4, ",", len(name))
        lines += [f"    {name}{first}", *(f"    {line}" for line in more)]
    return [*lines, close + tail]


def _flat(code: Code) -> str:
    if isinstance(code, str):
        return literal(code)
    if isinstance(code, Call):
        parts = [_flat(a) for a in code.arguments] + [f"{k}={_flat(v)}" for k, v in code.keywords.items()]
        return f"{code.name}({', '.join(parts)})"
    if isinstance(code, Sequence):
        return f"[{', '.join(map(_flat, code))}]"
    if isinstance(code, SQL | Block):
        msg = "a statement is no part of an expression"
        raise TypeError(msg)
    return repr(code)
