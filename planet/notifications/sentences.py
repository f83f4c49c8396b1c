"""What a notification says, in the reader's language.

Whole sentences, never glued parts: languages order and count differently. One person, two people, and one with many
others are three sentences. `{name}` and `{other}` are replaced by safe HTML.
"""

from collections.abc import Callable, Mapping, Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from planet.notifications.models import Kind, Notification

Forms = Callable[[int], tuple[str, str, str]]


def _follow(others: int) -> tuple[str, str, str]:
    return (
        gettext("{name} follows you now"),
        gettext("{name} and {other} follow you now"),
        ngettext("{name} and {count} other follow you now", "{name} and {count} others follow you now", others),
    )


def _like(others: int) -> tuple[str, str, str]:
    return (
        gettext("{name} liked your post"),
        gettext("{name} and {other} liked your post"),
        ngettext("{name} and {count} other liked your post", "{name} and {count} others liked your post", others),
    )


def _comment_like(others: int) -> tuple[str, str, str]:
    return (
        gettext("{name} liked your comment"),
        gettext("{name} and {other} liked your comment"),
        ngettext("{name} and {count} other liked your comment", "{name} and {count} others liked your comment", others),
    )


def _comment(others: int) -> tuple[str, str, str]:
    return (
        gettext("{name} commented on your post"),
        gettext("{name} and {other} commented on your post"),
        ngettext(
            "{name} and {count} other commented on your post",
            "{name} and {count} others commented on your post",
            others,
        ),
    )


def _reply(others: int) -> tuple[str, str, str]:
    return (
        gettext("{name} replied to your comment"),
        gettext("{name} and {other} replied to your comment"),
        ngettext(
            "{name} and {count} other replied to your comment",
            "{name} and {count} others replied to your comment",
            others,
        ),
    )


def _mention(others: int) -> tuple[str, str, str]:
    return (
        gettext("{name} mentioned you"),
        gettext("{name} and {other} mentioned you"),
        ngettext("{name} and {count} other mentioned you", "{name} and {count} others mentioned you", others),
    )


def _repost(others: int) -> tuple[str, str, str]:
    return (
        gettext("{name} reposted your post"),
        gettext("{name} and {other} reposted your post"),
        ngettext("{name} and {count} other reposted your post", "{name} and {count} others reposted your post", others),
    )


def _quote(others: int) -> tuple[str, str, str]:
    return (
        gettext("{name} quoted your post"),
        gettext("{name} and {other} quoted your post"),
        ngettext("{name} and {count} other quoted your post", "{name} and {count} others quoted your post", others),
    )


def _tip(others: int) -> tuple[str, str, str]:
    return (
        gettext("{name} gave you a tip"),
        gettext("{name} and {other} gave you tips"),
        ngettext("{name} and {count} other gave you tips", "{name} and {count} others gave you tips", others),
    )


def _post(others: int) -> tuple[str, str, str]:  # noqa: ARG001  # a post has one author
    return (gettext("{name} published a post"),) * 3


def _group_mention(others: int) -> tuple[str, str, str]:
    return (
        gettext("{name} mentioned you in a group"),
        gettext("{name} and {other} mentioned you in a group"),
        ngettext(
            "{name} and {count} other mentioned you in a group",
            "{name} and {count} others mentioned you in a group",
            others,
        ),
    )


def _group_reply(others: int) -> tuple[str, str, str]:
    return (
        gettext("{name} replied to you in a group"),
        gettext("{name} and {other} replied to you in a group"),
        ngettext(
            "{name} and {count} other replied to you in a group",
            "{name} and {count} others replied to you in a group",
            others,
        ),
    )


def _group_call(others: int) -> tuple[str, str, str]:
    return (
        gettext("{name} called everybody in a group"),
        gettext("{name} and {other} called everybody in a group"),
        ngettext(
            "{name} and {count} other called everybody in a group",
            "{name} and {count} others called everybody in a group",
            others,
        ),
    )


def _direct(others: int) -> tuple[str, str, str]:
    return (
        gettext("{name} wrote to you"),
        gettext("{name} and {other} wrote to you"),
        ngettext("{name} and {count} other wrote to you", "{name} and {count} others wrote to you", others),
    )


