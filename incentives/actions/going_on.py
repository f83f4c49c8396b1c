"""What the clock does: the oldest week that is not paid goes as far as it can, then the next one."""

from datetime import datetime
from typing import Final

from incentives import queries
from incentives.actions.computing import compute
from incentives.actions.freezing import freeze
from incentives.actions.paying import pay
from incentives.errors import Waits
from incentives.models import State
from incentives.weeks import name_of

WEEKS_AT_ONCE: Final = 60  # more than a year of missed weeks


def go_on(*, now: datetime) -> list[tuple[str, str]]:
    """Take every week that is over as far as it goes, the oldest first; what each stands at, or waits for."""
    found: list[tuple[str, str]] = []
    for _ in range(WEEKS_AT_ONCE):
        week = queries.next_due(now)
        if week is None:
            break
        name = name_of(week)
        try:
            freeze(week=week, now=now)
            settlement = compute(week=week, now=now)
            if settlement.state == State.APPROVED:
                settlement = pay(week=week, now=now)
        except Waits as waits:
            found.append((name, type(waits).__name__))
            break
        found.append((name, settlement.state))
        if settlement.state != State.PAID:
            break
    return found
