"""Why something in a group was not done."""

from enum import StrEnum
from uuid import UUID

from groups.rights import Right


class GroupError(Exception):
    """The base of these."""


class Silence(StrEnum):
    """Why nobody, or not this member, may write here now."""

    SANCTION = "sanction"  # operators froze or closed the group
    CLOSED = "closed"
    FROZEN = "frozen"
    QUIET = "quiet"  # the group's quiet hours
    ARCHIVED = "archived"  # the channel
    ANNOUNCEMENTS = "announcements"  # for those who may announce
    BLOCKED = "blocked"  # between the two who talk directly
    RESTRICTED = "restricted"  # taken from this member, or never given to members


class NotAMember(GroupError):
    """Not in the group, or no longer: answered like a group that does not exist."""


class NotAllowed(GroupError):
    """A member without the right; `right` is the one that is missing."""

    def __init__(self, right: Right) -> None:
        super().__init__(right.name)
        self.right = right


class ReadOnly(GroupError):
    """Nothing can be written here now."""

    def __init__(self, silence: Silence) -> None:
        super().__init__(silence.value)
        self.silence = silence


class TooSoon(GroupError):
    """Slow mode: so many seconds are left."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"{seconds} seconds")
        self.seconds = seconds


class AlreadySent(GroupError):
    """This client_id has sent something else."""

    def __init__(self, message_id: UUID) -> None:
        super().__init__(str(message_id))
        self.message_id = message_id


class Gone(GroupError):
    """The message, or what it is about, is no longer there."""


class NoLongerEditable(GroupError):
    """The window for editing is over, or the message was not one's own words."""


class Stopped(GroupError):
    """Automatic moderation did not let it through; `reason` is for the author."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NoSuchReaction(GroupError):
    """What was sent is no single emoji."""


class LastChannel(GroupError):
    """A group keeps at least one channel that its members write in."""


class TooMany(GroupError):
    """A bound is reached: pins, kinds of reactions, channels."""


# --- coming in, and looking after a group -----------------------------------------------------------------------------


class MayNotFound(GroupError):
    """Only creators whose identity is verified found groups, and only so many."""


class NotAdmitted(GroupError):
    """There is a way in, but not this one: no invitation, a gate that does not open; `reason` is for the person."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Banned(GroupError):
    """The person, or the identity behind the account, may not come in."""


class LinkOver(GroupError):
    """The invite link was revoked, is too old, or has been used as often as it may."""


class OwnerStays(GroupError):
    """The owner hands the group over, or closes it, before leaving."""


class Outranked(GroupError):
    """Nobody acts on a member of their own rank or above, nor gives what they do not have."""


class AlreadyDone(GroupError):
    """Somebody else was faster: the request is decided, the offer is over, the ban is lifted."""
