"""What the steps of a settlement share: one process at a time, and the row as it stands."""

from datetime import date
from typing import Final

from django.db import connection

from incentives.errors import Busy, NoPolicy
from incentives.models import Settlement, State

_LOCK: Final = 7_305_101  # of all steps of all weeks among themselves; any number nobody else uses
ORDER: Final = list(State)


def locked(week: date) -> Settlement:
    """The week's settlement, this process alone at it until the transaction ends. Raises Busy, NoPolicy."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            raise Busy(week)
        # The files are read, worked out and stored in it: for longer than the database lets others be idle.
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    settlement = Settlement.objects.select_for_update(of=("self",)).select_related("policy").filter(week=week).first()
    if settlement is None:
        raise NoPolicy(week)
    return settlement


def is_past(settlement: Settlement, state: State) -> bool:
    """Whether it stands behind that state."""
    return ORDER.index(State(settlement.state)) > ORDER.index(state)
