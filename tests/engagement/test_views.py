"""`/beacon/`: the browser that was shown something reports it; everybody else gets the same empty answer."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from prometheus_client import REGISTRY

from planet.engagement import drain, stream
from planet.engagement.models import Place
from tests.cast import Cast
from tests.engagement.conftest import events
from tests.factories import make_post

BEACON = reverse("beacon")


def tokens_in(browser: Client, path: str, **options: Any) -> list[str]:
    return re.findall(r'<template data-seen="([^"]+)">', browser.get(path, **options).content.decode())


def report(browser: Client, token: str, *seen: tuple[int, int], seq: int = 1, **options: Any) -> Any:
    body = json.dumps([[token, seq, [list(one) for one in seen]]])
    return browser.post(BEACON, body, content_type="text/plain", **options)


def outcome(name: str) -> float:
    return REGISTRY.get_sample_value("planet_beacon_pages_total", {"outcome": name}) or 0.0


def test_a_reader_of_the_feed_reports_what_was_seen(cast: Cast) -> None:
    post = make_post(cast.alice)
    browser = cast.browser(cast.bob)
    (token,) = tokens_in(browser, reverse("home"))

    answer = report(browser, token, (0, 2500))

    assert (answer.status_code, answer.content) == (204, b"")
    drain.drain(now=timezone.now())
    (event,) = events()
    assert (event["content_id"], event["creator_id"], event["viewer_id"]) == (post.pk, cast.alice.pk, cast.bob.pk)
    assert event["place"] == Place.FEED


def test_a_guest_reports_as_nobody(cast: Cast) -> None:
    make_post(cast.alice)
    browser = Client()
    (token,) = tokens_in(browser, reverse("latest"))
    report(browser, token, (0, 2500))
    drain.drain(now=timezone.now())
    (event,) = events()
    assert event["is_guest"]
    assert event["viewer_id"] != cast.alice.pk


def test_another_persons_token_counts_for_nobody(cast: Cast) -> None:
    make_post(cast.alice)
    (token,) = tokens_in(cast.browser(cast.bob), reverse("home"))
    before = outcome("forged")
    answer = report(cast.browser(cast.charlie), token, (0, 2500))
    assert answer.status_code == 204
    assert outcome("forged") == before + 1
    assert stream.waiting() == 0


def test_after_signing_out_the_page_that_is_still_open_reports_nothing(cast: Cast) -> None:
    make_post(cast.alice)
    browser = cast.browser(cast.bob)
    (token,) = tokens_in(browser, reverse("home"))
    browser.logout()
    report(browser, token, (0, 2500))
    assert stream.waiting() == 0


def test_the_beacon_asks_neither_the_database_nor_the_session(cast: Cast) -> None:
    from django.db import connection

    make_post(cast.alice)
    browser = cast.browser(cast.bob)
    (token,) = tokens_in(browser, reverse("home"))
    with CaptureQueriesContext(connection) as asked:
        report(browser, token, (0, 2500))
    assert len(asked) == 0
    assert stream.waiting() == 1


@pytest.mark.parametrize("body", ["", "x", "[]", "[[", "{}", json.dumps([["AAAA", 1, [[0, 1]]]])])
def test_whatever_is_sent_gets_the_same_answer(cast: Cast, body: str) -> None:
    answer = cast.browser(cast.bob).post(BEACON, body, content_type="text/plain")
    assert (answer.status_code, answer.content) == (204, b"")
    assert stream.waiting() == 0


def test_what_is_too_large_is_not_even_read(cast: Cast) -> None:
    before = outcome("oversized")
    answer = cast.browser(cast.bob).post(BEACON, "[" * 20_000, content_type="text/plain")
    assert answer.status_code == 204
    assert outcome("oversized") == before + 1


def test_it_is_posted_or_refused(cast: Cast) -> None:
    assert cast.browser(cast.bob).get(BEACON).status_code == 405


def test_without_redis_the_page_notices_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from redis.exceptions import ConnectionError as Away

    def away(*_: Any, **__: Any) -> None:
        raise Away

    make_post(cast.alice)
    browser = cast.browser(cast.bob)
    (token,) = tokens_in(browser, reverse("home"))
    monkeypatch.setattr(stream, "append", away)
    assert report(browser, token, (0, 2500)).status_code == 204
