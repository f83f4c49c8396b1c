"""A group's card, asking, invitations, links, the directory, the profile's tab, reports: what outsiders see and may."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from groups.models import Admission, Ban, Group, InviteLink, JoinRequest, Membership, Question, Sanction, Visibility
from planet.moderation.models import Report
from tests.cast import Cast
from tests.factories import make_group
from tests.groups.conftest import write


def visit(browser: Client, group: Group) -> str:
    return browser.get(f"/g/{group.handle}/").content.decode()


@pytest.fixture
def open_group(group: Group) -> Group:
    """Alice's group, that says something."""
    Group.objects.update(about="Carry trades", rules="Be kind\nCite", topics=["carry"])
    group.refresh_from_db()
    return group


def test_an_outsider_reads_a_public_groups_card_and_joins(cast: Cast, open_group: Group) -> None:
    browser = cast.browser(cast.charlie)
    shown = visit(browser, open_group)
    assert "Carry trades" in shown
    assert "Be kind" in shown

    assert browser.post(reverse("group_join", args=[open_group.handle])).status_code == 302

    assert Membership.objects.get(user=cast.charlie).accepted_at
    assert browser.post(reverse("group_join", args=[open_group.handle])).status_code == 302
    assert Membership.objects.filter(user=cast.charlie).count() == 1


def test_a_guest_reads_the_card_and_is_asked_to_sign_in(cast: Cast, open_group: Group) -> None:
    assert "Sign in to join" in visit(Client(), open_group)
    assert Client().post(reverse("group_join", args=[open_group.handle])).status_code == 302
    assert Membership.objects.count() == 3


def test_of_a_private_group_only_the_name_is_shown(cast: Cast, open_group: Group) -> None:
    Group.objects.update(visibility=Visibility.PRIVATE, admission=Admission.REQUEST)
    shown = visit(cast.browser(cast.charlie), open_group)

    assert open_group.name in shown
    for hidden in ("Carry trades", "Be kind", "#carry", "@alice"):
        assert hidden not in shown


@pytest.mark.parametrize("name", ["group", "group_join", "group_ask", "group_withdraw", "group_invitation"])
def test_a_secret_group_does_not_exist(cast: Cast, open_group: Group, name: str) -> None:
    Group.objects.update(visibility=Visibility.SECRET, admission=Admission.INVITE)
    browser, path = cast.browser(cast.charlie), reverse(name, args=[open_group.handle])

    answer = browser.get(path) if name == "group" else browser.post(path, {"yes": "1"})

    assert answer.status_code == 404
    assert not Membership.objects.filter(user=cast.charlie).exists()


def test_whoever_asks_answers_the_questions_and_waits(cast: Cast, open_group: Group) -> None:
    Group.objects.update(admission=Admission.REQUEST)
    question = Question.objects.create(group=open_group, text="Why?")
    browser, path = cast.browser(cast.charlie), reverse("group_ask", args=[open_group.handle])

    assert browser.post(reverse("group_join", args=[open_group.handle]))["Location"] == path
    assert "Why?" in browser.get(path).content.decode()
    assert browser.post(path, {}).status_code == 422
    assert browser.post(path, {f"answer_{question.pk}": "To read"}).status_code == 302

    assert JoinRequest.objects.get().answers == [{"question": "Why?", "answer": "To read"}]
    assert "Your request is with the group" in visit(browser, open_group)
    browser.post(reverse("group_withdraw", args=[open_group.handle]))
    assert JoinRequest.objects.get().state == "withdrawn"


def test_a_group_that_is_open_or_closed_to_requests_asks_nothing(cast: Cast, open_group: Group) -> None:
    assert cast.browser(cast.charlie).get(reverse("group_ask", args=[open_group.handle])).status_code == 404


@pytest.mark.parametrize(("yes", "is_in"), [("1", True), ("0", False)])
def test_an_invitation_is_answered(cast: Cast, open_group: Group, yes: str, is_in: bool) -> None:
    Group.objects.update(visibility=Visibility.SECRET, admission=Admission.INVITE)
    Membership.objects.create(group=open_group, user=cast.charlie, invited_by=cast.alice.user)
    browser = cast.browser(cast.charlie)
    assert "asks you to come" in visit(browser, open_group)
    assert "You are invited" in browser.get(reverse("group_discover")).content.decode()

    browser.post(reverse("group_invitation", args=[open_group.handle]), {"yes": yes})

    assert Membership.objects.filter(user=cast.charlie, accepted_at__isnull=False).exists() == is_in
    assert Membership.objects.filter(user=cast.charlie).exists() == is_in


def make_link(group: Group, **fields: object) -> InviteLink:
    return InviteLink.objects.create(group=group, token="k" * 22, by=group.owner, **fields)


def test_a_link_leads_into_a_secret_group(cast: Cast, open_group: Group) -> None:
    Group.objects.update(visibility=Visibility.SECRET, admission=Admission.INVITE)
    link = make_link(open_group)
    browser, path = cast.browser(cast.charlie), reverse("group_by_link", args=[link.token])

    assert "Carry trades" in browser.get(path).content.decode()
    assert not Membership.objects.filter(user=cast.charlie).exists()
    assert browser.post(path)["Location"] == f"/g/{open_group.handle}/"
    assert Membership.objects.get(user=cast.charlie).link == link
    assert browser.get(path).status_code == 302
    assert Client().get(path)["Location"].startswith("/accounts/login/")


