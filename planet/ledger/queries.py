"""Reading the ledger: what a person has, and how it came about."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.db.models import F, OuterRef, Prefetch, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from planet.accounts.models import User
from planet.ledger.assets import Asset, written
from planet.ledger.fields import UnitsField
from planet.ledger.kinds import AccountKind
from planet.ledger.models import Account, Leg

CHUNK = 500  # legs in memory at once while a statement is written


@dataclass(frozen=True)
class Balance:
    """What a person has of one asset, in base units by the kind of account."""

    asset: Asset
    units: dict[AccountKind, int]

    @property
    def total(self) -> str:
        """All of it, as people write it."""
        return written(sum(self.units.values()), self.asset)

    @property
    def parts(self) -> list[tuple[str, str]]:
        """Each part's name and amount, as people write it."""
        return [(str(kind.label), written(units, self.asset)) for kind, units in self.units.items()]


def _amounts(accounts: QuerySet[Account]) -> list[tuple[str, str, int]]:
    """(asset, kind, units) of accounts: balances with the credits that wait to be folded in, as of one moment."""
    waiting = Leg.objects.filter(account=OuterRef("pk"), number=None).values("account")
    total = Subquery(waiting.annotate(total=Sum("units")).values("total"), output_field=UnitsField())
    now = F("balance") + Coalesce(total, 0, output_field=UnitsField())
    return [(asset, kind, int(units)) for asset, kind, units in accounts.values_list("asset", "kind", now)]


def balance_of(account: Account) -> int:
    """What is in an account at this moment, in base units."""
    ((_, _, units),) = _amounts(Account.objects.filter(pk=account.pk))
    return units


def available(*, owner: User, asset: Asset) -> int:
    """What a person can spend of an asset at this moment, in base units."""
    accounts = Account.objects.filter(owner=owner, kind=AccountKind.AVAILABLE, asset=asset)
    return sum(units for _, _, units in _amounts(accounts))


def balances(*, owner: User) -> list[Balance]:
    """What a person has of every asset; zeros where they never had any."""
    found = {(asset, kind): units for asset, kind, units in _amounts(Account.objects.filter(owner=owner))}
    kinds = (AccountKind.AVAILABLE, AccountKind.HELD, AccountKind.ACCRUED)
    return [Balance(asset, {kind: found.get((asset, kind), 0) for kind in kinds}) for asset in Asset]


def holders(*, kind: AccountKind, asset: Asset) -> Iterator[tuple[UUID, int]]:
    """Whoever has anything in an account of this kind, and how much in base units, with what waits; streamed."""
    waiting = Leg.objects.filter(account=OuterRef("pk"), number=None).values("account")
    total = Subquery(waiting.annotate(total=Sum("units")).values("total"), output_field=UnitsField())
    rows = Account.objects.filter(kind=kind, asset=asset, owner__isnull=False)
    rows = rows.annotate(has=F("balance") + Coalesce(total, 0, output_field=UnitsField())).filter(has__gt=0)
    for owner, units in rows.values_list("owner_id", "has").iterator(chunk_size=CHUNK):
        yield owner, int(units)


def unfolded(*, limit: int) -> list[int]:
    """Accounts with credits that wait, by id."""
    waiting = Leg.objects.filter(number=None).order_by("account").values_list("account", flat=True)
    return list(waiting.distinct()[:limit])


def history(
    *, owner: User, asset: str = "", way: str = "", state: str = "", kind: str = "", since: str = "", until: str = ""
) -> QuerySet[Leg]:
    """The legs on a person's accounts. Filters: an asset, `in` or `out`, a kind of account, a kind of transfer, and
    the first and the last day (ISO, UTC); "" is all of them.

    With the transfer, its other legs and their owners: three statements, however many rows.
    """
    own = Account.objects.filter(owner=owner)
    own = own.filter(asset=asset) if asset else own
    own = own.filter(kind=state) if state else own
    rows = Leg.objects.filter(account__in=list(own.values_list("pk", flat=True)))
    if way:
        rows = rows.filter(units__gt=0) if way == "in" else rows.filter(units__lt=0)
    rows = rows.filter(transfer__kind=kind) if kind else rows
    rows = rows.filter(at__gte=_midnight(since)) if since else rows
    rows = rows.filter(at__lt=_midnight(until) + timedelta(days=1)) if until else rows
    others = Leg.objects.select_related("account__owner").order_by("id")
    return rows.select_related("transfer", "account").prefetch_related(Prefetch("transfer__legs", others))


def _midnight(day: str) -> datetime:
    """The beginning of a day."""
    return datetime.combine(date.fromisoformat(day), time.min, UTC)


def statement(*, owner: User, **chosen: str) -> Iterator[Leg]:
    """The history with these filters, newest first, a bounded number of rows in memory."""
    rows, last = history(owner=owner, **chosen).order_by("-id"), None
    while True:
        chunk = list((rows if last is None else rows.filter(pk__lt=last))[:CHUNK])
        yield from chunk
        if len(chunk) < CHUNK:
            return
        last = chunk[-1].pk
