"""A withdrawal is held until it has arrived or is back; it goes out once, whoever is killed when."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from planet.accounts.models import KycState, User
from planet.cashier import errors, providers, queries, tasks
from planet.cashier.actions import depositing, withdrawing
from planet.cashier.errors import CoolingDown, NotOpen, NotVerified, OverLimit, Overtaken, SandboxFunds, TooLittle
from planet.cashier.models import State, Withdrawal, WithdrawalEvent
from planet.cashier.providers import Answer, Away, Payout, Progress
from planet.ledger import holds, verify
from planet.ledger.models import Hold
from planet.notifications.models import Notification
from tests.cashier.conftest import ETHEREUM, NOW, TRON, USDT, Recorder, approved, ask, has
from tests.cast import Cast


def state(row: Withdrawal) -> str:
    return Withdrawal.objects.get(pk=row.pk).state


def test_what_is_asked_for_is_held_and_everything_is_written_down(rich: Cast) -> None:
    row = ask(rich)
    assert has(rich.bob) == (90 * USDT, 10 * USDT)
    assert list(row.events.values_list("after", flat=True)) == ["requested"]
    assert Notification.objects.get().group_key == f"withdrawal_requested:{row.pk}"


def test_the_whole_way(rich: Cast) -> None:
    provider, row = Recorder(), approved(rich)
    assert withdrawing.send(withdrawal_id=row.pk, provider=provider, now=NOW)
    assert (state(row), has(rich.bob)) == (State.SENT, (90 * USDT, 10 * USDT))
    withdrawing.hear(withdrawal_id=row.pk, answer=Answer("ref", Progress.CONFIRMED, chain_id="0xabc"), now=NOW)
    row.refresh_from_db()
    assert (row.state, row.chain_id, has(rich.bob)) == (State.CONFIRMED, "0xabc", (90 * USDT, 0))
    assert list(row.events.order_by("id").values_list("after", flat=True)) == [
        "requested", "approved", "sent", "confirmed",
    ]  # fmt: skip
    assert list(verify.findings()) == []


def test_what_fails_at_the_provider_comes_back(rich: Cast) -> None:
    row = approved(rich)
    withdrawing.send(withdrawal_id=row.pk, provider=Recorder(progress=Progress.FAILED), now=NOW)
    assert (state(row), has(rich.bob)) == (State.FAILED, (100 * USDT, 0))
    assert list(verify.findings()) == []


@pytest.mark.parametrize("last", [Progress.CONFIRMED, Progress.FAILED])
def test_what_the_provider_says_again_or_late_changes_nothing(rich: Cast, last: Progress) -> None:
    row = approved(rich)
    for said in (last, Progress.PENDING, Progress.CONFIRMED, Progress.FAILED):
        withdrawing.hear(withdrawal_id=row.pk, answer=Answer("r", said), now=NOW)
    assert state(row) == (State.CONFIRMED if last == Progress.CONFIRMED else State.FAILED)
    assert sum(has(rich.bob)) == (90 if last == Progress.CONFIRMED else 100) * USDT
    assert row.events.count() == 4


def test_who_is_killed_after_the_provider_was_called_sends_nothing_twice(
    rich: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider, row = Recorder(), approved(rich)

    def killed(**_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(withdrawing, "hear", killed)
        with pytest.raises(KeyboardInterrupt):
            withdrawing.send(withdrawal_id=row.pk, provider=provider, now=NOW)
    assert (state(row), provider.asked) == (State.APPROVED, 1)
    assert not withdrawing.send(withdrawal_id=row.pk, provider=provider, now=NOW)
    assert withdrawing.send(withdrawal_id=row.pk, provider=provider, now=NOW + timedelta(minutes=1))
    assert (state(row), provider.asked, provider.paid) == (State.SENT, 2, {row.pk: 10 * USDT})


def test_an_event_that_comes_before_our_own_commit_is_taken(rich: Cast) -> None:
    row = approved(rich)
    withdrawing.hear(withdrawal_id=row.pk, answer=Answer("r", Progress.CONFIRMED), now=NOW)
    assert state(row) == State.CONFIRMED
    assert not withdrawing.send(withdrawal_id=row.pk, provider=Recorder(), now=NOW)


def test_no_answer_is_no_failure_and_is_tried_ever_more_rarely(rich: Cast) -> None:
    provider, row = Recorder(error=Away("timeout")), approved(rich)
    waits, at = [], NOW
    for _ in range(9):
        with pytest.raises(Away):
            withdrawing.send(withdrawal_id=row.pk, provider=provider, now=at)
        row.refresh_from_db()
        assert row.next_try_at
        waits.append((row.next_try_at - at).seconds)
        at = row.next_try_at
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert (state(row), has(rich.bob)) == (State.APPROVED, (90 * USDT, 10 * USDT))


def test_a_hold_in_flight_never_gives_itself_back(rich: Cast) -> None:
    ask(rich)
    assert holds.expire(now=NOW + timedelta(days=365 * 50)) == 0


def test_the_same_form_again_is_the_same_withdrawal(rich: Cast) -> None:
    assert ask(rich).pk == ask(rich, now=NOW + timedelta(1)).pk
    assert (has(rich.bob), Withdrawal.objects.count()) == ((90 * USDT, 10 * USDT), 1)


@pytest.mark.parametrize("other", [{"units": 11 * USDT}, {"address": TRON, "network": "tron"}, {"number": 3}])
def test_a_form_that_was_sent_with_something_else_is_refused(rich: Cast, other: dict[str, Any]) -> None:
    ask(rich)
    with pytest.raises(Overtaken):
        ask(rich, **other)
    assert has(rich.bob) == (90 * USDT, 10 * USDT)


def unverified(cast: Cast) -> None:
    User.objects.filter(pk=cast.bob.pk).update(kyc_state=KycState.EXPIRED)


def changed(cast: Cast) -> None:
    User.objects.filter(pk=cast.bob.pk).update(credentials_changed_at=NOW - timedelta(hours=23))


def sandboxed(cast: Cast) -> None:
    depositing.credit(user=cast.charlie, provider="sandbox", external_id="1", units=1, now=NOW)


def nothing(cast: Cast) -> None:
    """All is well but the amount."""


REFUSED: dict[str, tuple[Callable[[Cast], None], dict[str, Any], type[errors.Refused]]] = {
    "not verified": (unverified, {}, NotVerified),
    "cooling down": (changed, {}, CoolingDown),
    "test funds never leave as real ones": (sandboxed, {"provider": Recorder("exchange")}, SandboxFunds),
    "too little": (nothing, {"units": 101 * USDT}, TooLittle),
    "over the limit": (nothing, {"units": 60 * USDT}, OverLimit),
}


@pytest.mark.parametrize("why", REFUSED)
def test_a_refusal_says_why_and_changes_nothing(rich: Cast, why: str, settings: Any) -> None:
    settings.WITHDRAW_DAILY_LIMIT = 59
    arrange, asked, expected = REFUSED[why]
    arrange(rich)
    with pytest.raises(expected) as refused:
        ask(rich, **asked)
    assert str(refused.value.text)
    assert (has(rich.bob), Withdrawal.objects.count(), Hold.objects.count()) == ((100 * USDT, 0), 0, 0)
    assert not Notification.objects.exists()


def test_a_day_after_the_sign_in_was_changed_all_is_as_before(rich: Cast) -> None:
    changed(rich)
    assert ask(rich, now=NOW + timedelta(hours=1)).state == State.REQUESTED


def test_the_limit_counts_a_day_and_not_what_came_back(rich: Cast, settings: Any) -> None:
    settings.WITHDRAW_DAILY_LIMIT = 60
    ask(rich, 40 * USDT)
    with pytest.raises(OverLimit):
        ask(rich, 30 * USDT, number=2)
    withdrawing.cancel(actor=rich.bob, withdrawal=Withdrawal.objects.get(), now=NOW)
    ask(rich, 50 * USDT, number=2)
    assert withdrawing.left_today(user=rich.bob, now=NOW + timedelta(days=1, seconds=1)) == 60 * USDT


def test_it_can_be_cancelled_until_it_is_approved(rich: Cast) -> None:
    row = ask(rich)
    withdrawing.cancel(actor=rich.bob, withdrawal=row, now=NOW)
    assert (state(row), has(rich.bob)) == (State.FAILED, (100 * USDT, 0))
    other = approved(rich, number=2)
    with pytest.raises(NotOpen):
        withdrawing.cancel(actor=rich.bob, withdrawal=other, now=NOW)


@pytest.mark.parametrize("act", [withdrawing.approve, withdrawing.reject])
def test_what_is_decided_stays_decided(rich: Cast, act: Callable[..., Any]) -> None:
    row = approved(rich)
    with pytest.raises(NotOpen):
        act(actor=rich.olga, withdrawal=row, reason="Again", now=NOW)
    assert state(row) == State.APPROVED


def test_an_operator_gives_back_and_says_why(rich: Cast) -> None:
    row = withdrawing.reject(actor=rich.olga, withdrawal=ask(rich), reason="A known fraud", now=NOW)
    assert (row.state, row.reason, has(rich.bob)) == (State.FAILED, "A known fraud", (100 * USDT, 0))
    told = Notification.objects.get(group_key=f"withdrawal_failed:{row.pk}")
    assert told.excerpt == "10 USDT · A known fraud"


def test_nothing_is_approved_of_whoever_is_suspended(rich: Cast) -> None:
    row = ask(rich)
    User.objects.filter(pk=rich.bob.pk).update(is_active=False)
    with pytest.raises(NotOpen):
        withdrawing.approve(actor=rich.olga, withdrawal=row, reason="Known", now=NOW)


def test_nothing_is_approved_while_a_sign_in_that_was_changed_since_cools_down(rich: Cast) -> None:
    row = ask(rich)
    later = NOW + timedelta(hours=2)
    User.objects.filter(pk=rich.bob.pk).update(credentials_changed_at=later)
    with pytest.raises(CoolingDown):
        withdrawing.approve(actor=rich.olga, withdrawal=row, reason="Known", now=later)
    after = later + withdrawing.COOL_DOWN
    assert withdrawing.approve(actor=rich.olga, withdrawal=row, reason="Called him", now=after).state == State.APPROVED


def test_nothing_is_approved_of_whoever_changed_the_sign_in_in_the_moment_of_asking(rich: Cast) -> None:
    row = ask(rich)
    User.objects.filter(pk=rich.bob.pk).update(credentials_changed_at=NOW - timedelta(milliseconds=5))
    with pytest.raises(CoolingDown):
        withdrawing.approve(actor=rich.olga, withdrawal=row, reason="Known", now=NOW)
    assert (state(row), has(rich.bob)) == (State.REQUESTED, (90 * USDT, 10 * USDT))


def test_nothing_is_approved_of_whose_identity_check_is_over(rich: Cast) -> None:
    row = ask(rich)
    User.objects.filter(pk=rich.bob.pk).update(kyc_state=KycState.EXPIRED)
    with pytest.raises(NotVerified):
        withdrawing.approve(actor=rich.olga, withdrawal=row, reason="Known", now=NOW)
    assert (state(row), has(rich.bob)) == (State.REQUESTED, (90 * USDT, 10 * USDT))


def test_nobody_can_have_sent_what_was_never_approved(rich: Cast) -> None:
    row = ask(rich)
    with pytest.raises(NotOpen):
        withdrawing.hear(withdrawal_id=row.pk, answer=Answer("r", Progress.CONFIRMED), now=NOW)
    assert (state(row), has(rich.bob)) == (State.REQUESTED, (90 * USDT, 10 * USDT))


def test_the_worker_sends_and_follows_by_itself(rich: Cast) -> None:
    row, fails = approved(rich), approved(rich, number=2, address=f"{ETHEREUM[:-4]}DEAD".lower())
    assert tasks.send_approved() == 2
    tasks.follow_sent()
    assert (state(row), state(fails)) == (State.CONFIRMED, State.FAILED)
    assert has(rich.bob) == (90 * USDT, 0)
    assert tasks.send_approved() == 0


def test_a_provider_that_is_away_stops_no_run(rich: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    row, provider = approved(rich), Recorder(error=Away("gone"))
    monkeypatch.setattr(providers, "chosen", lambda: provider)
    assert tasks.send_approved() == 0
    withdrawing.hear(withdrawal_id=row.pk, answer=Answer("r", Progress.PENDING), now=NOW)

    def find(_: Any) -> None:
        raise Away

    monkeypatch.setattr(provider, "find", find)
    tasks.follow_sent()
    assert state(row) == State.SENT


def test_one_of_which_no_sensible_answer_comes_holds_up_nobody(rich: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    provider = Recorder(progress=Progress.CONFIRMED)
    odd, other = approved(rich), approved(rich, number=2, now=NOW + timedelta(seconds=1))
    for row in (odd, other):
        provider.send(withdrawing.payout_of(row))
        withdrawing.hear(withdrawal_id=row.pk, answer=Answer("r", Progress.PENDING), now=NOW)
    find = provider.find

    def answer(payout: Payout) -> Answer | None:
        if payout.key == odd.pk:
            raise Away("not understood")
        return find(payout)

    monkeypatch.setattr(provider, "find", answer)
    monkeypatch.setattr(providers, "chosen", lambda: provider)
    tasks.follow_sent()
    tasks.follow_sent()
    assert (state(odd), state(other)) == (State.SENT, State.CONFIRMED)


@pytest.mark.parametrize(("first", "then"), [("failed", "confirmed"), ("confirmed", "failed")])
def test_a_provider_that_says_the_opposite_later_is_heard_by_somebody(
    rich: Cast, caplog: pytest.LogCaptureFixture, first: str, then: str
) -> None:
    row = approved(rich)
    for said in (first, first, "pending"):
        withdrawing.hear(withdrawal_id=row.pk, answer=Answer("r", Progress(said)), now=NOW)
    assert "opposite" not in caplog.text
    withdrawing.hear(withdrawal_id=row.pk, answer=Answer("r", Progress(then)), now=NOW)
    assert "the provider says the opposite of what is booked" in caplog.text
    assert state(row) == first


def test_what_the_provider_forgot_is_not_given_back_by_itself(
    rich: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    row = approved(rich)
    withdrawing.hear(withdrawal_id=row.pk, answer=Answer("r", Progress.PENDING), now=NOW)
    monkeypatch.setattr(providers, "chosen", Recorder)
    tasks.follow_sent()
    assert (state(row), has(rich.bob)) == (State.SENT, (90 * USDT, 10 * USDT))
    assert "does not know a withdrawal" in caplog.text


def test_a_withdrawal_of_another_provider_is_left_alone(rich: Cast) -> None:
    row = approved(rich)
    assert not withdrawing.send(withdrawal_id=row.pk, provider=Recorder("exchange"), now=NOW)
    assert not withdrawing.send(withdrawal_id=uuid4(), provider=Recorder(), now=NOW)


def test_numbers_go_on(rich: Cast) -> None:
    assert queries.next_withdrawal(user=rich.bob) == 1
    ask(rich)
    assert queries.next_withdrawal(user=rich.bob) == 2
    assert str(WithdrawalEvent.objects.get().withdrawal) == "10 USDT · Waiting for approval"


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_sends(rich: Cast) -> None:
    provider, row = Recorder(), approved(rich)

    def work(_: int) -> bool:
        try:
            return withdrawing.send(withdrawal_id=row.pk, provider=provider, now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(work, range(4)))
    assert (sent.count(True), provider.asked, state(row)) == (1, 1, State.SENT)


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_not_pass_the_limit_together(rich: Cast, settings: Any) -> None:
    settings.WITHDRAW_DAILY_LIMIT = 60

    def work(number: int) -> bool:
        try:
            ask(rich, 40 * USDT, number=number)
        except (OverLimit, Overtaken):
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(work, (1, 2))) == [False, True]
    assert has(rich.bob)[1] == 40 * USDT
