"""Who may listen to a creator's topic."""

from uuid import uuid4

import pytest

from creators import access
from planet.accounts.models import Block, User
from planet.realtime import topics
from tests.cast import Cast


def test_everybody_may_listen_to_a_creator(cast: Cast) -> None:
    for listener in (None, cast.bob.pk, cast.alice.pk):
        assert access.may_listen(listener, str(cast.alice.pk))


@pytest.mark.parametrize("either_way", [True, False])
def test_a_block_either_way_closes_the_topic(cast: Cast, either_way: bool) -> None:
    owner, target = (cast.alice.user, cast.charlie) if either_way else (cast.charlie, cast.alice.user)
    Block.objects.create(owner=owner, target=target)
    assert not access.may_listen(cast.charlie.pk, str(cast.alice.pk))
    assert access.may_listen(cast.bob.pk, str(cast.alice.pk))


def test_readers_nobody_and_the_suspended_have_no_topic(cast: Cast) -> None:
    assert not access.may_listen(None, str(cast.bob.pk))
    assert not access.may_listen(None, str(uuid4()))
    User.objects.filter(pk=cast.alice.pk).update(is_active=False)
    assert not access.may_listen(cast.bob.pk, str(cast.alice.pk))


def test_forged_subscriptions_are_denied(cast: Cast) -> None:
    wanted = [
        "creator:not-a-uuid",
        "creator",
        f"followers:{cast.alice.pk}",
        f"following:{cast.alice.pk}",
        f"creator:{cast.alice.pk}",
        "following",
    ]
    assert topics.allowed(cast.bob.pk, wanted) == {f"creator:{cast.alice.pk}", "following"}
    assert topics.allowed(None, wanted) == {f"creator:{cast.alice.pk}"}


def test_a_post_for_followers_reaches_following(cast: Cast) -> None:
    (route,) = topics.routes(f"followers:{cast.alice.pk}")
    assert (route.topic, route.source_key) == ("following", str(cast.alice.pk))
