"""oEmbed: a post, an article or a creator's page inside somebody else's page, as a quotation that runs no script."""

from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve, reverse
from django.utils.html import format_html

from posts.sharing.drawing import SIZE
from posts.sharing.subjects import Subject, absolute, find, find_post

WIDTH: Final = 600
HEIGHT: Final = 320
CACHE_SECONDS: Final = 3600


def subject_of(address: str) -> Subject | None:
    """What stands at an address of ours; None for any other address, and for what is not public."""
    try:
        parts, ours = urlsplit(address), urlsplit(settings.SITE_URL)
        match = resolve(parts.path)
    except (ValueError, Resolver404):
        return None
    if parts.netloc != ours.netloc or parts.scheme not in ("http", "https"):
        return None
    if match.url_name == "post":
        return find_post(str(match.kwargs["post_id"]))
    if match.url_name == "profile":
        return find("profile", str(match.kwargs["handle"]).lower())
    return None


def discovery(subject: Subject) -> str:
    """Where a page says that its description is; "" for what has none."""
    if subject.kind not in ("post", "article", "profile"):
        return ""
    return f"{absolute(reverse('oembed'))}?{urlencode({'url': subject.url, 'format': 'json'})}"


def describe(subject: Subject, *, max_width: int, max_height: int) -> dict[str, Any]:
    """The answer of the protocol (oembed.com, 2.3.4.4)."""
    width, height = min(WIDTH, max_width), min(HEIGHT, max_height)
    scale = min(1, width / SIZE[0], height / SIZE[1])
    author = subject.author
    answer: dict[str, Any] = {
        "version": "1.0",
        "type": "rich",
        "title": subject.title,
        "provider_name": settings.SITE_NAME,
        "provider_url": absolute("/"),
        "cache_age": CACHE_SECONDS,
        "width": width,
        "height": height,
        "html": _html(subject),
        "thumbnail_url": subject.drawn_url,
        "thumbnail_width": round(SIZE[0] * scale),
        "thumbnail_height": round(SIZE[1] * scale),
    }
    if author:
        answer |= {"author_name": author.name, "author_url": absolute(author.get_absolute_url())}
    return answer


def _html(subject: Subject) -> str:
    author = subject.author
    by = f"{author.name} (@{author.handle})" if author else subject.title
    head = format_html("<strong>{}</strong><br>", subject.title) if subject.kind == "article" else ""
    return format_html(
        '<blockquote class="planet-quote" cite="{}"><p>{}{}</p><footer>— <a href="{}">{}</a></footer></blockquote>',
        subject.url,
        head,
        subject.description,
        subject.url,
        by,
    )
