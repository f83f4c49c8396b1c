"""Many at once, against the real database: caps are exact, and who comes second finds what the first has done."""

import random
from typing import Any

import pytest
from django.utils import timezone

from groups.actions import founding, inviting, joining, restricting, roles, transferring
from groups.actions.founding import Plan
from groups.errors import AlreadyDone, Banned, GroupError, LinkOver, MayNotFound, NotAllowed, Outranked
from groups.models import Admission, Ban, Group, InviteLink, InviteUse, JoinRequest, Membership, ReadPosition, Role
from groups.rights import ADMIN
from planet.accounts.models import KycState, User
from tests.cast import Cast
from tests.factories import make_creator, make_user
from tests.together import together

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]
NOW = timezone.now()


@pytest.fixture(autouse=True)
def _silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The socket is not what is tested here."""
    monkeypatch.setattr("groups.broadcasts.publish", lambda *_event, **_more: None)
    monkeypatch.setattr("groups.actions.telling.publish", lambda *_event, **_more: None)


@pytest.fixture
def club(cast: Cast) -> Group:
    return founding.found(actor=cast.alice.user, plan=Plan("club_house", "Club"), now=NOW)


def assert_exact(group: Group) -> None:
    group.refresh_from_db()
    members = set(Membership.objects.filter(group=group, accepted_at__isnull=False).values_list("user", flat=True))
    assert group.members_count == len(members)
    assert set(ReadPosition.objects.filter(channel__group=group).values_list("user", flat=True)) == members


def test_exactly_as_many_join_by_a_link_as_it_lets_in(club: Group) -> None:
    link = InviteLink.objects.create(group=club, token="t" * 20, by=club.owner, max_uses=3)
    people = [make_user(f"reader{n}") for n in range(6)]

    errors = together(lambda n: joining.join(actor=people[n], group=club, now=NOW, link=link))

    assert [type(error) for error in errors] == [LinkOver] * 3
    link.refresh_from_db()
    assert link.uses == 3 == InviteUse.objects.count()
    assert_exact(club)
    assert club.members_count == 4


def test_one_person_in_six_tabs_joins_once(cast: Cast, club: Group) -> None:
    link = InviteLink.objects.create(group=club, token="t" * 20, by=club.owner, max_uses=3)

    assert together(lambda _n: joining.join(actor=cast.bob, group=club, now=NOW, link=link)) == []

    link.refresh_from_db()
    assert link.uses == 1
    assert_exact(club)


def test_a_request_is_approved_once(cast: Cast, club: Group) -> None:
    Group.objects.update(admission=Admission.REQUEST)
    request = joining.join(actor=cast.bob, group=club, now=NOW).request
    assert request is not None

    errors = together(
        lambda _n: joining.approve(actor=cast.alice.user, group_id=club.pk, request_id=request.pk, now=NOW)
    )

    assert [type(error) for error in errors] == [AlreadyDone] * 5
    assert JoinRequest.objects.get().state == "approved"
    assert_exact(club)
    assert club.members_count == 2


def test_approved_and_declined_at_once_is_one_of_both(cast: Cast, club: Group) -> None:
    Group.objects.update(admission=Admission.REQUEST)
    request = joining.join(actor=cast.bob, group=club, now=NOW).request
    assert request is not None

    def decide(n: int) -> None:
        about: dict[str, Any] = {"actor": cast.alice.user, "group_id": club.pk, "request_id": request.pk, "now": NOW}
        if n % 2:
            joining.approve(**about)
        else:
            joining.decline(**about, reason="")

    assert len(together(decide)) == 5
    request.refresh_from_db()
    assert Membership.objects.filter(user=cast.bob).exists() == (request.state == "approved")
    assert_exact(club)


def test_who_is_banned_while_joining_is_out(cast: Cast, club: Group) -> None:
    for _round in range(3):
        Ban.objects.all().delete()

        def act(n: int) -> None:
            if n == 0:
                about: dict[str, Any] = {
                    "group_id": club.pk,
                    "target": cast.bob,
                    "until": None,
                    "reason": "",
                    "now": NOW,
                }
                restricting.ban(actor=cast.alice.user, **about)
            else:
                joining.join(actor=cast.bob, group=club, now=NOW)

        errors = together(act)

        assert {type(error) for error in errors} <= {Banned}
        assert not Membership.objects.filter(user=cast.bob).exists()
        assert_exact(club)


def helpers(club: Group, *ranks: int) -> list[User]:
    people: list[User] = []
    for rank in ranks:
        user = make_user(f"helper_{rank}_{len(people)}")
        name = f"Admins {rank}"
        role, _ = Role.objects.get_or_create(group=club, rank=rank, name=name, defaults={"rights": int(ADMIN)})
        joining.admit(club, user, now=NOW, role=role)
        people.append(user)
    return people


def test_two_admins_of_one_rank_cannot_demote_each_other_not_even_at_once(club: Group) -> None:
    one, other = helpers(club, 210, 210)

    def demote(n: int) -> None:
        actor, target = (one, other) if n % 2 else (other, one)
        roles.give_role(actor=actor, group_id=club.pk, target=target, role_id=None, now=NOW)

    errors = together(demote)

    assert [type(error) for error in errors] == [Outranked] * 6
    assert Membership.objects.filter(group=club, role__rank=210).count() == 2


def test_who_is_demoted_first_demotes_nobody_after(club: Group) -> None:
    higher, lower = helpers(club, 220, 210)
    (victim,) = helpers(club, 100)

    def act(n: int) -> None:
        if n % 2:
            roles.give_role(actor=higher, group_id=club.pk, target=lower, role_id=None, now=NOW)
        else:
            joining.remove(actor=lower, group_id=club.pk, target=victim, reason="", now=NOW)

    errors = together(act)

    assert {type(error) for error in errors} <= {NotAllowed, AlreadyDone} | set(GroupError.__subclasses__())
    assert Membership.objects.get(user=lower).role is None
    with pytest.raises(NotAllowed):
        roles.give_role(actor=lower, group_id=club.pk, target=higher, role_id=None, now=NOW)
    assert_exact(club)


def test_an_owner_and_the_heir_who_remove_each_other_at_once_leave_one_owner_inside(cast: Cast, club: Group) -> None:
    heir = make_creator("dora").user
    joining.join(actor=heir, group=club, now=NOW)
    transferring.offer(actor=cast.alice.user, group_id=club.pk, target=heir, now=NOW)

    def act(n: int) -> None:
        if n % 2:
            transferring.take(actor=heir, group_id=club.pk, now=NOW)
        else:
            joining.remove(actor=cast.alice.user, group_id=club.pk, target=heir, reason="", now=NOW)

    together(act)

    club.refresh_from_db()
    assert Membership.objects.filter(group=club, user=club.owner).exists()
    assert (club.owner == heir) == Membership.objects.filter(group=club, user=heir).exists()
    assert_exact(club)


def test_nobody_founds_one_group_too_many(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(founding, "MOST_OWNED", 2)

    errors = together(
        lambda n: founding.found(actor=cast.alice.user, plan=Plan(f"club_{'abcdef'[n] * 3}", "Club"), now=NOW)
    )

    assert [type(error) for error in errors] == [MayNotFound] * 4
    assert Group.objects.count() == 2


def test_links_stay_within_their_bound(cast: Cast, club: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inviting, "MOST_LINKS", 2)
    terms = inviting.Terms("Blog")

    errors = together(lambda _n: inviting.make_link(actor=cast.alice.user, group_id=club.pk, terms=terms, now=NOW))

    assert len(errors) == 4
    assert InviteLink.objects.count() == 2


def test_a_storm_of_coming_and_going_leaves_exact_counts(cast: Cast, club: Group) -> None:
    User.objects.update(kyc_state=KycState.APPROVED)
    people = [make_user(f"reader{n}") for n in range(3)]

    def act(n: int) -> None:
        dice = random.Random(n)
        for _step in range(8):
            person = dice.choice(people)
            about: dict[str, Any] = {"group_id": club.pk, "now": NOW}
            try:
                match dice.choice(("join", "join", "leave", "kick", "ban", "unban")):
                    case "join":
                        joining.join(actor=person, group=club, now=NOW)
                    case "leave":
                        joining.leave(actor=person, **about)
                    case "kick":
                        joining.remove(actor=cast.alice.user, target=person, reason="", **about)
                    case "ban":
                        restricting.ban(actor=cast.alice.user, target=person, until=None, reason="", **about)
                    case "unban":
                        restricting.unban(actor=cast.alice.user, target=person, **about)
            except GroupError:
                continue

    assert together(act) == []
    assert_exact(club)
    banned = Ban.objects.filter(lifted_at=None).values("user")
    assert not Membership.objects.filter(user__in=banned).exists()


def test_the_cap_is_the_locks_doing(cast: Cast, club: Group) -> None:
    """The control: the database refuses what the lock would have prevented."""
    link = InviteLink.objects.create(group=club, token="t" * 20, by=club.owner, max_uses=1, uses=1)
    from django.db import IntegrityError

    with pytest.raises(IntegrityError, match="link_uses_capped"):
        joining._use(link, cast.bob, NOW)
