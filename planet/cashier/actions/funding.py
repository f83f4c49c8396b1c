"""Money that the operator puts into the treasury: what the weekly pool is taken from."""

from datetime import datetime

from django.db import transaction

from planet.accounts.models import User
from planet.ledger.actions import account_of, move
from planet.ledger.assets import Asset
from planet.ledger.kinds import OPERATOR_FUNDS, AccountKind
from planet.ledger.models import Leg, Transfer
from planet.moderation.actions import record
from planet.moderation.models import AuditEntry

FUNDED = "treasury.fund"


@transaction.atomic
def fund(*, actor: User, provider: str, units: int, key: str, reason: str, now: datetime) -> tuple[Transfer, bool]:
    """Put USDT into the treasury, once for a key; the transfer, and whether it is new.

    `provider` says whose money it is: the sandbox's stays test money wherever it goes. Raises OtherBody for a key that
    was used for something else, NotAllowed for what is no amount, ReasonMissing.
    """
    moved = move(
        kind=OPERATOR_FUNDS,
        source=account_of(None, AccountKind.EXTERNAL, Asset.USDT),
        target=account_of(None, AccountKind.TREASURY, Asset.USDT),
        units=units, key=_prefix(provider) + key, actor=actor, now=now,
    )  # fmt: skip
    # Of two at once the second waits for the first one's commit in the ledger, and then sees its entry.
    if AuditEntry.objects.filter(target_kind=moved._meta.label_lower, target_id=str(moved.pk), action=FUNDED).exists():
        return moved, False
    record(actor=actor, action=FUNDED, target=moved, reason=reason, details={"units": str(units), "key": key}, now=now)
    return moved, True


def has_funds_of(provider: str) -> bool:
    """Whether the treasury was ever given money of this provider that was not taken back whole."""
    # By the treasury's own legs, which are few: a beginning of a key has no index among everybody's transfers.
    treasury = account_of(None, AccountKind.TREASURY, Asset.USDT)
    funded = Leg.objects.filter(account=treasury, transfer__kind=OPERATOR_FUNDS.code, transfer__reversed_by=None)
    return funded.filter(transfer__key__startswith=_prefix(provider)).exists()


def _prefix(provider: str) -> str:
    return f"funds:{provider}:"
