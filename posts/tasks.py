"""Background work of posts."""

from celery import shared_task

from posts import actions


@shared_task
def check_counts() -> None:
    """Every night: counts that differ from their rows are logged and set right."""
    actions.repair_counts()
