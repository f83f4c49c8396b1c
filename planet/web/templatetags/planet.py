"""Template tags that every page may use without loading them."""

from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.template.context import Context
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from planet.web import avatars, images, numbers, times

register = template.Library()
_MOST_UNREAD = 99


@register.simple_tag
def icon(name: str, size: str = "20", label: str = "", cls: str = "") -> SafeString:
    """A symbol of the sprite; decorative unless it has a label."""
    return _icon(static("icons/sprite.svg"), name, size, label, cls)


@lru_cache(maxsize=512)
def _icon(sprite: str, name: str, size: str, label: str, cls: str) -> SafeString:
    classes = " ".join(part for part in ("" if cls.startswith("bdg") else "ic", _size(size), cls) if part)
    reading = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="{}" viewBox="0 0 20 20" {}><use href="{}#i-{}"/></svg>',
        classes,
        reading,
        sprite,
        name,
    )


def _size(size: str) -> str:
    return "" if size == "20" else f"ic-{size}"


@register.simple_tag
def avatar(user: Any, size: str = "40", *, lazy: bool = False) -> SafeString:
    """The person's picture, or one drawn from the handle. Decorative: the name stands beside it.

    In a long list it is `lazy`: loaded when it comes near.
    """
    picture = getattr(user, "avatar", "")
    if picture:
        inside = format_html(
            '<img src="{}" alt="" width="{}" height="{}" decoding="async"{}>',
            _picture(picture, size),
            size,
            size,
            mark_safe(' loading="lazy"' if lazy else ""),  # noqa: S308  # ours
        )
    else:
        inside = mark_safe(avatars.generated(getattr(user, "handle", "") or ""))  # noqa: S308  # drawn by us
    return format_html('<span class="av av-{}">{}</span>', size, inside)


def _picture(key: str, size: str) -> str:
    """The smallest stored size that is sharp at twice the shown one."""
    return images.url(key, str(next((edge for edge in (48, 96) if edge >= int(size) * 2), 400)))


@register.inclusion_tag("web/_name.html")
def name_row(user: Any, time: datetime | None = None, url: str | None = None, link: bool = True) -> dict[str, Any]:
    """Name, badges, handle and (linked to `url`) the time; `link=False` inside another link."""
    return {"user": user, "time": time, "url": url, "link": link}


@register.simple_tag(takes_context=True)
def nav(context: Context, route: str, symbol: str, label: str, *, cls: str = "nav", count: str = "") -> SafeString:
    """A link of the frame; empty while no app serves the route."""
    try:
        url = reverse(route)
    except NoReverseMatch:
        return mark_safe("")
    return nav_to(context, url, symbol, label, cls=cls, count=count)


@register.simple_tag(takes_context=True)
def nav_to(context: Context, url: str, symbol: str, label: str, *, cls: str = "nav", count: str = "") -> SafeString:
    """A link of the frame to a known address, marked when the page shown is that one.

    The frame is kept by `place`, so that and nothing else of the request may decide.
    """
    current = mark_safe(' aria-current="page"') if context.get("place") == url else ""
    return format_html(
        '<a class="{}" href="{}"{}>{}<span>{}</span>{}</a>', cls, url, current, icon(symbol), label, count
    )


@register.simple_tag(takes_context=True)
def unread_badge(context: Context) -> SafeString:
    """How many notifications are unread: hidden at none, kept up to date by the socket."""
    unread = int(context.get("unread_count") or 0)
    hidden = mark_safe("") if unread else mark_safe(" hidden")
    shown = str(unread) if unread <= _MOST_UNREAD else f"{_MOST_UNREAD}+"
    return format_html('<i class="count" data-unread="{}"{}>{}</i>', unread, hidden, shown)


@register.simple_tag
def groups_badge() -> SafeString:
    """In how many groups something is unread: the page does not ask, its script does (static/js/groups.js).

    It names the outbox's module as well, which is loaded only where something waits to be sent.
    """
    return format_html('<i class="count" data-groups-unread data-outbox="{}" hidden></i>', static("js/chat/outbox.js"))


@register.filter
def compact(value: int | str | None) -> str:
    """1284 → 1.3K."""
    return numbers.compact(int(value or 0))


@register.filter
def signed(value: Decimal | float, decimals: int | str = 2) -> str:
    """+3.42, −1.16."""
    return numbers.signed(value, int(decimals))


@register.filter
def ago(at: datetime | None) -> SafeString:
    """A <time> that says how long ago, and exactly when in its title; refreshed by time.js."""
    if at is None:
        return mark_safe("")
    return format_html(
        '<time datetime="{}" title="{}" data-ago>{}</time>', at.isoformat(), times.exactly(at), times.ago(at)
    )
