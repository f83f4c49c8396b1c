"""Who may mention whom: what is not allowed stays a word and tells nobody."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from creators.actions import follow
from planet.accounts.actions import choose_mentions, mute
from planet.accounts.models import MentionsFrom, User
from planet.notifications.models import Kind, Notification
from posts import actions
from posts.models import CommentMention, Post, PostMention
from tests.cast import Cast
from tests.factories import make_creator


def publish(writer: User, text: str) -> Post:
    return actions.publish(actor=writer, client_id=uuid.uuid4(), text=text, now=timezone.now())


def comment(writer: User, post: Post, text: str) -> None:
    actions.comment(actor=writer, post_id=post.pk, client_id=uuid.uuid4(), text=text, now=timezone.now())


def told(user: User) -> int:
    return Notification.objects.filter(recipient=user, kind=Kind.MENTION).count()


@pytest.mark.parametrize(
    ("choice", "follows", "allowed"),
    [
        (MentionsFrom.EVERYONE, False, True),
        (MentionsFrom.FOLLOWING, False, False),
        (MentionsFrom.FOLLOWING, True, True),
        (MentionsFrom.NOBODY, True, False),
    ],
)
def test_a_mention_counts_only_from_whom_one_allows(
    cast: Cast, choice: MentionsFrom, follows: bool, allowed: bool
) -> None:
    choose_mentions(actor=cast.charlie, mentions_from=choice)
    if follows:
        follow(actor=cast.charlie, creator=cast.alice, now=timezone.now())

    post = publish(cast.alice.user, "ask @charlie")
    comment(cast.alice.user, post, "again, @charlie")

    assert PostMention.objects.filter(user=cast.charlie).exists() is allowed
    assert CommentMention.objects.filter(user=cast.charlie).exists() is allowed
    assert bool(told(cast.charlie)) is allowed
    page = Client().get(post.get_absolute_url()).content.decode()
    assert ('href="/@charlie/">@charlie</a>' in page) is allowed
    assert "@charlie" in page


def test_an_edit_asks_anew(cast: Cast) -> None:
    post = publish(cast.alice.user, "nothing yet")
    choose_mentions(actor=cast.charlie, mentions_from=MentionsFrom.NOBODY)

    actions.edit(actor=cast.alice.user, post_id=post.pk, text="ask @charlie", now=timezone.now())

    assert not PostMention.objects.exists()
    assert told(cast.charlie) == 0


def test_following_the_writer_is_what_counts_not_being_followed(cast: Cast) -> None:
    zoe = make_creator("zoe")
    choose_mentions(actor=zoe.user, mentions_from=MentionsFrom.FOLLOWING)
    follow(actor=cast.alice.user, creator=zoe, now=timezone.now())

    publish(cast.alice.user, "ask @zoe")

    assert told(zoe.user) == 0


def test_a_mention_does_not_pierce_the_mute_of_a_person(cast: Cast) -> None:
    mute(actor=cast.charlie, target=cast.alice.user, now=timezone.now())

    publish(cast.alice.user, "ask @charlie")

    assert told(cast.charlie) == 0


def test_one_may_always_name_oneself(cast: Cast) -> None:
    choose_mentions(actor=cast.alice.user, mentions_from=MentionsFrom.NOBODY)

    publish(cast.alice.user, "I am @alice")

    assert PostMention.objects.filter(user=cast.alice.user).exists()
    assert told(cast.alice.user) == 0


def test_one_chooses_in_the_settings(cast: Cast) -> None:
    browser = cast.browser(cast.bob)

    assert browser.get(reverse("settings_mentions")).status_code == 200
    assert browser.post(reverse("settings_mentions"), {"mentions_from": "following"})["Location"] == reverse("settings")
    cast.bob.refresh_from_db()
    assert cast.bob.mentions_from == MentionsFrom.FOLLOWING
    assert "People I follow" in browser.get(reverse("settings")).content.decode()

    for wrong in ({"mentions_from": "aliens"}, {}):
        assert browser.post(reverse("settings_mentions"), wrong).status_code == 422
    cast.bob.refresh_from_db()
    assert cast.bob.mentions_from == MentionsFrom.FOLLOWING
    assert Client().post(reverse("settings_mentions"), {"mentions_from": "nobody"}).status_code == 302
