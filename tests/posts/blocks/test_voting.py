"""Votes: one a person, for good, until the end; results for whom they are shown; nothing lost when many vote."""

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from creators.models import Follow
from planet.accounts.models import Block as PersonBlock
from planet.accounts.models import User
from posts import actions, blocks, broadcasts
from posts.blocks import access, voting
from posts.errors import AlreadyVoted, Gone, NoSuchOption, NotAllowed, VotingOver
from posts.models import BlockVote, Post, PostBlock
from tests.cast import Cast
from tests.factories import make_user
from tests.posts.blocks.conftest import DIRECTION, IDEA, Attach
from tests.posts.conftest import NOW, Event
from tests.together import THREADS, together

Heard = Callable[[Callable[[], Any]], list[Event]]
DAY = timedelta(days=1)


def votes(block: PostBlock) -> list[int]:
    return PostBlock.objects.get(pk=block.pk).votes


def test_a_vote_is_counted(cast: Cast, attach: Attach) -> None:
    poll = attach(cast.alice)
    actions.vote(actor=cast.bob, block_id=poll.pk, option=1, now=NOW)
    actions.vote(actor=cast.charlie, block_id=poll.pk, option=1, now=NOW)
    actions.vote(actor=cast.alice.user, block_id=poll.pk, option=0, now=NOW)
    assert votes(poll) == [1, 2, 0]


def test_the_same_vote_again_changes_nothing(cast: Cast, attach: Attach) -> None:
    poll = attach(cast.alice)
    for _ in range(3):
        actions.vote(actor=cast.bob, block_id=poll.pk, option=2, now=NOW)
    assert votes(poll) == [0, 0, 1]
    assert BlockVote.objects.count() == 1


def test_a_vote_is_for_good(cast: Cast, attach: Attach) -> None:
    poll = attach(cast.alice)
    actions.vote(actor=cast.bob, block_id=poll.pk, option=0, now=NOW)
    with pytest.raises(AlreadyVoted):
        actions.vote(actor=cast.bob, block_id=poll.pk, option=1, now=NOW)
    assert votes(poll) == [1, 0, 0]


@pytest.mark.parametrize("option", [-1, 3, 99])
def test_an_option_that_does_not_exist_is_refused(cast: Cast, attach: Attach, option: int) -> None:
    poll = attach(cast.alice)
    with pytest.raises(NoSuchOption):
        actions.vote(actor=cast.bob, block_id=poll.pk, option=option, now=NOW)
    assert votes(poll) == [0, 0, 0]


def test_what_is_no_vote_has_no_options(cast: Cast, attach: Attach) -> None:
    with pytest.raises(NoSuchOption):
        actions.vote(actor=cast.bob, block_id=attach(cast.alice, IDEA).pk, option=0, now=NOW)


def test_after_the_end_nobody_votes(cast: Cast, attach: Attach) -> None:
    poll = attach(cast.alice)
    actions.vote(actor=cast.bob, block_id=poll.pk, option=0, now=NOW + DAY - timedelta(microseconds=1))
    with pytest.raises(VotingOver):
        actions.vote(actor=cast.charlie, block_id=poll.pk, option=0, now=NOW + DAY)
    # A retry of a vote that counted is no late vote.
    actions.vote(actor=cast.bob, block_id=poll.pk, option=0, now=NOW + DAY)
    assert votes(poll) == [1, 0, 0]


def test_whoever_may_not_see_the_post_may_not_vote(cast: Cast, attach: Attach) -> None:
    poll = attach(cast.alice)
    PersonBlock.objects.create(owner=cast.alice.user, target=cast.charlie)
    with pytest.raises(NotAllowed):
        actions.vote(actor=cast.charlie, block_id=poll.pk, option=0, now=NOW)
    Post.objects.filter(pk=poll.post_id).update(audience=Post.Audience.FOLLOWERS)
    actions.vote(actor=cast.bob, block_id=poll.pk, option=0, now=NOW)
    with pytest.raises(NotAllowed):
        actions.vote(actor=cast.olga, block_id=poll.pk, option=0, now=NOW)
    assert votes(poll) == [1, 0, 0]


def test_a_deleted_post_and_a_suspended_authors_take_no_votes(cast: Cast, attach: Attach) -> None:
    poll = attach(cast.alice)
    User.objects.filter(pk=cast.alice.pk).update(is_active=False)
    with pytest.raises(Gone):
        actions.vote(actor=cast.bob, block_id=poll.pk, option=0, now=NOW)
    User.objects.filter(pk=cast.alice.pk).update(is_active=True)
    actions.delete(actor=cast.alice.user, post_id=poll.post_id, now=NOW)
    for missing in (poll.pk, uuid.uuid4()):
        with pytest.raises(Gone):
            actions.vote(actor=cast.bob, block_id=missing, option=0, now=NOW)
    assert not BlockVote.objects.exists()


def test_the_database_has_room_for_one_vote_a_person(cast: Cast, attach: Attach) -> None:
    poll = attach(cast.alice)
    BlockVote.objects.create(block=poll, user=cast.bob, option=0)
    with pytest.raises(IntegrityError), transaction.atomic():
        BlockVote.objects.create(block=poll, user=cast.bob, option=1)


