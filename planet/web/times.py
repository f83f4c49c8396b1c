"""How times are written: how long ago, with the exact moment in reach. Mirrored in static/js/time.js."""

from datetime import datetime
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, pgettext

MINUTE, HOUR, DAY = 60, 3600, 86400


def exactly(at: datetime) -> str:
    """The moment in words, UTC."""
    return date_format(at, gettext("j M Y, H:i")) + " UTC"


def ago(at: datetime, now: datetime | None = None) -> str:
    """“now”, “6 min”, “2 h”, “3 d”, then the date; the future counts as now."""
    now = now or timezone.now()
    seconds = int((now - at).total_seconds())
    if seconds < 7 * DAY:
        unit = DAY if seconds >= DAY else HOUR if seconds >= HOUR else MINUTE if seconds >= MINUTE else 0
        return _lately(get_language(), unit, seconds // unit if unit else 0)
    return date_format(at, gettext("j M") if at.year == now.year else gettext("j M Y"))


@lru_cache(maxsize=512)  # a page of posts says some thirty of these ninety
def _lately(language: str | None, unit: int, n: int) -> str:  # noqa: ARG001  # gettext asks for the language itself
    if unit == DAY:
        return gettext("{n} d").format(n=n)
    if unit == HOUR:
        return gettext("{n} h").format(n=n)
    return gettext("{n} min").format(n=n) if unit else pgettext("just this minute", "now")
