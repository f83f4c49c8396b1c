"""Derived topics: which of a hub's own sockets shall hear of an event, asked once an event and process, in order."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from uuid import UUID

from planet.realtime import metrics, topics
from planet.realtime.database import Database, Unavailable
from planet.realtime.fanout import Fanout, write
from planet.realtime.socket import Socket
from planet.realtime.wire import frame, notice

logger = logging.getLogger(__name__)

WAITING = 1_000  # events; with more the database is too slow, and everybody catches up instead


def reached(topic: str, source_key: str, user_ids: list[UUID]) -> set[UUID]:
    """The people among `user_ids` for whom an event on the topic's source is. Asks the database."""
    registration = topics.find(topic)
    if registration is None or registration.audience is None:
        return set()
    return set(registration.audience(source_key, user_ids))


class Audiences:
    """Delivers events of derived topics."""

    def __init__(self, fanout: Fanout, database: Database, by_user: Callable[[UUID], set[Socket]]) -> None:
        self._fanout = fanout
        self._database = database
        self._by_user = by_user
        self._queue: deque[tuple[str, str, bytes]] = deque()
        self._wake = asyncio.Event()

    def send(self, topic: str, source_key: str, data: bytes) -> None:
        """Deliver the frame to the members of `topic` whom the audience names, soon."""
        if topic not in self._fanout.members:
            return
        if len(self._queue) >= WAITING:
            self._queue.clear()
            self._tell_gap(topic)
            return
        self._queue.append((topic, source_key, data))
        self._wake.set()

    async def run(self) -> None:
        """Deliver, for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._queue:
                await self._deliver(*self._queue.popleft())

    async def _deliver(self, topic: str, source_key: str, data: bytes) -> None:
        people = {s.user_id for s in self._fanout.members.get(topic, ()) if s.user_id is not None}
        if not people:
            return
        try:
            chosen = await self._database.run(reached, topic, source_key, list(people))
        except Unavailable as error:
            logger.warning("could not ask who hears %s: %s", topic, error)
            self._tell_gap(topic)
            return
        except Exception:
            logger.exception("the audience of %s failed", topic)
            return
        members = self._fanout.members.get(topic, set())
        write([s for user_id in chosen for s in self._by_user(user_id) if s in members], [data])

    def _tell_gap(self, topic: str) -> None:
        metrics.GAPS.inc()
        write(self._fanout.members.get(topic, ()), [frame(notice("gap", t=topic))])
