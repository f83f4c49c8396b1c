"""Test funds of the demo accounts, and what some readers gave for posts: by the same actions as everybody's."""

import datetime as dt
from typing import Final
from uuid import UUID

from creators.models import Creator
from creators.tipping import PROFILE
from planet.accounts.models import User
from planet.cashier.actions.depositing import credit
from planet.cashier.providers.sandbox import Sandbox
from planet.tips.actions import send
from posts.models import Post
from posts.tipping import POST

USDT: Final = 1_000_000
FUNDS: Final = 250 * USDT
# Who gave ines what, for which of her newest posts (None: for all she does), with which words.
GIVEN: Final[tuple[tuple[str, int, int | None, str], ...]] = (
    ("jonah", 5, 0, "The funding table alone was worth it."),
    ("tomo_perp", 20, 0, "Saved me a bad entry."),
    ("weilan", 12, 1, "谢谢，解释得很清楚。"),
    ("sofiareis", 50, None, "For a year of good reading."),
    ("ravi_ledger", 1, 2, ""),
)
UNNAMED: Final = frozenset({"ravi_ledger"})


def write(people: dict[str, UUID], *, now: dt.datetime) -> None:
    """Give out test funds, and some of them on. `people` are ids by handle."""
    users = {user.handle: user for user in User.objects.filter(pk__in=people.values())}
    ines = Creator.objects.select_related("user").get(user=users["ines"])
    Creator.objects.filter(pk=ines.pk).update(shows_tips=True)
    posts = list(Post.objects.filter(creator=ines, repost_of=None, part=0, deleted_at=None).order_by("-id")[:3])
    for handle in ("ines", *(giver for giver, *_ in GIVEN)):
        credit(user=users[handle], provider=Sandbox.name, external_id=f"{people[handle]}:1", units=FUNDS, now=now)
    for handle, amount, place, message in GIVEN:
        about, thing = (PROFILE, ines.user) if place is None else (POST, posts[place])
        send(
            actor=users[handle], about=about, thing=thing, units=amount * USDT, number=1, message=message,
            is_named=handle not in UNNAMED, now=now,
        )  # fmt: skip
