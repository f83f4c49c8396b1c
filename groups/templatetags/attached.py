"""Pictures of messages: a view that asks who looks shows them, so their addresses are not those of other pictures."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from groups.models import Attachment
from planet.web import images

register = template.Library()


@register.simple_tag
def attached_picture(file: Attachment, size: str) -> SafeString:
    """An `<img>` of an attachment, with its width and height: nothing shifts when it comes."""
    width, height = images.dimensions(file.key, size)
    return format_html(
        '<img src="{}" width="{}" height="{}" alt="{}" loading="lazy" decoding="async">',
        file.url_of(int(size)),
        width,
        height,
        file.alt,
    )


@register.filter
def pictures(files: list[Attachment]) -> list[Attachment]:
    """Those of some attachments that are pictures."""
    return [file for file in files if file.kind == "picture"]


@register.filter
def others(files: list[Attachment]) -> list[Attachment]:
    """Those of some attachments that are downloaded."""
    return [file for file in files if file.kind != "picture"]
