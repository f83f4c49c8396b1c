"""What the socket benches share: a server on one core, the load on the other, Redis in between.

python -m bench.load hub '{"coalesce_seconds": 0}'     # a hub; prints its port
python -m bench.load floor /path/to/control            # the same writes from bare uvloop transports
python -m bench.load channels                          # one Channels consumer a socket, as the manual has it
"""

import asyncio
import ctypes
import itertools
import json
import mmap
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import redis

from planet.stack.redis import Redis

CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, LOAD_CORE = CORES[0], CORES[-1]
TOPIC = "everyone"
SAMPLES = 262_144
TICK = os.sysconf("SC_CLK_TCK")
GENEROUS = {"sockets": 60_000, "sockets_an_address": 60_000, "handshakes_burst": 10**9}


class State(ctypes.Structure):
    """What the reader counts; the layout is fanout.c's."""

    _fields_ = (
        ("ready", ctypes.c_uint64),
        ("bytes", ctypes.c_uint64),
        ("samples", ctypes.c_uint64),
        ("began", ctypes.c_uint64),
        ("micros", ctypes.c_uint32 * SAMPLES),
    )


class Bench:
    """A directory, a Redis and the compiled ends; everything is gone at the end."""

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="planet-bench-"))
        os.sched_setaffinity(0, {LOAD_CORE})
        self.program = self.directory / "fanout"
        source = Path(__file__).with_name("fanout.c")
        if shutil.which("gcc") is None:
            raise SystemExit("the socket benches need gcc: no Python program can read as fast as the hub writes")
        subprocess.run(["gcc", "-O2", "-o", str(self.program), str(source)], check=True)
        self.redis = Redis(self.directory / "redis", self.directory / "redis.sock")
        self.redis.prepare()
        self._redis_process = subprocess.Popen(self.redis.command(durable=False), stdout=subprocess.DEVNULL)
        wait(self.redis.ready)
        self.environment = {
            **os.environ,
            "PLANET_MODE": "test",
            "DATA_DIR": str(self.directory),
            "REDIS_URL": self.redis.url,
        }
        self.hello = self.directory / "hello"
        self.greet()

    def close(self) -> None:
        """Stop Redis and remove the directory."""
        self._redis_process.terminate()
        self._redis_process.wait()
        shutil.rmtree(self.directory)

    def greet(self, since: str = "") -> None:
        """What each socket says: its handshake, and the subscription (from a cursor)."""
        message = {"op": "sub", "topics": [TOPIC], "since": {TOPIC: since} if since else {}}
        body = json.dumps(message).encode()
        size = bytes([0x80 | len(body)]) if len(body) < 126 else b"\xfe" + len(body).to_bytes(2, "big")
        headers = (
            "Host: localhost\r\nOrigin: http://localhost:8000\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140 Safari\r\n"
            "Accept-Language: en-GB,en;q=0.9\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nPragma: no-cache\r\n"
        )
        handshake = f"GET /socket/ HTTP/1.1\r\n{headers}\r\n".encode()
        self.hello.write_bytes(handshake + b"\x81" + size + b"\0\0\0\0" + body)

    @contextmanager
    def hub(self, **limits: float) -> "Iterator[Server]":
        """A hub process."""
        with self._server(["hub", json.dumps({**GENEROUS, **limits})]) as server:
            yield server

    @contextmanager
    def channels(self) -> "Iterator[Server]":
        """Channels alone."""
        with self._server(["channels"]) as server:
            yield server

    @contextmanager
    def floor(self, *, frame: int = 0) -> "Iterator[tuple[Server, socket.socket]]":
        """The C writer and the socket that feeds it."""
        port, control = free_port(), self.directory / "control"
        control.unlink(missing_ok=True)
        command = [str(self.program), "write", str(port), str(control), *([str(frame)] if frame else [])]
        process = subprocess.Popen(command, preexec_fn=_on_server_core)  # noqa: PLW1509  # one thread here
        yield from self._fed(process, port, control)

    @contextmanager
    def python_floor(self) -> "Iterator[tuple[Server, socket.socket]]":
        """The uvloop writer and the socket that feeds it."""
        control = self.directory / "control"
        control.unlink(missing_ok=True)
        with self._server(["floor", str(control)]) as server:
            yield from self._fed(server.process, server.port, control)

    def _fed(
        self, process: "subprocess.Popen[bytes]", port: int, control: Path
    ) -> "Iterator[tuple[Server, socket.socket]]":
        wait(control.exists)
        feed = socket.socket(socket.AF_UNIX)
        wait(lambda: feed.connect_ex(str(control)) == 0)
        try:
            yield Server(process, port), feed
        finally:
            feed.close()
            process.kill()
            process.wait()

    @contextmanager
    def _server(self, arguments: list[str]) -> "Iterator[Server]":
        command = [sys.executable, "-m", "bench.load", *arguments]
        process = subprocess.Popen(  # one thread here: preexec_fn is safe
            command,
            stdout=subprocess.PIPE,
            env=self.environment,
            preexec_fn=_on_server_core,  # noqa: PLW1509
        )
        assert process.stdout is not None
        port = int(process.stdout.readline())
        try:
            yield Server(process, port)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()

    @contextmanager
    def readers(self, server: "Server", count: int, *, plain: bool = False, each: int = 0) -> "Iterator[Readers]":
        """`count` sockets that are connected (and subscribed) when this begins; `each`: the size of a handshake."""
        readers = Readers(self, server, count, plain, each)
        try:
            wait(readers.all_ready, 120)
            yield readers
        finally:
            readers.close()

    def client(self) -> "redis.Redis":
        """A client of the bench's Redis."""
        return redis.Redis(unix_socket_path=str(self.redis.socket))


