"""Posts as they are published, and indexed as at the end of a transaction."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from creators.models import Creator
from posts.actions import publish
from posts.models import Post


def settle() -> None:
    """What the end of a transaction does: the index is written."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.fixture
def say(db: None) -> Callable[..., Post]:
    """Publish a text, and index it."""

    def saying(creator: Creator, text: str, **options: Any) -> Post:
        options.setdefault("now", timezone.now())
        post = publish(actor=creator.user, client_id=uuid.uuid4(), text=text, **options)
        settle()
        return post

    return saying
