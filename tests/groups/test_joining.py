"""Coming and going: every way in, what keeps people out, and what is counted."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from groups.actions import founding, joining
from groups.actions.founding import Plan
from groups.actions.joining import Outcome
from groups.errors import (
    AlreadyDone,
    Banned,
    Gone,
    LinkOver,
    NotAdmitted,
    NotAllowed,
    NotAMember,
    Outranked,
    OwnerStays,
)
from groups.models import (
    Admission,
    Ban,
    Group,
    InviteLink,
    InviteUse,
    JoinRequest,
    LogEntry,
    Membership,
    Message,
    ReadPosition,
    Sanction,
    SanctionLevel,
    Visibility,
)
from groups.rights import Right
from planet.accounts.models import Block, User, VerifiedIdentity
from planet.notifications.models import Notification
from tests.cast import Cast
from tests.factories import make_user
from tests.groups.conftest import NOW, Hearing, make_helper, write


@pytest.fixture
def club(cast: Cast) -> Group:
    """A group that Alice has just founded."""
    return founding.found(actor=cast.alice.user, plan=Plan("club_house", "Club"), now=NOW)


def come(user: User, group: Group, **options: object) -> Outcome:
    """Join now."""
    return joining.join(actor=user, group=group, now=NOW, **options)  # type: ignore[arg-type]


def assert_exact(group: Group) -> None:
    group.refresh_from_db()
    assert group.members_count == Membership.objects.filter(group=group, accepted_at__isnull=False).count()


def make_link(group: Group, **fields: object) -> InviteLink:
    return InviteLink.objects.create(group=group, token=f"token-{InviteLink.objects.count()}", by=group.owner, **fields)


def test_who_joins_is_counted_once_has_read_everything_and_is_written_down(cast: Cast, club: Group) -> None:
    channel = club.channels.order_by("position").first()
    write(cast.alice.user, club, channel=channel)

    come(cast.bob, club)
    come(cast.bob, club)

    assert_exact(club)
    assert club.members_count == 2
    assert ReadPosition.objects.get(user=cast.bob, channel=channel).number == 1
    assert LogEntry.objects.filter(kind="joined", actor=cast.bob).count() == 1
    assert Message.objects.get(kind="event").event == {"kind": "joined"}


def test_a_large_group_is_not_told_who_came(cast: Cast, club: Group) -> None:
    Group.objects.update(members_count=joining.GREETED_UP_TO)

    come(cast.bob, club)

    assert not Message.objects.exists()


def test_the_list_of_groups_hears_of_it_in_every_tab(cast: Cast, club: Group, heard: Hearing) -> None:
    events = heard(lambda: come(cast.bob, club))

    assert any(event.topic == f"group:{club.pk}" and event.data["what"] == "members" for event in events)


def test_where_people_ask_nobody_is_in_before_a_helper_says_so(cast: Cast, club: Group) -> None:
    Group.objects.update(admission=Admission.REQUEST)
    answers = [{"question": "Why?", "answer": "To read"}]

    first = come(cast.bob, club, answers=answers).request
    again = come(cast.bob, club, answers=[]).request

    assert first is not None
    assert again == first
    assert JoinRequest.objects.get().answers == answers
    assert not Membership.objects.filter(user=cast.bob).exists()
    joining.approve(actor=cast.alice.user, group_id=club.pk, request_id=first.pk, now=NOW)
    assert_exact(club)
    assert Membership.objects.get(user=cast.bob).accepted_at == NOW
    assert Notification.objects.filter(recipient=cast.bob).exists()


def test_a_declined_person_reads_why_and_may_ask_again(cast: Cast, club: Group) -> None:
    Group.objects.update(admission=Admission.REQUEST)
    request = come(cast.bob, club).request
    assert request is not None

    joining.decline(actor=cast.alice.user, group_id=club.pk, request_id=request.pk, reason="Too new", now=NOW)

    assert "Too new" in Notification.objects.get(recipient=cast.bob).excerpt
    assert come(cast.bob, club).request != request


def test_only_who_may_decides_about_requests(cast: Cast, club: Group) -> None:
    Group.objects.update(admission=Admission.REQUEST)
    request = come(cast.charlie, club).request
    assert request is not None
    joining.admit(club, cast.bob, now=NOW)

    with pytest.raises(NotAllowed):
        joining.approve(actor=cast.bob, group_id=club.pk, request_id=request.pk, now=NOW)
    with pytest.raises(NotAMember):
        joining.decline(actor=cast.olga, group_id=club.pk, request_id=request.pk, reason="", now=NOW)
    request.refresh_from_db()
    assert request.state == "pending"


def test_a_request_is_withdrawn_once(cast: Cast, club: Group) -> None:
    Group.objects.update(admission=Admission.REQUEST)
    come(cast.bob, club)

    joining.withdraw(actor=cast.bob, group_id=club.pk, now=NOW)

    with pytest.raises(AlreadyDone):
        joining.withdraw(actor=cast.bob, group_id=club.pk, now=NOW)


def test_by_invitation_only_means_a_link_or_a_name(cast: Cast, club: Group) -> None:
    Group.objects.update(admission=Admission.INVITE)

    with pytest.raises(NotAdmitted):
        come(cast.bob, club)
    assert come(cast.bob, club, link=make_link(club)).membership


def test_a_secret_group_is_not_there_without_a_link(cast: Cast, club: Group) -> None:
    Group.objects.update(visibility=Visibility.SECRET, admission=Admission.INVITE)

    with pytest.raises(Gone):
        come(cast.bob, club)
    assert not LogEntry.objects.filter(actor=cast.bob).exists()


def test_a_link_counts_who_came_by_it(cast: Cast, club: Group) -> None:
    link = make_link(club, max_uses=1)

    come(cast.bob, club, link=link)

    link.refresh_from_db()
    assert (link.uses, InviteUse.objects.get().user) == (1, cast.bob)
    assert Membership.objects.get(user=cast.bob).link == link
    with pytest.raises(LinkOver):
        come(cast.charlie, club, link=link)


@pytest.mark.parametrize(
    "fields",
    [{"revoked_at": NOW}, {"expires_at": NOW}, {"max_uses": 3, "uses": 3}],
    ids=["revoked", "too-old", "used-up"],
)
def test_a_link_that_is_over_lets_nobody_in(cast: Cast, club: Group, fields: dict[str, object]) -> None:
    link = make_link(club, **fields)

    with pytest.raises(LinkOver):
        come(cast.bob, club, link=link)
    assert not Membership.objects.filter(user=cast.bob).exists()


def test_a_link_of_another_group_opens_nothing_here(cast: Cast, club: Group) -> None:
    other = founding.found(actor=cast.alice.user, plan=Plan("other_house", "Other"), now=NOW)

    with pytest.raises(LinkOver):
        come(cast.bob, club, link=make_link(other))


def test_a_link_may_need_approval_and_is_counted_when_it_is_given(cast: Cast, club: Group) -> None:
    link = make_link(club, needs_approval=True, max_uses=1)
    request = come(cast.bob, club, link=link).request
    assert request is not None
    link.refresh_from_db()
    assert link.uses == 0

    joining.approve(actor=cast.alice.user, group_id=club.pk, request_id=request.pk, now=NOW)

    link.refresh_from_db()
    assert link.uses == 1


def test_a_flood_of_joins_turns_into_requests(cast: Cast, club: Group) -> None:
    Group.objects.update(joins_per_minute=2)
    come(cast.bob, club)
    come(cast.olga, club)

    late = make_user("late")
    assert come(late, club).request
    minute_later = joining.join(actor=cast.charlie, group=club, now=NOW + timedelta(seconds=61))
    assert minute_later.membership


@pytest.mark.parametrize("level", [SanctionLevel.LIMIT, SanctionLevel.FREEZE, SanctionLevel.CLOSE])
def test_nobody_comes_into_a_group_that_operators_limited(cast: Cast, club: Group, level: SanctionLevel) -> None:
    Sanction.objects.create(group=club, level=level, reason="Spam", by=cast.olga)

    with pytest.raises(Gone):
        come(cast.bob, club)


def test_a_warning_or_a_measure_that_is_over_keeps_nobody_out(cast: Cast, club: Group) -> None:
    Sanction.objects.create(group=club, level="warn", reason="Careful", by=cast.olga)
    Sanction.objects.create(group=club, level="limit", reason="Spam", by=cast.olga, until=NOW)

    assert come(cast.bob, club).membership


def test_the_banned_stay_out_by_every_way(cast: Cast, club: Group) -> None:
    Ban.objects.create(group=club, user=cast.bob, by=cast.alice.user)

    with pytest.raises(Banned):
        come(cast.bob, club)
    with pytest.raises(Banned):
        come(cast.bob, club, link=make_link(club))
    Membership.objects.create(group=club, user=cast.bob, invited_by=cast.alice.user)
    with pytest.raises(Banned):
        joining.accept(actor=cast.bob, group_id=club.pk, now=NOW)
    Ban.objects.update(until=NOW)
    assert come(cast.bob, club).membership


def test_a_ban_holds_to_the_identity_under_a_new_name(cast: Cast, club: Group) -> None:
    Ban.objects.create(group=club, user=cast.bob, identity_hash="f" * 64, by=cast.alice.user)
    again = make_user("bob_again")
    VerifiedIdentity.objects.create(identity_hash="f" * 64, user=again)

    with pytest.raises(Banned):
        come(again, club)
    assert come(cast.charlie, club).membership


def test_whom_the_owner_has_blocked_finds_nothing(cast: Cast, club: Group) -> None:
    Block.objects.create(owner=cast.alice.user, target=cast.bob)

    with pytest.raises(Gone):
        come(cast.bob, club)


@pytest.mark.parametrize("kind", ["verified", "trusted", "token-not-installed"])
def test_a_gate_that_does_not_open_says_why(cast: Cast, club: Group, kind: str) -> None:
    Group.objects.update(gates=[{"kind": kind}])

    with pytest.raises(NotAdmitted, match=r"\w"):
        come(cast.bob, club)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"kind": "trust", "least": 3}, "“Regular”"),
        ({"kind": "age", "least": 30}, "a month"),
        ({"kind": "age", "least": "30"}, "Planet"),
        ({"kind": "trust"}, "trust level"),
    ],
    ids=["trust", "age", "no_number", "nothing"],
)
def test_a_gate_with_steps_says_which_it_wants(cast: Cast, club: Group, asked: dict[str, Any], said: str) -> None:
    Group.objects.update(gates=[asked])

    with pytest.raises(NotAdmitted, match=said):
        come(cast.bob, club)


@pytest.mark.parametrize(
    ("asked", "fields"),
    [
        ({"kind": "trust", "least": 2}, {"trust_level": 2}),
        ({"kind": "trusted"}, {"trust_level": 2}),
        ({"kind": "age", "least": 7}, {"date_joined": timezone.now() - timedelta(days=7, minutes=1)}),
    ],
    ids=["trust", "as it was", "age"],
)
def test_a_gate_with_steps_opens_at_the_step(
    cast: Cast, club: Group, asked: dict[str, Any], fields: dict[str, Any]
) -> None:
    Group.objects.update(gates=[asked])
    User.objects.filter(pk=cast.bob.pk).update(**fields)
    cast.bob.refresh_from_db()

    assert come(cast.bob, club).membership


def test_a_gate_opens_for_whom_it_is_made(cast: Cast, club: Group) -> None:
    Group.objects.update(gates=[{"kind": "follower"}])

    assert come(cast.bob, club).membership  # follows Alice
    with pytest.raises(NotAdmitted):
        come(cast.charlie, club)


def test_a_full_group_takes_nobody(cast: Cast, club: Group) -> None:
    Group.objects.update(members_count=joining.MOST_MEMBERS)

    with pytest.raises(NotAdmitted):
        come(cast.bob, club)


def test_an_invitation_is_nothing_until_it_is_accepted(cast: Cast, club: Group) -> None:
    Membership.objects.create(group=club, user=cast.bob, invited_by=cast.alice.user)
    assert_exact(club)

    joining.accept(actor=cast.bob, group_id=club.pk, now=NOW)
    joining.accept(actor=cast.bob, group_id=club.pk, now=NOW)

    assert_exact(club)
    assert club.members_count == 2
    with pytest.raises(AlreadyDone):
        joining.accept(actor=cast.charlie, group_id=club.pk, now=NOW)


def test_a_refused_invitation_leaves_nothing_but_the_log(cast: Cast, club: Group) -> None:
    Membership.objects.create(group=club, user=cast.bob, invited_by=cast.alice.user)

    joining.refuse(actor=cast.bob, group_id=club.pk, now=NOW)

    assert not Membership.objects.filter(user=cast.bob).exists()
    with pytest.raises(AlreadyDone):
        joining.refuse(actor=cast.bob, group_id=club.pk, now=NOW)


def test_who_leaves_is_counted_out_and_hears_nothing_more(
    cast: Cast, club: Group, monkeypatch: pytest.MonkeyPatch, heard: Hearing
) -> None:
    come(cast.bob, club)
    cut: list[object] = []
    monkeypatch.setattr("planet.accounts.actions.revoke", cut.append)

    heard(lambda: joining.leave(actor=cast.bob, group_id=club.pk, now=NOW))

    assert_exact(club)
    assert club.members_count == 1
    assert cut == [cast.bob.pk]
    assert not ReadPosition.objects.filter(user=cast.bob).exists()
    with pytest.raises(NotAMember):
        joining.leave(actor=cast.bob, group_id=club.pk, now=NOW)


def test_the_owner_stays(cast: Cast, club: Group) -> None:
    with pytest.raises(OwnerStays):
        joining.leave(actor=cast.alice.user, group_id=club.pk, now=NOW)
    assert Membership.objects.filter(user=cast.alice.user).exists()


def test_a_removed_member_leaves_no_links_behind(cast: Cast, club: Group) -> None:
    come(cast.bob, club)
    link = make_link(club)
    InviteLink.objects.update(by=cast.bob)

    joining.remove(actor=cast.alice.user, group_id=club.pk, target=cast.bob, reason="Loud", now=NOW)

    link.refresh_from_db()
    assert link.revoked_at == NOW
    assert_exact(club)
    assert LogEntry.objects.get(kind="kicked").data["reason"] == "Loud"


def test_nobody_removes_whom_they_do_not_outrank(cast: Cast, club: Group) -> None:
    for user in (cast.bob, cast.olga, cast.charlie):
        come(user, club)
    make_helper(club, cast.bob, Right.RESTRICT, rank=101)
    make_helper(club, cast.olga, Right.RESTRICT, rank=102)
    Membership.objects.filter(user=cast.bob).update(role=Membership.objects.get(user=cast.olga).role)

    for target in (cast.olga, cast.alice.user, cast.bob):
        with pytest.raises(Outranked):
            joining.remove(actor=cast.bob, group_id=club.pk, target=target, reason="", now=NOW)
    with pytest.raises(NotAllowed):
        joining.remove(actor=cast.charlie, group_id=club.pk, target=cast.bob, reason="", now=NOW)
    assert Membership.objects.filter(group=club).count() == 4
