"""The parts that need no server: frames, cursors, buckets, origins, coalescing, Channels' communicator."""

import asyncio
import json
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.db import OperationalError
from websockets.frames import Frame, Opcode

from planet.realtime import origin, topics, wire
from planet.realtime.app import build
from planet.realtime.database import Database, Unavailable
from planet.realtime.fanout import Fanout
from planet.realtime.limits import Allowance, Doorkeeper, Limits
from planet.realtime.protocol import Mailbox
from planet.realtime.replay import order
from planet.realtime.socket import Socket


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 70_000])
def test_a_frame_is_what_the_websockets_library_makes(size: int) -> None:
    payload = b"x" * size
    assert wire.frame(payload) == Frame(Opcode.TEXT, payload).serialize(mask=False)
    assert wire.unframe(wire.frame(payload) + wire.frame(b"y")) == ["x" * size, "y"]


def test_an_event_with_its_id_is_json() -> None:
    body = wire.encode("post:1", "counts", {"likes": 2}, html='<b>"</b>')
    event = {"i": "5-0", "t": "post:1", "k": "counts", "d": {"likes": 2}, "h": '<b>"</b>'}
    assert json.loads(wire.with_id(b"5-0", body)) == event


def test_cursors_compare_as_numbers() -> None:
    assert order(b"9-1") < order("10-0") < order("10-2") < order("10-10")


def test_a_bucket_lets_a_burst_through_and_then_a_trickle() -> None:
    now = 0.0

    def clock() -> float:
        return now

    bucket = Allowance(3, clock)
    assert [bucket.take(1, 3, 1, clock) for _ in range(4)] == [True, True, True, False]
    now = 2.0
    assert bucket.take(2, 3, 1, clock)
    assert not bucket.full(3, 1, clock)
    now = 60.0
    assert bucket.full(3, 1, clock)


def test_an_address_holds_so_many_sockets_and_is_forgotten_after_them() -> None:
    door = Doorkeeper(Limits(sockets_an_address=1, handshakes_a_second=1e9))
    assert door.admits("a")
    door.came("a")
    assert not door.admits("a")
    assert door.admits("b")
    door.went("a")
    assert door.admits("a")
    door.forget()
    assert not door._knocks
    assert not door._open


@pytest.mark.parametrize(
    ("page", "host", "welcome"),
    [
        ("https://planet.example", "planet.example", True),
        ("https://planet.example", "10.0.0.7:8001", True),
        ("http://planet.example", "planet.example", False),
        ("https://planet.example:8443", "planet.example", False),
        ("https://evil.example", "evil.example", False),
        ("", "planet.example", False),
    ],
)
def test_in_production_only_the_sites_own_address_is_welcome(
    settings: Any, page: str, host: str, welcome: bool
) -> None:
    settings.PRODUCTION = True
    settings.SITE_URL = "https://planet.example"
    settings.CSRF_TRUSTED_ORIGINS = []
    assert origin.welcome([(b"origin", page.encode()), (b"host", host.encode())]) is welcome


def test_an_address_is_believed_as_far_as_our_own_proxies_saw_it(settings: Any) -> None:
    headers = [(b"x-forwarded-for", b"6.6.6.6, 1.2.3.4")]
    settings.TRUSTED_PROXIES = 0
    assert origin.guest(headers, "10.0.0.1") == "10.0.0.1"
    settings.TRUSTED_PROXIES = 1
    assert origin.guest(headers, "10.0.0.1") == "1.2.3.4"
    assert origin.guest([], "10.0.0.1") == "10.0.0.1"


def test_a_network_of_addresses_knocks_as_one_guest(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    door = Doorkeeper(Limits(handshakes_burst=2, handshakes_a_second=0.0))
    knocks = ["2001:db8::1", "2001:db8::2", "2001:db8::ffff:3", "2001:db8:0:1::1", "::ffff:192.0.2.1", "not an address"]
    guests = [origin.guest([(b"x-forwarded-for", knock.encode())], "10.0.0.1") for knock in knocks]
    assert [door.admits(guest) for guest in guests] == [True, True, False, True, True, True]
    assert guests[4:] == ["192.0.2.1", "10.0.0.1"]
    assert origin.guest([], "") == "0.0.0.0"  # a unix socket


def test_a_check_that_fails_denies_but_a_database_that_is_away_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_user_id: object, _key: str) -> bool:
        raise ValueError

    def away(_user_id: object, _key: str) -> bool:
        raise OperationalError

    monkeypatch.setattr(topics, "_registered", {})
    topics.register("bad", authorize=broken)
    topics.register("away", authorize=away)
    topics.register("many", authorize=broken, authorize_many=lambda _user_id, keys: [*keys[:1], "not asked for"])
    assert topics.allowed(None, ["bad:1", "many:1", "many:2"]) == {"many:1"}
    with pytest.raises(OperationalError):
        topics.allowed(None, ["away:1"])


