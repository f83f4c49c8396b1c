"""The group's list of recent actions: who did what to whom, in the transaction that does it.

    log.record(group, "banned", actor, target, now, reason="spam", until=None)

What an entry says is in `KINDS`; `data` holds JSON values that its sentence names in braces, and whatever else helps to
understand it later: `reason` is shown below the sentence wherever it is given.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from groups.models import Group, LogEntry, SanctionLevel
from groups.rights import names
from planet.accounts.models import User

FAMILIES: Final[Mapping[str, Promise]] = {
    "members": _("Members"),
    "measures": _("Restrictions and bans"),
    "roles": _("Roles"),
    "links": _("Invite links"),
    "messages": _("Messages and channels"),
    "group": _("The group"),
    "automod": _("Automatic moderation"),
    "bots": _("Bots and webhooks"),
    "planet": _("Planet"),
}


@dataclass(frozen=True)
class Said:
    """How a kind of entry reads: the family that the filter offers, an icon, and the sentence."""

    family: str
    symbol: str
    sentence: Promise


KINDS: Final[Mapping[str, Said]] = {
    "founded": Said("group", "groups", _("{actor} founded the group")),
    "changed": Said("group", "pen", _("{actor} changed {fields}")),
    "frozen": Said("group", "lock", _("{actor} froze the group: everybody only reads")),
    "thawed": Said("group", "lock", _("{actor} opened the group for writing again")),
    "closed": Said("group", "lock", _("{actor} closed the group")),
    "reopened": Said("group", "lock", _("{actor} reopened the group")),
    "exported": Said("group", "share", _("{actor} exported the group")),
    "export_taken": Said("group", "download", _("{actor} downloaded an export of the group")),
    # Coming and going.
    "joined": Said("members", "plus", _("{actor} joined")),
    "requested": Said("members", "bell", _("{actor} asked to join")),
    "withdrawn": Said("members", "x", _("{actor} no longer asks to join")),
    "approved": Said("members", "check", _("{actor} let {target} in")),
    "declined": Said("members", "x", _("{actor} declined the request of {target}")),
    "invited": Said("members", "plus", _("{actor} invited {target}")),
    "invitation_declined": Said("members", "x", _("{actor} declined the invitation")),
    "invitation_withdrawn": Said("members", "x", _("{actor} withdrew the invitation of {target}")),
    "left": Said("members", "back", _("{actor} left")),
    # What is taken from members.
    "kicked": Said("measures", "back", _("{actor} removed {target}")),
    "banned": Said("measures", "lock", _("{actor} banned {target}")),
    "unbanned": Said("measures", "check", _("{actor} unbanned {target}")),
    "restricted": Said("measures", "lock", _("{actor} restricted {target}: {taken}")),
    "restriction_lifted": Said("measures", "check", _("{actor} lifted the restriction of {target}")),
    "cleared": Said("measures", "trash", _("{actor} deleted all messages of {target} ({count})")),
    # Roles.
    "role_made": Said("roles", "plus", _("{actor} made the role {role}")),
    "role_changed": Said("roles", "pen", _("{actor} changed the role {role}")),
    "role_removed": Said("roles", "trash", _("{actor} removed the role {role}")),
    "role_given": Said("roles", "check", _("{actor} made {target} {role}")),
    "role_taken": Said("roles", "x", _("{actor} took the role {role} from {target}")),
    "titled": Said("roles", "pen", _("{actor} gave {target} the title “{title}”")),
    "transfer_offered": Said("roles", "share", _("{actor} offered the group to {target}")),
    "transfer_ended": Said("roles", "x", _("{actor} ended the offer of the group")),
    "transferred": Said("roles", "check", _("{actor} took over the group from {target}")),
    # Links.
    "link_made": Said("links", "link", _("{actor} made the invite link {link}")),
    "link_changed": Said("links", "pen", _("{actor} changed the invite link {link}")),
    "link_revoked": Said("links", "x", _("{actor} revoked the invite link {link}")),
    # Messages and channels.
    "message_deleted": Said("messages", "trash", _("{actor} deleted a message of {target}")),
    "pinned": Said("messages", "pin", _("{actor} pinned a message")),
    "unpinned": Said("messages", "pin", _("{actor} unpinned a message")),
    "channel_made": Said("messages", "plus", _("{actor} opened the channel {channel}")),
    "channel_changed": Said("messages", "pen", _("{actor} changed the channel {channel}")),
    "channel_archived": Said("messages", "lock", _("{actor} archived the channel {channel}")),
    "channel_restored": Said("messages", "check", _("{actor} brought back the channel {channel}")),
    "channels_ordered": Said("messages", "pen", _("{actor} changed the order of the channels")),
    # Automatic moderation acts without an actor.
    "automod_changed": Said("automod", "pen", _("{actor} changed the automatic moderation")),
    "automod_blocked": Said("automod", "lock", _("A message of {target} was blocked: {rule}")),
    "automod_alerted": Said("automod", "bell", _("A message of {target} was flagged: {rule}")),
    "automod_timed_out": Said("automod", "lock", _("{target} was timed out: {rule}")),
    # Bots.
    "bot_added": Said("bots", "plus", _("{actor} added the bot {bot}")),
    "bot_changed": Said("bots", "pen", _("{actor} changed the bot {bot}")),
    "bot_rotated": Said("bots", "key", _("{actor} gave the bot {bot} a new token")),
    "bot_removed": Said("bots", "trash", _("{actor} removed the bot {bot}")),
    "webhook_made": Said("bots", "plus", _("{actor} made the webhook {webhook}")),
    "webhook_changed": Said("bots", "pen", _("{actor} changed the webhook {webhook}")),
    "webhook_rotated": Said("bots", "key", _("{actor} gave the webhook {webhook} a new address")),
    "webhook_revoked": Said("bots", "x", _("{actor} revoked the webhook {webhook}")),
    # Planet's operators are not named.
    "sanctioned": Said("planet", "lock", _("Planet took a measure: {level}")),
    "sanction_lifted": Said("planet", "check", _("Planet lifted a measure: {level}")),
    "appealed": Said("planet", "bell", _("{actor} appealed against a measure of Planet's")),
    "appeal_decided": Said("planet", "check", _("Planet decided about the appeal")),
}
BY_PLANET: Final = frozenset(kind for kind, said in KINDS.items() if said.family == "planet" and kind != "appealed")


# What stands in `data` under these keys is stored as it is in the rows, and said in the reader's words.
FIELDS: Final[Mapping[str, Promise]] = {
    "name": _("the name"),
    "about": _("the description"),
    "rules": _("the rules"),
    "welcome": _("the welcome"),
    "topics": _("the topics"),
    "avatar": _("the picture"),
    "visibility": _("who may know of the group"),
    "admission": _("how people join"),
    "gates": _("what is asked of members"),
    "questions": _("the entry questions"),
    "joins_per_minute": _("the protection against floods"),
    "member_rights": _("what members may do"),
    "slow_seconds": _("slow mode"),
    "quiet": _("the quiet hours"),
    "edit_window_minutes": _("how long messages can be edited"),
}
_SAYING: Final[Mapping[str, Callable[[Any], str]]] = {
    "fields": lambda keys: ", ".join(str(FIELDS.get(key, key)) for key in keys),
    "taken": lambda taken: ", ".join(names(taken)) if isinstance(taken, int) else str(taken),
    "level": lambda level: str(dict(SanctionLevel.choices).get(level, level)),
}


def record(group: Group, kind: str, actor: User | None, target: User | None, now: datetime, **data: Any) -> LogEntry:
    """Append an entry; call it in the transaction of the act itself. Raises KeyError for a kind that is not in KINDS.

    `actor` None: automatic moderation, or Planet. Operators who act for Planet are None as well: their names are in
    Planet's own audit log.
    """
    KINDS[kind]
    return LogEntry.objects.create(group=group, at=now, actor=actor, kind=kind, target=target, data=data)


def kinds_of(family: str) -> list[str]:
    """The kinds of a family."""
    return [kind for kind, said in KINDS.items() if said.family == family]


class _Values(dict[str, Any]):
    """What a sentence names and an old entry lacks is a dash, and no error."""

    def __missing__(self, key: str) -> str:
        return "–"


def sentence(entry: LogEntry) -> SafeString:
    """The entry in the reader's language, as HTML with the people's names in bold."""
    said = KINDS.get(entry.kind)
    if said is None:
        return format_html("{}", entry.kind)
    values: dict[str, Any] = {key: _SAYING.get(key, str)(value) for key, value in entry.data.items()}
    values |= {"actor": _bold(entry.actor), "target": _bold(entry.target)}
    return format_html("{}", _filled(str(said.sentence), values))


def _filled(text: str, values: Mapping[str, Any]) -> SafeString:
    """The sentence with its values, each made safe; the sentence is ours."""
    safe = {key: format_html("{}", value) for key, value in values.items()}
    return format_html("{}", SafeString(text.format_map(_Values(safe))))


def _bold(person: User | None) -> SafeString:
    if person is None:
        return format_html("<b>{}</b>", gettext("Nobody"))
    return format_html('<a class="b" href="{}">{}</a>', person.get_absolute_url(), person.name)
