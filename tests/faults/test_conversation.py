"""A group keeps writing while everything breaks: nobody misses a message, has one twice, or sees another order."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.waiting import until
from tools import breaking, chatting
from tools.planet import Planet

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

MEMBERS, SECONDS, SEED = 12, 40, 20261122


@pytest.fixture
def chatters(planet: Planet) -> Iterator[list[chatting.Chatter]]:
    """The tabs of a new group's members; afterwards everything works again."""
    until(lambda: planet.answers("/readyz"), within=60)
    yield chatting.members(planet, "storm", MEMBERS, seed=SEED, pause=0.6)
    until(lambda: planet.answers("/readyz"), within=120)


def test_nothing_is_lost_doubled_or_misordered_in_a_storm(planet: Planet, chatters: list[chatting.Chatter]) -> None:
    faults = breaking.everything(planet)
    outcome = asyncio.run(chatting.storm(chatters, faults, seconds=SECONDS, seed=SEED))
    assert outcome.wrong == []
    assert outcome.acknowledged >= MEMBERS * chatting.FEW
    assert outcome.faults >= len(faults)
    assert outcome.connections > MEMBERS, "nobody was ever cut off"
