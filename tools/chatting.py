"""Members of a group who keep writing while Planet is broken around them, and keep what they see as a browser does.

A `Chatter` follows the rules of static/js/chat and of nothing else: it writes over HTTP under ids of its own until it
is answered, listens on the socket, and fetches `…/since/` when it comes back, is told of a gap, or finds a revision
missing. It never loads the conversation anew. `storm` lets many of them write while `faults` strike, and then compares
what each has with the database: nothing lost, nothing twice, nothing in another order.
"""

import asyncio
import contextlib
import json
import random
import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import psycopg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException

from tools.planet import Planet

_ROW = re.compile(r'<article class="msg[^"]*"[^>]*? data-m="([^"]+)" data-n="(\d+)" data-r="(\d+)" data-c="([^"]+)"')
_PATIENCE = 20.0
_MOMENT = 0.7
_TOKEN = "t" * 32
_REACTIONS = ("🔥", "👀", "🚀")
# Everybody is in and signed in; what it prints is the channel and the cookies.
_MAKE = """
import json
from django.test import Client
from tests.factories import make_creator, make_group, make_user
owner = make_creator("{prefix}own").user
people = [make_user("{prefix}" + str(number)) for number in range({count})]
group = make_group(owner, "{prefix}", *people)
cookies = []
for user in people:
    client = Client()
    client.force_login(user, "planet.accounts.backends.Backend")
    cookies.append(client.cookies["sessionid"].value)
print(json.dumps([str(group.channels.get().pk), cookies]))
"""


