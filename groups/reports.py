"""Groups and messages can be reported: what a report finds, and what it keeps."""

from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groups import access, text
from groups.models import Group, Message
from planet.accounts.access import person
from planet.moderation.reports import Evidence, Reportable

TITLE_LENGTH = 160
AROUND = 5  # messages before and after a reported one: what it answered, and what it led to


def find_group(request: HttpRequest, group_id: UUID) -> Group:
    """A group that the viewer may know of. Raises Http404."""
    handle = Group.objects.filter(pk=group_id).values_list("handle", flat=True).first()
    if handle is None:
        raise Http404
    found, _standing = access.find_group(person(request).pk, handle)
    return found


def group_owner(group: Group) -> UUID:
    """A group is its owner's."""
    return group.owner_id


def snapshot_of_group(group: Group) -> Evidence:
    """How the group presents itself."""
    return Evidence(
        title=f"{group.name} (/g/{group.handle}/)",
        url=group.get_absolute_url(),
        author={"handle": group.owner.handle, "name": group.owner.name},
        text="\n\n".join(part for part in (group.about, group.rules, group.welcome) if part),
        facts={
            "members": group.members_count,
            "visibility": group.visibility,
            "admission": group.admission,
            "topics": group.topics,
            "founded": group.created_at.isoformat(),
        },
        pictures=[group.avatar] if group.avatar else [],
    )


def find_message(request: HttpRequest, message_id: UUID) -> Message:
    """A living message that somebody said where the viewer reads. Raises Http404."""
    found, _standing = access.get_message(person(request), message_id)
    if found.kind != "said":
        raise Http404
    return get_object_or_404(Message.objects.select_related("author", "channel__group"), pk=found.pk)


def message_owner(message: Message) -> UUID:
    """A message is its author's."""
    return message.author_id


def snapshot_of_message(message: Message) -> Evidence:
    """The message's words, with what was said around it: operators do not read groups."""
    channel = message.channel
    near = Message.objects.filter(
        channel=channel, number__range=(message.number - AROUND, message.number + AROUND), deleted_at=None, kind="said"
    )
    said = near.exclude(pk=message.pk).select_related("author").order_by("number")
    return Evidence(
        title=text.excerpt(message.text, TITLE_LENGTH) or _("A picture or a file"),
        url=f"/m/{message.pk}/",
        author={"handle": message.author.handle, "name": message.author.name},
        text=message.text,
        facts={
            "group": str(channel.group_id),
            "group_name": channel.group.name,
            "channel": channel.name,
            "number": message.number,
            "said": message.created_at.isoformat(),
            "edited": message.edited_at.isoformat() if message.edited_at else None,
            "card": message.card,
            "attachments": list(message.attachments.values("name", "media_type", "size")),
            "around": [{"number": one.number, "by": one.author.handle, "text": one.text} for one in said],
        },
    )


GROUP = Reportable(
    "group",
    gettext_lazy("Group"),
    find=find_group,
    owner=group_owner,
    snapshot=snapshot_of_group,
    room="groups_group",
)
MESSAGE = Reportable(
    "message", gettext_lazy("Message"), find=find_message, owner=message_owner, snapshot=snapshot_of_message
)
