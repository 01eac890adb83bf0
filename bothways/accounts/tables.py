"""The tables of accounts, in one database of the project."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, TypeVar

import sqlalchemy as sa

from bothways import audit
from bothways.configuration import read_dotenv
from bothways.errors import DatabaseNotConfigured, UnknownDatabase
from bothways.keys import VARIABLE, Keys
from bothways.ledger import Ledger, Moment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bothways.project import Database, Project

T = TypeVar("T")
PLACE: Final = "BOTHWAYS_ACCOUNTS"
_SERVED: Final = "BOTHWAYS_SERVE"

METADATA: Final = sa.MetaData()
USERS: Final = sa.Table(
    "bothways_users",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True, comment="Random; it is never given to another user"),
    sa.Column("name", sa.String(100), nullable=False, unique=True, comment="The login name, in lower case"),
    sa.Column("password", sa.String(255), nullable=False, comment="Argon2id, with its parameters and salt"),
    sa.Column("role", sa.String(20), nullable=False, comment="reader, writer, reviewer, operator or admin"),
    sa.Column("active", sa.Boolean, nullable=False, comment="Whether the user can do anything"),
    sa.Column("failed", sa.Integer, nullable=False, comment="Wrong passwords since the last right one"),
    sa.Column("locked_until", Moment, comment="No password is right before then"),
    sa.Column("created", Moment, nullable=False, comment="When"),
    comment="Who can log in to the service",
)
KEYS: Final = sa.Table(
    "bothways_api_keys",
    METADATA,
    sa.Column("prefix", sa.String(16), primary_key=True, comment="The part of the key that may be seen"),
    sa.Column("user_id", sa.ForeignKey(USERS.c.id), nullable=False, index=True, comment="Whose it is"),
    sa.Column("name", sa.String(400), nullable=False, comment="What it is for, as JSON"),
    sa.Column("digest", sa.String(64), nullable=False, comment="SHA-256 of the whole key"),
    sa.Column("scopes", sa.String(255), nullable=False, comment="What it may do at most, parted by blanks"),
    sa.Column("created", Moment, nullable=False, comment="When"),
    sa.Column("expires", Moment, comment="When it ends; never where empty"),
    sa.Column("revoked", Moment, comment="When it was ended"),
    sa.Column("last_used", Moment, comment="When it was last used, to a minute"),
    comment="Keys by which programs ask in a user's name",
)
SESSIONS: Final = sa.Table(
    "bothways_sessions",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True, comment="Random"),
    sa.Column("user_id", sa.ForeignKey(USERS.c.id), nullable=False, index=True, comment="Whose it is"),
    sa.Column("kind", sa.String(10), nullable=False, comment="token or cookie"),
    sa.Column("generation", sa.Integer, nullable=False, comment="How many refresh tokens it has had"),
    sa.Column("origin", sa.String(64), nullable=False, comment="From where it was opened"),
    sa.Column("created", Moment, nullable=False, comment="When"),
    sa.Column("expires", Moment, nullable=False, comment="When it ends, however often it is refreshed"),
    sa.Column("revoked", Moment, comment="When it was ended before that"),
    sa.Column("reason", sa.String(20), comment="Why: logout, reuse, password, disabled"),
    comment="Logins: each is a family of refresh tokens, or a cookie",
)
LEDGER: Final = Ledger("accounts", 1, METADATA)


def ensure(connection: sa.Connection) -> None:
    """Make the tables of accounts and of the audit log where they are missing; commits."""
    LEDGER.ensure(connection)
    audit.ensure(connection)


def written(function: Callable[[sa.Connection], T]) -> Callable[[sa.Connection], T]:
    """A function that makes the tables, runs in one transaction, and keeps what it did."""

    def run(connection: sa.Connection) -> T:
        ensure(connection)
        with connection.begin():
            return function(connection)

    return run


def environment(project: Project, environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment, with the variables of the project's ``.env`` behind it."""
    return {**read_dotenv(project.root / ".env"), **(os.environ if environ is None else environ)}


def keys_of(project: Project, environ: Mapping[str, str] | None = None) -> Keys:
    """The secrets of the project's service; raises ConfigurationError for one that is too short."""
    return Keys.parse(environment(project, environ).get(VARIABLE, ""))


def place_of(project: Project, environ: Mapping[str, str] | None = None) -> Database:
    """The database with the accounts: the one that is set, else the first that is served.

    Raises UnknownDatabase, and DatabaseNotConfigured where none has a URL.
    """
    env = environment(project, environ)
    if name := env.get(PLACE, "").strip():
        try:
            return project.database(name)
        except UnknownDatabase as error:
            raise UnknownDatabase(f"{PLACE}: {error.message}", hint=error.hint) from None
    served = [name for name in (part.strip() for part in env.get(_SERVED, "").split(",")) if name]
    for database in project.select(served):
        if database.url is not None:
            return database
    raise DatabaseNotConfigured(
        "no database has a URL, and the accounts need one", hint=f"set {project.databases[0].variable}"
    )
