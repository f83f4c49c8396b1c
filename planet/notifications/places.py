"""Places that people have muted: a topic, a group. What happens there is not told to them, but a mention of them is.

Who has muted what is known above this app, so whoever knows registers it. A person who is muted is another matter:
of them nothing is told, mentions neither (planet.notifications.queries.willing).
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from typing import Final
from uuid import UUID

from planet.notifications.models import ALWAYS_ON, Kind

# What is told whatever place was muted.
PIERCING: Final = frozenset({Kind.MENTION, *ALWAYS_ON})

# (keys of places, people) → those of the people who have muted one of the places
Muters = Callable[[Sequence[str], Sequence[UUID]], set[UUID]]

_muters: dict[str, Muters] = {}


def register(prefix: str, muters: Muters) -> None:
    """Say, at start-up, who knows by whom the places `prefix:key` are muted; again: replaces it."""
    _muters[prefix] = muters


def deaf(places: Collection[str], people: Sequence[UUID]) -> set[UUID]:
    """Those of some people who have muted one of the places. Raises KeyError for a prefix that nobody registered."""
    keys: dict[str, list[str]] = defaultdict(list)
    for place in places:
        prefix, _, key = place.partition(":")
        keys[prefix].append(key)
    found: set[UUID] = set()
    for prefix, named in sorted(keys.items()):
        found |= _muters[prefix](named, people)
    return found
