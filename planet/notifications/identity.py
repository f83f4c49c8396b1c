"""Tells people how their identity check ended."""

from django.urls import reverse

from planet.accounts.models import KycEvent, KycState
from planet.notifications.actions import notify
from planet.notifications.models import Kind


def told(event: KycEvent) -> None:
    """Put a decision into the applicant's inbox; being under way is no news."""
    if event.after in (KycState.APPROVED, KycState.REJECTED, KycState.EXPIRED):
        notify(
            recipients=[event.application.user_id],
            kind=Kind.KYC,
            actor=None,
            group_key=f"kyc:{event.after}",
            url=reverse("kyc"),
            excerpt=event.reason,
            now=event.at,
        )
