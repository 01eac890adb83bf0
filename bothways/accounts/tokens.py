"""Access tokens: JSON Web Tokens that live for minutes, by one algorithm, which a token cannot choose."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import jwt

from bothways.ledger import now

if TYPE_CHECKING:
    from datetime import timedelta

    from bothways.keys import Keys

ISSUER: Final = "bothways"
AUDIENCE: Final = "bothways-api"
_ALGORITHM: Final = "HS256"
_TYPE: Final = "at+jwt"
_PURPOSE: Final = "access token"
_LONGEST: Final = 1_024
_REQUIRED: Final = ["aud", "exp", "iat", "iss", "jti", "sid", "sub"]
_LEEWAY: Final = 0


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says: whose it is, and of which session; what they may do is looked up."""

    user_id: str
    session: str
    expires: int
    """Seconds since 1970."""


def issue(keys: Keys, user_id: str, session: str, life: timedelta) -> str:
    """A token for a session of a user; raises ConfigurationError without a secret."""
    key_id, key = keys.signing(_PURPOSE)
    moment = now()
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": user_id,
        "sid": session,
        "jti": secrets.token_hex(8),
        "iat": moment,
        "exp": moment + life,
    }
    return jwt.encode(claims, key, algorithm=_ALGORITHM, headers={"kid": key_id, "typ": _TYPE})


def read(keys: Keys, token: str) -> Claims | None:
    """What a token says; None where it is not one of ours, not for this service, or not good any more."""
    if len(token) > _LONGEST:
        return None
    try:
        header = jwt.get_unverified_header(token)
        key = _key(keys, header)
        if key is None:
            return None
        said: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[_ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            leeway=_LEEWAY,
            options={"require": _REQUIRED, "strict_aud": True},
        )
    except (jwt.InvalidTokenError, ValueError, UnicodeError):
        return None
    user_id, session, expires = said["sub"], said["sid"], said["exp"]
    if not (isinstance(user_id, str) and isinstance(session, str)):
        return None
    return Claims(user_id, session, int(expires))


def _key(keys: Keys, header: dict[str, Any]) -> bytes | None:
    """The key that a header names, of those that we have: it is an id, never a path or an address."""
    key_id = header.get("kid")
    if header.get("alg") != _ALGORITHM or header.get("typ") != _TYPE or not isinstance(key_id, str):
        return None
    return keys.verifying(_PURPOSE).get(key_id)
