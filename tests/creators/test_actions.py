"""Becoming a creator, editing the profile, following."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.utils import timezone

from creators import actions
from creators.actions import CannotFollow, NotReady, Profile
from creators.models import Creator, Follow
from planet.accounts.actions import NotOneself, RenamedTooSoon
from planet.accounts.models import Block, KycState, User
from planet.notifications.models import Notification
from tests.cast import Cast
from tests.factories import make_creator, make_user


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What was sent to the socket."""
    sent: list[tuple[Any, ...]] = []
    monkeypatch.setattr("creators.broadcasts.publish", lambda *event: sent.append(event))
    return sent


def counts(creator: Creator, *people: User) -> list[int]:
    creator.refresh_from_db()
    return [creator.followers_count, *(User.objects.get(pk=one.pk).following_count for one in people)]


# --- becoming a creator -------------------------------------------------------------------------------------------


def test_a_verified_person_becomes_a_creator_in_one_step(cast: Cast) -> None:
    User.objects.filter(pk=cast.charlie.pk).update(kyc_state=KycState.APPROVED)
    creator = actions.activate(actor=cast.charlie, display_name="Charlie C.", now=timezone.now())
    person = User.objects.get(pk=cast.charlie.pk)
    assert creator.pk == person.pk
    assert (person.is_creator, person.display_name) == (True, "Charlie C.")


def test_becoming_a_creator_twice_gives_the_same_profile(cast: Cast) -> None:
    again = actions.activate(actor=cast.alice.user, display_name="Somebody Else", now=timezone.now())
    assert again.pk == cast.alice.pk
    assert User.objects.get(pk=cast.alice.pk).display_name == "Alice"


@pytest.mark.parametrize("state", [KycState.NONE, KycState.PENDING, KycState.REJECTED, KycState.EXPIRED])
def test_without_an_approved_identity_nobody_becomes_a_creator(cast: Cast, state: KycState) -> None:
    User.objects.filter(pk=cast.charlie.pk).update(kyc_state=state)
    # The object in memory may be out of date: what counts is the database.
    cast.charlie.kyc_state = KycState.APPROVED
    with pytest.raises(NotReady):
        actions.activate(actor=cast.charlie, display_name="Charlie", now=timezone.now())
    assert not Creator.objects.filter(pk=cast.charlie.pk).exists()
    assert not User.objects.get(pk=cast.charlie.pk).is_creator


def test_without_a_confirmed_address_nobody_becomes_a_creator(cast: Cast) -> None:
    User.objects.filter(pk=cast.charlie.pk).update(kyc_state=KycState.APPROVED)
    EmailAddress.objects.filter(user=cast.charlie).update(verified=False)
    with pytest.raises(NotReady):
        actions.activate(actor=cast.charlie, display_name="Charlie", now=timezone.now())
    assert not Creator.objects.filter(pk=cast.charlie.pk).exists()


def test_a_refused_name_makes_no_creator(cast: Cast) -> None:
    User.objects.filter(pk=cast.charlie.pk).update(kyc_state=KycState.APPROVED)
    with pytest.raises(ValidationError):
        actions.activate(actor=cast.charlie, display_name="Planet Support", now=timezone.now())
    assert not Creator.objects.filter(pk=cast.charlie.pk).exists()


# --- profile ------------------------------------------------------------------------------------------------------


def test_a_profile_is_changed_as_a_whole(cast: Cast) -> None:
    links = [{"label": "Site", "url": "https://example.com"}]
    profile = Profile("Alice A.", "I read order books.", links, ["en", "de"], ["macro"], "avatar/x", "banner/x")
    actions.edit_profile(actor=cast.alice, profile=profile, now=timezone.now())
    alice = Creator.objects.select_related("user").get(pk=cast.alice.pk)
    assert (alice.user.display_name, alice.user.avatar, alice.banner) == ("Alice A.", "avatar/x", "banner/x")
    assert (alice.bio, alice.links, alice.languages, alice.topics) == (
        "I read order books.",
        links,
        ["en", "de"],
        ["macro"],
    )


def test_a_name_changed_too_soon_changes_nothing_at_all(cast: Cast) -> None:
    now = timezone.now()
    actions.edit_profile(actor=cast.alice, profile=Profile("Alice Two"), now=now)
    with pytest.raises(RenamedTooSoon):
        actions.edit_profile(actor=cast.alice, profile=Profile("Alice Three", bio="new"), now=now + timedelta(days=29))
    alice = Creator.objects.select_related("user").get(pk=cast.alice.pk)
    assert (alice.user.display_name, alice.bio) == ("Alice Two", "")
    actions.edit_profile(actor=cast.alice, profile=Profile("Alice Three"), now=now + timedelta(days=30))
    assert User.objects.get(pk=cast.alice.pk).display_name == "Alice Three"
    assert list(cast.alice.user.name_changes.order_by("at").values_list("old", "new")) == [
        ("Alice", "Alice Two"),
        ("Alice Two", "Alice Three"),
    ]


