"""How a member keeps a group: told of what, on top, in a folder, out of the way. Nobody else learns of any of it.

Each deed is one statement on the member's own row. Saying the same twice is saying it once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from groups.errors import NotAMember, TooMany
from groups.models import Level, Membership
from planet.accounts.models import User
from planet.web.text import clean_line

FOR_EVER: Final = timedelta(days=365 * 1000)
MUTES: Final[dict[str, timedelta | None]] = {
    "1h": timedelta(hours=1),
    "8h": timedelta(hours=8),
    "1d": timedelta(days=1),
    "7d": timedelta(days=7),
    "ever": FOR_EVER,
    "off": None,
}
FOLDER_LENGTH: Final = 24
MOST_FOLDERS: Final = 20
MOST_PINNED: Final = 20


def mute(*, actor: User, group_id: UUID, until: datetime | None) -> None:
    """Be told of nothing but mentions until a moment; None: be told again. Raises NotAMember."""
    _keep(actor, group_id, muted_until=until)


def mute_for(*, actor: User, group_id: UUID, how_long: str, now: datetime) -> None:
    """The same for one of MUTES. Raises NotAMember, KeyError."""
    length = MUTES[how_long]
    mute(actor=actor, group_id=group_id, until=None if length is None else now + length)


def set_level(*, actor: User, group_id: UUID, level: Level) -> None:
    """What of the group tells the member. Raises NotAMember."""
    _keep(actor, group_id, level=level)


def archive(*, actor: User, group_id: UUID, on: bool, now: datetime) -> None:
    """Out of the list, and off its top; or back. Raises NotAMember."""
    if on:
        _keep(actor, group_id, archived_at=now, pinned_position=None)
    else:
        _keep(actor, group_id, archived_at=None)


@transaction.atomic
def put_in_folder(*, actor: User, group_id: UUID, name: str) -> str:
    """In a folder of the member's list, or ("") in none; the name as it is kept.

    A folder exists while something is in it; one that differs only in capitals is the same.
    Raises NotAMember, ValidationError (the name), TooMany (folders).
    """
    name = clean_line(name)
    if len(name) > FOLDER_LENGTH:
        raise ValidationError(_("A shorter name, please."), code="max_length")
    _lock(actor)
    there = set(Membership.objects.filter(user=actor).exclude(folder="").values_list("folder", flat=True))
    name = next((one for one in there if one.casefold() == name.casefold()), name)
    if name and name not in there and len(there) >= MOST_FOLDERS:
        raise TooMany
    _keep(actor, group_id, folder=name)
    return name


@transaction.atomic
def pin(*, actor: User, group_id: UUID, on: bool) -> None:
    """On top of the list, below what is there already; or no longer. Raises NotAMember, TooMany."""
    _lock(actor)
    if not on:
        _keep(actor, group_id, pinned_position=None)
        return
    if Membership.objects.filter(user=actor, group=group_id, pinned_position__isnull=False).exists():
        return
    pinned = Membership.objects.filter(user=actor, pinned_position__isnull=False)
    if pinned.count() >= MOST_PINNED:
        raise TooMany
    last = pinned.aggregate(last=Max("pinned_position"))["last"]
    _keep(actor, group_id, pinned_position=0 if last is None else last + 1, archived_at=None)


@transaction.atomic
def order_pins(*, actor: User, wanted: Sequence[UUID]) -> None:
    """What is pinned, in this order; ids of anything else mean nothing, and what is not named comes last."""
    _lock(actor)
    rows = list(Membership.objects.filter(user=actor, pinned_position__isnull=False).order_by("pinned_position", "id"))
    places = {group_id: place for place, group_id in reversed(list(enumerate(wanted)))}
    rows.sort(key=lambda row: places.get(row.group_id, len(wanted)))
    for place, row in enumerate(rows):
        row.pinned_position = place
    Membership.objects.bulk_update(rows, ["pinned_position"])


def _lock(actor: User) -> None:
    """Whoever counts or orders what somebody keeps waits here."""
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)


def _keep(actor: User, group_id: UUID, **values: Any) -> None:
    mine = Membership.objects.filter(user=actor, group=group_id, accepted_at__isnull=False)
    if not mine.update(**values):
        raise NotAMember
