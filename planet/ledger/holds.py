"""Holds: money set aside for something, that comes back in time unless it is captured."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from planet.accounts.models import User
from planet.ledger.actions import account_of, move
from planet.ledger.assets import Asset
from planet.ledger.errors import HoldEnded, NotAllowed, OtherBody
from planet.ledger.kinds import CAPTURE, HOLD, RELEASE, AccountKind, TransferKind
from planet.ledger.models import Account, Hold, HoldEnd, Transfer

EXPIRE_AT_ONCE = 500  # holds a run of the task gives back; the rest waits for the next


@transaction.atomic
def place(
    *, owner: User, asset: Asset, units: int, expires_at: datetime, key: str, now: datetime, memo: str = ""
) -> Hold:
    """Set `units` of a person's money aside until `expires_at`.

    The same key again returns the same hold. Raises Short, OtherBody, or NotAllowed for a time that is over.
    """
    if expires_at <= now:
        raise NotAllowed("a hold that is over")
    placed = move(
        kind=HOLD,
        source=account_of(owner, AccountKind.AVAILABLE, asset),
        target=account_of(owner, AccountKind.HELD, asset),
        units=units, key=key, actor=owner, now=now, memo=memo,
    )  # fmt: skip
    hold, _ = Hold.objects.get_or_create(
        placed=placed, defaults={"owner": owner, "asset": asset, "units": units, "expires_at": expires_at}
    )
    if hold.expires_at != expires_at:
        raise OtherBody(key)
    return hold


@transaction.atomic
def release(*, hold: Hold, actor: User | None, now: datetime) -> Hold:
    """Give it back. Released before: the same hold again. Raises HoldEnded when it was captured or had expired."""
    return _give_back(hold, HoldEnd.RELEASED, actor, now)


@transaction.atomic
def capture(
    *,
    hold: Hold,
    target: Account,
    units: int,
    actor: User | None,
    now: datetime,
    kind: TransferKind = CAPTURE,
    memo: str = "",
) -> Transfer:
    """Pay `units` of it to an account; the rest goes back. Raises HoldEnded, NotAllowed for more than was held.

    Captured before, to the same account and as much: the same transfer again; otherwise OtherBody.
    """
    hold = _locked(hold)
    if not 0 < units <= hold.units:
        raise NotAllowed(f"{units} of {hold.units}")
    if hold.end not in {"", HoldEnd.CAPTURED}:
        raise HoldEnded(hold.pk)
    held = account_of(hold.owner, AccountKind.HELD, Asset(hold.asset))
    paid = move(
        kind=kind, source=held, target=target, units=units, key=f"capture:{hold.pk}", actor=actor, now=now, memo=memo
    )
    if hold.end:
        return paid
    if rest := hold.units - units:
        back = account_of(hold.owner, AccountKind.AVAILABLE, Asset(hold.asset))
        move(kind=RELEASE, source=held, target=back, units=rest, key=f"rest:{hold.pk}", actor=actor, now=now)
    _end(hold, HoldEnd.CAPTURED, paid, now)
    return paid


def expire(*, now: datetime) -> int:
    """Give back what nobody took in time, each hold in a transaction of its own, a bounded batch; how many."""
    due = Hold.objects.filter(end="", expires_at__lte=now).order_by("expires_at")
    return sum(_expire(pk, now) for pk in list(due.values_list("pk", flat=True)[:EXPIRE_AT_ONCE]))


@transaction.atomic
def _expire(pk: UUID, now: datetime) -> bool:
    """Whether it was still open; whoever holds its lock right now is ending it."""
    hold = Hold.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk, end="").first()
    if hold is not None:
        _give_back(hold, HoldEnd.EXPIRED, None, now)
    return hold is not None


def _give_back(hold: Hold, end: HoldEnd, actor: User | None, now: datetime) -> Hold:
    hold = _locked(hold)
    if hold.end == end:
        return hold
    if hold.end:
        raise HoldEnded(hold.pk)
    held, back = (account_of(hold.owner, kind, Asset(hold.asset)) for kind in (AccountKind.HELD, AccountKind.AVAILABLE))
    done = move(kind=RELEASE, source=held, target=back, units=hold.units, key=f"{end}:{hold.pk}", actor=actor, now=now)
    _end(hold, end, done, now)
    return hold


def _locked(hold: Hold) -> Hold:
    return Hold.objects.select_for_update(of=("self",)).select_related("owner").get(pk=hold.pk)


def _end(hold: Hold, end: HoldEnd, by: Transfer, now: datetime) -> None:
    hold.end, hold.ended, hold.ended_at = end, by, now
    hold.save(update_fields=["end", "ended", "ended_at"])
