"""What a socket missed: the last events of its topics, out of Redis, for many sockets in one round trip.

Event ids are Redis' stream ids, milliseconds and a count, so a cursor is also a moment: `1763800000000-0` is a fair
cursor for a page rendered then. A log is trimmed to `LOG_EVENTS` and forgotten `LOG_SECONDS` after its last event;
within both, what it holds is everything there was.
"""

import asyncio
import re
from dataclasses import dataclass
from typing import Any

import redis
from redis.asyncio import Redis

from planet.realtime.connection import log_key
from planet.realtime.events import LOG_EVENTS, LOG_SECONDS

_CURSOR = re.compile(r"(\d{1,15})-(\d{1,19})", re.ASCII)
MARGIN_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Entry:
    """An event in the log."""

    id: bytes
    source_key: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Missed:
    """What came after a cursor. `complete` is False when there may have been more than the log still has."""

    entries: list[Entry]
    position: str  # the cursor to go on from; "" when Redis is away
    complete: bool


def valid(cursor: str) -> bool:
    """Whether untrusted text is a cursor."""
    return _CURSOR.fullmatch(cursor) is not None


def order(cursor: bytes | str) -> tuple[int, int]:
    """A cursor as something that compares."""
    text = cursor.decode() if isinstance(cursor, bytes) else cursor
    moment, _, count = text.partition("-")
    return int(moment), int(count)


class Replays:
    """Reads logs. Equal questions of one moment are asked once: a restart brings everyone back at the same cursor."""

    WAIT = 0.002

    def __init__(self, client: "Redis") -> None:
        self._client = client
        self._asked: dict[tuple[str, str], asyncio.Future[Missed]] = {}
        self._task: asyncio.Task[None] | None = None

    async def since(self, topic: str, cursor: str) -> Missed:
        """What came on `topic` after `cursor`; an empty cursor asks for the position only."""
        future = self._asked.get((topic, cursor))
        if future is None:
            future = self._asked[topic, cursor] = asyncio.get_running_loop().create_future()
            if self._task is None:
                self._task = asyncio.create_task(self._answer())
        return await future

    async def _answer(self) -> None:
        await asyncio.sleep(self.WAIT)
        asked, self._asked, self._task = self._asked, {}, None
        try:
            answers = await self._read(list(asked))
        except (redis.RedisError, OSError):
            answers = [Missed([], "", complete=not cursor) for _, cursor in asked]
        for future, answer in zip(asked.values(), answers, strict=True):
            if not future.done():
                future.set_result(answer)

    async def _read(self, questions: list[tuple[str, str]]) -> list[Missed]:
        pipeline = self._client.pipeline(transaction=False)
        pipeline.time()
        for topic, cursor in questions:
            if cursor:
                pipeline.xrange(log_key(topic), f"({cursor}", "+", count=LOG_EVENTS)
        (seconds, micros), *logs = await pipeline.execute()
        now = seconds * 1000 + micros // 1000
        found = iter(logs)
        return [_missed(cursor, now, next(found) if cursor else []) for _, cursor in questions]


def _missed(cursor: str, now: int, log: list[tuple[bytes, dict[bytes, Any]]]) -> Missed:
    entries = [Entry(event_id, fields[b"s"].decode(), fields[b"e"]) for event_id, fields in log]
    # One millisecond back: an event of this very moment may come twice but is not lost.
    position = entries[-1].id.decode() if entries else max(f"{now - 1}-0", cursor or "0-0", key=order)
    old = bool(cursor) and order(cursor)[0] < now - (LOG_SECONDS - MARGIN_SECONDS) * 1000
    return Missed(entries, position, complete=not old and len(entries) < LOG_EVENTS)
