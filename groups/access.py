"""Who may see and do what in a group: views, actions and sockets ask here, and nowhere else.

An outsider gets 404, whatever the address, and learns nothing: not that a secret group exists, not how many channels a
private one has. A member without a right gets 403: that there is such a right is no secret among members.

A member's rights are what every member may do, without what a restriction takes, with what the role gives; the owner
may do everything. Then come the states in which nobody, or only those who look after the group, may write.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import Http404
from django.utils import timezone

from groups.errors import NotAllowed, NotAMember, ReadOnly, Silence
from groups.models import (
    Channel,
    ChannelKind,
    Group,
    Membership,
    Message,
    Restriction,
    Sanction,
    SanctionLevel,
    Visibility,
)
from groups.rights import EVERYTHING, FOR_HELPERS, NONE, Right
from planet.accounts.models import Block, User

# What leaves a trace in a conversation; nobody has it where nothing may be written.
WRITING: Final = (
    Right.SEND
    | Right.PICTURES
    | Right.FILES
    | Right.LINKS
    | Right.POLLS
    | Right.REACT
    | Right.THREADS
    | Right.MENTION_ALL
    | Right.ANNOUNCE
)
_HELPING: Final = sum(FOR_HELPERS, NONE)


@dataclass(frozen=True)
class Standing:
    """A member in a group, at a moment: `rights` are what the member may do now, `given` what they would be in peace.

    `silence` says why writing was taken away, where it was.
    """

    group: Group
    member: Membership
    given: Right
    rights: Right
    silence: Silence | None = None

    @property
    def user_id(self) -> UUID:
        """The member's."""
        return self.member.user_id

    @property
    def is_owner(self) -> bool:
        """Whether the group is theirs."""
        return self.group.owner_id == self.member.user_id

    @property
    def is_helper(self) -> bool:
        """Whether the member looks after the group in any way: what @admins calls, and what slow mode spares."""
        return bool(self.given & _HELPING)

    @property
    def rank(self) -> int:
        """Whoever acts on a member has a higher one."""
        if self.is_owner:
            return 1_000_000
        return self.member.role.rank if self.member.role else 0

    def may(self, right: Right) -> bool:
        """Whether the member has all of `right` now."""
        return self.rights & right == right

    def require(self, right: Right) -> None:
        """Raise ReadOnly where nothing may be written, NotAllowed for a member without the right."""
        if self.may(right):
            return
        if self.silence and self.given & right == right:
            raise ReadOnly(self.silence)
        raise NotAllowed(right)


# --- reading ----------------------------------------------------------------------------------------------------------


def _members() -> QuerySet[Membership]:
    """Accepted members with group, role, the newest restriction that holds, and operators' measures."""
    now = timezone.now()
    restrictions = Restriction.objects.filter(
        Q(until=None) | Q(until__gt=now), group=OuterRef("group"), user=OuterRef("user"), lifted_at=None
    ).order_by("-id")
    sanctions = Sanction.objects.filter(Q(until=None) | Q(until__gt=now), group=OuterRef("group"), lifted_at=None)
    return (
        Membership.objects.filter(accepted_at__isnull=False)
        .select_related("group", "role")
        .annotate(
            taken=Subquery(restrictions.values("taken")[:1]),
            is_frozen_by_planet=Exists(sanctions.filter(level=SanctionLevel.FREEZE)),
            is_closed_by_planet=Exists(sanctions.filter(level=SanctionLevel.CLOSE)),
        )
    )


def standing(user_id: UUID | None, group_id: UUID) -> Standing | None:
    """The member's standing; None for anybody else. One query."""
    if user_id is None:
        return None
    return _standing(_members().filter(user=user_id, group=group_id).first())


def standings(user_id: UUID, group_ids: Collection[UUID]) -> dict[UUID, Standing]:
    """The standings of somebody in several groups; where they are no member is none. One query."""
    found = map(_standing, _members().filter(user=user_id, group__in=group_ids))
    return {who.group.pk: who for who in found if who}


def standing_in(user_id: UUID | None, channel_id: UUID) -> Standing | None:
    """The standing in the group of a channel; None for anybody else, and where there is no such channel. One query."""
    if user_id is None:
        return None
    return _standing(_members().filter(user=user_id, group__channels=channel_id).first())


