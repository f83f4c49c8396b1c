"""Automatic moderation: what is looked at before a message is written."""

from dataclasses import dataclass
from datetime import datetime

from groups.access import Standing
from groups.automod.unanswered import reason_to_wait
from groups.models import Channel, Message


@dataclass(frozen=True)
class Draft:
    """A message that is about to be written, or (`message` given) to get another text."""

    channel: Channel
    text: str
    mentions: int  # how many people it names
    now: datetime
    message: Message | None = None


@dataclass(frozen=True)
class Verdict:
    """What becomes of a draft. `reason` is told to its author; `rule` names what it struck, "" for nothing."""

    stops: bool = False
    reason: str = ""
    rule: str = ""


PASS = Verdict()


def check(draft: Draft, who: Standing) -> Verdict:
    """Look at a draft, outside any transaction; what this writes down stays, whatever becomes of the message."""
    if draft.channel.group.is_direct:
        reason = "" if draft.message else reason_to_wait(draft.channel, who.member.user)
        return Verdict(stops=True, reason=reason) if reason else PASS
    return PASS


def noted(verdict: Verdict, message: Message) -> None:
    """A message that struck a rule was written all the same; call it in its transaction."""
