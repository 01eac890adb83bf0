"""``bothways user …`` and ``bothways audit …``: no password in an argument, always an admin, and every change noted."""

import json
import os
import subprocess
import sys
from datetime import timedelta

import pytest
from click.testing import CliRunner

from bothways import audit, cli, scratch
from bothways.accounts import apikeys, users
from bothways.accounts.roles import ROLES, Principal
from bothways.audit.log import ENTRIES
from bothways.connections import call
from bothways.ledger import now
from tests import tiny
from tests.accounts.conftest import BY, KEYS, PASSWORD, SECRET, written

runner = CliRunner()


@pytest.fixture
def place(tmp_path, servers, monkeypatch):
    """The URL of a project's database, in whose folder the commands run; its secret is in .env."""
    tiny.with_three_revisions(tmp_path)
    (tmp_path / ".env").write_text(f"BOTHWAYS_SECRET={SECRET}\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BOTHWAYS_SECRET", raising=False)
    with scratch.database(servers["sqlite"]) as url:
        call(url, lambda c: c.rollback(), purpose="write")
        monkeypatch.setenv("BOTHWAYS_MAIN_URL", url.reveal())
        yield url


def run(*arguments, code=0, given=None):
    result = runner.invoke(cli.app, list(arguments), input=given)
    assert result.exit_code == code, (result.output, result.exception)
    assert PASSWORD not in result.output
    assert "canary-secret" not in result.output
    return result


def add(name, role="reader", **more):
    return run("user", "add", name, "--role", role, "--password-stdin", given=f"{PASSWORD}\n", **more)


def names():
    return {u["name"]: u for u in json.loads(run("user", "list", "-o", "json").stdout)["users"]}


@pytest.mark.parametrize(
    ("command", "option"),
    [("add bob --role reader", "--password-stdin"), ("password alice", "--password-stdin"), ("remove alice", "--yes")],
)
def test_where_nobody_can_be_asked_the_option_for_that_is_named(place, command, option):
    add("alice", "admin")
    # A session of its own has no terminal to ask on.
    done = subprocess.run(
        [sys.executable, "-m", "bothways", "user", *command.split()],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, start_new_session=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].endswith(option)
    assert "Warning" not in done.stderr
    assert list(names()) == ["alice"]


def test_no_help_on_a_command_is_cut():
    for group in ("user", "audit", "run"):
        assert "..." not in run(group, "--help").stdout.partition("Commands:")[2]


def test_the_first_admin_is_made_on_a_terminal(place):
    assert "no users yet: bothways user add" in run("user", "list").stdout
    asked = run("user", "add", "Alice", "--role", "admin", given=f"{PASSWORD}\n{PASSWORD}\n")
    assert "added alice, admin" in asked.stdout
    assert "Password" in asked.stderr
    assert "alice  admin  active" in run("user", "list").stdout
    assert call(place, lambda c: users.password_of(c, "alice")).startswith("$argon2id$")


def test_two_passwords_that_differ_are_asked_again(place):
    typed = f"{PASSWORD}\nanother long one\n{PASSWORD}\n{PASSWORD}\n"
    assert "added alice" in run("user", "add", "alice", "--role", "admin", given=typed).stdout


@pytest.mark.parametrize("weak", ["short", "", "alice and something", "x" * 2_000])
def test_a_weak_password_is_refused(place, weak):
    refused = run("user", "add", "alice", "--role", "admin", "--password-stdin", given=f"{weak}\n", code=2)
    assert "a password" in refused.stderr
    assert names() == {}


def test_a_role_or_a_name_that_is_none_is_told_before_the_password_is_asked(place):
    assert "did you mean admin" in run("user", "add", "alice", "--role", "admn", code=2).stderr
    assert "a login name has" in run("user", "add", "al ice", "--role", "admin", code=2).stderr


def test_users_change_and_go(place):
    for name, role in (("alice", "admin"), ("bob", "reader")):
        add(name, role)
    assert "there is a user 'bob' already" in add("bob", code=2).stderr
    assert "changed bob, writer" in run("user", "role", "bob", "writer").stdout
    assert "changed bob, writer, disabled" in run("user", "disable", "bob").stdout
    assert names()["bob"]["active"] is False
    assert "changed bob, writer" in run("user", "enable", "bob").stdout
    before = call(place, lambda c: users.password_of(c, "bob"))
    run("user", "password", "bob", "--password-stdin", given="quite another passphrase\n")
    assert call(place, lambda c: users.password_of(c, "bob")) != before
    assert "did you mean bob?" in run("user", "role", "bbo", "reader", code=2).stderr
    assert run("user", "remove", "bob", given="n\n", code=1)
    assert set(names()) == {"alice", "bob"}
    assert "removed bob" in run("user", "remove", "bob", "--yes").stdout
    assert set(names()) == {"alice"}


def make_key(place, name, said="nightly export", days=1):
    def make(connection):
        user = users.named(connection, name)
        owner = Principal(user.id, user.name, "user", ROLES[user.role])
        return apikeys.create(connection, owner, said, ["rows:read"], now() + timedelta(days=days), BY)

    return written(place, make)


def prefixes(name):
    listed = json.loads(run("user", "keys", name, "-o", "json").stdout)
    assert (listed["schema"], listed["user"]) == ("bothways/keys/1", name)
    return {key["prefix"]: key["revoked"] is None for key in listed["keys"]}


