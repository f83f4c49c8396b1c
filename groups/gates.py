"""Gates that a joiner passes, whichever way they come: what a group asks of people before they are members.

A group keeps `gates` as [{"kind": "trust", "level": 2}, …]; what a kind asks is registered here. Gates on tokens and
paid tiers will register theirs the same way.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from creators.models import Follow
from groups.models import Group
from planet.accounts.models import TrustLevel, User

Passes = Callable[[User, Group, Mapping[str, Any]], bool]


@dataclass(frozen=True)
class Gate:
    """A kind of gate: its name for the settings, what a person who is kept out is told, and whether somebody passes."""

    kind: str
    label: str | Promise
    told: str | Promise
    passes: Passes


_kinds: dict[str, Gate] = {}


def register(gate: Gate) -> None:
    """Add a kind, or replace it."""
    _kinds[gate.kind] = gate


def kinds() -> list[Gate]:
    """Every kind, by name."""
    return [_kinds[kind] for kind in sorted(_kinds)]


def closed_to(user: User, group: Group) -> Gate | None:
    """The first gate of the group that does not let this person in; None: all are open to them.

    A gate of a kind that nobody registers (its app is not installed) lets nobody in: better shut than forgotten.
    """
    for asked in group.gates:
        gate = _kinds.get(str(asked.get("kind")), _UNKNOWN)
        if not gate.passes(user, group, asked):
            return gate
    return None


def told(group: Group) -> Iterable[str]:
    """What the group asks of everybody, in words."""
    return [str(_kinds.get(str(asked.get("kind")), _UNKNOWN).told) for asked in group.gates]


_UNKNOWN = Gate("", "", _("This group asks for something that Planet cannot check now."), lambda *_: False)

register(
    Gate(
        "verified",
        _("A verified identity"),
        _("Members have verified their identity."),
        lambda user, _group, _asked: user.is_verified,
    )
)
register(
    Gate(
        "follower",
        _("Following the owner"),
        _("Members follow the owner."),
        lambda user, group, _asked: Follow.objects.filter(follower=user, creator=group.owner_id).exists(),
    )
)
register(
    Gate(
        "trusted",
        _("Some time on Planet"),
        _("Members have been on Planet for a while (trust level “member”)."),
        lambda user, _group, _asked: user.trust_level >= TrustLevel.MEMBER,
    )
)
