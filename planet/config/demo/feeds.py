"""What the demo planet's people say about their feeds: posts for followers, warnings, disclosures, lists, and what they
like among the comments."""

import random
from typing import Any, Final

from django.db import connection

from planet.config.demo.copying import copy
from planet.config.demo.store import Store
from posts import actions
from posts.models import CommentLike, List, ListMember, Post

DAYS: Final = 200  # of posts that get a score
LISTS: Final = ((("Macro desk", True), 9), (("Quiet and good", False), 14))
READERS: Final = ("ines", "jonah")
WARNINGS: Final = ("Liquidation screenshots", "Spoiler: the quarterly numbers", "Loud opinions ahead")

_LANGUAGES: Final = "UPDATE posts_post SET language = CASE WHEN text ~ '[一-鿿]' THEN 'zh-hans' ELSE 'en' END"
_LIKES: Final = """
UPDATE posts_comment c SET like_count = l.n
  FROM (SELECT comment_id, count(*) AS n FROM posts_commentlike GROUP BY comment_id) l WHERE l.comment_id = c.id
"""
# The author's thanks: on busy posts the comment that most people like stands on top.
_PINS: Final = """
UPDATE posts_comment SET pinned_at = created_at + interval '20 minutes' WHERE id IN (
    SELECT DISTINCT ON (c.post_id) c.id FROM posts_comment c JOIN posts_post p ON p.id = c.post_id
     WHERE c.root_id IS NULL AND c.deleted_at IS NULL AND p.comment_count >= 6 AND c.like_count >= 3
       AND c.author_id <> p.creator_id
     ORDER BY c.post_id, c.like_count DESC, c.id)
"""


def write(store: Store) -> None:
    """Call inside a transaction, after `store.write`."""
    rng = random.Random(17)
    _choose(rng)
    _lists(store, rng)
    _likes(store, rng)


def _choose(rng: random.Random) -> None:
    """Some posts are for followers, some are covered, some disclose; none of them is passed on by others."""
    with connection.cursor() as cursor:
        cursor.execute(_LANGUAGES)
    alone = Post.objects.filter(repost_of=None, repost_count=0, part=0, kind=Post.Kind.SHORT, thread=None)
    ids = list(alone.order_by("-pk").values_list("pk", flat=True)[:300])
    for_followers, covered, paid, held = (rng.sample(ids, 12) for _ in range(4))
    Post.objects.filter(pk__in=for_followers).update(audience=Post.Audience.FOLLOWERS)
    for place, pk in enumerate(covered):
        Post.objects.filter(pk=pk).update(warning=WARNINGS[place % len(WARNINGS)])
    Post.objects.filter(pk__in=paid).update(is_promotion=True)
    Post.objects.filter(pk__in=held).update(holds_assets=True)
    Post.objects.filter(pk__in=rng.sample(ids, 8)).update(replies=Post.Replies.FOLLOWERS)
    Post.objects.filter(pk__in=rng.sample(ids, 8)).update(slow_seconds=60)


def _lists(store: Store, rng: random.Random) -> None:
    for handle in READERS:
        owner = store.users[store.by_handle[handle]]
        for (name, is_pinned), size in LISTS:
            made = List.objects.create(owner_id=owner, name=name, created_at=store.now)
            chosen = rng.sample([person for person in store.world.creators if person.handle != handle], size)
            ListMember.objects.bulk_create(
                ListMember(list=made, creator_id=store.users[person], added_at=store.now) for person in chosen
            )
            if is_pinned:
                actions.pin_list(actor=made.owner, list_id=made.pk, on=True, now=store.now)


def _likes(store: Store, rng: random.Random) -> None:
    """A few comments are liked by many, most by nobody."""
    people = sorted(store.users.values())
    rows: list[dict[str, Any]] = [
        {"comment_id": key, "user_id": person, "created_at": store.at(remark.hours * rng.random())}
        for remark, key in store.comments.items()
        for person in rng.sample(people, min(len(people), int(rng.paretovariate(1.3)) - 1, 24))
    ]
    rows.sort(key=lambda row: row["created_at"])
    copy(CommentLike, rows)
    with connection.cursor() as cursor:
        cursor.execute(_LIKES)
        cursor.execute(_PINS)


def count(store: Store) -> None:
    """What the clock would have scored. After the trust of people is known."""
    since = store.at(DAYS * 24)
    actions.score_since(since)
    actions.rank_comments_since(since)
