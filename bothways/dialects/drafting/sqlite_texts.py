"""The texts that SQLite keeps of its objects: taken apart, given other names, laid out to be read.

Only white space outside literals is ever changed, so what is made of a text is what it was.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from sqlalchemy.dialects import sqlite

from bothways.code import SQL, sql
from bothways.dialects.sqlite_catalog import CONSTRAINT_WORDS, TOKEN, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH = 104
"""How long a line may be, so that with its indentation it fits a revision."""
_KINDS = ("primary", "unique", "check", "foreign")
_PREPARER = sqlite.dialect().identifier_preparer


def quoted(name: str) -> str:
    """A name as it stands in a statement, in quotes where it needs them."""
    return _PREPARER.quote(name)


def unquoted(text: str) -> str:
    """A name as it stands in a statement, without its quotes."""
    if text[:1] + text[-1:] in {'""', "``", "[]"}:
        return text[1:-1].replace(text[-1] * 2, text[-1])
    return text


def string(text: str) -> str:
    """A text as a literal."""
    return "'" + text.replace("'", "''") + "'"


def folded(name: str) -> str:
    """A name as SQLite compares it: capitals of ASCII don't count."""
    return "".join(c.lower() if c.isascii() else c for c in name)


def names_in(text: str) -> frozenset[str]:
    """Everything in a statement that may be a name, without capitals; a literal may be one, too."""
    return frozenset(_bare(token) for token in tokens(text))


def _bare(token: str) -> str:
    if len(token) > 1 and token[0] in "\"'" and token[-1] == token[0]:
        return token[1:-1].replace(token[0] * 2, token[0]).lower()
    return token


@dataclass(frozen=True, slots=True)
class Definition:
    """A CREATE TABLE: the columns and constraints in its parentheses, and what follows them."""

    parts: tuple[str, ...]
    options: str = ""

    def column(self, name: str) -> str:
        """How a column is defined, its name included. Raises KeyError."""
        for part in self.parts:
            if not is_constraint(part) and _bare(tokens(part)[0]) == name.lower():
                return part
        raise KeyError(name)

    def renamed(self, old: str, new: str) -> Definition:
        """The same for a table of another name, where an expression says whose column it means."""
        return replace(self, parts=tuple(_requalified(part, old, new) for part in self.parts))

    def create(self, name: str) -> SQL:
        """The statement, a line a part: columns in their order, then constraints by kind and name.

        Where a constraint stands means nothing, and follows the order in which models happen to define them.
        """
        columns = [part for part in self.parts if not is_constraint(part)]
        constraints = sorted((part for part in self.parts if is_constraint(part)), key=_rank)
        *most, last = [list(wrapped(part)) for part in (*columns, *constraints)]
        lines = [f"    {line}" for part in most for line in (*part[:-1], part[-1] + ",")]
        lines += [f"    {line}" for line in last]
        return sql(f"CREATE TABLE {quoted(name)} (", *lines, f") {self.options}".rstrip())


def definition(text: str) -> Definition:
    """Take a CREATE TABLE apart."""
    parts: list[str] = []
    part = ""
    depth = 0
    pieces = written_tokens(text)
    for place, piece in enumerate(pieces):
        depth += (piece == "(") - (piece == ")")
        if depth == 0 and piece == ")":
            rest = "".join(pieces[place + 1 :])
            return Definition((*parts, part.strip()), rest.strip())
        if depth == 1 and piece == "(" and not part and not parts:
            part = " "
        elif depth == 1 and piece == ",":
            parts.append(part.strip())
            part = " "
        elif depth:
            part += piece
    raise ValueError(f"{text!r} is no CREATE TABLE with columns")


def is_constraint(part: str) -> bool:
    """Whether a part of a table's body is a constraint, not a column."""
    return tokens(part)[0] in CONSTRAINT_WORDS


def _rank(constraint: str) -> tuple[int, tuple[str, ...]]:
    words = tokens(constraint)
    kind = words[2] if words[0] == "constraint" else words[0]
    return (_KINDS.index(kind) if kind in _KINDS else len(_KINDS), words)


def statement(text: str) -> SQL:
    """A text of a view, a trigger or an index as lines, without the margin that it was written with."""
    lines = [line.rstrip() for line in _source_lines(text)]
    margins = [len(line) - len(line.lstrip(" ")) for line in lines[1:] if line]
    margin = min(margins, default=0)
    shifted = [line if n == 0 else line[margin:] for n, line in enumerate(lines)]
    # What was written under its first line is indented by one step.
    hangs = margin > 0 and not text.rstrip().lower().endswith("end")
    space = "    " if hangs else ""
    laid = [w for n, line in enumerate(shifted) for w in wrapped((space if n else "") + line)]
    return sql(*laid)


def wrapped(line: str) -> Iterator[str]:
    """A line, or several where it is too long, broken at blanks outside literals."""
    margin = line[: len(line) - len(line.lstrip(" "))]
    if len(line) <= WIDTH or "--" in line or "\n" in line:
        yield line
        return
    current, pending = margin, ""
    for piece in _words(line.strip()):
        if current.strip() and len(current) + len(pending) + len(piece) > WIDTH:
            yield current
            current, pending = f"{margin}    ", ""
        current, pending = current + pending + piece, " "
    yield current


def _words(line: str) -> Iterator[str]:
    """What stands between blanks."""
    word = ""
    for match in TOKEN.finditer(line):
        if match.lastgroup == "space":
            yield word
            word = ""
        else:
            word += match.group()
    yield word


def written_tokens(text: str) -> list[str]:
    """The tokens as they are written; a comment or a line break is one blank."""
    return [
        " " if match.lastgroup == "space" and match.group().strip(" ") else match.group()
        for match in TOKEN.finditer(text)
    ]


def _source_lines(text: str) -> list[str]:
    lines = [""]
    for match in TOKEN.finditer(text.strip()):
        if match.lastgroup == "space" and "\n" in match.group():
            first, *more = match.group().split("\n")
            lines[-1] += first
            lines += [part.expandtabs(4) for part in more]
        else:
            lines[-1] += match.group()
    return [line for line in lines if line.strip()]


def _requalified(part: str, old: str, new: str) -> str:
    pieces = written_tokens(part)
    solid = [n for n, piece in enumerate(pieces) if piece.strip()]
    for here, there in pairwise(solid):
        if pieces[there] == "." and _bare(tokens(pieces[here])[0]) == old.lower():
            pieces[here] = quoted(new)
    return "".join(pieces)
