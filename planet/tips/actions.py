"""Sending a tip: one transfer from one person's wallet to another's, whole."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from planet.accounts.models import User
from planet.accounts.queries import blocked_between
from planet.ledger.actions import account_of, move
from planet.ledger.assets import Asset
from planet.ledger.errors import OtherBody, Short
from planet.ledger.kinds import TIP, AccountKind
from planet.notifications.actions import notify
from planet.notifications.models import Kind
from planet.tips import queries
from planet.tips.errors import CannotTip, Hidden, NoCreator, Oneself, OutOfBounds, Overtaken, TooLittle
from planet.tips.models import Support, Tip
from planet.tips.registry import Tippable

LEAST = 100_000  # 0.1 USDT
MOST = 10_000_000_000  # 10,000 USDT

# Of two at once each adds its own; what the person wants to be called is said by the newer one.
_SUPPORT = """
INSERT INTO tips_support AS s (receiver_id, supporter_id, units, tips, is_named, newest_at)
VALUES (%(receiver)s, %(supporter)s, %(units)s, 1, %(named)s, %(now)s)
ON CONFLICT (receiver_id, supporter_id) DO UPDATE
   SET units = s.units + excluded.units, tips = s.tips + 1, is_named = excluded.is_named,
       newest_at = excluded.newest_at
"""


def refusal(*, actor: User, receiver: User) -> CannotTip | None:
    """Why this person cannot tip that one, whatever the amount; None: they can."""
    if actor.pk == receiver.pk:
        return Oneself()
    if not receiver.is_active or blocked_between(actor.pk, receiver.pk):
        return Hidden()
    return None if receiver.is_creator else NoCreator()


@transaction.atomic
def send(
    *,
    actor: User,
    about: Tippable,
    thing: Any,
    units: int,
    number: int,
    now: datetime,
    message: str = "",
    is_named: bool = False,
) -> tuple[Tip, bool]:
    """Give `units` of USDT for a thing that `about.find` has given out; the tip, and whether it is new.

    `number` is which of the actor's tips for the thing this is: the same one again, of the same amount, is the tip
    that was sent. Raises Oneself, Hidden, NoCreator, OutOfBounds, TooLittle, and Overtaken for a number that was
    used for another amount, or is not the next.
    """
    receiver = about.receiver(thing)
    if reason := refusal(actor=actor, receiver=receiver):
        raise reason
    if not LEAST <= units <= MOST:
        raise OutOfBounds
    if not 0 < number <= queries.next_number(payer=actor, kind=about.kind, object_id=thing.pk):
        raise Overtaken
    key = f"tip:{actor.pk}:{about.kind}:{thing.pk}:{number}"
    source, target = (account_of(one, AccountKind.AVAILABLE, Asset.USDT) for one in (actor, receiver))
    try:
        moved = move(
            kind=TIP, source=source, target=target, units=units, key=key, actor=actor, now=now, memo=about.url(thing)
        )
    except Short:
        raise TooLittle from None
    except OtherBody:
        raise Overtaken from None
    # The payer's account is locked until the commit: of two at once the second finds the tip of the first.
    tip, is_new = Tip.objects.get_or_create(
        transfer=moved,
        defaults={
            "payer": actor, "receiver": receiver, "kind": about.kind, "object_id": thing.pk, "number": number,
            "units": units, "message": message, "at": now,
        },
    )  # fmt: skip
    if is_new:
        _count(tip, about, is_named=is_named)
        _tell(tip, actor=actor, receiver=receiver, url=about.url(thing))
    return tip, is_new


def _count(tip: Tip, about: Tippable, *, is_named: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _SUPPORT,
            {
                "receiver": tip.receiver_id,
                "supporter": tip.payer_id,
                "units": tip.units,
                "named": is_named,
                "now": tip.at,
            },
        )
    if about.count:
        about.count(tip.object_id, tip.units)


def _tell(tip: Tip, *, actor: User, receiver: User, url: str) -> None:
    with override(receiver.language):
        text = _("%(amount)s USDT") % {"amount": tip.amount}
    notify(
        recipients=[receiver.pk],
        kind=Kind.TIP,
        actor=actor,
        group_key=f"tip:{tip.kind}:{tip.object_id}",
        url=url,
        excerpt=f"{text} · {tip.message}" if tip.message else text,
        now=tip.at,
    )


def choose_name(*, actor: User, receiver: User, is_named: bool) -> None:
    """Be named among somebody's supporters, or not any more."""
    Support.objects.filter(receiver=receiver, supporter=actor).update(is_named=is_named)
