"""Attachments: who may see one, and the pictures and files of a group."""

from uuid import UUID

from groups import access
from groups.models import Attachment, AttachmentKind, Group
from planet.accounts.models import User
from planet.accounts.queries import hidden_ids
from planet.web.pagination import Page, keyset


def visible(user: User, attachment_id: UUID) -> Attachment | None:
    """The attachment, if this person may see it: a member of its group, or, before it is sent, whoever uploaded it.

    Nobody sees what hung on a deleted message.
    """
    row = Attachment.objects.select_related("message").filter(pk=attachment_id).first()
    if row is None:
        return None
    if row.message is None:
        return row if row.uploader_id == user.pk and access.standing(user.pk, row.group_id) else None
    if row.message.deleted_at is not None or access.standing(user.pk, row.group_id) is None:
        return None
    return row


def of_group(user: User, group: Group, *, kind: AttachmentKind, after: str | None = None) -> Page[Attachment]:
    """A group's pictures, or its files, the newest first, without those of hidden people."""
    rows = Attachment.objects.filter(group=group, kind=kind, message__isnull=False, message__deleted_at=None)
    rows = rows.exclude(uploader__in=hidden_ids(user.pk)).select_related("message__channel__group", "uploader")
    return keyset(rows, after=after, size=30)
