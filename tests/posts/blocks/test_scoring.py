"""How ideas are scored: worked examples with exact results, minute by minute."""

import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planet.markets.candles import Candle
from posts.blocks.idea.scoring import Idea, Run, Status, advance

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
D = Decimal


def long(*targets: str, entry: str = "100", stop: str = "90", minutes: int = 1000) -> Idea:
    return Idea(True, D(entry), tuple(map(D, targets or ("110", "120", "130"))), D(stop), START + minutes * MINUTE)


def short(*targets: str, entry: str = "100", stop: str = "105", minutes: int = 1000) -> Idea:
    return Idea(False, D(entry), tuple(map(D, targets or ("90",))), D(stop), START + minutes * MINUTE)


def tape(*minutes: tuple[str, str, str, str], start: datetime = START) -> list[Candle]:
    """Minutes as (open, high, low, close)."""
    found = []
    for place, prices in enumerate(minutes):
        opened, high, low, close = map(D, prices)
        found.append(Candle(start + place * MINUTE, opened, high, low, close, 1))
    return found


def through(*prices: str) -> list[Candle]:
    """Minutes that go straight from one price to the next."""
    pairs = itertools.pairwise(prices)
    return tape(*((a, str(max(D(a), D(b))), str(min(D(a), D(b))), b) for a, b in pairs))


def run(idea: Idea, minutes: list[Candle]) -> Run:
    return advance(idea, Run(START), minutes)


def test_all_three_targets_give_the_mean_of_their_multiples() -> None:
    """Risk 10; targets at 1, 2 and 3 R, a third each: 2 R."""
    went = run(long(), through("105", "99", "112", "121", "131"))
    assert went.status is Status.TARGET
    assert went.entered_at == START
    assert went.hits == (START + MINUTE, START + 2 * MINUTE, START + 3 * MINUTE)
    assert (went.result, went.exit, went.ended_at) == (D("2.0000"), D(130), START + 3 * MINUTE)


def test_a_stop_before_any_target_is_minus_one() -> None:
    went = run(long(), through("105", "99", "95", "89"))
    assert (went.status, went.result, went.hits) == (Status.STOPPED, D("-1.0000"), ())
    assert went.ended_at == START + 2 * MINUTE


def test_a_stop_after_the_first_target_keeps_what_was_taken() -> None:
    """A third at +1 R, two thirds at −1 R: −1/3 R, to four places."""
    went = run(long(), through("105", "99", "112", "89"))
    assert (went.status, went.result) == (Status.STOPPED, D("-0.3333"))
    assert went.hits == (START + MINUTE,)


def test_the_horizon_closes_what_is_left_at_the_last_price() -> None:
    """One of two targets at +1 R for a half; the rest goes at 104.50, +0.45 R: 0.725 R."""
    went = run(long("110", "120", minutes=4), through("105", "99", "111", "106", "104.50", "80"))
    assert (went.status, went.result, went.exit) == (Status.EXPIRED, D("0.7250"), D("104.50"))
    assert went.ended_at == START + 4 * MINUTE


def test_an_entry_that_is_never_reached_is_no_trade() -> None:
    went = run(long(minutes=3), through("105", "108", "112", "131", "140"))
    assert (went.status, went.result, went.entered_at) == (Status.MISSED, None, None)


def test_a_short_wins_when_the_price_falls() -> None:
    """Risk 5, target 10 below: 2 R."""
    went = run(short(), through("95", "101", "89"))
    assert (went.status, went.result) == (Status.TARGET, D("2.0000"))


def test_a_short_loses_when_the_price_rises() -> None:
    assert run(short(), through("95", "101", "106")).result == D("-1.0000")


def test_a_breakout_is_entered_from_below() -> None:
    went = run(long(entry="100", stop="95"), through("96", "99", "101", "131"))
    assert went.entered_at == START + MINUTE
    assert went.status is Status.TARGET


