"""Reads of the weekly pool."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import Q

from incentives import weeks
from incentives.models import Estimate, Member, Policy, Prospect, Settlement, State
from planet.accounts.models import User
from planet.ledger import queries as ledger
from planet.ledger.actions import account_of
from planet.ledger.assets import Asset
from planet.ledger.kinds import AccountKind

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Traded:
    """What somebody paid in fees and traded, in USDT, without wash trades."""

    fees: Decimal = ZERO
    volume: Decimal = ZERO


def traded(people: Sequence[UUID], *, until: datetime) -> dict[UUID, Traded]:  # noqa: ARG001
    """What these people verifiably traded in the 30 days before; whoever did not is left out.

    No exchange can be connected yet, so nobody has a verified trade, and everybody's is nothing.
    """
    return {}


def linked(people: Sequence[UUID], *, at: datetime) -> dict[UUID, UUID]:
    """The cluster of each of these that was in force at that moment; whoever was not linked to others is left out.

    Once the moment is past the answer stays the same, whatever becomes of the clusters.
    """
    over = Q(cluster__ended_at__lte=at) | Q(cluster__expires_at__lte=at)
    found = Member.objects.filter(person__in=people, cluster__in_force_at__lte=at).exclude(over)
    return dict(found.order_by("cluster__in_force_at", "cluster_id").values_list("person_id", "cluster_id"))


def policy_of(week: date) -> Policy | None:
    """The policy that holds in a week: the one that began last, and of those the newest."""
    return Policy.objects.filter(starts__lte=week).order_by("-starts", "-version").first()


def next_due(now: datetime) -> date | None:
    """The oldest week that is over and not paid; None when every week is."""
    first = Policy.objects.order_by("starts").values_list("starts", flat=True).first()
    if first is None:
        return None
    paid = Settlement.objects.filter(state=State.PAID).order_by("-week").values_list("week", flat=True).first()
    due = first if paid is None else paid + weeks.WEEK
    return due if weeks.end(due) <= now else None


def units_of(kind: AccountKind) -> int:
    """How much USDT the platform has in its account of this kind."""
    return ledger.balance_of(account_of(None, kind, Asset.USDT))


def rolling_in(week: date, *, now: datetime) -> int:
    """What the weeks before would leave for a running one, as far as it is known: the last of them may be unpaid."""
    due = next_due(now)
    if due is None or due >= week:
        return units_of(AccountKind.POOL)
    last = Settlement.objects.filter(week=week - weeks.WEEK, state__in=(State.COMPUTED, State.APPROVED)).first()
    return int(last.totals["rolled_over_units"]) if last and last.week == due else 0


def estimate(week: date) -> Estimate | None:
    """What is known of a running week; None before its first estimate."""
    return Estimate.objects.select_related("policy").filter(week=week).first()


def prospect(found: Estimate, creator: User) -> Prospect | None:
    """A creator's part of an estimate; None for who has had no attention that counts."""
    return found.prospects.filter(creator=creator).first()


def shares(settlement: Settlement) -> list[tuple[int, UUID, int]]:
    """(award, creator, earned) of everybody who earned anything, most first."""
    earned = settlement.awards.filter(amount_units__gt=0).order_by("-amount_units", "id")
    return [(pk, creator, units or 0) for pk, creator, units in earned.values_list("pk", "creator_id", "amount_units")]


def before(settlement: Settlement) -> Settlement | None:
    """The settlement of the week before."""
    return Settlement.objects.filter(week=settlement.week - weeks.WEEK).first()


@dataclass(frozen=True, slots=True)
class Moved:
    """How a creator's earnings changed from one week to the next, in base units."""

    handle: str
    before: int
    now: int


_MOVED = """
SELECT u.handle, coalesce(b.amount_units, 0), coalesce(n.amount_units, 0)
FROM (SELECT creator_id, amount_units FROM incentives_award WHERE settlement_id = %s AND amount_units > 0) n
FULL JOIN (SELECT creator_id, amount_units FROM incentives_award WHERE settlement_id = %s AND amount_units > 0) b
    USING (creator_id)
JOIN accounts_user u ON u.id = creator_id
WHERE coalesce(n.amount_units, 0) <> coalesce(b.amount_units, 0)
ORDER BY abs(coalesce(n.amount_units, 0) - coalesce(b.amount_units, 0)) DESC, u.handle LIMIT %s
"""


def moved(settlement: Settlement, *, limit: int) -> list[Moved]:
    """Whose earnings changed most since the week before."""
    last = before(settlement)
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, [settlement.pk, last.pk if last else 0, limit])
        return [Moved(*row) for row in cursor.fetchall()]
