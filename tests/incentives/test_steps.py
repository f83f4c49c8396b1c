"""From frozen inputs to money: dry run, two approvals, payment, corrections; in order, once, whatever breaks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import ProtectedError

from incentives import archive, flags
from incentives.actions import paying
from incentives.actions.approving import approve
from incentives.actions.computing import compute
from incentives.actions.freezing import freeze
from incentives.actions.going_on import go_on
from incentives.actions.paying import correct, pay
from incentives.actions.policies import write
from incentives.errors import (
    NotAhead,
    NotDisputable,
    SecondApproval,
    Spent,
    Tampered,
    UnknownOperator,
    Waits,
    WrongState,
)
from incentives.models import Award, Correction, Settlement, State
from incentives.settlement import statement
from incentives.weeks import WEEK as SEVEN_DAYS
from planet.accounts.models import KycState, User
from planet.ledger import verify
from planet.ledger.actions import account_of, move
from planet.ledger.assets import Asset
from planet.ledger.kinds import TIP, AccountKind
from planet.ledger.models import Transfer
from planet.moderation.models import AuditEntry
from tests.factories import known, make_user
from tests.incentives.conftest import CLOSED, RULES, USDT, WEEK, Pool, nothing_waits

NEXT = WEEK + SEVEN_DAYS


def dry(week: date = WEEK, now: datetime = CLOSED) -> Settlement:
    freeze(week=week, now=now)
    return compute(week=week, now=now)


def approved(pool: Pool, week: date = WEEK, now: datetime = CLOSED) -> Settlement:
    settlement = dry(week, now)
    for operator in (pool.olga, pool.otto):
        approve(actor=operator, settlement=settlement, reason="Looks right.", now=now)
    return settlement


def paid(pool: Pool, week: date = WEEK, now: datetime = CLOSED) -> Settlement:
    approved(pool, week, now)
    return pay(week=week, now=now)


def right() -> bool:
    return list(verify.findings()) == []


def test_a_dry_run_says_what_everybody_would_get_and_pays_nobody(week: Pool) -> None:
    settlement = dry()

    award = Award.objects.get()
    assert (settlement.state, award.amount_units, award.paid_units) == (State.COMPUTED, 100 * USDT, 100 * USDT)
    assert settlement.merkle_root == settlement.totals["merkle_root"] != ""
    assert settlement.totals["paid_units"] == str(100 * USDT)
    assert week.has("alice") == week.has("alice", AccountKind.ACCRUED) == 0
    assert compute(week=WEEK, now=CLOSED + SEVEN_DAYS).computed_at == CLOSED


def test_what_was_not_frozen_is_not_computed(week: Pool) -> None:
    with pytest.raises(ZeroDivisionError), broken("incentives.archive.keep"):
        freeze(week=WEEK, now=CLOSED)
    with pytest.raises(WrongState):
        compute(week=WEEK, now=CLOSED)


def test_inputs_that_were_changed_are_noticed(week: Pool) -> None:
    settlement = freeze(week=WEEK, now=CLOSED)
    archive.put(settlement.folder, "viewers.csv", b"viewer_id,value_nano,cluster_id\n")
    with pytest.raises(Tampered):
        compute(week=WEEK, now=CLOSED)


def test_two_different_operators_approve(week: Pool) -> None:
    settlement = dry()
    approve(actor=week.olga, settlement=settlement, reason="Yes.", now=CLOSED)
    with pytest.raises(SecondApproval):
        approve(actor=week.olga, settlement=settlement, reason="And again.", now=CLOSED)
    with pytest.raises(WrongState):
        pay(week=WEEK, now=CLOSED)
    assert week.has("alice") == 0

    approve(actor=week.otto, settlement=settlement, reason="Me too.", now=CLOSED)

    settlement.refresh_from_db()
    assert settlement.state == State.APPROVED
    assert AuditEntry.objects.filter(action="pool.approve").count() == 2
    with pytest.raises(WrongState):
        approve(actor=week.olga, settlement=settlement, reason="A third.", now=CLOSED)


@pytest.mark.parametrize("lack", ["check", "identity"])
def test_whoever_is_not_known_may_be_one_person_twice(week: Pool, lack: str) -> None:
    settlement = dry()
    approve(actor=week.olga, settlement=settlement, reason="Yes.", now=CLOSED)
    if lack == "check":
        User.objects.filter(pk=week.otto.pk).update(kyc_state="expired")
        week.otto.refresh_from_db()
    else:
        week.otto.identities.all().delete()
    with pytest.raises(UnknownOperator):
        approve(actor=week.otto, settlement=settlement, reason="Me too.", now=CLOSED)
    assert settlement.approvals.count() == 1


@pytest.mark.parametrize(
    "fields",
    [{"is_active": False}, {"is_superuser": False}, {"kyc_state": "expired"}],
    ids=["suspended", "no operator", "no longer known"],
)
def test_whoever_is_no_operator_any_more_does_not_count(week: Pool, fields: dict[str, bool]) -> None:
    settlement, third = dry(), known(make_user("owen", is_staff=True, is_superuser=True))
    approve(actor=week.olga, settlement=settlement, reason="Yes.", now=CLOSED)
    User.objects.filter(pk=week.olga.pk).update(**fields)

    approve(actor=week.otto, settlement=settlement, reason="Me too.", now=CLOSED)
    assert Settlement.objects.get().state == State.COMPUTED

    approve(actor=third, settlement=settlement, reason="I looked as well.", now=CLOSED)
    assert Settlement.objects.get().state == State.APPROVED


def test_a_step_may_work_for_longer_than_the_database_lets_others_be_idle(
    week: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    freeze(week=WEEK, now=CLOSED)
    limits = []

    def settle(directory: Path) -> statement.Settlement:
        with connection.cursor() as cursor:
            cursor.execute("SHOW idle_in_transaction_session_timeout")
            limits.append(cursor.fetchone())
        return right_one(directory)

    with connection.cursor() as cursor:
        cursor.execute("SET idle_in_transaction_session_timeout = '60s'")  # until the test's transaction is undone
    right_one = statement.settle
    monkeypatch.setattr(statement, "settle", settle)
    compute(week=WEEK, now=CLOSED)
    assert limits == [("0",)]


def test_everybody_is_paid_once(week: Pool) -> None:
    assert paid(week).state == State.PAID
    transfers = Transfer.objects.count()
    pay(week=WEEK, now=CLOSED)

    assert (week.has("alice"), week.holds(), Transfer.objects.count()) == (100 * USDT, 0, transfers)
    assert right()


@contextmanager
def broken(target: str, after: int = 0) -> Iterator[None]:
    """This function fails from its call number `after` on."""
    calls = 0
    with pytest.MonkeyPatch.context() as patched:
        module, _, name = target.rpartition(".")
        plain = getattr(__import__(module, fromlist=[name]), name)

        def cut(*args: object, **options: object) -> object:
            nonlocal calls
            calls += 1
            if calls > after:
                raise ZeroDivisionError
            return plain(*args, **options)

        patched.setattr(target, cut)
        yield


@pytest.mark.parametrize("after", range(6), ids=str)
def test_cut_off_at_any_transfer_and_run_again_it_is_the_same_money(
    week: Pool, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    monkeypatch.setattr(paying, "BATCH", 1)
    week.watched("bob", "carol")
    week.watched("bob", "dave")
    settlement = approved(week)
    with pytest.raises(ZeroDivisionError), broken("incentives.actions.paying.move", after):
        pay(week=WEEK, now=CLOSED)
    assert settlement.awards.filter(settled_at=None).count() == 3 - after // 2
    assert right()

    pay(week=WEEK, now=CLOSED + timedelta(hours=1))

    assert sum(week.has(name) for name in ("alice", "carol", "dave")) == 100 * USDT
    assert week.holds() == 0
    assert Transfer.objects.filter(kind="payout").count() == 3
    assert right()


@pytest.mark.parametrize("step", ["put", "save", "flags"], ids=str)
def test_a_dry_run_that_broke_off_is_run_again(week: Pool, step: str) -> None:
    freeze(week=WEEK, now=CLOSED)
    target = {
        "put": "incentives.archive.put",
        "save": "incentives.actions.computing._write",
        "flags": "incentives.flags.found",
    }[step]
    with pytest.raises(ZeroDivisionError), broken(target):
        compute(week=WEEK, now=CLOSED)
    assert Settlement.objects.get().state == State.CLOSED
    assert Award.objects.get().amount_units is None

    settlement = compute(week=WEEK, now=CLOSED)

    assert archive.read(settlement.folder, "statement.csv").count(b"\n") == 2


def test_what_is_below_the_minimum_accrues_and_is_paid_with_a_later_week(pool: Pool) -> None:
    pool.policy(base_units=600_000)
    pool.fund(10 * USDT)
    pool.watched("bob", "alice")
    paid(pool)
    assert (pool.has("alice"), pool.has("alice", AccountKind.ACCRUED)) == (0, 600_000)

    pool.watched("bob", "alice", week=NEXT)
    paid(pool, NEXT, CLOSED + SEVEN_DAYS)

    assert (pool.has("alice"), pool.has("alice", AccountKind.ACCRUED)) == (1_200_000, 0)
    assert right()


def test_what_the_cap_leaves_rolls_into_the_next_week(pool: Pool) -> None:
    pool.policy(cap_bp=1000)
    pool.fund(1000 * USDT)
    pool.watched("bob", "alice")
    paid(pool)

    nothing_waits(CLOSED + SEVEN_DAYS)
    following = freeze(week=NEXT, now=CLOSED + SEVEN_DAYS)

    assert pool.has("alice") == 10 * USDT
    assert (following.rolled_in_units, following.pool_units) == (90 * USDT, 190 * USDT)


def test_a_week_in_which_nothing_happened_rolls_over_whole(pool: Pool) -> None:
    pool.policy()
    pool.fund(1000 * USDT)

    settlement = paid(pool)

    assert (settlement.merkle_root, settlement.totals["rolled_over_units"]) == ("", str(100 * USDT))
    assert pool.holds() == 100 * USDT


def test_whoever_has_an_award_cannot_be_deleted_from_under_it(week: Pool) -> None:
    """Who leaves is emptied of what identifies them, and the account is closed: as whoever is suspended."""
    approved(week)
    with pytest.raises(ProtectedError):
        week.people["alice"].delete()
    pay(week=WEEK, now=CLOSED)
    assert week.has("alice") == 100 * USDT


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=8), timedelta(days=400)], ids=str)
def test_a_clock_that_went_back_pays_the_same_once(week: Pool, back: timedelta) -> None:
    """By the clock nothing is due then; by hand what was approved is paid. When it is right again, nothing is added."""
    approved(week)
    assert go_on(now=CLOSED - SEVEN_DAYS) == []
    pay(week=WEEK, now=CLOSED - back)
    assert go_on(now=CLOSED) == []
    assert (week.has("alice"), week.holds()) == (100 * USDT, 0)
    assert right()


@pytest.mark.parametrize("step", [freeze, compute, pay], ids=lambda step: step.__name__)
def test_a_clock_that_was_a_day_ahead_once_does_nothing_early(week: Pool, step: Callable[..., Settlement]) -> None:
    """Whatever the clock of whoever settles says: attention of the week is not all written down yet."""
    nothing_waits(CLOSED - timedelta(days=1) - timedelta(days=365))
    with pytest.raises((Waits, WrongState)):
        step(week=WEEK, now=CLOSED)
    assert week.holds() == 0
    nothing_waits()
    assert paid(week).closed_at == CLOSED
    assert week.has("alice") == 100 * USDT


@pytest.mark.parametrize(
    "fields", [{"is_active": False}, {"kyc_state": KycState.EXPIRED}], ids=["suspended", "identity check expired"]
)
def test_who_may_not_be_paid_keeps_it_accrued_and_gets_it_once_that_is_over(week: Pool, fields: dict[str, str]) -> None:
    approved(week)
    week.change("alice", **fields)
    pay(week=WEEK, now=CLOSED)
    assert (week.has("alice"), week.has("alice", AccountKind.ACCRUED)) == (0, 100 * USDT)
    assert Award.objects.get().is_withheld

    paid(week, NEXT, CLOSED + SEVEN_DAYS)
    assert week.has("alice") == 0

    week.change("alice", is_active=True, kyc_state=KycState.APPROVED)
    paid(week, NEXT + SEVEN_DAYS, CLOSED + 2 * SEVEN_DAYS)
    assert (week.has("alice"), week.has("alice", AccountKind.ACCRUED)) == (100 * USDT, 0)
    assert right()


def test_a_dispute_takes_back_and_gives_what_is_right(week: Pool) -> None:
    paid(week)
    award = Award.objects.get()

    correct(actor=week.olga, award=award, units=40 * USDT, reason="Bought views.", now=CLOSED + timedelta(days=6))

    assert (week.has("alice"), week.has("alice", AccountKind.ACCRUED)) == (0, 40 * USDT)
    assert week.holds() == 60 * USDT
    assert AuditEntry.objects.filter(action="pool.correct").count() == 1
    with pytest.raises(NotDisputable):
        correct(actor=week.olga, award=award, units=0, reason="Again.", now=CLOSED + timedelta(days=6))
    assert right()


def test_nothing_is_corrected_when_the_time_is_over_or_upwards_or_when_it_is_spent(week: Pool) -> None:
    paid(week)
    award = Award.objects.get()
    with pytest.raises(NotDisputable):
        correct(actor=week.olga, award=award, units=0, reason="Late.", now=CLOSED + SEVEN_DAYS)
    with pytest.raises(NotDisputable):
        correct(actor=week.olga, award=award, units=100 * USDT, reason="The same.", now=CLOSED)
    alice, bob = (account_of(week.people[name], AccountKind.AVAILABLE, Asset.USDT) for name in ("alice", "bob"))
    move(kind=TIP, source=alice, target=bob, units=1, key="tip", actor=None, now=CLOSED)
    with pytest.raises(Spent):
        correct(actor=week.olga, award=award, units=0, reason="Gone.", now=CLOSED)
    assert not Correction.objects.exists()
    assert week.has("alice") == 100 * USDT - 1
    assert right()


def test_what_a_correction_took_since_the_freeze_is_not_paid(pool: Pool) -> None:
    """0.60 accrue in the first week; the second is frozen with them; then the first is corrected to 0.10."""
    pool.policy(base_units=600_000)
    pool.fund(10 * USDT)
    pool.watched("bob", "alice")
    paid(pool)
    pool.watched("bob", "alice", week=NEXT)
    approved(pool, NEXT, CLOSED + timedelta(days=7))
    first = Award.objects.get(settlement__week=WEEK)
    correct(actor=pool.olga, award=first, units=100_000, reason="Half was bought.", now=CLOSED + timedelta(days=6))

    pay(week=NEXT, now=CLOSED + timedelta(days=7))

    assert (pool.has("alice"), pool.has("alice", AccountKind.ACCRUED)) == (700_000, 0)
    assert right()


def test_a_policy_holds_from_a_week_that_has_not_begun(pool: Pool) -> None:
    first = pool.policy()
    second = pool.policy(NEXT, base_units=5)
    third = pool.policy(NEXT, base_units=6)
    assert [one.version for one in (first, second, third)] == [1, 2, 3]
    for starts in (WEEK, WEEK + timedelta(days=1), WEEK - SEVEN_DAYS):
        with pytest.raises(NotAhead):
            write(actor=pool.olga, starts=starts, reason="Now.", now=CLOSED - SEVEN_DAYS, **RULES)
    pool.fund(1000 * USDT)
    assert paid(pool).policy == first
    assert freeze(week=NEXT, now=CLOSED + SEVEN_DAYS).funded_units == 6
    assert AuditEntry.objects.filter(action="pool.policy").count() == 3


ANA, BEA, *REST = (uuid4() for _ in range(40))


@pytest.mark.parametrize(
    ("now", "before", "pool", "kinds"),
    [
        ({ANA: 10}, None, 10, []),
        ({ANA: 10, BEA: 90}, {ANA: 2, BEA: 98}, 100, [("jump", ANA)]),
        ({ANA: 9, BEA: 91}, {ANA: 2, BEA: 98}, 100, []),
        ({ANA: 50, BEA: 50}, {ANA: 100}, 100, [("new_at_cap", BEA)]),
        ({ANA: 49}, {ANA: 100}, 100, [("roll_over", None)]),
        ({}, {}, 0, []),
        ({}, {}, 5, [("roll_over", None)]),
        ({ANA: 500, **dict.fromkeys(REST[:20], 1)}, None, 520, [("concentration", None)]),
        (dict.fromkeys(REST[:30], 1), None, 30, []),
    ],
    ids=["first week", "jump", "less", "new at cap", "rolls over", "empty", "nobody", "few have most", "even"],
)
def test_flags(now: dict[object, int], before: dict[object, int] | None, pool: int, kinds: list[object]) -> None:
    found = flags.found(now=now, before=before, pool=pool, cap_bp=5000)  # type: ignore[arg-type]
    assert [(one.kind, one.creator) for one in found] == kinds
