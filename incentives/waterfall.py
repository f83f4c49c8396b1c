"""What became of attention on its way to points, in words and bars: for an estimate, a week, and one post."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from django.utils.formats import number_format
from django.utils.translation import gettext as _

NANO = 10**9
RARE: Final = 3  # what fewer people gave is shown as its sum alone: the parts would tell what one of them did


class Worked(Protocol):
    """What has the steps: a prospect, an item."""

    viewers: int
    effect: int
    felt: int
    worth: int
    budget: int
    mutual: int
    linked: int
    standing: int
    points: int


@dataclass(frozen=True)
class Step:
    """One step: what it is called and why it is done, what is left after it, and the bars for that in per mille."""

    name: str
    reason: str
    left: str
    is_change: bool
    change: str  # with its sign; empty for none
    width: int
    was: int


def steps(worked: Worked) -> list[Step]:
    """From what people did to points, in the order of the rules."""
    left = list(_steps(worked))
    most = max(amount for _, _, amount in left) or 1
    found: list[Step] = []
    for place, (name, reason, amount) in enumerate(left):
        was = left[place - 1][2] if place else amount
        found.append(
            Step(
                name=name,
                reason=reason,
                left=points(amount),
                is_change=amount != was,
                change=_signed(amount - was),
                width=1000 * amount // most,
                was=1000 * max(was, amount) // most,
            )
        )
    return found


def _steps(worked: Worked) -> Iterator[tuple[str, str, int]]:
    yield _("Everything that counts"), _("minutes, likes, comments and the rest, by their weights"), worked.effect
    yield _("One person, many posts"), _("of what one person gives you, the square root"), worked.felt
    yield _("Whose attention it is"), _("by how far each person is trusted"), worked.worth
    left = worked.worth - worked.budget
    yield _("What one person can give"), _("whoever gives to many gives less to each"), left
    left -= worked.mutual
    yield _("Given both ways"), _("between people who give each other"), left
    left -= worked.linked
    yield _("Linked accounts"), _("count together; your own do not count"), left
    yield _("Your standing"), _("upheld reports lower it"), left - worked.standing


def points(nano: int, places: int = 1) -> str:
    """Points as people read them, cut, not rounded."""
    unit = NANO // 10**places
    whole, rest = divmod(nano // unit, 10**places)
    return number_format(f"{whole}.{rest:0{places}}", decimal_pos=places, force_grouping=True)


def _signed(nano: int) -> str:
    if not nano:
        return ""
    return f"+{points(nano)}" if nano > 0 else f"−{points(-nano)}"
