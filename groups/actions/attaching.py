"""Pictures and files of messages: uploaded first, sent with a message, swept when they never are.

Whoever attaches may send pictures, or files, in the channel's group. What is stored has no address: `groups.queries.
media.may_see` is asked each time.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from groups import access
from groups.errors import Gone, TooMany
from groups.models import Attachment, AttachmentKind, Channel
from groups.rights import Right
from planet.accounts.models import User
from planet.web import files, images
from planet.web.text import clean_line

MOST_UNSENT: Final = 40  # of one person: who uploads more without sending is storing, not talking
KEPT: Final = timedelta(days=1)
_PICTURES: Final = ("jpg", "jpeg", "png", "webp", "gif")
_NAME: Final = 120


def attach(*, actor: User, channel: Channel, file: "UploadedFile[Any]", now: datetime, alt: str = "") -> Attachment:
    """Keep an upload for the actor's next message in a channel's group.

    Raises NotAMember, ReadOnly, NotAllowed, TooMany, and ValidationError for what is no picture or file that we take.
    """
    name = clean_line((file.name or "").replace("/", " ").replace("\\", " "))[-_NAME:] or "file"
    is_picture = name.rpartition(".")[2].lower() in _PICTURES
    who = access.acting(actor, channel.group_id)
    access.require_send(channel, who, Right.PICTURES if is_picture else Right.FILES)
    if Attachment.objects.filter(uploader=actor, message=None, group=channel.group_id).count() >= MOST_UNSENT:
        raise TooMany
    row = Attachment(group_id=channel.group_id, uploader=actor, name=name, alt=clean_line(alt)[:300], created_at=now)
    try:
        _store(row, file, is_picture=is_picture)
    except (images.BadImage, files.BadFile) as error:
        raise ValidationError(str(error), code="file") from None
    row.save(force_insert=True)
    return row


def _store(row: Attachment, file: "UploadedFile[Any]", *, is_picture: bool) -> None:
    if is_picture:
        picture = images.store(file, kind="private")
        row.kind, row.key, row.media_type = AttachmentKind.PICTURE, picture.key, "image/webp"
        row.width, row.height, row.size = picture.width, picture.height, file.size or 0
    else:
        stored = files.store(file, name=row.name)
        row.kind, row.key, row.media_type, row.size = AttachmentKind.FILE, stored.key, stored.media_type, stored.size


@transaction.atomic
def describe(*, actor: User, attachment_id: UUID, alt: str) -> None:
    """Say what a picture shows, before it is sent. Raises Gone, ValidationError."""
    alt = clean_line(alt)
    if len(alt) > 300:
        raise ValidationError(_("A shorter description, please."), code="max_length")
    if not Attachment.objects.filter(pk=attachment_id, uploader=actor, message=None).update(alt=alt):
        raise Gone


def drop(*, actor: User, attachment_id: UUID) -> None:
    """Throw away what was uploaded and not sent; its file goes with the sweep. Raises Gone."""
    if not Attachment.objects.filter(pk=attachment_id, uploader=actor, message=None).delete()[0]:
        raise Gone


def sweep(*, now: datetime) -> int:
    """Forget what was never sent, or was taken off deleted messages, and delete the files that nothing shows.

    Returns how many rows and files went. Files that two messages share (one was forwarded) stay with either.
    """
    rows = Attachment.objects.filter(message=None, created_at__lt=now - KEPT).delete()[0]
    return rows + files.sweep(in_use=in_use, now=now)


def in_use(keys: Collection[str]) -> Collection[str]:
    """Which of these pictures and files some message, sent or not yet, still has."""
    return set(Attachment.objects.filter(key__in=keys).values_list("key", flat=True))
