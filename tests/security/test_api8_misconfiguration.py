"""API8:2023, security misconfiguration: headers, errors, methods, names, origins, and secrets in what is written."""

import pytest

from api.settings import Settings
from bench.attacking.target import PASSWORD, SECRET, attacked
from bothways import scratch
from bothways.connections import call
from tests.api.conftest import migrate
from tests.security.conftest import CANARY, JSON, body_of

ASKED = {
    "rows": ("admin", "GET", "/api/v1/sqlite/roles", {}, b""),
    "made": ("admin", "POST", "/api/v1/sqlite/roles", JSON, b'{"name":"headers"}'),
    "nobody": ("anonymous", "GET", "/api/v1/sqlite/roles", {}, b""),
    "not allowed": ("reader", "GET", "/api/v1/users", {}, b""),
    "not there": ("admin", "GET", "/api/v1/sqlite/nowhere", {}, b""),
    "no route": ("admin", "GET", "/nowhere", {}, b""),
    "no method": ("admin", "DELETE", "/api/v1/databases", {}, b""),
    "too large": ("admin", "POST", "/api/v1/sqlite/roles", JSON, b"x" * 1_048_577),
    "no JSON": ("admin", "POST", "/api/v1/sqlite/roles", {"content-type": "text/plain"}, b"x"),
    "does not fit": ("admin", "POST", "/api/v1/sqlite/roles", JSON, b"{}"),
    "live": ("anonymous", "GET", "/health/live", {}, b""),
    "document": ("anonymous", "GET", "/openapi.json", {}, b""),
    "pages": ("anonymous", "GET", "/docs", {}, b""),
}
PAGES = {"pages"}
STRANGE = (
    *("/debug", "/__debug__", "/console", "/admin", "/.env", "/.git/config", "/alembic.ini", "/server-status"),
    *("/actuator", "/graphql", "/swagger.json", "/api-docs", "/phpinfo.php", "/static/", "/static/../app.py", "/trace"),
    *("/docs/oauth2-redirect", "/openapi.yaml", "/favicon.ico.bak", "/api", "/api/v1", "/api/v1/"),
)


@pytest.mark.parametrize("name", ASKED)
def test_every_answer_has_the_headers_that_browsers_heed(quick, name):
    answer = quick.ask(*ASKED[name])
    assert answer.header("x-content-type-options") == "nosniff"
    assert answer.header("x-frame-options") == "DENY"
    assert answer.header("referrer-policy") == "no-referrer"
    policy = answer.header("content-security-policy")
    assert "default-src 'none'" in policy or name in PAGES
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy
    for header in ("server", "x-powered-by", "access-control-allow-origin", "set-cookie"):
        assert answer.header(header) is None


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost:3000", "http://testserver.evil.example"]
)
def test_no_page_of_another_site_is_let_in(quick, origin):
    answer = quick.ask("admin", "GET", "/api/v1/sqlite/roles", {"origin": origin})
    assert answer.header("access-control-allow-origin") is None
    asked = {
        "origin": origin,
        "access-control-request-method": "DELETE",
        "access-control-request-headers": "authorization",
    }
    preflight = quick.secured.ask("OPTIONS", "/api/v1/sqlite/roles", asked)
    assert preflight.status in {401, 403, 405}
    assert preflight.header("access-control-allow-origin") is None
    foreign = quick.ask("open", "POST", "/api/v1/sqlite/roles", {**JSON, "origin": origin}, body_of({"name": origin}))
    assert foreign.status == 403


@pytest.mark.parametrize("path", STRANGE)
def test_nothing_is_there_that_was_not_put_there(quick, path):
    for caller in ("anonymous", "admin"):
        assert quick.ask(caller, "GET", path).status in {401, 404, 405}


