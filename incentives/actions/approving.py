"""Two operators say yes."""

from datetime import datetime
from typing import Final

from django.db import transaction

from incentives.errors import SecondApproval, UnknownOperator, WrongState
from incentives.models import Approval, Settlement, State
from planet.accounts.models import User
from planet.moderation.actions import record
from planet.moderation.models import AuditEntry

NEEDED: Final = 2
# Whoever lost it since, was suspended, or whose identity check has ended does not count any more.
MAY: Final = "incentives.change_settlement"


@transaction.atomic
def approve(*, actor: User, settlement: Settlement, reason: str, now: datetime) -> AuditEntry:
    """One operator's yes to a computed week; with the second it may be paid.

    Raises WrongState for a week that is not computed or approved already, SecondApproval, UnknownOperator.
    """
    locked = Settlement.objects.select_for_update(of=("self",)).get(pk=settlement.pk)
    if locked.state != State.COMPUTED:
        raise WrongState(locked.state)
    if locked.approvals.filter(operator=actor).exists():
        raise SecondApproval(actor)
    if not actor.is_known:
        raise UnknownOperator(actor)
    Approval.objects.create(settlement=locked, operator=actor, reason=reason.strip(), at=now)
    details = {"week": locked.name, "statement_sha256": locked.statement_sha256}
    entry = record(actor=actor, action="pool.approve", target=locked, reason=reason, details=details, now=now)
    said = [one.operator for one in locked.approvals.select_related("operator")]
    if sum(operator.has_perm(MAY) and operator.is_known for operator in said) >= NEEDED:
        locked.state, locked.approved_at = State.APPROVED, now
        locked.save()
    return entry
