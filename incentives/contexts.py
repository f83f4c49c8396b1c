"""What the pages of the weekly pool show."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from incentives import access, archive, queries, weeks
from incentives.errors import Tampered
from incentives.models import Award, Policy, Settlement, State
from incentives.settlement import merkle
from incentives.spread import spread
from planet.accounts.models import User
from planet.ledger.assets import Asset, brief
from planet.web.pagination import keyset

NANO: Final = 10**9


@dataclass(frozen=True)
class Week:
    """A line of the list of weeks."""

    name: str
    pool: str
    creators: int
    viewers: int
    mine: str  # what it came to for whoever looks; empty when nothing


def past(*, after: str | None, viewer: User | None) -> dict[str, Any]:
    """A page of paid weeks, the newest first, with what they came to for somebody. At most two queries."""
    page = keyset(Settlement.objects.filter(state=State.PAID), after=after)
    mine: dict[int, int | None] = {}
    if viewer and viewer.is_creator:
        awards = Award.objects.filter(settlement__in=page.items, creator=viewer)
        mine = dict(awards.values_list("settlement_id", "amount_units"))
    rows = [
        Week(
            one.name, usdt(one.pool_units or 0), one.totals["creators"], one.active_viewers or 0,
            usdt(mine[one.pk] or 0) if mine.get(one.pk) else "",
        )
        for one in page.items
    ]  # fmt: skip
    return {"weeks": rows, "after": page.after}


@dataclass(frozen=True)
class Version:
    """A version of the rules, and what it changed: (rule, before, since)."""

    policy: Policy
    starts: str
    changes: list[tuple[str, str, str]]
    rules: list[tuple[str, str]]  # all of them, where there was none before


def policies(*, after: str | None) -> dict[str, Any]:
    """A page of the versions of the rules, the newest first. Two queries."""
    page = keyset(Policy.objects.all(), after=after, key="version")
    before = {policy.version: policy for policy in page.items}
    if page.items:
        before |= {one.version: one for one in Policy.objects.filter(version=page.items[-1].version - 1)}
    return {"versions": [_version(one, before.get(one.version - 1)) for one in page.items], "after": page.after}


def _version(policy: Policy, before: Policy | None) -> Version:
    now = rules(policy)
    was = rules(before)
    changes = [(name, old, new) for (name, old), (_name, new) in zip(was, now, strict=bool(was)) if old != new]
    return Version(policy, weeks.name_of(policy.starts), changes, [] if before else now)


def rules(policy: Policy | None) -> list[tuple[str, str]]:
    """A policy in words and figures; nothing when there is none."""
    if policy is None:
        return []
    cap = f"{policy.cap_bp // 100}.{policy.cap_bp % 100:02} %"
    weights = [
        (field.verbose_name, plain(getattr(policy, field.name)))
        for field in Policy._meta.fields
        if field.name.endswith("_nano")
    ]
    return [
        (_("Pool: base"), usdt(policy.base_units)),
        (_("Pool: for each active viewer"), usdt(policy.per_viewer_units)),
        (_("Pool: at most"), usdt(policy.most_units)),
        (_("Smallest payout"), usdt(policy.minimum_units)),
        (_("Most for one creator"), cap),
        *((str(name).capitalize(), value) for name, value in weights),
    ]


def week(settlement: Settlement, *, viewer: User | None) -> dict[str, Any]:
    """A paid week, and what it came to for whoever looks."""
    award = settlement.awards.filter(creator=viewer).select_related("correction").first() if viewer else None
    totals = settlement.totals
    return {
        "settlement": settlement,
        "figures": [
            (_("Pool"), usdt(settlement.pool_units or 0)),
            (_("Earned"), usdt(int(totals["amount_units"]))),
            (_("Rolls over"), usdt(int(totals["rolled_over_units"]))),
            (_("Creators"), str(totals["creators"])),
            (_("Active viewers"), str(settlement.active_viewers)),
        ],
        "spread": _spread(settlement),
        "rules": rules(settlement.policy),
        "policy": settlement.policy,
        "files": list(access.files(viewer)),
        "award": award,
        "mine": mine(award) if award else [],
    }


def _spread(settlement: Settlement) -> dict[str, Any] | None:
    """How the week spread, in the words of the page; bars are as long as the largest part allows."""
    found = spread(settlement)
    if found is None:
        return None
    most = max(part.permille for part in found.parts) or 1
    return {
        "gini": f"{found.gini_permille // 1000}.{found.gini_permille % 1000:03}",
        "first": _tenths(found.first_permille),
        "parts": [
            {
                "creators": part.creators,
                "usdt": usdt(part.units),
                "share": _tenths(part.permille),
                "width": 1000 * part.permille // most,
            }
            for part in found.parts
        ],
    }


def _tenths(permille: int) -> str:
    return f"{permille // 10}.{permille % 10}"


def mine(award: Award) -> list[tuple[str, str]]:
    """What the week came to for one creator."""
    rows = [
        (_("Points"), plain(award.points_nano or 0)),
        (_("Earned"), usdt(award.amount_units or 0)),
        (_("Accrued before"), usdt(award.before_units)),
        (_("Paid"), usdt(0 if award.is_withheld else award.paid_units or 0)),
        (_("Accrued after"), usdt((award.accrued_units or 0) + (award.is_withheld * (award.paid_units or 0)))),
        (_("Your name in this week's files"), str(award.pseudonym)),
    ]
    if (correction := getattr(award, "correction", None)) is not None:
        rows.append((_("Corrected to"), f"{usdt(correction.units)} · {correction.reason}"))
    return rows


def proof(award: Award) -> dict[str, Any]:
    """What leads from this award to the published root; amounts are texts, a browser's numbers are not exact."""
    name, creator, units = award.settlement.name, str(award.pseudonym), award.amount_units or 0
    own = merkle.leaf(name, creator, units)
    return {
        "week": name,
        "creator_id": creator,
        "amount_units": str(units),
        "types": list(merkle.TYPES),
        "leaf": f"0x{own.hex()}",
        "proof": [f"0x{one.hex()}" for one in _siblings(award.settlement, own)],
        "root": award.settlement.merkle_root,
    }


def _siblings(settlement: Settlement, own: bytes) -> list[bytes]:
    """The proof from the stored tree; from all awards where none was kept yet, or it is not what was published."""
    try:
        found = archive.proof(settlement.folder, own)
    except Tampered:
        found = []
    if merkle.is_proven(bytes.fromhex(settlement.merkle_root.removeprefix("0x")), own, found):
        return found
    every = settlement.awards.values_list("pseudonym", "amount_units")
    leaves = (merkle.leaf(settlement.name, str(one), amount or 0) for one, amount in every.iterator())
    return merkle.Tree(leaves).proof(own)


def index(*, now: Any, after: str | None, viewer: User | None) -> dict[str, Any]:
    """The rules that hold, the week that is being settled, and those that were."""
    policy = queries.policy_of(weeks.week_of(now))
    due = queries.next_due(now)
    return {
        "policy": policy,
        "rules": rules(policy),
        "running": weeks.name_of(weeks.week_of(now)),
        "due": weeks.name_of(due) if due else "",
        **past(after=after, viewer=viewer),
    }


def usdt(units: int) -> str:
    """An amount with its asset."""
    return f"{brief(units, Asset.USDT)} USDT"


def plain(nano: int) -> str:
    """Nano as an exact decimal without zeros behind."""
    whole, rest = divmod(nano, NANO)
    return f"{whole}.{rest:09}".rstrip("0").rstrip(".")
