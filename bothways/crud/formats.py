"""The forms in which a list is answered, and rows as lines of NDJSON and CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bothways.crud.shapes import as_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from bothways.crud.shapes import Field

TYPES: Final = {
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8; header=present",
}
_NAMES: Final = {
    b"application/json": "json",
    b"application/*": "json",
    b"*/*": "json",
    b"application/x-ndjson": "ndjson",
    b"application/ndjson": "ndjson",
    b"text/csv": "csv",
}
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the begin of a formula."""
_SPECIAL: Final = frozenset(',"\r\n')


def negotiated(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The form that a client likes best by its Accept header; json where it does not say, or says nothing we have."""
    for name, value in headers:
        if name == b"accept":
            return "json" if value in _NAMES and _NAMES[value] == "json" else _best(value)
    return "json"


def _best(accept: bytes) -> str:
    weights = dict.fromkeys(TYPES, (0.0, False))
    for part in accept.lower().split(b","):
        kind, *parameters = (piece.strip() for piece in part.split(b";"))
        form, weight = _NAMES.get(kind), _weight(parameters)
        if form is not None and weight > 0:
            weights[form] = max(weights[form], (weight, b"*" not in kind))
    # Of equals the one that is named, then the first one, which is json.
    return max(weights, key=lambda form: weights[form])


def _weight(parameters: Iterable[bytes]) -> float:
    for parameter in parameters:
        if parameter.startswith(b"q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0


def ndjson(documents: Iterable[Mapping[str, Any]]) -> bytes:
    """A line of JSON for each row."""
    return b"".join(as_json(document) + b"\n" for document in documents)


class Csv:
    """Writes rows as CSV (RFC 4180): a null is nothing, an empty text is two quotation marks.

    With ``safe`` a text that a spreadsheet would take for a formula has an apostrophe before it.
    """

    def __init__(self, fields: Sequence[Field], *, safe: bool) -> None:
        texts = _prefixed if safe else str
        self._columns = tuple((f.name, _written(f, texts)) for f in fields)

    def header(self) -> bytes:
        """The names of the fields."""
        return _line(name for name, _ in self._columns)

    def lines(self, documents: Iterable[Mapping[str, Any]]) -> bytes:
        """A line for each row."""
        columns = self._columns
        return b"".join(
            _line(None if document[name] is None else write(document[name]) for name, write in columns)
            for document in documents
        )


def _line(values: Iterable[str | None]) -> bytes:
    return (",".join(map(_quoted, values)) + "\r\n").encode()


def _quoted(text: str | None) -> str:
    if text is None:
        return ""
    if text and _SPECIAL.isdisjoint(text):
        return text
    escaped = text.replace('"', '""')
    return f'"{escaped}"'


def _written(field: Field, texts: Callable[[str], str]) -> Callable[[Any], str]:
    if field.kind.name == "text":
        return texts
    if field.kind.name in {"json", "array"}:
        return lambda value: as_json(value).decode()
    return lambda value: as_json(value).decode().strip('"')


def _prefixed(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
