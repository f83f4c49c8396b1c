"""What voting says to the record of attention."""

from planet.engagement.models import Interaction, Kind
from posts import actions
from tests.cast import Cast
from tests.posts.blocks.conftest import DIRECTION, Attach
from tests.posts.conftest import NOW


def test_a_vote_on_a_direction_is_the_use_of_a_trading_component_and_one_in_a_poll_is_talk(
    cast: Cast, attach: Attach
) -> None:
    direction, poll = attach(cast.alice, DIRECTION), attach(cast.alice)
    for block in (direction, poll):
        for _ in range(2):
            actions.vote(actor=cast.bob, block_id=block.pk, option=1, now=NOW)
    (deed,) = Interaction.objects.all()
    assert (deed.kind, deed.viewer_id, deed.content_id) == (Kind.COMPONENT, cast.bob.pk, direction.post_id)
    assert deed.creator_id == cast.alice.pk
