"""What is counted, and how its base units are written for people. Amounts are integers; a float never comes near."""

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
