"""Background work of posts."""

import logging
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from posts import actions
from posts.forms import publish_draft

logger = logging.getLogger(__name__)

SETTLED_AT_ONCE = 1000  # posts


@shared_task
def check_counts() -> None:
    """Every night: counts that differ from their rows are logged and set right."""
    actions.repair_counts()
    actions.repair_votes(now=timezone.now())


@shared_task
def fold_scores() -> None:
    """Every few seconds: posts that people did something with are scored again."""
    actions.fold_touched(timezone.now())


@shared_task
def score_recent() -> None:
    """Every hour: the posts of the last days are scored from the record, whatever was missed."""
    actions.score_recent(timezone.now())


@shared_task
def publish_scheduled() -> None:
    """Every few seconds: what is due goes out. Two of these at once share the work."""
    if published := actions.publish_due(now=timezone.now(), publish=publish_draft):
        logger.info("scheduled posts published", extra={"published": published})


@shared_task
def forget_thrown_away() -> None:
    """Every hour: drafts that were thrown away a day ago are gone for good."""
    actions.forget_thrown_away(now=timezone.now())


@shared_task(acks_late=True, time_limit=1500, soft_time_limit=1440)
def encode_video(video_id: str) -> None:
    """On the media worker, when the last piece of a video has come."""
    actions.encode_video(video_id=UUID(video_id), now=timezone.now())


@shared_task
def requeue_videos() -> None:
    """Every two minutes: what waits although its task was lost is asked for again."""
    actions.requeue_videos(now=timezone.now())


@shared_task
def sweep_videos() -> None:
    """Every night: videos that nothing shows go."""
    logger.info("videos swept", extra={"swept": actions.sweep_videos(now=timezone.now())})


@shared_task
def settle_files() -> None:
    """Every night: what a post shows lies where its audience says; what is left for the next run follows at once."""
    moved = actions.settle(now=timezone.now(), most=SETTLED_AT_ONCE)
    logger.info("files settled", extra={"posts": moved})
    if moved == SETTLED_AT_ONCE:
        settle_files.delay()


@shared_task
def follow_blocks() -> None:
    """Every half minute: trade ideas are followed, questions settled. Two of these at once share the work."""
    actions.follow_blocks(now=timezone.now())


@shared_task
def ring_bells() -> None:
    """Every few seconds: who wants to hear of every post of a creator hears of it."""
    actions.ring_due(now=timezone.now())
