"""What the page about the running week shows."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incentives import queries, waterfall, weeks
from incentives.actions.paying import may_be_paid
from incentives.contexts import usdt
from incentives.equation import Week, equation
from incentives.models import Estimate, Prospect
from planet.accounts.models import User
from planet.ledger.assets import Asset, brief

LATE: Final = timedelta(hours=1)  # four runs of the clock


def now(*, viewer: User, at: datetime) -> dict[str, Any]:
    """The running week for somebody: how far it is, and what it would come to. At most six queries."""
    week = weeks.week_of(at)
    shown: dict[str, Any] = {"week": weeks.name_of(week), "left": left(weeks.end(week) - at), "ends": weeks.end(week)}
    estimate = queries.estimate(week)
    if estimate is None:
        return shown | {"state": "waits" if queries.policy_of(week) else "no_policy"}
    shown |= {"estimate": estimate, "figures": figures(estimate), "is_late": at - estimate.at > LATE}
    if not viewer.is_creator:
        return shown | {"state": "reader"}
    if not estimate.pool_units:
        return shown | {"state": "paused"}
    mine = queries.prospect(estimate, viewer)
    if mine is None:
        return shown | {"state": "quiet"}
    return shown | {"state": "earns", "is_withheld": not may_be_paid(viewer)} | _earns(estimate, mine)


def _earns(estimate: Estimate, mine: Prospect) -> dict[str, Any]:
    owed = mine.accrued_units + mine.amount_units
    week = Week(estimate.prospects.all(), "points", estimate.points_nano, estimate.pool_units, estimate.cap_units)
    return {
        **equation(week, points=mine.points, amount=mine.amount_units, written=money),
        "mine": mine,
        "rare": waterfall.RARE,
        "steps": waterfall.steps(mine),
        "accrues": usdt(estimate.policy.minimum_units) if 0 < owed < estimate.policy.minimum_units else "",
        "accrued": usdt(mine.accrued_units) if mine.accrued_units else "",
    }


def figures(estimate: Estimate) -> list[tuple[str, str, str]]:
    """The week of everybody: (name, figure, explanation)."""
    return [
        (_("Pool so far"), usdt(estimate.pool_units), _("with what rolled over") if estimate.rolled_in_units else ""),
        (_("Active viewers"), str(estimate.active_viewers), _("each adds to the pool")
         if estimate.policy.per_viewer_units else ""),
        (_("Creators with points"), str(estimate.creators), ""),
    ]  # fmt: skip


def money(units: int) -> str:
    """An estimate to the cent, cut: the rest would pretend to be known."""
    cent = 10 ** (Asset.USDT.decimals - 2)
    whole, _, rest = brief(units - units % cent, Asset.USDT).partition(".")
    return f"{whole}.{rest or '00'}"


def left(time: timedelta) -> str:
    """How long the week still goes on: days, and on the last day hours."""
    hours = int(time / timedelta(hours=1))
    if hours >= 24:  # hours of a day
        return ngettext("one day left", "%(count)d days left", hours // 24) % {"count": hours // 24}
    return ngettext("one hour left", "%(count)d hours left", hours) % {"count": hours} if hours else _("minutes left")
