"""The service's secret, and the keys that are derived from it: one for each purpose, so that none serves two.

``BOTHWAYS_SECRET`` holds one secret or several, separated by commas: the first signs, all of them verify. So a secret
is replaced without a break: put the new one in front, and drop the old one when nothing that it signed is in use.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Self

from bothways.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE: Final = "BOTHWAYS_SECRET"
SHORTEST: Final = 32
"""Fewest bytes of a secret."""
HOW_TO: Final = 'make one: python -c "import secrets; print(secrets.token_urlsafe(48))"'
_SALT: Final = b"bothways"


def derived(secret: str | bytes, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose (HKDF with SHA-256, RFC 5869, of one block)."""
    material = secret.encode() if isinstance(secret, str) else secret
    pseudorandom = hmac.digest(_SALT, material, "sha256")
    return hmac.digest(pseudorandom, purpose.encode() + b"\x01", "sha256")


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets of a service; with none of them nothing can be signed."""

    secrets: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The secrets of ``BOTHWAYS_SECRET``; raises ConfigurationError for one that is too short."""
        found = tuple(part for part in (part.strip() for part in text.split(",")) if part)
        if any(len(secret.encode()) < SHORTEST for secret in found):
            raise ConfigurationError(f"{VARIABLE} is shorter than {SHORTEST} bytes", hint=HOW_TO)
        return cls(found)

    def __bool__(self) -> bool:
        return bool(self.secrets)

    def signing(self, purpose: str) -> tuple[str, bytes]:
        """The id and the key that sign; raises ConfigurationError without a secret."""
        if not self.secrets:
            raise ConfigurationError(f"{VARIABLE} is not set, and this needs one", hint=HOW_TO)
        return next(iter(self.verifying(purpose).items()))

    def verifying(self, purpose: str) -> Mapping[str, bytes]:
        """Every key that verifies, by its id; the id tells nothing of the secret."""
        return _by_id(self.secrets, purpose)


@lru_cache(maxsize=64)
def _by_id(secrets: tuple[str, ...], purpose: str) -> Mapping[str, bytes]:
    keys = (derived(secret, purpose) for secret in secrets)
    return MappingProxyType({hashlib.sha256(b"id:" + key).hexdigest()[:16]: key for key in keys})
