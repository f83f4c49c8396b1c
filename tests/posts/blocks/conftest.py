"""What tests of components share."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from creators.models import Creator
from posts import actions, blocks
from posts.models import PostBlock
from tests.posts.conftest import NOW

Attach = Callable[..., PostBlock]

POLL = {"kind": "poll", "options": ["Up", "Sideways", "Down"], "runs": "1d"}
DIRECTION = {"kind": "direction", "symbol": "SOL", "runs": "1d"}
IDEA = {
    "kind": "idea",
    "symbol": "SOL",
    "side": "long",
    "entry": "220",
    "stop": "210",
    "targets": ["230", "240"],
    "horizon": "7d",
}


@pytest.fixture
def attach() -> Attach:
    """Publishes a post with one component: `attach(creator, {"kind": "poll", …})`."""

    def attaching(
        creator: Creator, data: dict[str, Any] | None = None, *, now: datetime = NOW, **options: Any
    ) -> PostBlock:
        new = blocks.clean(data or POLL, author=creator.user, now=now)
        post = actions.publish(
            actor=creator.user, client_id=uuid.uuid4(), text="What do you think?", now=now, blocks=[new], **options
        )
        return post.blocks.get()

    return attaching
