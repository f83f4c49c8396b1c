"""Money moves as its kind says, once for each key, and never what is not there."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from hashlib import sha256

import pytest
from django.forms.models import model_to_dict

from planet.ledger import actions
from planet.ledger.actions import Move, account_of, fold, move, reverse, transfer
from planet.ledger.assets import LARGEST, Asset
from planet.ledger.errors import NotAllowed, NotReversible, OtherBody, Short
from planet.ledger.kinds import DEPOSIT, HOLD, POOL_FUNDS, TIP, AccountKind
from planet.ledger.models import Account, Leg, Transfer
from planet.ledger.queries import balance_of
from tests.cast import Cast
from tests.ledger.conftest import NOW, Purse


def tip(source: Account, target: Account, units: int, key: str = "tip-1") -> Transfer:
    return move(kind=TIP, source=source, target=target, units=units, key=key, actor=source.owner, now=NOW)


def test_a_tip_moves_all_of_it(cast: Cast, purse: Purse) -> None:
    bob, alice = purse(cast.bob, 5_000_000), purse(cast.alice.user)

    made = tip(bob, alice, 1_250_000)

    assert (balance_of(bob), balance_of(alice)) == (3_750_000, 1_250_000)
    assert Transfer.objects.get(pk=made.pk).actor == cast.bob
    assert list(made.legs.order_by("id").values_list("account", "units", "asset", "at")) == [
        (account, units, "USDT", NOW) for account, units in sorted([(bob.pk, -1_250_000), (alice.pk, 1_250_000)])
    ]


def test_the_last_unit_can_be_spent_and_no_more(cast: Cast, purse: Purse) -> None:
    bob, alice = purse(cast.bob, 5), purse(cast.alice.user)
    with pytest.raises(Short):
        tip(bob, alice, 6)
    assert (balance_of(bob), balance_of(alice)) == (5, 0)
    tip(bob, alice, 5)
    assert (balance_of(bob), balance_of(alice)) == (0, 5)


def test_the_same_key_and_content_is_the_same_transfer(cast: Cast, purse: Purse) -> None:
    bob, alice = purse(cast.bob, 5), purse(cast.alice.user)
    assert tip(bob, alice, 5) == tip(bob, alice, 5)
    assert (balance_of(bob), balance_of(alice)) == (0, 5)


def test_what_was_made_is_known_without_asking_again(
    cast: Cast, purse: Purse, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    made = tip(purse(cast.bob, 5), purse(cast.alice.user), 5)
    back = reverse(original=made, key="undo", actor=cast.olga, now=NOW)
    for one in (made, back):
        with django_assert_num_queries(0):
            said = model_to_dict(one) | {"id": one.pk}
        assert said == model_to_dict(Transfer.objects.get(pk=one.pk)) | {"id": one.pk}
    assert (made.memo, back.memo) == ("", "")
    assert (back.actor_id, back.reverses_id) == (cast.olga.pk, made.pk)


def test_what_a_key_stands_for_is_compared_across_releases(cast: Cast, purse: Purse) -> None:
    """A try may be repeated after an upgrade: were the bytes others, it would be refused though nothing changed."""
    bob, alice = purse(cast.bob, 5), purse(cast.alice.user)
    actor, legs = cast.bob.pk, sorted([(bob.pk, -5), (alice.pk, 5)])
    said = ",".join(f'[{account},"{units}"]' for account, units in legs)
    made = move(kind=TIP, source=bob, target=alice, units=5, key="k", actor=cast.bob, now=NOW, memo="Für \u4f60")
    assert bytes(made.body) == sha256(f'["tip",[{said}],"Für \u4f60","","{actor}"]'.encode()).digest()


def test_one_key_undoes_one_transfer(cast: Cast, purse: Purse) -> None:
    """Two tips are alike: were the same key good for both, the second would not come back, and seem to have."""
    bob, alice = purse(cast.bob, 10), purse(cast.alice.user)
    first, second = tip(bob, alice, 5, "tip-1"), tip(bob, alice, 5, "tip-2")
    reverse(original=first, key="undo", actor=cast.olga, now=NOW)
    with pytest.raises(OtherBody):
        reverse(original=second, key="undo", actor=cast.olga, now=NOW)
    assert (balance_of(bob), balance_of(alice)) == (5, 5)


@pytest.mark.parametrize("change", ["units", "memo", "actor", "target"])
def test_the_same_key_with_other_content_is_refused(cast: Cast, purse: Purse, change: str) -> None:
    bob, alice, charlie = purse(cast.bob, 9), purse(cast.alice.user), purse(cast.charlie)
    tip(bob, alice, 5)
    other = {"units": 4} if change == "units" else {}
    with pytest.raises(OtherBody):
        move(
            kind=TIP,
            source=bob,
            target=charlie if change == "target" else alice,
            units=other.get("units", 5),
            key="tip-1",
            actor=cast.olga if change == "actor" else cast.bob,
            memo="More" if change == "memo" else "",
            now=NOW,
        )
    assert (balance_of(bob), balance_of(alice), balance_of(charlie)) == (4, 5, 0)


def test_what_was_received_can_be_spent_before_it_is_folded_in(cast: Cast, purse: Purse) -> None:
    bob, alice = purse(cast.bob, 7), purse(cast.alice.user)
    tip(bob, alice, 7)
    assert Account.objects.get(pk=alice.pk).balance == 0
    tip(alice, bob, 7, "back")
    assert list(Leg.objects.filter(account=alice).order_by("number").values_list("number", "units", "balance")) == [
        (1, 7, 7),
        (2, -7, 0),
    ]


def test_many_small_credits_are_folded_until_they_suffice(cast: Cast, purse: Purse) -> None:
    bob, alice = purse(cast.bob, 1200), purse(cast.alice.user)
    for number in range(4):
        tip(bob, alice, 300, f"t{number}")
    assert fold(account_id=alice.pk) == 4
    assert fold(account_id=alice.pk) == 0
    assert list(Leg.objects.filter(account=alice).order_by("number").values_list("balance", flat=True)) == [
        300, 600, 900, 1200,
    ]  # fmt: skip


def test_a_fold_goes_on_until_nothing_waits(cast: Cast, purse: Purse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "FOLD_AT_ONCE", 2)
    bob = purse(cast.bob)
    for _ in range(5):
        purse(cast.bob, 10)
    assert fold(account_id=bob.pk) == 5
    assert Account.objects.get(pk=bob.pk).balance == 50


def test_two_assets_balance_each_for_itself(cast: Cast, purse: Purse) -> None:
    bob, alice = purse(cast.bob, 10), purse(cast.alice.user)
    points = purse(cast.alice.user, 10, Asset.POINTS), purse(cast.bob, 0, Asset.POINTS)
    moves = [Move(bob, -4), Move(alice, 4), Move(points[0], -3), Move(points[1], 3)]
    transfer(kind=TIP, moves=moves, key="swap", actor=cast.bob, now=NOW)
    assert [balance_of(one) for one in (bob, alice, *points)] == [6, 4, 7, 3]
    with pytest.raises(NotAllowed):
        transfer(kind=TIP, moves=[Move(bob, -4), Move(points[1], 4)], key="mixed", actor=cast.bob, now=NOW)


BAD: dict[str, Callable[[Account, Account, Account], list[Move]]] = {
    "nothing": lambda bob, alice, outside: [],
    "zero": lambda bob, alice, outside: [Move(bob, 0), Move(alice, 0)],
    "unbalanced": lambda bob, alice, outside: [Move(bob, -2), Move(alice, 3)],
    "one account twice": lambda bob, alice, outside: [Move(bob, -2), Move(bob, 2)],
    "a fraction": lambda bob, alice, outside: [Move(bob, -1.5), Move(alice, 1.5)],  # type: ignore[arg-type]
    "not a number": lambda bob, alice, outside: [Move(bob, float("nan")), Move(alice, float("nan"))],  # type: ignore[arg-type]
    "a truth": lambda bob, alice, outside: [Move(bob, -1), Move(alice, True)],
    "too much": lambda bob, alice, outside: [Move(bob, -LARGEST - 1), Move(alice, LARGEST + 1)],
    "another source": lambda bob, alice, outside: [Move(outside, -1), Move(alice, 1)],
    "another target": lambda bob, alice, outside: [Move(bob, -1), Move(outside, 1)],
}


@pytest.mark.parametrize("moves", BAD.values(), ids=BAD.keys())
def test_a_transfer_that_is_none_is_refused(
    cast: Cast, purse: Purse, moves: Callable[[Account, Account, Account], list[Move]]
) -> None:
    bob, alice = purse(cast.bob, 10), purse(cast.alice.user)
    outside = account_of(None, AccountKind.EXTERNAL, Asset.USDT)
    before = Transfer.objects.count()
    with pytest.raises(NotAllowed):
        transfer(kind=TIP, moves=moves(bob, alice, outside), key="bad", actor=cast.bob, now=NOW)
    assert Transfer.objects.count() == before


def test_the_largest_amount_moves(cast: Cast, purse: Purse) -> None:
    bob, alice = purse(cast.bob, LARGEST), purse(cast.alice.user)
    moves = [Move(bob, -LARGEST), Move(alice, LARGEST)]
    assert transfer(kind=TIP, moves=moves, key="all", actor=cast.bob, now=NOW).memo == ""
    assert (balance_of(bob), balance_of(alice)) == (0, LARGEST)


@pytest.mark.parametrize("units", [0, -1])
def test_nothing_moves_backwards(cast: Cast, purse: Purse, units: int) -> None:
    with pytest.raises(NotAllowed):
        tip(purse(cast.bob, 10), purse(cast.alice.user, 10), units)


def test_what_stays_with_a_person_cannot_go_to_another(cast: Cast, purse: Purse) -> None:
    held = account_of(cast.alice.user, AccountKind.HELD, Asset.USDT)
    with pytest.raises(NotAllowed):
        move(kind=HOLD, source=purse(cast.bob, 10), target=held, units=1, key="k", actor=cast.bob, now=NOW)


@pytest.mark.parametrize(("kind", "owned"), [(AccountKind.POOL, True), (AccountKind.AVAILABLE, False)])
def test_accounts_belong_to_whom_their_kind_says(cast: Cast, kind: AccountKind, owned: bool) -> None:
    with pytest.raises(NotAllowed):
        account_of(cast.bob if owned else None, kind, Asset.USDT)


def test_the_treasury_has_no_debts(db: None) -> None:
    pool, treasury = (account_of(None, kind, Asset.USDT) for kind in (AccountKind.POOL, AccountKind.TREASURY))
    with pytest.raises(Short):
        move(kind=POOL_FUNDS, source=treasury, target=pool, units=1, key="k", actor=None, now=NOW)


def test_a_reversal_is_a_transfer_of_its_own(cast: Cast, purse: Purse) -> None:
    bob, alice = purse(cast.bob, 5), purse(cast.alice.user)
    made = tip(bob, alice, 5)

    back = reverse(original=made, key="undo", actor=cast.olga, now=NOW, memo="Sent by mistake")

    assert (balance_of(bob), balance_of(alice)) == (5, 0)
    assert (back.reverses, back.kind) == (made, "reversal")
    assert reverse(original=made, key="undo", actor=cast.olga, now=NOW, memo="Sent by mistake") == back
    assert Transfer.objects.filter(reverses=made).count() == 1


def test_nothing_is_reversed_twice(cast: Cast, purse: Purse) -> None:
    bob, alice = purse(cast.bob, 5), purse(cast.alice.user, 5)
    made = tip(bob, alice, 5)
    back = reverse(original=made, key="undo", actor=cast.olga, now=NOW)
    for original in (made, back):
        with pytest.raises(NotReversible):
            reverse(original=original, key="again", actor=cast.olga, now=NOW)
    assert (balance_of(bob), balance_of(alice)) == (5, 5)


def test_what_only_changes_state_is_not_reversed(cast: Cast, purse: Purse) -> None:
    held = account_of(cast.bob, AccountKind.HELD, Asset.USDT)
    made = move(kind=HOLD, source=purse(cast.bob, 5), target=held, units=5, key="h", actor=cast.bob, now=NOW)
    with pytest.raises(NotReversible):
        reverse(original=made, key="undo", actor=cast.olga, now=NOW)


def test_what_was_spent_is_not_reversed(cast: Cast, purse: Purse) -> None:
    bob, alice = purse(cast.bob, 5), purse(cast.alice.user)
    made = tip(bob, alice, 5)
    tip(alice, purse(cast.charlie), 1, "on")
    with pytest.raises(Short):
        reverse(original=made, key="undo", actor=cast.olga, now=NOW)
    assert balance_of(bob) == 0


def test_outside_goes_below_zero(cast: Cast, purse: Purse) -> None:
    purse(cast.bob, 5)
    outside = account_of(None, AccountKind.EXTERNAL, Asset.USDT)
    assert balance_of(outside) == -5
    assert fold(account_id=outside.pk) == 1
    assert Account.objects.get(pk=outside.pk).balance == -5
    assert DEPOSIT.reversible
