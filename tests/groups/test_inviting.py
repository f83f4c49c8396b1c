"""Links and invitations, handing a group over, operators' measures and appeals: the rules of each."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from groups import access
from groups.actions import founding, inviting, joining, restricting, sanctioning, transferring
from groups.actions.inviting import Terms
from groups.actions.sanctioning import TooSteep
from groups.errors import AlreadyDone, Banned, MayNotFound, NotAdmitted, NotAllowed, NotAMember, TooMany
from groups.models import (
    Ban,
    Group,
    InviteLink,
    Membership,
    OwnershipTransfer,
    Role,
    Sanction,
    SanctionLevel,
)
from groups.rights import ADMIN, Right
from planet.accounts.models import Block, Mute, User
from planet.moderation.models import AuditEntry
from planet.notifications.models import Notification
from tests.cast import Cast
from tests.factories import make_creator
from tests.groups.conftest import NOW, make_helper


def _other(cast: Cast) -> Group:
    return Group.objects.create(handle="other_house", name="Other", owner=cast.olga)


def ban(actor: User, group: Group, target: User, **values: Any) -> Ban:
    wanted: dict[str, Any] = {"until": None, "reason": "Spam"} | values
    return restricting.ban(actor=actor, group_id=group.pk, target=target, now=NOW, **wanted)


# --- links and invitations ----------------------------------------------------------------------------------------


def test_links_are_bounded_and_take_their_right(cast: Cast, group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inviting, "MOST_LINKS", 1)
    with pytest.raises(NotAllowed):
        inviting.make_link(actor=cast.bob, group_id=group.pk, terms=Terms("Blog"), now=NOW)
    link = inviting.make_link(actor=cast.alice.user, group_id=group.pk, terms=Terms("Blog"), now=NOW)
    with pytest.raises(TooMany):
        inviting.make_link(actor=cast.alice.user, group_id=group.pk, terms=Terms("Other"), now=NOW)

    inviting.revoke_link(actor=cast.alice.user, group_id=group.pk, link_id=link.pk, now=NOW)

    assert inviting.make_link(actor=cast.alice.user, group_id=group.pk, terms=Terms("Other"), now=NOW)
    with pytest.raises(AlreadyDone):
        inviting.revoke_link(actor=cast.alice.user, group_id=group.pk, link_id=link.pk, now=NOW)


def test_a_cap_is_never_below_those_who_came(cast: Cast, group: Group) -> None:
    link = InviteLink.objects.create(group=group, token="t" * 20, by=cast.alice.user, uses=3)

    with pytest.raises(ValidationError):
        inviting.change_link(
            actor=cast.alice.user, group_id=group.pk, link_id=link.pk, terms=Terms("Blog", max_uses=2), now=NOW
        )


def invite(actor: User, group: Group, target: User, days: int = 0) -> Membership:
    return inviting.invite(actor=actor, group_id=group.pk, target=target, now=NOW + timedelta(days=days))


def test_nobody_is_added_without_a_yes(cast: Cast, group: Group) -> None:
    invite(cast.alice.user, group, cast.charlie)
    invite(cast.alice.user, group, cast.charlie)

    assert Membership.objects.get(user=cast.charlie).accepted_at is None
    assert access.standing(cast.charlie.pk, group.pk) is None
    assert Notification.objects.filter(recipient=cast.charlie).count() == 1
    assert invite(cast.alice.user, group, cast.bob).accepted_at  # is in already


def test_inviting_takes_its_right_and_leaves_people_alone(cast: Cast, group: Group) -> None:
    with pytest.raises(NotAllowed):
        invite(cast.bob, group, cast.charlie)
    invite(cast.alice.user, group, cast.charlie)
    joining.refuse(actor=cast.charlie, group_id=group.pk, now=NOW)
    with pytest.raises(NotAdmitted):
        invite(cast.alice.user, group, cast.charlie, days=29)
    assert invite(cast.alice.user, group, cast.charlie, days=31)


def test_the_blocked_and_the_banned_are_not_invited(cast: Cast, group: Group) -> None:
    Block.objects.create(owner=cast.charlie, target=cast.alice.user)
    with pytest.raises(NotAdmitted):
        invite(cast.alice.user, group, cast.charlie)
    Block.objects.all().delete()
    ban(cast.alice.user, group, cast.charlie)
    with pytest.raises(Banned):
        invite(cast.alice.user, group, cast.charlie)
    assert not Membership.objects.filter(user=cast.charlie).exists()


# --- handing over -------------------------------------------------------------------------------------------------


@pytest.fixture
def heir(cast: Cast, group: Group) -> User:
    """A verified creator who is a member."""
    user = make_creator("dora").user
    joining.join(actor=user, group=group, now=NOW)
    return user


def offer(group: Group, actor: User, target: User) -> OwnershipTransfer:
    return transferring.offer(actor=actor, group_id=group.pk, target=target, now=NOW)


def take(group: Group, actor: User, days: int = 0) -> Group:
    from django.utils import timezone

    return transferring.take(actor=actor, group_id=group.pk, now=timezone.now() + timedelta(days=days))


def test_the_group_is_theirs_once_they_accept(cast: Cast, group: Group, heir: User) -> None:
    founding.with_furniture(_other(cast))
    admin = Role.objects.create(group=group, name="Admin", rights=int(ADMIN), rank=200)
    offer(group, cast.alice.user, heir)
    group.refresh_from_db()
    assert group.owner == cast.alice.user

    assert take(group, heir).owner == heir

    assert access.acting(heir, group.pk).is_owner
    assert Membership.objects.get(group=group, user=cast.alice.user).role == admin
    with pytest.raises(AlreadyDone):
        take(group, heir)


def test_only_the_owner_offers_and_only_to_a_verified_member(cast: Cast, group: Group, heir: User) -> None:
    make_helper(group, cast.bob, Right(int(ADMIN)), rank=200)
    with pytest.raises(NotAllowed):
        offer(group, cast.bob, heir)
    with pytest.raises(MayNotFound):
        offer(group, cast.alice.user, cast.bob)
    with pytest.raises(NotAMember):
        offer(group, cast.alice.user, make_creator("erik").user)
    assert not OwnershipTransfer.objects.exists()


def test_an_offer_ends(cast: Cast, group: Group, heir: User) -> None:
    offer(group, cast.alice.user, heir)
    with pytest.raises(AlreadyDone):
        take(group, heir, days=3650)
    with pytest.raises(AlreadyDone):
        transferring.end(actor=cast.bob, group_id=group.pk, now=NOW)
    transferring.end(actor=cast.alice.user, group_id=group.pk, now=NOW)
    with pytest.raises(AlreadyDone):
        take(group, heir)
    offer(group, cast.alice.user, heir)
    joining.leave(actor=heir, group_id=group.pk, now=NOW)
    with pytest.raises(AlreadyDone):
        take(group, heir)


# --- operators ----------------------------------------------------------------------------------------------------


def sanction(cast: Cast, group: Group, level: SanctionLevel) -> AuditEntry:
    return sanctioning.sanction(actor=cast.olga, group_id=group.pk, level=level, reason="Scams", until=None, now=NOW)


def test_a_measure_is_recorded_told_and_replaced(cast: Cast, group: Group) -> None:
    sanction(cast, group, SanctionLevel.WARN)
    entry = sanction(cast, group, SanctionLevel.FREEZE)

    assert entry.action == "group.freeze"
    assert Sanction.objects.filter(lifted_at=None).get().level == "freeze"
    assert access.acting(cast.alice.user, group.pk).silence == "sanction"
    assert Notification.objects.filter(recipient=cast.alice.user).exists()
    sanctioning.lift(actor=cast.olga, group_id=group.pk, reason="Cleaned up", now=NOW)
    assert access.acting(cast.alice.user, group.pk).silence is None
    with pytest.raises(AlreadyDone):
        sanctioning.lift(actor=cast.olga, group_id=group.pk, reason="Again", now=NOW)


def test_a_group_is_not_closed_before_something_milder_was_tried(cast: Cast, group: Group) -> None:
    sanction(cast, group, SanctionLevel.WARN)
    with pytest.raises(TooSteep):
        sanction(cast, group, SanctionLevel.CLOSE)
    sanction(cast, group, SanctionLevel.FREEZE)

    sanction(cast, group, SanctionLevel.CLOSE)

    assert access.standing(cast.bob.pk, group.pk) is None
    assert access.acting(cast.alice.user, group.pk).is_owner


def test_the_owner_appeals_once_and_operators_decide(cast: Cast, group: Group) -> None:
    sanction(cast, group, SanctionLevel.LIMIT)
    with pytest.raises(NotAllowed):
        sanctioning.appeal(actor=cast.bob, group_id=group.pk, text="No", now=NOW)
    row = sanctioning.appeal(actor=cast.alice.user, group_id=group.pk, text="It was one member", now=NOW)
    with pytest.raises(AlreadyDone):
        sanctioning.appeal(actor=cast.alice.user, group_id=group.pk, text="Again", now=NOW)

    sanctioning.decide(actor=cast.olga, sanction_id=row.pk, uphold=False, reason="True", now=NOW)

    assert not Sanction.objects.filter(lifted_at=None).exists()
    with pytest.raises(AlreadyDone):
        sanctioning.decide(actor=cast.olga, sanction_id=row.pk, uphold=True, reason="No", now=NOW)


def test_an_appeal_that_is_declined_leaves_the_measure(cast: Cast, group: Group) -> None:
    sanction(cast, group, SanctionLevel.LIMIT)
    row = sanctioning.appeal(actor=cast.alice.user, group_id=group.pk, text="It was one member", now=NOW)

    sanctioning.decide(actor=cast.olga, sanction_id=row.pk, uphold=True, reason="It was not", now=NOW)

    row.refresh_from_db()
    assert (row.decision, row.lifted_at) == ("It was not", None)


def test_whom_one_has_muted_invites_in_silence(cast: Cast, group: Group) -> None:
    Mute.objects.create(owner=cast.charlie, target=cast.alice.user)

    invite(cast.alice.user, group, cast.charlie)

    assert Membership.objects.filter(user=cast.charlie).exists()
    assert not Notification.objects.filter(recipient=cast.charlie).exists()
