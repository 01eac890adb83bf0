"""Users and their API keys, for who administers them, and everybody's own keys."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from fastapi import Depends, Path, Query
from pydantic import BaseModel, Field
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotation
from starlette.responses import Response  # noqa: TC002 - FastAPI reads the annotation

from bothways.accounts import apikeys, passwords, sessions, users
from bothways.accounts.roles import USERS_ADMIN, Principal
from bothways.errors import Forbidden
from bothways.ledger import moment_text, now
from bothways.web.access import require, unknown
from bothways.web.idempotency import Once  # noqa: TC001 - FastAPI reads the annotation
from bothways.web.login import Strict

if TYPE_CHECKING:
    import datetime as dt

    import sqlalchemy as sa
    from fastapi import FastAPI

    from bothways.web.desk import Desk

USERS: Final = "/api/v1/users"
KEYS: Final = "/api/v1/keys"
Role = Literal["reader", "writer", "reviewer", "operator", "admin"]
AScope = Literal[
    "rows:read", "rows:write", "migrations:read", "migrations:run", "migrations:review", "users:admin", "audit:read"
]
Admin = Annotated[Principal, Depends(require(USERS_ADMIN))]
Anyone = Annotated[Principal, Depends(require())]
UserId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="The user's id")]
Prefix = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$", description="The key's prefix")]
After = Annotated[str, Query(pattern=users.NAME, description="The next of the page before")]
Limit = Annotated[int, Query(ge=1, le=100, description="Users on a page")]
NewPassword = Annotated[
    str, Field(min_length=passwords.SHORTEST, max_length=passwords.LONGEST, description="At least 12 characters")
]


class NewUser(Strict):
    """A user to be."""

    name: str = Field(pattern=users.NAME, description="The login name, in lower case", examples=["alice"])
    password: NewPassword
    role: Role = Field(description="What the user may do")


class UserChange(Strict):
    """What becomes different of a user."""

    role: Role | None = Field(default=None, description="What the user may do")
    active: bool | None = Field(
        default=None, description="Whether the user can do anything; false ends every session and API key"
    )
    password: NewPassword | None = Field(default=None, description="Another password; every session and API key ends")
    keep_keys: bool = Field(default=False, description="Whether the API keys stay good all the same")


class User(BaseModel):
    """A user."""

    id: str = Field(description="Never given to another one")
    name: str = Field(description="The login name")
    role: str = Field(description="What the user may do")
    active: bool = Field(description="Whether the user can do anything")
    created: str = Field(description="When")
    locked_until: str | None = Field(description="No password is right before then")


class Users(BaseModel):
    """A page of users."""

    items: list[User] = Field(description="In the order of their names")
    next: str | None = Field(description="Send it as after to get the next page; null on the last one")


class NewKey(Strict):
    """A key to be."""

    name: str = Field(
        min_length=1, max_length=60, pattern=apikeys.NAME, description="What it is for", examples=["nightly export"]
    )
    scopes: list[AScope] = Field(min_length=1, max_length=7, description="What it may do, of what its user may")
    days: int = Field(default=90, ge=1, le=3_650, description="Days until it ends")


class Key(BaseModel):
    """An API key without its secret."""

    prefix: str = Field(description="The part that may be seen")
    name: str = Field(description="What it is for")
    scopes: list[str] = Field(description="What it may do, as long as its user may")
    created: str = Field(description="When")
    expires: str | None = Field(description="When it ends")
    revoked: str | None = Field(description="When it was ended before that")
    last_used: str | None = Field(description="When it was last used, to a minute")


class MadeKey(Key):
    """An API key, this once with its secret."""

    key: str = Field(description="Send it as Authorization: Bearer; it is not shown again")


class Keys(BaseModel):
    """The keys of a user."""

    items: list[Key] = Field(description="Newest first")


def install(app: FastAPI, desk: Desk, faults: dict[int, dict[str, Any]]) -> None:
    """Add the endpoints; ``faults`` document the errors."""
    of_users, of_keys = _Users(desk), _Keys(desk)

    def add(method: str, path: str, endpoint: Any, codes: tuple[int, ...], **options: Any) -> None:
        tag = "users" if path.startswith(USERS) else "keys"
        responses: Any = {code: faults[code] for code in codes}
        name = f"{endpoint.__name__}_{tag.removesuffix('s')}"
        app.add_api_route(
            path, endpoint, methods=[method], tags=[tag], responses=responses, operation_id=name, **options
        )

    one = f"{USERS}/{{id}}"
    add("GET", USERS, of_users.list_, (422, 503), response_model=Users)
    add("POST", USERS, of_users.create, (409, 422, 503), response_model=User, status_code=201)
    add("GET", one, of_users.get, (404, 422, 503), response_model=User)
    add("PATCH", one, of_users.change, (404, 409, 422, 503), response_model=User)
    add("DELETE", one, of_users.delete, (404, 409, 422, 503), status_code=204)
    add("GET", f"{one}/keys", of_users.list_keys, (404, 422, 503), response_model=Keys)
    add("DELETE", f"{one}/keys/{{prefix}}", of_users.revoke_key, (404, 422, 503), status_code=204)
    add("GET", KEYS, of_keys.list_, (503,), response_model=Keys)
    add("POST", KEYS, of_keys.create, (422, 503), response_model=MadeKey, status_code=201)
    add("DELETE", f"{KEYS}/{{prefix}}", of_keys.revoke, (404, 422, 503), status_code=204)


class _Users:
    """The endpoints of users."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def list_(self, _who: Admin, after: After | None = None, limit: Limit = 50) -> Users:
        """Every user."""
        none: list[users.User] = []
        found = await self._desk.read(lambda c: users.every(c, after=after or "", limit=limit + 1), none)
        following = found[limit - 1].name if len(found) > limit else None
        return Users(items=[_user(user) for user in found[:limit]], next=following)

    async def create(self, request: Request, response: Response, _who: Admin, _once: Once, body: NewUser) -> User:
        """A new user."""
        passwords.refuse_weak(body.password, body.name)
        hashed = await self._desk.hash(partial(passwords.hashed, body.password))
        made = await self._desk.add(request.scope, lambda c, by: users.add(c, body.name, hashed, body.role, by))
        response.headers["location"] = f"{request.scope.get('root_path', '')}{USERS}/{made.id}"
        return _user(made)

    async def get(self, _who: Admin, id: UserId) -> User:
        """One user."""
        found = await self._desk.read(lambda c: users.find(c, id), None)
        if found is None:
            raise users.unknown()
        return _user(found)

    async def change(self, request: Request, _who: Admin, id: UserId, body: UserChange) -> User:
        """Give a user another role or password, or switch one off or on."""
        hashed: str | None = None
        if body.password is not None:
            name = (await self.get(_who, id)).name
            passwords.refuse_weak(body.password, name)
            hashed = await self._desk.hash(partial(passwords.hashed, body.password))

        def changed(connection: sa.Connection, by: users.By) -> users.User:
            user = users.get(connection, id)
            if hashed is not None:
                users.set_password(connection, user, hashed, by, keep_keys=body.keep_keys)
            return users.change(connection, user, by, role=body.role, active=body.active, keep_keys=body.keep_keys)

        return _user(await self._desk.change(request.scope, changed))

    async def delete(self, request: Request, _who: Admin, id: UserId) -> None:
        """Remove a user with all keys and sessions."""
        await self._desk.change(request.scope, lambda c, by: users.remove(c, users.get(c, id), by))

    async def list_keys(self, _who: Admin, id: UserId) -> Keys:
        """The API keys of a user, without their secrets."""
        found = await self._desk.read(lambda c: apikeys.of_user(c, users.get(c, id).id), None)
        if found is None:
            raise users.unknown()
        return Keys(items=[_key(key) for key in found])

    async def revoke_key(self, request: Request, _who: Admin, id: UserId, prefix: Prefix) -> None:
        """End an API key of a user."""

        def revoked(connection: sa.Connection, by: users.By) -> None:
            user = users.get(connection, id)
            apikeys.revoke(connection, user.id, prefix, by, user=user.name)

        await self._desk.change(request.scope, revoked)


