"""What a member of a group may do: one bit a right, in roles, in a group's default for everybody, and in restrictions.

A member's rights are what everybody may do, without what a restriction takes, with what the role gives. The owner may
do everything. `groups.access` is the one place that puts these together.
"""

from enum import IntFlag

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Right(IntFlag):
    """A right; the numbers are stored, so they never change their meaning."""

    # What members do.
    SEND = 1 << 0
    PICTURES = 1 << 1
    FILES = 1 << 2
    LINKS = 1 << 3
    POLLS = 1 << 4
    REACT = 1 << 5
    THREADS = 1 << 6
    INVITE = 1 << 7  # to add people, who are asked first
    MENTION_ALL = 1 << 8  # @all and @admins wake everybody
    # What helpers do.
    ANNOUNCE = 1 << 16  # write in channels of announcements
    PIN = 1 << 17
    DELETE = 1 << 18  # other people's messages
    RESTRICT = 1 << 19  # time-outs, partial bans, kicks, bans
    REQUESTS = 1 << 20  # decide who comes in
    LINKS_OF_INVITE = 1 << 21
    CHANNELS = 1 << 22
    EDIT_GROUP = 1 << 23  # name, picture, rules, slow mode, freeze
    ROLES = 1 << 24  # give and take roles below one's own
    AUTOMOD = 1 << 25
    BOTS = 1 << 26
    SEE_LOG = 1 << 27


NONE = Right(0)

FOR_MEMBERS = (
    Right.SEND,
    Right.PICTURES,
    Right.FILES,
    Right.LINKS,
    Right.POLLS,
    Right.REACT,
    Right.THREADS,
    Right.INVITE,
    Right.MENTION_ALL,
)
FOR_HELPERS = tuple(right for right in Right if right not in FOR_MEMBERS)
EVERYTHING = ~NONE

MEMBERS_BY_DEFAULT = Right.SEND | Right.PICTURES | Right.FILES | Right.LINKS | Right.POLLS | Right.REACT | Right.THREADS
MODERATOR = Right.MENTION_ALL | Right.PIN | Right.DELETE | Right.RESTRICT | Right.REQUESTS | Right.SEE_LOG
ADMIN = EVERYTHING

NAMES: dict[Right, Promise] = {
    Right.SEND: _("Send messages"),
    Right.PICTURES: _("Send pictures"),
    Right.FILES: _("Send files"),
    Right.LINKS: _("Send links"),
    Right.POLLS: _("Start polls"),
    Right.REACT: _("React"),
    Right.THREADS: _("Start threads"),
    Right.INVITE: _("Add people"),
    Right.MENTION_ALL: _("Mention everybody"),
    Right.ANNOUNCE: _("Write announcements"),
    Right.PIN: _("Pin messages"),
    Right.DELETE: _("Delete messages of others"),
    Right.RESTRICT: _("Restrict and ban members"),
    Right.REQUESTS: _("Decide who joins"),
    Right.LINKS_OF_INVITE: _("Manage invite links"),
    Right.CHANNELS: _("Manage channels"),
    Right.EDIT_GROUP: _("Change the group"),
    Right.ROLES: _("Give roles"),
    Right.AUTOMOD: _("Manage automatic moderation"),
    Right.BOTS: _("Manage bots and webhooks"),
    Right.SEE_LOG: _("Read the log"),
}


def names(taken: int) -> list[str]:
    """Rights as words, in their order; all of them are one word."""
    if Right(taken) & EVERYTHING == EVERYTHING:
        return [str(_("Every right"))]
    return [str(NAMES[right]) for right in Right(taken & int(EVERYTHING))]
