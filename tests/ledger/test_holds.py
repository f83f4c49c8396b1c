"""What is set aside comes back, or pays; once."""

from datetime import timedelta

import pytest

from planet.ledger import holds, tasks
from planet.ledger.actions import account_of
from planet.ledger.assets import Asset
from planet.ledger.errors import HoldEnded, NotAllowed, OtherBody, Short
from planet.ledger.kinds import WITHDRAWAL, AccountKind
from planet.ledger.models import Hold, HoldEnd, Transfer
from planet.ledger.queries import balances
from tests.cast import Cast
from tests.factories import fill
from tests.ledger.conftest import NOW, Purse

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def hold(cast: Cast, purse: Purse) -> Hold:
    """Seven of Bob's ten."""
    purse(cast.bob, 10)
    return place(cast)


def place(cast: Cast, units: int = 7, key: str = "h") -> Hold:
    return holds.place(owner=cast.bob, asset=Asset.USDT, units=units, expires_at=LATER, key=key, now=NOW)


def has(cast: Cast) -> tuple[int, int]:
    """(available, held)."""
    units = balances(owner=cast.bob)[0].units
    return units[AccountKind.AVAILABLE], units[AccountKind.HELD]


def test_a_hold_sets_aside(cast: Cast, hold: Hold) -> None:
    assert has(cast) == (3, 7)
    assert (hold.owner, hold.units, hold.end, str(hold)) == (cast.bob, 7, "", "0.000007 USDT · Open")


def test_what_is_held_cannot_be_held_again(cast: Cast, hold: Hold) -> None:
    with pytest.raises(Short):
        place(cast, 4, "more")
    assert has(cast) == (3, 7)


def test_the_same_key_is_the_same_hold(cast: Cast, hold: Hold) -> None:
    assert place(cast) == hold
    assert has(cast) == (3, 7)


def test_the_same_key_for_longer_is_refused(cast: Cast, hold: Hold) -> None:
    with pytest.raises(OtherBody):
        holds.place(owner=cast.bob, asset=Asset.USDT, units=7, expires_at=LATER + timedelta(1), key="h", now=NOW)


def test_a_hold_that_is_over_is_none(cast: Cast, purse: Purse) -> None:
    purse(cast.bob, 10)
    with pytest.raises(NotAllowed):
        holds.place(owner=cast.bob, asset=Asset.USDT, units=7, expires_at=NOW, key="h", now=NOW)


def test_released_it_is_back(cast: Cast, hold: Hold) -> None:
    for _ in range(2):
        released = holds.release(hold=hold, actor=cast.bob, now=NOW)
        assert released.end == HoldEnd.RELEASED
    assert has(cast) == (10, 0)
    assert (released.ended and released.ended.actor, released.ended_at) == (cast.bob, NOW)


def test_captured_it_pays_and_the_rest_is_back(cast: Cast, hold: Hold) -> None:
    alice = fill(cast.alice.user)
    paid = {holds.capture(hold=hold, target=alice, units=5, actor=cast.bob, now=NOW) for _ in range(2)}
    assert len(paid) == 1
    assert has(cast) == (5, 0)
    assert balances(owner=cast.alice.user)[0].units[AccountKind.AVAILABLE] == 5


def test_captured_whole_nothing_comes_back(cast: Cast, hold: Hold) -> None:
    outside = account_of(None, AccountKind.EXTERNAL, Asset.USDT)
    holds.capture(hold=hold, target=outside, units=7, actor=cast.bob, now=NOW, kind=WITHDRAWAL)
    assert has(cast) == (3, 0)
    assert not Transfer.objects.filter(key__startswith="rest:").exists()


@pytest.mark.parametrize("units", [0, 8])
def test_no_more_is_captured_than_was_held(cast: Cast, hold: Hold, units: int) -> None:
    with pytest.raises(NotAllowed):
        holds.capture(hold=hold, target=fill(cast.alice.user), units=units, actor=cast.bob, now=NOW)
    assert has(cast) == (3, 7)


def test_captured_again_for_other_units_is_refused(cast: Cast, hold: Hold) -> None:
    alice = fill(cast.alice.user)
    holds.capture(hold=hold, target=alice, units=5, actor=cast.bob, now=NOW)
    with pytest.raises(OtherBody):
        holds.capture(hold=hold, target=alice, units=6, actor=cast.bob, now=NOW)


def test_what_was_captured_is_not_released(cast: Cast, hold: Hold) -> None:
    holds.capture(hold=hold, target=fill(cast.alice.user), units=5, actor=cast.bob, now=NOW)
    with pytest.raises(HoldEnded):
        holds.release(hold=hold, actor=cast.bob, now=NOW)


def test_what_was_released_is_not_captured(cast: Cast, hold: Hold) -> None:
    holds.release(hold=hold, actor=cast.bob, now=NOW)
    with pytest.raises(HoldEnded):
        holds.capture(hold=hold, target=fill(cast.alice.user), units=5, actor=cast.bob, now=NOW)
    assert has(cast) == (10, 0)


def test_it_comes_back_when_its_time_is_over(cast: Cast, hold: Hold) -> None:
    assert holds.expire(now=LATER - timedelta(seconds=1)) == 0
    assert has(cast) == (3, 7)
    assert holds.expire(now=LATER) == 1
    assert (has(cast), Hold.objects.get().end) == ((10, 0), HoldEnd.EXPIRED)


def test_the_task_gives_back_so_many_at_a_time(cast: Cast, purse: Purse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holds, "EXPIRE_AT_ONCE", 2)
    purse(cast.bob, 3)
    for number in range(3):
        place(cast, 1, f"h{number}")
    assert [holds.expire(now=LATER) for _ in range(3)] == [2, 1, 0]
    assert tasks.expire_holds() == 0


def test_holds_that_ended_take_nobodys_turn(cast: Cast, purse: Purse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holds, "EXPIRE_AT_ONCE", 1)
    purse(cast.bob, 3)
    for number in range(3):
        holds.release(hold=place(cast, 1, f"h{number}"), actor=cast.bob, now=NOW)
    place(cast, 2, "last")
    assert holds.expire(now=LATER) == 1
    assert has(cast) == (3, 0)


def test_a_hold_that_ended_meanwhile_is_left_alone(cast: Cast, hold: Hold) -> None:
    holds.release(hold=hold, actor=cast.bob, now=NOW)
    assert holds._expire(hold.pk, LATER) is False
