"""How times are written: how long ago, with the exact moment in reach. Mirrored in static/js/time.js."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext

MINUTE, HOUR, DAY = 60, 3600, 86400


def exactly(at: datetime) -> str:
    """The moment in words, UTC."""
    return date_format(at, gettext("j M Y, H:i")) + " UTC"


def ago(at: datetime, now: datetime | None = None) -> str:
    """“now”, “6 min”, “2 h”, “3 d”, then the date; the future counts as now."""
    now = now or timezone.now()
    seconds = int((now - at).total_seconds())
    if seconds < MINUTE:
        return pgettext("just this minute", "now")
    if seconds < HOUR:
        return gettext("{n} min").format(n=seconds // MINUTE)
    if seconds < DAY:
        return gettext("{n} h").format(n=seconds // HOUR)
    if seconds < 7 * DAY:
        return gettext("{n} d").format(n=seconds // DAY)
    return date_format(at, gettext("j M") if at.year == now.year else gettext("j M Y"))
