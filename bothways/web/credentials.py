"""From what a request brings to who asks: a token, an API key or a cookie, looked up once in some seconds."""

from __future__ import annotations

import asyncio
import hashlib
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

from bothways.accounts import apikeys, sessions, tokens
from bothways.accounts.roles import ROLES, Principal
from bothways.errors import DatabaseError, Unreachable
from bothways.web.hosts import network_of
from bothways.web.rates import Rate, Window

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bothways.accounts.store import Store
    from bothways.keys import Keys

Found: TypeAlias = tuple[Principal, float | None]
"""Who it is, and when that ends."""
FRESH_SECONDS: Final = 5.0
"""So long what was looked up counts: another process may serve a revoked token for that long, this one does not."""
_LOOK_SECONDS: Final = 10.0
_MOST_KNOWN: Final = 10_000
_WRONG_KEYS: Final = Rate(60, 60.0)
_BEARER: Final = b"bearer "


class Credentials:
    """Who asks, by their credentials."""

    def __init__(self, store: Store, keys: Keys) -> None:
        self._store = store
        self._keys = keys
        self._known: dict[bytes, tuple[Principal, float]] = {}
        self._looking: dict[tuple[bytes, int], asyncio.Task[Principal | None]] = {}
        self._age = 0
        self._wrong = Window(_WRONG_KEYS)

    def forget(self) -> None:
        """Look everything up anew: something was changed or revoked."""
        self._known.clear()
        self._age += 1

    async def by_header(self, value: bytes, origin: str) -> Principal | None:
        """Who asks by that ``Authorization``; None where it is not good. Raises DatabaseError, TooManyRequests."""
        digest = hashlib.sha256(value).digest()
        if (known := self._at_hand(digest)) is not None:
            return known
        if value[:7].lower() != _BEARER:
            return None
        text = value[7:].strip().decode("latin-1")
        look = partial(self._by_key, text, origin) if text.startswith("bw_") else partial(self._by_token, text)
        return await self._looked_up(digest, look)

    async def by_cookie(self, value: str) -> Principal | None:
        """Who asks by the cookie of a session; None where it is not good. Raises DatabaseError."""
        digest = hashlib.sha256(b"cookie " + value.encode("latin-1", "replace")).digest()
        if (known := self._at_hand(digest)) is not None:
            return known
        session = sessions.read_cookie(self._keys, value)
        return None if session is None else await self._looked_up(digest, partial(self._by_session, session, "cookie"))

    async def _looked_up(self, digest: bytes, look: Callable[[], Awaitable[Found | None]]) -> Principal | None:
        """Look up once for all who ask at the same time: the requests of a busy client, when what is known is stale."""
        age = self._age

        async def once() -> Principal | None:
            # Nobody's request ends it, so it has an end of its own.
            try:
                async with asyncio.timeout(_LOOK_SECONDS):
                    found = await look()
            except TimeoutError:
                raise self._store.named(Unreachable("took too long")) from None
            return self._remember(digest, age, found)

        task = self._looking.get((digest, age))
        if task is None:
            task = self._looking[digest, age] = asyncio.create_task(once())
            task.add_done_callback(partial(self._has_looked, (digest, age)))
        # A client that goes away takes the answer from nobody else.
        return await asyncio.shield(task)

    def _has_looked(self, at: tuple[bytes, int], task: asyncio.Task[Principal | None]) -> None:
        del self._looking[at]
        if not task.cancelled():
            task.exception()  # where nobody is left to hear it

    def _at_hand(self, digest: bytes) -> Principal | None:
        known = self._known.get(digest)
        return known[0] if known is not None and known[1] > time.monotonic() else None

    def _remember(self, digest: bytes, age: int, found: Found | None) -> Principal | None:
        if found is None:
            self._known.pop(digest, None)
            return None
        principal, ends = found
        left = FRESH_SECONDS if ends is None else min(FRESH_SECONDS, ends - time.time())
        if age == self._age and left > 0:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[digest] = principal, time.monotonic() + left
        return principal

    async def _by_token(self, text: str) -> Found | None:
        claims = tokens.read(self._keys, text)
        if claims is None:
            return None
        found = await self._by_session(claims.session, "token")
        if found is None or found[0].id != claims.user_id:
            return None
        return found[0], min(found[1] or claims.expires, claims.expires)

    async def _by_session(self, session: str, kind: sessions.Kind) -> Found | None:
        found = await self._store.read(lambda c: sessions.owner_of(c, session, kind), None)
        if found is None:
            return None
        owner, expires = found
        scopes = ROLES.get(owner.role, frozenset())
        return Principal(owner.id, owner.name, "user", scopes, session), expires.timestamp()

    async def _by_key(self, text: str, origin: str) -> Found | None:
        if apikeys.prefix_of(text) is None:
            return None
        # Where nobody knows where a request comes from, as on a socket, one would shut out all others.
        if origin:
            self._wrong.require_room(network_of(origin))
        found = await self._store.read(lambda c: apikeys.found_by(c, text), None)
        if found is None:
            if origin:
                self._wrong.hit(network_of(origin))
            return None
        if not found.noted:
            # A database that takes no writes just now keeps nobody out.
            with suppress(DatabaseError):
                await self._store.write(lambda c: apikeys.note_use(c, text))
        return found.principal, None if found.expires is None else found.expires.timestamp()
