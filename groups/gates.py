"""Gates that a joiner passes, whichever way they come: what a group asks of people before they are members.

A group keeps `gates` as [{"kind": "age", "least": 30}, …]; what a kind asks is registered here. A kind with `steps`
asks for at least one of them, which the group chose; the others are asked or not. Gates on tokens and paid tiers will
register theirs the same way.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from creators.models import Follow
from groups.models import Group
from planet.accounts.models import TrustLevel, User

Passes = Callable[[User, Group, Mapping[str, Any]], bool]


@dataclass(frozen=True)
class Gate:
    """A kind of gate: its name for the settings, what a person who is kept out is told, and whether somebody passes.

    `steps` are what "at least" may be, with their names; `told` then has the chosen one's name for %(least)s.
    """

    kind: str
    label: str | Promise
    told: str | Promise
    passes: Passes
    steps: Sequence[tuple[int, str | Promise]] = ()

    def words(self, asked: Mapping[str, Any]) -> str:
        """What it asks, for whoever would come in."""
        if not self.steps:
            return str(self.told)
        names = dict(self.steps)
        return str(self.told) % {"least": names.get(_least(asked), _least(asked))}


_kinds: dict[str, Gate] = {}


def register(gate: Gate) -> None:
    """Add a kind, or replace it."""
    _kinds[gate.kind] = gate


def kinds() -> list[Gate]:
    """Every kind, by name."""
    return [_kinds[kind] for kind in sorted(_kinds)]


def asked_by(group: Group) -> list[Mapping[str, Any]]:
    """What a group asks; as it was asked before there were levels to choose from, too."""
    return [_BEFORE.get(str(asked.get("kind")), asked) for asked in group.gates]


def closed_to(user: User, group: Group) -> str | None:
    """What the first gate that does not let this person in asks, in words; None: all are open to them.

    A gate of a kind that nobody registers (its app is not installed) lets nobody in: better shut than forgotten.
    """
    for asked in asked_by(group):
        gate = _kinds.get(str(asked.get("kind")), _UNKNOWN)
        if not gate.passes(user, group, asked):
            return gate.words(asked)
    return None


def _least(asked: Mapping[str, Any]) -> int:
    """The step that a group chose; what is no number asks for more than anybody has."""
    least = asked.get("least")
    return least if type(least) is int else _MORE_THAN_ANYBODY


def told(group: Group) -> Iterable[str]:
    """What the group asks of everybody, in words."""
    return [_kinds.get(str(asked.get("kind")), _UNKNOWN).words(asked) for asked in asked_by(group)]


_BEFORE: Final[Mapping[str, Mapping[str, Any]]] = {"trusted": {"kind": "trust", "least": TrustLevel.MEMBER.value}}
_MORE_THAN_ANYBODY: Final = 1_000_000
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
        "trust",
        _("Trust level"),
        _("Members have at least the trust level “%(least)s”."),
        lambda user, _group, asked: user.trust_level >= _least(asked),
        steps=[(level.value, level.label) for level in TrustLevel if level],
    )
)
register(
    Gate(
        "age",
        _("Age of the account"),
        _("Members have been on Planet for %(least)s."),
        lambda user, _group, asked: (timezone.now() - user.date_joined).days >= _least(asked),
        steps=[
            (1, _("a day")),
            (7, _("a week")),
            (30, _("a month")),
            (90, _("three months")),
            (365, _("a year")),
        ],
    )
)
