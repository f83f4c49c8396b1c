"""Who may see a post. Views get posts only from here; whoever may not look gets what nobody's id gets."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from creators.models import Follow
from planet.accounts.access import person
from planet.accounts.models import Block, User
from planet.accounts.queries import blocked_between
from posts.errors import Gone
from posts.models import Comment, Draft, List, Post, PostMention, Video


def viewer_of(request: HttpRequest) -> User | None:
    """Who is looking; None for a guest."""
    return person(request) if request.user.is_authenticated else None


def in_audience(post: Post, user_id: UUID | None) -> bool:
    """Whether a post is for somebody (None: a guest): everybody, or the followers and the author."""
    return post.audience == Post.Audience.PUBLIC or bool(user_id and audience_among(post, [user_id]))


def audience_among(post: Post, user_ids: Iterable[UUID]) -> set[UUID]:
    """Those of some people for whom a post is; in no query for a public one, else in one."""
    asked = set(user_ids)
    if post.audience == Post.Audience.PUBLIC or not asked:
        return asked
    follows = Follow.objects.filter(creator=post.creator_id, follower__in=asked)
    return {*follows.values_list("follower_id", flat=True), *({post.creator_id} & asked)}


def may_answer(post: Post, user_id: UUID) -> bool:
    """Whether the author of a post, which somebody may see, lets them comment on it."""
    if user_id == post.creator_id or post.replies == Post.Replies.EVERYONE:
        return True
    if post.replies == Post.Replies.FOLLOWERS:
        return Follow.objects.filter(follower=user_id, creator=post.creator_id).exists()
    if post.replies == Post.Replies.MENTIONED:
        return PostMention.objects.filter(post=post, user=user_id).exists()
    return False


def visible_post(request: HttpRequest, post_id: UUID) -> Post:
    """The post with this id; a repost leads to its original.

    Raises Http404 when there is none, its author is suspended, one of the two has blocked the other, or it is not for
    the viewer; Gone when it was deleted.
    """
    post = Post.objects.select_related("repost_of", "creator__user").filter(pk=post_id).first()
    if post is None or not post.creator.user.is_active:
        raise Http404
    if post.repost_of_id:
        return visible_post(request, post.repost_of_id)
    viewer = viewer_of(request)
    if viewer and viewer.pk != post.creator_id and blocked_between(viewer.pk, post.creator_id):
        raise Http404
    if not in_audience(post, viewer.pk if viewer else None):
        raise Http404
    if post.deleted_at:
        raise Gone
    return post


def own_post(request: HttpRequest, post_id: UUID) -> Post:
    """The viewer's own living post. Raises Http404 for anybody else's, Gone for a deleted one."""
    post = visible_post(request, post_id)
    if post.creator_id != request.user.pk:
        raise Http404
    return post


def own_draft(request: HttpRequest, draft_id: UUID) -> Draft:
    """The viewer's own draft. Raises Http404 for anybody else's, and for what was deleted or is published."""
    return get_object_or_404(Draft, pk=draft_id, creator=request.user.pk, deleted_at=None)


def own_video(request: HttpRequest, video_id: UUID) -> Video:
    """A video that the viewer uploads or uploaded. Raises Http404 for anybody else's."""
    row = Video.objects.filter(pk=video_id, owner=request.user.pk).first()
    if row is None:
        raise Http404
    return row


def own_list(request: HttpRequest, list_id: UUID) -> List:
    """One of the viewer's own lists. Raises Http404 for anybody else's, as for none."""
    found = List.objects.filter(pk=list_id, owner=request.user.pk).first()
    if found is None:
        raise Http404
    return found


def visible_comment(request: HttpRequest, post: Post, comment_id: UUID) -> Comment:
    """A comment on a post that the viewer may see.

    Raises Http404, also where its author or whoever began the thread is suspended, or a block stands between one of
    them and the viewer.
    """
    comments = Comment.objects.select_related("author", "root__author", "parent__author")
    comment = comments.filter(pk=comment_id, post=post).first()
    viewer = viewer_of(request)
    if comment is None:
        raise Http404
    authors = {comment.author, comment.root.author} if comment.root else {comment.author}
    if not all(author.is_active for author in authors):
        raise Http404
    if viewer and any(blocked_between(viewer.pk, author.pk) for author in authors - {viewer}):
        raise Http404
    return comment


def deletable_comment(request: HttpRequest, post: Post, comment_id: UUID) -> Comment:
    """A living comment that the viewer may delete: an own one, or one on an own post. Raises Http404."""
    comment = visible_comment(request, post, comment_id)
    if comment.deleted_at or request.user.pk not in (comment.author_id, post.creator_id):
        raise Http404
    return comment


def readable(user_id: UUID | None, ids: Collection[UUID]) -> QuerySet[Post]:
    """Those of some posts that exist, by nobody suspended, and that somebody (None: a guest) may see."""
    found = Post.objects.filter(pk__in=ids, deleted_at=None, creator__user__is_active=True)
    public = Q(audience=Post.Audience.PUBLIC)
    if user_id is None:
        return found.filter(public)
    follows = Follow.objects.filter(follower=user_id, creator=OuterRef("creator"))
    found = found.filter(public | Q(creator=user_id) | Exists(follows))
    blocks = Block.objects.filter(owner=user_id).values("target")
    blocked_by = Block.objects.filter(target=user_id).values("owner")
    return found.exclude(creator__in=blocks).exclude(creator__in=blocked_by)


def may_listen(user_id: UUID | None, key: str) -> bool:
    """Whether somebody may hear of a post (topic `post:<uuid>`)."""
    return bool(may_listen_to(user_id, [key]))


def may_listen_to(user_id: UUID | None, keys: Sequence[str]) -> list[str]:
    """Those of some posts' keys that somebody may listen to, in one query. What is no id is nobody's."""
    wanted = {post_id: key for key in keys if (post_id := _uuid(key))}
    return [wanted[pk] for pk in readable(user_id, list(wanted)).values_list("pk", flat=True)]


def anybody(user_id: UUID | None, key: str) -> bool:  # noqa: ARG001  # the shape of an authorisation
    """Everybody may hear of everyone's newest (topic `everyone`, which has no key)."""
    return not key


def _uuid(key: str) -> UUID | None:
    try:
        found = UUID(key)
    except ValueError:
        return None
    return found if str(found) == key else None
