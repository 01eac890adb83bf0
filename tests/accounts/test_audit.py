"""The audit log: every change is in it, and whoever tampers with it is found out."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bothways import audit
from bothways.audit import log
from bothways.connections import call
from bothways.errors import ConfigurationError
from bothways.keys import Keys
from tests.accounts.conftest import KEYS, bearer, written

ENTRIES, END = log.ENTRIES, log.END
OTHER = Keys.parse("another-secret-of-the-service-9876543210")


@pytest.fixture(scope="module")
def memory():
    """A log in memory with twelve entries, and what they are."""
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    with engine.connect() as connection:
        audit.ensure(connection)
        for n in range(12):
            audit.record(connection, audit.Event("alice", "user.created", f"user{n}", "cli", {"n": n}), KEYS)
        connection.commit()
        yield connection
    engine.dispose()


FIELDS = ("number", "at", "who", "what", "subject", "origin", "details", "key_id", "digest")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_done_to_the_log_is_found(memory, data):
    """Edit, delete, swap, insert, replay, and chain anew without the key; the end is put right each time."""
    rows = [dict(row) for row in memory.execute(sa.select(ENTRIES).order_by(ENTRIES.c.number)).mappings()]
    at = data.draw(st.integers(0, len(rows) - 1))
    how = data.draw(st.sampled_from(["edit", "delete", "swap", "insert", "replay", "chain anew", "unsign"]))
    changed = [dict(row) for row in rows]
    if how == "edit":
        field = data.draw(st.sampled_from([f for f in FIELDS if f != "number"]))
        changed[at][field] = data.draw(
            st.text("0123456789abcdefZ{}:", min_size=1).filter(lambda t: t != rows[at][field])
        )
    elif how == "delete":
        del changed[at]
        if at == len(rows) - 1:
            return  # an end that is cut off needs an anchor: see below
    elif how == "swap":
        other = data.draw(st.integers(0, len(rows) - 1).filter(lambda i: i != at))
        for field in FIELDS[1:]:
            changed[at][field], changed[other][field] = changed[other][field], changed[at][field]
    elif how in {"insert", "replay"}:
        copy = dict(changed[data.draw(st.integers(0, len(rows) - 1))])
        changed.insert(at + 1, copy if how == "replay" else {**copy, "who": "mallory"})
    else:
        changed[at]["who"] = "mallory"
        key = b"" if how == "unsign" else OTHER.signing("audit")[1]
        for i in range(at, len(changed)):
            changed[i]["key_id"] = "" if how == "unsign" else changed[i]["key_id"]
            before = changed[i - 1]["digest"] if i else "0" * 64
            changed[i]["digest"] = log.digest_of(key, before, changed[i])
        if how == "unsign" and at == 0:
            return  # all of it unsigned is told as such: see below
    for number, row in enumerate(changed, 1):
        row["number"] = number
    with memory.begin_nested() as nested:
        memory.execute(sa.delete(ENTRIES))
        memory.execute(sa.insert(ENTRIES), changed)
        memory.execute(sa.update(END).values(number=len(changed), digest=changed[-1]["digest"]))
        found = audit.verify(memory, KEYS)
        nested.rollback()
    assert not found.ok
    assert found.number is not None


def test_an_untouched_log_is_as_it_was_written(memory):
    found = audit.verify(memory, KEYS)
    assert (found.ok, found.entries, found.unsigned) == (True, 12, 0)
    assert audit.verify(memory, KEYS, anchor=found.anchor).ok
    assert not audit.verify(memory, OTHER).ok


def test_an_end_that_is_cut_off_is_found_by_an_anchor(memory):
    anchor = audit.verify(memory, KEYS).anchor
    with memory.begin_nested() as nested:
        memory.execute(sa.delete(ENTRIES).where(ENTRIES.c.number > 9))
        assert "should at 12" in (audit.verify(memory, KEYS).fault or "")
        digest = memory.scalar(sa.select(ENTRIES.c.digest).where(ENTRIES.c.number == 9))
        memory.execute(sa.update(END).values(number=9, digest=digest))
        assert audit.verify(memory, KEYS).ok
        assert "had 12" in (audit.verify(memory, KEYS, anchor=anchor).fault or "")
        nested.rollback()


def test_a_whole_log_without_signatures_is_told_as_such():
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    with engine.connect() as connection:
        assert audit.verify(connection, KEYS).ok
        assert audit.entries(connection) == []
        audit.ensure(connection)
        audit.record(connection, audit.Event("local", "run.started"), Keys())
        audit.record(connection, audit.Event("alice", "run.started"), KEYS)
        found = audit.verify(connection, KEYS)
        assert (found.ok, found.entries, found.unsigned) == (True, 2, 1)
        audit.record(connection, audit.Event("mallory", "run.started"), Keys())
        assert "not signed" in (audit.verify(connection, KEYS).fault or "")
    engine.dispose()


@pytest.mark.parametrize("anchor", ["", "12", "x:y", ":", "-1:ab", "1" * 30 + ":ab"])
def test_an_anchor_of_another_form_is_refused(memory, anchor):
    with pytest.raises(ConfigurationError, match="anchor"):
        audit.verify(memory, KEYS, anchor=anchor)


@given(st.text(), st.text(), st.dictionaries(st.text(), st.text() | st.integers() | st.none()))
def test_any_text_can_be_recorded_and_verified(who, subject, details):
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    with engine.connect() as connection:
        audit.ensure(connection)
        entry = audit.record(connection, audit.Event(who, "x", subject, "o", details), KEYS)
        assert audit.verify(connection, KEYS).ok
        assert dict(audit.entries(connection)[0].details) == details
        assert entry.who.isascii()
    engine.dispose()


def test_an_entry_that_cannot_be_read_keeps_nobody_from_the_others(fresh_url):
    written(fresh_url, lambda c: audit.record(c, audit.Event("alice", "x"), KEYS))

    def break_it(connection):
        connection.execute(sa.update(ENTRIES).values(details="{", at="never"))

    written(fresh_url, break_it)
    assert call(fresh_url, audit.entries)[0].details == {"unreadable": "{"}
    assert not call(fresh_url, lambda c: audit.verify(c, KEYS)).ok


def test_writers_at_the_same_moment_make_one_chain(fresh_url):
    def write(n):
        for i in range(5):
            event = audit.Event(f"writer{n}", "run.started", str(i), "cli", {})
            call(fresh_url, _in_transaction(lambda c, e=event: audit.record(c, e, KEYS)), purpose="write")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, range(4)))
    found = call(fresh_url, lambda c: audit.verify(c, KEYS))
    assert (found.ok, found.entries) == (True, 20)


def test_what_is_rolled_back_is_not_in_the_log(fresh_url):
    def fail(connection):
        audit.record(connection, audit.Event("alice", "user.created"), KEYS)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        written(fresh_url, fail)
    assert call(fresh_url, lambda c: audit.verify(c, KEYS)).entries == 0


def test_every_change_is_recorded_with_who_what_and_from_where(house):
    client, admin = house.client, house.headers()
    before = client.get("/api/v1/audit?limit=1", headers=admin).json()["items"][0]["number"]
    body = {"name": "recorded", "password": "some long passphrase", "role": "reader"}
    made = client.post("/api/v1/users", json=body, headers=admin).json()
    client.patch(f"/api/v1/users/{made['id']}", json={"role": "writer"}, headers=admin)
    given = house.login("recorded", body["password"]).json()
    own = bearer(given["access_token"])
    key = client.post("/api/v1/keys", json={"name": "k", "scopes": ["rows:read"]}, headers=own).json()
    client.delete(f"/api/v1/keys/{key['prefix']}", headers=own)
    client.post("/api/v1/auth/logout", headers=own)
    client.patch(f"/api/v1/users/{made['id']}", json={"active": False, "password": "another long one"}, headers=admin)
    client.delete(f"/api/v1/users/{made['id']}", headers=admin)
    entries = client.get("/api/v1/audit", headers=admin).json()["items"]
    new = [e for e in reversed(entries) if e["number"] > before]
    assert [(e["who"], e["what"]) for e in new] == [
        ("admin", "user.created"),
        ("admin", "user.role-changed"),
        ("recorded", "session.opened"),
        ("recorded", "key.created"),
        ("recorded", "key.revoked"),
        ("recorded", "session.ended"),
        ("admin", "user.password-changed"),
        ("admin", "user.active-changed"),
        ("admin", "user.removed"),
    ]
    assert {e["origin"] for e in new} == {"testclient"}
    assert new[1]["details"] == {"before": "reader", "now": "writer"}
    text = json.dumps(new)
    assert body["password"] not in text
    assert key["key"] not in text
    assert client.get("/api/v1/audit/verify", headers=admin).json()["ok"] is True


def test_the_log_is_read_page_by_page(house):
    headers = house.headers()
    house.user()
    seen, before = [], ""
    for _ in range(3):
        page = house.client.get(f"/api/v1/audit?limit=2{before}", headers=headers).json()
        seen += [e["number"] for e in page["items"]]
        if page["next"] is None:
            break
        before = f"&before={page['next']}"
    assert seen == list(range(seen[0], seen[0] - len(seen), -1))


def _in_transaction(function):
    def run(connection):
        with connection.begin():
            return function(connection)

    return run


def test_what_is_recorded_once_is_there_once_and_the_chain_goes_on(memory):
    events = [audit.Event("(worker)", "run.ended", run) for run in ("first", "first", "second", "first")]
    before = audit.verify(memory, KEYS).entries
    added = [audit.record_once(memory, event, KEYS) for event in events]
    assert [entry and entry.subject for entry in added] == ["first", None, "second", None]
    found = audit.verify(memory, KEYS)
    assert (found.ok, found.entries) == (True, before + 2)
    memory.rollback()
