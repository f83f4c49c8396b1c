"""Who is online: a sorted set of user ids by the moment they count as gone, refreshed by every hub."""

import time
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import redis

from planet.realtime.connection import ONLINE_KEY, client

REFRESH_SECONDS = 20
ONLINE_SECONDS = 50  # two missed refreshes and a bit


def online(user_ids: Iterable[UUID]) -> set[UUID]:
    """Those among `user_ids` who have a socket open, or had within the last minute; nobody when Redis is away."""
    asked = list(user_ids)
    if not asked:
        return set()
    try:
        until = client().zmscore(ONLINE_KEY, [str(user_id) for user_id in asked])
    except redis.RedisError:
        return set()
    now = time.time()
    return {user_id for user_id, moment in zip(asked, until, strict=True) if moment is not None and moment > now}


def count() -> int | None:
    """How many people have a socket open, or had within the last minute; None when Redis is away."""
    try:
        many: Any = client().zcount(ONLINE_KEY, f"({time.time()}", "+inf")
    except redis.RedisError:
        return None
    return int(many)
