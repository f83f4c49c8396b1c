"""A browser tab's end of the socket, and the server it talks to."""

import contextlib
import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from planet.realtime import publish

SITE = settings.SITE_URL
SECONDS = 10.0


def until(met: Callable[[], bool], what: str) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + SECONDS
    while not met():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.01)


class Tab:
    """One open socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        hello = self.hear()
        assert hello["k"] == "hello"
        self.epoch = hello["e"]

    def say(self, message: Any) -> None:
        self.socket.send(message if isinstance(message, str) else json.dumps(message))

    def hear(self) -> dict[str, Any]:
        """The next message."""
        heard: dict[str, Any] = json.loads(self.socket.recv(timeout=SECONDS))
        return heard

    def hear_all(self) -> list[dict[str, Any]]:
        """Everything that was published until now: an event of our own is the end, for hubs keep the order."""
        self.say({"op": "sub", "topics": ["open:end"]})
        heard = []
        while (message := self.hear()) != {**message, "k": "sub", "t": "open:end"}:
            heard.append(message)
        publish("open:end", "end")
        while (message := self.hear())["k"] != "end":
            heard.append(message)
        self.say({"op": "unsub", "topics": ["open:end"]})
        return heard

    def subscribe(self, *topics: str, since: dict[str, str] | None = None) -> list[dict[str, Any]]:
        """Ask for topics; everything that was heard until each was answered."""
        self.say({"op": "sub", "topics": topics, "since": since or {}})
        heard: list[dict[str, Any]] = []
        while sum(message["k"] in {"sub", "denied"} for message in heard) < len(topics):
            heard.append(self.hear())
        return heard

    def closing(self) -> int:
        """Read to the end; the code that the server closed with."""
        try:
            while True:
                self.socket.recv(timeout=SECONDS)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006


class Server:
    """A running realtime server."""

    def __init__(self, **limits: Any) -> None:
        database = connection.settings_dict
        url = f"postgresql:///{database['NAME']}?user={database['USER']}&host={database['HOST']}"
        environment = {**os.environ, "DATABASE_URL": url, "REDIS_URL": settings.REDIS_URL}
        command = [sys.executable, "-m", "tests.realtime.server", json.dumps(limits)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True)
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())
        until(lambda: bool(self.health().get("redis")), "the server is well")

    def get(self, path: str) -> tuple[int, bytes]:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            link.request("GET", path)
            response = link.getresponse()
            return response.status, response.read()
        finally:
            link.close()

    def health(self) -> dict[str, Any]:
        """Its /healthz; empty while it does not listen yet."""
        try:
            answer: dict[str, Any] = json.loads(self.get("/healthz")[1])
        except OSError:
            return {}
        return answer

    def sockets(self) -> int:
        return int(self.health()["sockets"])

    @contextlib.contextmanager
    def dial(self, browser: Client | None = None, *, origin: str | None = SITE, **options: Any) -> Iterator[Any]:
        """A WebSocket from a page of `origin`, with the browser's cookies."""
        headers = options.pop("headers", {})
        if browser is not None:
            headers["Cookie"] = "; ".join(f"{name}={cookie.value}" for name, cookie in browser.cookies.items())
        with connect(
            f"ws://127.0.0.1:{self.port}{options.pop('path', '/socket/')}",
            origin=origin,  # type: ignore[arg-type]  # a NewType of str
            additional_headers=headers,
            compression=None,
            proxy=None,
            open_timeout=SECONDS,
            **options,
        ) as socket:
            yield socket

    @contextlib.contextmanager
    def tab(self, browser: Client | None = None, **options: Any) -> Iterator[Tab]:
        """A tab with its socket open and greeted."""
        with self.dial(browser, **options) as socket:
            yield Tab(socket)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)
        assert self.process.stdout is not None
        self.process.stdout.close()