class _Keys:
    """The endpoints of one's own API keys."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def list_(self, who: Anyone) -> Keys:
        """One's own keys."""
        return Keys(items=[_key(key) for key in await self._desk.read(lambda c: apikeys.of_user(c, who.id), [])])

    async def create(self, request: Request, who: Anyone, _once: Once, body: NewKey) -> MadeKey:
        """A new key; this answer shows it, and no other."""
        owner, expires = _user_only(who), now() + timedelta(days=body.days)

        def made(connection: sa.Connection, by: users.By) -> tuple[apikeys.ApiKey, str]:
            # What is remembered of a session may be some seconds old, and a key would outlive it by far.
            if owner.session is None or not sessions.is_good(connection, owner.session):
                raise unknown()
            return apikeys.create(connection, owner, body.name, body.scopes, expires, by)

        key, text = await self._desk.add(request.scope, made)
        return MadeKey(**_key(key).model_dump(), key=text)

    async def revoke(self, request: Request, who: Anyone, prefix: Prefix) -> None:
        """End one of one's own keys."""
        await self._desk.change(request.scope, lambda c, by: apikeys.revoke(c, _user_only(who).id, prefix, by))


def _user_only(who: Principal) -> Principal:
    if who.kind != "user":
        raise Forbidden(f"{who.name} cannot have keys", hint="only a user who logged in can")
    return who


def _user(user: users.User) -> User:
    locked = user.locked_until if user.locked_until is not None and user.locked_until > now() else None
    return User(
        id=user.id,
        name=user.name,
        role=user.role,
        active=user.active,
        created=moment_text(user.created),
        locked_until=_text(locked),
    )


def _key(key: apikeys.ApiKey) -> Key:
    return Key(
        prefix=key.prefix,
        name=key.name,
        scopes=list(key.scopes),
        created=moment_text(key.created),
        expires=_text(key.expires),
        revoked=_text(key.revoked),
        last_used=_text(key.last_used),
    )


def _text(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment_text(moment)