def _standing(member: Membership | None) -> Standing | None:
    if member is None:
        return None
    group = member.group
    closed = bool(getattr(member, "is_closed_by_planet", False))
    if closed and group.owner_id != member.user_id:
        return None  # operators closed it: only its owner sees it still
    given = rights_of(member, taken=getattr(member, "taken", None))
    silence = _silence(group, given, by_planet=closed or bool(getattr(member, "is_frozen_by_planet", False)))
    return Standing(group, member, given, given & ~WRITING if silence else given, silence)


def rights_of(member: Membership, *, taken: int | None = None) -> Right:
    """What a member may do when the group is at peace; `taken` are the rights that a restriction takes."""
    group = member.group
    if group.is_direct:
        return Right(group.member_rights)  # equals: whoever began a conversation deletes nothing of the others'
    if group.owner_id == member.user_id:
        return EVERYTHING
    role = Right(member.role.rights) if member.role else NONE
    return (Right(group.member_rights) & ~Right(taken or 0)) | role


def _silence(group: Group, given: Right, *, by_planet: bool) -> Silence | None:
    """Why a member with these rights may not write in the group now; who may change the group may still."""
    if by_planet:
        return Silence.SANCTION
    if group.closed_at:
        return Silence.CLOSED
    if given & Right.EDIT_GROUP:
        return None
    if group.frozen_at:
        return Silence.FROZEN
    if is_quiet(group, timezone.now()):
        return Silence.QUIET
    return None


def is_quiet(group: Group, now: datetime) -> bool:
    """Whether the group's quiet hours are on: from an hour to another, in its time zone, perhaps across midnight."""
    begins, ends = group.quiet_from, group.quiet_until
    if begins is None or ends is None or begins == ends:
        return False
    try:
        here = now.astimezone(ZoneInfo(group.time_zone)).time()
    except (ZoneInfoNotFoundError, ValueError):
        here = now.time()
    return _between(here, begins, ends)


def _between(here: time, begins: time, ends: time) -> bool:
    return begins <= here < ends if begins < ends else here >= begins or here < ends


# --- for views --------------------------------------------------------------------------------------------------------


def member_of(user: User, group: Group) -> Standing:
    """The user's standing in the group. Raises Http404 for whoever is no member."""
    found = standing(user.pk, group.pk)
    if found is None:
        raise Http404
    return found


def get_group(user: User, handle: str) -> Standing:
    """The group with this handle, for its member. Raises Http404."""
    found = _standing(_members().filter(user=user.pk, group__handle=handle.lower()).first())
    if found is None:
        raise Http404
    return found


def find_group(user_id: UUID | None, handle: str) -> tuple[Group, Standing | None]:
    """The group with this handle, for whoever may know of it: members; the invited; of a group not secret, anybody.

    Raises Http404. What of a private group an outsider is shown is the card's affair.
    """
    rows = _members().filter(user=user_id, group__handle=handle.lower()) if user_id else Membership.objects.none()
    found = _standing(rows.first())
    if found:  # a member, as most who ask: one query
        return found.group, found
    group = Group.objects.filter(handle=handle.lower()).select_related("owner").first()
    if group is None or not _may_know(user_id, group):
        raise Http404
    return group, None


def _may_know(user_id: UUID | None, group: Group) -> bool:
    invited = user_id is not None and Membership.objects.filter(user=user_id, group=group).exists()
    if group.closed_at or is_closed_by_planet(group.pk):
        return False
    return invited or group.visibility != Visibility.SECRET


def is_closed_by_planet(group_id: UUID) -> bool:
    """Whether operators closed the group."""
    now = timezone.now()
    standing_ones = Sanction.objects.filter(Q(until=None) | Q(until__gt=now), group=group_id, lifted_at=None)
    return standing_ones.filter(level=SanctionLevel.CLOSE).exists()


def get_channel(user: User, channel_id: UUID) -> tuple[Channel, Standing]:
    """A channel or a thread, for a member of its group. Two queries. Raises Http404."""
    found = standing_in(user.pk, channel_id)
    channel = Channel.objects.filter(pk=channel_id).select_related("root").first() if found else None
    if found is None or channel is None:
        raise Http404
    channel.group = found.group
    return channel, found


def get_message(user: User, message_id: UUID) -> tuple[Message, Standing]:
    """A living message, for a member of its group. Two queries. Raises Http404."""
    rows = Message.objects.filter(pk=message_id, deleted_at=None)
    message = rows.select_related("channel", "author").first()
    found = standing(user.pk, message.channel.group_id) if message else None
    if message is None or found is None:
        raise Http404
    message.channel.group = found.group
    return message, found