@pytest.mark.parametrize(
    "host", ["evil.example", "testserver.evil.example", "", "127.0.0.1.evil.example", "testserver@evil.example"]
)
def test_the_service_goes_by_its_own_names_only(quick, host):
    for caller in ("open", "admin"):
        assert quick.ask(caller, "GET", "/api/v1/databases", {"host": host}).status in {400, 403}


def test_a_fault_of_ours_tells_an_id_and_nothing_else(servers, monkeypatch, capfd):
    from bothways.crud import reading

    with scratch.database(servers["sqlite"]) as url:
        migrate(url)
        with attacked(url, log_level="info") as target:

            async def broken(*_args, **_named):
                raise RuntimeError(f"{CANARY} in {url.reveal()} of {SECRET}")

            monkeypatch.setitem(reading.ANSWERS, "list", broken)
            from bothways.crud import routes

            monkeypatch.setitem(routes._ANSWERS, "list", broken)
            answer = target.ask("open", "GET", "/api/v1/sqlite/roles")
            written = capfd.readouterr()
    assert answer.status == 500
    assert set(answer.json) == {"type", "title", "status", "code", "request_id"}
    assert CANARY not in answer.content.decode()
    assert SECRET not in written.out + written.err


def test_no_secret_is_in_any_line_or_answer(servers, capfd):
    """Canaries: the service's secret, passwords, tokens, keys, and a hash in a secret column."""
    with scratch.database(servers["sqlite"]) as url:
        migrate(url)
        with attacked(url, log_level="debug") as target:
            canaries, answers = _exercise(target)
            written = capfd.readouterr()
    lines = written.out + written.err
    assert lines.count("\n") > 20
    for canary in canaries:
        assert canary not in lines
        assert all(canary not in answer for answer in answers), canary


def _exercise(target):
    token = target.account("admin").token
    made = target.ask("admin", "POST", "/api/v1/keys", JSON, body_of({"name": "k", "scopes": ["rows:read"]})).json[
        "key"
    ]
    login = body_of({"name": target.account("writer").name, "password": PASSWORD})
    tokens = target.ask("anonymous", "POST", "/api/v1/auth/login", JSON, login).json
    canaries = (SECRET, PASSWORD, token, made, tokens["access_token"], tokens["refresh_token"], CANARY)
    answers = []
    for number, canary in enumerate(canaries):
        sent = {"authorization": f"Bearer {canary}", "cookie": f"__Host-bothways={canary}", "x-csrf-token": canary}
        for headers in ({}, sent):
            for method, path, body in (
                ("POST", "/api/v1/auth/login", {"name": "nobody", "password": canary}),
                ("POST", "/api/v1/auth/refresh", {"refresh_token": f"x{canary}"[:200]}),
                ("POST", "/api/v1/users", {"name": f"user{number}", "password": canary, "role": "nothing"}),
                ("POST", "/api/v1/sqlite/roles", {"nothing": canary}),
                ("GET", f"/api/v1/sqlite/roles?password={canary}", None),
                ("GET", "/api/v1/users", None),
                ("GET", "/api/v1/audit", None),
            ):
                answer = target.secured.ask(method, path, {**JSON, **headers}, body_of(body) if body else b"")
                answers.append(answer.content.decode() + str(answer.headers))
    return canaries, answers


@pytest.mark.parametrize("secret", ["canary", "canary-of-a-secret-of-31-bytes."])
def test_a_secret_that_is_too_short_is_refused_and_not_repeated(secret):
    with pytest.raises(ValueError, match="shorter than 32 bytes") as caught:
        Settings(_env_file=None, secret=secret)
    assert "canary" not in str(caught.value)


def test_tables_of_the_service_are_no_rows_of_the_api(quick):
    names = call(quick.url, lambda c: c.exec_driver_sql("select name from sqlite_master").scalars().all())
    own = [name for name in names if name.startswith(("bothways_", "alembic", "sqlite_"))]
    assert len(own) > 4
    for name in own:
        assert quick.ask("admin", "GET", f"/api/v1/sqlite/{name}").status == 404
