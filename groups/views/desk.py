"""The frame of the pages by which a group is looked after: which sections somebody sees, and which is open."""

from dataclasses import dataclass
from typing import Any, Final

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from groups.access import Standing
from groups.actions import sanctioning
from groups.queries import joining
from groups.rights import NONE, Right


@dataclass(frozen=True)
class Section:
    """A page: its name among the others, the address's name, an icon, and the rights of which one opens it."""

    key: str
    url_name: str
    symbol: str
    label: str | Promise
    hint: str | Promise
    needs: Right = NONE
    for_owner: bool = False


SECTIONS: Final = (
    Section("members", "group_members", "groups", _("Members"), _("Who is in, and as what")),
    Section("requests", "group_requests", "check", _("Requests"), _("People who ask to come in"), Right.REQUESTS),
    Section(
        "invites",
        "group_invites",
        "link",
        _("Invitations"),
        _("People asked by name, and links"),
        Right.LINKS_OF_INVITE | Right.INVITE,
    ),
    Section("identity", "group_identity", "image", _("Name and rules"), _("How it presents itself"), Right.EDIT_GROUP),
    Section("ways", "group_ways", "lock", _("Joining"), _("Who knows of it, and how people join"), Right.EDIT_GROUP),
    Section("conduct", "group_conduct", "slow", _("Conduct"), _("Rights, pace, quiet hours"), Right.EDIT_GROUP),
    Section("channels", "group_channels", "hash", _("Channels"), _("Places to talk and to announce"), Right.CHANNELS),
    Section("roles", "group_roles", "shield", _("Roles"), _("Who looks after what"), Right.ROLES),
    Section("bans", "group_bans", "block", _("Bans"), _("Who may not come back"), Right.RESTRICT),
    Section("automod", "group_automod", "filter", _("Automatic moderation"), _("What is stopped"), Right.AUTOMOD),
    Section("bots", "group_bots", "bolt", _("Bots and webhooks"), _("Programs that read and write"), Right.BOTS),
    Section("log", "group_log", "history", _("Recent actions"), _("Who did what, and when"), Right.SEE_LOG),
    Section("export", "group_export", "download", _("Export"), _("Everything that was said, as files"), for_owner=True),
    Section("owner", "group_owner", "key", _("Ownership"), _("Hand it over, or close it"), for_owner=True),
)


def desk(who: Standing, current: str = "") -> dict[str, Any]:
    """What the frame needs on every page of it."""
    return {
        "group": who.group,
        "standing": who,
        "sections": [shown for section in SECTIONS if (shown := _shown(section, who, current))],
        "sanction": sanctioning.standing_of(who.group) if who.is_helper else None,
        "may_manage": who.is_helper,
    }


def _shown(section: Section, who: Standing, current: str) -> dict[str, Any] | None:
    """A section as the frame lists it; None when it is not for this member, or not installed."""
    if section.for_owner and not who.is_owner:
        return None
    if section.needs and not who.rights & section.needs:
        return None
    try:
        url = reverse(section.url_name, args=[who.group.handle])
    except NoReverseMatch:
        return None
    count = joining.waiting(group=who.group) if section.key == "requests" else 0
    return {"section": section, "url": url, "current": section.key == current, "count": count}
