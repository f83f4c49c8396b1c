"""The weekly pool of the demo planet: a policy, test money for it, and two weeks that were settled by it.

Every step is the product's own, at the moment it would have happened; the week that has just ended is left to the clock
and to the operators, of whom there are two: nobody approves a week alone.
"""

import datetime as dt
from typing import Final
from uuid import UUID

from allauth.account.models import EmailAddress

from incentives import weeks
from incentives.actions.approving import approve
from incentives.actions.computing import compute
from incentives.actions.estimating import estimate
from incentives.actions.freezing import freeze
from incentives.actions.paying import pay
from incentives.actions.policies import write as write_policy
from planet.accounts.models import User
from planet.cashier.actions.funding import fund
from planet.cashier.providers.sandbox import Sandbox
from planet.config.demo import people
from planet.config.demo.checks import known
from planet.moderation.actions import give_role

USDT: Final = 1_000_000
NANO: Final = 10**9
SETTLED: Final = 2  # weeks
FUNDS: Final = 26_000 * USDT  # half a year
AMOUNTS: Final = {
    "base_units": 800 * USDT, "per_viewer_units": USDT, "most_units": 5_000 * USDT, "minimum_units": 10 * USDT,
    "cap_bp": 1_000, "budget_nano": 12 * NANO, "minute_nano": NANO, "like_nano": NANO // 2, "bookmark_nano": NANO // 2,
    "comment_nano": 3 * NANO, "share_nano": 2 * NANO, "component_nano": NANO,
}  # fmt: skip


def write(operator: UUID, *, now: dt.datetime) -> None:
    """Write it all. Everything that people did must be there, and counted by ANALYZE."""
    first = weeks.week_of(now - weeks.FREEZE_AFTER) - (SETTLED + 1) * weeks.WEEK
    before = weeks.begin(first) - dt.timedelta(days=3)
    mira = User.objects.get(pk=operator)
    noor = _second(mira, before)
    mira, noor = known(mira, noor, before), known(noor, mira, before)
    write_policy(
        actor=mira, starts=first, reason="The first pool, as agreed with the community.", now=before, **AMOUNTS
    )
    fund(
        actor=noor, provider=Sandbox.name, units=FUNDS, key="first-half-year", reason="The pool's first half year.",
        now=before,
    )  # fmt: skip
    for number in range(SETTLED):
        _settle(first + number * weeks.WEEK, (mira, noor))
    estimate(now=now)  # the clock's next one may be a quarter of an hour away


def _settle(week: dt.date, operators: tuple[User, User]) -> None:
    """What happens on the Monday after: the clock's part by night, the operators' in the morning."""
    night = weeks.freezes_at(week)
    freeze(week=week, now=night)
    settlement = compute(week=week, now=night + dt.timedelta(minutes=1))
    for hours, operator in enumerate(operators, start=6):
        morning = night + dt.timedelta(hours=hours)
        approve(actor=operator, settlement=settlement, reason="Looked through; no flag stands.", now=morning)
    pay(week=week, now=night + dt.timedelta(hours=9))


def _second(mira: User, now: dt.datetime) -> User:
    """The other operator, who looks after money alone."""
    account = people.TREASURER
    noor = User.objects.create_user(
        email=account.email, password=account.password, handle=people.TREASURER_HANDLE, date_joined=now
    )
    EmailAddress.objects.create(user=noor, email=noor.email, verified=True, primary=True)
    give_role(actor=mira, user=noor, role="Treasurer", reason="Looks after the pool.", now=now)
    return User.objects.get(pk=noor.pk)
