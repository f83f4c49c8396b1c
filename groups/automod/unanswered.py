"""What a conversation lets through before anybody has answered: the first words of a request, and no more."""

from typing import Final

from django.utils.translation import gettext as _

from groups.models import Channel, Message
from planet.accounts.models import User

UNANSWERED: Final = 3


def reason_to_wait(channel: Channel, author: User) -> str:
    """Why this author has to wait for an answer; "" when there was one, or this is no conversation.

    In one of a few people a single answer is enough.
    """
    group = channel.group
    if not group.is_direct or group.members_count > 1:
        return ""
    if Message.objects.filter(channel=channel, author=author, kind="said").count() < UNANSWERED:
        return ""
    return _("Wait for an answer: nobody has accepted your request yet.")
