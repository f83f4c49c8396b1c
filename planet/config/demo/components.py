"""The demo's components: ideas that were followed, polls that people voted on, charts, prices, and what they expect.

Prices and levels come from the market at the time of each post, so every card tells what that market did afterwards.
"""

import datetime as dt
import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db.models import F

from creators.models import Creator
from planet.accounts.models import User
from planet.config.demo.copying import uuid7_at
from planet.config.demo.store import Store
from planet.config.demo.world import Person
from planet.markets import queries
from planet.markets.figures import price as written
from posts import blocks
from posts.actions.texts import set_tags
from posts.models import BlockVote, Like, Post, PostBlock, Stance, StanceCount
from posts.text import tokenise

Raw = dict[str, Any]


@dataclass(frozen=True)
class Piece:
    """A post with a component: `data` is what its editor would have sent, levels in percent of the price then."""

    hours: float
    text: str
    data: Raw
    levels: Sequence[float] = ()  # entry, stop, targets
    votes: Sequence[int] = field(default_factory=list)  # how the votes lean


def _idea(symbol: str, side: str, horizon: str) -> Raw:
    return {"kind": "idea", "symbol": symbol, "side": side, "horizon": horizon}


PIECES: Final = (
    Piece(
        150,
        "${symbol} has sold the same level three times and bought it back three times. I take the fourth. Stop below "
        "the shelf, thirds at each target, and I do not touch it in between.",
        _idea("ETH", "long", "14d"),
        (-0.4, -3.2, 2.4, 5.1, 8.8),
    ),
    Piece(
        96,
        "Everybody I know is long ${symbol} with the same stop. That is a reason to be on the other side of it, small.",
        _idea("SOL", "short", "7d"),
        (0.6, 3.9, -3.1, -6.0),
    ),
    Piece(
        71,
        "Where does ${symbol} close the week? The desk is split, so I ask the room.",
        {
            "kind": "poll",
            "options": ["Above 125,000", "118,000 to 125,000", "110,000 to 118,000", "Below 110,000"],
            "runs": "7d",
        },
        votes=(21, 46, 24, 9),
    ),
    Piece(
        52,
        "Up or down from here in two days? I lean one way and will say which when it is over. ${symbol}",
        {"kind": "direction", "symbol": "BTC", "runs": "1d"},
        votes=(58, 42),
    ),
    Piece(
        44,
        "For the record, what the tape looked like before the print. ${symbol} on the hour.",
        {"kind": "chart", "symbol": "BTC", "interval": "1h", "count": "72"},
    ),
    Piece(
        29,
        "Low leverage, wide stop, short leash on time: if ${symbol} has not moved in a week I am out whatever it says.",
        _idea("LINK", "long", "7d"),
        (0.0, -4.4, 4.0, 8.0),
    ),
    Piece(
        19,
        "Watching ${symbol} today. Nothing to do yet.",
        {"kind": "cashtag", "symbol": "HYPE"},
    ),
    Piece(
        11,
        "A quarter-hour chart tells you more about who is trapped than any funding table. ${symbol}, last night.",
        {"kind": "chart", "symbol": "SOL", "interval": "15m", "count": "120"},
    ),
    Piece(
        7,
        "Reclaimed and holding. ${symbol} long while it stays above the stop; two targets, then I am done.",
        _idea("BTC", "long", "7d"),
        (0.15, -1.9, 1.6, 3.4),
    ),
    Piece(
        4.5,
        "Which would you rather hold through Friday?",
        {"kind": "poll", "options": ["BTC", "ETH", "SOL", "Cash, thank you"], "runs": "3d"},
        votes=(38, 17, 24, 21),
    ),
    Piece(
        2.2,
        "${symbol}: up or down by this time tomorrow? One vote, no take-backs.",
        {"kind": "direction", "symbol": "SOL", "runs": "1d"},
        votes=(63, 37),
    ),
    Piece(
        0.6,
        "Fading the first push. ${symbol} short from the open of the hour, tight.",
        _idea("AVAX", "short", "3d"),
        (0.2, 2.6, -2.0, -4.5),
    ),
)  # fmt: skip
MOODS: Final = {"BTC": 0.61, "ETH": 0.55, "SOL": 0.68, "HYPE": 0.72, "LINK": 0.44, "DOGE": 0.37}


