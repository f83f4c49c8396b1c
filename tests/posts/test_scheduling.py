"""Posts that publish themselves: at their time, once, whatever happens around them."""

import multiprocessing
import os
import signal
import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import OperationalError, connections

from creators.models import Creator, Follow
from planet.accounts.models import KycState, User
from planet.notifications.models import Notification
from posts import actions, moments, tasks
from posts.actions import drafting, scheduling
from posts.errors import AlreadyPublished, DraftConflict, Gone, NotVerified, TooManyDrafts, TooManyScheduled
from posts.forms import publish_draft
from posts.models import Draft, Post
from tests.cast import Cast
from tests.factories import make_creator, make_draft, make_post
from tests.posts.conftest import NOW
from tests.together import together
from tests.waiting import until

DUE = NOW + timedelta(hours=1)
LATER = NOW + timedelta(hours=2)


def plan(creator: Creator, text: str = "On time.", at: datetime = DUE, **content: list[str]) -> Draft:
    """A draft that goes out at `at`."""
    draft = make_draft(creator, text, **content)
    return actions.schedule(actor=creator.user, draft_id=draft.pk, publish_at=at, time_zone="UTC", now=NOW)


def run(now: datetime = LATER) -> int:
    """What the clock does every few seconds."""
    return actions.publish_due(now=now, publish=publish_draft)


def told(user: User) -> dict[str, str]:
    """What Planet said to somebody: what it is about → its words."""
    rows = Notification.objects.filter(recipient=user).values_list("group_key", "excerpt")
    return {key.partition(":")[0]: words for key, words in rows}


# --- going out ----------------------------------------------------------------------------------------------------


def test_what_is_due_goes_out_once_and_nothing_before_its_time(cast: Cast) -> None:
    draft = plan(cast.alice, "$SOL on time.", part=["And more."])
    plan(cast.alice, "Tomorrow", at=NOW + timedelta(days=1))
    assert run(DUE - timedelta(seconds=1)) == 0
    assert run(DUE) == 1
    assert run(LATER) == 0
    post = Post.objects.get(thread=None)
    assert (post.text, post.client_id, post.created_at) == ("$SOL on time.", draft.pk, DUE)
    assert Post.objects.filter(thread=post).count() == 1
    assert Creator.objects.get(pk=cast.alice.pk).posts_count == 2
    assert [left.first("text") for left in Draft.objects.all()] == ["Tomorrow"]
    assert told(cast.alice.user) == {"scheduled_published": "$SOL on time."}


def test_after_downtime_all_that_is_overdue_goes_out_in_its_order(cast: Cast) -> None:
    for hours in (3, 1, 2):
        plan(cast.alice, f"number {hours}", at=NOW + timedelta(hours=hours))
    assert run(NOW + timedelta(days=3)) == 3
    assert list(Post.objects.order_by("id").values_list("text", flat=True)) == ["number 1", "number 2", "number 3"]


def test_a_clock_that_jumps_back_publishes_nothing_twice(cast: Cast) -> None:
    plan(cast.alice)
    assert run(NOW + timedelta(days=300)) == 1
    assert run(NOW - timedelta(days=300)) == 0
    assert run(LATER) == 0
    assert Post.objects.count() == 1


def test_the_task_publishes(cast: Cast) -> None:
    draft = plan(cast.alice)
    Draft.objects.filter(pk=draft.pk).update(publish_at=datetime(2020, 1, 1, tzinfo=UTC))
    tasks.publish_scheduled()
    assert Post.objects.get().client_id == draft.pk


def test_what_is_edited_while_scheduled_goes_out_as_it_was_saved_last(cast: Cast) -> None:
    draft = plan(cast.alice, "First words")
    actions.save_draft(actor=cast.alice.user, draft_id=draft.pk, content={"text": ["Last words"]}, version=1, now=NOW)
    run()
    assert Post.objects.get().text == "Last words"


def test_rescheduled_unscheduled_and_deleted_posts_do_not_go_out(cast: Cast) -> None:
    moved, taken_back, deleted = plan(cast.alice, "1"), plan(cast.alice, "2"), plan(cast.alice, "3")
    actions.schedule(
        actor=cast.alice.user, draft_id=moved.pk, publish_at=LATER + timedelta(hours=1), time_zone="UTC", now=NOW
    )
    actions.unschedule(actor=cast.alice.user, draft_id=taken_back.pk)
    actions.throw_away(actor=cast.alice.user, draft_id=deleted.pk, now=NOW)
    assert run() == 0
    assert run(LATER + timedelta(hours=1)) == 1
    assert Post.objects.get().text == "1"
    with pytest.raises(Gone):
        actions.unschedule(actor=cast.alice.user, draft_id=moved.pk)


