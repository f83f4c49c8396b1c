"""What a creator's centre counts, kept up: interactions by hour, kind and verdict, of each content and each creator.

A verdict is never final: an undone comment frees another's place in the week's cap, an identity is confirmed, a block
or an upheld report comes later. All of that changes verdicts within the weeks of some viewers alone (FORMULAS, §2: caps
and repeats are of one viewer's week), so the database notes those weeks (Stale, migration 0005), and here they are
judged anew. Each interaction carries what was tallied of it; only the difference is added, in the same transaction.
Doing it twice, or starting over with every week there is, changes nothing.
"""

from typing import Final

from django.db import connection, transaction

from planet.engagement import sql
from planet.engagement.models import Progress, Stale

AT_ONCE: Final = 2000  # weeks of viewers in one transaction


def tally() -> None:
    """Judge anew whatever waits for it. Nothing while somebody else does."""
    while _tally():
        pass


@transaction.atomic
def _tally() -> bool:
    """One batch; whether more waits."""
    progress = Progress.objects.select_for_update(skip_locked=True).filter(pk=1).first()
    if progress is None or not Stale.objects.exists():
        return False
    with connection.cursor() as cursor:
        cursor.execute(sql.TALLY, {"most": AT_ONCE, "since": "-infinity", "until": "infinity"})
    return Stale.objects.exists()
