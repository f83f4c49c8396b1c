"""How sure it is that accounts are one person's: worked examples."""

import random
from uuid import UUID

import pytest

from incentives.links import scoring
from incentives.links.scoring import Edge, Family, Group, edges, groups, joined

A, B, C, D, E = (UUID(int=number) for number in range(1, 6))


def edge(one: UUID, other: UUID, **strengths: int) -> Edge:
    (found,) = edges({(one, other): {Family(family): strength for family, strength in strengths.items()}})
    return found


@pytest.mark.parametrize(
    ("strength", "expected"),
    [
        (scoring.device(2), 900), (scoring.device(3), 895), (scoring.device(100), 410), (scoring.device(101), 0),
        (scoring.funding(2), 900), (scoring.funding(100), 410), (scoring.funding(300), 0),
        (scoring.name(2), 500), (scoring.name(4), 250), (scoring.name(5), 0),
        (scoring.mutual(1000), 700), (scoring.mutual(800), 560), (scoring.mutual(600), 420), (scoring.mutual(599), 0),
    ],
)  # fmt: skip
def test_what_few_share_says_more_than_what_many_share(strength: int, expected: int) -> None:
    assert strength == expected


@pytest.mark.parametrize(
    ("days", "hours", "people", "expected"),
    [
        (3, 14, 2, 700), (3, 30, 2, 700), (5, 7, 2, 350), (3, 14, 4, 350), (3, 14, 8, 175),
        (2, 30, 2, 0), (9, 99, 9, 0), (30, 200, 400, 0),
    ],
)  # fmt: skip
def test_a_block_says_something_for_few_people_on_several_days(
    days: int, hours: int, people: int, expected: int
) -> None:
    assert scoring.block(days=days, hours=hours, people=people) == expected


def test_two_families_are_joined_as_if_each_were_right_or_wrong_by_itself() -> None:
    assert joined([900, 700]) == 970  # 1 − 0.1 · 0.3
    assert joined([900, 500]) == 950
    assert joined([500, 350]) == 675
    assert joined([333, 333]) == 555  # 1 − 0.667² = 0.555111
    assert joined([900, 700, 500]) == 985
    assert joined([999, 999, 999]) == 999  # cut: never quite certain
    assert joined([700, 500, 0]) == joined([500, 700]) == 850


def test_one_family_links_nobody_however_strong() -> None:
    alone = edge(A, B, device=900)
    assert (alone.confidence, alone.is_proposed, alone.is_certain) == (0, False, False)
    assert joined([1000]) == joined([1000, 0]) == joined([]) == 0


def test_a_household_is_proposed_and_never_certain() -> None:
    household = edge(A, B, device=900, block=700)
    assert (household.confidence, household.is_proposed, household.is_certain) == (970, True, False)
    assert edge(A, B, device=900, block=700, funding=900).is_certain
    assert edge(A, B, funding=900, mutual=700).is_certain
    assert not edge(A, B, block=700, name=500).is_certain  # 850: a father and a son


def test_weak_evidence_is_not_even_proposed() -> None:
    weak = edge(A, B, block=175, name=250)
    assert (weak.confidence, weak.is_proposed) == (381, False)


def test_who_is_linked_to_one_is_linked_to_all_and_the_weakest_link_says_how_sure() -> None:
    found = groups(
        [edge(A, B, device=900, block=700), edge(B, C, funding=900, name=500), edge(D, E, name=500, block=350)]
    )
    assert found == [Group((A, B, C), 950), Group((D, E), 675)]


def test_a_weaker_second_way_round_takes_nothing() -> None:
    found = groups([
        edge(A, B, device=900, block=700), edge(B, C, device=900, block=700), edge(A, C, name=500, block=350),
    ])  # fmt: skip
    assert found == [Group((A, B, C), 970)]


def test_a_group_grows_to_its_bound_by_the_surest_edges() -> None:
    chain = [edge(A, B, device=900, block=700), edge(B, C, device=900, name=500), edge(C, D, name=500, block=350)]
    assert groups(chain, at_most=3) == [Group((A, B, C), 950)]
    assert groups(chain, at_most=4) == [Group((A, B, C, D), 675)]


def test_the_order_of_the_edges_changes_nothing() -> None:
    people = [UUID(int=number) for number in range(1, 60)]
    dice = random.Random(7)
    pairs = {tuple(sorted(dice.sample(people, 2))) for _ in range(120)}
    given = [edge(one, other, device=dice.choice([860, 900]), block=350) for one, other in sorted(pairs)]
    expected = groups(given, at_most=12)
    assert max(len(group.members) for group in expected) <= 12
    for _ in range(20):
        dice.shuffle(given)
        assert groups(given, at_most=12) == expected


def test_nobody_is_in_two_groups_and_nobody_alone_is_one() -> None:
    found = groups([edge(A, B, device=900, block=700), edge(C, D, device=900, block=700)])
    members = [one for group in found for one in group.members]
    assert sorted(members) == [A, B, C, D]
    assert groups([]) == []


@pytest.mark.parametrize(("people", "confidence"), [(2, 990), (20, 963), (40, 915), (100, 651)])
def test_a_farm_on_one_device_and_one_address_is_one_group_however_large(people: int, confidence: int) -> None:
    farm = [UUID(int=number) for number in range(people)]
    shared = {"device": scoring.device(people), "funding": scoring.funding(people)}
    found = groups([edge(one, other, **shared) for one in farm for other in farm if one < other])
    assert found == [Group(tuple(farm), confidence)]