# --- what cannot go out -------------------------------------------------------------------------------------------


def _suspend(cast: Cast) -> None:
    User.objects.filter(pk=cast.alice.pk).update(is_active=False)


def _expire(cast: Cast) -> None:
    User.objects.filter(pk=cast.alice.pk).update(kyc_state=KycState.EXPIRED)


def _remove_quoted(cast: Cast) -> None:
    Post.objects.update(deleted_at=NOW)


def _close_quoted(cast: Cast) -> None:
    Post.objects.update(audience=Post.Audience.FOLLOWERS)
    dora = Creator.objects.get(user__handle="dora")
    Follow.objects.create(follower=cast.alice.user, creator=dora)


def _ruin(cast: Cast) -> None:
    Draft.objects.filter(creator=cast.alice).update(content={"text": ["x" * 2001]})


def _lose_picture(cast: Cast) -> None:
    key = "picture/aa/" + "aa" * 16 + "-10x10"
    Draft.objects.filter(creator=cast.alice).update(content={"text": ["x"], "picture": [key]})


def _publish_another(cast: Cast) -> None:
    draft = Draft.objects.get(creator=cast.alice)
    actions.publish(actor=cast.alice.user, client_id=draft.pk, text="Elsewhere", now=NOW)
    draft.save()


@pytest.mark.parametrize(
    ("break_it", "problem", "words"),
    [
        (_suspend, "suspended", "suspended"),
        (_expire, "unverified", "identity check"),
        (_remove_quoted, "quote", "quote was removed"),
        (_close_quoted, "invalid", "This post is for followers"),
        (_ruin, "invalid", "1 character too long"),
        (_lose_picture, "invalid", "A picture was not found"),
        (_publish_another, "already", "already published"),
    ],
)
def test_what_cannot_go_out_is_a_draft_again_and_says_why(
    cast: Cast, break_it: Callable[[Cast], None], problem: str, words: str
) -> None:
    quoted = make_post(make_creator("dora"))
    draft = plan(cast.alice, "Quoting", quote=[str(quoted.pk)])
    other = plan(make_creator("emil"), "Mine goes out all the same")
    break_it(cast)
    before = Post.objects.filter(creator=cast.alice).count()
    assert run() == 1
    assert Post.objects.filter(creator=cast.alice).count() == before
    assert Post.objects.filter(creator=other.creator_id).count() == 1
    back = Draft.objects.get(creator=cast.alice)
    assert (back.state, back.publish_at, back.problem) == ("draft", None, problem)
    assert words in back.reason
    if break_it is not _suspend:  # nobody tells the suspended anything; the draft waits with its reason
        assert words in told(cast.alice.user)["scheduled_failed"]
    assert back.pk == draft.pk
    assert run(LATER + timedelta(days=1)) == 0


def test_the_reason_is_told_in_the_authors_language(cast: Cast) -> None:
    User.objects.filter(pk=cast.alice.pk).update(language="zh-hans", kyc_state=KycState.EXPIRED)
    Draft.objects.create(
        pk=uuid.uuid4(), creator=cast.alice, content={"text": ["x"]}, state="scheduled", publish_at=DUE, time_zone="UTC"
    )
    run()
    assert "身份" in told(cast.alice.user)["scheduled_failed"]


def test_saving_again_takes_the_complaint_away(cast: Cast) -> None:
    draft = plan(cast.alice)
    _ruin(cast)
    run()
    actions.save_draft(actor=cast.alice.user, draft_id=draft.pk, content={"text": ["Short"]}, version=1, now=NOW)
    assert Draft.objects.get().reason == ""


def test_a_fault_of_ours_is_tried_again_and_stops_nobody_else(cast: Cast) -> None:
    broken, fine = plan(cast.alice, "broken"), plan(make_creator("dora"), "fine", at=LATER)
    failing = True

    def publish(draft: Draft, actor: User, now: datetime) -> Post:
        if draft.pk == broken.pk and failing:
            raise RuntimeError("a bug")
        return publish_draft(draft, actor, now)

    assert actions.publish_due(now=LATER, publish=publish) == 1
    assert Post.objects.get().client_id == fine.pk
    assert Draft.objects.get().attempts == 1
    failing = False
    assert actions.publish_due(now=LATER, publish=publish) == 1
    assert Post.objects.filter(client_id=broken.pk).count() == 1


