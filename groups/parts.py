"""What hangs on messages besides words and files: polls, shared posts, previews of links. Said to `groups.showing` at
start-up; each is a few queries for a page of messages, and neutral: the same for all readers.

A shared post is shown as everybody may see it. One that is for followers, was deleted, or whose author is suspended
stays the link that it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import regex
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString

from groups.models import Message, MessagePreview, Poll, Preview
from groups.previews.links import first_link
from posts.models import Post, PostBlock
from posts.queries import Row, pictures, rows

_POST: Final = regex.compile(
    r"(?:^|[\s(])(?:{site})?/p/([0-9a-f]{{8}}-[0-9a-f]{{4}}-7[0-9a-f]{{3}}-[0-9a-f]{{4}}-[0-9a-f]{{12}})/?(?=$|[\s).,;!?])".format(
        site=regex.escape(settings.SITE_URL.rstrip("/"))
    )
)


@dataclass(frozen=True)
class Option:
    """An option of a poll with its votes."""

    place: int
    text: str
    votes: int
    percent: int


@dataclass(frozen=True)
class PollView:
    """A poll as its card shows it."""

    options: Sequence[Option]
    voters: int
    is_multiple: bool
    ends_at: Any
    is_over: bool


def dress(messages: Sequence[Message]) -> None:
    """Add `poll`, `shared` and `preview` to messages that have such a thing."""
    for message in messages:
        message.poll, message.shared, message.preview = None, None, None
    _polls(messages)
    _posts(messages)
    _previews(messages)


def post_in(message: Message) -> UUID | None:
    """The post that a message shares: by its card, or by the first link of ours in its text."""
    card = message.card or {}
    if card.get("kind") == "post":
        try:
            return UUID(str(card.get("id")))
        except ValueError:
            return None
    found = _POST.search(message.text) if "/p/" in message.text else None
    return UUID(found[1]) if found else None


def poll_view(message: Message, row: Poll | None) -> PollView:
    """A poll from its message and, once somebody voted, its row."""
    card: dict[str, Any] = message.card or {}
    counts = row.counts if row else [0] * len(card["options"])
    voters = row.voters if row else 0
    ends_at = parse_datetime(card["ends_at"]) if card.get("ends_at") else None
    over = bool(row and row.closed_at) or bool(ends_at and ends_at <= timezone.now())
    options = [
        Option(place, text, votes, round(100 * votes / voters) if voters else 0)
        for place, (text, votes) in enumerate(zip(card["options"], counts, strict=True))
    ]
    return PollView(options, voters, bool(card.get("multiple")), ends_at, over)


def _polls(messages: Sequence[Message]) -> None:
    asked = [message for message in messages if (message.card or {}).get("kind") == "poll"]
    found = Poll.objects.in_bulk([message.pk for message in asked]) if asked else {}
    for message in asked:
        message.poll = poll_view(message, found.get(message.pk))


def _posts(messages: Sequence[Message]) -> None:
    wanted = {message.pk: post_id for message in messages if (post_id := post_in(message))}
    if not wanted:
        return
    shown = {row.post.id: row for row in rows(list(dict.fromkeys(wanted.values())), viewer_id=None)}
    warnings = dict(Post.objects.filter(pk__in=list(shown)).values_list("pk", "warning"))
    ideas = dict(PostBlock.objects.filter(post__in=list(shown), kind="idea").values_list("post", "data"))
    seen = pictures.of_posts(list(shown))
    cards = {
        pk: _card(row, warnings.get(pk, ""), ideas.get(pk), next(iter(seen.get(pk, ())), None))
        for pk, row in shown.items()
    }
    for message in messages:
        if post_id := wanted.get(message.pk):
            message.shared = cards.get(post_id) or (_unshown(post_id) if message.card else None)


def _unshown(post_id: UUID) -> SafeString:
    """In the place of a card that not everybody may see: the way there. In words, the link stands already."""
    return render_to_string("groups/_unshown.html", {"url": f"/p/{post_id}/"})


def _card(row: Row, warning: str, idea: dict[str, Any] | None, picture: Any) -> SafeString:
    """A post in a conversation; below a content warning stands only the warning."""
    shown = {"row": row, "warning": warning, "idea": None if warning else idea, "picture": None if warning else picture}
    return render_to_string("groups/_shared.html", shown)


def _previews(messages: Sequence[Message]) -> None:
    """The page of the link that stands in the text now: an edit may have changed it."""
    links = {message.pk: link for message in messages if not message.shared and (link := first_link(message.text))}
    if not links:
        return
    found = MessagePreview.objects.filter(message__in=list(links), removed_at=None).exclude(preview__title="")
    shown: dict[UUID, Preview] = {row.message_id: row.preview for row in found.select_related("preview")}
    for message in messages:
        preview = shown.get(message.pk)
        message.preview = preview if preview and preview.address == links[message.pk] else None
