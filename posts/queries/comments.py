"""Comments under a post: threads best or newest first, replies in the order they were written."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from planet.accounts.queries import hidden_ids
from planet.web.pagination import PAGE_SIZE, Page, decode_cursor, encode_cursor, keyset
from planet.web.prepared import fetch
from posts.models import Comment, CommentLike, CommentMention

REPLIES_SHOWN: Final = 3

# The first replies of each thread of a page. The index (root, id) makes it a short walk a thread.
_FIRST_REPLIES: Final = """
SELECT r.id FROM unnest(%(roots)s::uuid[]) AS wanted (id) CROSS JOIN LATERAL (
    SELECT c.id FROM posts_comment c JOIN accounts_user u ON u.id = c.author_id AND u.is_active
     WHERE c.root_id = wanted.id AND c.deleted_at IS NULL AND c.hidden_at IS NULL AND NOT EXISTS (
        SELECT FROM accounts_block b WHERE (b.owner_id = %(viewer)s::uuid AND b.target_id = c.author_id)
                                        OR (b.owner_id = c.author_id AND b.target_id = %(viewer)s::uuid))
       AND NOT EXISTS (SELECT FROM accounts_mute m WHERE m.owner_id = %(viewer)s::uuid AND m.target_id = c.author_id)
     ORDER BY c.id LIMIT %(size)s) r
"""


@dataclass(frozen=True)
class Thread:
    """A top-level comment with some of its replies; `more` is the cursor of the next ones."""

    comment: Comment
    replies: Sequence[Comment]
    more: str | None = None
    starts_late: bool = False  # earlier replies exist that are not in `replies`


class Sort(StrEnum):
    """In which order threads stand: by rank (posts.ranking.comment_rank), or by time."""

    BEST = "best"
    NEW = "new"


def threads(*, post_id: UUID, viewer_id: UUID | None, after: str | None = None, sort: Sort = Sort.NEW) -> Page[Thread]:
    """One page of a post's threads, each with its first replies; on the first page the pinned one is on top.

    A fixed number of queries, however many comments. What the post's author laid aside is not among them.
    """
    roots = _shown(viewer_id).filter(post_id=post_id, root=None, hidden_at=None)
    roots = _with_people(roots.filter(Q(deleted_at=None) | Q(reply_count__gt=0)))
    rest = roots.filter(pinned_at=None)
    page = _best(rest, after) if sort is Sort.BEST else keyset(rest, after=after)
    items = page.items if after else [*roots.filter(pinned_at__isnull=False), *page.items]
    replies = _first_replies([comment.pk for comment in items if comment.reply_count], viewer_id)
    return Page([_thread(comment, replies.get(comment.pk, [])) for comment in items], page.after)


def _best(rows: QuerySet[Comment], after: str | None) -> Page[Comment]:
    """By rank, the newer of two equal ones first. Whatever is liked meanwhile, no thread stands on two pages below."""
    if after:
        rank, pk = decode_cursor(after, Comment, "rank", "id")
        rows = rows.filter(Q(rank__lt=rank) | Q(rank=rank, pk__lt=pk))
    found = list(rows.order_by("-rank", "-pk")[: PAGE_SIZE + 1])
    last = found[PAGE_SIZE - 1] if len(found) > PAGE_SIZE else None
    return Page(found[:PAGE_SIZE], encode_cursor(repr(last.rank), last.pk) if last else None)


def hidden(*, post_id: UUID, viewer_id: UUID | None, after: str | None = None) -> Page[Thread]:
    """What the post's author laid aside, the newest first, each alone."""
    found = _with_people(_shown(viewer_id).filter(post_id=post_id, hidden_at__isnull=False, deleted_at=None))
    page = keyset(found, after=after)
    return Page([Thread(comment, []) for comment in page.items], page.after)


def count_hidden(post_id: UUID) -> int:
    """How many comments the post's author laid aside."""
    return Comment.objects.filter(post_id=post_id, hidden_at__isnull=False, deleted_at=None).count()


def liked_among(*, viewer_id: UUID | None, ids: Collection[UUID]) -> set[UUID]:
    """Those of some comments that the viewer likes, in one query."""
    if viewer_id is None or not ids:
        return set()
    return set(CommentLike.objects.filter(user=viewer_id, comment__in=ids).values_list("comment", flat=True))


def thread(*, comment: Comment, viewer_id: UUID | None, after: str | None = None) -> Thread:
    """The thread that `comment` is in: from its start, from after the cursor, or from `comment` if that is a reply."""
    root = comment.root or comment
    replies = _shown(viewer_id).filter(root=root, deleted_at=None, hidden_at=None)
    if after:
        replies = replies.filter(pk__gt=decode_cursor(after, Comment, "id")[0])
    elif comment.root_id:
        replies = replies.filter(pk__gte=comment.pk)
    found = list(_with_people(replies).order_by("pk")[: PAGE_SIZE + 1])
    more = encode_cursor(found[PAGE_SIZE - 1].pk) if len(found) > PAGE_SIZE else None
    return Thread(root, found[:PAGE_SIZE], more, starts_late=bool(after or comment.root_id))


def newer(*, post_id: UUID, viewer_id: UUID | None, since: UUID) -> list[Comment]:
    """Comments written after the comment `since`, oldest first, at most two pages of them: the catch-up."""
    found = _shown(viewer_id).filter(post_id=post_id, pk__gt=since, deleted_at=None, hidden_at=None)
    return list(_with_people(found).order_by("pk")[: PAGE_SIZE * 2])


def with_people(comment_id: UUID) -> Comment:
    """One comment with everybody who shows on it. Raises Comment.DoesNotExist."""
    return _with_people(Comment.objects.all()).get(pk=comment_id)


def _thread(comment: Comment, replies: list[Comment]) -> Thread:
    more = len(replies) > REPLIES_SHOWN
    return Thread(comment, replies[:REPLIES_SHOWN], encode_cursor(replies[REPLIES_SHOWN - 1].pk) if more else None)


def _first_replies(roots: list[UUID], viewer_id: UUID | None) -> dict[UUID, list[Comment]]:
    if not roots:
        return {}
    ids = fetch(_FIRST_REPLIES, {"roots": roots, "viewer": viewer_id, "size": REPLIES_SHOWN + 1})
    found: dict[UUID, list[Comment]] = {}
    for reply in _with_people(Comment.objects.filter(pk__in=[row[0] for row in ids])).order_by("pk"):
        found.setdefault(reply.root_id, []).append(reply)  # type: ignore[arg-type]  # a reply has a root
    return found


def _shown(viewer_id: UUID | None) -> QuerySet[Comment]:
    """Comments without those of suspended people and of people whom the viewer must not see."""
    shown = Comment.objects.filter(author__is_active=True)
    return shown.exclude(author__in=hidden_ids(viewer_id)) if viewer_id else shown


def _with_people(comments: QuerySet[Comment]) -> QuerySet[Comment]:
    mentions = Prefetch("mentions", CommentMention.objects.select_related("user"))
    return comments.select_related("author", "parent__author").prefetch_related(mentions)


def handles(comment: Comment) -> Iterable[str]:
    """The lower-case handles that a comment may link; no query when it came from here."""
    return {mention.user.handle.lower() for mention in comment.mentions.all()}
