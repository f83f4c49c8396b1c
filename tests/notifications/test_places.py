"""A muted place is silent, except for who is mentioned there; a muted person is silent everywhere."""

from collections.abc import Sequence
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from planet.accounts.models import Mute, User
from planet.notifications import actions, places
from planet.notifications.models import Kind, Notification
from tests.cast import Cast
from tests.factories import make_user
from tests.notifications.conftest import NOW

MUTED: set[tuple[str, UUID]] = set()


@pytest.fixture(autouse=True)
def _squares(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind of place that is known to this test only."""

    def muters(keys: Sequence[str], people: Sequence[UUID]) -> set[UUID]:
        return {person for key, person in MUTED if key in keys and person in people}

    MUTED.clear()
    monkeypatch.setitem(places._muters, "square", muters)


def tell(actor: User, recipient: User, kind: Kind, where: Sequence[str] = ("square:1",)) -> bool:
    """Whether somebody hears of what happened in a place."""
    actions.notify(
        recipients=[recipient.pk], kind=kind, actor=actor, group_key="post:1", url="/p/1/", where=where, now=NOW
    )
    return Notification.objects.filter(recipient=recipient).exists()


@pytest.mark.parametrize("kind", [Kind.POST, Kind.COMMENT, Kind.REPOST, Kind.LIKE])
def test_who_muted_a_place_does_not_hear_of_what_happens_there(cast: Cast, kind: Kind) -> None:
    MUTED.add(("1", cast.bob.pk))
    assert not tell(cast.alice.user, cast.bob, kind)
    assert tell(cast.alice.user, cast.charlie, kind)


def test_a_mention_pierces_the_mute_of_a_place(cast: Cast) -> None:
    MUTED.add(("1", cast.bob.pk))
    assert tell(cast.alice.user, cast.bob, Kind.MENTION)


def test_a_mention_does_not_pierce_the_mute_of_a_person(cast: Cast) -> None:
    Mute.objects.create(owner=cast.bob, target=cast.alice.user)
    assert not tell(cast.alice.user, cast.bob, Kind.MENTION)


def test_another_place_is_not_muted(cast: Cast) -> None:
    MUTED.add(("1", cast.bob.pk))
    assert tell(cast.alice.user, cast.bob, Kind.POST, ["square:2"])


def test_one_muted_place_of_several_is_enough(cast: Cast) -> None:
    MUTED.add(("2", cast.bob.pk))
    assert not tell(cast.alice.user, cast.bob, Kind.POST, ["square:1", "square:2"])


def test_a_kind_of_place_that_nobody_knows_is_a_mistake(cast: Cast) -> None:
    with pytest.raises(KeyError):
        tell(cast.alice.user, cast.bob, Kind.POST, ["nowhere:1"])


def test_asking_costs_the_same_for_many_people_and_places(cast: Cast) -> None:
    people = [make_user(f"reader{number}").pk for number in range(12)]

    def cost(recipients: Sequence[UUID], topics: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            actions.notify(
                recipients=recipients,
                kind=Kind.POST,
                actor=cast.alice.user,
                group_key=f"post:{topics}",
                url="/p/1/",
                where=[f"topic:{number}" for number in range(1, topics + 1)],
                now=NOW,
            )
        return len(queries)

    assert cost(people[:2], 1) == cost(people, 30)
