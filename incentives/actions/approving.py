"""Two operators say yes."""

from datetime import datetime
from typing import Final

from django.db import transaction

from incentives.errors import SecondApproval, WrongState
from incentives.models import Approval, Settlement, State
from planet.accounts.models import User
from planet.moderation.actions import record
from planet.moderation.models import AuditEntry

NEEDED: Final = 2
MAY: Final = "incentives.change_settlement"  # whoever lost it since, or was suspended, does not count any more


@transaction.atomic
def approve(*, actor: User, settlement: Settlement, reason: str, now: datetime) -> AuditEntry:
    """One operator's yes to a computed week; with the second it may be paid.

    Raises WrongState for a week that is not computed or approved already, SecondApproval.
    """
    locked = Settlement.objects.select_for_update(of=("self",)).get(pk=settlement.pk)
    if locked.state != State.COMPUTED:
        raise WrongState(locked.state)
    if locked.approvals.filter(operator=actor).exists():
        raise SecondApproval(actor)
    Approval.objects.create(settlement=locked, operator=actor, reason=reason.strip(), at=now)
    details = {"week": locked.name, "statement_sha256": locked.statement_sha256}
    entry = record(actor=actor, action="pool.approve", target=locked, reason=reason, details=details, now=now)
    if sum(one.operator.has_perm(MAY) for one in locked.approvals.select_related("operator")) >= NEEDED:
        locked.state, locked.approved_at = State.APPROVED, now
        locked.save()
    return entry
