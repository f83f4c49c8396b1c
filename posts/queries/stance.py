"""What people think of an asset today."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from posts.models import Stance, StanceCount

THIN: Final = 10  # with fewer votes a share says nothing, and says who said it


@dataclass(frozen=True)
class Mood:
    """Today's votes, and the viewer's own. The shares are None while the votes are thin."""

    total: int
    mine: bool | None
    bull_percent: int | None

    @property
    def bear_percent(self) -> int | None:
        """The others."""
        return None if self.bull_percent is None else 100 - self.bull_percent

    @property
    def missing(self) -> int:
        """How many votes more until it is shown."""
        return max(0, THIN - self.total)


def mood(*, symbol: str, day: date, viewer_id: UUID | None) -> Mood:
    """An asset's stance on a UTC day; two queries, one for a guest."""
    counted = StanceCount.objects.filter(symbol=symbol, day=day).values_list("bulls", "bears").first() or (0, 0)
    mine = None
    if viewer_id:
        mine = Stance.objects.filter(user=viewer_id, symbol=symbol, day=day).values_list("is_bull", flat=True).first()
    total = sum(counted)
    return Mood(total, mine, round(counted[0] * 100 / total) if total >= THIN else None)