# By the part of the group key before the colon, else by kind.
SENTENCES: Mapping[str, Forms] = {
    "follow": _follow,
    "like": _like,
    "comment_like": _comment_like,
    "comment": _comment,
    "reply": _reply,
    "mention": _mention,
    "group_mention": _group_mention,
    "group_reply": _group_reply,
    "group_call": _group_call,
    "direct": _direct,
    "repost": _repost,
    "quote": _quote,
    "tip": _tip,
    "post": _post,
}


def _from_planet(group_key: str) -> str:
    said = {
        "kyc:approved": gettext("Your identity check was approved: you can become a creator"),
        "kyc:rejected": gettext("Your identity check was rejected"),
        "kyc:expired": gettext("Your identity check has expired"),
        "post_removed": gettext("Planet removed a post of yours"),
        "scheduled_published": gettext("Your scheduled post went out"),
        "scheduled_failed": gettext("Your scheduled post did not go out: it is a draft again"),
        "post_restored": gettext("Planet restored a post of yours"),
        "comment_removed": gettext("Planet removed a comment of yours"),
        "comment_restored": gettext("Planet restored a comment of yours"),
        "avatar_removed": gettext("Planet removed your picture"),
        "banner_removed": gettext("Planet removed your banner"),
        "profile_emptied": gettext("Planet emptied your bio and links"),
        "name_reset": gettext("Planet took your display name away"),
        "report_upheld": gettext("You were right to report this: Planet upheld your report"),
        "report_dismissed": gettext("Planet looked at what you reported and found no breach of the rules"),
        "group_invited": gettext("You are invited to a group"),
        "direct_request": gettext("Somebody wants to write to you"),
        "group_approved": gettext("You are in: your request to join was approved"),
        "group_declined": gettext("Your request to join was declined"),
        "group_offered": gettext("A group's owner offers it to you"),
        "group_sanctioned": gettext("Planet took a measure against a group of yours"),
        "group_exported": gettext("The export of your group is ready"),
        "group_export_failed": gettext("The export of your group could not be made"),
        "group_released": gettext("Planet lifted a measure against a group of yours"),
        "group_appeal_declined": gettext("Planet looked at your appeal: the measure stands"),
        "deposit": gettext("A deposit has arrived in your wallet"),
        "withdrawal_requested": gettext("You asked for a withdrawal. If that was not you, change your password now"),
        "withdrawal_confirmed": gettext("Your withdrawal has arrived"),
        "withdrawal_failed": gettext("Your withdrawal did not go out: the money is back in your wallet"),
        "pool_paid": gettext("The weekly pool paid you"),
        "pool_accrued": gettext("You earned in the weekly pool; it is paid once it is enough for a payout"),
        "pool_withheld": gettext("What you earned in the weekly pool waits: your account cannot be paid at the moment"),
        "pool_corrected": gettext("What you earned in the weekly pool was corrected"),
        "linked_began": gettext("In the weekly pool your account counts together with others that seem to be yours"),
        "linked_over": gettext("In the weekly pool your account counts by itself again"),
        "linked_accepted": gettext("Planet looked at your appeal: your account counts by itself again"),
        "linked_refused": gettext("Planet looked at your appeal: your accounts go on counting as one"),
        "factor_removed": gettext("Planet removed your second factor, as you asked; set up a new one"),
    }
    return said.get(group_key) or said.get(group_key.partition(":")[0]) or gettext("A message from Planet")


def sentence(told: Notification, names: Sequence[str]) -> SafeString:
    """The sentence of a notification as HTML, with the names of its newest actors in bold."""
    if told.kind in (Kind.KYC, Kind.SYSTEM):
        return format_html("{}", _from_planet(told.group_key))
    bold = [format_html("<b>{}</b>", name) for name in names] or [format_html("{}", gettext("Somebody"))]
    others = max(told.actor_count - 1, 0)
    verb = told.group_key.partition(":")[0]
    one, two, many = SENTENCES.get(verb, SENTENCES[told.kind])(others)
    if not others:
        return format_html(one, name=bold[0])
    if others == 1 and len(bold) > 1:
        return format_html(two, name=bold[0], other=bold[1])
    return format_html(many, name=bold[0], count=others)
