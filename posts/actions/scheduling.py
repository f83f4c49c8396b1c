"""Posts that publish themselves: choosing the moment, and publishing what is due, each exactly once.

Everything hangs on one row: the draft. Publishing locks it, inserts the post and deletes the draft in one transaction;
a second worker skips the locked row, a worker that dies leaves it as it was, and a clock that jumps back finds nothing
left to publish.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from planet.accounts.models import User
from planet.notifications.actions import notify
from planet.notifications.models import Kind
from planet.web.images import BadImage
from posts import moments
from posts.actions import drafting
from posts.actions.permission import require_publisher
from posts.errors import (
    AlreadyPublished,
    Gone,
    NotACreator,
    NotAllowed,
    NotForSharing,
    NotVerified,
    PostError,
    TooManyScheduled,
)
from posts.models import Draft, Post
from posts.text import excerpt

logger = logging.getLogger(__name__)

MAX_SCHEDULED: Final = 100  # of one person
MAX_ATTEMPTS: Final = 5
BATCH: Final = 200  # posts of one run of the task

Publish = Callable[[Draft, User, datetime], Post]


@transaction.atomic
def schedule(*, actor: User, draft_id: UUID, publish_at: datetime, time_zone: str, now: datetime) -> Draft:
    """Let a draft publish itself at `publish_at`, chosen on a clock in `time_zone`; again: at another time.

    Raises ValidationError (past, more than a year ahead, unknown zone), NotACreator, NotVerified, Gone,
    TooManyScheduled.
    """
    moments.zone(time_zone)
    moments.check_ahead(publish_at, now=now)
    require_publisher(actor)
    draft = drafting.own(actor=actor, draft_id=draft_id)
    others = Draft.objects.filter(creator_id=actor.pk, state=Draft.State.SCHEDULED).exclude(pk=draft_id)
    if others.count() >= MAX_SCHEDULED:
        raise TooManyScheduled
    draft.state, draft.publish_at, draft.time_zone = Draft.State.SCHEDULED, publish_at, time_zone
    draft.problem, draft.problem_text, draft.attempts = "", "", 0
    # A tab that still holds it as a plain draft has diverged: what it saves now is asked about first.
    draft.version, draft.writer = draft.version + 1, ""
    draft.save()
    return draft


@transaction.atomic
def unschedule(*, actor: User, draft_id: UUID) -> Draft:
    """Make it a plain draft again. Raises Gone, also when it went out a moment ago."""
    draft = drafting.own(actor=actor, draft_id=draft_id)
    draft.state, draft.publish_at = Draft.State.DRAFT, None
    draft.save(update_fields=["state", "publish_at"])
    return draft


def publish_due(*, now: datetime, publish: Publish) -> int:
    """Publish what is due, the oldest first, with `publish` (which takes the draft away); how many went out.

    What cannot be published becomes a draft again, with the reason, and its author is told. What fails for no fault
    of its own (the database went away, a fault of ours) is tried again by the next runs, a few times.
    """
    done, tried = 0, set[UUID]()
    while len(tried) < BATCH:
        draft: Draft | None = None
        try:
            with transaction.atomic():
                draft = _next_due(now, tried)
                if draft is None:
                    break
                tried.add(draft.pk)
                with translation.override(draft.creator.user.language):  # what is said of it is said to its author
                    done += _publish_one(draft, now, publish)
        except Exception:
            if draft is None:
                raise
            logger.exception("a scheduled post was not published", extra={"draft": str(draft.pk)})
            _count_attempt(draft.pk, now)
    return done


def _next_due(now: datetime, tried: set[UUID]) -> Draft | None:
    due = Draft.objects.filter(state=Draft.State.SCHEDULED, publish_at__lte=now).exclude(pk__in=tried)
    free = due.select_for_update(skip_locked=True, of=("self",)).select_related("creator__user")
    return free.order_by("publish_at", "pk").first()


def _publish_one(draft: Draft, now: datetime, publish: Publish) -> bool:
    author = draft.creator.user
    try:
        if not author.is_active:
            return _put_back(draft, Draft.Problem.SUSPENDED, now)
        with transaction.atomic():
            post = publish(draft, author, now)
    except (PostError, ValidationError, BadImage) as error:
        return _put_back(draft, _problem(error), now, _said(error))
    notify(
        recipients=[author.pk],
        kind=Kind.SYSTEM,
        actor=None,
        group_key=f"scheduled_published:{post.pk}",
        url=post.get_absolute_url(),
        excerpt=excerpt(post.text),
        now=now,
    )
    return True


def _problem(error: Exception) -> Draft.Problem:
    if isinstance(error, (NotVerified, NotACreator)):
        return Draft.Problem.NOT_VERIFIED
    if isinstance(error, (Gone, NotAllowed)):
        return Draft.Problem.QUOTE_GONE
    return Draft.Problem.ALREADY if isinstance(error, AlreadyPublished) else Draft.Problem.INVALID


def _said(error: Exception) -> str:
    """What exactly is wrong, where the error says it in words."""
    if isinstance(error, NotForSharing):
        return gettext("This post is for followers: it cannot be reposted or quoted.")
    if isinstance(error, ValidationError):
        return " ".join(str(message) for message in error.messages)
    return str(error) if isinstance(error, BadImage) else ""


def _put_back(draft: Draft, problem: Draft.Problem, now: datetime, said: str = "") -> bool:
    """It is a draft again, which says why; so does the inbox."""
    draft.state, draft.publish_at = Draft.State.DRAFT, None
    draft.problem, draft.problem_text = problem, said[:300]
    draft.save(update_fields=["state", "publish_at", "problem", "problem_text"])
    notify(
        recipients=[draft.creator_id],
        kind=Kind.SYSTEM,
        actor=None,
        group_key=f"scheduled_failed:{draft.pk}",
        url=draft.get_absolute_url(),
        excerpt=draft.reason,
        now=now,
    )
    return False


@transaction.atomic
def _count_attempt(draft_id: UUID, now: datetime) -> None:
    draft = Draft.objects.select_for_update().filter(pk=draft_id, state=Draft.State.SCHEDULED).first()
    if draft is None:
        return
    draft.attempts += 1
    draft.save(update_fields=["attempts"])
    if draft.attempts >= MAX_ATTEMPTS:
        with translation.override(draft.creator.user.language):
            _put_back(draft, Draft.Problem.FAILED, now)
