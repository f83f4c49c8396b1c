"""Founding, closing, roles, restrictions, bans, settings: the rules of each."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from groups import access
from groups.actions import founding, joining, restricting, roles, settings
from groups.actions.founding import Plan
from groups.errors import AlreadyDone, Banned, MayNotFound, NotAllowed, NotAMember, Outranked, TooMany
from groups.models import (
    Admission,
    Ban,
    Group,
    LogEntry,
    Membership,
    Message,
    Restriction,
    Role,
    Visibility,
)
from groups.rights import ADMIN, Right
from planet.accounts.models import KycState, User, VerifiedIdentity
from tests.cast import Cast
from tests.factories import make_user
from tests.groups.conftest import NOW, make_helper, write

# --- founding -----------------------------------------------------------------------------------------------------


def test_a_new_group_has_its_furniture(cast: Cast) -> None:
    group = founding.found(actor=cast.alice.user, plan=Plan("club_house", "Club"), now=NOW)

    assert group.members_count == 1
    assert list(group.channels.order_by("position").values_list("kind", flat=True)) == ["text", "announcements"]
    assert dict(group.roles.values_list("rank", "rights"))[200] == int(ADMIN)
    assert access.acting(cast.alice.user, group.pk).is_owner


def test_only_verified_creators_found_and_only_so_many(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(founding, "MOST_OWNED", 1)
    founding.found(actor=cast.alice.user, plan=Plan("club_house", "Club"), now=NOW)

    for actor, handle in ((cast.alice.user, "club_two"), (cast.bob, "club_three")):
        with pytest.raises(MayNotFound):
            founding.found(actor=actor, plan=Plan(handle, "Club"), now=NOW)
    User.objects.update(kyc_state=KycState.EXPIRED)
    with pytest.raises(MayNotFound):
        founding.found(actor=make_user("dora", is_creator=True), plan=Plan("club_four", "Club"), now=NOW)


@pytest.mark.parametrize("handle", ["ab", "1club", "club-house", "planet_support", "bob", "b0b", "c1ub_house"])
def test_a_handle_that_misleads_is_refused(cast: Cast, handle: str) -> None:
    founding.found(actor=cast.alice.user, plan=Plan("club_house", "Club"), now=NOW)

    with pytest.raises(ValidationError):
        founding.found(actor=cast.alice.user, plan=Plan(handle, "Club"), now=NOW)
    assert Group.objects.count() == 1


def test_a_founder_may_give_a_group_their_own_handle(cast: Cast) -> None:
    assert founding.found(actor=cast.alice.user, plan=Plan("alice", "Alice's"), now=NOW).handle == "alice"


def test_closing_is_the_owners_and_is_taken_back(cast: Cast, group: Group) -> None:
    make_helper(group, cast.bob, Right(int(ADMIN)))
    with pytest.raises(NotAllowed):
        founding.close(actor=cast.bob, group_id=group.pk, now=NOW)

    founding.close(actor=cast.alice.user, group_id=group.pk, now=NOW)

    with pytest.raises(AlreadyDone):
        founding.close(actor=cast.alice.user, group_id=group.pk, now=NOW)
    assert access.acting(cast.alice.user, group.pk).silence == "closed"
    assert founding.reopen(actor=cast.alice.user, group_id=group.pk, now=NOW).closed_at is None


# --- settings -----------------------------------------------------------------------------------------------------


def test_a_change_is_logged_and_told_and_none_is_not(cast: Cast, group: Group) -> None:
    settings.change(actor=cast.alice.user, group_id=group.pk, now=NOW, name="Carry", about=group.about)
    settings.change(actor=cast.alice.user, group_id=group.pk, now=NOW, name="Carry")

    assert LogEntry.objects.get().data == {"fields": ["name"]}
    assert Message.objects.get().event == {"kind": "renamed", "to": "Carry"}


@pytest.mark.parametrize(
    ("visibility", "admission"), [(Visibility.PRIVATE, Admission.OPEN), (Visibility.SECRET, Admission.REQUEST)]
)
def test_ways_in_do_not_contradict_who_may_know(
    cast: Cast, group: Group, visibility: Visibility, admission: Admission
) -> None:
    with pytest.raises(ValidationError):
        settings.change(actor=cast.alice.user, group_id=group.pk, now=NOW, visibility=visibility, admission=admission)
    group.refresh_from_db()
    assert group.visibility == Visibility.PUBLIC


def test_who_may_change_the_group_gives_members_no_right_that_they_lack(cast: Cast, group: Group) -> None:
    Group.objects.update(member_rights=int(Right.SEND))
    make_helper(group, cast.bob, Right.EDIT_GROUP | Right.PICTURES)

    settings.change(actor=cast.bob, group_id=group.pk, now=NOW, member_rights=int(Right.SEND | Right.PICTURES))
    with pytest.raises(NotAllowed):
        settings.change(actor=cast.bob, group_id=group.pk, now=NOW, member_rights=int(Right.SEND | Right.MENTION_ALL))
    helping = int(Right.SEND | Right.DELETE)
    settings.change(actor=cast.alice.user, group_id=group.pk, now=NOW, member_rights=helping)
    group.refresh_from_db()
    assert group.member_rights == int(Right.SEND)  # rights of helpers are nobody's by default


def test_freezing_leaves_writing_to_those_who_may_change_the_group(cast: Cast, group: Group) -> None:
    settings.freeze(actor=cast.alice.user, group_id=group.pk, on=True, now=NOW)

    assert not access.acting(cast.bob, group.pk).may(Right.SEND)
    assert access.acting(cast.alice.user, group.pk).may(Right.SEND)
    with pytest.raises(NotAllowed):
        settings.freeze(actor=cast.bob, group_id=group.pk, on=False, now=NOW)


# --- roles --------------------------------------------------------------------------------------------------------


def give(actor: User, group: Group, target: User, role: Role | None) -> None:
    roles.give_role(actor=actor, group_id=group.pk, target=target, role_id=role.pk if role else None, now=NOW)


def save(actor: User, group: Group, role: Role | None = None, **values: Any) -> Role:
    wanted: dict[str, Any] = {"name": "Scout", "rights": int(Right.PIN), "rank": 50} | values
    return roles.save_role(actor=actor, group_id=group.pk, role_id=role.pk if role else None, now=NOW, **wanted)


def test_a_role_gives_its_rights_at_once_and_takes_them(cast: Cast, group: Group) -> None:
    role = save(cast.alice.user, group)

    give(cast.alice.user, group, cast.bob, role)
    assert access.acting(cast.bob, group.pk).may(Right.PIN)
    give(cast.alice.user, group, cast.bob, None)
    assert not access.acting(cast.bob, group.pk).may(Right.PIN)
    assert list(LogEntry.objects.order_by("id").values_list("kind", flat=True)) == [
        "role_made",
        "role_given",
        "role_taken",
    ]


def test_nobody_makes_or_gives_what_they_do_not_have(cast: Cast, group: Group) -> None:
    make_helper(group, cast.bob, Right.ROLES | Right.PIN, rank=100)
    strong = Role.objects.create(group=group, name="Strong", rights=int(Right.DELETE), rank=10)

    beyond: list[dict[str, Any]] = [{"rank": 100}, {"rank": 101}, {"rank": 0}, {"rights": int(Right.DELETE)}]
    for values in beyond:
        with pytest.raises(Outranked):
            save(cast.bob, group, **values)
    with pytest.raises(Outranked):
        give(cast.bob, group, cast.olga, strong)
    assert save(cast.bob, group).rank == 50
    assert save(cast.bob, group, strong, name="Renamed", rights=int(Right.DELETE), rank=10).name == "Renamed"


def test_nobody_touches_a_role_or_holder_of_their_own_rank(cast: Cast, group: Group) -> None:
    mine = make_helper(group, cast.bob, Right.ROLES, rank=100)
    Membership.objects.filter(user=cast.olga).update(role=mine)

    with pytest.raises(Outranked):
        save(cast.bob, group, mine, rank=10)
    with pytest.raises(Outranked):
        roles.remove_role(actor=cast.bob, group_id=group.pk, role_id=mine.pk, now=NOW)
    for target in (cast.olga, cast.alice.user, cast.bob):
        with pytest.raises(Outranked):
            give(cast.bob, group, target, None)
    assert Membership.objects.filter(role=mine).count() == 2


def test_roles_take_the_right_and_are_bounded(cast: Cast, group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotAllowed):
        save(cast.bob, group)
    with pytest.raises(NotAMember):
        save(cast.charlie, group)
    save(cast.alice.user, group)
    with pytest.raises(ValidationError):
        save(cast.alice.user, group, name="scout")
    monkeypatch.setattr(roles, "MOST_ROLES", 1)
    with pytest.raises(TooMany):
        save(cast.alice.user, group, name="Other")
    with pytest.raises(NotAMember):
        give(cast.alice.user, group, cast.charlie, Role.objects.get())
    foreign = Role.objects.create(group=_other(cast), name="Foreign", rank=1)
    with pytest.raises(AlreadyDone):
        give(cast.alice.user, group, cast.bob, foreign)


def _other(cast: Cast) -> Group:
    return Group.objects.create(handle="other_house", name="Other", owner=cast.olga)


def test_a_title_is_given_to_others_below_and_to_oneself(cast: Cast, group: Group) -> None:
    make_helper(group, cast.bob, Right.ROLES, rank=100)

    for target in (cast.olga, cast.bob):
        roles.set_title(actor=cast.bob, group_id=group.pk, target=target, title="Sage", now=NOW)
    with pytest.raises(Outranked):
        roles.set_title(actor=cast.bob, group_id=group.pk, target=cast.alice.user, title="Fool", now=NOW)
    with pytest.raises(NotAllowed):
        roles.set_title(actor=cast.olga, group_id=group.pk, target=cast.olga, title="Chief", now=NOW)
    assert Membership.objects.filter(title="Sage").count() == 2


# --- restrictions -------------------------------------------------------------------------------------------------


def restrict(actor: User, group: Group, target: User, taken: Right = Right.SEND, **values: Any) -> Restriction:
    wanted: dict[str, Any] = {"until": NOW + timedelta(days=36500), "reason": "Loud"} | values
    return restricting.restrict(actor=actor, group_id=group.pk, target=target, taken=taken, now=NOW, **wanted)


def test_what_is_taken_is_gone_until_it_is_lifted(cast: Cast, group: Group) -> None:
    restrict(cast.alice.user, group, cast.bob, Right.SEND | Right.DELETE)
    assert Restriction.objects.get().taken == int(Right.SEND)  # only what members can have
    assert not access.acting(cast.bob, group.pk).may(Right.SEND)

    restricting.lift(actor=cast.alice.user, group_id=group.pk, target=cast.bob, now=NOW)

    assert access.acting(cast.bob, group.pk).may(Right.SEND)
    with pytest.raises(AlreadyDone):
        restricting.lift(actor=cast.alice.user, group_id=group.pk, target=cast.bob, now=NOW)


def test_a_new_restriction_replaces_the_old_one_and_both_stay_on_record(cast: Cast, group: Group) -> None:
    restrict(cast.alice.user, group, cast.bob, Right.SEND)
    restrict(cast.alice.user, group, cast.bob, Right.LINKS)

    assert access.acting(cast.bob, group.pk).may(Right.SEND)
    assert not access.acting(cast.bob, group.pk).may(Right.LINKS)
    assert Restriction.objects.count() == 2


def test_restricting_takes_right_and_rank(cast: Cast, group: Group) -> None:
    with pytest.raises(NotAllowed):
        restrict(cast.bob, group, cast.olga)
    make_helper(group, cast.bob, Right.RESTRICT)
    with pytest.raises(Outranked):
        restrict(cast.bob, group, cast.alice.user)
    with pytest.raises(NotAMember):
        restrict(cast.bob, group, cast.charlie)
    with pytest.raises(NotAMember):
        restrict(cast.charlie, group, cast.bob)
    assert not Restriction.objects.exists()


def ban(actor: User, group: Group, target: User, **values: Any) -> Ban:
    wanted: dict[str, Any] = {"until": None, "reason": "Spam"} | values
    return restricting.ban(actor=actor, group_id=group.pk, target=target, now=NOW, **wanted)


def test_a_ban_removes_keeps_out_and_remembers_the_identity(cast: Cast, group: Group) -> None:
    VerifiedIdentity.objects.create(identity_hash="a" * 64, user=cast.bob)

    ban(cast.alice.user, group, cast.bob)
    ban(cast.alice.user, group, cast.bob, reason="Still")

    assert (Ban.objects.get().identity_hash, Ban.objects.get().reason) == ("a" * 64, "Still")
    assert not Membership.objects.filter(user=cast.bob).exists()
    with pytest.raises(Banned):
        joining.join(actor=cast.bob, group=group, now=NOW)
    restricting.unban(actor=cast.alice.user, group_id=group.pk, target=cast.bob, now=NOW)
    assert joining.join(actor=cast.bob, group=group, now=NOW).membership


def test_banning_takes_right_and_rank_inside_and_out(cast: Cast, group: Group) -> None:
    make_helper(group, cast.bob, Right.RESTRICT)

    with pytest.raises(Outranked):
        ban(cast.bob, group, cast.alice.user)
    with pytest.raises(NotAllowed):
        ban(cast.olga, group, cast.bob)
    with pytest.raises(NotAMember):
        ban(cast.charlie, group, cast.bob)
    with pytest.raises(NotAllowed):
        ban(cast.bob, group, cast.olga, clearing=True)  # deleting is another right
    assert not Ban.objects.exists()
    ban(cast.bob, group, cast.charlie)  # not in the group
    assert Ban.objects.get().user == cast.charlie


def test_everything_that_somebody_said_is_deleted_at_once(cast: Cast, group: Group) -> None:
    for text in ("Buy", "now"):
        write(cast.bob, group, text)
    kept = write(cast.olga, group, "Please do not")

    assert restricting.clear(actor=cast.alice.user, group_id=group.pk, target=cast.bob, now=NOW) == 2

    assert list(Message.objects.filter(deleted_at=None)) == [kept]
    assert LogEntry.objects.get(kind="cleared").data == {"count": 2}
    with pytest.raises(NotAllowed):
        restricting.clear(actor=cast.olga, group_id=group.pk, target=cast.bob, now=NOW)
