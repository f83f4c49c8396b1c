"""What a viewer's attention is worth (FORMULAS, §3): exact decimals in, nano out."""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache
from typing import Final

TRUST: Final = (Decimal("0.5"), Decimal("0.8"), Decimal("1.0"), Decimal("1.2"))  # by trust level
STANDING: Final = (1000, 500)  # permille, by upheld strikes in force; more strikes are nothing
_EXACT: Final = Context(prec=30, rounding=ROUND_HALF_EVEN)
_NANO: Final = Decimal(10**9)


@lru_cache(1 << 14)
def value_nano(trust_level: int, *, is_active: bool, fees: Decimal, volume: Decimal) -> int:
    """value(u) = trust · (1 + min(2, 0.25·log₁₀(1 + fees) + 0.05·log₁₀(1 + volume/1000))), in nano.

    Fees and volume of the last 30 days in USDT, without wash trades. Raises ValueError for what is no amount.
    """
    if not (fees.is_finite() and volume.is_finite() and fees >= 0 and volume >= 0):
        raise ValueError(f"{fees} and {volume} are no amounts")
    if not is_active:
        return 0
    e = _EXACT
    of_fees = e.multiply(Decimal("0.25"), e.log10(e.add(1, fees)))
    of_volume = e.multiply(Decimal("0.05"), e.log10(e.add(1, e.divide(volume, 1000))))
    bonus = min(Decimal(2), e.add(of_fees, of_volume))
    value = e.multiply(TRUST[trust_level], e.add(1, bonus))
    return int(e.to_integral_value(e.multiply(value, _NANO)))


def standing_permille(strikes: int) -> int:
    """1000 without strikes, 500 with one, 0 with more. Raises ValueError for fewer than none."""
    if strikes < 0:
        raise ValueError(f"{strikes} strikes")
    return STANDING[strikes] if strikes < len(STANDING) else 0
