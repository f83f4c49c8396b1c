"""Writing a policy: the next version, for weeks that have not begun."""

from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Max

from incentives.errors import NotAhead
from incentives.models import Policy
from incentives.weeks import week_of
from planet.accounts.models import User
from planet.moderation.actions import record


@transaction.atomic
def write(*, actor: User, starts: date, reason: str, now: datetime, **amounts: int) -> Policy:
    """The next version of the policy, which holds from the week that begins on `starts`; and an entry in the audit log.

    Raises NotAhead for a week that has begun or no Monday.
    """
    if starts <= week_of(now) or starts.weekday():
        raise NotAhead(starts)
    with connection.cursor() as cursor:  # readers go on; of two who write, one has the next version
        cursor.execute("LOCK TABLE incentives_policy IN SHARE ROW EXCLUSIVE MODE")
    version = 1 + (Policy.objects.aggregate(newest=Max("version"))["newest"] or 0)
    policy = Policy.objects.create(
        version=version, starts=starts, author=actor, reason=reason.strip(), created_at=now, **amounts
    )
    record(actor=actor, action="pool.policy", target=policy, reason=reason, details={"starts": str(starts)}, now=now)
    return policy
