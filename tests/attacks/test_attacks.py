"""Each attack on the weekly pool is bounded, and is not without what bounds it.

Points are in nano, and what an account can give follows from FORMULAS, §3: at most value · budget a week (step 3),
0.8 · 12 points for a new identity. Against H points of everybody else, P points bring P ÷ (H + P) of the pool, until
the cap.
"""

from functools import partial
from math import isqrt
from typing import Any, Final

import pytest

from planet.accounts.models import TrustLevel
from planet.config.env import ROOT
from tests.attacks import planet
from tests.attacks.planet import BUDGET, CAP_BP, FRESH, POOL, UNCAPPED, USDT, Attack, gain, ring, run, usual, worth

DOC: Final = ROOT / "docs" / "attacks.md"
GIVES: Final = FRESH * BUDGET  # one new identity, all it can
CAP: Final = POOL * CAP_BP // 10_000


def share(points: int) -> int:
    """What so many points bring beside the honest planet, in units."""
    return POOL * points // (usual().points + points)


def test_the_figures_of_the_documentation_are_those_that_come_out() -> None:
    told = DOC.read_text().split("## What bounds them")[0]
    shown = [line for line in told.splitlines() if line.startswith("| ")]
    assert shown[2:] == list(planet.table())


def test_a_ring_for_one_creator_gets_no_more_than_the_cap() -> None:
    """Step 8. A thousand identities are two thirds of the honest planet, and get a tenth of the pool."""
    assert gain("1,000 new identities for one creator").units == CAP
    assert run(ring, cap_bp=UNCAPPED).units > 4 * CAP


def test_a_ring_that_is_linked_counts_as_the_root_of_its_size() -> None:
    """Step 5: √(n · w²) = √n · w, so a thousand accounts are worth thirty-two."""
    linked = gain("the same, found to be linked")
    assert linked.points == isqrt(1000 * GIVES**2)
    assert linked.units <= share(linked.points) + 1
    assert run(ring, cap_bp=UNCAPPED).points > 31 * linked.points


def test_a_ring_that_pays_many_gets_less_for_an_identity_than_honest_people_bring() -> None:
    """No cap bites, and what bounds it is step 3: an identity cannot give more than its budget, whatever it does."""
    spread = gain("the same, for ten creators")
    assert spread.points == 1000 * GIVES
    assert spread.units <= share(1000 * GIVES) + 10
    assert spread.each < usual().each
    busy = partial(ring, creators=10, contents=100)
    assert run(busy).points <= spread.points
    assert run(busy, budget_nano=10**12).points > 3 * spread.points


def test_two_who_give_each_other_keep_a_fifth() -> None:
    """Step 4: w − ⌊8 · w · w ÷ 10 · w⌋. The same two giving to a third keep all."""
    assert gain("two creators for each other").points == 2 * (GIVES - 8 * GIVES // 10)
    assert run(partial(ring, accounts=2)).points == 2 * GIVES


def test_a_circle_of_three_is_bounded_by_its_budgets_alone() -> None:
    """Step 4 sees pairs and no circles (docs/attacks.md): everybody's budget comes back whole."""
    circle = gain("three creators in a circle")
    assert circle.points == 3 * GIVES
    assert circle.units <= share(3 * GIVES) + 3


def test_ones_own_second_identity_gives_nothing_once_it_is_linked() -> None:
    """Step 5: a cluster gives its own creators nothing. (One and the same identity cannot have two accounts at all.)"""
    assert gain("one's own second identity, linked").points == 0
    assert run(partial(planet.second_identity, cluster="")).points == GIVES


def test_no_fees_buy_more_than_three_times_the_trust() -> None:
    """value ≤ 1.2 · 3: at most 43.2 points a week, for fees that nobody gets back by them."""
    whale = gain("one whale, 5,000,000 USDT of fees")
    assert whale.points == worth(TrustLevel.REGULAR, 10**15) * BUDGET == 43_200_000_000
    assert whale.units * planet.WEEKS < 5_000_000 * USDT // 10_000
    assert run(partial(planet.whale, fees=0)).points * 3 == whale.points


@pytest.mark.parametrize(
    ("name", "contents", "done"),
    [("comment spam, 10 accounts", 160, {"comments": 3}), ("200 dwell bots", 96, {"seconds": 180})],
)
def test_more_of_the_same_gives_no_more(name: str, contents: int, done: dict[str, Any]) -> None:
    """Steps 2 and 3: what was given to one creator counts by its root, and up to the budget."""
    found = gain(name)
    assert found.points <= found.identities * GIVES
    more = partial(ring, accounts=found.identities - 1, contents=contents, **done)
    assert run(more).points <= found.points
    assert run(more, budget_nano=10**12).points > found.points


def test_a_brigade_is_worth_what_its_accounts_are_whenever_it_comes() -> None:
    """e = 0.5 + 0.5 + 3 + 2 = 6 for one content, so 0.8 · √6 each; the last hour counts as any other."""
    found = gain("late brigade of 300")
    assert found.points == 300 * (FRESH * isqrt(10**9 * 6 * 10**9) // 10**9)
    assert found.each < usual().each


def test_an_attack_takes_nothing_from_anybody_but_by_its_share() -> None:
    """Nobody can lower the points of others: whatever is given, the honest planet keeps all of its points."""
    attack = partial(ring, accounts=50, creators=5)

    def watched(week: Attack) -> None:
        attack(week)
        week.paid.extend(name for name in planet.honest().creators)

    assert run(watched).points == usual().points + run(attack).points
