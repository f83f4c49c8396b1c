"""Lost connections, lost servers, bad clients."""

import json
import os
import re
import shutil
import signal
import socket as sockets
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection as database
from websockets.exceptions import InvalidStatus

from planet.realtime import connection, events, presence, publish
from planet.stack.redis import Redis
from tests.cast import Cast
from tests.realtime.conftest import Start
from tests.realtime.tab import SITE, Server, until

# --- coming back ---------------------------------------------------------------------------------------------------


def test_whoever_comes_back_is_sent_what_they_missed(server: Server) -> None:
    with server.tab() as tab:
        tab.subscribe("open:a")
        publish("open:a", "n", {"n": 1})
        cursor = tab.hear()["i"]
    for number in (2, 3):
        publish("open:a", "n", {"n": number})
    with server.tab() as tab:
        *missed, granted = tab.subscribe("open:a", since={"open:a": cursor})
        assert [m["d"]["n"] for m in missed] == [2, 3]
        assert (granted["k"], granted["i"]) == ("sub", missed[-1]["i"])
        publish("open:a", "n", {"n": 4})
        assert [m["d"]["n"] for m in tab.hear_all()] == [4]


def test_a_quiet_subscription_has_a_cursor_too(server: Server) -> None:
    with server.tab() as tab:
        cursor = tab.subscribe("open:a")[-1]["i"]
    publish("open:a", "n", {"n": 1})
    with server.tab() as tab:
        assert [m["k"] for m in tab.subscribe("open:a", since={"open:a": cursor})] == ["n", "sub"]


def test_the_answer_to_a_ping_moves_quiet_cursors_on(server: Server) -> None:
    with server.tab() as tab:
        tab.say({"op": "ping"})
        moment = int(tab.hear()["i"].partition("-")[0])
    assert 0 < time.time() * 1000 - moment < 60_000


def test_a_page_is_caught_up_from_the_moment_it_was_rendered(server: Server) -> None:
    rendered = int(time.time() * 1000) - 2000
    publish("open:a", "n", {"n": 1})
    with server.tab() as tab:
        assert tab.subscribe("open:a", since={"open:a": f"{rendered}-0"})[0]["d"] == {"n": 1}


def test_more_than_the_log_holds_is_a_gap(server: Server) -> None:
    with server.tab() as tab:
        cursor = tab.subscribe("open:a")[-1]["i"]
    for number in range(events.LOG_EVENTS):
        publish("open:a", "n", {"n": number})
    with server.tab() as tab:
        assert [m["k"] for m in tab.subscribe("open:a", since={"open:a": cursor})] == ["gap", "sub"]


def test_a_cursor_older_than_the_log_is_a_gap(server: Server) -> None:
    old = f"{int((time.time() - events.LOG_SECONDS) * 1000)}-0"
    with server.tab() as tab:
        assert [m["k"] for m in tab.subscribe("open:a", since={"open:a": old})] == ["gap", "sub"]


@pytest.mark.parametrize("cursor", ["", "now", "-1-0", "$", "9" * 40 + "-0", "1-1-1", "٣-٠"])
def test_a_cursor_that_is_none_counts_as_no_cursor(server: Server, cursor: str) -> None:
    with server.tab() as tab:
        assert [m["k"] for m in tab.subscribe("open:a", since={"open:a": cursor})] == ["sub"]


def test_a_derived_topic_replays_only_what_was_for_this_person(server: Server, cast: Cast) -> None:
    browser = cast.browser(cast.bob)
    with server.tab(browser) as bob:
        cursor = bob.subscribe("nearby")[-1]["i"]
    publish(f"place:{cast.alice.pk}", "post", {"n": 1})
    publish(f"place:{cast.charlie.pk}", "post", {"n": 2})
    with server.tab(browser) as bob:
        heard = bob.subscribe("nearby", since={"nearby": cursor})
    assert [m.get("d") for m in heard] == [{"n": 1}, None]


# --- servers that go away ------------------------------------------------------------------------------------------


@pytest.fixture
def own_redis(tmp_path: Path, settings: Any) -> Iterator["RunningRedis"]:
    """A Redis that this test may kill; publishers use it as well."""
    redis = RunningRedis(tmp_path)
    settings.REDIS_URL = redis.server.url
    connection.client.cache_clear()
    yield redis
    redis.kill()
    shutil.rmtree(redis.server.socket.parent)
    connection.client().close()
    connection.client.cache_clear()


