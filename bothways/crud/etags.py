"""ETags: a row's document in a few bytes, and whether a request's conditions hold for it.

A tag is a digest of all that the API shows of the row, so it changes with any of that, whoever changed it and however;
a change of what nobody can read leaves it as it is. An answer that is compressed on its way gets its encoding behind a
``~`` (:mod:`bothways.web.compression`), since its bytes are others.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from bothways.errors import InvalidRequest, PreconditionFailed, PreconditionRequired

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.types import Scope

    from bothways.crud.changes import Check
    from bothways.crud.query import Row

_BYTES: Final = 15
ANY: Final = b"*"


def tag_of(document: bytes) -> bytes:
    """The strong ETag of a row's document."""
    return b'"%b"' % blake2b(document, digest_size=_BYTES).hexdigest().encode()


def unchanged(scope: Scope, tag: bytes) -> bool:
    """Whether If-None-Match says that the client has this state of the row."""
    given = _listed(scope, b"if-none-match")
    return given is not None and (ANY in given or tag in given)


def condition(scope: Scope, writer: Callable[[Row], bytes], *, required: bool) -> Check | None:
    """What If-Match asks of a row, None where it asks nothing.

    Raises PreconditionRequired where it has to ask something, InvalidRequest where it is no list of tags.
    """
    given = _listed(scope, b"if-match")
    if given is None:
        if required:
            raise PreconditionRequired(
                "the request has to say which state of the row it is about",
                hint="send the ETag of your last GET as If-Match, or If-Match: * for whatever state it is in",
            )
        return None
    if ANY in given:
        return None
    return _check(given, writer)


def _check(given: Sequence[bytes], writer: Callable[[Row], bytes]) -> Check:
    def check(row: Row) -> None:
        if tag_of(writer(row)) not in given:
            raise PreconditionFailed(
                "the row has changed since then, or If-Match is not its ETag",
                hint="get it again, look at what has changed, and send its new ETag",
            )

    return check


def _listed(scope: Scope, header: bytes) -> list[bytes] | None:
    """The tags of a header, without what compression put behind them; weak ones count for If-None-Match only."""
    found = [value for name, value in scope["headers"] if name == header]
    if not found:
        return None
    tags = [_plain(part.strip()) for part in b",".join(found).split(b",") if part.strip()]
    if header == b"if-none-match":
        return [tag.removeprefix(b"W/") for tag in tags]
    if not tags or not all(tag == ANY or tag.removeprefix(b"W/")[:1] == b'"' for tag in tags):
        words = 'If-Match should be * or ETags with their quotes, as in "abc"'
        raise InvalidRequest(words, details={"errors": [{"loc": ["header", "If-Match"], "type": "etag", "msg": words}]})
    return tags


def _plain(tag: bytes) -> bytes:
    name, squiggle, _ = tag.partition(b"~")
    return name + b'"' if squiggle else tag