@dataclass(frozen=True)
class Answer:
    """What the site said."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass(frozen=True, order=True)
class Row:
    """A message as one sees it: its place, who it is, and which change of the channel it shows."""

    number: int
    id: str
    revision: int


@dataclass
class Chatter:
    """One member's open tab."""

    planet: Planet
    channel: str
    cookie: str
    chance: random.Random
    pause: float = 0.6  # seconds between two things it does, about
    rows: dict[int, Row] = field(default_factory=dict)
    mine: dict[str, str] = field(default_factory=dict)  # what it wrote and was answered: client id → message
    revision: int = 0
    wrong: list[str] = field(default_factory=list)
    catch_ups: int = 0
    connections: int = 0
    _ahead: set[int] = field(default_factory=set)  # changes that came before their turn
    _socket: ClientConnection | None = None
    _behind: asyncio.Event = field(default_factory=asyncio.Event)
    _quiet: asyncio.Event = field(default_factory=asyncio.Event)

    # --- writing ----------------------------------------------------------------------------------------------------

    async def write(self, stop: asyncio.Event) -> None:
        """Do one thing after the other until the storm is over; what was begun is finished."""
        while not stop.is_set():
            act = self.chance.random()
            living = list(self.mine.values())
            if act < 0.7 or not living:
                await self._insist(f"/channels/{self.channel}/send/", self._words(), str(uuid.uuid4()))
            elif act < 0.85:
                fields = {"emoji": self.chance.choice(_REACTIONS), "on": self.chance.choice("110")}
                rows = list(self.rows.values())
                if rows:
                    await self._insist(f"/m/{self.chance.choice(rows).id}/react/", fields)
            elif act < 0.95:
                await self._insist(f"/m/{self.chance.choice(living)}/edit/", {"text": self._words()["text"]})
            else:
                client_id = self.chance.choice(list(self.mine))
                await self._insist(f"/m/{self.mine.pop(client_id)}/delete/", {})
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self.pause * (0.5 + self.chance.random()))

    def _words(self) -> dict[str, str]:
        return {"text": f"**{self.chance.getrandbits(64):x}** and so on"}

    async def _insist(self, path: str, fields: dict[str, str], client_id: str = "") -> None:
        """Until it is answered; sometimes the line is cut after sending, and it cannot know whether it arrived."""
        form = {**fields, **({"client_id": client_id} if client_id else {})}
        while True:
            answer = await self._request("POST", path, form, cut=self.chance.random() < 0.05)
            if answer and answer.status in (200, 201):
                found = _ROW.search(answer.body)
                if client_id and found:
                    self.mine[client_id] = found[1]
                return
            if answer and answer.status in (404, 410) and not client_id:
                return  # what it was about is gone
            if answer and answer.status not in (429, 500, 502, 503, 504):
                self.wrong.append(f"{path}: {answer.status} {answer.body[:200]}")
                return
            await self._breathe()

    async def _breathe(self) -> None:
        await asyncio.sleep(0.2 + 0.3 * self.chance.random())

    # --- hearing ----------------------------------------------------------------------------------------------------

    async def listen(self) -> None:
        """Be connected, for ever; come back whenever the socket is lost."""
        attempts = 0
        while True:
            with contextlib.suppress(OSError, TimeoutError, WebSocketException, InvalidHandshake):
                async with self._connect() as socket:
                    self._socket = socket
                    self.connections += 1
                    attempts = 0
                    await socket.send(json.dumps({"op": "sub", "topics": [f"channel:{self.channel}"]}))
                    async for message in socket:
                        self._hear(json.loads(message))
            self._socket = None
            attempts += 1
            await asyncio.sleep(self.chance.random() * min(4.0, 0.25 * 2**attempts))

    def _connect(self) -> connect:
        return connect(
            f"ws://localhost:{self.planet.realtime_port}/socket/",
            origin=self.planet.url,  # type: ignore[arg-type]  # a NewType of str
            additional_headers={"Cookie": f"sessionid={self.cookie}"},
            compression=None,
            proxy=None,
            open_timeout=_PATIENCE,
            ping_interval=None,
        )

    def cut(self) -> None:
        """The network is gone in the middle of something."""
        if self._socket is not None:
            self._socket.transport.abort()

    def _hear(self, event: dict[str, Any]) -> None:
        kind, data = event["k"], event.get("d", {})
        if kind in ("sub", "gap"):
            self._behind.set()  # it came (back): whatever happened before, it fetches
        elif kind == "denied":
            self.wrong.append("denied")
        elif kind == "message":
            self._take(event["h"])
            for revision in (*data.get("covers", ()), data["revision"]):
                self._reach(revision)
        elif kind == "revision" and data["revision"] > self.revision:
            self._be_patient(lambda: data["revision"] > self.revision)

    def _reach(self, revision: int) -> None:
        """It has this change: the next one is missing for as long as it has later ones."""
        if revision > self.revision:
            self._ahead.add(revision)
            self._advance()
        if self._ahead:
            first = self.revision
            self._be_patient(lambda: bool(self._ahead) and self.revision == first)

    def _advance(self) -> None:
        self._ahead = {revision for revision in self._ahead if revision > self.revision}
        while self.revision + 1 in self._ahead:
            self.revision += 1
            self._ahead.discard(self.revision)

    def _be_patient(self, is_behind: Callable[[], bool]) -> None:
        """Counts are told late, and servers in another order: whether it is behind shows a moment later."""

        def judge() -> None:
            if is_behind():
                self._behind.set()

        asyncio.get_running_loop().call_later(_MOMENT, judge)

    async def catch_up(self) -> None:
        """Fetch what is missing, whenever something is, for ever."""
        while True:
            await self._behind.wait()
            self._behind.clear()
            while not await self._fetched():
                await self._breathe()

    async def _fetched(self) -> bool:
        answer = await self._request("GET", f"/channels/{self.channel}/since/?revision={self.revision}")
        if answer is None or answer.status != 200:
            return False
        self.catch_ups += 1
        self._take(answer.body)
        self.revision = max(self.revision, int(answer.headers["x-revision"]))
        self._advance()
        return "x-more" not in answer.headers

    def _take(self, html: str) -> None:
        """Show rows: a newer one takes an older one's place; another message in the same place is a fault."""
        for message_id, number, revision, _client_id in _ROW.findall(html):
            row = Row(int(number), message_id, int(revision))
            known = self.rows.get(row.number)
            if known and known.id != row.id:
                self.wrong.append(f"two messages have number {number}")
            if known is None or known.revision < row.revision:
                self.rows[row.number] = row

    # --- the line ---------------------------------------------------------------------------------------------------

    async def _request(
        self, method: str, path: str, form: dict[str, str] | None = None, *, cut: bool = False
    ) -> Answer | None:
        """What the site answers; None when nothing came, or the line was cut before it did."""
        body = urlencode({**form, "csrfmiddlewaretoken": _TOKEN}) if form is not None else ""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: localhost:{self.planet.port}\r\nConnection: close\r\n"
            f"Cookie: sessionid={self.cookie}; csrftoken={_TOKEN}\r\nHX-Request: true\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        try:
            async with asyncio.timeout(_PATIENCE):
                reader, writer = await asyncio.open_connection("localhost", self.planet.port)
                try:
                    writer.write((head + body).encode())
                    await writer.drain()
                    raw = b"" if cut else await reader.read()
                finally:
                    writer.transport.abort()
        except (OSError, TimeoutError):
            return None
        return _answer(raw)


def _answer(raw: bytes) -> Answer | None:
    head, found, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    if not found or len(first.split()) < 2:
        return None
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    if "content-length" in headers and len(body) != int(headers["content-length"]):
        return None  # it died in the middle of the answer
    return Answer(int(first.split()[1]), headers, body.decode(errors="replace"))


# --- the storm --------------------------------------------------------------------------------------------------------

