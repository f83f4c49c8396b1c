"""A tip is one transfer, whole, to somebody who may receive it; a refusal changes nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from planet.accounts.actions import block
from planet.accounts.models import User
from planet.ledger.assets import Asset
from planet.ledger.models import Leg, Transfer
from planet.ledger.queries import available
from planet.notifications.models import Notification
from planet.tips import actions, queries
from planet.tips.errors import CannotTip, Hidden, NoCreator, Oneself, OutOfBounds, Overtaken, TooLittle
from planet.tips.models import Support, Tip
from posts.models import Comment, Post
from posts.tipping import COMMENT
from tests.cast import Cast
from tests.tips.conftest import NOW, POST, USDT, fill


def give(actor: User, thing: Any, units: int = 5 * USDT, number: int = 1, **more: Any) -> tuple[Tip, bool]:
    about = more.pop("about", POST)
    return actions.send(actor=actor, about=about, thing=thing, units=units, number=number, now=NOW, **more)


def has(person: User) -> int:
    return available(owner=person, asset=Asset.USDT)


def test_what_is_sent_is_what_arrives(cast: Cast, post: Post) -> None:
    tip, is_new = give(cast.bob, post, message="For the thread")
    assert is_new
    assert (has(cast.bob), has(cast.alice.user)) == (5 * USDT, 5 * USDT)
    assert sorted(Leg.objects.filter(transfer=tip.transfer).values_list("units", flat=True)) == [-5 * USDT, 5 * USDT]
    post.refresh_from_db()
    assert post.tip_units == 5 * USDT


def test_the_same_form_twice_is_one_tip(cast: Cast, post: Post) -> None:
    first, _ = give(cast.bob, post)
    again, is_new = give(cast.bob, post)
    assert (again.pk, is_new, has(cast.bob)) == (first.pk, False, 5 * USDT)
    post.refresh_from_db()
    assert (post.tip_units, Support.objects.get().tips) == (5 * USDT, 1)
    assert Notification.objects.filter(recipient=cast.alice.user).count() == 1


def test_another_amount_from_a_form_that_was_opened_at_the_same_time_is_asked_about(cast: Cast, post: Post) -> None:
    give(cast.bob, post)
    with pytest.raises(Overtaken):
        give(cast.bob, post, units=USDT)
    give(cast.bob, post, units=USDT, number=queries.next_number(payer=cast.bob, kind="post", object_id=post.pk))
    assert has(cast.alice.user) == 6 * USDT


@pytest.mark.parametrize("number", [0, 2, 99])
def test_only_the_next_number_is_taken(cast: Cast, post: Post, number: int) -> None:
    with pytest.raises(Overtaken):
        give(cast.bob, post, number=number)
    assert not Tip.objects.exists()


def nobody(cast: Cast, post: Post) -> Any:
    cast.alice.user.is_creator = False
    return cast.bob


def suspended(cast: Cast, post: Post) -> Any:
    cast.alice.user.is_active = False
    return cast.bob


def blocks(cast: Cast, post: Post) -> Any:
    block(actor=cast.bob, target=cast.alice.user, now=NOW)
    return cast.bob


def is_blocked(cast: Cast, post: Post) -> Any:
    block(actor=cast.alice.user, target=cast.bob, now=NOW)
    return cast.bob


def oneself(cast: Cast, post: Post) -> Any:
    fill(cast.alice.user, 10 * USDT)
    return cast.alice.user


def poor(cast: Cast, post: Post) -> Any:
    return cast.charlie


REFUSED = {"no profile": (nobody, NoCreator), "suspended": (suspended, Hidden), "blocks": (blocks, Hidden),
           "is blocked": (is_blocked, Hidden), "oneself": (oneself, Oneself), "poor": (poor, TooLittle)}  # fmt: skip


@pytest.mark.parametrize("why", REFUSED)
def test_a_refusal_says_why_and_changes_nothing(cast: Cast, post: Post, why: str) -> None:
    arrange, expected = REFUSED[why]
    post.creator.user = cast.alice.user
    actor, before = arrange(cast, post), Transfer.objects.count()
    with pytest.raises(expected):
        give(actor, post)
    assert not Tip.objects.exists()
    assert not Support.objects.exists()
    assert Transfer.objects.count() == before
    assert not Notification.objects.exists()


@pytest.mark.parametrize("units", [0, -1, actions.LEAST - 1, actions.MOST + 1])
def test_amounts_have_bounds(cast: Cast, post: Post, units: int) -> None:
    with pytest.raises(OutOfBounds):
        give(cast.bob, post, units=units)
    assert has(cast.bob) == 10 * USDT


REASONS: list[type[CannotTip]] = [CannotTip, *CannotTip.__subclasses__()]


def test_every_refusal_has_words() -> None:
    assert [reason for reason in REASONS if not str(reason.text)] == []


def test_a_comment_of_a_creator_can_be_tipped(cast: Cast, post: Post) -> None:
    comment = Comment.objects.create(post=post, author=cast.alice.user, client_id=uuid4(), text="And the basis?")
    tip, _ = give(cast.bob, comment, about=COMMENT)
    assert (tip.kind, tip.object_id, has(cast.alice.user)) == ("comment", comment.pk, 5 * USDT)
    post.refresh_from_db()
    assert post.tip_units == 0


def test_tips_for_one_thing_are_one_notification(cast: Cast, post: Post) -> None:
    fill(cast.charlie, 10 * USDT)
    give(cast.bob, post, message="Great")
    give(cast.charlie, post)
    told = Notification.objects.get(recipient=cast.alice.user)
    assert (told.actor_count, told.group_key, told.excerpt) == (2, f"tip:post:{post.pk}", "5 USDT")


def test_supporters_stand_by_what_they_gave_and_are_named_only_if_they_want(cast: Cast, post: Post) -> None:
    fill(cast.charlie, 10 * USDT)
    fill(cast.olga, 10 * USDT)
    give(cast.bob, post, is_named=True)
    give(cast.charlie, post, 6 * USDT, is_named=True)
    give(cast.olga, post, 7 * USDT)
    board = queries.board(receiver=cast.alice.user, viewer=None)
    assert [(one.supporter.handle, one.amount) for one in board.named] == [("charlie", "6"), ("bob", "5")]
    assert (board.unnamed, board.own, board.is_empty) == (1, None, False)
    actions.choose_name(actor=cast.charlie, receiver=cast.alice.user, is_named=False)
    board = queries.board(receiver=cast.alice.user, viewer=cast.charlie)
    assert ([one.supporter.handle for one in board.named], board.unnamed) == (["bob"], 2)
    assert board.own is not None
    assert board.own.amount == "6"


def test_a_supporter_whom_the_viewer_blocked_or_who_is_suspended_is_not_shown(cast: Cast, post: Post) -> None:
    give(cast.bob, post, is_named=True)
    block(actor=cast.charlie, target=cast.bob, now=NOW)
    assert queries.board(receiver=cast.alice.user, viewer=cast.charlie).named == []
    User.objects.filter(pk=cast.bob.pk).update(is_active=False)
    assert queries.board(receiver=cast.alice.user, viewer=None).named == []


def test_whether_one_is_named_is_said_by_the_newest_tip(cast: Cast, post: Post) -> None:
    give(cast.bob, post, is_named=True)
    actions.send(actor=cast.bob, about=POST, thing=post, units=USDT, number=2, now=NOW + timedelta(1))
    row = Support.objects.get()
    assert (row.units, row.tips, row.is_named, row.newest_at) == (6 * USDT, 2, False, NOW + timedelta(1))


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_a_double_click_is_one_tip(cast: Cast, post: Post) -> None:
    def press(_: int) -> tuple[Any, bool]:
        try:
            tip, is_new = give(cast.bob, post)
            return tip.pk, is_new
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(press, range(4)))
    assert len({pk for pk, _ in sent}) == 1
    assert sorted(is_new for _, is_new in sent) == [False, False, False, True]
    assert (has(cast.bob), has(cast.alice.user)) == (5 * USDT, 5 * USDT)
