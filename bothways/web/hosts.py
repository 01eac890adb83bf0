"""Where a request comes from and how it calls the service: loopback only without a secret, and never a foreign page."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from bothways.errors import Forbidden

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import Scope

UNIX: Final = "unix"
"""As the address of a proxy: whoever may use the service's Unix socket."""
_FORWARDED: Final = frozenset({b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip"})
_LOOPBACK_NAMES: Final = frozenset({"localhost", "ip6-localhost"})
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_OWN_SITES: Final = frozenset({"same-origin", "none"})
_DEFAULT_PORTS: Final = {"http": 80, "https": 443, "ws": 80, "wss": 443}


@lru_cache(maxsize=256)
def is_loopback(host: str) -> bool:
    """Whether only this machine reaches that address or name."""
    try:
        found = ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return host.lower().rstrip(".") in _LOOPBACK_NAMES
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback


def is_proxy(text: str) -> bool:
    """Whether that is an address, a network or ``unix``."""
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return text == UNIX
    return True


def network_of(address: str) -> str:
    """What counts as one place: an address, or the network of 2^64 that an IPv6 customer has for one line."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, ipaddress.IPv6Address):
        return address
    return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))


def refuse_remote(scope: Scope, host: str, allowed: Iterable[str]) -> None:
    """Raises Forbidden for a request that an open service must not answer.

    The socket has to be this machine's loopback, or one that is no network address; whoever asks has to be there too;
    and the name in Host has to be loopback's or one of ``allowed``, lest a foreign page that lets its own name mean
    127.0.0.1 be answered.
    """
    ends = (scope.get("server"), scope.get("client"))
    if not all(_is_near(end[0]) for end in ends if end) or not is_host(host, allowed, loopback=True):
        raise Forbidden(
            "without BOTHWAYS_SECRET the service answers on this machine only, under its loopback names",
            hint="set BOTHWAYS_SECRET, or BOTHWAYS_HOSTS for another name of this machine",
        )


def refuse_forwarded(scope: Scope) -> None:
    """Raises Forbidden for a request to an open service that a proxy has sent on: it may be anybody's."""
    if any(name in _FORWARDED for name, _ in scope["headers"]):
        raise Forbidden("without BOTHWAYS_SECRET the service answers nobody behind a proxy", hint="set BOTHWAYS_SECRET")


def is_host(host: str, allowed: Iterable[str], *, loopback: bool) -> bool:
    """Whether a Host header names one of ``allowed``, or, with ``loopback``, this machine."""
    name = _name(host)
    return name in allowed or (loopback and is_loopback(name))


def refuse_foreign(scope: Scope, host: str, origin: str | None, site: str | None, friends: Iterable[str]) -> None:
    """Raises Forbidden for a request that changes something and that another site's page made a browser send.

    ``origin`` and ``site`` are the headers Origin and Sec-Fetch-Site, ``friends`` the origins that are let in.
    """
    if scope["type"] == "http" and scope["method"] in _SAFE:
        return
    if origin is not None:
        if origin in friends or _same(origin, host):
            return
    elif site is None or site in _OWN_SITES:
        return
    raise Forbidden("a page of another site sent this", hint="BOTHWAYS_CORS_ORIGINS lists the sites that may")


@lru_cache(maxsize=256)
def _is_near(host: str | None) -> bool:
    if host is None:
        return True
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        # A Unix socket, or a name that a test gives itself: no network leads there.
        return True
    return is_loopback(host)


def _name(host: str) -> str:
    host = host.lower()
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0].rstrip(".")


def _same(origin: str, host: str) -> bool:
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return False
    usual = _DEFAULT_PORTS.get(parts.scheme)
    if not parts.hostname or usual is None:
        return False
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    full = host.lower() if host.rpartition(":")[2].isdigit() and not host.endswith("]") else f"{host.lower()}:{usual}"
    return f"{name}:{port or usual}" == full
