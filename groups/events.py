"""What the group itself tells in a channel, as sentences."""

from collections.abc import Callable
from typing import Any, Final

from django.utils.translation import gettext as _

from groups.models import Message

Data = dict[str, Any]


def _by(name: str, data: Data, key: str) -> dict[str, str]:
    return {"name": name, key: str(data.get(key, ""))}


# Kind → the sentence, from the name of who did it and what the event carries.
_SENTENCES: Final[dict[str, Callable[[str, Data], str]]] = {
    "founded": lambda name, _data: _("%(name)s opened the group") % {"name": name},
    "joined": lambda name, _data: _("%(name)s joined") % {"name": name},
    "added": lambda name, data: _("%(name)s added %(target)s") % _by(name, data, "target"),
    "left": lambda name, _data: _("%(name)s left") % {"name": name},
    "removed": lambda name, data: _("%(name)s removed %(target)s") % _by(name, data, "target"),
    "pinned": lambda name, _data: _("%(name)s pinned a message") % {"name": name},
    "unpinned": lambda name, _data: _("%(name)s unpinned a message") % {"name": name},
    "renamed": lambda name, data: _("%(name)s renamed the group to “%(to)s”") % _by(name, data, "to"),
    "pictured": lambda name, _data: _("%(name)s changed the group's picture") % {"name": name},
    "channel": lambda name, data: _("%(name)s opened the channel “%(channel)s”") % _by(name, data, "channel"),
    "slow": lambda name, _data: _("%(name)s changed slow mode") % {"name": name},
    "frozen": lambda name, _data: _("%(name)s froze the group: everybody only reads") % {"name": name},
    "thawed": lambda name, _data: _("%(name)s opened the group for writing again") % {"name": name},
    "transferred": lambda name, data: _("%(name)s handed the group to %(target)s") % _by(name, data, "target"),
}


def happened(name: str, event: Data) -> str:
    """The sentence of an event that `name` caused; of one that this version does not know, a neutral one."""
    known = _SENTENCES.get(str(event.get("kind", "")))
    return known(name, event) if known else _("%(name)s changed the group") % {"name": name}


def sentence(message: Message) -> str:
    """The sentence of a message that is an event."""
    return happened(message.author.name, message.event or {})