async def test_the_database_is_asked_twice_before_it_counts_as_away() -> None:
    database, failures = Database(), [OperationalError(), OperationalError(), OperationalError()]

    def work() -> str:
        if failures:
            raise failures.pop()
        return "done"

    with pytest.raises(Unavailable):
        await database.run(work)
    assert await database.run(work) == "done"
    await asyncio.to_thread(database.stop)


async def test_a_mailbox_keeps_the_order_and_wakes_its_reader() -> None:
    box = Mailbox()
    reader = asyncio.create_task(box.get())
    await asyncio.sleep(0)
    box.put_nowait(1)
    box.put_nowait(2)
    assert (await reader, await box.get(), box.empty()) == (1, 2, True)


class Paper:
    """An outlet that keeps what is written."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []
        self.written = asyncio.Event()

    def write(self, data: bytes, /) -> None:
        self.writes.append(data)
        self.written.set()

    def is_closing(self) -> bool:
        return False

    def end(self, code: int) -> None:
        raise AssertionError(code)


def _member(fanout: Fanout) -> tuple[Paper, Socket]:
    paper = Paper()
    socket = Socket(paper, user_id=None, session_key="", address="", work_burst=1, now=0)
    socket.topics.add("t")
    return paper, socket


async def test_events_of_a_moment_leave_in_one_write_and_the_first_at_once() -> None:
    fanout = Fanout(0.05)
    paper, socket = _member(fanout)
    fanout.enter(socket, "t")
    loop = asyncio.get_running_loop()
    began = loop.time()
    fanout.send("t", b"1-0", b"a")
    fanout.send("t", b"2-0", b"b")
    await paper.written.wait()
    paper.written.clear()
    assert loop.time() - began < 0.05
    fanout.send("t", b"3-0", b"c")
    fanout.send("t", b"4-0", b"d")
    await paper.written.wait()
    assert paper.writes == [b"ab", b"cd"]
    assert loop.time() - began >= 0.05


async def test_what_arrives_while_a_socket_joins_is_held_and_neither_lost_nor_doubled() -> None:
    fanout = Fanout(0.01)
    paper, socket = _member(fanout)
    join = fanout.begin(socket, "t")
    fanout.send("t", b"1-0", b"a")
    assert join.held == [(b"1-0", b"a")]
    fanout.finish(join)
    fanout.send("t", b"2-0", b"b")
    fanout.flush()
    assert paper.writes == [b"b"]


async def test_a_topic_taken_while_joining_is_not_joined() -> None:
    fanout = Fanout(0)
    paper, socket = _member(fanout)
    join = fanout.begin(socket, "t")
    socket.topics.discard("t")
    fanout.finish(join)
    fanout.send("t", b"1-0", b"a")
    assert paper.writes == []
    assert fanout.members == {}


async def test_the_application_also_serves_through_plain_asgi() -> None:
    application = build()
    headers = [(b"origin", b"http://localhost:8000"), (b"host", b"localhost")]
    scope = {"type": "websocket", "path": "/socket/", "headers": headers}
    browser: Any = ApplicationCommunicator(application, scope)  # type: ignore[no-untyped-call]

    async def hear() -> Any:
        return json.loads((await browser.receive_output(10))["text"])

    await browser.send_input({"type": "websocket.connect"})
    assert await browser.receive_output(10) == {"type": "websocket.accept"}
    assert (await hear())["k"] == "hello"
    await browser.send_input({"type": "websocket.receive", "text": '{"op": "ping"}'})
    while (await hear())["k"] != "pong":
        pass  # the hub found Redis meanwhile and said so
    await browser.send_input({"type": "websocket.receive", "text": "nonsense"})
    assert await browser.receive_output(10) == {"type": "websocket.close", "code": 4400}
    await browser.send_input({"type": "websocket.disconnect"})
    await browser.wait(10)
    lifespan: Any = ApplicationCommunicator(application, {"type": "lifespan"})  # type: ignore[no-untyped-call]
    for step in ("startup", "shutdown"):
        await lifespan.send_input({"type": f"lifespan.{step}"})
        assert await lifespan.receive_output(10) == {"type": f"lifespan.{step}.complete"}
