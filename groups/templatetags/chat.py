"""What the conversation's pieces need. All of it is for everybody: a message is rendered once for all its readers."""

from collections.abc import Collection
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from django import template
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from groups import showing, text
from groups.emoji import REACTIONS
from groups.events import happened, sentence
from groups.models import Group, Membership, Message
from groups.queries.mine import Last, Row
from planet.accounts.models import User
from planet.web import avatars, images
from planet.web.templatetags.planet import icon

register = template.Library()
_GIST: Final = 120
_KEPT: Final = 2_000  # members, drawn
_members: dict[tuple[object, ...], SafeString] = {}


@register.simple_tag
def row(message: Message, cont: str = "") -> SafeString:
    """A dressed message as its row, drawn once for all who look at it."""
    return showing.fragment(message, cont)


@register.simple_tag
def face(person: Any, size: str = "36") -> SafeString:
    """A person's picture in a tenth of the bytes of `avatar`: the drawing is in a file, the colours in the styles."""
    return _face(person.handle, person.avatar, size, "")


@register.simple_tag(takes_context=True)
def member_row(context: Context, member: Membership, online: Collection[UUID]) -> SafeString:
    """A member in the pane of details: drawn once for all who look, like a message."""
    role, person = member.role, member.user
    is_online, is_owner = member.user_id in online, member.user_id == context["group"].owner_id
    shown = (member.title, role.name if role else "", bool(role and role.rights), is_owner, is_online)
    key = (person.pk, person.handle, person.name, person.avatar, person.is_verified, get_language(), *shown)
    found = _members.get(key)
    if found is None:
        values = {"one": member, "is_online": is_online, "is_owner": is_owner}
        found = render_to_string("groups/_member.html", values)
        if len(_members) >= _KEPT:
            _members.clear()
        _members[key] = found
    return found


@register.simple_tag
def group_face(group: Group, size: str = "44") -> SafeString:
    """A group's picture: square, so that it is told from a person."""
    return _face(group.handle or str(group.pk), group.avatar, size, " sq")


@register.simple_tag
def row_face(row: Row, size: str = "44") -> SafeString:
    """The picture of a row of the list: a group's, or the other person's."""
    if row.is_direct:
        return _face(row.other.handle if row.other else str(row.id), row.avatar, size, "" if row.other else " sq")
    return _face(row.handle or str(row.id), row.avatar, size, " sq")


def _face(name: str, picture: str, size: str, shape: str) -> SafeString:
    if picture:
        edge = next((edge for edge in (48, 96) if edge >= int(size) * 2), 400)
        inside = format_html('<img src="{}" alt="" decoding="async">', images.url(picture, str(edge)))
    else:
        palette, motif = avatars.drawing(name)
        inside = format_html('<svg class="fa{}"><use href="{}#m{}"/></svg>', palette, _faces(), motif)
    return format_html('<span class="av av-{}{}">{}</span>', size, shape, inside)


@cache
def _faces() -> str:
    """Where the drawings are: a hundred of them stand on a page."""
    return static("icons/faces.svg")


@register.simple_tag
def moment(message: Message) -> SafeString:
    """When it was said, linking to the message's own page; the browser writes the reader's own time."""
    at = message.created_at.astimezone(UTC)
    return format_html(
        '<a class="at" href="/m/{}/"><time datetime="{}">{}</time></a>', message.pk, iso(at), at.strftime("%H:%M")
    )


@register.filter
def iso(at: datetime) -> str:
    """To the second, in UTC: 2026-11-22T09:18:03Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@register.filter
def gist(message: Message) -> str:
    """A message in a line: its beginning, or what it carries."""
    if message.kind == "event":
        return sentence(message)
    if message.deleted_at:
        return gettext("Message deleted")
    return text.excerpt(message.text, _GIST) or (gettext("Shared a card") if message.card else gettext("Attachment"))


@register.simple_tag
def row_gist(row: Row, reader: User) -> SafeString:
    """The newest message of a row of the list: who said what."""
    if row.last is None:
        return format_html("{}", gettext("Nothing yet"))
    words = _last(row.last)
    if row.last.kind == "event":
        return format_html("{}", words)
    if row.last.author_id == reader.pk:
        return format_html("<b>{}</b> {}", gettext("You:"), words)
    return format_html("{}", words) if row.other else format_html("<b>{}:</b> {}", row.last.author, words)


def _last(last: Last) -> str:
    if last.kind == "event":
        return happened(last.author, last.event or {})
    if last.is_deleted:
        return gettext("Message deleted")
    if last.is_hidden:
        return gettext("A message of somebody you muted or blocked")
    if said := text.excerpt(last.text, _GIST):
        return said
    return gettext("Shared a card") if last.card else gettext("Attachment")


@register.simple_tag
def event_words(message: Message) -> str:
    """What happened in the group, as a sentence."""
    return sentence(message)


@register.simple_tag
def reaction(emoji: str) -> SafeString:
    """A reaction as Planet draws it, or as the reader's own fonts do."""
    if emoji not in REACTIONS:
        return format_html("{}", emoji)
    symbol, label = REACTIONS[emoji]
    return icon(symbol, "14", label=str(label))