def test_in_the_minute_of_the_entry_a_stop_counts_and_a_target_does_not() -> None:
    assert run(long(), tape(("101", "102", "89", "95"))).status is Status.STOPPED
    went = run(long(), tape(("99", "131", "99", "105")))
    assert (went.status, went.hits) == (Status.OPEN, ())


def test_a_minute_that_touches_both_was_stopped_first() -> None:
    went = run(long(), tape(("101", "101", "99", "100"), ("100", "115", "89", "110")))
    assert (went.status, went.hits, went.result) == (Status.STOPPED, (), D("-1.0000"))


def test_one_minute_may_reach_several_targets() -> None:
    went = run(long(), tape(("101", "101", "99", "100"), ("100", "125", "100", "124")))
    assert went.hits == (START + MINUTE, START + MINUTE)
    assert went.status is Status.OPEN


def test_what_is_touched_exactly_is_reached() -> None:
    assert run(long(), through("105", "100", "110", "120", "130")).result == D("2.0000")
    assert run(long(), through("105", "100", "90")).status is Status.STOPPED


def test_an_entry_that_was_jumped_over_was_traded_at() -> None:
    went = run(long(), tape(("105", "106", "104", "105"), ("98", "99", "97", "98")))
    assert went.entered_at == START + MINUTE


def test_odd_levels_stay_exact() -> None:
    """(4380 − 4140) / (4140 − 4020) = 2; (4260 − 4140) / 120 = 1; half each: 1.5. A seventh has four places."""
    eth = long("4260.00", "4380.00", entry="4140.00", stop="4020.00")
    assert run(eth, through("4150", "4139", "4381")).result == D("1.5000")
    seventh = long("101", entry="100", stop="93")
    assert run(seventh, through("101.5", "99", "101")).result == D("0.1429")


def test_a_run_in_pieces_is_the_whole_run() -> None:
    tapes = through("105", "99", "112", "108", "121", "118", "131")
    whole, pieces = run(long(), tapes), Run(START)
    for minute in tapes:
        pieces = advance(long(), pieces, [minute])
    assert pieces == whole


def test_minutes_that_were_followed_before_change_nothing() -> None:
    tapes = through("105", "99", "112", "108")
    once = run(long(), tapes)
    assert advance(long(), once, tapes) == once
    assert once.followed_to == START + 3 * MINUTE


def test_after_the_end_nothing_happens() -> None:
    ended = run(long(), through("105", "99", "89"))
    assert advance(long(), ended, tape(("89", "140", "80", "120"), start=ended.followed_to)) == ended


prices = st.decimals(min_value=50, max_value=150, places=2)


@given(st.lists(st.tuples(prices, prices, prices), min_size=1, max_size=60), st.booleans())
def test_no_tape_can_lose_more_than_the_risk_or_win_more_than_the_targets(
    moves: list[tuple[Decimal, Decimal, Decimal]], is_long: bool
) -> None:
    idea = long() if is_long else short("90", "80")
    last = D(100)
    tapes = []
    for place, (one, other, close) in enumerate(moves):
        every = (last, one, other, close)
        tapes.append(Candle(START + place * MINUTE, last, max(every), min(every), close, 1))
        last = close
    went = run(idea, tapes)
    if went.status in (Status.STOPPED, Status.TARGET):
        assert went.result is not None
        assert D(-1) <= went.result <= idea.result(len(idea.targets), idea.targets[-1])
        assert went.entered_at is not None
        assert list(went.hits) == sorted(went.hits)
    elif went.status is Status.OPEN:
        assert went.result is None
        assert went.followed_to == tapes[-1].at + MINUTE


@pytest.mark.parametrize(("hits", "rest", "result"), [(0, "95", "-0.5000"), (1, "110", "1.0000"), (2, "100", "1.0000")])
def test_what_an_open_idea_is_worth_now(hits: int, rest: str, result: str) -> None:
    """Taken targets and what is left at a price: the figure that the card keeps up to date."""
    assert long().result(hits, D(rest)) == D(result)