def test_a_fault_that_stays_is_given_up_with_a_reason(cast: Cast) -> None:
    plan(cast.alice)

    def publish(draft: Draft, actor: User, now: datetime) -> Post:
        raise OperationalError("gone")

    for _ in range(scheduling.MAX_ATTEMPTS):
        assert Draft.objects.get().is_scheduled
        assert actions.publish_due(now=LATER, publish=publish) == 0
    back = Draft.objects.get()
    assert (back.is_scheduled, back.problem) == (False, "failed")
    assert "scheduled_failed" in told(cast.alice.user)


def test_a_tab_that_held_it_as_a_draft_is_asked_before_it_changes_what_is_scheduled(cast: Cast) -> None:
    draft = make_draft(
        cast.alice,
        "As it goes out",
    )
    version = draft.version
    actions.schedule(actor=cast.alice.user, draft_id=draft.pk, publish_at=DUE, time_zone="UTC", now=NOW)
    with pytest.raises(DraftConflict):
        drafting.save(
            actor=cast.alice.user, draft_id=draft.pk, content={"text": [""]}, version=version, writer="tab", now=NOW
        )
    assert Draft.objects.get(pk=draft.pk).first("text") == "As it goes out"


# --- crashes, and many at once ------------------------------------------------------------------------------------


def _publish_and_hang(said: int) -> None:
    """A worker that has written the post, and then does not get to the commit."""

    def hang(draft: Draft, actor: User, now: datetime) -> Post:
        post = publish_draft(draft, actor, now)
        os.write(said, str(Post.objects.count()).encode())
        signal.pause()
        return post

    actions.publish_due(now=LATER, publish=hang)


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_between_the_insert_and_the_commit_publishes_nothing_and_the_next_one_once(cast: Cast) -> None:
    plan(cast.alice, part=["second"])
    connections.close_all()  # a connection is nobody's who shares it with a child
    hears, says = os.pipe()
    worker = multiprocessing.get_context("fork").Process(target=_publish_and_hang, args=(says,))
    worker.start()
    assert os.read(hears, 10) == b"2"  # both are written, neither is committed
    os.kill(worker.pid or 0, signal.SIGKILL)
    worker.join(60)
    assert worker.exitcode == -signal.SIGKILL
    # The database lets go of the row once it sees that nobody is there any more.
    until(lambda: run() == 1, within=30)
    assert run() == 0
    assert Post.objects.count() == 2
    assert not Draft.objects.exists()
    assert Creator.objects.get(pk=cast.alice.pk).posts_count == 2


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_the_same_moment_publish_each_post_once(cast: Cast) -> None:
    drafts = {plan(cast.alice, f"number {number}").pk for number in range(12)}
    published: list[int] = []

    def worker(_: int) -> None:
        published.append(run())

    assert together(worker, threads=4) == []
    assert sum(published) == 12
    assert {post.client_id for post in Post.objects.all()} == drafts
    assert Post.objects.count() == 12
    assert not Draft.objects.exists()
    assert Creator.objects.get(pk=cast.alice.pk).posts_count == 12


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_a_worker_does_not_wait_for_one_that_is_publishing(cast: Cast) -> None:
    """The control of the skipping: the first worker holds its draft while the second publishes the other."""
    plan(cast.alice, "slow", at=DUE)
    plan(make_creator("dora"), "quick", at=LATER)
    holding, go_on = threading.Event(), threading.Event()

    def slow(draft: Draft, actor: User, now: datetime) -> Post:
        holding.set()
        assert go_on.wait(60)
        return publish_draft(draft, actor, now)

    def first() -> None:
        try:
            actions.publish_due(now=LATER, publish=slow)
        finally:
            connections.close_all()

    thread = threading.Thread(target=first)
    thread.start()
    assert holding.wait(60)
    assert run() == 1
    assert Post.objects.get().text == "quick"
    go_on.set()
    thread.join(60)
    assert Post.objects.count() == 2


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_publishing_by_hand_while_it_goes_out_by_itself_publishes_once(cast: Cast) -> None:
    for _ in range(6):
        draft = plan(cast.alice, "Both at once")

        def both(number: int, draft: Draft = draft) -> None:
            if number:
                run()
            else:
                publish_draft(draft, cast.alice.user, LATER)

        assert together(both, threads=2) == []
        assert Post.objects.filter(client_id=draft.pk).count() == 1
        assert not Draft.objects.exists()
    assert Creator.objects.get(pk=cast.alice.pk).posts_count == 6


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_a_save_that_runs_beside_the_publication_leaves_no_draft_behind(cast: Cast) -> None:
    for _ in range(12):
        client_id = uuid.uuid4()

        def both(number: int, client_id: uuid.UUID = client_id) -> None:
            try:
                if number:
                    save(cast.alice.user, client_id, f"words {number}")
                else:
                    actions.publish(actor=cast.alice.user, client_id=client_id, text="Out", now=NOW)
            except (DraftConflict, AlreadyPublished):
                pass

        assert together(both, threads=3) == []
        assert Post.objects.filter(client_id=client_id).count() == 1
        assert not Draft.objects.filter(pk=client_id).exists()