def test_a_link_with_approval_asks_the_questions(cast: Cast, open_group: Group) -> None:
    question = Question.objects.create(group=open_group, text="Why?")
    link = make_link(open_group, needs_approval=True)
    browser, path = cast.browser(cast.charlie), reverse("group_by_link", args=[link.token])

    assert "Why?" in browser.get(path).content.decode()
    assert browser.post(path, {f"answer_{question.pk}": "To read"}).status_code == 302
    assert JoinRequest.objects.get().link == link


def test_a_link_that_is_over_and_one_for_the_banned_say_the_same(cast: Cast, open_group: Group) -> None:
    link = make_link(open_group)
    path = reverse("group_by_link", args=[link.token])
    Ban.objects.create(group=open_group, user=cast.charlie)
    banned = cast.browser(cast.charlie).get(path)
    Ban.objects.all().delete()
    InviteLink.objects.update(max_uses=0)
    over = cast.browser(cast.charlie).post(path)

    assert (banned.status_code, over.status_code) == (410, 410)
    assert "no longer works" in banned.content.decode()
    assert open_group.name not in banned.content.decode()
    assert cast.browser(cast.charlie).get(reverse("group_by_link", args=["nothing"])).status_code == 404


def test_a_gate_says_why_on_the_links_card(cast: Cast, open_group: Group) -> None:
    Group.objects.update(gates=[{"kind": "verified"}])
    link = make_link(open_group)

    shown = cast.browser(cast.charlie).get(reverse("group_by_link", args=[link.token])).content.decode()

    assert "Members have verified their identity." in shown


def test_the_directory_lists_what_may_be_found(cast: Cast, open_group: Group) -> None:
    make_group(cast.alice.user, "Secret room", visibility=Visibility.SECRET)
    make_group(cast.alice.user, "Closed room", closed_at=open_group.created_at)
    make_group(cast.alice.user, "A talk", cast.bob, kind="direct")
    browser, path = cast.browser(cast.charlie), reverse("group_discover")

    assert [one.name for one in browser.get(path).context["page"].items] == ["Basis"]
    assert [one.name for one in browser.get(path, {"q": "bas"}).context["page"].items] == ["Basis"]
    assert [one.name for one in browser.get(path, {"topic": "carry"}).context["page"].items] == ["Basis"]
    assert not browser.get(path, {"q": "room"}).context["page"].items
    assert Client().get(path).status_code == 200


def test_the_directory_takes_constant_queries(cast: Cast, open_group: Group) -> None:
    browser, path = cast.browser(cast.charlie), reverse("group_discover")
    browser.get(path)
    with CaptureQueriesContext(connection) as one:
        browser.get(path)
    for n in range(6):
        make_group(cast.alice.user, f"Room {n}")
    with CaptureQueriesContext(connection) as many:
        browser.get(path)

    assert len(many) == len(one)


def test_a_creators_groups_stand_on_their_profile(cast: Cast, open_group: Group) -> None:
    make_group(cast.alice.user, "Secret room", visibility=Visibility.SECRET, admission=Admission.INVITE)

    for_others = cast.browser(cast.charlie).get("/@alice/groups/").content.decode()
    for_alice = cast.browser(cast.alice.user).get("/@alice/groups/").content.decode()

    assert "Basis" in for_others
    assert "Secret room" not in for_others
    assert "Secret room" in for_alice


def test_a_group_is_reported_by_whoever_may_know_of_it(cast: Cast, open_group: Group) -> None:
    path = reverse("report", args=["group", open_group.pk])

    assert cast.browser(cast.charlie).post(path, {"reason": "spam"}).status_code == 200
    assert Report.objects.get().snapshot.content["text"].startswith("Carry trades")
    assert cast.browser(cast.alice.user).post(path, {"reason": "spam"}).status_code == 409
    Group.objects.update(visibility=Visibility.SECRET)
    assert cast.browser(cast.charlie).get(path).status_code == 404


def test_a_message_is_reported_with_what_was_said_around_it_by_members_alone(cast: Cast, open_group: Group) -> None:
    write(cast.bob, open_group, "Before")
    message = write(cast.bob, open_group, "Send me your seed phrase")
    path = reverse("report", args=["message", message.pk])

    assert cast.browser(cast.charlie).post(path, {"reason": "fraud"}).status_code == 404
    assert cast.browser(cast.olga).post(path, {"reason": "fraud"}).status_code == 200

    content = Report.objects.get().snapshot.content
    assert content["text"] == "Send me your seed phrase"
    assert [one["text"] for one in content["facts"]["around"]] == ["Before"]


def test_a_group_that_operators_limited_says_that_it_takes_nobody(cast: Cast, open_group: Group) -> None:
    Sanction.objects.create(group=open_group, level="limit", reason="Scams", by=cast.olga)
    browser = cast.browser(cast.charlie)

    assert "takes nobody new" in visit(browser, open_group)
    assert not browser.get(reverse("group_discover")).context["page"].items
    assert browser.post(reverse("group_join", args=[open_group.handle])).status_code == 410
    assert not Membership.objects.filter(user=cast.charlie).exists()
