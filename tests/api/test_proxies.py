"""Behind proxies: who asks is what a trusted proxy says, and otherwise who connects."""

import http.client
import json
from contextlib import closing

import anyio
import pytest

from bothways.web.proxies import Proxies
from tests.api.test_processes import Unix, get, start  # noqa: F401 - a fixture

SECRET = "a secret of the tests that is long enough for a key"


def client_of(proxies, client, **headers):
    """Who an application sees."""
    seen = []

    async def application(scope, _receive, _send):
        seen.append((scope["client"], scope["scheme"]))

    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "scheme": "http", "client": client, "headers": sent}
    anyio.run(Proxies(application, proxies), scope, None, None)
    (found,) = seen
    return found[0] and found[0][0], found[1]


@pytest.mark.parametrize(
    ("proxies", "client", "forwarded", "seen"),
    [
        (["10.0.0.0/8"], ("10.1.2.3", 5), "192.0.2.1", "192.0.2.1"),
        (["10.0.0.0/8"], ("10.1.2.3", 5), "spoofed, 198.51.100.9, 192.0.2.1, 10.9.9.9", "192.0.2.1"),
        (["10.0.0.0/8"], ("192.0.2.200", 5), "192.0.2.1", "192.0.2.200"),
        (["unix"], None, "198.51.100.9, 192.0.2.1", "192.0.2.1"),
        (["10.0.0.0/8"], None, "192.0.2.1", None),
    ],
)
def test_the_last_address_that_is_no_trusted_proxys_is_the_clients(proxies, client, forwarded, seen):
    assert client_of(proxies, client, x_forwarded_for=forwarded)[0] == seen


def test_the_scheme_is_believed_of_a_trusted_proxy_only():
    assert client_of(["10.0.0.1"], ("10.0.0.1", 5), x_forwarded_proto="https")[1] == "https"
    assert client_of(["10.0.0.1"], ("10.0.0.2", 5), x_forwarded_proto="https")[1] == "http"


def log_in(path, name, **headers):
    body = json.dumps({"name": name, "password": "wrong"})
    with closing(Unix(path)) as connection:
        connection.request("POST", "/api/v1/auth/login", body, {"content-type": "application/json", **headers})
        return connection.getresponse().status


def test_on_a_socket_nobody_who_fails_shuts_out_the_others(start):  # noqa: F811
    _, path = start(BOTHWAYS_SECRET=SECRET, BOTHWAYS_LOGIN_RATE_LIMIT="3/minute")
    get(path, "/health/live")
    sent = {"x-forwarded-for": "192.0.2.1"}
    assert {log_in(path, f"nobody{number}", **sent) for number in range(6)} == {401}


def test_a_trusted_proxy_on_a_socket_tells_them_apart(start):  # noqa: F811
    _, path = start(BOTHWAYS_SECRET=SECRET, BOTHWAYS_LOGIN_RATE_LIMIT="3/minute", BOTHWAYS_PROXIES="unix")
    get(path, "/health/live")
    found = [log_in(path, f"nobody{number}", **{"x-forwarded-for": "192.0.2.1"}) for number in range(5)]
    assert found == [401, 401, 401, 429, 429]
    assert log_in(path, "nobody9", **{"x-forwarded-for": "192.0.2.2"}) == 401


def test_an_open_service_answers_nobody_behind_a_proxy(start):  # noqa: F811
    _, path = start()
    assert get(path, "/api/v1/databases")[0] == 200
    with closing(Unix(path)) as connection:
        connection.request("GET", "/api/v1/databases", headers={"x-forwarded-for": "127.0.0.1"})
        answer = connection.getresponse()
        assert answer.status == http.client.FORBIDDEN
        assert "proxy" in json.load(answer)["detail"]
