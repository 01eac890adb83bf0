"""The commands on users, their API keys and the audit log: ``bothways user …``, ``bothways audit …``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeVar

import click

from bothways.cli.questions import asked_password, sure
from bothways.cli.session import Session, finish, keep_output

if TYPE_CHECKING:
    from collections.abc import Callable

    import sqlalchemy as sa

    from bothways.accounts.users import By

T = TypeVar("T")

_place = click.option(
    "-d", "--database", metavar="NAME", help="The database with the accounts, if not BOTHWAYS_ACCOUNTS."
)
_from_stdin = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input instead of asking for it."
)
_keep_keys = click.option("--keep-keys", is_flag=True, help="Leave the user's API keys good.")
_output = click.option(
    "-o", "--output", type=click.Choice(["text", "json"]), default="text", show_default=True, callback=keep_output,
    expose_value=False, is_eager=True, help="Text for people or JSON for machines.",
)  # fmt: skip


@click.group()
def user() -> None:
    """Who can log in to the service."""


@user.command()
@click.argument("name")
@click.option("--role", required=True, help="reader, writer, reviewer, operator or admin.")
@_from_stdin
@_place
@_output
@click.pass_obj
def add(session: Session, name: str, role: str, password_stdin: bool, database: str | None) -> None:
    """A new user; the password is asked for, and never an argument.

    The first admin is made like this: bothways user add alice --role admin
    """
    from bothways.accounts import users

    name, role = users.valid_name(name), users.valid_role(role)
    hashed = _new_password(name, from_stdin=password_stdin)
    _say(session, "added", (changed(session, database, lambda c, by: users.add(c, name, hashed, role, by)),))


@user.command("list")
@_place
@_output
@click.pass_obj
def list_users(session: Session, database: str | None) -> None:
    """Every user."""
    from bothways.accounts import tables, users

    def read(connection: sa.Connection) -> list[users.User]:
        return users.every(connection) if tables.LEDGER.exists(connection) else []

    _say(session, "", tuple(_call(session, database, read, write=False)))


@user.command("role")
@click.argument("name")
@click.argument("role")
@_place
@_output
@click.pass_obj
def set_role(session: Session, name: str, role: str, database: str | None) -> None:
    """Give a user another role."""
    from bothways.accounts import users

    given = changed(session, database, lambda c, by: users.change(c, users.named(c, name), by, role=role))
    _say(session, "changed", (given,))


@user.command()
@click.argument("name")
@_keep_keys
@_place
@_output
@click.pass_obj
def disable(session: Session, name: str, keep_keys: bool, database: str | None) -> None:
    """Switch a user off: every session and API key ends.

    Keys that are kept do not work either, until the user is switched on again.
    """
    _set_active(session, name, database, active=False, keep_keys=keep_keys)


@user.command()
@click.argument("name")
@_place
@_output
@click.pass_obj
def enable(session: Session, name: str, database: str | None) -> None:
    """Switch a user on again."""
    _set_active(session, name, database, active=True)


@user.command()
@click.argument("name")
@_from_stdin
@_keep_keys
@_place
@_output
@click.pass_obj
def password(session: Session, name: str, password_stdin: bool, keep_keys: bool, database: str | None) -> None:
    """Give a user another password.

    Every session and API key ends, and a lock is lifted.
    """
    from bothways.accounts import users

    known = _call(session, database, lambda c: users.named(c, name))
    hashed = _new_password(known.name, from_stdin=password_stdin)

    def change(connection: sa.Connection, by: By) -> users.User:
        found = users.named(connection, name)
        users.set_password(connection, found, hashed, by, keep_keys=keep_keys)
        return found

    _say(session, "changed", (changed(session, database, change),))


@user.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Don't ask.")
@_place
@_output
@click.pass_obj
def remove(session: Session, name: str, yes: bool, database: str | None) -> None:
    """Remove a user with all keys and sessions.

    Refused for the last admin.
    """
    from bothways.accounts import users

    def gone(connection: sa.Connection, by: By) -> users.User:
        found = users.named(connection, name)
        users.remove(connection, found, by)
        return found

    if not (yes or sure(f"Remove {name} with all keys and sessions?")):
        raise click.Abort
    _say(session, "removed", (changed(session, database, gone),))


@user.command("keys")
@click.argument("name")
@_place
@_output
@click.pass_obj
def list_keys(session: Session, name: str, database: str | None) -> None:
    """The API keys of a user, without their secrets."""
    from bothways.accounts import apikeys, tables, users
    from bothways.accounts.reports import KeysReport

    def read(connection: sa.Connection) -> KeysReport:
        if not tables.LEDGER.exists(connection):
            raise users.unknown()
        found = users.named(connection, name)
        return KeysReport("", found.name, tuple(apikeys.of_user(connection, found.id)))

    finish(session, _call(session, database, read, write=False))


@user.command()
@click.argument("name")
@click.argument("prefix")
@_place
@_output
@click.pass_obj
def revoke(session: Session, name: str, prefix: str, database: str | None) -> None:
    """End an API key of a user.

    bothways user keys NAME tells its prefix.
    """
    from bothways.accounts import apikeys, users
    from bothways.accounts.reports import KeysReport

    def gone(connection: sa.Connection, by: By) -> KeysReport:
        found = users.named(connection, name)
        apikeys.revoke(connection, found.id, prefix, by, user=found.name)
        ended = (key for key in apikeys.of_user(connection, found.id) if key.prefix == prefix)
        return KeysReport("revoked", found.name, tuple(ended))

    finish(session, changed(session, database, gone))


@click.group("audit")
def audit_log() -> None:
    """What was done to users, keys, sessions and runs."""


@audit_log.command("list")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many, newest first.")
@_place
@_output
@click.pass_obj
def list_entries(session: Session, limit: int, database: str | None) -> None:
    """The newest entries."""
    from bothways import audit
    from bothways.accounts.reports import AuditReport

    found = _call(session, database, lambda c: audit.entries(c, limit=limit), write=False)
    finish(session, AuditReport(tuple(found)))


@audit_log.command()
@click.option("--anchor", metavar="NUMBER:DIGEST", help="One that was noted before: finds an end that was cut off.")
@_place
@_output
@click.pass_obj
def verify(session: Session, anchor: str | None, database: str | None) -> None:
    """Go through the whole chain.

    Exits with 1 where an entry is not as it was written.
    """
    from bothways import audit
    from bothways.accounts.reports import ChainReport
    from bothways.accounts.tables import keys_of

    keys = keys_of(session.project())
    found = _call(session, database, lambda c: audit.verify(c, keys, anchor=anchor), write=False)
    finish(session, ChainReport(found))


def _set_active(session: Session, name: str, database: str | None, *, active: bool, keep_keys: bool = False) -> None:
    from bothways.accounts import users

    def change(connection: sa.Connection, by: By) -> users.User:
        return users.change(connection, users.named(connection, name), by, active=active, keep_keys=keep_keys)

    _say(session, "changed", (changed(session, database, change),))


def changed(session: Session, database: str | None, function: Callable[[sa.Connection, By], T]) -> T:
    """What a function makes of the database with the accounts, in the name of who runs the command."""
    from bothways.accounts.tables import keys_of
    from bothways.accounts.users import By

    by = By(f"cli:{_operator()}", "cli", keys_of(session.project()))
    return _call(session, database, lambda connection: function(connection, by))


def _call(session: Session, database: str | None, function: Callable[[sa.Connection], T], *, write: bool = True) -> T:
    from bothways.accounts.tables import place_of, written
    from bothways.connections import call

    project = session.project()
    place = project.database(database) if database else place_of(project)
    url = place.require_url()
    if write:
        # A database that is not there is told, not made.
        call(url, lambda connection: connection.rollback())
        return call(url, written(function), purpose="write")
    return call(url, function)


def _new_password(name: str, *, from_stdin: bool) -> str:
    from bothways.accounts import passwords

    if from_stdin:
        given = sys.stdin.readline(passwords.LONGEST + 2).removesuffix("\n").removesuffix("\r")
    else:
        given = asked_password()
    passwords.refuse_weak(given, name)
    return passwords.hashed(given)


def _operator() -> str:
    """Who runs the command, as the system knows them."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _say(session: Session, done: str, users: tuple[object, ...]) -> None:
    from bothways.accounts.reports import UsersReport

    finish(session, UsersReport(done, users))  # type: ignore[arg-type]
