"""Who may put something new in front of readers, and answer what is there."""

from planet.accounts.models import KycState, User
from planet.accounts.queries import blocked_between
from posts.access import in_audience
from posts.errors import NotACreator, NotAllowed, NotForSharing, NotVerified
from posts.models import Post


def require_publisher(actor: User) -> None:
    """Raise NotACreator, or NotVerified for a creator whose identity check no longer stands; as the database has it."""
    state = User.objects.filter(pk=actor.pk, creator__isnull=False).values_list("kyc_state", flat=True).first()
    if state is None:
        raise NotACreator
    if state != KycState.APPROVED:
        raise NotVerified


def require_audience(post: Post, actor: User) -> None:
    """Raise NotAllowed when a block stands between the actor and the author, or the post is not for the actor."""
    if blocked_between(actor.pk, post.creator_id) or not in_audience(post, actor.pk):
        raise NotAllowed


def require_public(post: Post) -> None:
    """Raise NotForSharing for a post that is for followers: whoever reads it there did not choose its readers."""
    if post.audience != Post.Audience.PUBLIC:
        raise NotForSharing
