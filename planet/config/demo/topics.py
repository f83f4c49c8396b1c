"""Who follows which topics of the demo planet, and what is talked about when it wakes up."""

import random
from collections import Counter
from typing import Any

from django.db import connection

from discover import actions as discover
from planet.config.demo.copying import copy
from planet.config.demo.store import Store
from posts.models import Tag, TopicFollow

_COUNT = """
UPDATE posts_tag t SET followers_count = f.n
  FROM (SELECT tag_id, count(*) AS n FROM posts_topicfollow GROUP BY tag_id) f WHERE f.tag_id = t.id
"""


def write(store: Store) -> None:
    """Everybody follows a few topics, the popular ones more often. Call inside a transaction, after `store.write`."""
    rng = random.Random(7)
    said = Counter(entry.facts.topic for entry in store.world.entries if entry.facts)
    tags = {tag.name: tag.pk for tag in Tag.objects.filter(kind=Tag.Kind.TOPIC)}
    topics = [name for name, _ in said.most_common() if name.lower() in tags]
    weights = [said[name] for name in topics]
    rows: list[dict[str, Any]] = []
    for person, key in store.users.items():
        chosen = set(rng.choices(topics, weights, k=rng.randint(1, 6)))
        for name in sorted(chosen):
            hours = rng.uniform(1, max(2.0, min(person.joined_hours, 600)))
            rows.append({"follower_id": key, "tag_id": tags[name.lower()], "created_at": store.at(hours)})
    rows.sort(key=lambda row: row["created_at"])
    copy(TopicFollow, rows)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT)
        # The commit indexes every post for search. Uncounted, the tables look empty, and each post would walk them all.
        cursor.execute(
            "ANALYZE posts_post, posts_posttag, posts_tag, posts_postpicture, posts_postblock, posts_article,"
            " posts_video"
        )


def count(store: Store) -> None:
    """What the clock would have counted. After the trust of people is known."""
    discover.count_trends(now=store.now)
