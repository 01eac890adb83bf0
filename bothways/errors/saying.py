"""What an exception that is none of ours says, in one line that may be shown."""

from __future__ import annotations

import re

_CLASS = re.compile(r"^<class '[^']*'>: ")
_PAGE = " (Background on this"
_OBJECT = re.compile(r"<([\w.]+) object at 0x[0-9a-fA-F]+>")
_SECRET = re.compile(
    r"""\b(?:password|passwd|pwd|secret|token|api_?key)['"]?\s*(?:[=:]\s*\S|['"$])|\bidentified\s+by\b|://.*@""",
    re.IGNORECASE,
)


def said(error: BaseException) -> str:
    """The first line of what a driver's, SQLAlchemy's or anybody's exception says; nothing where it may be secret.

    Without what is for programs only: the class of asyncpg's exception, the address of SQLAlchemy's page, addresses in
    memory.
    """
    original = getattr(error, "orig", None) or error
    arguments = original.args
    text = str(arguments[-1]) if arguments and isinstance(arguments[-1], str) else str(original)
    line = (_CLASS.sub("", text.strip()).splitlines() or [""])[0].partition(_PAGE)[0]
    return "" if may_be_secret(line) else without_addresses(line)


def without_addresses(text: str) -> str:
    """A text that names objects by their classes only, not by where they are in memory."""
    return _OBJECT.sub(r"\1", text)


def may_be_secret(text: str) -> bool:
    """Whether a text looks as if it held a password, a token, or an address with one."""
    return _SECRET.search(text) is not None
