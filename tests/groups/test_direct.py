"""Direct messages: nobody is drawn into a conversation, nobody learns of a refusal, blocks hold."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from groups import access
from groups.actions import direct, sending
from groups.errors import AlreadyDone, Gone, NotAMember, ReadOnly, Stopped, TooMany
from groups.models import Group, Membership, Message
from groups.queries import mine, requests
from groups.rights import Right
from planet.accounts.models import Block, User
from tests.cast import Cast
from tests.factories import make_group, make_member, make_user
from tests.together import together

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def say(group: Group, author: User, text: str = "Hello") -> Message:
    group.refresh_from_db()
    channel = group.channels.get()
    channel.group = group
    return sending.send(channel=channel, author=author, text=text, client_id=uuid4(), now=NOW)


def test_whoever_is_written_to_finds_a_request_and_nothing_in_the_list(cast: Cast) -> None:
    group = direct.open_with(actor=cast.bob, person=cast.charlie, now=NOW)
    say(group, cast.bob, "Seen the funding?")
    assert mine.rows(cast.charlie, now=NOW) == []
    assert access.standing(cast.charlie.pk, group.pk) is None
    (one,) = requests.page(cast.charlie).items
    assert (one.membership.invited_by, [said.text for said in one.said]) == (cast.bob, ["Seen the funding?"])
    assert requests.page(cast.bob).items == []


def test_accepting_opens_it_with_all_of_it_unread(cast: Cast) -> None:
    group = direct.open_with(actor=cast.bob, person=cast.charlie, now=NOW)
    say(group, cast.bob)
    direct.accept(actor=cast.charlie, group_id=group.pk, now=NOW)
    direct.accept(actor=cast.charlie, group_id=group.pk, now=NOW)
    (row,) = mine.rows(cast.charlie, now=NOW)
    assert (row.name, row.unread, row.members_count) == ("bob", 1, 2)
    assert requests.page(cast.charlie).items == []


def test_two_people_have_one_conversation_and_writing_back_is_saying_yes(cast: Cast) -> None:
    group = direct.open_with(actor=cast.bob, person=cast.charlie, now=NOW)
    assert direct.open_with(actor=cast.charlie, person=cast.bob, now=NOW).pk == group.pk
    assert Membership.objects.filter(group=group, accepted_at__isnull=False).count() == 2
    assert Group.objects.get().members_count == 2


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_opened_from_both_sides_at_once_it_is_one(cast: Cast) -> None:
    pair = [cast.bob, cast.charlie]
    errors = together(lambda n: direct.open_with(actor=pair[n % 2], person=pair[1 - n % 2], now=NOW), 4)
    assert errors == []
    assert Group.objects.get().members_count == 2
    assert Membership.objects.filter(accepted_at__isnull=False).count() == 2


def test_before_an_answer_only_a_few_messages_go_out(cast: Cast) -> None:
    group = direct.open_with(actor=cast.bob, person=cast.charlie, now=NOW)
    for _ in range(3):
        say(group, cast.bob)
    with pytest.raises(Stopped):
        say(group, cast.bob)
    assert Message.objects.count() == 3
    direct.accept(actor=cast.charlie, group_id=group.pk, now=NOW)
    say(group, cast.bob)


def test_a_refusal_is_silent_and_lasts(cast: Cast) -> None:
    group = direct.open_with(actor=cast.bob, person=cast.charlie, now=NOW)
    direct.decline(actor=cast.charlie, group_id=group.pk, now=NOW)
    assert [row.unread for row in mine.rows(cast.bob, now=NOW)] == [0]
    direct.open_with(actor=cast.bob, person=cast.charlie, now=NOW + timedelta(days=1))
    assert requests.page(cast.charlie).items == []
    direct.open_with(actor=cast.bob, person=cast.charlie, now=NOW + timedelta(days=31))
    assert len(requests.page(cast.charlie).items) == 1


def test_what_does_not_wait_cannot_be_answered(cast: Cast) -> None:
    group = direct.open_with(actor=cast.bob, person=cast.charlie, now=NOW)
    for act in (direct.accept, direct.decline):
        with pytest.raises(AlreadyDone):
            act(actor=cast.olga, group_id=group.pk, now=NOW)
    with pytest.raises(NotAMember):
        direct.accept(actor=cast.bob, group_id=make_group(cast.alice.user, "Basis", cast.bob).pk, now=NOW)


@pytest.mark.parametrize("blocker", ["bob", "charlie"])
def test_a_block_ends_it_either_way(cast: Cast, blocker: str) -> None:
    group = direct.open_with(actor=cast.bob, person=cast.charlie, now=NOW)
    direct.accept(actor=cast.charlie, group_id=group.pk, now=NOW)
    pair = (cast.bob, cast.charlie) if blocker == "bob" else (cast.charlie, cast.bob)
    Block.objects.create(owner=pair[0], target=pair[1])
    for author in pair:
        with pytest.raises(ReadOnly):
            say(group, author)
    with pytest.raises(Gone):
        direct.open_with(actor=cast.bob, person=cast.charlie, now=NOW)
    assert not Message.objects.filter(kind="said").exists()


def test_after_a_block_the_page_says_so_in_the_composers_place(cast: Cast) -> None:
    group = direct.open_with(actor=cast.bob, person=cast.charlie, now=NOW)
    direct.accept(actor=cast.charlie, group_id=group.pk, now=NOW)
    address = reverse("direct", args=[group.pk])
    assert "You cannot write to each other." not in cast.browser(cast.bob).get(address).content.decode()
    Block.objects.create(owner=cast.charlie, target=cast.bob)
    for person in (cast.bob, cast.charlie):
        page = cast.browser(person).get(address).content.decode()
        assert "You cannot write to each other." in page
        assert "data-send" not in page


def test_a_blocked_persons_request_is_not_seen(cast: Cast) -> None:
    direct.open_with(actor=cast.bob, person=cast.charlie, now=NOW)
    Block.objects.create(owner=cast.charlie, target=cast.bob)
    assert requests.page(cast.charlie).items == []


def test_nobody_talks_to_themselves_or_to_the_suspended(cast: Cast) -> None:
    User.objects.filter(pk=cast.charlie.pk).update(is_active=False)
    cast.charlie.refresh_from_db()
    for person in (cast.bob, cast.charlie):
        with pytest.raises(Gone):
            direct.open_with(actor=cast.bob, person=person, now=NOW)
    assert not Group.objects.exists()


def test_a_few_are_all_asked_and_equal(cast: Cast) -> None:
    group = direct.begin(actor=cast.bob, people=[cast.charlie, cast.olga, cast.bob], name=" Desk  ", now=NOW)
    assert (group.name, group.direct_key, Membership.objects.filter(group=group).count()) == ("Desk", None, 3)
    direct.accept(actor=cast.olga, group_id=group.pk, now=NOW)
    for user in (cast.bob, cast.olga):
        who = access.acting(user, group.pk)
        assert who.may(Right.SEND | Right.PIN)
        assert not who.may(Right.DELETE)
        assert not who.may(Right.RESTRICT)
    direct.rename(actor=cast.olga, group_id=group.pk, name="Table")
    with pytest.raises(NotAMember):
        direct.rename(actor=cast.charlie, group_id=group.pk, name="Mine")
    assert Group.objects.get().name == "Table"


def test_a_few_stay_few_and_the_blocked_stay_out(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct, "MOST_PEOPLE", 3)
    group = direct.begin(actor=cast.bob, people=[cast.charlie], name="", now=NOW)
    Block.objects.create(owner=cast.alice.user, target=cast.bob)
    with pytest.raises(ValidationError):
        direct.add(actor=cast.bob, group_id=group.pk, person=cast.alice.user, now=NOW)
    direct.add(actor=cast.bob, group_id=group.pk, person=cast.olga, now=NOW)
    with pytest.raises(TooMany):
        direct.add(actor=cast.bob, group_id=group.pk, person=make_user("fritz"), now=NOW)
    assert Membership.objects.filter(group=group).count() == 3


def test_a_conversation_of_two_takes_nobody_else(cast: Cast) -> None:
    group = direct.open_with(actor=cast.bob, person=cast.charlie, now=NOW)
    with pytest.raises(Gone):
        direct.add(actor=cast.bob, group_id=group.pk, person=cast.olga, now=NOW)


def test_leaving_hands_it_to_the_oldest_and_coming_back_asks_nobody(cast: Cast) -> None:
    group = direct.open_with(actor=cast.bob, person=cast.charlie, now=NOW)
    direct.accept(actor=cast.charlie, group_id=group.pk, now=NOW)
    direct.leave(actor=cast.bob, group_id=group.pk, now=NOW)
    group.refresh_from_db()
    assert (group.owner, group.members_count) == (cast.charlie, 1)
    assert mine.rows(cast.bob, now=NOW) == []
    direct.open_with(actor=cast.bob, person=cast.charlie, now=NOW)
    assert Group.objects.get().members_count == 2


def test_the_inbox_is_constant_queries(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for many in (1, 5):
        for number in range(many):
            say(direct.open_with(actor=make_user(f"w{many}x{number}"), person=cast.charlie, now=NOW), _opener())
        with django_assert_num_queries(3):
            assert requests.page(cast.charlie).items


def _opener() -> User:
    return Membership.objects.filter(accepted_at__isnull=False).latest("id").user


# --- over HTTP --------------------------------------------------------------------------------------------------------


def test_a_first_message_is_written_accepted_and_read(cast: Cast) -> None:
    bob, charlie = cast.browser(cast.bob), cast.browser(cast.charlie)
    assert bob.get(reverse("direct_to", args=["charlie"])).status_code == 200
    answer = bob.post(reverse("direct_to", args=["charlie"]), {"text": "Seen the funding?"})
    group = Group.objects.get()
    assert answer["Location"] == reverse("direct", args=[group.pk])
    assert charlie.get(answer["Location"])["Location"] == reverse("direct_requests")
    assert "Seen the funding?" in charlie.get(reverse("direct_requests")).content.decode()
    assert charlie.post(reverse("direct_accept", args=[group.pk]))["Location"] == answer["Location"]
    page = charlie.get(answer["Location"])
    assert page.status_code == 200
    assert "Seen the funding?" in page.content.decode()
    assert bob.get(reverse("direct_to", args=["charlie"]))["Location"] == answer["Location"]


def test_outsiders_find_nothing(cast: Cast) -> None:
    group = direct.open_with(actor=cast.bob, person=cast.charlie, now=NOW)
    olga = cast.browser(cast.olga)
    channel = group.channels.get()
    for name in ("direct", "direct_people"):
        assert olga.get(reverse(name, args=[group.pk])).status_code == 404
    assert olga.get(reverse("direct_channel", args=[group.pk, channel.pk])).status_code == 404
    for name in ("direct_accept", "direct_decline"):
        assert olga.post(reverse(name, args=[group.pk])).status_code == 404
        assert olga.get(reverse(name, args=[group.pk])).status_code == 405
    assert olga.get(reverse("direct", args=[uuid4()])).status_code == 404
    assert olga.get(reverse("direct_to", args=["nobody_here"])).status_code == 404
    assert olga.get(reverse("direct_to", args=["olga"])).status_code == 404
    assert Membership.objects.filter(group=group).count() == 2


def test_a_group_is_no_conversation(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    bob = cast.browser(cast.bob)
    for name in ("direct", "direct_people"):
        assert bob.get(reverse(name, args=[group.pk])).status_code == 404


def test_declining_over_http(cast: Cast) -> None:
    group = direct.open_with(actor=cast.bob, person=cast.charlie, now=NOW)
    answer = cast.browser(cast.charlie).post(reverse("direct_decline", args=[group.pk]))
    assert answer["Location"] == reverse("direct_requests")
    assert not Membership.objects.filter(user=cast.charlie).exists()


def test_a_conversation_of_a_few_is_begun_by_handles(cast: Cast) -> None:
    bob = cast.browser(cast.bob)
    sent = {"people": "@Charlie, olga", "name": "Desk", "text": "Hello both"}
    group_page = bob.post(reverse("direct_new"), sent)["Location"]
    group = Group.objects.get()
    assert group_page == reverse("direct", args=[group.pk])
    assert Membership.objects.filter(group=group).count() == 3
    for wrong in ("nobody_here", "bob", " ".join(f"user{n}" for n in range(12))):
        assert bob.post(reverse("direct_new"), {**sent, "people": wrong}).status_code == 422
    assert Group.objects.count() == 1


def test_people_of_a_conversation_are_listed_asked_and_it_is_named(cast: Cast) -> None:
    group = direct.begin(actor=cast.bob, people=[cast.charlie], name="", now=NOW)
    bob, where = cast.browser(cast.bob), reverse("direct_people", args=[group.pk])
    assert "@charlie" in bob.get(where).content.decode()
    assert bob.post(where, {"people": "olga"}).status_code == 302
    assert bob.post(where, {"name": "Desk"}).status_code == 302
    assert bob.post(where, {"people": "nobody_here"}).status_code == 422
    group.refresh_from_db()
    assert (group.name, Membership.objects.filter(group=group).count()) == ("Desk", 3)
    make_member(group, cast.alice.user)
