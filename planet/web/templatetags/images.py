"""Template tags for stored pictures; every template has them without loading."""

from urllib.parse import urljoin

from django import template
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from planet.web import images

register = template.Library()


@register.filter
def image(key: str, size: str) -> str:
    """The URL of a picture in a size: `{{ post.key|image:"960" }}`. Empty for no picture."""
    return images.url(key, size) if key else ""


@register.simple_tag
def absolute(key: str, size: str) -> str:
    """The whole URL of a picture, for Open Graph and mail."""
    return urljoin(f"{settings.SITE_URL}/", images.url(key, size)) if key else ""


@register.simple_tag
def picture(
    key: str, size: str, alt: str = "", sizes: str = "", css: str = "", *, eager: bool = False, at: str = ""
) -> str | SafeString:
    """An `<img>` with width and height (so that nothing shifts), and `srcset` when `sizes` says how wide it shows.

    `eager` is for what is on the first screen; everything else loads when it comes near. `at`: images.url.
    """
    if not key:
        return ""
    width, height = images.dimensions(key, size)
    srcset: str | SafeString = ""
    if sizes:
        candidates = format_html_join(", ", "{} {}w", ((url, width) for width, url in images.widths(key, at)))
        srcset = format_html(' srcset="{}" sizes="{}"', candidates, sizes)
    return format_html(
        '<img src="{}"{} width="{}" height="{}" alt="{}"{}{} decoding="async">',
        images.url(key, size, at),
        srcset,
        width,
        height,
        alt,
        format_html(' class="{}"', css) if css else "",
        mark_safe(' fetchpriority="high"' if eager else ' loading="lazy"'),  # noqa: S308  # two constants
    )