Fault = Callable[[], object]
FEW = 3


@dataclass(frozen=True)
class Outcome:
    """How it ended: `wrong` is empty, or says what was."""

    wrong: Sequence[str]
    messages: int
    changes: int
    acknowledged: int
    faults: int
    catch_ups: int
    connections: int
    settled: float  # seconds from the last fault until everybody had everything


def members(planet: Planet, prefix: str, count: int, *, seed: int, pause: float) -> list[Chatter]:
    """A new group with so many members, and an open tab for each."""
    made = planet.manage("shell", "--no-imports", "--command", _MAKE.format(prefix=prefix, count=count))
    channel, cookies = json.loads(made)
    return [Chatter(planet, channel, cookie, random.Random(seed + n), pause) for n, cookie in enumerate(cookies)]


def stored(planet: Planet, channel: str) -> tuple[dict[int, Row], dict[str, str], int]:
    """What the database has: the rows, the message of each client id, and the channel's last revision."""
    with psycopg.connect(planet.database_url) as database:
        found = database.execute(
            "SELECT number, id::text, revision, client_id::text FROM groups_message WHERE channel_id = %s", [channel]
        ).fetchall()
        last = database.execute("SELECT last_revision FROM groups_channel WHERE id = %s", [channel]).fetchone()
    rows = {number: Row(number, message_id, revision) for number, message_id, revision, _ in found}
    return rows, {client_id: message_id for _, message_id, _, client_id in found}, last[0] if last else 0


async def storm(
    chatters: Sequence[Chatter], faults: Sequence[Fault], *, seconds: float, seed: int, patience: float = 60
) -> Outcome:
    """Let everybody write while the faults strike in a random order; then compare.

    For so long, and on until each fault struck and each member was answered a few times: a busy machine takes longer.
    """
    chance, stop = random.Random(seed), asyncio.Event()
    listening = [asyncio.create_task(run()) for one in chatters for run in (one.listen, one.catch_up)]
    writing = [asyncio.create_task(one.write(stop)) for one in chatters]
    loop = asyncio.get_running_loop()
    ends, struck, waiting = loop.time() + seconds, 0, list(faults)
    chance.shuffle(waiting)
    while loop.time() < ends or waiting or sum(len(one.mine) for one in chatters) < FEW * len(chatters):
        await asyncio.sleep(seconds / (len(faults) + 2) * (0.5 + chance.random()))
        fault = waiting.pop() if waiting else chance.choice(faults)
        await asyncio.to_thread(fault)
        struck += 1
        for one in chance.sample(list(chatters), max(1, len(chatters) // 6)):
            one.cut()
    stop.set()
    last = loop.time()
    await asyncio.gather(*writing)
    wrong = await _settle(chatters, patience=patience)
    settled = loop.time() - last
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)
    rows, _, changes = stored(chatters[0].planet, chatters[0].channel)
    return Outcome(
        wrong=wrong,
        messages=len(rows),
        changes=changes,
        acknowledged=sum(len(one.mine) for one in chatters),
        faults=struck,
        catch_ups=sum(one.catch_ups for one in chatters),
        connections=sum(one.connections for one in chatters),
        settled=settled,
    )


async def _settle(chatters: Sequence[Chatter], *, patience: float) -> list[str]:
    """Wait until everybody has what the database has; what is wrong when they do not get there."""
    deadline = asyncio.get_running_loop().time() + patience
    while True:
        wrong = await asyncio.to_thread(compare, chatters)
        if not wrong or asyncio.get_running_loop().time() > deadline:
            return wrong
        await asyncio.sleep(0.5)


def compare(chatters: Sequence[Chatter]) -> list[str]:
    """Everything in which somebody's list, or somebody's memory of what was acknowledged, differs from the database."""
    rows, by_client, last = stored(chatters[0].planet, chatters[0].channel)
    wrong = [fault for one in chatters for fault in one.wrong]
    if sorted(rows) != list(range(1, len(rows) + 1)):
        wrong.append("the numbers have holes")
    if rows and max(row.revision for row in rows.values()) != last:
        wrong.append("the channel's revision is not its newest message's")
    for at, one in enumerate(chatters):
        if one.rows != rows:
            missing, other = rows.keys() - one.rows.keys(), one.rows.keys() - rows.keys()
            stale = [n for n in rows.keys() & one.rows.keys() if rows[n] != one.rows[n]]
            wrong.append(f"member {at}: lacks {sorted(missing)[:9]}, invents {sorted(other)[:9]}, old {stale[:9]}")
        lost = [client_id for client_id, message in one.mine.items() if by_client.get(client_id) != message]
        if lost:
            wrong.append(f"member {at}: acknowledged and lost: {lost[:3]}")
    return wrong
