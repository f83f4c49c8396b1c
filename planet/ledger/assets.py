"""What is counted, and how its base units are written for people. Amounts are integers; a float never comes near."""

from django.conf import settings
from django.db import models

LARGEST = 10**30  # base units in one leg; what a column holds is larger by far


class Asset(models.TextChoices):
    """Everything that the ledger keeps."""

    USDT = "USDT", "USDT"
    POINTS = "POINTS", "POINTS"

    @property
    def decimals(self) -> int:
        """How many of a base unit's digits stand behind the point."""
        return _DECIMALS[self]


_DECIMALS = {Asset.USDT: 6, Asset.POINTS: 0}


def written(units: int, asset: Asset) -> str:
    """Base units as an exact decimal: 1234500 of USDT is "1.234500"."""
    # In integers: a Decimal would round what has more digits than its context.
    whole, rest = divmod(abs(units), 10**asset.decimals)
    sign = "-" if units < 0 else ""
    return f"{sign}{whole}.{rest:0{asset.decimals}d}" if asset.decimals else f"{sign}{whole}"


def brief(units: int, asset: Asset) -> str:
    """The same, exact too, without the zeros that say nothing and with at least two decimals or none: "1.50", "5"."""
    whole, _, rest = written(units, asset).partition(".")
    rest = rest.rstrip("0")
    return f"{whole}.{rest:0<2}" if rest else whole


def is_test_money() -> bool:
    """Whether what people have is the sandbox's, worth nothing: every page that shows it must say so."""
    return settings.WALLET_PROVIDER == "sandbox"
