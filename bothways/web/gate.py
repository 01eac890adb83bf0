"""What every request passes: who asks, whether from here, not from a foreign page, and not too often.

Nobody gets past it without good credentials, but for the few addresses that are open; what a principal may do there is
for each route to say. It is pure ASGI and cheap: a request with known credentials costs it a few microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from bothways.accounts import sessions
from bothways.accounts.roles import LOCAL, Principal
from bothways.errors import BothwaysError, Forbidden
from bothways.keys import Keys
from bothways.web import hosts
from bothways.web.access import PRINCIPAL, origin_of, unknown
from bothways.web.problems import REQUEST_ID, of_error
from bothways.web.rates import Rate, Window, too_many
from bothways.web.requests import HEADERS

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from bothways.web.credentials import Credentials

COOKIE: Final = "__Host-bothways"
"""The cookie of a session: no other host, and no plain connection, can set or read it."""
CSRF: Final = b"x-csrf-token"
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_STRICT: Final = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
_NAMES: Final = frozenset({b"authorization", b"cookie", b"host", b"origin", b"sec-fetch-site", CSRF})


@dataclass(frozen=True, slots=True)
class Rules:
    """What the gate goes by."""

    keys: Keys = field(default_factory=Keys)
    hosts: frozenset[str] = frozenset()
    """Names by which the service may be called; any where it is empty and there is a secret."""
    friends: frozenset[str] = frozenset()
    """Origins whose pages may ask."""
    rate: Rate | None = None
    """For each principal."""
    open_paths: frozenset[str] = frozenset()
    """Addresses that need no credentials."""
    open_below: tuple[str, ...] = ()
    """What they begin with, where there are more below."""


class Gate:
    """Lets a request in with its principal in its scope, or refuses it."""

    def __init__(self, app: ASGIApp, rules: Rules, credentials: Credentials) -> None:
        self.app = app
        self._rules = rules
        self._credentials = credentials
        self._window = Window(rules.rate) if rules.rate is not None else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on or refuse it."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        # The layer outside of this one adds them to the answer; WebSockets have none such.
        more: list[tuple[bytes, bytes]] | None = scope.get(HEADERS)
        if more is None:
            more = []
            send = _with(more, send)
        if scope.get("scheme") in {"https", "wss"}:
            more.append(_STRICT)
        try:
            principal = scope[PRINCIPAL] = await self._admit(scope)
            if self._window is not None and principal is not None and principal is not LOCAL:
                hit = self._window.hit(f"{principal.kind}:{principal.name}")
                more += hit.headers
                if not hit.allowed:
                    raise too_many(hit)
        except BothwaysError as error:
            await _refuse(error, scope, receive, send)
            return
        await self.app(scope, receive, send)

    async def _admit(self, scope: Scope) -> Principal | None:
        """Who asks; None for an open address. Raises Unauthenticated, Forbidden, TooManyRequests, DatabaseError."""
        rules, sent = self._rules, _headers(scope)
        host = sent.get(b"host", "")
        if not rules.keys:
            hosts.refuse_remote(scope, host, rules.hosts)
            hosts.refuse_forwarded(scope)
        elif rules.hosts and not hosts.is_host(host, rules.hosts, loopback=False):
            raise Forbidden("the service does not go by that name", hint="BOTHWAYS_HOSTS lists its names")
        authorization = sent.get(b"authorization")
        if authorization is None or not rules.keys:
            site = sent.get(b"sec-fetch-site")
            hosts.refuse_foreign(scope, host, sent.get(b"origin"), site, rules.friends)
        if not rules.keys:
            return LOCAL
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if path in rules.open_paths or path.startswith(rules.open_below or ("\0",)):
            return None
        if authorization is not None:
            found = await self._credentials.by_header(authorization.encode("latin-1"), origin_of(scope))
        else:
            found = await self._by_cookie(scope, sent)
        if found is None:
            raise unknown()
        return found

    async def _by_cookie(self, scope: Scope, sent: dict[bytes, str]) -> Principal | None:
        value = _cookie(sent.get(b"cookie", ""))
        principal = await self._credentials.by_cookie(value) if value else None
        if principal is None or principal.session is None:
            return None
        safe = scope["type"] == "http" and scope["method"] in _SAFE
        if scope["type"] == "websocket" or not safe:
            _require_own_page(scope, sent)
        if scope["type"] == "http" and not safe:
            token = sent.get(CSRF, "")
            if not sessions.is_csrf_token(self._rules.keys, principal.session, token):
                raise Forbidden("the session's X-CSRF-Token is missing or wrong", hint="GET /api/v1/auth/me tells it")
        return principal


def _require_own_page(scope: Scope, sent: dict[bytes, str]) -> None:
    """Raises Forbidden where a browser does not say that a page of our own sends this."""
    origin, site = sent.get(b"origin"), sent.get(b"sec-fetch-site")
    if origin is None and site != "same-origin":
        raise Forbidden("a session's cookie needs Origin", hint="programs send Authorization: Bearer")
    hosts.refuse_foreign(scope, sent.get(b"host", ""), origin, site, ())


def _headers(scope: Scope) -> dict[bytes, str]:
    """The headers that matter here. Raises Unauthenticated where credentials come twice."""
    found: dict[bytes, str] = {}
    for name, value in scope["headers"]:
        if name in _NAMES:
            text = value.decode("latin-1")
            if name not in found:
                found[name] = text
            elif name == b"cookie":
                found[name] += f"; {text}"
            else:
                raise unknown()
    return found


def _cookie(header: str) -> str | None:
    for part in header.split(";"):
        name, _, value = part.strip().partition("=")
        if name == COOKIE:
            return value
    return None


def _with(more: list[tuple[bytes, bytes]], send: Send) -> Send:
    async def answer(message: Message) -> None:
        if message["type"] in {"http.response.start", "websocket.http.response.start"}:
            message["headers"] = [*message["headers"], *more]
        await send(message)

    return answer


async def _refuse(error: BothwaysError, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket" and "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008, "reason": error.code})
        return
    await of_error(error, scope.get(REQUEST_ID))(scope, receive, send)
