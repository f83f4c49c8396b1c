"""The API for bots, and the addresses of webhooks: docs/bots.md is what is promised.

Everything is done by the actions and access rules of people.
"""

from typing import Any, Final
from uuid import UUID, uuid4, uuid5

import regex
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from groups import access
from groups.actions import changing, reacting, sending
from groups.models import Bot, Channel, Message
from groups.queries import channels as places
from groups.queries import messages as pages
from groups.queries.bots import attachments
from groups.scopes import Scope
from groups.views.machines import bearer, body, invalid, machine, webhook

READS: Final = ("240/m",)
WRITES: Final = ("20/10s", "60/m")
_ID = regex.compile(r"[\x21-\x7e]{1,100}")
_DIGITS = regex.compile(r"[0-9]{1,18}")


@machine("GET")
def channels(request: HttpRequest) -> HttpResponse:
    """The group's channels, and how far each has come."""
    bot = bearer(request, Scope.READ, "read", *READS)
    who = access.member_of(bot.user, bot.group)
    found = [_channel(channel) for channel in places.of_group(who.group)]
    group = {"id": str(who.group.pk), "handle": who.group.handle, "name": who.group.name}
    return JsonResponse({"group": group, "channels": found})


@machine("GET", "POST")
def messages(request: HttpRequest, channel_id: UUID) -> HttpResponse:
    """What changed in a channel after a revision; POST writes a message."""
    if request.method == "POST":
        bot = bearer(request, Scope.SEND, "write", *WRITES)
        return _send(bot, _channel_of(bot, channel_id), body(request))
    bot = bearer(request, Scope.READ, "read", *READS)
    channel = _channel_of(bot, channel_id)
    size = _number(request, "limit", 100)
    if not 1 <= size <= pages.CATCH_UP:
        raise invalid(_("limit is 1 to %(most)d.") % {"most": pages.CATCH_UP})
    found = pages.since(channel, _number(request, "since", 0), size=size)
    carried = attachments(found.messages)
    rows = [_message(message) | {"attachments": carried.get(message.pk, [])} for message in found.messages]
    return JsonResponse({"messages": rows, "revision": found.revision, "more": found.more})


@machine("POST")
def edit(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Say a message of one's own differently."""
    bot = bearer(request, Scope.EDIT, "write", *WRITES)
    message = _message_of(bot, message_id)
    text = _text(body(request))
    return JsonResponse(_message(changing.edit(message=message, actor=bot.user, text=text, now=timezone.now())))


@machine("POST")
def react(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Put a reaction on a message, or take it off."""
    bot = bearer(request, Scope.REACT, "write", *WRITES)
    message, asked = _message_of(bot, message_id), body(request)
    emoji, on = asked.get("emoji"), asked.get("on", True)
    if not isinstance(emoji, str) or not isinstance(on, bool):
        raise invalid(_("emoji is a text, on is true or false."))
    done = reacting.react(message=message, actor=bot.user, emoji=emoji, on=on, now=timezone.now())
    return JsonResponse(_message(done))


@machine("POST")
def hook(request: HttpRequest, token: str) -> HttpResponse:
    """Write into the webhook's channel. The address is the secret."""
    bot = webhook(request, token, *WRITES)
    if bot.channel_id is None:
        raise Http404
    return _send(bot, _channel_of(bot, bot.channel_id), body(request))


# --- the parts --------------------------------------------------------------------------------------------------------


def _channel_of(bot: Bot, channel_id: UUID) -> Channel:
    channel, _who = access.get_channel(bot.user, channel_id)
    if channel.group_id != bot.group_id:
        raise Http404
    return channel


def _message_of(bot: Bot, message_id: UUID) -> Message:
    message, _who = access.get_message(bot.user, message_id)
    if message.channel.group_id != bot.group_id:
        raise Http404
    return message


def _send(bot: Bot, channel: Channel, asked: dict[str, Any]) -> HttpResponse:
    """Write a message; the same `id` with the same text is the same message again."""
    now = timezone.now()
    message = sending.send(
        channel=channel,
        author=bot.user,
        text=_text(asked),
        client_id=_client_id(bot, asked.get("id")),
        reply_to=_answered(asked.get("reply_to")),
        now=now,
    )
    return JsonResponse(_message(message), status=201 if message.created_at == now else 200)


def _text(asked: dict[str, Any]) -> str:
    text = asked.get("text")
    if not isinstance(text, str):
        raise invalid(_("text is missing."))
    return text


def _client_id(bot: Bot, given: object) -> UUID:
    """What the sender calls the message, as an id that is this bot's alone."""
    if given is None:
        return uuid4()
    if not isinstance(given, str) or not _ID.fullmatch(given):
        raise invalid(_("id is 1 to 100 visible ASCII characters."))
    return uuid5(bot.user_id, given)


def _answered(given: object) -> UUID | None:
    if given is None:
        return None
    try:
        return UUID(given) if isinstance(given, str) else _no_id()
    except ValueError:
        return _no_id()


def _no_id() -> UUID:
    raise invalid(_("reply_to is the id of a message."))


def _number(request: HttpRequest, name: str, otherwise: int) -> int:
    raw = request.GET.get(name)
    if raw is None:
        return otherwise
    if not _DIGITS.fullmatch(raw):
        raise invalid(_("%(name)s is a whole number.") % {"name": name})
    return int(raw)


def _channel(channel: Channel) -> dict[str, Any]:
    return {
        "id": str(channel.pk),
        "name": channel.name,
        "kind": channel.kind,
        "about": channel.about,
        "number": channel.last_number,
        "revision": channel.last_revision,
    }


def _message(message: Message) -> dict[str, Any]:
    author = message.author
    return {
        "id": str(message.pk),
        "channel": str(message.channel_id),
        "number": message.number,
        "revision": message.revision,
        "kind": message.kind,
        "author": {"handle": author.handle, "name": author.name, "bot": author.is_bot},
        "text": message.text,
        "event": message.event,
        "card": message.card,
        "reply_to": str(message.reply_to_id) if message.reply_to_id else None,
        "reactions": message.reactions,
        "created_at": message.created_at,
        "edited_at": message.edited_at,
        "deleted_at": message.deleted_at,
    }
