"""A group's bots and webhooks, and whose a token is."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from groups.models import Attachment, Bot, Group, Membership, Message


def digest(token: str) -> str:
    """What of a token is stored."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def by_token(token: str, *, is_webhook: bool) -> Bot | None:
    """The bot, or the webhook, with this token; None when there is none, or its account is suspended. One query."""
    rows = Bot.objects.filter(token_hash=digest(token), channel__isnull=not is_webhook, revoked_at=None)
    return rows.filter(user__is_active=True).select_related("user", "group", "channel").first()


def of_group(group: Group) -> Sequence[Bot]:
    """Those that stand, in the order in which they came; each knows whether it is (still) `is_in` the group."""
    inside = Membership.objects.filter(group=OuterRef("group"), user=OuterRef("user"), accepted_at__isnull=False)
    rows = Bot.objects.filter(group=group, revoked_at=None).annotate(is_in=Exists(inside))
    return list(rows.select_related("user", "channel", "by").order_by("pk"))


def of_id(group: Group, bot_id: int) -> Bot | None:
    """One of those that stand."""
    return next((bot for bot in of_group(group) if bot.pk == bot_id), None)


def attachments(messages: Sequence[Message]) -> dict[UUID, list[dict[str, Any]]]:
    """What pictures and files some messages carry, by name; their bytes are for people. One query."""
    found: dict[UUID, list[dict[str, Any]]] = {}
    rows = Attachment.objects.filter(message__in=[message.pk for message in messages]).order_by("message", "position")
    for row in rows:
        if row.message_id:
            described = {"kind": row.kind, "name": row.name, "type": row.media_type, "size": row.size}
            found.setdefault(row.message_id, []).append(described)
    return found
