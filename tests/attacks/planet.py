"""An honest week of a small planet, the attacks on it, and what each of them gains (docs/attacks.md).

Everything is drawn from one seed, so the figures are the same wherever they are worked out. The week is settled by the
real settlement; what it gives for a set of frozen files is what it would give in production.
"""

import random
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

from incentives.settlement.frozen import NANO
from incentives.settlement.statement import settle
from incentives.values import value_nano
from planet.accounts.models import TrustLevel
from tests.incentives.weeks import DEFAULTS, Week, uid

USDT: Final = 10**6
VIEWERS, CREATORS = 1_500, 150
POOL: Final = VIEWERS * USDT  # one USDT for each honest viewer, so that gains read as shares of a person's
CAP_BP: Final = DEFAULTS["cap_bp"]
UNCAPPED: Final = 10_000
BUDGET: Final = DEFAULTS["budget_nano"] // NANO
IDENTITY: Final = 20  # USDT: what a verified identity is assumed to cost an attacker; an account is good for many weeks
WEEKS: Final = 26  # so many, until it is found out
EVERYTHING: Final = {"seconds": 180, "liked": 1, "bookmarked": 1, "comments": 3, "shared": 1, "component": 1}  # e = 16
FILLS: Final = 9  # contents: √(9 · 16) = 12, the budget


def worth(level: TrustLevel, fees: int = 0) -> int:
    """What the attention of such an account is worth, in nano; volume is what fees of a tenth of a per cent say."""
    return value_nano(level, is_active=True, fees=Decimal(fees), volume=Decimal(1000 * fees))


FRESH: Final = worth(TrustLevel.BASIC)  # a day old: all that a new identity needs


@cache
def honest() -> Week:
    """People of all kinds: few creators have most of the attention, some readers give much and most give little."""
    chance = random.Random(2026)
    week = Week(policy={"pool_units": POOL})
    makers = [f"creator {number}" for number in range(CREATORS)]
    fame = [1 / (place + 3) for place in range(CREATORS)]
    for maker in makers:
        week.creator(maker)
    for number in range(VIEWERS):
        viewer = f"viewer {number}"
        level = chance.choices([TrustLevel.NEW, TrustLevel.BASIC, TrustLevel.MEMBER, TrustLevel.REGULAR], [1, 3, 4, 2])[
            0
        ]
        week.viewer(viewer, worth(level))
        for _ in range(min(40, 1 + int(chance.lognormvariate(2.0, 0.8)))):
            week.did(
                viewer, chance.choices(makers, fame)[0], f"post {chance.randrange(6)}",
                seconds=min(180, int(chance.lognormvariate(3.6, 0.9))),
                liked=int(chance.random() < 0.35), bookmarked=int(chance.random() < 0.08),
                comments=int(chance.random() < 0.08), shared=int(chance.random() < 0.03),
                component=int(chance.random() < 0.05),
            )  # fmt: skip
    return week


@dataclass
class Attack:
    """An attack under way: the week with it, and who is paid by it."""

    week: Week
    paid: list[str] = field(default_factory=list)
    accounts: list[str] = field(default_factory=list)
    given: list[dict[str, int]] = field(default_factory=list)
    fees: int = 0  # USDT

    def creator(self, name: str, *, cluster: str = "") -> str:
        """A creator whose money is the attacker's."""
        self.week.creator(name, cluster=cluster)
        self.paid.append(name)
        return name

    def account(self, name: str, value: int = FRESH, *, cluster: str = "") -> str:
        """An account of the attacker's."""
        self.week.viewer(name, value, cluster)
        self.accounts.append(name)
        return name

    def gives(self, account: str, creator: str, contents: int = FILLS, **done: int) -> None:
        """What that account does with each of so many contents; everything there is, unless said."""
        for number in range(contents):
            self.week.did(account, creator, f"bait {number}", **(done or EVERYTHING))
            self.given.append(done or EVERYTHING)


@dataclass(frozen=True)
class Gain:
    """What an attack brought: units, and what it took."""

    units: int
    points: int
    identities: int
    minutes: int
    comments: int
    fees: int = 0

    @property
    def each(self) -> Decimal:
        """USDT for each identity and week."""
        return (Decimal(self.units) / USDT / self.identities).quantize(Decimal("0.001"))

    @property
    def of_cost(self) -> Decimal:
        """What comes back of what the identities cost, in WEEKS weeks, and of the fees."""
        return (Decimal(self.units) / USDT * WEEKS / (self.identities * IDENTITY + self.fees)).quantize(Decimal("0.01"))


