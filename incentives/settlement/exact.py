"""Roots and quotients of whole columns, to the unit: a float guesses, whole numbers decide.

NANO · E and value · p do not fit into 64 bits. They need not: the arithmetic of columns is modulo 2⁶⁴, so the
difference of two numbers that are too large is right as soon as the difference itself fits. The guess is never more
than one beside the truth (each of its steps is off by a part in 2⁵³), the difference tells to which side, and what is
left when it is mended proves it.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from incentives.settlement.frozen import NANO

Column = NDArray[np.int64]

_QUOTIENT: Final = float(1 << 50)  # five steps of a float, each off by a part in 2⁵³, stay within one of it


class Doubtful(Exception):
    """These columns cannot be worked out with certainty; the rows can."""


def sure(certain: bool | np.bool_) -> None:
    """Raises Doubtful when it is not so."""
    if not certain:
        raise Doubtful


def fits(number: int) -> bool:
    """Whether 64 bits hold it, and its double too."""
    return number < 1 << 62


def fitting(column: Column) -> int:
    """The sum of numbers that are not negative; Doubtful when 64 bits might not hold it."""
    sure(fits(int(column.max(initial=0)) * len(column)))
    return int(column.sum())


def roots(totals: Column) -> Column:
    """isqrt(10⁹ · E) of each E, from 0 up to what 64 bits hold: roots below 2⁴⁷."""
    found = np.sqrt(totals.astype(np.float64) * NANO).astype(np.int64)
    left = totals * NANO - found * found
    found = found - (left < 0) + (left > 2 * found)
    left = totals * NANO - found * found
    sure(((left >= 0) & (left <= 2 * found)).all())
    return found


def quotients(one: Column, other: Column | int, divisor: Column | int) -> Column:
    """⌊one · other / divisor⌋ of each line, nothing negative and no divisor 0; Doubtful from 2⁵⁰ on."""
    sure(fits(int(np.max(divisor, initial=1))))
    about = one.astype(np.float64) * other / divisor
    sure(about.max(initial=0) < _QUOTIENT)
    found = about.astype(np.int64)
    left = one * other - found * divisor
    found = found - (left < 0) + (left >= divisor)
    left = one * other - found * divisor
    sure(((left >= 0) & (left < divisor)).all())
    return found
