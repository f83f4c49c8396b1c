"""Reading tips: which comes next, what a thing received, who supports whom."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Max, QuerySet, Sum

from planet.accounts.models import User
from planet.accounts.queries import hidden_ids
from planet.ledger.assets import Asset, brief
from planet.tips.models import Support, Tip

SHOWN = 20  # supporters of a leaderboard
COUNTED = 1_000  # unnamed supporters; more are "at least"


@dataclass(frozen=True)
class Board:
    """A creator's supporters: who wants to be named, by what they gave; how many do not; the viewer's own row."""

    named: list[Support]
    unnamed: int
    own: Support | None

    @property
    def is_empty(self) -> bool:
        """Whether nobody has given anything yet."""
        return not self.named and not self.unnamed


def next_number(*, payer: User, kind: str, object_id: UUID) -> int:
    """Which of the payer's tips for a thing the next one is, from 1."""
    mine = Tip.objects.filter(payer=payer, kind=kind, object_id=object_id)
    return int(mine.aggregate(last=Max("number"))["last"] or 0) + 1


def of_thing(*, kind: str, object_id: UUID) -> QuerySet[Tip]:
    """What a thing received, with the payers; order and bound it with a keyset."""
    return Tip.objects.filter(kind=kind, object_id=object_id).select_related("payer")


def total_of(*, kind: str, object_id: UUID) -> str:
    """What a thing received in all, as people write it."""
    return brief(
        int(Tip.objects.filter(kind=kind, object_id=object_id).aggregate(sum=Sum("units"))["sum"] or 0), Asset.USDT
    )


def own(*, person: User, tip_id: UUID) -> Tip | None:
    """A tip that the person sent or received."""
    found = Tip.objects.select_related("payer", "receiver").filter(pk=tip_id).first()
    return found if found is not None and person.pk in {found.payer_id, found.receiver_id} else None


def support(*, supporter: User, receiver: User) -> Support | None:
    """What one person gave another, if anything."""
    return Support.objects.filter(supporter=supporter, receiver=receiver).first()


def board(*, receiver: User, viewer: User | None) -> Board:
    """A creator's supporters as the viewer (None: a guest) may see them."""
    every = Support.objects.filter(receiver=receiver)
    named = every.filter(is_named=True, supporter__is_active=True).exclude(
        supporter__in=hidden_ids(viewer.pk if viewer else None)
    )
    return Board(
        named=list(named.select_related("supporter").order_by("-units", "id")[:SHOWN]),
        unnamed=every.filter(is_named=False)[:COUNTED].count(),
        own=support(supporter=viewer, receiver=receiver) if viewer else None,
    )
