"""Polls: a message whose card has options; members choose, once or several, until it ends.

The message is sent like any other (groups.actions.sending): its card carries the options. The row that counts is made
by the first vote, under the channel's lock, which also gives the change its revision: every reader sees it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from groups import access, broadcasts, locks
from groups.actions import sending
from groups.errors import Gone, NoLongerEditable, NotAllowed
from groups.models import Channel, Message, Poll, PollVote
from groups.rights import Right
from planet.accounts.models import User
from planet.web.text import clean_line

LEAST: Final = 2
MOST: Final = 10
LENGTH: Final = 100
RUNS: Final[dict[str, timedelta | None]] = {
    "1h": timedelta(hours=1),
    "1d": timedelta(days=1),
    "3d": timedelta(days=3),
    "7d": timedelta(days=7),
    "ever": None,
}


def ask(
    *,
    channel: Channel,
    author: User,
    question: str,
    options: Sequence[str],
    is_multiple: bool,
    runs: str,
    client_id: UUID,
    now: datetime,
) -> Message:
    """Start a poll. Raises ValidationError (options, question), KeyError (`runs`), and what `sending.send` does."""
    if not clean_line(question):
        raise ValidationError(_("Ask something."), code="question")
    length = RUNS[runs]
    card = {
        "kind": "poll",
        "options": checked(options),
        "multiple": is_multiple,
        "ends_at": (now + length).isoformat() if length else None,
    }
    return sending.send(channel=channel, author=author, text=question, client_id=client_id, card=card, now=now)


def checked(options: Sequence[str]) -> list[str]:
    """Two to ten options that differ. Raises ValidationError."""
    cleaned = [said for option in options if (said := clean_line(option))]
    if not LEAST <= len(cleaned) <= MOST:
        raise ValidationError(_("A poll has two to ten options."), code="options")
    if any(len(option) > LENGTH for option in cleaned):
        raise ValidationError(_("An option has at most %(most)d characters."), params={"most": LENGTH}, code="options")
    if len({option.casefold() for option in cleaned}) < len(cleaned):
        raise ValidationError(_("Two options of the poll are the same."), code="options")
    return cleaned


@transaction.atomic
def vote(*, actor: User, message_id: UUID, options: Sequence[int], now: datetime) -> Poll:
    """Choose these options instead of what was chosen before; none takes the vote back.

    Raises Gone (no poll, or deleted), NotAMember, ReadOnly, NotAllowed (reactions are a right, and so is this),
    NoLongerEditable (it is over), ValidationError.
    """
    poll, message = _locked(actor, message_id, Right.REACT)
    if is_over(poll, now):
        raise NoLongerEditable
    chosen = sorted(set(options))
    if any(not 0 <= option < len(poll.options) for option in chosen) or (len(chosen) > 1 and not poll.is_multiple):
        raise ValidationError(_("There is no such option."), code="option")
    before = set(PollVote.objects.filter(poll=poll, user=actor).values_list("option", flat=True))
    if before == set(chosen):
        transaction.set_rollback(True)  # the revision that was taken is nobody's: it goes back
        return poll
    PollVote.objects.filter(poll=poll, user=actor).exclude(option__in=chosen).delete()
    PollVote.objects.bulk_create([PollVote(poll=poll, user=actor, option=one) for one in set(chosen) - before])
    _count(poll)
    broadcasts.counted(message)
    return poll


@transaction.atomic
def close(*, actor: User, message_id: UUID, now: datetime) -> None:
    """End a poll early: whoever asked, or who may delete messages. Again changes nothing. Raises as `vote`."""
    poll, message = _locked(actor, message_id, Right(0))
    who = access.acting(actor, message.channel.group_id)
    if message.author_id != actor.pk and not who.may(Right.DELETE):
        raise NotAllowed(Right.DELETE)
    if is_over(poll, now):
        return
    poll.closed_at = now
    poll.save(update_fields=["closed_at"])
    broadcasts.changed(message.pk)


def is_over(poll: Poll, now: datetime) -> bool:
    """Whether nobody may vote any more."""
    return poll.closed_at is not None or (poll.ends_at is not None and poll.ends_at <= now)


def _locked(actor: User, message_id: UUID, needs: Right) -> tuple[Poll, Message]:
    """The poll of a message, whose channel is locked and has the next revision for it."""
    found = Message.objects.filter(pk=message_id, deleted_at=None).select_related("channel__group").first()
    if found is None or (found.card or {}).get("kind") != "poll":
        raise Gone
    who = access.acting(actor, found.channel.group_id)
    who.require(needs)
    broadcasts.mark(found.channel_id)
    place = locks.take_change(found.channel_id)
    card: dict[str, Any] = found.card or {}
    ends_at = parse_datetime(card["ends_at"]) if card.get("ends_at") else None
    fields = {"options": card["options"], "is_multiple": card["multiple"], "ends_at": ends_at}
    poll, _is_new = Poll.objects.get_or_create(
        message=found, defaults={**fields, "counts": [0] * len(card["options"]), "created_at": found.created_at}
    )
    found.revision = place.revision
    found.save(update_fields=["revision"])
    return poll, found


def _count(poll: Poll) -> None:
    """The votes again, from their rows."""
    rows = PollVote.objects.filter(poll=poll).values_list("option").annotate(Count("id"))
    counts = dict(rows)
    poll.counts = [counts.get(place, 0) for place in range(len(poll.options))]
    poll.voters = PollVote.objects.filter(poll=poll).values("user").distinct().count()
    poll.save(update_fields=["counts", "voters"])
