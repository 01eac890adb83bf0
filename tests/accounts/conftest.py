"""Accounts on each engine: a fresh database at head, cheap hashes, and a service with a secret over it."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from pydantic import SecretStr

from bothways import scratch
from bothways.accounts import passwords, tables, users
from bothways.connections import call
from bothways.keys import Keys
from tests.api.conftest import serving

SECRET = "canary-secret-of-the-service-0123456789"
PASSWORD = "canary horse battery"
KEYS = Keys.parse(SECRET)
BY = users.By("test", "cli", KEYS)
SETTINGS = {"secret": SecretStr(SECRET), "rate_limit": "off", "login_rate_limit": "off"}


@pytest.fixture(autouse=True, scope="session")
def cheap_hashes():
    """Argon2 with the least of work; what it costs is no matter of these tests."""
    cheap = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(passwords, "hasher", lambda: cheap)
        passwords.dummy.cache_clear()
        yield
    passwords.dummy.cache_clear()


def written(url, function):
    """What a function does to the accounts of a database."""
    return call(url, tables.written(function), purpose="write")


def make_user(url, name, role="reader", password=PASSWORD):
    """A user, made as the command line does."""
    return written(url, lambda c: users.add(c, name, passwords.hashed(password), role, BY))


@dataclass
class House:
    """A service with a secret over one database that has an admin, and as many users as a test makes."""

    url: object
    client: object

    @property
    def database(self):
        return self.url.dialect

    def user(self, role="reader"):
        """A new user of that role."""
        return make_user(self.url, f"{role}-{secrets.token_hex(4)}", role)

    def login(self, name="admin", password=PASSWORD, **more):
        """The answer to a login."""
        return self.client.post("/api/v1/auth/login", json={"name": name, "password": password, **more})

    def headers(self, name="admin"):
        """What a user sends who has logged in."""
        answer = self.login(name)
        assert answer.status_code == 200, answer.text
        return bearer(answer.json()["access_token"])


def bearer(text):
    """The header for a token or a key."""
    return {"Authorization": f"Bearer {text}"}


@contextmanager
def house_on(url, **settings):
    """A house over a database."""
    make_user(url, "admin", "admin")
    with serving({url.dialect: url}, **{**SETTINGS, **settings}) as client:
        yield House(url, client)


@pytest.fixture(scope="session")
def house(servers, engine_name):
    """A house on each engine in turn, shared by tests that each make their own users; it has no tables of models."""
    with scratch.database(servers[engine_name]) as url:
        written(url, lambda c: None)
        with house_on(url) as found:
            yield found


@pytest.fixture(scope="session")
def quick(servers):
    """A shared house on SQLite, for what has nothing to do with the engine."""
    with scratch.database(servers["sqlite"]) as url:
        written(url, lambda c: None)
        with house_on(url) as found:
            yield found


@pytest.fixture
def fresh_url(servers, engine_name):
    """A fresh database with empty tables of accounts, on each engine in turn."""
    with scratch.database(servers[engine_name]) as url:
        written(url, lambda c: None)
        yield url


@pytest.fixture
def fresh_file(servers):
    """A fresh database with empty tables of accounts, on SQLite."""
    with scratch.database(servers["sqlite"]) as url:
        written(url, lambda c: None)
        yield url
