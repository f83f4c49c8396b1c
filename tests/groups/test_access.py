"""Who may see and do what: over HTTP as over the socket, now and after it was taken."""

import itertools
from datetime import UTC, datetime, time, timedelta

import pytest
from django.http import Http404
from django.utils import timezone

from groups import access
from groups.errors import NotAllowed, NotAMember, ReadOnly, Silence
from groups.models import Group, Restriction, Sanction
from groups.rights import EVERYTHING, FOR_HELPERS, MEMBERS_BY_DEFAULT, NONE, Right
from planet.accounts.models import User
from planet.realtime import topics
from tests.cast import Cast
from tests.factories import make_group
from tests.groups.conftest import NOW, make_helper


def may_listen(user: User | None, group: Group) -> set[str]:
    """The topics of a group that somebody is granted."""
    wanted = [f"group:{group.pk}", *(f"channel:{channel.pk}" for channel in group.channels.all())]
    return {topic.partition(":")[0] for topic in topics.allowed(user.pk if user else None, wanted)}


def rights(user: User, group: Group) -> Right:
    found = access.standing(user.pk, group.pk)
    assert found is not None
    return found.rights


def test_the_owner_may_do_everything(cast: Cast, group: Group) -> None:
    assert rights(cast.alice.user, group) == EVERYTHING


def test_members_have_what_everybody_has(cast: Cast, group: Group) -> None:
    assert rights(cast.bob, group) == MEMBERS_BY_DEFAULT


@pytest.mark.parametrize("right", list(Right), ids=lambda right: right.name)
def test_each_right_is_given_by_a_role_and_missed_without(cast: Cast, group: Group, right: Right) -> None:
    Group.objects.filter(pk=group.pk).update(member_rights=0)
    with pytest.raises(NotAllowed):
        access.acting(cast.bob, group.pk).require(right)
    make_helper(group, cast.bob, right)
    access.acting(cast.bob, group.pk).require(right)
    assert rights(cast.bob, group) == right


def test_a_restriction_takes_from_what_members_have_and_not_from_a_role(cast: Cast, group: Group) -> None:
    taken = Right.SEND | Right.PICTURES
    Restriction.objects.create(group=group, user=cast.bob, taken=int(taken))
    assert rights(cast.bob, group) == MEMBERS_BY_DEFAULT & ~taken
    make_helper(group, cast.bob, Right.SEND)
    assert Right.SEND in rights(cast.bob, group)
    assert Right.PICTURES not in rights(cast.bob, group)


def test_the_newest_restriction_counts_until_it_is_over_or_lifted(cast: Cast, group: Group) -> None:
    now = timezone.now()
    Restriction.objects.create(group=group, user=cast.bob, taken=int(Right.SEND), until=now - timedelta(seconds=1))
    assert Right.SEND in rights(cast.bob, group)
    second = Restriction.objects.create(group=group, user=cast.bob, taken=int(Right.LINKS))
    Restriction.objects.create(group=group, user=cast.bob, taken=int(Right.FILES), lifted_at=now)
    assert rights(cast.bob, group) == MEMBERS_BY_DEFAULT & ~Right(second.taken)
    assert rights(cast.olga, group) == MEMBERS_BY_DEFAULT


@pytest.mark.parametrize("state", ["frozen_at", "closed_at"])
def test_a_frozen_group_is_read_only(cast: Cast, group: Group, state: str) -> None:
    Group.objects.filter(pk=group.pk).update(**{state: NOW})
    who = access.acting(cast.bob, group.pk)
    assert who.rights & access.WRITING == NONE
    with pytest.raises(ReadOnly):
        who.require(Right.SEND)
    with pytest.raises(NotAllowed):
        who.require(Right.PIN)


def test_who_looks_after_a_frozen_group_writes_still_but_nobody_does_in_a_closed_one(cast: Cast, group: Group) -> None:
    make_helper(group, cast.bob, Right.EDIT_GROUP)
    Group.objects.filter(pk=group.pk).update(frozen_at=NOW)
    access.acting(cast.bob, group.pk).require(Right.SEND)
    Group.objects.filter(pk=group.pk).update(closed_at=NOW)
    for user in (cast.bob, cast.alice.user):
        assert access.acting(user, group.pk).silence == Silence.CLOSED


def test_operators_freeze_everybody_even_the_owner(cast: Cast, group: Group) -> None:
    Sanction.objects.create(group=group, level="freeze", reason="spam", by=cast.olga)
    for user in (cast.bob, cast.alice.user):
        assert access.acting(user, group.pk).silence == Silence.SANCTION


