"""The kinds of transfers: from whose accounts to whose each may move. What is not registered here cannot move.

The law (ARCHITECTURE, law 8): what belongs to a person never moves to the platform. `register` refuses a kind that
could, a test walks the registry, and `manage.py ledger verify` looks at what was really moved. A reversal is no kind of
its own: it mirrors one transfer exactly, once, and only where that transfer's kind is reversible.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AccountKind(models.TextChoices):
    """Whose money an account holds, and in which state."""

    AVAILABLE = "available", _("Available")
    HELD = "held", pgettext_lazy("balance", "Held")
    ACCRUED = "accrued", _("Accrued")
    POOL = "pool", _("Weekly pool")
    TREASURY = "treasury", _("Treasury")
    EXTERNAL = "external", _("Outside")


PERSONAL = frozenset({AccountKind.AVAILABLE, AccountKind.HELD, AccountKind.ACCRUED})
PLATFORM = frozenset({AccountKind.POOL, AccountKind.TREASURY})
REVERSAL = "reversal"


class TakesFromPeople(ValueError):
    """A kind that would move a person's money to the platform."""


@dataclass(frozen=True)
class TransferKind:
    """A kind of transfer. `within`: both ends belong to the same person."""

    code: str
    name: str | Promise
    sources: frozenset[AccountKind]
    targets: frozenset[AccountKind]
    within: bool = False
    reversible: bool = False


_REGISTRY: dict[str, TransferKind] = {}


def register(kind: TransferKind) -> TransferKind:
    """Let transfers of this kind happen. Raises TakesFromPeople, or ValueError for a code that is taken."""
    if kind.sources & PERSONAL and kind.targets & PLATFORM:
        raise TakesFromPeople(kind.code)
    if kind.code in _REGISTRY or kind.code == REVERSAL:
        raise ValueError(f"there is a kind {kind.code!r} already")
    _REGISTRY[kind.code] = kind
    return kind


def every() -> tuple[TransferKind, ...]:
    """All registered kinds."""
    return tuple(_REGISTRY.values())


def get(code: str) -> TransferKind | None:
    """The kind with this code; None for a reversal, which is none."""
    return _REGISTRY.get(code)


def name_of(code: str) -> str:
    """What people read; a kind that was registered by a room which is gone keeps its code."""
    if code == REVERSAL:
        return str(_("Reversal"))
    return str(kind.name) if (kind := get(code)) else code


def _kind(code: str, name: str | Promise, source: AccountKind, target: AccountKind, **more: bool) -> TransferKind:
    return register(TransferKind(code, name, frozenset({source}), frozenset({target}), **more))


_A = AccountKind
HOLD = _kind("hold", _("Held back"), _A.AVAILABLE, _A.HELD, within=True)
RELEASE = _kind("release", _("Released"), _A.HELD, _A.AVAILABLE, within=True)
CAPTURE = _kind("capture", _("Paid from what was held"), _A.HELD, _A.AVAILABLE, reversible=True)
DEPOSIT = _kind("deposit", _("Deposit"), _A.EXTERNAL, _A.AVAILABLE, reversible=True)
WITHDRAWAL = _kind("withdrawal", _("Withdrawal"), _A.HELD, _A.EXTERNAL, reversible=True)
TIP = _kind("tip", _("Tip"), _A.AVAILABLE, _A.AVAILABLE, reversible=True)
OPERATOR_FUNDS = _kind("operator_funds", _("Funds of the operator"), _A.EXTERNAL, _A.TREASURY, reversible=True)
POOL_FUNDS = _kind("pool_funds", _("Into the weekly pool"), _A.TREASURY, _A.POOL, reversible=True)
SETTLEMENT = _kind("settlement", _("Weekly pool"), _A.POOL, _A.ACCRUED, reversible=True)
PAYOUT = _kind("payout", _("Payout"), _A.ACCRUED, _A.AVAILABLE, within=True, reversible=True)
