"""From "may listen" to listening, without losing or doubling what is published meanwhile."""

import asyncio
from collections.abc import Iterable, Mapping
from uuid import UUID

from planet.realtime import metrics, topics
from planet.realtime.audience import reached
from planet.realtime.database import Database
from planet.realtime.fanout import Join, write
from planet.realtime.hub import Hub
from planet.realtime.replay import Entry, Missed, order, valid
from planet.realtime.socket import Socket
from planet.realtime.wire import frame, notice, with_id

SOURCES_ASKED = 10  # a person away who missed events of more sources than this catches up by HTTP


async def join(hub: Hub, socket: Socket, granted: Iterable[str], since: Mapping[str, str]) -> None:
    """Make `socket` a member of the topics it was granted and send it what came after its cursors.

    The caller has put the topics into `socket.topics`; what is revoked meanwhile is taken out of there again.
    """
    cursors = {topic: cursor for topic, cursor in since.items() if valid(cursor)}
    await asyncio.gather(*(_join(hub, socket, topic, cursors.get(topic, "")) for topic in granted))


async def _join(hub: Hub, socket: Socket, topic: str, cursor: str) -> None:
    registration = topics.find(topic)
    if registration is not None and registration.audience is not None:
        await _join_derived(hub, socket, topic, cursor)
        return
    waiting = hub.fanout.begin(socket, topic)
    try:
        missed = await hub.replays.since(topic, cursor)
        if topic in socket.topics:
            _send_replay(socket, topic, missed, _held_after(waiting, missed))
    finally:
        hub.fanout.finish(waiting)


async def _join_derived(hub: Hub, socket: Socket, topic: str, cursor: str) -> None:
    """Membership first: here an event may come twice, or before an older one, and neither does harm."""
    hub.fanout.enter(socket, topic)
    missed = await hub.replays.since(topic, cursor)
    if socket.user_id is not None:
        missed = await _heard_by(hub.database, socket.user_id, topic, missed)
    if topic in socket.topics:
        _send_replay(socket, topic, missed, [])


async def _heard_by(database: Database, user_id: UUID, topic: str, missed: Missed) -> Missed:
    """The part of a derived topic's log that is for this person."""
    sources = {entry.source_key for entry in missed.entries if entry.source_key}
    if len(sources) > SOURCES_ASKED:
        return Missed([], missed.position, complete=False)
    for source in sources:
        if user_id not in await database.run(reached, topic, source, [user_id]):
            kept = [entry for entry in missed.entries if entry.source_key != source]
            missed = Missed(kept, missed.position, missed.complete)
    return missed


def _held_after(waiting: Join, missed: Missed) -> list[bytes]:
    """The frames that came while we asked, without those that the replay has."""
    if not missed.entries:
        return [data for _, data in waiting.held]
    last = order(missed.entries[-1].id)
    return [data for event_id, data in waiting.held if order(event_id) > last]


def _send_replay(socket: Socket, topic: str, missed: Missed, held: list[bytes]) -> None:
    if socket.is_closing():
        return
    frames = [_frame(entry) for entry in missed.entries] if missed.complete else [frame(notice("gap", t=topic))]
    (metrics.REPLAYED.inc(len(missed.entries)) if missed.complete else metrics.GAPS.inc())
    position = {"i": missed.position} if missed.position else {}
    frames.append(frame(notice("sub", t=topic, **position)))
    write([socket], frames + held)


def _frame(entry: Entry) -> bytes:
    return frame(with_id(entry.id, entry.body))
