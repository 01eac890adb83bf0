"""How many requests in how much time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothways.errors import TooManyRequests
from bothways.web import rates
from bothways.web.rates import Rate, Window
from tests.accounts.conftest import bearer, house_on


@given(st.integers(1, 20), st.lists(st.floats(0, 5, allow_nan=False), max_size=80))
def test_no_window_ever_holds_more_than_its_rate_and_none_is_refused_without_need(amount, pauses):
    now = [0.0]
    window = Window(Rate(amount, 10.0), clock=lambda: now[0])
    allowed = []
    for pause in pauses:
        now[0] += pause
        hit = window.hit("a")
        within = [moment for moment in allowed if moment > now[0] - 10.0]
        assert hit.allowed == (len(within) < amount)
        assert hit.remaining == max(0, amount - len(within) - hit.allowed)
        if hit.allowed:
            allowed.append(now[0])


def test_after_the_seconds_that_are_told_one_more_may_come():
    now = [100.0]
    window = Window(Rate(2, 60.0), clock=lambda: now[0])
    window.require("a")
    now[0] += 10.5
    window.require("a")
    with pytest.raises(TooManyRequests) as refused:
        window.require("a")
    assert refused.value.details["retry_after"] == 50
    with pytest.raises(TooManyRequests):
        window.require_room("a")
    window.require("b")
    now[0] += 50
    window.require_room("a")
    window.require("a")


def test_keys_that_nobody_uses_any_more_cost_no_memory(monkeypatch):
    monkeypatch.setattr(rates, "_MOST_KEYS", 3)
    now = [0.0]
    window = Window(Rate(1, 10.0), clock=lambda: now[0])
    for n in range(3):
        window.require(str(n))
    now[0] = 11.0
    window.require("new")
    assert list(window._moments) == ["new"]
    for n in range(3):
        window.hit(str(n))
    assert len(window._moments) <= 3


@pytest.mark.parametrize("text", ["", "often", "0/minute", "-1/second", "1000000/second", "5/fortnight"])
def test_a_rate_that_is_none_is_refused(text):
    with pytest.raises(ValueError):
        Rate.read(text)


def test_rates_are_written_in_words():
    assert Rate.read("600/minute") == Rate(600, 60.0)
    assert Rate.read(" 5 per 10 seconds ") == Rate(5, 10.0)
    assert Rate.read("OFF") is None


def test_each_principal_has_a_rate_of_its_own(fresh_file):
    with house_on(fresh_file, rate_limit="3/minute") as house:
        first, second = house.headers(), house.headers(house.user().name)
        answers = [house.client.get("/api/v1/auth/me", headers=first) for _ in range(4)]
        assert [a.status_code for a in answers] == [200, 200, 200, 429]
        assert [a.headers["ratelimit-remaining"] for a in answers] == ["2", "1", "0", "0"]
        assert answers[0].headers["ratelimit-limit"] == "3"
        assert 0 < int(answers[3].headers["retry-after"]) <= 60
        assert answers[3].json()["code"] == "too-many-requests"
        assert house.client.get("/api/v1/auth/me", headers=second).status_code == 200
        assert house.client.get("/health/live").status_code == 200


def test_logins_are_limited_by_name_and_by_address_whether_the_name_is_known_or_not(fresh_file):
    with house_on(fresh_file, login_rate_limit="3/minute") as house:
        codes = [house.login("nobody", "wrong password here").status_code for _ in range(4)]
        assert codes == [401, 401, 401, 429]
        assert house.login().status_code == 429  # the same address
    with house_on_again(fresh_file) as house:
        window = house.client.app.state.desk._logins
        for n in range(3):
            window.require(f"name admin{n * ''}")
        assert house.login().status_code == 429
        answer = house.login()
        assert "retry-after" in answer.headers
        assert house.client.get("/api/v1/auth/me", headers=bearer("x")).status_code == 401


def house_on_again(url):
    """A second service over the same accounts."""
    from contextlib import contextmanager

    from tests.accounts.conftest import SETTINGS, House
    from tests.api.conftest import serving

    @contextmanager
    def again():
        with serving({url.dialect: url}, **{**SETTINGS, "login_rate_limit": "3/minute"}) as client:
            yield House(url, client)

    return again()