def run(made: Callable[[Attack], None], **policy: int) -> Gain:
    """The honest week with this attack in it, settled; the attacker's creators are new, so all they get is gain."""
    week = honest()
    attack = Attack(replace(
        week, policy={**week.policy, **policy}, viewers=dict(week.viewers), creators=dict(week.creators),
        units=dict(week.units),
    ))  # fmt: skip
    made(attack)
    with tempfile.TemporaryDirectory() as made_here:
        lines = {line.creator_id: line for line in settle(attack.week.frozen(Path(made_here))).lines}
    mine = [lines[uid(name)] for name in attack.paid]
    return Gain(
        units=sum(line.amount_units for line in mine),
        points=sum(line.points_nano for line in mine),
        identities=len({*attack.accounts, *attack.paid}),
        minutes=sum(done.get("seconds", 0) for done in attack.given) // 60,
        comments=sum(done.get("comments", 0) for done in attack.given),
        fees=attack.fees,
    )


@cache
def usual() -> Gain:
    """The honest planet itself: what a viewer's week brings the creators."""
    with tempfile.TemporaryDirectory() as made_here:
        lines = settle(honest().frozen(Path(made_here))).lines
    return Gain(
        units=sum(line.amount_units for line in lines),
        points=sum(line.points_nano for line in lines),
        identities=VIEWERS,
        minutes=sum(done[0] for done in honest().units.values()) // 60,
        comments=sum(done[3] for done in honest().units.values()),
    )


# --- the attacks --------------------------------------------------------------------------------------------------


def ring(
    attack: Attack, *, accounts: int = 1000, creators: int = 1, cluster: str = "", contents: int = FILLS, **done: int
) -> None:
    """New identities do everything there is with contents of theirs."""
    paid = [attack.creator(f"front {number}") for number in range(creators)]
    for number in range(accounts):
        attack.gives(attack.account(f"fake {number}", cluster=cluster), paid[number % creators], contents, **done)


def linked_ring(attack: Attack) -> None:
    """The same ring, found out: one cluster."""
    ring(attack, cluster="ring")


def spread_ring(attack: Attack) -> None:
    """The same ring, which pays ten creators, so that no cap bites."""
    ring(attack, creators=10)


def pair(attack: Attack) -> None:
    """Two creators who give each other all they can."""
    around(attack, 2)


def circle_of_three(attack: Attack) -> None:
    """Three creators, each gives to the next."""
    around(attack, 3)


def around(attack: Attack, people: int) -> None:
    """So many creators, each of whom gives all to the next."""
    names = [attack.creator(attack.account(f"friend {number}")) for number in range(people)]
    for name, following in zip(names, [*names[1:], names[0]], strict=True):
        attack.gives(name, following)


def second_identity(attack: Attack, *, cluster: str = "self") -> None:
    """A creator's own second account, verified with somebody else's papers, and linked."""
    attack.gives(attack.account("second", cluster=cluster), attack.creator("owner", cluster=cluster))


def whale(attack: Attack, *, fees: int = 5_000_000) -> None:
    """One account with so much paid in trading fees that its value is the largest there is."""
    attack.fees += fees
    attack.gives(attack.account("whale", worth(TrustLevel.REGULAR, fees)), attack.creator("friend of the whale"))


def comment_spam(attack: Attack) -> None:
    """Ten accounts comment on everything, as often as counts: three times a week each content."""
    ring(attack, accounts=10, contents=16, comments=3)


def dwell_bots(attack: Attack) -> None:
    """Two hundred tabs that are left open on each of forty-eight contents: three minutes of each count."""
    ring(attack, accounts=200, contents=48, seconds=180)


def brigade(attack: Attack) -> None:
    """Three hundred accounts like, share and comment on one post in the last hour."""
    ring(attack, accounts=300, contents=1, seconds=30, liked=1, comments=1, shared=1)


ATTACKS: Final[dict[str, Callable[[Attack], None]]] = {
    "1,000 new identities for one creator": ring,
    "the same, found to be linked": linked_ring,
    "the same, for ten creators": spread_ring,
    "two creators for each other": pair,
    "three creators in a circle": circle_of_three,
    "one's own second identity, linked": second_identity,
    "one whale, 5,000,000 USDT of fees": whale,
    "comment spam, 10 accounts": comment_spam,
    "200 dwell bots": dwell_bots,
    "late brigade of 300": brigade,
}


@cache
def gain(name: str) -> Gain:
    """What the attack of that name brings."""
    return run(ATTACKS[name])


def table() -> Iterator[str]:
    """The lines of the table in docs/attacks.md."""
    for name, found in [("*the honest planet*", usual()), *((name, gain(name)) for name in ATTACKS)]:
        yield (
            f"| {name} | {found.identities:,} | {found.minutes:,} | {found.comments:,} | "
            f"{Decimal(found.units) / USDT:,.2f} | {found.each} | {found.each / usual().each:.2f} × | {found.of_cost} |"
        )


if __name__ == "__main__":
    print("\n".join(table()))  # noqa: T201  # to be put into docs/attacks.md