# --- who sees results ---------------------------------------------------------------------------------------------


def shown(poll: PostBlock, viewer: User | None, now: Any = NOW) -> dict[str, Any]:
    return blocks.live([poll.pk], viewer_id=viewer.pk if viewer else None, now=now)[poll.pk].live


def test_a_result_is_hidden_until_one_has_voted_or_it_has_ended(cast: Cast, attach: Attach) -> None:
    poll = attach(cast.alice)
    actions.vote(actor=cast.bob, block_id=poll.pk, option=1, now=NOW)
    for viewer in (None, cast.charlie, cast.alice.user):
        before = shown(poll, viewer)
        assert (before["is_open"], before["is_shown"]) == (True, False)
        assert [option["percent"] for option in before["options"]] == [0, 0, 0]
        assert before["total"] == 1
    mine = shown(poll, cast.bob)
    assert (mine["is_open"], mine["is_shown"]) == (False, True)
    assert [option["percent"] for option in mine["options"]] == [0, 100, 0]
    assert [option["mine"] for option in mine["options"]] == [False, True, False]
    ended = shown(poll, None, NOW + DAY)
    assert (ended["is_open"], ended["is_shown"], ended["ended"]) == (False, True, True)


def test_the_socket_tells_results_only_to_whom_they_are_shown(cast: Cast, attach: Attach, heard: Heard) -> None:
    poll = attach(cast.alice)
    events = heard(lambda: actions.vote(actor=cast.bob, block_id=poll.pk, option=1, now=NOW))
    told = {event.topic: event.data for event in events}
    assert told[f"poll:{poll.pk}"] == {"id": str(poll.pk), "votes": [0, 1, 0], "percents": [0, 100, 0], "total": 1}
    # Whoever looks at the post hears that somebody voted, not for what.
    assert told[f"post:{poll.post_id}"] == {"id": str(poll.pk), "total": 1}


def test_who_may_hear_how_a_poll_stands(cast: Cast, attach: Attach, monkeypatch: pytest.MonkeyPatch) -> None:
    poll = attach(cast.alice)
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    actions.vote(actor=cast.bob, block_id=poll.pk, option=1, now=NOW)
    assert access.may_hear_result(cast.bob.pk, str(poll.pk))
    assert not access.may_hear_result(cast.charlie.pk, str(poll.pk))
    assert not access.may_hear_result(None, str(poll.pk))
    monkeypatch.setattr(timezone, "now", lambda: NOW + DAY)
    assert access.may_hear_result(None, str(poll.pk))
    PersonBlock.objects.create(owner=cast.alice.user, target=cast.charlie)
    assert not access.may_hear_result(cast.charlie.pk, str(poll.pk))
    for nonsense in ("", "x", str(uuid.uuid4()), str(poll.pk).upper(), str(attach(cast.alice, IDEA).pk)):
        assert not access.may_hear_result(cast.bob.pk, nonsense)


@pytest.mark.parametrize(
    ("counts", "percents"),
    [
        ([0, 0], [0, 0]),
        ([1, 0], [100, 0]),
        ([1, 1, 1], [34, 33, 33]),
        ([2, 1], [67, 33]),
        ([1, 1, 1, 1, 1, 1], [17, 17, 17, 17, 16, 16]),
        ([999, 1], [100, 0]),
        ([1307, 2863, 1490, 558], [21, 46, 24, 9]),
    ],
)
def test_percents_sum_to_a_hundred(counts: list[int], percents: list[int]) -> None:
    assert voting.percentages(counts) == percents
    assert sum(percents) in (0, 100)


# --- what happened ------------------------------------------------------------------------------------------------


def test_a_direction_shows_at_its_end_where_the_price_went(cast: Cast, attach: Attach, heard: Heard) -> None:
    asked = attach(cast.alice, DIRECTION)
    actions.vote(actor=cast.bob, block_id=asked.pk, option=0, now=NOW)
    actions.vote(actor=cast.charlie, block_id=asked.pk, option=1, now=NOW)
    assert actions.follow_blocks(now=NOW + DAY - timedelta(seconds=1)) == 0
    events = heard(lambda: actions.follow_blocks(now=NOW + DAY + timedelta(hours=5)))
    assert [(event.topic, event.kind, event.data["changed"]) for event in events] == [
        (f"post:{asked.post_id}", "block", True)
    ]
    row = PostBlock.objects.get(pk=asked.pk)
    assert row.follow_at is None
    live = shown(asked, cast.bob, NOW + DAY)
    before, after = float(live["price_before"]), float(live["price_after"])
    assert live["right"] == (0 if after > before else 1)
    assert live["right_percent"] == 50
    assert live["was_right"] is (after > before)
    # The price at the end, not the one at which the clock came round; and looking again changes nothing.
    assert row.outcome == {"price": str(_price_at(NOW + DAY))}
    assert actions.follow_blocks(now=NOW + 2 * DAY) == 0


