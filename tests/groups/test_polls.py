"""Polls and shared posts in conversations."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from groups import parts, showing
from groups.actions import polls
from groups.errors import Gone, NoLongerEditable, NotAllowed, NotAMember
from groups.models import Channel, Group, Message, Poll, PollVote
from groups.rights import MEMBERS_BY_DEFAULT, Right
from planet.accounts.models import User
from posts.models import Post, PostBlock
from tests.cast import Cast
from tests.factories import make_group, make_message, make_post
from tests.together import together


def poll(group: Group, author: User, *options: str, **fields: object) -> Message:
    channel = group.channels.get()
    asked = {"question": "Where next?", "options": options or ("Up", "Down"), "is_multiple": False, "runs": "1d"}
    return polls.ask(
        channel=channel,
        author=author,
        client_id=uuid4(),
        now=timezone.now(),
        **{**asked, **fields},  # type: ignore[arg-type]
    )


def vote(user: User, message: Message, *options: int) -> Poll:
    return polls.vote(actor=user, message_id=message.pk, options=options, now=timezone.now())


def test_votes_are_counted_changed_and_taken_back(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    message = poll(group, cast.alice.user)
    vote(cast.bob, message, 1)
    vote(cast.alice.user, message, 1)
    assert (vote(cast.bob, message, 0).counts, Poll.objects.get().voters) == ([1, 1], 2)
    assert vote(cast.bob, message).counts == [0, 1]
    message.refresh_from_db()
    assert message.revision == Channel.objects.get().last_revision == 5


def test_several_answers_only_where_they_are_asked_for(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    one, many = poll(group, cast.alice.user), poll(group, cast.alice.user, "a", "b", "c", is_multiple=True)
    assert vote(cast.bob, many, 0, 2).counts == [1, 0, 1]
    for wrong in ((0, 1), (2,), (-1,)):
        with pytest.raises(ValidationError):
            vote(cast.bob, one, *wrong)
    assert not PollVote.objects.filter(poll=one.pk).exists()


@pytest.mark.parametrize(
    "options", [["one"], ["same", "Same "], ["x" * 101, "b"], [str(n) for n in range(11)]], ids=str
)
def test_options_that_are_none(cast: Cast, options: list[str]) -> None:
    with pytest.raises(ValidationError):
        poll(make_group(cast.alice.user, "Basis"), cast.alice.user, *options)
    assert not Message.objects.exists()


def test_who_votes_asks_and_ends(cast: Cast) -> None:
    rights = int(MEMBERS_BY_DEFAULT & ~(Right.POLLS | Right.REACT))
    group = make_group(cast.alice.user, "Basis", cast.bob, member_rights=rights)
    with pytest.raises(NotAllowed):
        poll(group, cast.bob)
    message = poll(group, cast.alice.user)
    with pytest.raises(NotAllowed):
        vote(cast.bob, message, 0)
    with pytest.raises(NotAMember):
        vote(cast.charlie, message, 0)
    with pytest.raises(NotAllowed):
        polls.close(actor=cast.bob, message_id=message.pk, now=timezone.now())
    assert not PollVote.objects.exists()
    polls.close(actor=cast.alice.user, message_id=message.pk, now=timezone.now())
    with pytest.raises(NoLongerEditable):
        vote(cast.alice.user, message, 0)


def test_a_poll_ends_by_itself_and_a_message_is_no_poll(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis")
    message = poll(group, cast.alice.user, runs="1h")
    with pytest.raises(NoLongerEditable):
        polls.vote(actor=cast.alice.user, message_id=message.pk, options=[0], now=timezone.now() + timedelta(hours=2))
    with pytest.raises(Gone):
        vote(cast.alice.user, make_message(group.channels.get(), cast.alice.user), 0)


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_votes_at_once_are_all_counted(cast: Cast) -> None:
    people = [cast.alice.user, cast.bob, cast.charlie, cast.olga]
    message = poll(make_group(people[0], "Basis", *people[1:]), people[0])
    assert together(lambda n: vote(people[n], message, n % 2), 4) == []
    assert (Poll.objects.get().counts, Poll.objects.get().voters) == ([2, 2], 4)


def test_a_poll_is_asked_shown_and_voted_on_over_http(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    bob, where = cast.browser(cast.bob), reverse("channel_poll", args=[group.channels.get().pk])
    assert bob.get(where).status_code == 200
    sent = {"question": "Where?", "options": "Up\nDown", "runs": "1d", "client_id": str(uuid4())}
    assert bob.post(where, {**sent, "options": "Up"}).status_code == 422
    assert bob.post(where, sent).status_code == 302
    message = Message.objects.get()
    place = reverse("message_poll", args=[message.pk])
    assert bob.post(place, {"option": "1"})["Location"] == place
    assert bob.post(place, {"option": "0"}, headers={"HX-Request": "true"}).json() == {"options": [0]}
    assert bob.post(place, {"option": "x"}).status_code == 400
    assert bob.get(reverse("polls_mine"), {"m": str(message.pk)}).json() == {str(message.pk): [0]}
    assert bob.get(reverse("polls_mine"), {"m": "x"}).status_code == 400
    assert "checked" in bob.get(place).content.decode()
    charlie = cast.browser(cast.charlie)
    assert {charlie.get(where).status_code, charlie.post(place, {"option": "1"}).status_code} == {404}
    assert charlie.post(reverse("message_poll_close", args=[message.pk])).status_code == 404
    assert bob.post(reverse("message_poll_close", args=[message.pk])).status_code == 302
    assert "Ended" in bob.get(place).content.decode()


# --- what is shown ----------------------------------------------------------------------------------------------------


def shown(message: Message) -> str:
    rows = list(showing.with_people(Message.objects.filter(pk=message.pk)))
    return str(showing.fragment(showing.dress(rows, group=message.channel.group)[0]))


def test_a_fragment_shows_the_poll(cast: Cast) -> None:
    message = poll(make_group(cast.alice.user, "Basis"), cast.alice.user, "Up & away", "Down")
    vote(cast.alice.user, message, 0)
    html = shown(message)
    assert "Up &amp; away" in html
    assert 'value="100"' in html


def test_a_link_to_a_public_post_shows_it_with_its_idea(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis")
    post = make_post(cast.alice, "Carry is back")
    data = {"symbol": "SOL", "side": "long", "entry": "180", "stop": "170", "targets": ["200"]}
    PostBlock.objects.create(post=post, kind="idea", data=data, position=0)
    html = shown(make_message(group.channels.get(), cast.alice.user, f"See /p/{post.pk}/."))
    assert "Carry is back" in html
    assert "180" in html
    card = make_message(group.channels.get(), cast.alice.user, "", card={"kind": "post", "id": str(post.pk)})
    assert "Carry is back" in shown(card)


@pytest.mark.parametrize("how", ["followers", "deleted", "suspended", "warned"])
def test_what_not_everybody_may_see_is_not_shown(cast: Cast, how: str) -> None:
    group = make_group(cast.bob, "Basis")
    post = make_post(cast.alice, "Carry is back", audience="followers" if how == "followers" else "public")
    if how == "deleted":
        Post.objects.filter(pk=post.pk).update(deleted_at=timezone.now())
    if how == "warned":
        Post.objects.filter(pk=post.pk).update(warning="Losses")
    if how == "suspended":
        User.objects.filter(pk=cast.alice.pk).update(is_active=False)
    html = shown(make_message(group.channels.get(), cast.bob, f"See /p/{post.pk}/"))
    assert "Carry is back" not in html
    assert ("Losses" in html) == (how == "warned")


def test_dressing_asks_the_same_however_many(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    group = make_group(cast.alice.user, "Basis")
    for many in (1, 4):
        found = [poll(group, cast.alice.user) for _ in range(many)]
        for _ in range(many):
            link = f"https://example.com /p/{make_post(cast.alice).pk}/"
            found.append(make_message(group.channels.get(), cast.alice.user, link))
        with django_assert_num_queries(5):
            parts.dress(found)


def test_what_is_no_post_is_no_card() -> None:
    assert parts.post_in(Message(text="/p/nothing/", card={"kind": "post", "id": "x"})) is None
    assert parts.post_in(Message(text=f"https://other.example/p/{UUID(int=7 << 76)}/")) is None
