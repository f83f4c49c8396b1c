"""What the pages of deposits and withdrawals show."""

from datetime import datetime
from typing import Any

from planet.accounts.access import has_second_factor
from planet.accounts.models import User
from planet.cashier import errors, queries
from planet.cashier.actions import depositing, withdrawing
from planet.cashier.forms import AddressForm, SandboxForm, WithdrawForm
from planet.cashier.models import State, Withdrawal
from planet.ledger.actions import account_of
from planet.ledger.assets import Asset, brief, is_test_money
from planet.ledger.kinds import AccountKind
from planet.ledger.queries import available, balance_of
from planet.web.pagination import keyset


def deposit(user: User, *, form: SandboxForm | AddressForm | None = None, address: object = None) -> dict[str, Any]:
    """Test funds and their limit, or a network to choose and the address there."""
    fresh: SandboxForm | AddressForm = (
        SandboxForm(initial={"number": queries.next_deposit(user=user), "amount": "100"})
        if is_test_money()
        else AddressForm()
    )
    return {
        "form": form or fresh,
        "is_test": is_test_money(),
        "limit": brief(depositing.TEST_FUNDS_A_DAY, Asset.USDT),
        "address": address,
    }


def withdraw(
    user: User, *, provider: str, now: datetime, form: WithdrawForm | None = None, after: str | None = None
) -> dict[str, Any]:
    """The form, what there is and what the limit leaves, or why nothing can go out; and what went before."""
    page = keyset(queries.withdrawals_of(user=user), after=after)
    return {
        "form": form or WithdrawForm(initial={"number": queries.next_withdrawal(user=user)}),
        "refused": _refused(user, provider, now),
        "needs_kyc": not user.is_verified,
        "needs_factor": not has_second_factor(user),
        "has": brief(available(owner=user, asset=Asset.USDT), Asset.USDT),
        "left": brief(max(0, withdrawing.left_today(user=user, now=now)), Asset.USDT),
        "limit": brief(withdrawing.most_a_day(), Asset.USDT),
        "withdrawals": page.items,
        "after": page.after,
    }


def _refused(user: User, provider: str, now: datetime) -> errors.Refused | None:
    try:
        withdrawing.check(actor=user, provider=provider, now=now)
    except errors.Refused as error:
        return error
    return None


def withdrawal(row: Withdrawal) -> dict[str, Any]:
    """One withdrawal with its history."""
    return {
        "withdrawal": row,
        "events": list(row.events.order_by("id")),
        "may_cancel": row.state == State.REQUESTED,
    }


def treasury(*, adding: int = 0) -> dict[str, Any]:
    """What the platform has, and would have with so much more."""
    holds, pool = (balance_of(account_of(None, kind, Asset.USDT)) for kind in (AccountKind.TREASURY, AccountKind.POOL))
    return {
        "holds": brief(holds, Asset.USDT),
        "in_pool": brief(pool, Asset.USDT),
        "adding": brief(adding, Asset.USDT),
        "afterwards": brief(holds + adding, Asset.USDT),
        "is_test": is_test_money(),
    }
