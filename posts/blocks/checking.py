"""Reading what an editor sent: untrusted JSON in, exact values out, sentences for the author when it cannot be."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from planet.markets import queries
from planet.markets.figures import price as written
from planet.markets.instruments import Instrument
from planet.markets.market import NoPrice
from planet.web.text import clean_line

# How long something may run, by the names that editors send.
DURATIONS: Final = {
    "1h": timedelta(hours=1),
    "6h": timedelta(hours=6),
    "1d": timedelta(days=1),
    "3d": timedelta(days=3),
    "7d": timedelta(days=7),
    "14d": timedelta(days=14),
    "30d": timedelta(days=30),
    "90d": timedelta(days=90),
}
DURATION_LABELS: Final = {
    "1h": _("1 hour"),
    "6h": _("6 hours"),
    "1d": _("1 day"),
    "3d": _("3 days"),
    "7d": _("1 week"),
    "14d": _("2 weeks"),
    "30d": _("1 month"),
    "90d": _("3 months"),
}
MOST_DIGITS: Final = 18


def text(data: Mapping[str, Any], name: str) -> str:
    """A value as one clean line; "" when it is missing or no text."""
    value = data.get(name, "")
    return clean_line(value) if isinstance(value, str) else ""


def texts(data: Mapping[str, Any], name: str, *, most: int) -> list[str]:
    """A list of lines, without the empty ones; what is no list, or absurdly long, is empty."""
    values = data.get(name, [])
    if not isinstance(values, list) or len(values) > 4 * most:
        return []
    return [line for value in values if isinstance(value, str) and (line := clean_line(value))]


def filled(values: object, places: int) -> list[str]:
    """What was typed into so many fields, "" where nothing was."""
    typed = [str(value) for value in values][:places] if isinstance(values, list) else []
    return [*typed, *[""] * (places - len(typed))]


def instrument(data: Mapping[str, Any]) -> Instrument:
    """The instrument that `symbol` names. Raises ValidationError."""
    typed = text(data, "symbol").removeprefix("$")
    found = queries.instrument(typed)
    if found is None:
        raise ValidationError(_("Choose an asset that has a market, for example BTC."), code="symbol")
    return found


def choice(data: Mapping[str, Any], name: str, choices: Sequence[str]) -> str:
    """One of several words; the first when nothing was sent. Raises ValidationError for any other."""
    value = data.get(name) or choices[0]
    if value not in choices:
        raise ValidationError(_("That is not one of the choices."), code=name)
    return str(value)


def price(value: object, of: Instrument, label: str) -> Decimal:
    """A typed price, exactly: above 0 and with no more places than the instrument has. Raises ValidationError."""
    typed = str(value).replace(",", "").replace(" ", "") if isinstance(value, str | int) else ""
    try:
        found = Decimal(typed)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or found <= 0 or abs(found.adjusted()) > MOST_DIGITS:
        raise ValidationError(_("%(label)s: write a price, for example %(example)s."), params=_example(label, of))
    if -int(found.normalize().as_tuple().exponent) > of.decimals:
        message = ngettext(
            "%(label)s: prices of %(symbol)s have %(places)d decimal place.",
            "%(label)s: prices of %(symbol)s have %(places)d decimal places.",
            of.decimals,
        )
        raise ValidationError(message, params={"label": label, "symbol": of.symbol, "places": of.decimals})
    return found.quantize(of.tick)


def _example(label: str, of: Instrument) -> dict[str, str]:
    return {"label": label, "example": written(of.anchor, of)}


def minute_after(at: datetime) -> datetime:
    """The first whole minute that is not before a moment."""
    floor = at.replace(second=0, microsecond=0)
    return floor if floor == at else floor + timedelta(minutes=1)


def moment(stored: str) -> datetime:
    """A stored time."""
    return datetime.fromisoformat(stored).astimezone(UTC)


def price_now(instrument: Instrument, now: datetime) -> Decimal:
    """What an instrument costs at this moment. Raises ValidationError where the market has no price for it now."""
    try:
        return queries.quote(instrument.symbol, now).price
    except NoPrice:
        message = _("The market has no price for %(symbol)s at this moment. Try again in a minute.")
        raise ValidationError(message, params={"symbol": instrument.symbol}, code="no_price") from None
