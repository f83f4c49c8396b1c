"""The peer of group chat: a room of ejabberd (Debian's), its members on WebSockets, everything on loopback.

Installed or not: what `apt-get` would install is fetched and unpacked beside the bench's data, and run from there as a
child process with a configuration of its own. Where that cannot be had the comparison is skipped.
"""

import asyncio
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from bench.load import LOAD_CORE, SERVER_CORE, Server, free_port, wait

ROOM: Final = "room@conference.localhost"
WINDOW: Final = 32  # messages that readers may be behind
JOINING: Final = 64  # members that come at once
# Rooms tell everybody who comes and goes, which is the square of the members: not here, it is messages we count.
_CONFIGURATION: Final = """
hosts: [localhost]
loglevel: error
listen:
  - port: {port}
    ip: "127.0.0.1"
    module: ejabberd_http
    request_handlers: {{"/ws": ejabberd_http_ws}}
auth_method: [anonymous]
anonymous_protocol: sasl_anon
allow_multiple_connections: true
websocket_ping_interval: 600
modules:
  mod_muc:
    access: all
    access_create: all
    history_size: 0
    max_users: 20000
    min_message_interval: 0
    min_presence_interval: 0
    default_room_options:
      allow_change_subj: false
      logging: false
      max_users: 20000
      presence_broadcast: []
      public: false
"""


class Unavailable(Exception):
    """There is no ejabberd here, and none could be fetched; says why."""


# --- the server -------------------------------------------------------------------------------------------------------


def unpacked(directory: Path) -> Path:
    """Where the files of ejabberd and of Erlang are. Raises Unavailable."""
    if Path("/usr/sbin/ejabberdctl").exists() and Path("/usr/lib/erlang").exists():
        return Path("/")
    tree = directory / "ejabberd"
    if (tree / "done").exists():
        return tree
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        raise Unavailable("no apt-get to fetch ejabberd with")
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(parents=True)
    try:
        told = _said("apt-get", "install", "--simulate", "--no-install-recommends", "ejabberd")
        names = [line.split()[1] for line in told.splitlines() if line.startswith("Inst ")]
        _said("apt-get", "download", "--quiet", *names, cwd=tree)
        for package in tree.glob("*.deb"):
            _said("dpkg", "--extract", str(package), str(tree))
            package.unlink()
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable(f"ejabberd could not be fetched: {error}") from error
    (tree / "done").touch()
    return tree


def _said(*command: str, cwd: Path | None = None) -> str:
    ran = subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True, timeout=120)
    return ran.stdout


@contextmanager
def room_server(directory: Path) -> Iterator[Server]:
    """An ejabberd on the server's core; it is gone at the end. Raises Unavailable."""
    tree, home, port = unpacked(directory), directory / "ejabberd-home", free_port()
    home.mkdir(parents=True, exist_ok=True)
    (home / "ejabberd.yml").write_text(_CONFIGURATION.format(port=port))
    erlang = tree / "usr/lib/erlang"
    runtime = next(erlang.glob("erts-*/bin/erlexec"), None)
    if runtime is None:
        raise Unavailable("what was fetched has no Erlang")
    code = [str(path) for path in [*erlang.glob("lib/*/ebin"), *tree.glob("usr/lib/*/ejabberd-*/ebin")]]
    command = [str(runtime), "-boot", str(_boot(erlang)), "-noinput", "-noshell", "+K", "true", "+P", "250000"]
    # One core is its own; waiting idly is not to look like work.
    command += ["+S", "1:1", "+sbwt", "none", "+sbwtdcpu", "none", "+sbwtdio", "none"]
    command += ["-mnesia", "dir", f'"{home / "mnesia"}"', "-ejabberd", "config", f'"{home / "ejabberd.yml"}"']
    command += ["-ejabberd", "log_path", f'"{home / "ejabberd.log"}"', "-pa", *code, "-s", "ejabberd"]
    environment = {
        **os.environ,
        "ROOTDIR": str(erlang),
        "BINDIR": str(runtime.parent),
        "EMU": "beam",
        "PROGNAME": "erl",
        "HOME": str(home),
        "EJABBERD_CONFIG_PATH": str(home / "ejabberd.yml"),
        "EJABBERD_LOG_PATH": str(home / "ejabberd.log"),
        "LD_LIBRARY_PATH": ":".join(str(path) for path in tree.glob("usr/lib/*-linux-gnu")),
    }
    process = subprocess.Popen(
        command,
        env=environment,
        cwd=home,
        stdout=subprocess.DEVNULL,
        preexec_fn=_on_server_core,  # noqa: PLW1509
    )
    try:
        wait(lambda: _answers(port) or process.poll() is not None, 60)
        if process.poll() is not None:
            raise Unavailable(f"ejabberd ended with {process.returncode}")
        yield Server(process, port)
    finally:
        process.kill()
        process.wait()


