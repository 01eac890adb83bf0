"""Logging in and out: tokens for programs, a cookie for pages of our own."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotation
from starlette.responses import Response  # noqa: TC002 - FastAPI reads the annotation

from bothways.accounts import passwords, sessions, tokens, users
from bothways.accounts.roles import SCOPES, Principal
from bothways.errors import Forbidden, Unauthenticated
from bothways.keys import HOW_TO
from bothways.web.access import require
from bothways.web.gate import COOKIE

if TYPE_CHECKING:
    import datetime as dt

    import sqlalchemy as sa
    from fastapi import FastAPI

    from bothways.web.desk import Desk

PATH: Final = "/api/v1/auth"
OPEN: Final = frozenset({f"{PATH}/login", f"{PATH}/refresh"})
"""What needs no credentials."""
_WRONG: Final = "the name or the password is wrong, or the account is locked for a while or switched off"
Anyone = Annotated[Principal, Depends(require())]


class Strict(BaseModel):
    """A body whose every field is known."""

    model_config = ConfigDict(extra="forbid")


class Login(Strict):
    """Who wants to log in."""

    name: str = Field(max_length=100, description="The login name", examples=["alice"])
    password: str = Field(max_length=passwords.LONGEST, description="The password")
    cookie: bool = Field(default=False, description="Whether to set a cookie instead of giving tokens")


class Refresh(Strict):
    """Who wants further tokens."""

    refresh_token: str = Field(max_length=200, description="The newest refresh token; it is good once")


class Password(Strict):
    """Another password."""

    current: str = Field(max_length=passwords.LONGEST, description="The password until now")
    new: str = Field(
        min_length=passwords.SHORTEST, max_length=passwords.LONGEST, description="The password from now on"
    )
    keep_keys: bool = Field(default=False, description="Whether one's API keys stay good; they end otherwise")


class Tokens(BaseModel):
    """What a program sends from now on."""

    access_token: str = Field(description="Send it as Authorization: Bearer")
    token_type: str = Field(default="Bearer", description="Always Bearer")
    expires_in: int = Field(description="Seconds that the access token is good")
    refresh_token: str = Field(description="For further tokens; good once, and keep it secret")
    refresh_expires: str = Field(description="When the session ends, however often it is refreshed")


class CookieSession(BaseModel):
    """What a page sends beside its cookie."""

    csrf_token: str = Field(description="Send it as X-CSRF-Token with everything but GET")
    expires: str = Field(description="When the session ends")


class Me(BaseModel):
    """Who asks."""

    id: str = Field(description="The user's id; local where the service is open")
    name: str = Field(description="The login name; for a key with its prefix behind it")
    kind: str = Field(description="user, key or local")
    scopes: list[str] = Field(description="What they may do")
    csrf_token: str | None = Field(default=None, description="For the cookie of this session")


def install(app: FastAPI, desk: Desk, faults: dict[int, dict[str, Any]]) -> None:
    """Add the endpoints; ``faults`` document the errors."""
    routes = _Routes(desk)

    def add(method: str, path: str, endpoint: Any, codes: tuple[int, ...], **options: Any) -> None:
        responses = {code: faults[code] for code in codes}
        app.add_api_route(
            f"{PATH}/{path}",
            endpoint,
            methods=[method],
            tags=["auth"],
            responses=responses,  # type: ignore[arg-type]
            operation_id=f"auth_{path}",
            **options,
        )

    add("POST", "login", routes.login, (401, 403, 422, 429, 503), response_model=Tokens | CookieSession)
    add("POST", "refresh", routes.refresh, (401, 403, 422, 429, 503), response_model=Tokens)
    add("POST", "logout", routes.logout, (403, 503), status_code=204)
    add("GET", "me", routes.me, (503,), response_model=Me)
    add("POST", "password", routes.password, (403, 422, 503), status_code=204)


class _Routes:
    """The endpoints."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def login(self, request: Request, response: Response, body: Login) -> Tokens | CookieSession:
        """Log in with a name and a password."""
        desk, name = self._signing(), body.name.strip().lower()
        user = await desk.log_in(request.scope, name, body.password)
        if user is None:
            raise Unauthenticated(_WRONG)
        kind: sessions.Kind = "cookie" if body.cookie else "token"

        def opened(connection: sa.Connection, by: users.By) -> sessions.Session:
            session = sessions.open_session(connection, user.id, kind, desk.lives.session, by.origin)
            by.note(connection, "session.opened", user.name, kind=kind, session=session.id)
            return session

        session = await desk.add(request.scope, opened, who=user.name)
        if not body.cookie:
            return self._tokens(session)
        _set_cookie(response, sessions.cookie_value(desk.keys, session.id), desk.lives.session.total_seconds())
        return CookieSession(csrf_token=sessions.csrf_token(desk.keys, session.id), expires=_text(session.expires))

    async def refresh(self, request: Request, body: Refresh) -> Tokens:
        """Get further tokens; the refresh token is replaced, and one that comes again ends the whole session."""
        desk = self._signing()
        read = sessions.read_refresh_token(desk.keys, body.refresh_token)
        if read is None:
            desk.require_pace(request.scope, "")
            raise Unauthenticated("the refresh token is not good")
        session_id, generation = read

        def rotated(connection: sa.Connection, by: users.By) -> sessions.Session | None:
            session = sessions.rotate(connection, session_id, generation)
            if session is None and (name := sessions.was_copied(connection, session_id, generation)) is not None:
                by.note(connection, "session.reused", name, session=session_id, generation=generation)
            if session is not None:
                user = users.get(connection, session.user_id)
                replace(by, who=user.name).note(connection, "session.refreshed", user.name, session=session_id)
            return session

        session = await desk.change(request.scope, rotated)
        if session is None:
            raise Unauthenticated("the refresh token is not good", hint="log in again")
        return self._tokens(session)

    async def logout(self, request: Request, response: Response, who: Anyone) -> None:
        """End this session: its access tokens, its refresh token and its cookie."""
        session = _own_session(who)

        def ended(connection: sa.Connection, by: users.By) -> None:
            if sessions.end_session(connection, session, "logout"):
                by.note(connection, "session.ended", who.name, session=session)

        await self._desk.change(request.scope, ended)
        _set_cookie(response, "", 0)

    async def me(self, who: Anyone) -> Me:
        """Who asks, and what they may do."""
        csrf = sessions.csrf_token(self._desk.keys, who.session) if who.session is not None else None
        scopes: list[str] = [scope for scope in SCOPES if scope in who.scopes]
        return Me(id=who.id, name=who.name, kind=who.kind, scopes=scopes, csrf_token=csrf)

    async def password(self, request: Request, who: Anyone, body: Password) -> None:
        """Change one's own password; every other session of one's own ends, and every API key unless it is kept."""
        desk, session = self._desk, _own_session(who)
        passwords.refuse_weak(body.new, who.name)
        if await desk.log_in(request.scope, who.name, body.current) is None:
            raise Forbidden("the current password is wrong, or the account is locked for a while")
        hashed = await desk.hash(partial(passwords.hashed, body.new))

        def changed(connection: sa.Connection, by: users.By) -> None:
            user = users.get(connection, who.id)
            users.set_password(connection, user, hashed, by, keep=session, keep_keys=body.keep_keys)

        await desk.change(request.scope, changed)

    def _signing(self) -> Desk:
        if not self._desk.keys:
            raise Forbidden("the service is open: nobody logs in to it", hint=f"set BOTHWAYS_SECRET; {HOW_TO}")
        return self._desk

    def _tokens(self, session: sessions.Session) -> Tokens:
        desk = self._desk
        return Tokens(
            access_token=tokens.issue(desk.keys, session.user_id, session.id, desk.lives.access),
            expires_in=round(desk.lives.access.total_seconds()),
            refresh_token=sessions.refresh_token(desk.keys, session),
            refresh_expires=_text(session.expires),
        )


def _own_session(who: Principal) -> str:
    if who.session is None:
        raise Forbidden(f"{who.name} has no session of its own", hint="only a user who logged in can do that")
    return who.session


def _set_cookie(response: Response, value: str, seconds: float) -> None:
    response.set_cookie(COOKIE, value, max_age=round(seconds), path="/", secure=True, httponly=True, samesite="strict")


def _text(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