# --- following ----------------------------------------------------------------------------------------------------


def test_following_counts_once_tells_the_creator_and_whoever_looks(
    cast: Cast, published: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.follow(actor=cast.charlie, creator=cast.alice, now=timezone.now())
        assert not actions.follow(actor=cast.charlie, creator=cast.alice, now=timezone.now())
    assert counts(cast.alice, cast.charlie, cast.bob) == [2, 1, 1]
    assert published == [(f"creator:{cast.alice.pk}", "followers", {"count": 2})]
    told = Notification.objects.get(recipient=cast.alice.user)
    assert (told.kind, told.actor_count, told.url) == ("follow", 1, "/@alice/followers/")


def test_unfollowing_counts_once_and_takes_the_unread_notification_back(
    cast: Cast, published: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    actions.follow(actor=cast.charlie, creator=cast.alice, now=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.unfollow(actor=cast.charlie, creator=cast.alice)
        assert not actions.unfollow(actor=cast.charlie, creator=cast.alice)
    assert counts(cast.alice, cast.charlie, cast.bob) == [1, 0, 1]
    assert published == [(f"creator:{cast.alice.pk}", "followers", {"count": 1})]
    assert not Notification.objects.filter(recipient=cast.alice.user).exists()


@pytest.mark.parametrize("either_way", [True, False])
def test_a_block_either_way_refuses_a_follow(cast: Cast, either_way: bool) -> None:
    owner, target = (cast.alice.user, cast.charlie) if either_way else (cast.charlie, cast.alice.user)
    Block.objects.create(owner=owner, target=target)
    with pytest.raises(CannotFollow):
        actions.follow(actor=cast.charlie, creator=cast.alice, now=timezone.now())
    assert counts(cast.alice, cast.charlie) == [1, 0]
    assert not Notification.objects.exists()


def test_nobody_follows_themselves(cast: Cast) -> None:
    with pytest.raises(CannotFollow):
        actions.follow(actor=cast.alice.user, creator=cast.alice, now=timezone.now())
    assert counts(cast.alice, cast.alice.user) == [1, 0]


def test_sever_ends_the_follows_of_both_and_of_nobody_else(cast: Cast) -> None:
    dora, now = make_creator("dora"), timezone.now()
    actions.follow(actor=cast.alice.user, creator=dora, now=now)
    actions.follow(actor=dora.user, creator=cast.alice, now=now)
    actions.follow(actor=cast.charlie, creator=dora, now=now)
    actions.sever(cast.alice.pk, dora.pk)
    assert counts(cast.alice, cast.alice.user, cast.bob) == [1, 0, 1]
    assert counts(dora, dora.user, cast.charlie) == [1, 0, 1]
    assert set(Follow.objects.values_list("follower__handle", "creator__user__handle")) == {
        ("bob", "alice"),
        ("charlie", "dora"),
    }
    actions.sever(cast.alice.pk, dora.pk)
    assert counts(dora, dora.user) == [1, 0]


def test_a_block_severs_and_cuts_the_sockets_of_both(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    cut: list[Any] = []
    monkeypatch.setattr("planet.accounts.actions.revoke", cut.append)
    with django_capture_on_commit_callbacks(execute=True):
        actions.block(actor=cast.alice.user, target=cast.bob, now=timezone.now())
    assert Block.objects.filter(owner=cast.alice.user, target=cast.bob).exists()
    assert counts(cast.alice, cast.bob) == [0, 0]
    assert set(cut) == {cast.alice.pk, cast.bob.pk}


def test_blocking_oneself_is_refused_and_keeps_every_follow(cast: Cast) -> None:
    with pytest.raises(NotOneself):
        actions.block(actor=cast.alice.user, target=cast.alice.user, now=timezone.now())
    assert counts(cast.alice, cast.bob) == [1, 1]


# --- the nightly proof --------------------------------------------------------------------------------------------


def test_right_counts_are_left_alone(cast: Cast) -> None:
    assert actions.repair_counts() == []


def test_injected_drift_is_found_and_repaired(cast: Cast) -> None:
    eve = make_user("eve")
    Creator.objects.filter(pk=cast.alice.pk).update(followers_count=7)
    User.objects.filter(pk=cast.bob.pk).update(following_count=0)
    User.objects.filter(pk=eve.pk).update(following_count=3)
    found = {(drift.key, drift.was, drift.is_now) for drift in actions.repair_counts()}
    assert found == {(cast.alice.pk, 7, 1), (cast.bob.pk, 0, 1), (eve.pk, 3, 0)}
    assert counts(cast.alice, cast.bob, eve) == [1, 1, 0]
    assert actions.repair_counts() == []
