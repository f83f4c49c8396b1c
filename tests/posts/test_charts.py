"""The geometry of bars."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planet.web.numbers import share
from posts.charts import HEIGHT, LEAST, ceiling, chart


@given(st.lists(st.integers(min_value=0, max_value=10**12), max_size=40))
def test_every_bar_is_inside_its_place_and_as_high_as_its_value(values: list[int]) -> None:
    drawn = chart([(str(place), value) for place, value in enumerate(values)])
    for place, bar in enumerate(drawn.bars):
        assert place <= bar.x
        assert bar.x + bar.width <= place + 1
        assert 0 <= bar.height <= HEIGHT
        assert bar.y + bar.height == pytest.approx(HEIGHT, abs=0.02)
        assert (bar.height == 0) == (bar.value == 0)
        assert bar.height == pytest.approx(bar.value / drawn.top * HEIGHT, abs=LEAST)
    assert drawn.is_empty == (not any(values))


@pytest.mark.parametrize(
    ("most", "top"), [(0, 1), (1, 1), (3, 3), (7, 8), (10, 10), (11, 20), (51, 60), (199_999, 200_000)]
)
def test_an_axis_ends_at_a_round_number(most: int, top: int) -> None:
    assert ceiling(most) == top


def test_a_share_of_nothing_is_nothing() -> None:
    assert (share(1, 3), share(2, 3), share(0, 0)) == (33, 67, 0)
