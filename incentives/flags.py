"""What is remarkable about a computed week: numbers in, flags out. Nothing is stopped by them; people decide."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

BASIS: Final = 10_000
NOTABLE_BP: Final = 100  # a share below one per cent is nobody's business
JUMP: Final = 5  # times the share of the week before
FEW: Final = 10
CROWD: Final = 20  # creators, below which a few always have most
SHOWN: Final = 100  # flags of a kind


@dataclass(frozen=True, slots=True)
class Found:
    """One flag: its kind, whose award it is about, and the figures behind it."""

    kind: str
    creator: UUID | None
    figures: dict[str, int]


def found(*, now: Mapping[UUID, int], before: Mapping[UUID, int] | None, pool: int, cap_bp: int) -> list[Found]:
    """The flags of a week in which these earned so many units; `before` is the week before, None for the first."""
    total = sum(now.values())
    flags: list[Found] = []
    if before is not None:
        flags += _jumps(now, before, total)
        flags += _new_at_cap(now, before, pool * cap_bp // BASIS)
    top = sum(sorted(now.values(), reverse=True)[:FEW])
    if len(now) > CROWD and 2 * top > total:
        flags.append(Found("concentration", None, {"creators": FEW, "share_bp": top * BASIS // total}))
    if 2 * (pool - total) > pool:
        flags.append(Found("roll_over", None, {"units": pool - total}))
    return flags


def _jumps(now: Mapping[UUID, int], before: Mapping[UUID, int], total: int) -> list[Found]:
    was_total = sum(before.values())
    jumps = []
    for creator, units in now.items():
        share = units * BASIS // total
        was = before.get(creator, 0) * BASIS // was_total if was_total else 0
        if share >= NOTABLE_BP and was and share >= JUMP * was:
            jumps.append(Found("jump", creator, {"share_bp": share, "before_bp": was}))
    return sorted(jumps, key=lambda one: -one.figures["share_bp"])[:SHOWN]


def _new_at_cap(now: Mapping[UUID, int], before: Mapping[UUID, int], cap: int) -> list[Found]:
    new = [Found("new_at_cap", creator, {"units": units}) for creator, units in now.items() if units == cap]
    return [one for one in new if one.creator not in before][:SHOWN]
