"""Who may touch a component, and who may hear how a poll stands."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.http import Http404
from django.utils import timezone

from posts import blocks
from posts.models import Post, PostBlock


def of_post(post: Post, block_id: UUID) -> PostBlock:
    """A component of a post that the viewer may see. Raises Http404."""
    found = PostBlock.objects.filter(pk=block_id, post=post).first()
    if found is None:
        raise Http404
    found.post = post
    return found


def may_hear_result(user_id: UUID | None, key: str) -> bool:
    """Whether somebody may hear how a poll stands (topic `poll:<uuid>`)."""
    return bool(may_hear_results(user_id, [key]))


def may_hear_results(user_id: UUID | None, keys: Sequence[str]) -> Collection[str]:
    """Those of some polls' keys whose result somebody sees: who has voted, and everybody once it is over."""
    wanted = {block_id: key for key in keys if (block_id := _uuid(key))}
    found = blocks.live(list(wanted), viewer_id=user_id, now=timezone.now())
    return [wanted[pk] for pk, view in found.items() if view.live.get("is_shown")]


def _uuid(key: str) -> UUID | None:
    try:
        found = UUID(key)
    except ValueError:
        return None
    return found if str(found) == key else None
