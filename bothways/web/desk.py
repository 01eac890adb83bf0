"""The desk behind every endpoint of accounts: passwords checked at a bearable pace, changes made, noted and logged."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

import anyio
import anyio.to_thread

from bothways.accounts import passwords, users
from bothways.errors import TooManyRequests
from bothways.web.access import origin_of, principal_of
from bothways.web.credentials import Credentials
from bothways.web.hosts import network_of
from bothways.web.rates import Rate, Window

if TYPE_CHECKING:
    from collections.abc import Callable

    import sqlalchemy as sa
    from starlette.types import Scope
    from structlog.typing import FilteringBoundLogger

    from bothways import audit
    from bothways.accounts.store import Store
    from bothways.keys import Keys

T = TypeVar("T")
D = TypeVar("D")
_HASHES_AT_ONCE: Final = 2
"""Each takes a core and 64 MB for a moment."""
_HASHES_WAITING: Final = 32


@dataclass(frozen=True, slots=True)
class Lives:
    """How long credentials live."""

    access: timedelta = timedelta(minutes=15)
    session: timedelta = timedelta(hours=12)


class Desk:
    """Accounts, as the endpoints use them."""

    def __init__(
        self,
        store: Store,
        keys: Keys,
        log: FilteringBoundLogger,
        *,
        lives: Lives | None = None,
        logins: Rate | None = None,
    ) -> None:
        self.keys = keys
        self.lives = lives or Lives()
        self.store = store
        self.credentials = Credentials(store, keys)
        self._log = log
        self._logins = Window(logins) if logins is not None else None
        self._hashing: anyio.CapacityLimiter | None = None
        self._later: dict[str, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        """Finish what is under way and close every connection."""
        if self._later:
            await asyncio.gather(*self._later.values(), return_exceptions=True)
        await self.store.close()

    async def read(self, function: Callable[[sa.Connection], T], otherwise: D) -> T | D:
        """What a function reads; ``otherwise`` where there are no accounts yet. Raises DatabaseError."""
        return await self.store.read(function, otherwise)

    async def add(self, scope: Scope, function: Callable[[sa.Connection, users.By], T], who: str = "") -> T:
        """Add something in one transaction. Raises DatabaseError."""
        by = self._by(scope, who)
        return await self.store.write(lambda connection: function(connection, by))

    async def change(self, scope: Scope, function: Callable[[sa.Connection, users.By], T], who: str = "") -> T:
        """The same for what may take rights away: credentials are looked up anew afterwards."""
        try:
            return await self.add(scope, function, who)
        finally:
            self.credentials.forget()

    async def record(self, scope: Scope, what: str, subject: str = "", **details: Any) -> None:
        """Add an entry to the audit log for what a request did elsewhere. Raises DatabaseError."""
        await self.add(scope, lambda connection, by: by.note(connection, what, subject, **details))

    async def record_once(self, who: str, what: str, subject: str, **details: Any) -> None:
        """Add an entry of what happened by itself, unless another worker of the service has. Raises DatabaseError."""
        by = users.By(who, "", self.keys, self._log_entry)
        await self.store.write(lambda connection: by.note_once(connection, what, subject, **details))

    def require_pace(self, scope: Scope, name: str) -> None:
        """Count an attempt at that login name and from that address; raises TooManyRequests."""
        if self._logins is not None:
            if origin := origin_of(scope):  # unknown on a socket: one would shut out all others
                self._logins.require(f"address {network_of(origin)}")
            self._logins.require(f"name {name}")

    async def log_in(self, scope: Scope, name: str, password: str) -> users.User | None:
        """The user of that name and password; None where they do not fit, or the account is locked or switched off.

        The answer and its time are the same for all of these, and for a name that nobody has. Raises TooManyRequests.
        """
        self.require_pace(scope, name)
        known = re.fullmatch(users.NAME, name) is not None
        stored = await self.read(lambda c: users.password_of(c, name), None) if known else None
        right, anew = await self.hash(partial(passwords.fits, password, stored))
        if not right:
            # Also for a name that nobody has: what comes behind an answer can slow the answer down.
            if known and self.store.made:
                self._count_failure(scope, name)
            return None
        if (counting := self._later.get(name)) is not None:
            await asyncio.wait([counting])

        def admitted(connection: sa.Connection) -> users.User | None:
            user = users.admit(connection, name)
            if user is not None and anew is not None:
                users.keep_hash(connection, name, anew)
            return user

        return await self.store.write(admitted)

    async def hash(self, work: Callable[[], T]) -> T:
        """Do what takes long on purpose in a thread, few at once; raises TooManyRequests where too many wait."""
        self._hashing = self._hashing or anyio.CapacityLimiter(_HASHES_AT_ONCE)
        if self._hashing.statistics().tasks_waiting >= _HASHES_WAITING:
            raise TooManyRequests("too many log in at this moment", details={"retry_after": 2})
        return await anyio.to_thread.run_sync(work, limiter=self._hashing)

    def _by(self, scope: Scope, who: str = "") -> users.By:
        principal = principal_of(scope)
        name = who or (principal.name if principal is not None else "")
        return users.By(name, origin_of(scope), self.keys, self._log_entry)

    def _log_entry(self, entry: audit.Entry) -> None:
        # The log is the second place, where whoever cuts off the end of the first cannot reach.
        self._log.info("audit", what=entry.what, who=entry.who, subject=entry.subject, anchor=entry.anchor)

    def _count_failure(self, scope: Scope, name: str) -> None:
        """Behind the answer, whose time would tell that there is such a user."""
        by, before = self._by(scope, name), self._later.get(name)

        async def count() -> None:
            if before is not None:
                await asyncio.wait([before])
            try:
                await self.store.write(lambda connection: users.count_failure(connection, name, by))
            except Exception as error:  # noqa: BLE001 - nobody waits for it; the log says it
                self._log.error("fault", exception=error)

        task = self._later[name] = asyncio.create_task(count())
        task.add_done_callback(lambda done: self._later.pop(name) if self._later.get(name) is done else None)
