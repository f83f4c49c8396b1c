"""A large withdrawal needs two known people's yes; what was approved for somebody suspended since is given back."""

from datetime import timedelta
from typing import Any

import pytest

from planet.accounts.models import KycState, User
from planet.cashier import queries, tasks
from planet.cashier.actions import withdrawing
from planet.cashier.errors import NotOpen, Oneself, SecondApproval, UnknownOperator
from planet.cashier.models import State, Withdrawal, WithdrawalApproval
from planet.cashier.providers import Answer, Away, Payout, Progress, exchange
from planet.moderation.models import AuditEntry
from tests.cashier.conftest import NOW, USDT, Recorder, approved, ask, has, operator
from tests.cast import Cast
from tests.factories import known


@pytest.fixture
def large(rich: Cast, settings: Any) -> Withdrawal:
    """Bob asks for more than one operator may let go; Olga is known."""
    settings.WITHDRAW_TWO_APPROVALS_ABOVE = 50
    known(rich.olga)
    return ask(rich, 51 * USDT)


def yes(actor: User, row: Withdrawal) -> str:
    return withdrawing.approve(actor=actor, withdrawal=row, reason="Known", now=NOW).state


def test_a_large_one_goes_with_the_second_yes(rich: Cast, large: Withdrawal) -> None:
    assert yes(rich.olga, large) == State.REQUESTED
    assert queries.to_send(provider="sandbox", now=NOW, limit=9) == []
    assert yes(operator("oscar"), large) == State.APPROVED
    assert list(large.approvals.values_list("operator__handle", flat=True).order_by("id")) == ["olga", "oscar"]


def test_nobody_says_both(rich: Cast, large: Withdrawal) -> None:
    yes(rich.olga, large)
    with pytest.raises(SecondApproval):
        yes(rich.olga, large)
    large.refresh_from_db()
    assert (large.state, large.approvals.count()) == (State.REQUESTED, 1)


@pytest.mark.parametrize("lack", ["check", "identity"])
def test_who_is_not_known_is_not_one_of_the_two(rich: Cast, large: Withdrawal, lack: str) -> None:
    other = operator("oscar")
    if lack == "check":
        User.objects.filter(pk=other.pk).update(kyc_state=KycState.EXPIRED)
        other.refresh_from_db()
    else:
        other.identities.all().delete()
    with pytest.raises(UnknownOperator):
        yes(other, large)
    assert not WithdrawalApproval.objects.exists()


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_superuser": False}, {"kyc_state": KycState.EXPIRED}])
def test_the_yes_of_who_is_no_operator_any_more_does_not_count(
    rich: Cast, large: Withdrawal, change: dict[str, Any]
) -> None:
    yes(rich.olga, large)
    User.objects.filter(pk=rich.olga.pk).update(**change)
    assert yes(operator("oscar"), large) == State.REQUESTED
    assert yes(operator("otto"), large) == State.APPROVED


def test_an_amount_in_two_halves_needs_two_as_well(rich: Cast, settings: Any) -> None:
    settings.WITHDRAW_TWO_APPROVALS_ABOVE = 50
    first = ask(rich, 26 * USDT)
    second = ask(rich, 26 * USDT, number=2, now=NOW + timedelta(seconds=1))
    later = ask(rich, 26 * USDT, number=3, now=NOW + timedelta(days=1, seconds=2))
    assert [queries.approvals_needed(row) for row in (first, second, later)] == [1, 2, 1]
    withdrawing.cancel(actor=rich.bob, withdrawal=first, now=NOW)
    assert queries.approvals_needed(second) == 1


def test_an_amount_at_the_setting_needs_one(rich: Cast, settings: Any) -> None:
    settings.WITHDRAW_TWO_APPROVALS_ABOVE = 51
    assert yes(rich.olga, ask(rich, 51 * USDT)) == State.APPROVED


def test_it_can_be_cancelled_or_given_back_between_the_two(rich: Cast, large: Withdrawal) -> None:
    yes(rich.olga, large)
    withdrawing.cancel(actor=rich.bob, withdrawal=large, now=NOW)
    with pytest.raises(NotOpen):
        yes(operator("oscar"), large)
    assert has(rich.bob) == (100 * USDT, 0)


def test_nobody_decides_about_their_own(rich: Cast) -> None:
    row = ask(rich)
    for act in (withdrawing.approve, withdrawing.reject):
        with pytest.raises(Oneself):
            act(actor=rich.bob, withdrawal=row, reason="Mine", now=NOW)
    assert not WithdrawalApproval.objects.exists()


def test_the_room_says_how_many_have_said_yes(rich: Cast, large: Withdrawal) -> None:
    page, browser = f"/admin/cashier/withdrawal/{large.pk}/", rich.browser(rich.olga)
    assert "0 of 2" in browser.get(f"{page}change/").content.decode()
    for said in ("done for one", "you have approved it; somebody else has to, too"):
        assert said in browser.post(f"{page}use/approve/", {"reason": "Known"}, follow=True).content.decode()
    assert "1 of 2" in browser.get(f"{page}change/").content.decode()
    assert AuditEntry.objects.get().details["state"] == State.REQUESTED


# --- suspended between the yes and the sending -----------------------------------------------------------------------


def suspended(cast: Cast) -> None:
    User.objects.filter(pk=cast.bob.pk).update(is_active=False)


