"""Posts and comments can be reported: what a report finds, and what it keeps."""

from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planet.engagement import actions as engagement
from planet.moderation.reports import Evidence, Reportable
from posts.access import visible_comment, visible_post
from posts.errors import Gone
from posts.models import Article, ArticlePicture, Comment, Post, PostBlock, PostPicture, Video
from posts.text import excerpt

TITLE_LENGTH = 160


def find_post(request: HttpRequest, post_id: UUID) -> Post:
    """A post that the viewer may see; a repost leads to its original. Raises Http404."""
    try:
        return visible_post(request, post_id)
    except Gone:
        raise Http404 from None


def post_owner(post: Post) -> UUID:
    """A post is its creator's."""
    owner_id: UUID = post.creator_id
    return owner_id


def snapshot_of_post(post: Post) -> Evidence:
    """The post's words, pictures and components, as everybody sees them now."""
    author = post.creator.user
    pictures = list(PostPicture.objects.filter(post=post).order_by("position").values("key", "alt"))
    article = Article.objects.filter(post=post).first()
    video = Video.objects.filter(post=post).values("key", "poster", "alt", "seconds").first()
    facts = {
        "kind": post.kind,
        "revision": post.revision,
        "published": post.created_at.isoformat(),
        "edited": post.edited_at.isoformat() if post.edited_at else None,
        "warning": post.warning,
        "is_promotion": post.is_promotion,
        "holds_assets": post.holds_assets,
        "quotes": str(post.quote_of_id) if post.quote_of_id else None,
        "pictures": pictures,
        "video": video,
        "components": list(PostBlock.objects.filter(post=post).order_by("position").values("kind", "version", "data")),
    }
    keys = [str(picture["key"]) for picture in pictures] + ([video["poster"]] if video and video["poster"] else [])
    if article:
        keys += [article.cover] if article.cover else []
        keys += sorted(set(ArticlePicture.objects.filter(article=article).values_list("key", flat=True)) - set(keys))
    return Evidence(
        title=(article.title if article else excerpt(post.text)[:TITLE_LENGTH]) or _("A picture"),
        url=post.get_absolute_url(),
        author={"handle": author.handle, "name": author.name},
        text=f"{article.title}\n\n{post.text}\n\n{article.body}" if article else post.text,
        facts=facts,
        pictures=keys,
    )


def find_comment(request: HttpRequest, comment_id: UUID) -> Comment:
    """A living comment that the viewer may see, on a post that the viewer may see. Raises Http404."""
    place = Comment.objects.filter(pk=comment_id, deleted_at=None).values_list("post", flat=True).first()
    if place is None:
        raise Http404
    return visible_comment(request, find_post(request, place), comment_id)


def comment_owner(comment: Comment) -> UUID:
    """A comment is its author's."""
    return comment.author_id


def snapshot_of_comment(comment: Comment) -> Evidence:
    """The comment's words."""
    return Evidence(
        title=excerpt(comment.text)[:TITLE_LENGTH],
        url=comment.get_absolute_url(),
        author={"handle": comment.author.handle, "name": comment.author.name},
        text=comment.text,
        facts={
            "post": str(comment.post_id),
            "answers": str(comment.parent_id) if comment.parent_id else None,
            "published": comment.created_at.isoformat(),
        },
    )


def stop_counting(object_id: UUID, at: datetime) -> None:
    """What was done with a post that should not stand counts for nobody; nor does a comment that should not."""
    engagement.exclude(object_id, at=at)


def count_again(object_id: UUID) -> None:
    """It may stand after all."""
    engagement.readmit(object_id)


POST = Reportable(
    "post",
    gettext_lazy("Post"),
    find=find_post,
    owner=post_owner,
    snapshot=snapshot_of_post,
    room="posts_post",
    upheld=stop_counting,
    overturned=count_again,
)
COMMENT = Reportable(
    "comment",
    gettext_lazy("Comment"),
    find=find_comment,
    owner=comment_owner,
    snapshot=snapshot_of_comment,
    room="posts_comment",
    upheld=stop_counting,
    overturned=count_again,
)
