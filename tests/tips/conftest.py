"""Money to give."""

import pytest

from posts.models import Post
from posts.tipping import POST
from tests.cast import Cast
from tests.factories import fill, make_post
from tests.ledger.conftest import NOW, purse

__all__ = ["NOW", "POST", "fill", "purse"]

USDT = 1_000_000


@pytest.fixture
def post(cast: Cast) -> Post:
    """A post of Alice's; Bob has ten USDT."""
    fill(cast.bob, 10 * USDT)
    return make_post(cast.alice)
