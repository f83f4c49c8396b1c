"""Publishing and deleting posts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from creators.models import Creator
from planet.accounts.models import User
from planet.engagement import actions as engagement
from planet.engagement.models import Kind as Deed
from planet.notifications.actions import notify, withdraw
from planet.notifications.models import Kind
from planet.web.ids import uuid7
from posts import broadcasts, locks
from posts.access import audience_among
from posts.actions import articles, drafting, placing
from posts.actions.articles import Written
from posts.actions.bells import ring_later
from posts.actions.counting import change
from posts.actions.permission import require_audience, require_public, require_publisher
from posts.actions.publication import (
    NewArticle,
    NewPart,
    NewPicture,
    Options,
    StoredPicture,
    attach_pictures,
    check_size,
    discard,
    is_stored,
    lost,
    store,
)
from posts.actions.scoring import touch
from posts.actions.texts import POST_LENGTH, checked, mentioned, set_mentions, set_tags
from posts.actions.videos import attach_video, keys_of_videos
from posts.blocks import NewBlock
from posts.blocks import attach as attach_blocks
from posts.errors import AlreadyPublished, Gone, NotAllowed
from posts.models import Post, PostMention, PostRevision
from posts.text import excerpt, tokenise

DEFAULT: Final = Options()


def publish(
    *,
    actor: User,
    client_id: UUID,
    text: str,
    now: datetime,
    pictures: Sequence[NewPicture] = (),
    stored: Sequence[StoredPicture] = (),
    quote_of: UUID | None = None,
    options: Options = DEFAULT,
    blocks: Sequence[NewBlock] = (),
    article: NewArticle | None = None,
    parts: Sequence[NewPart | str] = (),
    video: UUID | None = None,
    video_alt: str = "",
) -> Post:
    """Publish a post, a quote, a thread or an article. The same `client_id` again returns the first post.

    `pictures` are uploads, shown after those that were `stored` before; `parts` are the further posts of a thread (text
    alone: its words). The draft with this id goes in the same transaction. Raises ValidationError (a text),
    images.BadImage, TooManyPictures, TooManyParts, TooManyBlocks, NotACreator, NotVerified, Gone, NotAllowed or
    NotForSharing (what is quoted), AlreadyPublished (this client_id published another text). Then nothing is left, no
    file either.
    """
    written = articles.written(article, summary=text) if article else None
    text = written.summary if written else checked(text, limit=POST_LENGTH)
    further = [_checked_part(part) for part in parts]
    texts = [text, *(part.text for part in further)]
    if first := _published(actor, client_id, texts, written):
        return first
    require_publisher(actor)
    check_size(
        pictures=[len(pictures) + len(stored), *(len(part.stored) for part in further)],
        parts=len(further),
        blocks=len(blocks) + sum(len(part.blocks) for part in further),
    )
    private = options.audience != Post.Audience.PUBLIC
    fresh = store(pictures, private=private)
    try:
        keys = _pictures([stored, *(part.stored for part in further)], written)
        keys += keys_of_videos(actor, [video, *(part.video for part in further)])
        with placing.copied(keys, private=private) as placed, transaction.atomic():
            drafting.claim(actor=actor, draft_id=client_id)
            quoted = _lock_quoted(actor, quote_of)
            long = placed.article(written) if written else None
            head = _insert(actor, client_id, text, now, quote_of=quoted, options=options, article=long)
            attach_pictures(head, [*placed.pictures(stored), *fresh])
            attach_blocks(head, blocks, now)
            if video:
                attach_video(head, actor=actor, video_id=video, alt=video_alt, placed=placed.keys)
            for place, part in enumerate(further, 1):
                part_id = uuid5(client_id, str(place))
                post = _insert(actor, part_id, part.text, now, thread=head, part=place, options=options)
                attach_pictures(post, placed.pictures(part.stored))
                attach_blocks(post, part.blocks, now)
                if part.video:
                    attach_video(post, actor=actor, video_id=part.video, alt=part.video_alt, placed=placed.keys)
            change(Creator.objects.filter(pk=actor.pk), "posts_count", 1 + len(further))
            broadcasts.published(head, author=actor)
            ring_later(head)
            placed.forget_originals()
            return head
    except BaseException as error:
        discard(fresh)
        # A retry that ran beside the first request lost the race for the unique (creator, client_id), or found that its
        # pictures had been moved already.
        lost_race = isinstance(error, IntegrityError | FileNotFoundError | ValidationError)
        if lost_race and (first := _published(actor, client_id, texts, written)):
            return first
        if isinstance(error, FileNotFoundError):
            raise lost() from error
        raise


def _pictures(stored: Sequence[Sequence[StoredPicture]], article: Written | None) -> list[str]:
    """The keys of what was uploaded before. Raises ValidationError when something of it is not there."""
    keys = [picture.key for each in stored for picture in each]
    if not all(map(is_stored, keys)):
        raise lost()
    if article:
        articles.require_pictures(article)
    return [*keys, *(article.keys if article else ())]


def _checked_part(part: NewPart | str) -> NewPart:
    """A part with its text cleaned. Raises ValidationError."""
    part = NewPart(part) if isinstance(part, str) else part
    return replace(part, text=checked(part.text, limit=POST_LENGTH))


def _published(actor: User, client_id: UUID, texts: Sequence[str], article: Written | None) -> Post | None:
    """What this client id published before, if its texts (of a thread: of all parts) were these."""
    post = Post.objects.filter(creator_id=actor.pk, client_id=client_id).first()
    if post is None:
        return None
    if article or post.kind == Post.Kind.ARTICLE:
        if article is None or not articles.is_first_version(post, article):
            raise AlreadyPublished(post)
        return post
    whole = [post, *Post.objects.filter(thread=post).order_by("part")]
    first = dict(PostRevision.objects.filter(post__in=whole, revision=0).values_list("post", "text"))
    if [first.get(part.pk, part.text) for part in whole] != list(texts):
        raise AlreadyPublished(post)
    return post


def _insert(
    actor: User,
    client_id: UUID,
    text: str,
    now: datetime,
    *,
    options: Options,
    quote_of: Post | None = None,
    thread: Post | None = None,
    part: int = 0,
    article: Written | None = None,
) -> Post:
    """One post with what its text names; whoever is meant is told."""
    # The id is made here and not before the pictures are stored: ids are the order of the feeds.
    post = Post.objects.create(
        id=uuid7(),
        kind=Post.Kind.ARTICLE if article else Post.Kind.SHORT,
        creator_id=actor.pk,
        client_id=client_id,
        text=text,
        quote_of=quote_of,
        thread=thread,
        part=part,
        created_at=now,
        **options.columns(),
    )
    if article:
        articles.store_article(post, article)
    tokens = article.names() if article else tokenise(text)
    set_tags(post, tokens)
    told = set_mentions(post, mentioned(tokens, author_id=actor.pk))
    if quote_of:
        change(Post.objects.filter(pk=quote_of.pk), "repost_count", 1)
        broadcasts.counts(quote_of.pk)
        touch(quote_of.pk)
        engagement.record(
            Deed.SHARE, actor=actor, content_id=quote_of.pk, creator_id=quote_of.creator_id, ref=post.pk, at=now
        )
    tell(post, actor, told, quote_of, now)
    return post


def _lock_quoted(actor: User, quote_of: UUID | None) -> Post | None:
    """The post to quote, locked; quoting a repost quotes its original."""
    if quote_of is None:
        return None
    original_id = Post.objects.filter(pk=quote_of).values_list("repost_of", flat=True).first()
    try:
        quoted = locks.open_post(original_id or quote_of)
    except Post.DoesNotExist:
        raise Gone from None
    require_audience(quoted, actor)
    require_public(quoted)
    return quoted


def tell(post: Post, actor: User, mentions: Sequence[UUID], quoted: Post | None, now: datetime) -> None:
    """Notify the author of what is quoted, and those newly mentioned whom the post is for."""
    told = {"actor": actor, "url": post.get_absolute_url(), "excerpt": excerpt(post.text), "now": now}
    if quoted:
        notify(recipients=[quoted.creator_id], kind=Kind.REPOST, group_key=f"quote:{quoted.pk}", **told)  # type: ignore[arg-type]
        mentions = [person for person in mentions if person != quoted.creator_id]
    mentions = sorted(audience_among(post, mentions))  # whom it is not for does not hear of it
    if mentions:
        notify(recipients=mentions, kind=Kind.MENTION, group_key=f"mention:{post.pk}", **told)  # type: ignore[arg-type]


@transaction.atomic
def delete(*, actor: User, post_id: UUID, now: datetime) -> Post:
    """Take a post out of everything, with its reposts, and the first of a thread with all its parts.

    Quotes stay, and say that it is gone. By its creator, or by an operator (whoever calls records the reason). Raises
    Gone, NotAllowed.
    """
    shown = Post.objects.filter(pk=post_id).values_list("quote_of", "repost_of").first() or (None, None)
    parts = set(Post.objects.filter(thread=post_id, deleted_at=None).values_list("pk", flat=True))
    locked = locks.posts({post_id, *parts, *(pk for pk in shown if pk)})
    post = locked.pop(post_id, None)
    if post is None:
        raise Gone
    if post.creator_id != actor.pk and not actor.is_staff:
        raise NotAllowed
    gone = [post, *(locked.pop(pk) for pk in sorted(parts) if pk in locked)]
    Post.objects.filter(pk__in=[one.pk for one in gone]).update(deleted_at=now)
    Post.objects.filter(repost_of__in=gone, deleted_at=None).update(deleted_at=now)
    post.deleted_at = now
    for below in locked.values():  # what it quoted or reposted, if that still lives
        change(Post.objects.filter(pk=below.pk), "repost_count", -1)
        broadcasts.counts(below.pk)
        touch(below.pk)
        ref = None if post.repost_of_id else post.pk
        engagement.undo(Deed.SHARE, actor_id=post.creator_id, content_id=below.pk, ref=ref)
    if not post.repost_of_id:
        change(Creator.objects.filter(pk=post.creator_id), "posts_count", -len(gone))
    for one in gone:
        broadcasts.removed(one.pk)
        touch(one.pk)
        ring_later(one)
        _take_back(one, locked)
    return post


def _take_back(post: Post, locked: dict[UUID, Post]) -> None:
    """Withdraw what is still unread about a post that is gone."""
    author = post.creator.user
    for below in locked.values():
        verb = "repost" if post.repost_of_id else "quote"
        withdraw(actor=author, group_key=f"{verb}:{below.pk}", recipient_id=below.creator_id)
    for person in PostMention.objects.filter(post=post).order_by("user").values_list("user", flat=True):
        withdraw(actor=author, group_key=f"mention:{post.pk}", recipient_id=person)
