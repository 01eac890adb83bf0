"""Passwords: what one may be, and its Argon2id hash. Hashing takes long on purpose: call it in a thread."""

from __future__ import annotations

from functools import cache
from typing import Final

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from bothways.errors import InvalidRequest

SHORTEST: Final = 12
LONGEST: Final = 1_000
"""Characters; more would only be work for the service."""


@cache
def hasher() -> PasswordHash:
    """What makes and checks hashes."""
    return PasswordHash((Argon2Hasher(),))


@cache
def dummy() -> str:
    """A hash that no password has, so that an unknown name costs what a wrong password does."""
    import secrets

    return hasher().hash(secrets.token_urlsafe(32))


def refuse_weak(password: str, name: str) -> None:
    """Raises InvalidRequest for a password that is too short, too long, or holds the login name."""
    words = None
    if not SHORTEST <= len(password) <= LONGEST:
        words = f"a password has {SHORTEST} to {LONGEST:,} characters"
    elif len(name) > 2 and name.lower() in password.lower():
        words = "a password does not hold the login name"
    elif len(set(password)) < 4:
        words = "a password has at least four different characters"
    if words is not None:
        fault = {"loc": ["body", "password"], "type": "password", "msg": words}
        raise InvalidRequest(words, hint="a few random words are good", details={"errors": [fault]})


def hashed(password: str) -> str:
    """The hash of a password, with its salt and parameters."""
    return hasher().hash(password)


def fits(password: str, hashed_password: str | None) -> tuple[bool, str | None]:
    """Whether it is the password of that hash; a hash anew where that one's parameters are old.

    The same work is done where there is no hash, and the answer is no.
    """
    nobodys = dummy()
    try:
        right, anew = hasher().verify_and_update(password, hashed_password or nobodys)
    except UnknownHashError:
        return False, None
    return (right, anew) if hashed_password is not None else (False, None)
