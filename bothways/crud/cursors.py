"""Cursors: a place in a list as a text that clients keep and send back, and cannot make or change.

A cursor holds the values of the list's sort keys in one row and the direction. It is signed together with the database,
the table, the conditions and the order of its list, so that it is good for no other list.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING, Any, Final

from pydantic_core import from_json, to_json

from bothways.crud.faults import fault
from bothways.crud.sorting import Place, placed
from bothways.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bothways.crud.shapes import Shape
    from bothways.crud.sorting import Key

_SIGNATURE: Final = 16
_MOST: Final = 8_192
"""Characters of a cursor."""


class Cursors:
    """Writes and reads cursors by secret keys: the first signs, all of them verify. Without keys one is made up."""

    def __init__(self, keys: Sequence[bytes] = ()) -> None:
        self._keys = tuple(keys) or (secrets.token_bytes(32),)

    def write(
        self, context: bytes, keys: Sequence[Key], document: Mapping[str, Any], *, back: bool, inclusive: bool = False
    ) -> str:
        """The cursor of a row's place."""
        return self._signed(context, [document[key.name] for key in keys], back=back, inclusive=inclusive)

    def turned(self, context: bytes, told: str, *, back: bool) -> str:
        """The cursor of the place of another one, which :meth:`read` took, the other way and with the row there."""
        payload = _decoded(told)[_SIGNATURE:]
        return self._signed(context, from_json(payload)[1], back=back, inclusive=True)

    def _signed(self, context: bytes, values: list[Any], *, back: bool, inclusive: bool) -> str:
        payload = to_json([back | inclusive << 1, values])
        return urlsafe_b64encode(_mac(self._keys[0], context, payload) + payload).rstrip(b"=").decode()

    def read(self, context: bytes, shape: Shape, keys: Sequence[Key], told: str) -> Place:
        """The place of a cursor; raises InvalidRequest for one that was not made here for this list."""
        raw = _decoded(told)
        signature, payload = raw[:_SIGNATURE], raw[_SIGNATURE:]
        if not any(hmac.compare_digest(_mac(key, context, payload), signature) for key in self._keys):
            raise _refused()
        way, values = from_json(payload)
        # It is signed, but an enum may have lost a label, or a field changed its kind, since.
        if len(values) != len(keys):
            raise _refused()
        try:
            found = tuple(_value(shape, key.name, value) for key, value in zip(keys, values, strict=True))
        except (InvalidRequest, ValueError):
            raise _refused() from None
        return Place(found, bool(way & 1), bool(way & 2))


def _value(shape: Shape, name: str, value: Any) -> Any:
    field = shape.by_name[name]
    if value is None or field.kind.name == "text":
        return value
    if field.kind.name == "enum":
        return placed(field, value)
    return shape.value(name, value if isinstance(value, str) else to_json(value).decode(), ("query", "cursor"))


def _mac(key: bytes, context: bytes, payload: bytes) -> bytes:
    return hmac.digest(key, context + b"\0" + payload, "sha256")[:_SIGNATURE]


def _decoded(told: str) -> bytes:
    # One spelling only: the standard library's decoder skips what it does not know.
    try:
        raw = urlsafe_b64decode(told + "=" * (-len(told) % 4)) if len(told) <= _MOST else b""
    except ValueError:
        raise _refused() from None
    if len(raw) <= _SIGNATURE or urlsafe_b64encode(raw).rstrip(b"=").decode() != told:
        raise _refused()
    return raw


def _refused() -> InvalidRequest:
    return fault("cursor", "cursor", "Input should be the next or previous of a page of this same list")
