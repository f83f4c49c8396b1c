"""What the demo planet's people have not published yet, and the threads they have."""

import datetime as dt
import random
import uuid
from typing import Final

from django.db.models import F

from creators.models import Creator
from planet.config.demo.copying import uuid7_at
from planet.config.demo.store import Store
from posts.actions.texts import mentioned, set_mentions, set_tags
from posts.models import Draft, Post
from posts.text import tokenise

WRITER: Final = "ines"

DRAFTS: Final[tuple[tuple[int, tuple[str, ...]], ...]] = (
    (2, ("Three things I got wrong about $ETH restaking this year, in the order in which they cost me:\n\n1.",)),
    (26, ("Reading list for anybody who asks me about basis trades", "Start with the boring one:")),
    (75, ("Draft, do not publish: what the #funding desk told me",)),
)
# In how many hours it goes out.
PLANNED: Final[tuple[tuple[int, tuple[str, ...]], ...]] = (
    (19, ("Weekly funding map: $BTC, $ETH and $SOL on four venues. Same table as every Monday.",)),
    (67, ("The unlock calendar for next month, with what it means for depth.", "First, the small ones.")),
)
# (handle, how many hours ago, its posts)
THREADS: Final[tuple[tuple[str, float, tuple[str, ...]], ...]] = (
    (
        "ines",
        5.2,
        (
            "How I read a funding flip in ten minutes. A thread, with $SOL as the example.",
            (
                "First: which venue flipped? If only one did, it is that venue's inventory, not the market. Look at "
                "the spread between the largest two before you say #funding to anybody."
            ),
            (
                "Second: open interest. A flip with rising interest is new shorts; with falling interest it is longs "
                "who left. These are opposite stories with the same sign."
            ),
            "Third: the basis on the dated future. If it did not move, nobody with a balance sheet believes the flip.",
            "Only when all three agree do I do anything at all. Most weeks they do not, and I go for a walk.",
        ),
    ),
    (
        "ravi_ledger",
        31.5,
        (
            "Proof of reserves, and what it does not prove. Short thread.",
            "It proves that somebody could sign with those keys on that day. It says nothing about what is owed.",
            "So ask for liabilities, by the same auditor, at the same block. #reserves",
        ),
    ),
)


def write(store: Store) -> None:
    """Call inside a transaction, after `store.write`."""
    rng = random.Random(29)
    writer = store.users[store.by_handle[WRITER]]
    for hours, texts in DRAFTS:
        _draft(writer, texts, store.now - dt.timedelta(hours=hours), rng)
    for hours, texts in PLANNED:
        draft = _draft(writer, texts, store.now - dt.timedelta(hours=9), rng)
        at = (store.now + dt.timedelta(hours=hours)).replace(minute=0, second=0, microsecond=0)
        draft.state, draft.publish_at, draft.time_zone = Draft.State.SCHEDULED, at, "Europe/Lisbon"
        draft.save()
    for handle, ago, texts in THREADS:
        _thread(store.users[store.by_handle[handle]], texts, store.now - dt.timedelta(hours=ago), rng)


def _draft(writer: uuid.UUID, texts: tuple[str, ...], at: dt.datetime, rng: random.Random) -> Draft:
    content = {"text": [texts[0]], **({"part": list(texts[1:])} if texts[1:] else {})}
    pk = uuid.UUID(int=rng.getrandbits(128), version=4)
    return Draft.objects.create(pk=pk, creator_id=writer, content=content, created_at=at, saved_at=at)


def _thread(author: uuid.UUID, texts: tuple[str, ...], at: dt.datetime, rng: random.Random) -> None:
    first: Post | None = None
    for place, text in enumerate(texts):
        post = Post.objects.create(
            id=uuid7_at(at + dt.timedelta(milliseconds=place), rng),  # the parts after the first
            creator_id=author,
            client_id=uuid.UUID(int=rng.getrandbits(128), version=4),
            text=text,
            thread=first,
            part=place,
            language="en",
            created_at=at,
        )
        first = first or post
        tokens = tokenise(text)
        set_tags(post, tokens)
        set_mentions(post, mentioned(tokens, author_id=author))
    Creator.objects.filter(pk=author).update(posts_count=F("posts_count") + len(texts))
