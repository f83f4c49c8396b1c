"""What a page's head says about the page to others: `{% load sharing %}`.

{% share subject %}                        of a Subject, or nothing for None (then robots are told to stay away)
{% share_profile creator as subject %}     the Subject of a homepage
{% share_tag "#rates" as subject %}        of a topic or an asset
"""

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse

from creators.models import Creator
from posts.models import Tag
from posts.sharing import drawing, oembed, structured, subjects
from posts.sharing.subjects import Subject

register = template.Library()
_OG_TYPES = {"post": "article", "article": "article", "profile": "profile"}
_FEEDS = {"profile": ("creator_feed", "handle"), "topic": ("topic_feed", "name"), "asset": ("asset_feed", "name")}


@register.inclusion_tag("posts/_share.html")
def share(subject: Subject | None) -> dict[str, Any]:
    """Open Graph, Twitter card, oEmbed, feeds, JSON-LD, the canonical address."""
    if subject is None:
        return {"subject": None}
    return {
        "subject": subject,
        "site_name": settings.SITE_NAME,
        "og_type": _OG_TYPES.get(subject.kind, "website"),
        "is_drawn": subject.image_url == subject.drawn_url,
        "size": drawing.SIZE,
        "image_type": drawing.TYPE,
        "oembed": oembed.discovery(subject),
        "feeds": _feeds(subject),
        "structured": structured.script(subject),
    }


def _feeds(subject: Subject) -> list[tuple[str, str]]:
    """The media type and address of each feed of the subject, or of its author."""
    kind, key = subject.kind, subject.key
    if kind in ("post", "article") and subject.author:
        kind, key = "profile", subject.author.handle
    route, name = _FEEDS[kind]
    return [(f"application/{form}+xml", reverse(route, kwargs={name: key, "form": form})) for form in ("atom", "rss")]


@register.simple_tag
def share_profile(creator: Creator | None) -> Subject | None:
    """The subject of a homepage; None for a person who is no creator."""
    return subjects.of_profile(creator) if creator else None


@register.simple_tag
def share_tag(said: str) -> Subject:
    """The subject of the page of a `#topic` or a `$ASSET`."""
    return subjects.of_tag(Tag.Kind.ASSET if said.startswith("$") else Tag.Kind.TOPIC, said[1:])