class Server:
    """A process whose CPU and memory we watch."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.process = process
        self.port = port

    def cpu_seconds(self) -> float:
        """CPU time so far, user and system."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def resident_kb(self) -> int:
        """Memory in use."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))

    def open_files(self) -> int:
        """How many it has open; a socket is one."""
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))


_numbers = itertools.count()


class Readers:
    """Sockets in the C reader."""

    def __init__(self, bench: Bench, server: Server, count: int, plain: bool, each: int = 0) -> None:
        path = bench.directory / f"state-{next(_numbers)}"
        path.write_bytes(bytes(ctypes.sizeof(State)))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 0)
        self.state = State.from_buffer(self._map)
        command = [str(bench.program), "read", str(server.port), str(count), str(path)]
        self._count = count
        self.started = time.monotonic()
        greeting = [] if plain else [str(bench.hello), *([str(each)] if each else [])]
        self._process = subprocess.Popen(command + greeting)

    def all_ready(self) -> bool:
        """Whether all are connected and subscribed."""
        if self._process.poll() is not None:
            raise RuntimeError("the reader ended")
        return bool(self.state.ready >= self._count)

    def close(self) -> None:
        """Close all of them."""
        self._process.kill()
        self._process.wait()
        del self.state
        self._map.close()

    def latencies(self) -> list[int]:
        """Microseconds from publication to arrival, on a sample of the sockets."""
        return sorted(self.state.micros[: self.state.samples])


def wait(met: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for a condition, closely."""
    deadline = time.monotonic() + seconds
    while not met():
        if time.monotonic() > deadline:
            raise TimeoutError("the bench waits in vain")
        time.sleep(0.0005)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _on_server_core() -> None:
    os.sched_setaffinity(0, {SERVER_CORE})


def _listen() -> socket.socket:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(4096)
    print(listening.getsockname()[1], flush=True)
    return listening


def _serve_hub(limits: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planet.config.settings")
    import django
    import uvicorn

    django.setup()
    from planet.realtime import topics
    from planet.realtime.app import build
    from planet.realtime.limits import Limits
    from planet.realtime.server import config, raise_file_limit

    raise_file_limit()
    topics.register(TOPIC, authorize=lambda _user_id, _key: True)  # no database in these benches
    uvicorn.Server(config(build(Limits(**json.loads(limits))))).run(sockets=[_listen()])


def _serve_channels() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planet.config.settings")
    import django
    import uvicorn

    django.setup()
    from channels.generic.websocket import AsyncWebsocketConsumer

    class Consumer(AsyncWebsocketConsumer):  # type: ignore[misc]
        groups = (TOPIC,)

        async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:  # noqa: ARG002
            await self.send(text_data='{"k":"sub"}')

        async def event(self, message: dict[str, str]) -> None:
            await self.send(text_data=message["text"])

    config = uvicorn.Config(
        Consumer.as_asgi(), loop="uvloop", ws_per_message_deflate=False, log_level="warning", lifespan="off"
    )
    uvicorn.Server(config).run(sockets=[_listen()])


def _serve_floor(control: str) -> None:
    import uvloop

    transports: list[asyncio.Transport] = []

    class Reader(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            transports.append(cast("asyncio.Transport", transport))  # uvloop's is one, and does not say so

    class Source(asyncio.Protocol):
        def data_received(self, data: bytes) -> None:
            for transport in transports:
                transport.write(data)

    async def main() -> None:
        loop = asyncio.get_running_loop()
        await loop.create_server(Reader, sock=_listen(), backlog=4096)
        await loop.create_unix_server(Source, control)
        await asyncio.Event().wait()

    uvloop.run(main())


if __name__ == "__main__":
    servers: dict[str, Callable[..., None]] = {"hub": _serve_hub, "floor": _serve_floor, "channels": _serve_channels}
    servers[sys.argv[1]](*sys.argv[2:])
