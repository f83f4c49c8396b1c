"""What polls of every kind share: who sees the result, and how it is written."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from posts.blocks.base import State


def percentages(votes: Sequence[int]) -> list[int]:
    """Whole percents that sum to 100 (largest remainders first, then the earlier option); zeros without a vote."""
    total = sum(votes)
    if not total:
        return [0] * len(votes)
    shares = [count * 100 // total for count in votes]
    by_remainder = sorted(range(len(votes)), key=lambda place: (-(votes[place] * 100 % total), place))
    for place in by_remainder[: 100 - sum(shares)]:
        shares[place] += 1
    return shares


def has_ended(state: State, ends_at: datetime) -> bool:
    """Whether voting is over."""
    return state.now is not None and state.now >= ends_at


def result(votes: Sequence[int]) -> dict[str, Any]:
    """Counts as they are sent to browsers that may see them."""
    return {"votes": list(votes), "percents": percentages(votes), "total": sum(votes)}


def ballot(state: State, labels: Sequence[object], ends_at: datetime) -> dict[str, Any]:
    """Options and, once the viewer has voted or the vote is over, how many chose each."""
    ended = has_ended(state, ends_at)
    is_open = not ended and state.mine is None
    is_shown = state.now is not None and not is_open
    shown = result(state.votes) if is_shown else None
    return {
        "is_open": is_open,
        "is_shown": is_shown,
        "ended": ended,
        "ends_at": ends_at,
        "left": remaining(ends_at - state.now) if state.now and not ended else "",
        "total": sum(state.votes),
        "options": [
            {
                "number": number,
                "label": label,
                "mine": state.mine == number,
                "percent": shown["percents"][number] if shown else 0,
                "leads": bool(shown and shown["total"] and shown["votes"][number] == max(shown["votes"])),
            }
            for number, label in enumerate(labels)
        ],
    }


def remaining(left: timedelta) -> str:
    """19 hours left."""
    minutes = max(1, int(left.total_seconds()) // 60)
    if minutes < 60:
        return ngettext("%(n)d minute left", "%(n)d minutes left", minutes) % {"n": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(n)d hour left", "%(n)d hours left", hours) % {"n": hours}
    return _("%(n)d days left") % {"n": hours // 24}
