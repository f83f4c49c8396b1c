"""What the pages of accounts need to show."""

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.html import urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

register = template.Library()

# The first that is found wins: every browser claims to be several others.
_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"),
             ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl"))  # fmt: skip
_SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
            ("Macintosh", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"))  # fmt: skip


@register.filter
def device(user_agent: str) -> str:
    """ "Firefox on Linux"; "Unknown browser" when it says nothing we know."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown browser")


@register.simple_tag
def dev_mail_url() -> str:
    """Where sent mail can be read, in development; else empty."""
    return reverse("dev_mail") if settings.DEVELOPMENT else ""


@register.filter
def links(text: str) -> SafeString:
    """The text, escaped, with its addresses as links."""
    return mark_safe(urlize(text, autoescape=True))  # noqa: S308  # urlize escapes
