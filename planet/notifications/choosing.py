"""What people decide about being told: switches, filters, quiet hours, the digest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction

from planet.accounts.models import User
from planet.notifications import quiet
from planet.notifications.models import SWITCHABLE, Channel, Cycle, Preferences, Switch
from planet.notifications.models.preferences import OFF_BY_DEFAULT

Wanted = Mapping[tuple[str, str], bool]  # {(kind, channel): whether}


class NotSwitchable(ValueError):
    """A kind that nobody can switch off, or that there is none of."""


@dataclass(frozen=True)
class Wishes:
    """Everything in `Preferences` that a person chooses."""

    time_zone: str = "UTC"
    quiet_from: time | None = None
    quiet_to: time | None = None
    digest: Cycle = Cycle.NEVER
    filter_strangers: bool = False
    filter_new: bool = False
    filter_faceless: bool = False
    filter_unverified: bool = False


def switches(user: User) -> dict[tuple[str, str], bool]:
    """What the person wants to hear of, for every switchable kind on every channel."""
    said = {(row.kind, row.channel): row.wanted for row in Switch.objects.filter(user=user)}
    every = ((kind.value, channel.value) for kind in SWITCHABLE for channel in Channel)
    return {key: said.get(key, key not in OFF_BY_DEFAULT) for key in every}


def wants(user: User, channel: Channel) -> list[str]:
    """The kinds that the person wants to hear of on a channel, beside those that are always on."""
    return [kind for (kind, on), wanted in switches(user).items() if wanted and on == channel]


@transaction.atomic
def switch(*, actor: User, wanted: Wanted) -> None:
    """Set some switches. Raises NotSwitchable for a kind that is always on, or unknown; then nothing changes."""
    kinds, channels = {kind.value for kind in SWITCHABLE}, set(Channel.values)
    if unknown := [key for key in wanted if key[0] not in kinds or key[1] not in channels]:
        raise NotSwitchable(unknown)
    rows = [Switch(user=actor, kind=kind, channel=channel, wanted=on) for (kind, channel), on in wanted.items()]
    rows.sort(key=lambda row: (row.kind, row.channel))
    Switch.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["user", "kind", "channel"], update_fields=["wanted"]
    )


def preferences(user: User) -> Preferences:
    """What the person has chosen, or the defaults, which are no row."""
    return Preferences.objects.filter(pk=user.pk).first() or Preferences(user=user)


@transaction.atomic
def wish(*, actor: User, wishes: Wishes, now: datetime) -> Preferences:
    """Set filters, quiet hours and digest; the next digest is due anew when its cycle or the time zone changed."""
    Preferences.objects.get_or_create(user=actor)
    locked = Preferences.objects.select_for_update().get(user=actor)
    moved = (locked.digest, locked.time_zone) != (wishes.digest, wishes.time_zone)
    for name in Wishes.__dataclass_fields__:
        setattr(locked, name, getattr(wishes, name))
    if wishes.digest == Cycle.NEVER:
        locked.digest_at = None
    elif moved or locked.digest_at is None:
        locked.digest_at = quiet.next_morning(now, wishes.time_zone, weekly=wishes.digest == Cycle.WEEKLY)
    locked.save()
    return locked


def hours(chosen: Preferences) -> quiet.Hours | None:
    """The quiet hours that somebody has chosen."""
    if chosen.quiet_from is None or chosen.quiet_to is None:
        return None
    return quiet.Hours(chosen.quiet_from, chosen.quiet_to)