class RunningRedis:
    """A Redis process of the test's own."""

    def __init__(self, directory: Path) -> None:
        run = Path("/tmp") / f"planet-rt-{os.getpid()}-{directory.name[-8:]}"  # a socket's path must be short
        self.server = Redis(directory / "data", run / "redis.sock")
        self.start()

    def start(self) -> None:
        self.server.prepare()
        self.process = subprocess.Popen(self.server.command(durable=False), stdout=subprocess.DEVNULL)
        until(self.server.ready, "Redis is up")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.server.socket.unlink(missing_ok=True)


def test_the_hub_survives_redis_and_tells_everyone_to_catch_up(own_redis: RunningRedis, start: Start) -> None:
    server = start()
    with server.tab() as tab:
        tab.subscribe("open:a")
        own_redis.kill()
        until(lambda: not server.health()["redis"], "the hub notices")
        publish("open:a", "n", {"n": 1})
        own_redis.start()
        gap = tab.hear()
        assert (gap["k"], gap["t"]) == ("gap", "*")
        assert gap["e"] != tab.epoch
        publish("open:a", "n", {"n": 2})
        heard = [(m["k"], m.get("d")) for m in (tab.hear(), tab.hear())]
        assert heard == [("n", {"n": 2}), ("gap", None)]  # the lost publication is confessed by the next


def test_a_socket_that_opens_while_redis_is_away_works_once_it_is_back(own_redis: RunningRedis, start: Start) -> None:
    server = start()
    own_redis.kill()
    until(lambda: not server.health()["redis"], "the hub notices")
    with server.tab() as tab:
        assert [m["k"] for m in tab.subscribe("open:a", since={"open:a": "1-0"})] == ["gap", "sub"]
        own_redis.start()
        assert tab.hear()["t"] == "*"
        publish("open:a", "n", {"n": 1})
        assert tab.hear()["k"] == "n"


def test_the_hub_survives_losing_its_database_connections(server: Server, cast: Cast) -> None:
    club = f"club:{cast.alice.pk}"
    with server.tab(cast.browser(cast.bob)) as bob:
        for _ in range(3):
            with database.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            assert bob.subscribe(club)[0]["k"] == "sub"
            bob.say({"op": "unsub", "topics": [club]})


def test_a_killed_server_is_replaced_and_nothing_published_meanwhile_is_lost(start: Start) -> None:
    first = start()
    with first.tab() as tab:
        cursor = tab.subscribe("open:a")[-1]["i"]
        first.process.kill()
        assert tab.closing() == 1006
    publish("open:a", "n", {"n": 1})
    with start().tab() as tab:
        assert tab.subscribe("open:a", since={"open:a": cursor})[0]["d"] == {"n": 1}


def test_a_server_that_stops_says_so_to_its_sockets(start: Start) -> None:
    server = start()
    with server.tab() as tab:
        server.process.terminate()
        assert tab.closing() == 1012
    assert server.process.wait(10) == -signal.SIGTERM  # uvicorn ends by the signal it was sent, once all is closed


# --- bad clients ---------------------------------------------------------------------------------------------------


def test_a_message_over_4_kb_closes_the_socket(server: Server) -> None:
    with server.tab() as tab:
        tab.say({"op": "sub", "topics": ["x" * 5000]})
        assert tab.closing() == 1009


@pytest.mark.parametrize(
    "message",
    [
        *("", "nonsense", "[]", "{}", "[" * 2000, '{"op":"publish"}', '{"op":"sub","topics":"open:a"}'),
        *('{"op":"sub","topics":[1]}', '{"op":"sub","topics":[],"as":"olga"}', '{"op":"sub","since":[]}'),
    ],
)
def test_a_message_that_is_none_closes_the_socket(server: Server, message: str) -> None:
    with server.tab() as tab:
        tab.say(message)
        assert tab.closing() == 4400


def test_bytes_and_bad_utf8_close_the_socket(server: Server) -> None:
    with server.tab() as tab:
        tab.socket.send(b"\x00\x01")
        assert tab.closing() == 4400
    with server.tab() as tab:
        tab.socket.send(b"\xff\xfe", text=True)
        assert tab.closing() == 1007


