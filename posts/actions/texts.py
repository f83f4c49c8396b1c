"""What a text becomes when it is published: cleaned, counted, its tags and mentions found."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from creators.models import Follow
from planet.accounts.models import MentionsFrom, User
from planet.web.text import clean_text
from posts.actions.scoring import touch
from posts.models import Comment, CommentMention, Post, PostMention, PostTag, Tag
from posts.text import Token, handles, tags

POST_LENGTH: Final = 2000
COMMENT_LENGTH: Final = 1000


def checked(text: str, *, limit: int) -> str:
    """The text as it is stored. Raises ValidationError when it is empty, too long, or was not UTF-8.

    The length is counted in code points after cleaning, so no script pays twice for how it composes its letters.
    """
    cleaned = clean_text(text)
    if not cleaned:
        raise ValidationError(_("Write something first."), code="required")
    if over := max(0, len(cleaned) - limit):
        message = ngettext("%(over)d character too long.", "%(over)d characters too long.", over)
        raise ValidationError(message, code="max_length", params={"over": over})
    return cleaned


def set_tags(post: Post, tokens: Iterable[Token]) -> None:
    """Make the post's tags those of its text; a new one gets its score with the next fold."""
    touch(post.pk)
    wanted = [(kind.value, name) for kind, name in tags(tokens)]
    # Sorted, so that two posts that introduce the same tags insert them in one order.
    Tag.objects.bulk_create([Tag(kind=kind, name=name) for kind, name in sorted(wanted)], ignore_conflicts=True)
    named = Tag.objects.filter(name__in=[name for _, name in wanted]) if wanted else Tag.objects.none()
    found = [tag for tag in named if (tag.kind, tag.name) in wanted]
    PostTag.objects.filter(post=post).exclude(tag__in=found).delete()
    PostTag.objects.bulk_create([PostTag(post=post, tag=tag) for tag in found], ignore_conflicts=True)


def mentioned(tokens: Iterable[Token], *, author_id: UUID) -> list[User]:
    """The active people mentioned, without those whom the author may not mention.

    That is who has blocked the author or was blocked by the author, and who lets nobody mention them, or only people
    whom they follow and the author is none of them. Their handles stay words, and they hear nothing.
    """
    names = handles(tokens)
    if not names:
        return []
    follows_author = Exists(Follow.objects.filter(follower=OuterRef("pk"), creator=author_id))
    willing = (
        Q(pk=author_id)
        | Q(mentions_from=MentionsFrom.EVERYONE)
        | (Q(mentions_from=MentionsFrom.FOLLOWING) & follows_author)
    )
    people = User.objects.filter(willing, handle__in=names, is_active=True)
    return list(people.exclude(blocks__target=author_id).exclude(blocked_by__owner=author_id).order_by("pk"))


def set_mentions(post: Post, people: Iterable[User]) -> list[UUID]:
    """Make the post's mentions these people; returns who is new."""
    now = [person.pk for person in people]
    before = set(PostMention.objects.filter(post=post).values_list("user", flat=True))
    PostMention.objects.filter(post=post).exclude(user__in=now).delete()
    new = [pk for pk in now if pk not in before]
    PostMention.objects.bulk_create([PostMention(post=post, user_id=pk) for pk in new])
    return new


def add_comment_mentions(comment: Comment, people: Iterable[User]) -> list[UUID]:
    """Write who is mentioned in a new comment; returns them."""
    rows = CommentMention.objects.bulk_create([CommentMention(comment=comment, user=person) for person in people])
    return [row.user_id for row in rows]
