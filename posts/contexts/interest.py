"""Why a reader is shown a post: the figures behind For you, in words."""

from datetime import datetime
from typing import Any

from creators.queries import followed_among
from planet.accounts.models import User
from posts import ranking
from posts.models import Post, PostScore, Tag, TopicFollow
from posts.queries.foryou import FEW_FOLLOWERS


def reasons(post: Post, viewer: User, *, now: datetime) -> dict[str, Any]:
    """What speaks for showing the post to the viewer, and the topics that they may turn down."""
    topics = list(Tag.objects.filter(post_tags__post=post).order_by("kind", "name"))
    wanted = set(TopicFollow.objects.filter(follower=viewer, tag__in=topics).values_list("tag", flat=True))
    scored = PostScore.objects.filter(post=post).first()
    follows = bool(followed_among(viewer=viewer, creator_ids=[post.creator_id]))
    return {
        "author": post.creator.user,
        "is_own": post.creator_id == viewer.pk,
        "follows": follows,
        "topics": topics,
        "followed_topics": [tag for tag in topics if tag.pk in wanted],
        "is_new_voice": not follows and post.creator.followers_count < FEW_FOLLOWERS,
        "value": round(scored.value, 1) if scored else 0,
        "hours": max(0, int((now - post.created_at).total_seconds() // 3600)),
        "half": ranking.HOT_SECONDS // 3600,
    }
