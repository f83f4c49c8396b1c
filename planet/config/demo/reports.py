"""What people of the demo planet have reported, and whose new posts and news they want to hear of."""

import datetime as dt
from typing import Final

from creators.models import Bell, Follow
from planet.accounts.models import User
from planet.config.demo.store import Store
from planet.moderation.reports import actions as reports
from planet.notifications import choosing
from planet.notifications.actions import notify
from planet.notifications.models import Cycle, Kind
from posts.models import Comment, Post
from posts.reports import COMMENT, POST
from posts.text import excerpt

READER: Final = "jonah"
CREATOR: Final = "ines"
# Who reports the newest post of whom, why, and with which words.
REPORTED: Final = (
    ("kestrel", "jonah", "manipulation", "The same four coins every Friday, always before the announcement."),
    ("kestrel", "fiona_g", "undisclosed", "He was paid for the last one and did not say so."),
    ("kestrel", "malik_t", "manipulation", ""),
    ("moss_and_co", "keiko_y", "spam", "Third link to the same newsletter today."),
)


def write(store: Store) -> None:
    """Fill the queue of reports and ring bells. Call inside a transaction, after the inboxes."""
    for place, (author, reporter, reason, note) in enumerate(REPORTED):
        post = Post.objects.filter(creator__user__handle=author, repost_of=None).order_by("-id").first()
        if post:
            at = store.at(9 - place * 2)
            actor = User.objects.get(handle=reporter)
            reports.report(actor=actor, about=POST, thing=post, reason=reason, note=note, now=at)
    _report_a_comment(store)
    _ring(store)
    _put_aside(store)


def _report_a_comment(store: Store) -> None:
    comment = Comment.objects.exclude(author__handle=CREATOR).select_related("author").order_by("-id").first()
    if comment:
        actor = User.objects.get(handle=CREATOR)
        about = {"reason": "harassment", "note": "Under every post of mine.", "now": store.at(4)}
        reports.report(actor=actor, about=COMMENT, thing=comment, **about)  # type: ignore[arg-type]


def _ring(store: Store) -> None:
    """The reader hears of every post of the first three whom they follow; the newest of each is in the inbox."""
    reader = User.objects.get(handle=READER)
    follows = (
        Follow.objects.filter(follower=reader).select_related("creator__user").order_by("-creator__followers_count")
    )
    for follow in follows[:3]:
        Bell.objects.create(follow=follow, creator=follow.creator, created_at=follow.created_at)
        post = Post.objects.filter(creator=follow.creator, repost_of=None).order_by("-id").first()
        if post and post.created_at > store.now - dt.timedelta(days=2):
            notify(
                recipients=[reader.pk],
                kind=Kind.POST,
                actor=follow.creator.user,
                group_key=f"post:{post.pk}",
                url=post.get_absolute_url(),
                excerpt=excerpt(post.text),
                now=post.created_at,
            )


def _put_aside(store: Store) -> None:
    """The creator has filters and a digest; somebody unknown has been put aside."""
    creator = User.objects.get(handle=CREATOR)
    wishes = choosing.Wishes(
        time_zone="Europe/Budapest",
        quiet_from=dt.time(23),
        quiet_to=dt.time(7),
        digest=Cycle.WEEKLY,
        filter_unverified=True,
    )
    choosing.wish(actor=creator, wishes=wishes, now=store.now)
    for hours, handle in ((3.0, "ari_f"), (2.0, "quentin_d")):
        post = Post.objects.filter(creator=creator.pk, repost_of=None).order_by("-id").first()
        if post:
            notify(
                recipients=[creator.pk],
                kind=Kind.LIKE,
                actor=User.objects.get(handle=handle),
                group_key=f"like:{post.pk}",
                url=post.get_absolute_url(),
                excerpt=excerpt(post.text),
                now=store.at(hours),
            )
