"""The hot path: who listens to what, and one write a socket for all events of a few milliseconds."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from planet.realtime import metrics
from planet.realtime.socket import Socket

FLUSH_BYTES = 128 * 1024  # more than this of one topic does not wait


@dataclass(slots=True, eq=False)
class Join:
    """A socket between asking for a topic and having its replay: what arrives meanwhile is held for it."""

    socket: Socket
    topic: str
    held: list[tuple[bytes, bytes]] = field(default_factory=list)  # event id, frame


class Fanout:
    """The members of every topic.

    Events wait for up to `coalesce` seconds and leave in one write a socket; the first after a quiet time leaves at
    once. A round that takes long makes the next wait as long: half of the time stays for everything else.
    """

    def __init__(self, coalesce: float) -> None:
        self.members: dict[str, set[Socket]] = {}
        self._joins: dict[str, list[Join]] = {}
        self._pending: dict[str, list[bytes]] = {}
        self._pending_bytes = 0
        self._coalesce = coalesce
        self._timer: asyncio.TimerHandle | None = None
        self._next = 0.0  # when the next round may start

    def begin(self, socket: Socket, topic: str) -> Join:
        """Hold what arrives on `topic` for this socket from now on."""
        join = Join(socket, topic)
        self._joins.setdefault(topic, []).append(join)
        return join

    def finish(self, join: Join) -> None:
        """Stop holding: make the socket a member unless the topic was taken from it meanwhile.

        Whoever calls this has written the replay and what was held, in the same step of the loop.
        """
        waiting = self._joins[join.topic]
        waiting.remove(join)
        if not waiting:
            del self._joins[join.topic]
        if join.topic in join.socket.topics:
            self._flush_topic(join.topic)  # what is pending was held for this one too
            self.enter(join.socket, join.topic)

    def enter(self, socket: Socket, topic: str) -> None:
        """Begin a membership."""
        self.members.setdefault(topic, set()).add(socket)

    def leave(self, socket: Socket, topic: str) -> None:
        """End a membership; nothing if there is none."""
        members = self.members.get(topic)
        if members is not None:
            members.discard(socket)
            if not members:
                del self.members[topic]

    def send(self, topic: str, event_id: bytes, frame: bytes) -> None:
        """Send to all members of `topic`, and hold for those who are joining."""
        for join in self._joins.get(topic, ()):
            join.held.append((event_id, frame))
        if topic not in self.members:
            return
        self._pending.setdefault(topic, []).append(frame)
        self._pending_bytes += len(frame)
        if self._coalesce <= 0 or self._pending_bytes > FLUSH_BYTES:
            self.flush()
        elif self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(max(self._next, loop.time()), self.flush)

    def flush(self) -> None:
        """Write everything that waits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        loop = asyncio.get_running_loop()
        started = loop.time()
        pending, self._pending, self._pending_bytes = self._pending, {}, 0
        for topic, frames in pending.items():
            write(self.members.get(topic, ()), frames)
        ended = loop.time()
        self._next = ended + max(self._coalesce, ended - started)

    def _flush_topic(self, topic: str) -> None:
        frames = self._pending.pop(topic, None)
        if frames:
            self._pending_bytes -= sum(map(len, frames))
            write(self.members.get(topic, ()), frames)


def write(sockets: Iterable[Socket], frames: list[bytes]) -> None:
    """Write the same frames to many sockets."""
    data = frames[0] if len(frames) == 1 else b"".join(frames)
    written = 0
    for socket in sockets:
        if not socket.is_closing():
            socket.write(data)
            written += 1
    metrics.DELIVERIES.inc(written * len(frames))