def write(store: Store) -> None:
    """Publish them, vote, follow what is to be followed. Inside the caller's transaction."""
    rng = random.Random(len(store.users))
    readers = list(store.users.values())
    for number, (piece, author) in enumerate(zip(PIECES, _authors(store), strict=False)):
        post = _publish(piece, store, author, random.Random(number))
        row = PostBlock.objects.get(post=post)
        if piece.votes:
            _vote(row, rng.sample(readers, min(len(readers), rng.randint(60, 240))), piece, rng)
        _follow(row, store.now)
    _moods(store, rng)


def _authors(store: Store) -> list[Person]:
    """Whom the demo's reader follows first, so that the home page shows them."""
    english = [person for person in store.world.creators if person.language == "en"]
    jonah = store.by_handle.get("jonah")
    followed = [person for person in english if jonah and person in jonah.follows]
    return [*followed, *(person for person in english if person not in followed)]


def _publish(piece: Piece, store: Store, author: Person, rng: random.Random) -> Post:
    at = store.at(piece.hours)
    symbol = piece.data.get("symbol", "BTC")
    actor = User.objects.get(pk=store.users[author])
    new = blocks.clean({**piece.data, **_levels(piece, symbol, at)}, author=actor, now=at)
    text = piece.text.replace("{symbol}", symbol)
    fans = rng.sample(list(store.users.values()), min(len(store.users), rng.randint(12, 60)))
    post = Post.objects.create(
        id=uuid7_at(at, rng),
        creator_id=actor.pk,
        client_id=uuid.UUID(int=rng.getrandbits(128), version=4),
        text=text,
        created_at=at,
        like_count=len(fans),
    )
    set_tags(post, tokenise(text))
    blocks.attach(post, [new], at)
    Like.objects.bulk_create(Like(post=post, user_id=key, created_at=at) for key in fans)
    Creator.objects.filter(pk=actor.pk).update(posts_count=F("posts_count") + 1)
    return post


def _levels(piece: Piece, symbol: str, at: dt.datetime) -> Raw:
    """An idea's levels, so many percent from the price at that time."""
    if not piece.levels:
        return {}
    instrument = queries.instrument(symbol)
    if instrument is None:
        raise LookupError(symbol)
    here = queries.quote(symbol, at).price
    entry, stop, *targets = (
        written(instrument.round(here * (1 + Decimal(str(percent)) / 100)), instrument) for percent in piece.levels
    )
    return {"entry": entry, "stop": stop, "targets": targets}


def _vote(row: PostBlock, voters: list[uuid.UUID], piece: Piece, rng: random.Random) -> None:
    chosen = rng.choices(range(len(piece.votes)), piece.votes, k=len(voters))
    BlockVote.objects.bulk_create(
        BlockVote(block=row, user_id=voter, option=option, created_at=row.created_at)
        for voter, option in zip(voters, chosen, strict=True)
    )
    row.votes = [chosen.count(option) for option in range(len(piece.votes))]
    row.save(update_fields=["votes"])


def _follow(row: PostBlock, now: dt.datetime) -> None:
    """What the clock would have found out until now."""
    block = blocks.find(row.kind)
    while block and row.follow_at and row.follow_at <= now:
        state = blocks.State(row.pk, row.post_id, row.data, row.created_at, row.votes, row.outcome, now=now)
        followed = block.follow(state)
        if followed.outcome == row.outcome and followed.follow_at:
            break
        row.outcome, row.follow_at = followed.outcome, followed.follow_at
    row.save(update_fields=["outcome", "follow_at"])


def _moods(store: Store, rng: random.Random) -> None:
    """What people expect today."""
    day = store.now.date()
    for symbol, share in MOODS.items():
        voters = rng.sample(list(store.users.values()), min(len(store.users), rng.randint(24, 90)))
        said = [rng.random() < share for _ in voters]
        Stance.objects.bulk_create(
            Stance(user_id=voter, symbol=symbol, day=day, is_bull=is_bull, created_at=store.now)
            for voter, is_bull in zip(voters, said, strict=True)
        )
        StanceCount.objects.create(symbol=symbol, day=day, bulls=sum(said), bears=len(said) - sum(said))