def test_what_operators_closed_only_its_owner_sees(cast: Cast, group: Group) -> None:
    sanction = Sanction.objects.create(group=group, level="close", reason="fraud", by=cast.olga)
    assert access.standing(cast.bob.pk, group.pk) is None
    assert access.acting(cast.alice.user, group.pk).silence == Silence.SANCTION
    assert may_listen(cast.bob, group) == set()
    Sanction.objects.filter(pk=sanction.pk).update(lifted_at=NOW)
    assert access.standing(cast.bob.pk, group.pk) is not None


@pytest.mark.parametrize(
    ("hour", "zone", "quiet"),
    [(23, "UTC", True), (6, "UTC", True), (7, "UTC", False), (12, "UTC", False), (15, "Asia/Tokyo", True)],
    ids=["late", "early", "over", "noon", "midnight-in-tokyo"],
)
def test_quiet_hours_cross_midnight_in_the_groups_zone(hour: int, zone: str, quiet: bool) -> None:
    group = Group(quiet_from=time(22), quiet_until=time(7), time_zone=zone)
    assert access.is_quiet(group, datetime(2026, 11, 23, hour, tzinfo=UTC)) == quiet


def test_in_quiet_hours_members_only_read(cast: Cast, group: Group) -> None:
    hour = timezone.now().replace(minute=0, second=0)
    around = ((hour - timedelta(hours=2)).time(), (hour + timedelta(hours=2)).time())
    Group.objects.filter(pk=group.pk).update(quiet_from=around[0], quiet_until=around[1])
    assert access.acting(cast.bob, group.pk).silence == Silence.QUIET
    assert access.acting(cast.alice.user, group.pk).silence is None


def test_an_outsider_is_told_nothing_and_hears_nothing(cast: Cast, group: Group) -> None:
    channel = group.channels.get()
    for look in (
        lambda: access.get_group(cast.charlie, str(group.handle)),
        lambda: access.get_channel(cast.charlie, channel.pk),
        lambda: access.member_of(cast.charlie, group),
    ):
        with pytest.raises(Http404):
            look()
    with pytest.raises(NotAMember):
        access.acting(cast.charlie, group.pk)
    assert may_listen(cast.charlie, group) == may_listen(None, group) == set()


def test_members_hear_the_group_until_they_are_removed(cast: Cast, group: Group) -> None:
    assert may_listen(cast.bob, group) == {"group", "channel"}
    group.memberships.filter(user=cast.bob).delete()
    assert may_listen(cast.bob, group) == set()


def test_who_was_only_invited_hears_nothing(cast: Cast, group: Group) -> None:
    group.memberships.filter(user=cast.bob).update(accepted_at=None)
    assert may_listen(cast.bob, group) == set()
    assert access.members_among(str(group.pk), [cast.bob.pk, cast.olga.pk]) == {cast.olga.pk}


@pytest.mark.parametrize("key", ["", "x", "0198", "../etc", "00000000-0000-0000-0000-000000000000", "%00"])
def test_a_forged_topic_is_denied(cast: Cast, group: Group, key: str) -> None:
    assert not access.may_hear_channels(cast.bob.pk, [key])
    assert not access.may_hear_groups(cast.bob.pk, [key])
    assert not access.members_among(key, [cast.bob.pk])


def test_one_query_authorises_many_channels(cast: Cast, django_assert_num_queries: object) -> None:
    groups = [make_group(cast.alice.user, f"G{n}", cast.bob) for n in range(3)]
    keys = [str(group.channels.get().pk) for group in groups]
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert access.may_hear_channels(cast.bob.pk, keys) == set(keys)


@pytest.mark.parametrize(
    ("visibility", "user", "found"),
    [("public", "charlie", True), ("private", "charlie", True), ("secret", "charlie", False), ("secret", "bob", True)],
)
def test_a_secret_group_exists_for_its_members_only(
    cast: Cast, group: Group, visibility: str, user: str, found: bool
) -> None:
    Group.objects.filter(pk=group.pk).update(visibility=visibility)
    who: User = getattr(cast, user)
    if found:
        assert access.find_group(who.pk, str(group.handle))[0] == group
    else:
        with pytest.raises(Http404):
            access.find_group(who.pk, str(group.handle))


def test_rights_are_numbers_that_never_change() -> None:
    bits = [right.value for right in Right]
    assert all(a & b == 0 for a, b in itertools.combinations(bits, 2))
    assert all(right.value >= 1 << 16 for right in FOR_HELPERS)
