"""Who may put something new in front of readers."""

from planet.accounts.models import KycState, User
from posts.errors import NotACreator, NotVerified


def require_publisher(actor: User) -> None:
    """Raise NotACreator, or NotVerified for a creator whose identity check no longer stands; as the database has it."""
    state = User.objects.filter(pk=actor.pk, creator__isnull=False).values_list("kyc_state", flat=True).first()
    if state is None:
        raise NotACreator
    if state != KycState.APPROVED:
        raise NotVerified
