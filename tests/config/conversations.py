"""What is said in the demo's groups: in order, counted right, by members, and nothing from the future."""

import re

from django.db.models import Count, F, Max

from groups.models import Channel, Group, Membership, Message, Reaction, ReadPosition
from groups.queries import unread
from planet.accounts.models import User


def the_groups_talk_and_every_count_is_right() -> None:
    """Fails the test that asks."""
    for channel in Channel.objects.annotate(count=Count("messages"), last=Max("messages__number")):
        assert (channel.count, channel.last or 0) == (channel.last_number, channel.last_number), channel.name
    assert not Channel.objects.exclude(last_revision=F("last_number")).exists()
    assert Group.objects.filter(channels__messages__isnull=False).distinct().count() == Group.objects.count()
    members = {(row.group_id, row.user_id) for row in Membership.objects.all()}
    for message in Message.objects.select_related("channel"):
        assert (message.channel.group_id, message.author_id) in members
        assert not re.search(r"[{}]", message.text.replace("```", ""))
        assert message.reactions == _counted(message)
    jonah = User.objects.get(handle="jonah")
    badges = unread.badges(unread.of_groups(user_id=jonah.pk)).values()
    assert {badge.unread for badge in badges} <= set(range(7))
    assert any(badge.unread for badge in badges)
    assert not ReadPosition.objects.filter(number__gt=F("channel__last_number")).exists()


def _counted(message: Message) -> dict[str, int]:
    rows = Reaction.objects.filter(message=message).values_list("emoji").annotate(n=Count("pk"))
    return dict(rows)
