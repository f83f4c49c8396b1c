"""Background work of this app."""

import logging

from celery import shared_task

from creators import actions

logger = logging.getLogger(__name__)


@shared_task
def check_counts() -> None:
    """Prove every night that the counts of followers and followings are right; say so loudly, and mend, if not."""
    for drift in actions.repair_counts():
        logger.error(
            "a count had drifted and was repaired",
            extra={"table": drift.table, "key": str(drift.key), "was": drift.was, "is_now": drift.is_now},
        )