def _price_at(at: Any) -> Any:
    from planet.markets import queries

    return queries.quote("SOL", at).price


# --- at once ------------------------------------------------------------------------------------------------------


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_presses_at_the_same_moment_are_one_vote(cast: Cast, attach: Attach) -> None:
    poll, refused = attach(cast.alice), []

    def run(number: int) -> None:
        try:
            actions.vote(actor=cast.bob, block_id=poll.pk, option=number % 2, now=NOW)
        except AlreadyVoted:
            refused.append(number)

    assert together(run) == []
    assert sum(votes(poll)) == BlockVote.objects.count() == 1
    assert len(refused) == THREADS // 2


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_many_people_at_the_same_moment_all_count(cast: Cast, attach: Attach) -> None:
    poll = attach(cast.alice)
    people = [make_user(f"voter{n}") for n in range(THREADS * 4)]

    def run(number: int) -> None:
        for person in people[number::THREADS]:
            actions.vote(actor=person, block_id=poll.pk, option=number % 3, now=NOW)

    assert together(run) == []
    assert votes(poll) == [8, 8, 8]
    assert actions.repair_votes(now=NOW) == 0


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_a_vote_would_be_lost(cast: Cast, attach: Attach) -> None:
    """The control: the same race, read and written without a lock; and what finds it at night."""
    poll, meet = attach(cast.alice), threading.Barrier(2)

    def run(number: int) -> None:
        mine = PostBlock.objects.get(pk=poll.pk)
        meet.wait()
        BlockVote.objects.create(block=mine, user=(cast.bob, cast.charlie)[number], option=0)
        mine.votes[0] += 1
        mine.save(update_fields=["votes"])

    assert together(run, threads=2) == []
    assert votes(poll) == [1, 0, 0]
    assert actions.repair_votes(now=NOW) == 1
    assert votes(poll) == [2, 0, 0]


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_two_clocks_settle_a_question_once(cast: Cast, attach: Attach, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [attach(cast.alice, DIRECTION) for _ in range(4)]
    told: list[str] = []
    monkeypatch.setattr(broadcasts, "publish", lambda topic, *_: told.append(topic))

    def run(_: int) -> None:
        actions.follow_blocks(now=NOW + DAY)

    assert together(run, threads=3) == []
    assert PostBlock.objects.exclude(follow_at=None).count() == 0
    assert sorted(told) == sorted(f"post:{one.post_id}" for one in asked)


def test_a_component_that_cannot_be_followed_does_not_stop_the_others(
    cast: Cast, attach: Attach, caplog: pytest.LogCaptureFixture
) -> None:
    broken, whole = attach(cast.alice, DIRECTION), attach(cast.alice, DIRECTION)
    PostBlock.objects.filter(pk=broken.pk).update(outcome={}, kind="direction")
    with transaction.atomic():
        _forge(broken, {"nothing": 1})
    assert actions.follow_blocks(now=NOW + DAY) == 2
    assert "could not follow" in caplog.text
    assert PostBlock.objects.get(pk=whole.pk).outcome
    later = PostBlock.objects.get(pk=broken.pk)
    assert later.follow_at == NOW + DAY + timedelta(minutes=5)


def _forge(block: PostBlock, data: dict[str, Any]) -> None:
    """Damage a row, past the trigger that keeps it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        PostBlock.objects.filter(pk=block.pk).update(data=data)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def test_a_kind_that_was_taken_away_leaves_the_post_readable(cast: Cast, attach: Attach) -> None:
    poll = attach(cast.alice)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        PostBlock.objects.filter(pk=poll.pk).update(kind="gone", follow_at=NOW)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    assert blocks.of_posts([poll.post_id]) == {}
    assert blocks.live([poll.pk], viewer_id=None, now=NOW) == {}
    assert actions.follow_blocks(now=NOW) == 1
    assert cast.browser(cast.bob).get(f"/p/{poll.post_id}/").status_code == 200


def test_following_is_one_query_a_chunk_however_many_are_due(
    cast: Cast, attach: Attach, django_assert_num_queries: Any
) -> None:
    for _ in range(3):
        attach(cast.alice, DIRECTION)
    with django_assert_num_queries(4):  # savepoint, select, one bulk update, release
        actions.follow_blocks(now=NOW + DAY)
    for _ in range(12):
        attach(cast.alice, DIRECTION)
    with django_assert_num_queries(4):
        actions.follow_blocks(now=NOW + DAY)


def test_a_follower_sees_the_poll_of_a_post_for_followers(cast: Cast, attach: Attach) -> None:
    poll = attach(cast.alice)
    Post.objects.filter(pk=poll.post_id).update(audience=Post.Audience.FOLLOWERS)
    assert blocks.live([poll.pk], viewer_id=cast.bob.pk, now=NOW)
    assert not blocks.live([poll.pk], viewer_id=cast.charlie.pk, now=NOW)
    assert not blocks.live([poll.pk], viewer_id=None, now=NOW)
    Follow.objects.all().delete()
    assert not blocks.live([poll.pk], viewer_id=cast.bob.pk, now=NOW)
