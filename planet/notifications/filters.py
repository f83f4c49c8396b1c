"""What a person's filters put aside: it is told, but in a tab of its own, without badge, mail and push.

Whom the person follows is never put aside. Who follows whom is known above this app, so whoever knows registers it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from planet.accounts.models import User

NEW: Final = timedelta(days=30)
# (actor, recipients) → those of the recipients who follow the actor
Followers = Callable[[UUID, Sequence[UUID]], set[UUID]]

_followers: list[Followers] = []


@dataclass(frozen=True)
class Filters:
    """What one recipient wants put aside."""

    strangers: bool
    new: bool
    faceless: bool
    unverified: bool

    def take(self, actor: User, now: datetime) -> bool:
        """Whether somebody whom the recipient does not follow is put aside."""
        return (
            self.strangers
            or (self.new and now - actor.date_joined < NEW)
            or (self.faceless and not actor.avatar)
            or (self.unverified and not actor.is_verified)
        )


def register(followers: Followers) -> None:
    """Say, at start-up, who knows which of some people follow somebody."""
    _followers.append(followers)


def put_aside(actor: User, filters: dict[UUID, Filters], now: datetime) -> set[UUID]:
    """Those of some recipients whose filters take the actor; asks who follows only where that matters."""
    taken = {recipient for recipient, wanted in filters.items() if wanted.take(actor, now)}
    for followers in _followers:
        if taken:
            taken -= followers(actor.pk, list(taken))
    return taken
