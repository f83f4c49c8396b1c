"""What the operators' start page says: today's figures and what waits for somebody."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planet.accounts.models import KycApplication, KycState, User
from planet.config import failures
from planet.moderation.models import Reported, ReportState
from planet.realtime import presence
from planet.web.times import ago
from posts.models import Comment, Post


@dataclass(frozen=True)
class Figure:
    """A number of today; None: nobody knows."""

    label: str
    value: int | None
    note: str = ""
    url: str = ""
    urgent: bool = False


@dataclass(frozen=True)
class Room:
    """A way in, for an operator who may go there."""

    label: str
    url: str


def since_midnight(now: datetime) -> uuid.UUID:
    """The smallest id (UUID version 7) that today, UTC, can have made: ids are in order of time, and indexed."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    milliseconds = int(midnight.timestamp() * 1000)
    return uuid.UUID(int=milliseconds << 80 | 7 << 76 | 0b10 << 62)


def today(now: datetime) -> list[Figure]:
    """What has happened since midnight UTC, in four queries."""
    first = since_midnight(now)
    failed = failures.of(now.date())
    return [
        Figure(
            _("Sign-ups"),
            User.objects.filter(pk__gte=first, is_bot=False).count(),
            url=reverse("admin:accounts_user_changelist"),
        ),
        Figure(_("Online now"), presence.count()),
        Figure(
            _("Posts"),
            Post.objects.filter(pk__gte=first, deleted_at=None, repost_of=None).count(),
            url=reverse("admin:posts_post_changelist"),
        ),
        Figure(
            _("Comments"),
            Comment.objects.filter(pk__gte=first, deleted_at=None).count(),
            url=reverse("admin:posts_comment_changelist"),
        ),
        Figure(
            _("Failed tasks"),
            None if failed is None else sum(failed.values()),
            note=", ".join(f"{name.rpartition('.')[2]} × {many}" for name, many in sorted((failed or {}).items())),
            urgent=bool(failed),
        ),
    ]


def reports(now: datetime) -> Figure:
    """How much of what people reported waits for a decision, in one query."""
    waiting = Reported.objects.filter(state=ReportState.OPEN)
    found = waiting.aggregate(many=Count("pk"), oldest=Min("first_at"))
    many, oldest = found["many"], found["oldest"]
    return Figure(
        ngettext("Report to decide", "Reports to decide", many),
        many,
        note=_("The oldest has waited for %s.") % ago(oldest, now) if oldest else _("Nothing waits."),
        url=reverse("admin:moderation_reported_changelist") + "?state__exact=open",
        urgent=bool(many),
    )


def queues(now: datetime) -> Sequence[Figure]:
    """What waits for an operator, in one query."""
    waiting = KycApplication.objects.filter(state=KycState.PENDING, provider="manual")
    found = waiting.aggregate(many=Count("pk"), oldest=Min("created_at"))
    many, oldest = found["many"], found["oldest"]
    note = _("Nobody waits.")
    if oldest:
        note = _("The oldest has waited for %s.") % ago(oldest, now)
    return [
        Figure(
            ngettext("Identity check to decide", "Identity checks to decide", many),
            many,
            note=note,
            url=reverse("admin:accounts_kycapplication_changelist"),
            urgent=bool(many),
        )
    ]