# --- for actions ------------------------------------------------------------------------------------------------------


def acting(user: User, group_id: UUID) -> Standing:
    """The actor's standing, as the database has it now. Raises NotAMember."""
    found = standing(user.pk, group_id)
    if found is None or not user.is_active:
        raise NotAMember
    return found


def silence_in(channel: Channel, who: Standing) -> Silence | None:
    """Why this member may not write in this channel now; None: they may."""
    if who.silence:
        return who.silence
    if channel.archived_at:
        return Silence.ARCHIVED
    if channel.kind == ChannelKind.ANNOUNCEMENTS:
        return None if who.may(Right.ANNOUNCE) else Silence.ANNOUNCEMENTS
    return None if who.may(Right.SEND) else Silence.RESTRICTED


def silence_between(channel: Channel, user_id: UUID) -> Silence | None:
    """Whether a block has ended a conversation between two. A query for those alone: a group has no such thing."""
    if not channel.group.direct_key:
        return None
    here = {"memberships__group": channel.group_id}
    others = User.objects.filter(**here).exclude(pk=user_id).values("pk")
    blocks = Block.objects.filter(Q(owner=user_id, target__in=others) | Q(target=user_id, owner__in=others))
    return Silence.BLOCKED if blocks.exists() else None


def require_send(channel: Channel, who: Standing, needs: Right = NONE) -> None:
    """Raise ReadOnly where the member may not write, NotAllowed when the message `needs` a right beyond that."""
    if silence := silence_in(channel, who):
        raise ReadOnly(silence)
    for right in needs:
        who.require(right)


def require_in(channel: Channel, who: Standing, right: Right) -> None:
    """Raise ReadOnly in a channel that was put away, and NotAllowed for a member without the right."""
    if channel.archived_at:
        raise ReadOnly(Silence.ARCHIVED)
    who.require(right)


# --- for sockets ------------------------------------------------------------------------------------------------------


def may_hear_channel(user_id: UUID | None, key: str) -> bool:
    """Whether somebody may listen to `channel:<key>` now."""
    return key in may_hear_channels(user_id, [key])


def may_hear_channels(user_id: UUID | None, keys: Sequence[str]) -> Collection[str]:
    """Those of some channels that somebody may listen to. One query."""
    ids = _uuids(keys)
    if user_id is None or not ids:
        return set()
    mine = _heard_by(user_id).filter(group__channels__in=list(ids))
    return {ids[found] for found in mine.values_list("group__channels", flat=True) if found in ids}


def may_hear_group(user_id: UUID | None, key: str) -> bool:
    """Whether somebody may listen to `group:<key>` now."""
    return key in may_hear_groups(user_id, [key])


def may_hear_groups(user_id: UUID | None, keys: Sequence[str]) -> Collection[str]:
    """Those of some groups that somebody may listen to. One query."""
    ids = _uuids(keys)
    if user_id is None or not ids:
        return set()
    return {ids[found] for found in _heard_by(user_id).filter(group__in=list(ids)).values_list("group", flat=True)}


def _heard_by(user_id: UUID) -> QuerySet[Membership]:
    """The memberships of somebody by which they hear something: those of groups that operators closed tell nothing."""
    now = timezone.now()
    closed = Sanction.objects.filter(
        Q(until=None) | Q(until__gt=now), group=OuterRef("group"), lifted_at=None, level=SanctionLevel.CLOSE
    )
    return Membership.objects.filter(user=user_id, accepted_at__isnull=False, user__is_active=True).exclude(
        Exists(closed)
    )


def members_among(key: str, user_ids: Sequence[UUID]) -> set[UUID]:
    """The accepted members of the group `key` among some people: whom an `activity` event is for."""
    ids = _uuids([key])
    rows = Membership.objects.filter(group__in=list(ids), user__in=user_ids, accepted_at__isnull=False)
    return set(rows.values_list("user", flat=True))


def is_signed_in(user_id: UUID | None, key: str) -> bool:
    """Whether somebody may listen to `groups`: everybody who has an account; the audience sees to the rest."""
    return user_id is not None and not key


def _uuids(keys: Sequence[str]) -> dict[UUID, str]:
    """Ids by their only spelling; what is none is dropped."""
    found = {}
    for key in keys:
        try:
            value = UUID(key)
        except ValueError:
            continue
        if str(value) == key:
            found[value] = key
    return found
