"""Moments as people choose them: a date and a time on a clock somewhere, and what that is in UTC."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

FURTHEST: Final = timedelta(days=366)
_OVER: Final = gettext_lazy("That time is over. Choose one that is still to come.")
_FAR: Final = gettext_lazy("A post can be scheduled at most a year ahead.")
_OLD_NAMES: Final = ("Etc/", "SystemV/", "US/", "posix/", "right/")


@lru_cache(maxsize=1)
def time_zones() -> tuple[str, ...]:
    """The names of the time zones, by place; UTC first."""
    places = (name for name in available_timezones() if "/" in name and not name.startswith(_OLD_NAMES))
    return ("UTC", *sorted(places))


def zone(name: str) -> ZoneInfo:
    """The time zone of this name, also of an old name as some browsers give. Raises ValidationError."""
    if name not in available_timezones():
        raise ValidationError(_("This time zone is not known here."), code="zone")
    return ZoneInfo(name)


def in_utc(local: datetime, time_zone: str) -> datetime:
    """When a clock in `time_zone` shows `local`; of an hour that comes twice, the first.

    Raises ValidationError for a time that is skipped there, because clocks go forward.
    """
    place = zone(time_zone)
    try:
        moment = local.replace(tzinfo=place, fold=0).astimezone(UTC)
    except OverflowError:  # the first or the last day that there is
        raise ValidationError(_OVER if local.year < 5000 else _FAR, code="range") from None
    if moment.astimezone(place).replace(tzinfo=None) != local:
        raise ValidationError(
            _("Clocks go forward there: %(time)s does not exist on that day. Choose another time."),
            code="skipped",
            params={"time": f"{local:%H:%M}"},
        )
    return moment


def on_the_clock(moment: datetime, time_zone: str) -> datetime:
    """What a clock in `time_zone` shows at `moment`; in UTC where the zone is not known (any more).

    It bears no zone: templates and form fields would turn what does back into the site's own time.
    """
    try:
        return moment.astimezone(zone(time_zone)).replace(tzinfo=None)
    except ValidationError:
        return moment.astimezone(UTC).replace(tzinfo=None)


def check_ahead(moment: datetime, *, now: datetime) -> None:
    """Raises ValidationError for a moment that is not ahead of us, or too far ahead."""
    if moment <= now:
        raise ValidationError(_OVER, code="past")
    if moment > now + FURTHEST:
        raise ValidationError(_FAR, code="far")


def place(time_zone: str) -> str:
    """What to call a time zone: "Europe/Berlin" is "Berlin", "America/New_York" is "New York"."""
    return time_zone.rpartition("/")[2].replace("_", " ")
