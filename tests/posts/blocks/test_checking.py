"""What editors may send: every kind's limits, and input that no editor sends."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from planet.accounts.models import User
from planet.markets import queries
from posts import blocks
from posts.blocks import plain, registry
from posts.blocks.base import NewBlock
from tests.posts.blocks.conftest import DIRECTION, IDEA, POLL
from tests.posts.conftest import NOW

AUTHOR = User()


def clean(base: dict[str, Any], **changes: Any) -> NewBlock:
    return blocks.clean({**base, **changes}, author=AUTHOR, now=NOW)


# --- polls --------------------------------------------------------------------------------------------------------


def test_a_poll_keeps_its_options_and_when_it_ends() -> None:
    new = clean(POLL, options=["  Up ", "", "Down\u202e\u200b", "x" * 80], runs="6h")
    assert (new.kind, new.version) == ("poll", 1)
    assert new.data == {"options": ["Up", "Down", "x" * 80], "ends_at": (NOW + timedelta(hours=6)).isoformat()}


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["one"],
        ["a", " "],
        list("abcdefg"),
        ["a", "A"],
        ["x" * 81, "y"],
        "ab",
        None,
        7,
        [1, 2],
        {"a": 1},
        [["a"], ["b"]],
    ],
)
def test_a_poll_has_two_to_six_different_options(options: Any) -> None:
    with pytest.raises(ValidationError):
        clean(POLL, options=options)


@pytest.mark.parametrize("runs", ["0s", "100y", "-1", 5, ["1d"], {"a": 1}])
def test_a_poll_runs_for_one_of_the_offered_times(runs: Any) -> None:
    with pytest.raises(ValidationError):
        clean(POLL, runs=runs)


# --- ideas --------------------------------------------------------------------------------------------------------


def test_an_idea_keeps_exact_levels_its_targets_in_order_and_the_price_of_the_market() -> None:
    new = clean(IDEA, entry="221.50", targets=["240", "", "230.25"], price="1", simulated=False)
    assert new.data["entry"] == "221.50"
    assert new.data["targets"] == ["230.25", "240.00"]
    assert new.data["price"] == str(queries.quote("SOL", NOW).price)
    assert new.data["simulated"] is True
    assert new.data["ends_at"] == (NOW + timedelta(days=7)).isoformat()
    short = clean(IDEA, side="short", stop="230", targets=["200", "210"])
    assert short.data["targets"] == ["210.00", "200.00"]


@pytest.mark.parametrize(
    "changes",
    [
        {"stop": "220"},
        {"stop": "221"},
        {"targets": ["219"]},
        {"targets": ["220"]},
        {"targets": ["230", "215"]},
        {"side": "short"},
        {"side": "short", "stop": "230", "targets": ["221"]},
        {"side": "both"},
        {"targets": []},
        {"targets": ["230", "231", "232", "233"]},
        {"targets": ["230", "230.00"]},
        {"symbol": "NOPE"},
        {"symbol": ""},
        {"symbol": 7},
        {"horizon": "1y"},
        {"entry": "2200", "stop": "2100", "targets": ["2300"]},  # a slipped digit
        {"entry": "22", "stop": "21", "targets": ["23"]},
        {"entry": "220.001"},
        {"entry": "0"},
        {"entry": "-220"},
        {"entry": "NaN"},
        {"entry": "Infinity"},
        {"entry": "1e400"},
        {"entry": "1e-400"},
        {"entry": "٢٢٠x"},
        {"entry": ""},
        {"entry": None},
        {"entry": 220.5},
        {"entry": ["220"]},
        {"entry": "220\x00"},
    ],
    ids=str,
)
def test_an_idea_that_makes_no_sense_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        clean(IDEA, **changes)


def test_prices_are_read_as_people_write_them() -> None:
    assert clean(IDEA, symbol="btc", entry="120,000.5", stop="118 000", targets=["125,000"]).data["entry"] == "120000.5"


# --- the others ---------------------------------------------------------------------------------------------------


def test_a_direction_begins_at_the_price_of_the_market_and_never_at_the_authors() -> None:
    new = clean(DIRECTION, price="1.00", simulated=False)
    assert new.data["price"] == str(queries.quote("SOL", NOW).price)
    assert new.data["simulated"] is True


def test_a_price_card_needs_an_asset_with_a_market() -> None:
    assert clean({"kind": "cashtag"}, symbol="$eth").data == {"symbol": "ETH"}
    with pytest.raises(ValidationError):
        clean({"kind": "cashtag"}, symbol="NOPE")


CHART = {"kind": "chart", "symbol": "ETH", "interval": "1h", "count": "72"}


def test_a_chart_keeps_the_candles_of_its_moment() -> None:
    new = clean(CHART, until="2026-11-20T12:30")
    kept = new.data["candles"]
    assert len(kept) == 72
    last = queries.candles("ETH", blocks_interval("1h"), datetime.fromisoformat("2026-11-20T12:00+00:00"), NOW)[0]
    assert Decimal(kept[-1][0]) == last.open
    assert kept[-1][4] < last.volume  # half an hour of it
    assert new.data["until"] == "2026-11-20T12:30:00+00:00"


def blocks_interval(name: str) -> Any:
    from planet.markets.candles import Interval

    return Interval(name)


@pytest.mark.parametrize("until", ["2999-01-01", "2001-01-01", "yesterday", "2026-13-40", "9" * 400])
def test_a_chart_ends_in_the_last_five_years(until: str) -> None:
    with pytest.raises(ValidationError):
        clean(CHART, until=until)


@pytest.mark.parametrize("interval", ["1h", "5m", "15m", "4h", "1d", "1w"])
@pytest.mark.parametrize("count", ["36", "72", "120", "160"])
def test_a_chart_has_as_many_candles_as_were_asked_for(interval: str, count: str) -> None:
    assert len(clean(CHART, interval=interval, count=count).data["candles"]) == int(count)
    on_the_hour = clean(CHART, interval=interval, count=count, until="2026-11-16T00:00")
    assert len(on_the_hour.data["candles"]) == int(count)


@pytest.mark.parametrize("changes", [{"interval": "1m"}, {"count": "100000"}, {"count": 72.5}, {"interval": ["1h"]}])
def test_a_chart_is_bounded(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        clean(CHART, **changes)


@pytest.mark.parametrize("kind", ["", "nope", None, 7, ["poll"], {"a": 1}, "pnl", "__init__"])
def test_an_unknown_kind_is_refused(kind: Any) -> None:
    with pytest.raises(ValidationError):
        blocks.clean({"kind": kind}, author=AUTHOR, now=NOW)


def test_all_errors_are_told_at_once_and_there_is_a_most() -> None:
    with pytest.raises(ValidationError) as refused:
        blocks.clean_all([{**POLL, "options": []}, IDEA, {**IDEA, "entry": ""}], author=AUTHOR, now=NOW)
    assert len(refused.value.messages) == 2
    with pytest.raises(ValidationError):
        blocks.clean_all([POLL] * (blocks.MAX_BLOCKS + 1), author=AUTHOR, now=NOW)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inside: st.lists(inside, max_size=5) | st.dictionaries(st.text(max_size=9), inside, max_size=5),
    max_leaves=12,
)
names = st.sampled_from(
    ["options", "runs", "symbol", "side", "entry", "stop", "targets", "horizon", "interval", "count", "until", "record"]
)


@given(st.sampled_from(["poll", "idea", "chart", "cashtag", "direction"]), st.dictionaries(names, anything))
def test_whatever_is_sent_is_stored_whole_or_refused(kind: str, data: dict[str, Any]) -> None:
    registry.load()
    bases: dict[str, dict[str, Any]] = {
        "poll": POLL,
        "idea": IDEA,
        "chart": CHART,
        "cashtag": {"symbol": "SOL"},
        "direction": DIRECTION,
    }
    base = bases[kind]
    try:
        new = blocks.clean({**base, **data, "kind": kind}, author=AUTHOR, now=NOW)
    except ValidationError:
        return  # with a sentence; anything else that is raised fails the test
    again = blocks.find(kind)
    assert again is not None
    state = blocks.State(AUTHOR.pk, AUTHOR.pk, dict(new.data), NOW, votes=[0] * again.options(dict(new.data)))
    assert isinstance(again.card(dict(new.data)), dict)
    assert isinstance(again.live(state), dict)


# --- without scripts ----------------------------------------------------------------------------------------------


def test_plain_fields_say_what_an_editor_would_have_sent() -> None:
    form = QueryDict("poll_option=Yes&poll_option=No&poll_option=&poll_runs=3d&idea_symbol=&idea_entry=&idea_side=long")
    assert plain.components(form) == [{"kind": "poll", "options": ["Yes", "No", ""], "runs": "3d"}]


def test_an_idea_in_plain_fields() -> None:
    form = QueryDict(
        "idea_symbol=SOL&idea_side=short&idea_entry=220&idea_stop=230&idea_target=200&idea_target=&idea_horizon=3d"
    )
    (raw,) = plain.components(form)
    assert blocks.clean(raw, author=AUTHOR, now=NOW).data["targets"] == ["200.00"]


def test_what_was_typed_into_plain_fields_stands_there_again() -> None:
    form = QueryDict("poll_option=Yes&poll_runs=3d")
    poll = next(one for one in plain.editors(form) if one["block"].kind == "poll")
    assert poll["editor"]["options"] == ["Yes", "", "", "", "", ""]
    assert poll["editor"]["chosen"] == "3d"