def test_what_was_approved_is_given_back_of_whoever_was_suspended_before_it_was_sent(rich: Cast) -> None:
    row = approved(rich)
    suspended(rich)
    assert tasks.send_approved() == 0
    assert not withdrawing.send(withdrawal_id=row.pk, provider=Recorder(), now=NOW)
    page = f"/admin/cashier/withdrawal/{row.pk}/use/reject/"
    rich.browser(rich.olga).post(page, {"reason": "Stolen account"}, follow=True)
    row.refresh_from_db()
    assert (row.state, row.reason, has(rich.bob)) == (State.FAILED, "Stolen account", (100 * USDT, 0))
    assert AuditEntry.objects.get().action == "withdrawal.reject"
    assert row.events.latest("id").reason == "Stolen account"  # who is suspended reads it there when they are back


def test_what_the_provider_may_have_heard_of_is_asked_after_and_never_given_back(rich: Cast) -> None:
    provider, row = Recorder(error=Away("timeout")), approved(rich)
    with pytest.raises(Away):
        withdrawing.send(withdrawal_id=row.pk, provider=provider, now=NOW)
    suspended(rich)
    with pytest.raises(NotOpen):
        withdrawing.reject(actor=rich.olga, withdrawal=row, reason="Stolen", now=NOW)
    assert withdrawing.send(withdrawal_id=row.pk, provider=provider, now=NOW + timedelta(minutes=1))
    row.refresh_from_db()
    assert (row.state, provider.asked) == (State.SENT, 1)


def test_what_the_provider_never_heard_of_is_not_sent_to_whoever_is_suspended(rich: Cast) -> None:
    provider, row = Deaf(), approved(rich)
    with pytest.raises(Away):
        withdrawing.send(withdrawal_id=row.pk, provider=provider, now=NOW)
    suspended(rich)
    assert not withdrawing.send(withdrawal_id=row.pk, provider=provider, now=NOW + timedelta(minutes=1))
    row.refresh_from_db()
    assert (row.state, provider.asked, row.tries) == (State.APPROVED, 1, 2)


class Deaf(Recorder):
    """A provider that no request reaches, but that can be asked."""

    def send(self, payout: Payout) -> Answer:
        self.asked += 1
        raise Away("gone")


def unheard(cast: Cast) -> Withdrawal:
    """Tried once, nothing arrived, and whose it is was suspended; the provider was asked a long time after."""
    row = approved(cast)
    with pytest.raises(Away):
        withdrawing.send(withdrawal_id=row.pk, provider=Deaf(), now=NOW)
    suspended(cast)
    assert not withdrawing.send(withdrawal_id=row.pk, provider=Deaf(), now=NOW + timedelta(minutes=16))
    row.refresh_from_db()
    return row


def test_what_the_provider_never_heard_of_is_given_back_once_nothing_can_be_under_way(rich: Cast) -> None:
    row = unheard(rich)
    withdrawing.reject(actor=rich.olga, withdrawal=row, reason="Stolen", now=NOW + timedelta(minutes=17))
    row.refresh_from_db()
    assert (row.state, has(rich.bob)) == (State.FAILED, (100 * USDT, 0))
    assert not withdrawing.send(withdrawal_id=row.pk, provider=Recorder(), now=NOW + timedelta(days=1))


def test_a_request_that_may_still_be_under_way_is_waited_for(rich: Cast) -> None:
    row = approved(rich)
    with pytest.raises(Away):
        withdrawing.send(withdrawal_id=row.pk, provider=Deaf(), now=NOW)
    suspended(rich)
    assert not withdrawing.send(withdrawal_id=row.pk, provider=Deaf(), now=NOW + timedelta(minutes=14))
    with pytest.raises(NotOpen):
        withdrawing.reject(actor=rich.olga, withdrawal=row, reason="Stolen", now=NOW + timedelta(minutes=20))


def test_in_a_run_that_takes_long_each_is_tried_at_its_own_time(rich: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """From that time on it is reckoned what may still be under way: the start of the run is too early."""
    clock = [NOW]

    class Slow(Recorder):
        def send(self, payout: Payout) -> Answer:
            clock[0] += timedelta(minutes=8)
            raise Away("slow")

    for number in (1, 2):
        row = ask(rich, 10 * USDT, number=number)
        withdrawing.approve(actor=rich.olga, withdrawal=row, reason="Known", now=NOW)
    monkeypatch.setattr("planet.cashier.tasks.providers.chosen", Slow)
    monkeypatch.setattr("planet.cashier.tasks.timezone.now", lambda: clock[0])
    assert tasks.send_approved() == 0
    tries = Withdrawal.objects.order_by("next_try_at").values_list("next_try_at", flat=True)
    assert list(tries) == [NOW + withdrawing.FIRST_RETRY, NOW + timedelta(minutes=8) + withdrawing.FIRST_RETRY]


def test_nothing_is_under_way_longer_than_a_worker_lives(settings: Any) -> None:
    assert withdrawing.UNDER_WAY.total_seconds() > settings.CELERY_TASK_TIME_LIMIT + exchange.TIMEOUT_SECONDS


def test_a_next_try_of_whoever_is_back_cannot_be_given_back(rich: Cast) -> None:
    """The suspension was lifted, the provider was asked to send it, and suspended again: nobody knows once more."""
    row = unheard(rich)
    User.objects.filter(pk=rich.bob.pk).update(is_active=True)
    with pytest.raises(Away):
        withdrawing.send(withdrawal_id=row.pk, provider=Deaf(), now=NOW + timedelta(minutes=30))
    suspended(rich)
    with pytest.raises(NotOpen):
        withdrawing.reject(actor=rich.olga, withdrawal=row, reason="Stolen", now=NOW + timedelta(minutes=31))


def test_a_lifted_suspension_lets_it_go(rich: Cast) -> None:
    row = approved(rich)
    suspended(rich)
    assert tasks.send_approved() == 0
    User.objects.filter(pk=rich.bob.pk).update(is_active=True)
    assert withdrawing.send(withdrawal_id=row.pk, provider=Recorder(progress=Progress.PENDING), now=NOW)
