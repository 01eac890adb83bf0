"""The real application over one scratch database at head, as each kind of caller meets it."""

from __future__ import annotations

import itertools
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from pydantic import SecretStr

from api.app import create_app
from api.settings import Settings
from bench.attacking.direct import Answer, Service, running
from bothways.accounts import passwords, sessions, tables, tokens, users
from bothways.accounts.roles import ROLES
from bothways.connections import call
from bothways.keys import Keys
from tests.api.conftest import project_with

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bothways.urls import DatabaseURL

SECRET = "canary-of-the-attacked-service-0123456789"
PASSWORD = "canary battery of the attacked"
ANONYMOUS, OPEN = "anonymous", "open"
CALLERS = (ANONYMOUS, *ROLES, OPEN)
"""Nobody, a user of each role, and whoever asks a service without a secret."""
_KEYS = Keys.parse(SECRET)
_LIFE = timedelta(hours=2)
_NUMBERS = itertools.count(1)


@contextmanager
def cheap_hashes() -> Iterator[None]:
    """Argon2 with the least of work: what is attacked is the contract, not the price of a guess."""
    cheap, usual = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),)), passwords.hasher
    passwords.hasher = lambda: cheap  # type: ignore[assignment]
    passwords.dummy.cache_clear()
    try:
        yield
    finally:
        passwords.hasher = usual
        passwords.dummy.cache_clear()


@dataclass(frozen=True, slots=True)
class Account:
    """A user made for a caller, with a token of a session of its own."""

    id: str
    name: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """What the user sends."""
        return {"authorization": f"Bearer {self.token}"}


@dataclass
class Target:
    """One database, the service over it with a secret, and the same without."""

    url: DatabaseURL
    secured: Service
    open: Service
    accounts: dict[str, Account] = field(default_factory=dict)

    @property
    def engine(self) -> str:
        """The engine, by which name the database is served too."""
        return self.url.dialect

    def account(self, role: str) -> Account:
        """The user of that role."""
        if role not in self.accounts:
            self.accounts[role] = self.new_account(role)
        return self.accounts[role]

    def new_account(self, role: str) -> Account:
        """Another user of that role."""

        def made(connection: Any) -> Account:
            by = users.By("attack", "bench", _KEYS)
            name = f"{role}-of-attack-{next(_NUMBERS)}"
            user = users.add(connection, name, passwords.hashed(PASSWORD), role, by)
            session = sessions.open_session(connection, user.id, "token", _LIFE, "bench")
            return Account(user.id, name, tokens.issue(_KEYS, user.id, session.id, _LIFE))

        return call(self.url, tables.written(made), purpose="attack")

    def ask(
        self, caller: str, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        """Send a request as that caller; one whose session or user a request before has ended gets another."""
        if caller in {ANONYMOUS, OPEN}:
            service = self.open if caller == OPEN else self.secured
            return service.ask(method, target, headers, body)
        answer = self.secured.ask(method, target, {**(headers or {}), **self.account(caller).headers}, body)
        if answer.status != 401 or self._is_good(caller):
            return answer
        del self.accounts[caller]
        return self.secured.ask(method, target, {**(headers or {}), **self.account(caller).headers}, body)

    def _is_good(self, caller: str) -> bool:
        return self.secured.ask("GET", "/api/v1/auth/me", self.account(caller).headers).status == 200


@contextmanager
def attacked(url: DatabaseURL, **settings: Any) -> Iterator[Target]:
    """A target over a database at head."""
    usual = {
        **Settings(_env_file=None).model_dump(),  # type: ignore[call-arg]
        "hosts": ("testserver",),
        "rate_limit": "off",
        "login_rate_limit": "off",
        "log_level": "error",
        "log_format": "json",
        **settings,
    }
    project = project_with({url.dialect: url})
    with ExitStack() as stack:
        stack.enter_context(cheap_hashes())
        secured, bare = (
            stack.enter_context(running(create_app(Settings.model_construct(**{**usual, "secret": secret}), project)))
            for secret in (SecretStr(SECRET), SecretStr(""))
        )
        target = Target(url, secured, bare)
        target.account("admin")  # the last one cannot be removed, and there is always one
        yield target