def save(actor: User, draft_id: uuid.UUID, text: str) -> Any:
    """Save a new draft."""
    return actions.save_draft(actor=actor, draft_id=draft_id, content={"text": [text]}, version=0, now=NOW)


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_many_devices_at_once_keep_the_bound_of_drafts(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafting, "MAX_DRAFTS", 3)

    def device(number: int) -> None:
        with suppress(TooManyDrafts):
            save(cast.alice.user, uuid.uuid4(), f"from {number}")

    assert together(device) == []
    assert Draft.objects.count() == 3


# --- choosing the moment ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("offset", [timedelta(0), timedelta(seconds=-1), timedelta(days=-400), timedelta(days=367)])
def test_neither_the_past_nor_the_far_future_is_a_moment(cast: Cast, offset: timedelta) -> None:
    draft = make_draft(cast.alice)
    with pytest.raises(ValidationError):
        actions.schedule(actor=cast.alice.user, draft_id=draft.pk, publish_at=NOW + offset, time_zone="UTC", now=NOW)
    assert not Draft.objects.get().is_scheduled


def test_scheduling_is_bounded_and_only_for_who_may_publish(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduling, "MAX_SCHEDULED", 1)
    first = plan(cast.alice)
    with pytest.raises(TooManyScheduled):
        plan(cast.alice)
    again = actions.schedule(actor=cast.alice.user, draft_id=first.pk, publish_at=LATER, time_zone="UTC", now=NOW)
    assert again.publish_at == LATER
    _expire(cast)
    with pytest.raises(NotVerified):
        actions.schedule(actor=cast.alice.user, draft_id=first.pk, publish_at=DUE, time_zone="UTC", now=NOW)


def test_a_time_is_read_on_the_clock_that_was_chosen() -> None:
    noon = datetime(2026, 12, 1, 12)  # noqa: DTZ001  # what a clock on the wall shows
    assert moments.in_utc(noon, "Asia/Shanghai") == datetime(2026, 12, 1, 4, tzinfo=UTC)
    assert moments.in_utc(noon, "America/New_York") == datetime(2026, 12, 1, 17, tzinfo=UTC)
    shown = moments.on_the_clock(datetime(2026, 12, 1, 4, tzinfo=UTC), "Asia/Shanghai")
    assert shown.replace(tzinfo=None) == noon


def test_an_hour_that_clocks_skip_is_refused_and_one_that_comes_twice_is_the_first() -> None:
    with pytest.raises(ValidationError, match="02:30"):
        moments.in_utc(datetime(2027, 3, 28, 2, 30), "Europe/Berlin")  # noqa: DTZ001
    twice = moments.in_utc(datetime(2027, 10, 31, 2, 30), "Europe/Berlin")  # noqa: DTZ001
    assert twice == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("name", ["", "Moon/Sea", "../etc/passwd", "/etc/localtime", "UTC\0", "x" * 5000])
def test_what_is_no_time_zone_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        moments.zone(name)


def test_every_zone_that_is_offered_exists() -> None:
    assert len(moments.time_zones()) > 300
    for name in moments.time_zones():
        assert moments.zone(name).key == name
    assert moments.place("America/Argentina/Buenos_Aires") == "Buenos Aires"
