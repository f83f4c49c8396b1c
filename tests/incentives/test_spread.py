"""How a week spread, from the awards that were computed; and that the page says it."""

from django.test import Client
from django.urls import reverse

from incentives.actions.computing import compute
from incentives.actions.freezing import freeze
from incentives.actions.going_on import go_on
from incentives.models import Award, Settlement
from incentives.simulation import gini
from incentives.spread import Part, spread
from tests.incentives.conftest import CLOSED, USDT, WEEK, Pool
from tests.incentives.test_admin import text
from tests.incentives.test_running import say_yes


def computed(week: Pool) -> Settlement:
    freeze(week=WEEK, now=CLOSED)
    return compute(week=WEEK, now=CLOSED)


def test_one_who_gets_all_is_one_part_of_all(week: Pool) -> None:
    found = spread(computed(week))
    assert found is not None
    assert found.parts == [Part(1, 1, 100 * USDT, 1000)]
    assert (found.gini_permille, found.first_permille) == (0, 1000)


def test_a_few_are_a_part_each_and_as_unequal_as_the_simulation_says(week: Pool) -> None:
    for seconds, creator in ((180, "carol"), (120, "dora")):
        week.watched("bob", creator, seconds=seconds)
    found = spread(computed(week))
    assert found is not None
    amounts = sorted((one or 0 for one in Award.objects.values_list("amount_units", flat=True)), reverse=True)
    assert [part.units for part in found.parts] == amounts
    assert found.gini_permille == int(1000 * gini(amounts))
    assert 0 < found.gini_permille < 1000


def test_many_are_ten_parts_and_the_first_ten_do_not_have_all(week: Pool) -> None:
    for number in range(10):
        week.watched("bob", f"creator{number}")
    found = spread(computed(week))
    assert found is not None
    assert [part.creators for part in found.parts] == [2, *[1] * 9]
    assert found.first_permille == 909  # ten of eleven equals


def test_a_week_in_which_nobody_earned_did_not_spread(pool: Pool) -> None:
    pool.policy(base_units=0)
    pool.watched("bob", "alice")
    assert spread(computed(pool)) is None


def test_everybody_sees_how_a_paid_week_spread(week: Pool) -> None:
    go_on(now=CLOSED)
    say_yes(week, WEEK)
    go_on(now=CLOSED)
    shown = text(Client().get(reverse("pool_week", args=["2026-W46"])))
    assert "How it spread" in shown
    assert "Gini 0.000 · the first ten got 100.0 %" in shown
