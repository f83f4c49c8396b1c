"""What the dialog of a tip shows."""

from typing import Any

from planet.accounts.models import User
from planet.ledger.assets import Asset, brief
from planet.ledger.kinds import AccountKind
from planet.ledger.queries import available
from planet.tips import queries, registry
from planet.tips.forms import TipForm
from planet.tips.models import Tip
from planet.tips.registry import Tippable
from planet.web.pagination import keyset


def initial(user: User, receiver: User, about: Tippable, thing: Any) -> dict[str, Any]:
    """What a fresh form holds: which tip it would be, and whether the person wanted to be named before."""
    before = queries.support(supporter=user, receiver=receiver)
    return {
        "number": queries.next_number(payer=user, kind=about.kind, object_id=thing.pk),
        "is_named": before is not None and before.is_named,
    }


def form(user: User, about: Tippable, thing: Any, filled: TipForm) -> dict[str, Any]:
    """The form, what it is about, and what there is to give."""
    return {
        "form": filled,
        "about": about,
        "thing": thing,
        "receiver": about.receiver(thing),
        "called": about.title(thing),
        "back": about.url(thing),
        "has": brief(available(owner=user, asset=Asset.USDT), Asset.USDT),
    }


def receipt(user: User, tip: Tip, *, is_new: bool = True) -> dict[str, Any]:
    """Gross, fee and net of a tip; the net is what its transfer really paid the receiver."""
    paid = tip.transfer.legs.get(account__owner=tip.receiver_id, account__kind=AccountKind.AVAILABLE)
    about = registry.get(tip.kind)
    return {
        "tip": tip,
        "net": brief(paid.units, Asset.USDT),
        "fee": brief(tip.units - paid.units, Asset.USDT),
        "is_new": is_new,
        "is_mine": tip.payer_id == user.pk,
        "about": about,
        "receiver": tip.receiver,
        "back": tip.transfer.memo,
    }


def received(about: Tippable, thing: Any, *, after: str | None) -> dict[str, Any]:
    """What a thing of one's own received, newest first."""
    page = keyset(queries.of_thing(kind=about.kind, object_id=thing.pk), after=after)
    return {
        "about": about,
        "thing": thing,
        "tips": page.items,
        "after": page.after,
        "total": queries.total_of(kind=about.kind, object_id=thing.pk),
        "called": about.title(thing),
        "back": about.url(thing),
    }