def _boot(erlang: Path) -> Path:
    """The boot script, without its ending."""
    found = next(iter([*erlang.glob("bin/start_clean.boot"), *erlang.glob("releases/*/start_clean.boot")]), None)
    if found is None:
        raise Unavailable("what was fetched has no boot script of Erlang")
    return found.with_suffix("")


def _on_server_core() -> None:
    os.sched_setaffinity(0, {SERVER_CORE})


def _answers(port: int) -> bool:
    time.sleep(0.1)
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


# --- the members ------------------------------------------------------------------------------------------------------


def _frame(text: str) -> bytes:
    """A frame as a browser sends it; masked with zeros."""
    body = text.encode()
    size = bytes([0x80 | len(body)]) if len(body) < 126 else b"\xfe" + len(body).to_bytes(2, "big")
    return b"\x81" + size + b"\0\0\0\0" + body


_OPEN: Final = "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='localhost' version='1.0'/>"
_AUTH: Final = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>"
_BIND: Final = "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>"
_JOIN: Final = "<presence to='" + ROOM + "/m{n}'><x xmlns='http://jabber.org/protocol/muc'/></presence>"
_SAY: Final = "<message to='" + ROOM + "' type='groupchat'><body>{text}</body></message>"
_HANDSHAKE: Final = (
    b"GET /ws HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: xmpp\r\n\r\n"
)
# What the server says, and what is said then.
_STEPS: Final = (
    (b"HTTP/1.1 101", _OPEN),
    (b"ANONYMOUS", _AUTH),
    (b"<success", _OPEN),
    (b":xmpp-bind", _BIND),
    (b"type='result'", _JOIN),
    (b"status code='110'", ""),  # in the room
)


@dataclass
class Counted:
    """What all members heard together."""

    messages: int = 0
    moved: asyncio.Event = field(default_factory=asyncio.Event)


class Member(asyncio.Protocol):
    """Comes into the room; then counts."""

    def __init__(self, number: int, counted: Counted) -> None:
        self.joined: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._number, self._counted, self._step, self._held = number, counted, 0, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Shake hands."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(_HANDSHAKE)

    def data_received(self, data: bytes) -> None:
        """The next step, or messages; a beginning that a read cuts in two is found by the tail that is kept."""
        if self._step < len(_STEPS):
            self._greet(data)
            return
        data = self._held + data
        self._counted.messages += data.count(b"</message>")
        self._held = data[-9:] if not data.endswith(b"</message>") else b""
        self._counted.moved.set()

    def _greet(self, data: bytes) -> None:
        self._held += data
        marker, answer = _STEPS[self._step]
        # Both kinds of quotes are XML.
        if marker not in self._held and marker.replace(b"'", b'"') not in self._held:
            return
        self._step, self._held = self._step + 1, b""
        if answer:
            self.transport.write(_frame(answer.replace("{n}", str(self._number))))
        elif not self.joined.done():
            self.joined.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """The server hung up."""
        if not self.joined.done():
            self.joined.set_exception(exc or ConnectionError("the room closed the line"))


@dataclass(frozen=True)
class Measured:
    """What a room did with the messages."""

    micros: float  # CPU a delivery
    rate: float  # deliveries a second
    kilobytes: float  # memory a member


def measure(server: Server, *, members: int, messages: int, text: str) -> Measured:
    """Let one member say so many messages, never more than a window ahead of the slowest."""
    os.sched_setaffinity(0, {LOAD_CORE})
    return asyncio.run(_measure(server, members, messages, text))


async def _measure(server: Server, members: int, messages: int, text: str) -> Measured:
    counted, before = Counted(), server.resident_kb()
    people = await asyncio.wait_for(_gathered(server.port, members, counted), 300)
    try:
        kilobytes = (server.resident_kb() - before) / members
        await asyncio.sleep(1)
        say, start = _frame(_SAY.replace("{text}", text)), counted.messages
        cpu, began = server.cpu_seconds(), time.monotonic()
        for sent in range(messages):
            await _heard(counted, start + (sent - WINDOW) * members)
            people[0].transport.write(say)
        await _heard(counted, start + messages * members)
        deliveries = messages * members
        took = time.monotonic() - began
        return Measured((server.cpu_seconds() - cpu) / deliveries * 1e6, deliveries / took, kilobytes)
    finally:
        for one in people:
            one.transport.abort()


async def _gathered(port: int, members: int, counted: Counted) -> list[Member]:
    loop = asyncio.get_running_loop()
    people: list[Member] = []
    for first in range(0, members, JOINING):
        come = [Member(number, counted) for number in range(first, min(members, first + JOINING))]
        await asyncio.gather(*(loop.create_connection(partial(_itself, one), "127.0.0.1", port) for one in come))
        await asyncio.gather(*(one.joined for one in come))
        people += come
    return people


def _itself(one: Member) -> Member:
    return one


async def _heard(counted: Counted, enough: int) -> None:
    async with asyncio.timeout(120):
        while counted.messages < enough:
            counted.moved.clear()
            await counted.moved.wait()
