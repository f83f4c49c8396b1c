"""Programs in the demo's groups: a bot that watches funding, and a webhook by which prices call."""

import random
import uuid
from collections.abc import Sequence
from typing import Any, Final

from groups.actions import bots
from groups.models import Channel, Group, Message
from groups.scopes import Scope
from planet.accounts.models import User
from planet.config.demo.copying import copy, uuid7_at
from planet.config.demo.store import Store

GROUP: Final = "perp_room"
CHANNEL: Final = "Levels"
FUNDING: Final = (
    (0.19, "**Funding, last 8 h**\n$BTC 0.0100 % · $ETH 0.0087 % · $SOL 0.0142 %\nHighest: $SOL, third time in a row."),
    (0.11, "**Open interest** $SOL +4.2 % in an hour, price +0.3 %. Somebody is early."),
)
ALERTS: Final = (
    (0.15, "$SOL crossed **206.00** from above. Level by Tomo Ishida, written yesterday 21:40."),
    (0.06, "$SOL back above **206.00** after 9 min."),
)


def write(store: Store) -> None:
    """Add both, and let them speak last in their channel. Call after what people say there was written."""
    group = Group.objects.select_related("owner").get(handle=GROUP)
    channel = Channel.objects.get(group=group, name=CHANNEL)
    owner, now = group.owner, store.at(48)
    scopes = Scope.SEND | Scope.READ
    watch = bots.make_bot(actor=owner, group_id=group.pk, name="Funding watch", scopes=scopes, now=now)
    alerts = bots.make_webhook(actor=owner, group_id=group.pk, channel_id=channel.pk, name="Price alerts", now=now)
    said = [(hours, watch.bot.user, text) for hours, text in FUNDING]
    said += [(hours, alerts.bot.user, text) for hours, text in ALERTS]
    copy(Message, _rows(store, channel, sorted(said, key=lambda line: -line[0])))


def _rows(store: Store, channel: Channel, said: Sequence[tuple[float, User, str]]) -> list[dict[str, Any]]:
    rng = random.Random(97)
    number = Message.objects.filter(channel=channel).count()
    return [
        {
            "id": uuid7_at(store.at(hours), rng),
            "channel_id": channel.pk,
            "number": place,
            "revision": place,
            "author_id": author.pk,
            "client_id": uuid.UUID(int=rng.getrandbits(128)),
            "text": text,
            "created_at": store.at(hours),
            "mentioned": [],
            "reactions": {},
        }
        for place, (hours, author, text) in enumerate(said, start=number + 1)
    ]
