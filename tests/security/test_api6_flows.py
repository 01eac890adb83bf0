"""API6:2023, unrestricted access to sensitive business flows: runs, logins and the last admin.

One run at a time for each database: tests/runs; lockout with backoff: tests/accounts/test_users.py; many logins at
once: tests/api/test_access.py and tests/accounts/test_rates.py.
"""

import pytest

from bench.attacking.target import attacked
from bothways import scratch
from tests.api.conftest import migrate
from tests.security.conftest import JSON, body_of

RUN = {"database": "sqlite", "kind": "downgrade", "target": "base"}


@pytest.mark.parametrize("caller", ["anonymous", "reader", "writer", "reviewer"])
@pytest.mark.parametrize("kind", ["upgrade", "downgrade", "verify"])
def test_who_may_not_run_migrations_starts_no_run(quick, caller, kind):
    before = quick.ask("admin", "GET", "/api/v1/runs").json["runs"]
    answer = quick.ask(caller, "POST", "/api/v1/runs", JSON, body_of({**RUN, "kind": kind}))
    assert answer.status == (401 if caller == "anonymous" else 403)
    assert quick.ask("admin", "GET", "/api/v1/runs").json["runs"] == before
    assert quick.ask("admin", "GET", "/api/v1/sqlite/roles").status == 200


@pytest.mark.parametrize(
    "more",
    [
        {"force": True},
        {"stamp": True},
        {"sql": "DROP TABLE roles"},
        {"url": "sqlite:///x"},
        {"by": "admin"},
        {"state": "succeeded"},
    ],
)
def test_a_run_is_what_it_says_and_no_more(quick, more):
    body = body_of({"database": "sqlite", "kind": "upgrade", **more})
    assert quick.ask("operator", "POST", "/api/v1/runs", JSON, body).status == 422


def test_the_last_admin_stays(servers):
    with scratch.database(servers["sqlite"]) as url:
        migrate(url)
        with attacked(url) as target:
            admin = target.account("admin")
            for method, body in (
                ("DELETE", b""),
                ("PATCH", body_of({"role": "reader"})),
                ("PATCH", body_of({"active": False})),
            ):
                answer = target.secured.ask(method, f"/api/v1/users/{admin.id}", {**admin.headers, **JSON}, body)
                assert answer.status == 409, answer
            assert target.secured.ask("GET", "/api/v1/users", admin.headers).status == 200


def test_what_is_done_to_users_keys_and_runs_is_in_the_audit_log(quick):
    one = quick.new_account("reader")
    quick.ask("admin", "PATCH", f"/api/v1/users/{one.id}", JSON, body_of({"role": "writer"}))
    quick.ask("admin", "POST", "/api/v1/keys", JSON, body_of({"name": "audited", "scopes": ["rows:read"]}))
    items = quick.ask("admin", "GET", "/api/v1/audit").json["items"]
    kinds = {item["what"] for item in items}
    assert any(what.startswith("user.") for what in kinds)
    assert any(what.startswith("key.") for what in kinds)
    assert quick.ask("admin", "GET", "/api/v1/audit/verify").status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_the_audit_log_is_changed_by_nobody(quick, method):
    for path in ("/api/v1/audit", "/api/v1/audit/1", "/api/v1/audit/verify", "/api/v1/sqlite/bothways_audit"):
        body = b"{}" if method in {"POST", "PUT", "PATCH"} else b""
        assert quick.ask("admin", method, path, JSON, body).status in {404, 405}
