"""What somebody does not want to be shown in For you: a post, an author, a topic; and taking that back."""

from datetime import datetime

from creators.models import Creator
from planet.accounts.models import User
from posts.errors import NotAllowed
from posts.models import NotInterested, Post, Tag


def lose_interest(*, actor: User, now: datetime, about: Post | Tag, in_author: bool = False) -> None:
    """No more of a post, of its author (`in_author`), or of a topic; twice is once. Nobody is told.

    Raises NotAllowed for oneself.
    """
    thing = _thing(about, in_author)
    if isinstance(about, Post) and about.creator_id == actor.pk:
        raise NotAllowed
    NotInterested.objects.get_or_create(user=actor, **thing, defaults={"created_at": now})


def regain_interest(*, actor: User, about: Post | Tag | Creator, in_author: bool = False) -> None:
    """Show it again."""
    NotInterested.objects.filter(user=actor, **_thing(about, in_author)).delete()


def _thing(about: Post | Tag | Creator, in_author: bool) -> dict[str, object]:
    if isinstance(about, Tag):
        return {"topic": about}
    if isinstance(about, Creator):
        return {"author": about}
    return {"author_id": about.creator_id} if in_author else {"post": about}
