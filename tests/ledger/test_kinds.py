"""The law: no kind of transfer takes from people for the platform."""

import itertools

import pytest

from planet.ledger import kinds
from planet.ledger.actions import Move, account_of, transfer
from planet.ledger.assets import Asset
from planet.ledger.errors import NotAllowed
from planet.ledger.kinds import PERSONAL, PLATFORM, AccountKind, TakesFromPeople, TransferKind, register
from tests.cast import Cast
from tests.ledger.conftest import NOW

OUTSIDE = {AccountKind.EXTERNAL}


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_REGISTRY", dict(kinds._REGISTRY))


def taking() -> list[str]:
    """Kinds that move what is a person's to the platform, found by walking the registry."""
    return [kind.code for kind in kinds.every() if kind.sources & PERSONAL and kind.targets & PLATFORM]


def reached() -> set[AccountKind]:
    """Where what is a person's can get to in any number of steps, but by way of the outside."""
    reach = set(PERSONAL)
    while grown := {t for kind in kinds.every() if kind.sources & reach for t in kind.targets} - reach - OUTSIDE:
        reach |= grown
    return reach


def test_no_kind_moves_what_is_a_persons_to_the_platform() -> None:
    assert len(kinds.every()) >= 10
    assert taking() == []


def test_no_chain_of_kinds_does_so_but_by_way_of_the_outside() -> None:
    """Withdrawn is withdrawn: what comes back in from outside is the operator's own."""
    assert reached() == PERSONAL


@pytest.mark.parametrize("source", sorted(PERSONAL))
def test_the_walk_finds_one_that_got_in_past_the_door(registry: None, source: AccountKind) -> None:
    kinds._REGISTRY["fee"] = TransferKind("fee", "Fee", frozenset({source}), frozenset({AccountKind.TREASURY}))
    assert taking() == ["fee"]
    assert reached() == PERSONAL | PLATFORM


def test_every_kind_of_account_is_either_a_persons_the_platforms_or_outside() -> None:
    assert {*AccountKind} == PERSONAL | PLATFORM | {AccountKind.EXTERNAL}


PAIRS = list(itertools.product(sorted(PERSONAL), sorted(PLATFORM)))


@pytest.mark.parametrize(("source", "target"), PAIRS, ids=[f"{source} {target}" for source, target in PAIRS])
def test_such_a_kind_cannot_be_registered(registry: None, source: AccountKind, target: AccountKind) -> None:
    fee = TransferKind("fee", "Fee", frozenset({source}), frozenset({target, AccountKind.AVAILABLE}))
    with pytest.raises(TakesFromPeople):
        register(fee)
    assert kinds.get("fee") is None


def test_one_that_nobody_registered_moves_nothing(cast: Cast) -> None:
    fee = TransferKind("fee", "Fee", frozenset({AccountKind.AVAILABLE}), frozenset({AccountKind.TREASURY}))
    moves = [
        Move(account_of(cast.bob, AccountKind.AVAILABLE, Asset.USDT), -1),
        Move(account_of(None, AccountKind.TREASURY, Asset.USDT), 1),
    ]
    with pytest.raises(NotAllowed):
        transfer(kind=fee, moves=moves, key="fee", actor=None, now=NOW)


@pytest.mark.parametrize("code", ["tip", "reversal"])
def test_a_code_is_registered_once(registry: None, code: str) -> None:
    with pytest.raises(ValueError, match="already"):
        register(TransferKind(code, "", frozenset({AccountKind.POOL}), frozenset({AccountKind.ACCRUED})))


def test_kinds_have_names_that_people_read() -> None:
    assert (kinds.name_of("tip"), kinds.name_of("reversal"), kinds.name_of("of a room that is gone")) == (
        "Tip",
        "Reversal",
        "of a room that is gone",
    )
