"""What psycopg2 and psycopg say where libpq gives them no SQLSTATE: whatever happens while connecting.

The texts are those of the C locale. A server that speaks another language is still told to be unreachable, in its own
words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bothways.dialects.diagnosis import described
from bothways.errors import (
    AuthenticationFailed,
    BothwaysError,
    ConnectionLost,
    DatabaseError,
    DatabaseMissing,
    PrivilegeMissing,
    Unreachable,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bothways.urls import DatabaseURL

_SAID: tuple[tuple[re.Pattern[str], type[DatabaseError]], ...] = (
    (re.compile(r"\w+ authentication failed|no password supplied|no pg_hba\.conf entry"), AuthenticationFailed),
    (re.compile(r'role ".*" (?:does not exist|is not permitted to log in)'), AuthenticationFailed),
    (re.compile(r'database ".*" does not exist'), DatabaseMissing),
    (re.compile(r"permission denied for database"), PrivilegeMissing),
    (re.compile(r"server closed the connection|connection (?:already|is) closed"), ConnectionLost),
)


def without_code(chain: Sequence[BaseException], url: DatabaseURL) -> BothwaysError | None:
    """The meaning of an exception and its causes; None where it is not libpq's own."""
    error = next((e for e in chain if _is_libpq(e)), None)
    if error is None:
        return None
    text = str(error)
    kind = next((kind for pattern, kind in _SAID if pattern.search(text)), None)
    if kind is None and type(error).__name__ in {"OperationalError", "ConnectionTimeout"}:
        kind = ConnectionLost if any(getattr(e, "statement", None) for e in chain) else Unreachable
    return None if kind is None else described(kind, url, _reason(text))


def _is_libpq(error: BaseException) -> bool:
    coded = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    return type(error).__module__.partition(".")[0] in {"psycopg", "psycopg2"} and coded is None


def _reason(text: str) -> str:
    """The last attempt's reason: a name may stand for several addresses, each with a line of its own."""
    return text.rpartition(" failed: ")[2].removeprefix("FATAL:").strip()
