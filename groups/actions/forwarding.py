"""Forwarding: the same words in another channel, with where they were said first."""

from datetime import datetime
from uuid import UUID

from groups import access
from groups.actions import sending
from groups.errors import Gone
from groups.models import Attachment, Channel, Message, MessageKind
from groups.rights import Right
from planet.accounts.models import User

_CARDS_THAT_STAY = ("poll",)  # a poll is asked where it was asked


def forward(*, message: Message, channel: Channel, actor: User, client_id: UUID, now: datetime) -> Message:
    """Say in `channel` what was said elsewhere; the actor reads there and writes here. Nobody is called by it.

    Raises NotAMember, Gone, and all that `sending.send` raises.
    """
    access.acting(actor, message.channel.group_id)
    card = message.card if message.card and message.card.get("kind") not in _CARDS_THAT_STAY else None
    if message.kind != MessageKind.SAID or (message.card and card is None):
        raise Gone
    who = access.acting(actor, channel.group_id)
    access.require_send(channel, who)
    sent = Message.objects.filter(author=actor, client_id=client_id).exists()
    return sending.send(
        channel=channel,
        author=actor,
        text=message.text,
        client_id=client_id,
        attachments=() if sent else _copied(message, channel, who, now),
        card=card,
        forwarded=message.forwarded or {"name": message.author.name, "handle": message.author.handle},
        now=now,
    )


def _copied(message: Message, channel: Channel, who: access.Standing, now: datetime) -> list[UUID]:
    """The same files once more, unsent, in the other group; what is not sent in the end is swept."""
    originals = list(message.attachments.order_by("position"))
    if originals:
        for right, kind in ((Right.PICTURES, "picture"), (Right.FILES, "file")):
            if any(row.kind == kind for row in originals):
                who.require(right)
    copies = [
        Attachment(
            group_id=channel.group_id,
            uploader_id=who.user_id,
            kind=row.kind,
            key=row.key,
            name=row.name,
            alt=row.alt,
            media_type=row.media_type,
            size=row.size,
            width=row.width,
            height=row.height,
            created_at=now,
        )
        for row in originals
    ]
    return [row.pk for row in Attachment.objects.bulk_create(copies)]
