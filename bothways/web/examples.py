"""What the OpenAPI document shows of the service's own bodies and answers, each made by its class."""

# ruff: noqa: S105, S106 - what is shown opens nothing

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bothways.web import accounts, auditing, endpoints, login, runs
from bothways.web import documents as d

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

_NAME: Final = "postgresql"
_HEAD: Final = "pg_0002"
_AT: Final = "2026-11-21T12:00:00.123456Z"
_LATER: Final = "2026-11-21T12:00:01.204001Z"
_DIGEST: Final = "53933d586ecfe06d5270a131c2409e164fdc6b714b2ed6d34ca7bc8eda938109"
_MESSAGE: Final = "API keys, by which programs act for users"
_PASSWORD: Final = "four words that nobody guesses"
_PREFIX: Final = "9b1749d7e987f519"
_USER: Final = "4de4451f700b95f126559c641583fc71"


def describe(document: dict[str, Any]) -> None:
    """Add an example to the schema of each class that the document knows."""
    schemas = document.get("components", {}).get("schemas", {})
    for model in (*_of_databases(), *_of_migrations(), *_of_runs(), *_of_sessions(), *_of_accounts(), *_of_audit()):
        schema = schemas.get(type(model).__name__)
        if schema is not None:
            schema["examples"] = [model.model_dump(mode="json", exclude_unset=True)]


def _of_databases() -> Iterator[BaseModel]:
    status = endpoints.Status(
        name=_NAME,
        branch=_NAME,
        dialect="postgresql",
        state="at-head",
        current=[_HEAD],
        head=_HEAD,
        pending=[],
        server="PostgreSQL 15.18",
        message="is at the revision that this build expects",
        hint=None,
    )
    database = endpoints.Database(name=_NAME, branch=_NAME, dialect="postgresql", configured=True, served=True)
    yield endpoints.Live(status="live")
    yield status
    yield endpoints.Ready(status="ready", databases=[endpoints.OpenStatus(name=_NAME, state="at-head")])
    yield endpoints.Databases(databases=[database])


def _of_migrations() -> Iterator[BaseModel]:
    head: dict[str, Any] = {
        "id": _HEAD,
        "branch": _NAME,
        "parents": ["pg_0001"],
        "depends_on": [],
        "change": "add-api-keys",
        "message": _MESSAGE,
        "head": True,
        "irreversible": None,
        "lossy": {"api_keys": "nobody has used a key yet"},
        "file": "0002_add_api_keys.py",
        "digest": _DIGEST,
    }
    proof = d.Proved(
        verdict="lossy-declared",
        database=_NAME,
        server="PostgreSQL 15.18",
        evidence=None,
        run="postgresql-0193a1b2c3d4e5f60718293a",
        at=_AT,
        current=True,
    )
    yield d.Branches(
        branches=[d.Branch(name=_NAME, dialect="postgresql", heads=[_HEAD], revisions=2, databases=[_NAME])]
    )
    yield d.Revisions(branch=_NAME, revisions=[d.Revision(**head)])
    yield d.WholeRevision(
        **head,
        docstring=_MESSAGE,
        source=f'"""{_MESSAGE}"""\n\nimport sqlalchemy as sa\nfrom alembic import op\n',
        up=d.Way(statements=["CREATE TABLE api_keys (id UUID NOT NULL, PRIMARY KEY (id))"], problem=None),
        down=d.Way(statements=["DROP TABLE api_keys"], problem=None),
        compatibility=d.Compatibility(breaking=False, reasons=[]),
        proof=proof,
    )
    sibling = d.Sibling(branch=_NAME, id=_HEAD, message=_MESSAGE)
    yield d.Changes(changes=[d.Change(id="add-api-keys", message=_MESSAGE, revisions=[sibling], missing=["sqlite"])])
    yield d.Graph(
        branch=_NAME,
        nodes=[
            d.Node(id="pg_0001", message="Begin", change="initial", head=False, databases=[]),
            d.Node(id=_HEAD, message=_MESSAGE, change="add-api-keys", head=True, databases=[_NAME]),
        ],
        edges=[d.Edge(above=_HEAD, below="pg_0001", kind="parent")],
        databases=[d.Place(name=_NAME, state="at-head", current=[_HEAD])],
    )
    yield d.Readiness(
        database=_NAME,
        revision="pg_0001",
        state="ahead-compatible",
        ready=True,
        current=[_HEAD],
        pending=[],
        ahead=[d.Beyond(id=_HEAD, message=_MESSAGE, breaking=False, reasons=[])],
        unknown=[],
    )


def _of_runs() -> Iterator[BaseModel]:
    run = runs.RunDocument(
        id="postgresql-0193a1b2c3d4e5f60718293a",
        database=_NAME,
        kind="upgrade",
        target="head",
        by="alice",
        review=None,
        plan=None,
        state="succeeded",
        created_at=_AT,
        started_at=_AT,
        ended_at=_LATER,
        cancel_asked_at=None,
        message=f"1 revision ran; database 'postgresql' is at {_HEAD}",
        before=["pg_0001"],
        after=[_HEAD],
        report=None,
    )
    yield run
    yield runs.Runs(runs=[run], next=None, unreachable=[])


def _of_sessions() -> Iterator[BaseModel]:
    yield login.Login(name="alice", password=_PASSWORD)
    yield login.Refresh(refresh_token="the-newest-refresh-token")
    yield login.Password(current=_PASSWORD, new=f"{_PASSWORD} now")
    yield login.Tokens(
        access_token="an.access.token",
        token_type="Bearer",
        expires_in=900,
        refresh_token="the-newest-refresh-token",
        refresh_expires="2026-11-22T00:00:00Z",
    )
    yield login.CookieSession(csrf_token="what-to-send-as-X-CSRF-Token", expires="2026-11-22T00:00:00Z")
    yield login.Me(id=_USER, name="alice", kind="user", scopes=["rows:read", "rows:write"], csrf_token=None)


def _of_accounts() -> Iterator[BaseModel]:
    user = accounts.User(id=_USER, name="alice", role="writer", active=True, created=_AT, locked_until=None)
    key = accounts.Key(
        prefix=_PREFIX,
        name="nightly export",
        scopes=["rows:read"],
        created=_AT,
        expires="2027-02-19T12:00:00.123456Z",
        revoked=None,
        last_used=None,
    )
    yield accounts.NewUser(name="alice", password=_PASSWORD, role="writer")
    yield accounts.UserChange(role="reviewer")
    yield user
    yield accounts.Users(items=[user], next=None)
    yield accounts.NewKey(name="nightly export", scopes=["rows:read"], days=90)
    yield accounts.MadeKey(**key.model_dump(), key=f"bw_{_PREFIX}_{'x' * 43}")
    yield accounts.Keys(items=[key])


def _of_audit() -> Iterator[BaseModel]:
    entry = auditing.Entry(
        number=1,
        at=_AT,
        who="alice",
        what="user.created",
        subject="bob",
        origin="192.0.2.1",
        details={"role": "reader"},
        digest=_DIGEST,
    )
    yield auditing.Entries(items=[entry], next=None)
    yield auditing.Verification(ok=True, entries=1, unsigned=0, anchor=f"1:{_DIGEST}", fault=None, number=None)