def test_whoever_talks_too_much_is_closed(start: Start) -> None:
    server = start(work_burst=10, work_a_second=0.001)
    with server.tab() as tab:
        for _ in range(11):
            tab.say({"op": "ping"})
        assert tab.closing() == 4429


def test_a_socket_holds_so_many_topics_and_no_more(start: Start) -> None:
    server = start(topics_a_socket=2)
    with server.tab() as tab:
        kinds = [m["k"] for m in tab.subscribe("open:a", "open:b", "open:c")]
        assert sorted(kinds) == ["denied", "sub", "sub"]
        tab.say({"op": "unsub", "topics": ["open:a"]})
        assert tab.subscribe("open:c")[0]["k"] == "sub"


def test_a_person_opens_so_many_sockets_and_no_more(start: Start, cast: Cast) -> None:
    server = start(sockets_a_user=1)
    browser = cast.browser(cast.bob)
    with server.tab(browser), pytest.raises(InvalidStatus) as refused, server.dial(browser):
        pass
    assert refused.value.response.status_code == 429
    until(lambda: server.sockets() == 0, "the first is forgotten")
    with server.tab(browser) as tab:
        assert tab.epoch


def test_an_address_knocks_so_often_and_no_more(start: Start) -> None:
    server = start(handshakes_burst=2, handshakes_a_second=0.001)
    for _ in range(2):
        with server.tab():
            pass
    with pytest.raises(InvalidStatus) as refused, server.dial():
        pass
    assert refused.value.response.status_code == 429


def _resident_kb(server: Server) -> int:
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{server.process.pid}/status").read_text())
    assert found is not None
    return int(found[1])


def _deaf_socket(server: Server, topic: str) -> sockets.socket:
    """A socket that subscribes and then never reads again."""
    deaf = sockets.create_connection(("127.0.0.1", server.port))
    deaf.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    deaf.sendall(
        f"GET /socket/ HTTP/1.1\r\nHost: localhost\r\nOrigin: {SITE}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
    )
    heard = b""
    while b'"hello"' not in heard:
        heard += deaf.recv(4096)
    body = json.dumps({"op": "sub", "topics": [topic]}).encode()
    deaf.sendall(bytes([0x81, 0x80 | len(body)]) + b"\0\0\0\0" + body)  # a mask of zeros changes nothing
    while b'"sub"' not in heard:
        heard += deaf.recv(4096)
    return deaf


def _dropped(server: Server) -> float:
    found = re.search(rb'planet_realtime_dropped_total\{reason="slow"\} (\S+)', server.get("/metrics")[1])
    return float(found[1]) if found else 0.0


def test_a_slow_reader_is_dropped_and_memory_stays_bounded_while_others_hear_all(start: Start) -> None:
    server = start(unread_bytes=256 * 1024)
    html = "x" * 60_000
    with server.tab() as tab:
        tab.subscribe("open:a")
        deaf = [_deaf_socket(server, "open:a") for _ in range(5)]
        before = _resident_kb(server)
        for number in range(500):  # 30 MB a socket
            publish("open:a", "n", {"n": number}, html=html)
            assert tab.hear()["d"] == {"n": number}
        until(lambda: _dropped(server) == 5, "the deaf ones are dropped")
        until(lambda: server.sockets() == 1, "and forgotten")
        assert _resident_kb(server) - before < 12_000
    for link in deaf:
        link.close()


def test_a_slow_reader_who_comes_back_catches_up(start: Start) -> None:
    server = start(unread_bytes=64 * 1024)
    with server.tab() as tab:
        cursor = tab.subscribe("open:a")[-1]["i"]
    deaf = _deaf_socket(server, "open:a")
    sent = 0
    while not _dropped(server):
        publish("open:a", "n", {"n": sent}, html="x" * 60_000)
        sent += 1
    deaf.close()
    publish("open:a", "n", {"n": sent})
    with server.tab() as tab:
        heard = tab.subscribe("open:a", since={"open:a": cursor})
    assert heard[0]["k"] == "gap" or [m["d"]["n"] for m in heard[:-1]] == list(range(sent + 1))


# --- presence ------------------------------------------------------------------------------------------------------


def test_people_with_a_socket_are_online(server: Server, cast: Cast) -> None:
    with server.tab(cast.browser(cast.bob)), server.tab():
        until(lambda: presence.online([cast.bob.pk, cast.charlie.pk]) == {cast.bob.pk}, "Bob is online")
