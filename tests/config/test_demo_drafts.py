"""The demo's drafts and threads are as people's: publishable, in order, counted."""

from datetime import timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from django.utils import timezone

from creators.models import Creator
from planet.config.demo import drafts
from planet.config.demo.store import Store
from posts.actions import repair_counts
from posts.forms import form_of, publish_draft
from posts.models import Draft, Post
from tests.factories import make_creator


@pytest.fixture
def ines(db: None) -> Creator:
    """The demo's creator, who has written."""
    handles = {handle: make_creator(handle) for handle in {drafts.WRITER, *(handle for handle, _, _ in drafts.THREADS)}}
    store = SimpleNamespace(
        now=timezone.now(),
        by_handle={handle: handle for handle in handles},
        users={handle: creator.pk for handle, creator in handles.items()},
    )
    drafts.write(cast("Store", store))
    return handles[drafts.WRITER]


def test_what_is_not_published_yet_can_be_and_what_is_scheduled_is_still_to_come(ines: Creator) -> None:
    planned = Draft.objects.filter(creator=ines, state=Draft.State.SCHEDULED)
    assert planned.filter(publish_at__gt=timezone.now()).count() == len(drafts.PLANNED)
    for draft in Draft.objects.filter(creator=ines):
        assert form_of(draft).is_valid()
        publish_draft(draft, ines.user, timezone.now() + timedelta(hours=1))
    assert not Draft.objects.exists()


def test_threads_are_in_order_and_counted(ines: Creator) -> None:
    for first in Post.objects.filter(part=0):
        parts = list(Post.objects.filter(thread=first).order_by("part"))
        assert [part.part for part in parts] == list(range(1, len(parts) + 1))
        assert [first.pk, *(part.pk for part in parts)] == sorted([first.pk, *(part.pk for part in parts)])
    assert Post.objects.filter(part=0).count() == len(drafts.THREADS)
    assert repair_counts() == 0
