"""Whether people expect an asset to rise: one vote an account a UTC day."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from planet.accounts.models import User
from posts.errors import AlreadyVoted
from posts.models import Stance, StanceCount


@transaction.atomic
def take_stance(*, actor: User, symbol: str, is_bull: bool, now: datetime) -> Stance:
    """Say it for today. The same again changes nothing; raises AlreadyVoted for the other one.

    The count's row is made first and then locked by its update, so whoever votes beside waits for nothing else.
    """
    day = now.date()
    StanceCount.objects.bulk_create([StanceCount(symbol=symbol, day=day)], ignore_conflicts=True)
    row = Stance(user=actor, symbol=symbol, day=day, is_bull=is_bull, created_at=now)
    count = StanceCount.objects.select_for_update(no_key=True).get(symbol=symbol, day=day)
    said = Stance.objects.filter(user=actor, symbol=symbol, day=day).first()
    if said:
        if said.is_bull != is_bull:
            raise AlreadyVoted
        return said
    row.save()
    counter = "bulls" if is_bull else "bears"
    StanceCount.objects.filter(pk=count.pk).update(**{counter: F(counter) + 1})
    return row
