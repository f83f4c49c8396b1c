"""Prices over HTTP and over the socket."""

import pytest
from django.test import Client
from django.urls import reverse

from planet.markets import access, broadcasts, instruments, tasks
from planet.realtime import publish as really_publish
from tests.posts.conftest import NOW


def test_quotes_of_several_symbols_in_one_answer() -> None:
    answer = Client().get(reverse("quotes"), {"symbols": "SOL,eth,NOPE"})
    assert answer.status_code == 200
    found = answer.json()
    assert found["simulated"] is True
    assert list(found["quotes"]) == ["SOL", "ETH"]
    assert set(found["quotes"]["SOL"]) == {"symbol", "price", "change", "direction"}


@pytest.mark.parametrize("symbols", ["", ",,,", "\0", "x" * 5000, "SOL" * 400])
def test_nonsense_has_no_quotes(symbols: str) -> None:
    answer = Client().get(reverse("quotes"), {"symbols": symbols})
    assert (answer.status_code, answer.json()["quotes"]) == (200, {})


def test_quotes_are_only_read() -> None:
    assert Client().post(reverse("quotes")).status_code == 405


def test_everybody_may_hear_of_an_instrument_and_nobody_of_what_is_none() -> None:
    assert access.may_listen(None, "SOL")
    for unknown in ("", "sol", "NOPE"):
        assert not access.may_listen(None, unknown)


def test_a_tick_tells_each_instrument_on_its_own_topic(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: dict[str, dict[str, object]] = {}

    def publish(topic: str, kind: str, data: dict[str, object]) -> None:
        assert kind == "quote"
        heard[topic] = data
        really_publish(topic, kind, data)

    monkeypatch.setattr(broadcasts, "publish", publish)
    broadcasts.tick(NOW)
    assert set(heard) == {f"market:{symbol}" for symbol in instruments.INSTRUMENTS}
    assert heard["market:SOL"]["symbol"] == "SOL"
    heard.clear()
    tasks.tick()
    assert len(heard) == len(instruments.INSTRUMENTS)