def test_the_keys_of_a_user_are_listed_without_their_secrets_and_end_one_by_one(place):
    assert "there is no such user" in run("user", "keys", "bob", code=2).stderr
    add("bob")
    assert run("user", "keys", "bob").stdout == "bob has no API keys\n"
    (one, text), (other, _), (old, _) = (make_key(place, "bob", days=days) for days in (1, 2, -1))
    told = run("user", "revoke", "bob", one.prefix).stdout
    assert told == f"revoked {one.prefix}, nightly export\n"
    assert "there is no such key" in run("user", "revoke", "bob", one.prefix, code=2).stderr
    assert prefixes("bob") == {one.prefix: False, other.prefix: True, old.prefix: True}
    shown = run("user", "keys", "bob").stdout
    assert text.split("_", 2)[2] not in shown
    states = {line.split()[0]: line.split()[3] for line in shown.splitlines()[1:]}
    assert states == {one.prefix: "revoked", other.prefix: "good", old.prefix: "expired"}
    entry = json.loads(run("audit", "list", "--limit", "1", "-o", "json").stdout)["entries"][0]
    assert (entry["what"], entry["subject"], entry["details"]) == ("key.revoked", one.prefix, {"user": "bob"})
    assert json.loads(run("user", "revoke", "bob", other.prefix, "-o", "json").stdout)["done"] == "revoked"
    assert "did you mean bob?" in run("user", "keys", "bbo", code=2).stderr


def test_a_name_of_a_key_does_nothing_to_the_terminal(place):
    add("bob")
    make_key(place, "bob", "\x1b[31mx")
    assert "\\x1b[31mx" in run("user", "keys", "bob").stdout


@pytest.mark.parametrize("command", ["password", "disable"])
def test_a_new_password_and_switching_off_end_the_keys_unless_they_are_kept(place, command):
    add("bob")
    key, _ = make_key(place, "bob")
    more = ("--password-stdin",) if command == "password" else ()
    given = "quite another passphrase\n"
    run("user", command, "bob", *more, "--keep-keys", given=given)
    assert prefixes("bob") == {key.prefix: True}
    run("user", command, "bob", *more, given=given)
    assert prefixes("bob") == {key.prefix: False}


def test_the_last_admin_stays(place):
    add("alice", "admin")
    for command in (("remove", "alice", "--yes"), ("role", "alice", "reader"), ("disable", "alice")):
        assert "'alice' is the last admin" in run("user", *command, code=3).stderr
    assert names()["alice"]["role"] == "admin"


def test_every_change_is_in_the_audit_log_and_signed(place):
    add("alice", "admin")
    add("bob")
    run("user", "role", "bob", "writer")
    shown = run("audit", "list").stdout
    assert [word for word in shown.split() if word.startswith("user.")] == [
        "user.role-changed",
        "user.created",
        "user.created",
    ]
    assert json.loads(run("audit", "list", "-o", "json", "--limit", "1").stdout)["entries"][0]["number"] == 3
    checked = run("audit", "verify").stdout
    assert "3 entries are as they were written" in checked
    anchor = checked.split("anchor: ")[1].strip()
    assert call(place, lambda c: audit.verify(c, KEYS)).unsigned == 0
    call(place, lambda c: (c.execute(ENTRIES.update().values(who="mallory")), c.commit()), purpose="write")
    assert "entry 1 is not as it was written" in run("audit", "verify", "--anchor", anchor, code=1).stdout


def test_without_a_secret_the_log_says_that_it_proves_nothing(place, tmp_path):
    (tmp_path / ".env").unlink()
    add("alice", "admin")
    assert "1 of them were written without BOTHWAYS_SECRET" in run("audit", "verify").stdout


def test_the_accounts_are_where_the_settings_say(place, monkeypatch):
    monkeypatch.setenv("BOTHWAYS_ACCOUNTS", "mian")
    told = run("user", "list", code=2).stderr
    assert "error: BOTHWAYS_ACCOUNTS: no database 'mian'" in told
    assert "did you mean main?" in told
    monkeypatch.setenv("BOTHWAYS_ACCOUNTS", "main")
    assert "no users yet" in run("user", "list").stdout
    monkeypatch.delenv("BOTHWAYS_ACCOUNTS")
    monkeypatch.setenv("BOTHWAYS_SERVE", "main")
    assert "no users yet" in run("user", "list", "-d", "main").stdout
    monkeypatch.setenv("BOTHWAYS_MAIN_URL", "")
    assert "no database has a URL" in run("user", "list", code=2).stderr


def test_a_short_secret_is_told(place, tmp_path):
    (tmp_path / ".env").write_text("BOTHWAYS_SECRET=short\n")
    told = add("alice", "admin", code=2).stderr
    assert "shorter than 32 bytes" in told
    assert "token_urlsafe" in told


def test_a_database_that_is_not_there_is_not_made(place, tmp_path, monkeypatch):
    monkeypatch.setenv("BOTHWAYS_MAIN_URL", f"sqlite:///{tmp_path / 'gone.db'}")
    add("alice", "admin", code=2)
    assert not (tmp_path / "gone.db").exists()


def test_no_password_is_an_argument_or_seen_in_the_list_of_processes():
    listed = runner.invoke(cli.app, ["user", "add", "--help"]).output
    assert "--password-stdin" in listed
    assert "--password " not in listed
    ran = subprocess.run(
        [sys.executable, "-m", "bothways", "user", "add", "alice", "hunter2", "--role", "admin"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "BOTHWAYS_MAIN_URL": ""},
    )
    assert ran.returncode == 2
