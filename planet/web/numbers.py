"""How figures are written: short where space is short, signed where direction matters."""

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import get_language

MINUS = "\N{MINUS SIGN}"
_STEPS = ((10**9, "B"), (10**6, "M"), (10**3, "K"))
_STEPS_ZH = ((10**8, "亿"), (10**4, "万"))


def compact(value: int) -> str:
    """1284 → 1.3K, 388,204 → 388K; one decimal below a hundred. Chinese counts in 万 and 亿. Mirrored in format.js."""
    if value < 1000:
        return str(value)
    steps = _STEPS_ZH if (get_language() or "").startswith("zh") else _STEPS
    for index, (size, unit) in enumerate(steps):
        # 999,500 would round to 1000K: what rounds up to the next unit belongs to it.
        lower = steps[index + 1][0] if index + 1 < len(steps) else 0
        if value >= size - lower // 2:
            short = Decimal(value) / size
            text = f"{short:.0f}" if short >= 100 else f"{short:.1f}".removesuffix(".0")
            return f"{text}{unit}"
    return str(value)


def signed(value: Decimal | float, decimals: int = 2) -> str:
    """+1,284.50, −3.20 (U+2212), 0.00: never a bare hyphen, never −0."""
    exact = round(Decimal(str(value)), decimals)
    sign = "+" if exact > 0 else MINUS if exact < 0 else ""
    return sign + number_format(abs(exact), decimals, use_l10n=True, force_grouping=True)


def share(part: int, whole: int) -> int:
    """Per cent, 0 to 100; of nothing it is 0."""
    return round(100 * part / whole) if whole else 0
