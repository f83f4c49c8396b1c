"""Whatever happens in whatever order, the ledger stays right and says so."""

import itertools
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planet.accounts.models import User
from planet.ledger import holds, verify
from planet.ledger.actions import fold, move, reverse
from planet.ledger.assets import Asset
from planet.ledger.errors import Refused
from planet.ledger.kinds import TIP, AccountKind
from planet.ledger.models import Hold, Transfer
from planet.ledger.queries import balances
from tests.cast import Cast
from tests.factories import fill
from tests.ledger.conftest import NOW

_runs = itertools.count()
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["tip", "hold", "release", "capture", "expire", "reverse", "fold"]),
        st.integers(0, 2),
        st.integers(0, 2),
        st.integers(1, 60),
    ),
    min_size=5,
    max_size=20,
)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_nothing_is_made_and_nothing_is_lost(  # noqa: C901  # every step that there is
    cast: Cast, steps: list[tuple[str, int, int, int]]
) -> None:
    people, run = [cast.alice.user, cast.bob, cast.charlie], next(_runs)
    purses = [fill(person, 100) for person in people]
    had = total(people)

    def step(number: int, what: str, one: int, other: int, units: int) -> None:
        key, actor = f"{run}-{number}", people[one]
        made = Transfer.objects.filter(kind="tip").order_by("-pk").first()
        held = Hold.objects.order_by("-pk").first()
        if what == "tip" and one != other:
            move(kind=TIP, source=purses[one], target=purses[other], units=units, key=key, actor=actor, now=NOW)
        elif what == "hold":
            soon = NOW + timedelta(minutes=units)
            holds.place(owner=actor, asset=Asset.USDT, units=units, expires_at=soon, key=key, now=NOW)
        elif what == "release" and held:
            holds.release(hold=held, actor=actor, now=NOW)
        elif what == "capture" and held:
            holds.capture(hold=held, target=purses[other], units=units, actor=actor, now=NOW)
        elif what == "expire":
            holds.expire(now=NOW + timedelta(minutes=units))
        elif what == "reverse" and made:
            reverse(original=made, key=key, actor=actor, now=NOW)
        elif what == "fold":
            fold(account_id=purses[one].pk)

    for number, (what, one, other, units) in enumerate(steps):
        try:
            step(number, what, one, other, units)
        except Refused:
            continue

    assert total(people) == had
    assert list(verify.findings()) == []


def total(people: list[User]) -> int:
    """What all of them have; none of it below zero."""
    every = [units for person in people for units in balances(owner=person)[0].units.values()]
    assert min(every) >= 0
    assert AccountKind.ACCRUED in balances(owner=people[0])[0].units
    return sum(every)
