"""The hub: every socket of this process, fed by one Redis subscription."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec
import redis
from django.conf import settings
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from planet.realtime import metrics, presence
from planet.realtime.audience import Audiences
from planet.realtime.connection import ONLINE_KEY, control_channel, events_channel
from planet.realtime.database import Database, Unavailable
from planet.realtime.fanout import Fanout, write
from planet.realtime.limits import Doorkeeper, Limits
from planet.realtime.listener import Listener
from planet.realtime.recheck import Verdict, judge
from planet.realtime.replay import Replays
from planet.realtime.socket import Close, Socket
from planet.realtime.watching import Watching
from planet.realtime.wire import EVERYTHING, frame, notice, with_id

logger = logging.getLogger(__name__)

TICK_SECONDS = 1.0
POSITION_MARGIN = 5_000  # milliseconds: what the subscription may lag behind Redis' clock
_RECHECK_AT_ONCE = 100
_RECHECK_SECONDS = 5.0  # at a stretch: presence must not wait for thousands of sockets


class _Revocation(msgspec.Struct):
    user: UUID
    topic: str | None


def _client() -> "Redis":
    options: dict[str, Any] = {"protocol": 2, "socket_timeout": 5, "socket_connect_timeout": 2}
    return Redis.from_url(settings.REDIS_URL, retry=Retry(NoBackoff(), 1), **options)


class Hub:
    """Knows its sockets and hears Redis. Belongs to one event loop; starts on the first socket or by `start`."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.door = Doorkeeper(limits)
        self.sockets: set[Socket] = set()
        self.fanout = Fanout(limits.coalesce_seconds)
        self.database = Database()
        self.epoch = ""  # which Redis it hears, "" for none
        self.position = ""  # every event up to here was delivered
        self._people: dict[UUID, set[Socket]] = {}
        self._newcomers: set[UUID] = set()
        self._revoked: deque[UUID] = deque(maxlen=4096)
        self._revocations = 0
        self._suspects: deque[Socket] = deque()
        self._tasks: list[asyncio.Task[None]] = []

    # --- life ---------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to listen; does nothing the second time."""
        if self._tasks:
            return
        self._redis = _client()
        self.replays = Replays(self._redis)
        self.audiences = Audiences(self.fanout, self.database, self.sockets_of)
        handlers = {events_channel(): self._heard_event, control_channel(): self._heard_control}
        listener = Listener(self._redis, handlers, up=self._up, down=self._lost_redis)
        watching = Watching(self.database, self.fanout.members.keys())
        for life in (listener.run(), self.audiences.run(), self._housekeeping(), watching.run()):
            self._tasks.append(asyncio.create_task(life))

    async def stop(self) -> None:
        """End; whoever serves the sockets closes them."""
        for task in self._tasks:
            while not task.done():  # redis-py swallows the cancelling of some of its awaits
                task.cancel()
                await asyncio.wait([task], timeout=0.2)
        if self._tasks:
            await self._redis.aclose()
        self._tasks.clear()
        await asyncio.to_thread(self.database.stop)

    # --- sockets ------------------------------------------------------------------------------------------------------

    def sockets_of(self, user_id: UUID) -> set[Socket]:
        """A person's sockets here."""
        return self._people.get(user_id, set())

    def add(self, socket: Socket) -> None:
        """Take a socket in."""
        self.sockets.add(socket)
        self.door.came(socket.address)
        if socket.user_id is not None:
            if socket.user_id not in self._people:
                self._people[socket.user_id] = set()
                self._newcomers.add(socket.user_id)
            self._people[socket.user_id].add(socket)
        self._count()

    def remove(self, socket: Socket) -> None:
        """Forget a socket; nothing more is written to it. Does nothing the second time."""
        if socket not in self.sockets:
            return
        self.sockets.discard(socket)
        self.door.went(socket.address)
        for topic in socket.topics:
            self.fanout.leave(socket, topic)
        socket.topics.clear()
        if socket.user_id is not None:
            mine = self._people[socket.user_id]
            mine.discard(socket)
            if not mine:
                del self._people[socket.user_id]
        self._count()

    def drop(self, socket: Socket, code: int, reason: str) -> None:
        """Close a socket and forget it."""
        if socket in self.sockets:
            metrics.DROPPED.labels(reason).inc()
            self.remove(socket)
            socket.end(code)

    def take_topic(self, socket: Socket, topic: str) -> None:
        """End one subscription."""
        socket.topics.discard(topic)
        self.fanout.leave(socket, topic)

    def _count(self) -> None:
        metrics.SOCKETS.set(len(self.sockets))
        metrics.PEOPLE.set(len(self._people))

    # --- what Redis says ----------------------------------------------------------------------------------------------

    def _heard_event(self, payload: bytes) -> None:
        topic_bytes, source, event_id, body = payload.split(b"\n", 3)
        topic = topic_bytes.decode()
        metrics.EVENTS.inc()
        data = frame(with_id(event_id, body))
        if source:
            self.audiences.send(topic, source.decode(), data)
        else:
            self.fanout.send(topic, event_id, data)

    def _heard_control(self, payload: bytes) -> None:
        order = msgspec.json.decode(payload, type=_Revocation)
        self._revocations += 1
        self._revoked.append(order.user)
        for socket in list(self.sockets_of(order.user)):
            if order.topic is None:
                self.drop(socket, Close.REVOKED, "revoked")
                continue
            socket.revision += 1
            if order.topic in socket.topics:
                self.take_topic(socket, order.topic)
                socket.tell("denied", t=order.topic)

    def revocations(self) -> int:
        """How many revocations were heard; for `revoked_since`."""
        return self._revocations

    def revoked_since(self, mark: int, user_id: UUID) -> bool:
        """Whether something was taken from this person since `mark`; True as well when that is too long ago to say."""
        fresh = self._revocations - mark
        return fresh > len(self._revoked) or user_id in list(self._revoked)[len(self._revoked) - fresh :]

    async def _up(self) -> None:
        """Redis is heard (again): what the sockets missed meanwhile is unknown, and so is who was cut off."""
        info = await self._redis.info("server")
        await self._advance()
        self.epoch = str(info["run_id"])
        metrics.REDIS_UP.set(1)
        if self.sockets:
            metrics.GAPS.inc(len(self.sockets))
            write(self.sockets, [frame(notice("gap", t=EVERYTHING, e=self.epoch, i=self.position))])
            self._suspects.extend(self.sockets)
            self._newcomers.update(self._people)

    def _lost_redis(self) -> None:
        self.epoch = ""
        metrics.REDIS_UP.set(0)

    # --- the clock ----------------------------------------------------------------------------------------------------

    async def _housekeeping(self) -> None:
        next_presence = 0.0
        while True:
            await asyncio.sleep(TICK_SECONDS)
            now = time.monotonic()
            try:
                if self.epoch and (self._newcomers or now >= next_presence):
                    everyone = now >= next_presence
                    await self._advance()
                    await self._refresh_presence(self._people if everyone else set(self._newcomers))
                    next_presence = now + presence.REFRESH_SECONDS if everyone else next_presence
                await self._recheck(now)
            except (redis.RedisError, OSError, Unavailable) as error:
                logger.warning("housekeeping waits: %s", error)
            except Exception:
                logger.exception("housekeeping failed")
            self.door.forget()
            metrics.TOPICS.set(len(self.fanout.members))

    async def _refresh_presence(self, people: Iterable[UUID]) -> None:
        now = time.time()
        ids = [str(user_id) for user_id in people]
        self._newcomers.clear()
        pipeline = self._redis.pipeline(transaction=False)
        for start in range(0, len(ids), 1000):
            pipeline.zadd(ONLINE_KEY, dict.fromkeys(ids[start : start + 1000], now + presence.ONLINE_SECONDS))
        pipeline.zremrangebyscore(ONLINE_KEY, "-inf", now)
        await pipeline.execute()

    async def _advance(self) -> None:
        """Move the position on: a quiet topic's cursor must not grow old while its socket is well."""
        seconds, _ = await self._redis.time()
        self.position = f"{int(seconds) * 1000 - POSITION_MARGIN}-0"

    # --- trust, but verify --------------------------------------------------------------------------------------------

    async def _recheck(self, now: float) -> None:
        """Judge again whoever is due: everyone after Redis was lost, and each socket every few minutes.

        A revocation is heard at most once; this is what makes one that was not heard end all the same.
        """
        due = now - self.limits.recheck_seconds
        if not self._suspects:
            self._suspects.extend(socket for socket in self.sockets if socket.checked_at < due)
        while self._suspects and time.monotonic() < now + _RECHECK_SECONDS:
            count = min(_RECHECK_AT_ONCE, len(self._suspects))
            chosen = [socket for socket in (self._suspects[i] for i in range(count)) if socket in self.sockets]
            questions = [(s.session_key, s.user_id, frozenset(s.topics)) for s in chosen]
            verdicts = await self.database.run(judge, questions)
            for _ in range(count):
                self._suspects.popleft()
            for socket, verdict in zip(chosen, verdicts, strict=True):
                self._apply(socket, verdict, now)

    def _apply(self, socket: Socket, verdict: Verdict, now: float) -> None:
        socket.checked_at = now
        if not verdict.same_person:
            self.drop(socket, Close.REVOKED, "revoked")
            return
        for topic in verdict.lost & socket.topics:
            self.take_topic(socket, topic)
            socket.tell("denied", t=topic)
