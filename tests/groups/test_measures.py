"""Measures: what automatic moderation takes beside what helpers take, and what operators' closing cuts."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from groups import access, automod, restrictions
from groups.actions import restricting, sanctioning
from groups.models import AutomodRule, Group, Membership, Restriction, SanctionLevel
from groups.rights import Right
from planet.notifications.models import Notification
from planet.realtime import presence
from tests.cast import Cast
from tests.groups.conftest import NOW, Hearing, make_helper, write

HOUR = timedelta(hours=1)


def timed_out(cast: Cast, group: Group) -> Restriction | None:
    now = timezone.now()
    return restrictions.time_out(group=group, user=cast.bob, until=now + HOUR, reason="spam", now=now)


def test_a_time_out_lies_on_top_of_less_that_lasts_longer(cast: Cast, group: Group) -> None:
    now = timezone.now()
    restricting.restrict(
        actor=group.owner, group_id=group.pk, target=cast.bob, taken=Right.LINKS, until=None, reason="", now=now
    )
    row = timed_out(cast, group)
    assert row
    assert not access.acting(cast.bob, group.pk).may(Right.SEND)
    Restriction.objects.filter(pk=row.pk).update(until=now)
    who = access.acting(cast.bob, group.pk)
    assert who.may(Right.SEND)
    assert not who.may(Right.LINKS)


def test_a_time_out_changes_nothing_for_who_is_silent_for_longer(cast: Cast, group: Group) -> None:
    restricting.restrict(
        actor=group.owner,
        group_id=group.pk,
        target=cast.bob,
        taken=restricting.READ_ONLY,
        until=timezone.now() + 2 * HOUR,
        reason="",
        now=timezone.now(),
    )
    assert timed_out(cast, group) is None
    assert Restriction.objects.get().by == group.owner


def test_lifting_lifts_all_of_it(cast: Cast, group: Group) -> None:
    timed_out(cast, group)
    restricting.lift(actor=group.owner, group_id=group.pk, target=cast.bob, now=timezone.now())
    assert access.acting(cast.bob, group.pk).may(Right.SEND)


@pytest.mark.parametrize(
    ("right", "is_spared"),
    [(Right.AUTOMOD, True), (Right.EDIT_GROUP, True), (Right.ROLES, True), (Right.DELETE, False)],
    ids=["automod", "group", "roles", "moderator"],
)
def test_who_runs_the_group_is_spared_without_being_named(
    cast: Cast, group: Group, right: Right, is_spared: bool
) -> None:
    AutomodRule.objects.create(group=group, name="No", kind="words", setting={"words": ["scam"]}, by=group.owner)
    make_helper(group, cast.bob, right)
    draft = automod.Draft(group.channels.get(), "scam", 0, timezone.now())
    assert automod.check(draft, access.acting(cast.bob, group.pk)).stops is not is_spared
    assert not automod.check(draft, access.acting(group.owner, group.pk)).stops


# --- operators --------------------------------------------------------------------------------------------------------


def closed(cast: Cast, group: Group) -> None:
    for level in (SanctionLevel.FREEZE, SanctionLevel.CLOSE):
        sanctioning.sanction(
            actor=cast.olga, group_id=group.pk, level=level, reason="fraud", until=None, now=timezone.now()
        )


@pytest.fixture
def cut_off(monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """Whose sockets were cut; everybody is online but Olga."""
    found: list[UUID] = []
    monkeypatch.setattr(sanctioning, "revoke", found.append)
    online = presence.online

    def everybody_else(ids: list[UUID]) -> set[UUID]:
        assert online(ids) == set()
        return {user_id for user_id in ids if Membership.objects.filter(user=user_id).exclude(user__handle="olga")}

    monkeypatch.setattr(presence, "online", everybody_else)
    return found


def test_closing_cuts_off_the_members_who_are_online_but_not_the_owner(
    cast: Cast, group: Group, cut_off: list[UUID]
) -> None:
    closed(cast, group)
    assert sanctioning.cut(group_id=group.pk) == 1
    assert cut_off == [cast.bob.pk]


def test_many_members_are_looked_through_page_by_page(
    cast: Cast, group: Group, cut_off: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sanctioning, "_AT_ONCE", 1)
    closed(cast, group)
    assert sanctioning.cut(group_id=group.pk) == 1


def test_what_is_only_frozen_or_open_again_cuts_nobody(cast: Cast, group: Group, cut_off: list[UUID]) -> None:
    assert sanctioning.cut(group_id=group.pk) == 0
    closed(cast, group)
    sanctioning.lift(actor=cast.olga, group_id=group.pk, reason="mistake", now=timezone.now())
    assert sanctioning.cut(group_id=group.pk) == 0
    assert cut_off == []


def test_closing_asks_the_worker_and_a_milder_measure_does_not(
    cast: Cast, group: Group, heard: Hearing, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[UUID] = []
    monkeypatch.setattr(sanctioning, "_cut_later", asked.append)
    heard(lambda: closed(cast, group))
    assert asked == [group.pk]


# --- muted groups -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("muted", "told"), [(True, 0), (False, 1)], ids=["muted", "not muted"])
def test_an_answer_in_a_muted_group_stays_there(
    cast: Cast, group: Group, heard: Hearing, muted: bool, told: int
) -> None:
    first = write(cast.bob, group)
    until = timezone.now() + (HOUR if muted else -HOUR)
    group.memberships.filter(user=cast.bob).update(muted_until=until)
    heard(lambda: write(cast.olga, group, "Filled.", reply_to=first.pk))
    assert Notification.objects.filter(recipient=cast.bob).count() == told


def test_a_name_reaches_whoever_muted_the_group(cast: Cast, group: Group, heard: Hearing) -> None:
    group.memberships.filter(user=cast.bob).update(muted_until=timezone.now() + HOUR)
    heard(lambda: write(cast.olga, group, "@bob look", now=NOW))
    assert Notification.objects.filter(recipient=cast.bob).count() == 1
