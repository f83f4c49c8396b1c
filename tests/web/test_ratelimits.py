"""Who does too much is told to wait."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from redis.exceptions import ConnectionError as RedisConnectionError

from planet.accounts.models import User
from planet.addresses import neighbourhood
from planet.web import ratelimits
from planet.web.ratelimits import Rate, client_ip, limited, spend


@limited("test", "2/10m", "100/d")
def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("done")


def post(user: Any = None, **extra: Any) -> HttpResponse:
    request = RequestFactory().post("/", **extra)
    request.user = user or AnonymousUser()
    return view(request)


@pytest.fixture(autouse=True)
def _page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        ratelimits, "render", lambda request, template, context, status: HttpResponse(template, status=status)
    )


def test_one_too_many_is_refused_with_the_time_to_wait() -> None:
    assert [post().status_code for _ in range(3)] == [200, 200, 429]
    refused = post()
    assert refused.content == b"429.html"
    assert 0 < int(refused["Retry-After"]) <= 600


def test_htmx_gets_the_bare_status() -> None:
    for _ in range(2):
        post()
    refused = post(headers={"HX-Request": "true"})
    assert (refused.status_code, refused.content) == (429, b"")


def test_people_do_not_use_up_each_others_turns() -> None:
    for _ in range(3):
        post(User())
    assert post(User()).status_code == 200
    assert post().status_code == 200
    assert post(REMOTE_ADDR="10.0.0.9").status_code == 200


def test_reading_is_not_counted() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    assert {view(request).status_code for _ in range(5)} == {200}


def test_every_limit_counts() -> None:
    rates = (Rate(5, 60), Rate(2, 3600))
    assert [bool(spend("both", "a", rates)) for _ in range(3)] == [False, False, True]


def test_an_outage_of_redis_lets_people_through(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(alias: str) -> None:
        raise RedisConnectionError

    monkeypatch.setattr(ratelimits, "get_redis_connection", away)
    assert {post().status_code for _ in range(5)} == {200}


@pytest.mark.parametrize("rate", ["", "0/m", "5/x", "5", "-1/m", "5/0m"])
def test_a_rate_that_is_none_stops_the_start(rate: str) -> None:
    with pytest.raises(ValueError, match="not a rate"):
        Rate.parse(rate)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "6.6.6.6", "10.0.0.1"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (1, "", "10.0.0.1"),
        (1, "not an address", "10.0.0.1"),
        (1, "::ffff:1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.7", "1.2.3.4"),
    ],
)
def test_a_forged_forwarding_header_is_not_believed(settings: Any, proxies: int, forwarded: str, expected: str) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": forwarded})
    assert client_ip(request) == expected


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
    ],
)
def test_a_guest_with_a_network_of_addresses_is_one_guest(one: str, other: str, same: bool) -> None:
    assert (neighbourhood(one) == neighbourhood(other)) is same
    codes = [post(REMOTE_ADDR=address).status_code for address in (one, other, one)]
    assert codes == [200, 200, 429 if same else 200]
