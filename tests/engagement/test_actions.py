"""Deeds are rows: once however often, and together with what they record or not at all."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import transaction

from planet.engagement import actions
from planet.engagement.models import FollowerHour, Interaction, Kind
from tests.factories import make_user
from tests.together import together

NOW = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)
THREADS = 8


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_a_deed_recorded_many_times_at_once_is_one_row() -> None:
    bob, content, creator = make_user("bob"), uuid4(), uuid4()

    def like(_number: int) -> None:
        actions.record(Kind.LIKE, actor=bob, content_id=content, creator_id=creator, at=NOW)

    assert together(like, THREADS) == []
    assert Interaction.objects.count() == 1


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_followers_who_come_and_go_at_once_are_all_counted() -> None:
    creator = uuid4()
    assert together(lambda _: actions.followers_changed(creator, gained=2, lost=1, at=NOW), THREADS) == []
    hour = FollowerHour.objects.get()
    assert (hour.gained, hour.lost, hour.hour) == (2 * THREADS, THREADS, NOW.replace(minute=0))


@pytest.mark.django_db
def test_a_deed_falls_with_the_transaction_that_it_belongs_to() -> None:
    bob = make_user("bob")

    def like_and_fail() -> None:
        with transaction.atomic():
            actions.record(Kind.LIKE, actor=bob, content_id=uuid4(), creator_id=uuid4(), at=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        like_and_fail()
    assert not Interaction.objects.exists()


@pytest.mark.django_db
def test_taking_back_what_was_never_done_changes_nothing() -> None:
    bob, carla, content = make_user("bob"), make_user("carla"), uuid4()
    actions.record(Kind.LIKE, actor=bob, content_id=content, creator_id=uuid4(), at=NOW)
    actions.undo(Kind.LIKE, actor_id=carla.pk, content_id=content)
    actions.undo(Kind.BOOKMARK, actor_id=bob.pk, content_id=content)
    assert Interaction.objects.filter(removed_at=None).count() == 1
