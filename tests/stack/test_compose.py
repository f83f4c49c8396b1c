"""docker-compose.yml and the Dockerfile, run by hand: the same commands and the same environment, without Docker."""

import asyncio
import gzip
import http.client
import itertools
import json
import os
import re
import shlex
import signal
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
import websockets
import websockets.asyncio.client
import yaml

from planet.stack.places import socket_dir
from planet.stack.postgres import Postgres
from planet.stack.redis import Redis
from tests.stack.proxy import HOST, find_nginx, nginx
from tests.waiting import until

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
OURS = ("release", "web", "realtime", "worker", "media", "beat")
TCP = {"postgres": 5432, "redis": 6379}
DOT_ENV = {
    "SECRET_KEY": "".join(chr(ord("a") + index % 26) for index in range(60)),
    "ENCRYPTION_KEY": "not used for anything but this test",
    "KYC_IDENTITY_PEPPER": "nor is this one, which is as long",
    "POSTGRES_PASSWORD": "not-asked-for-here",
    "PUBLIC_URL": "https://planet.example",
    "EMAIL_URL": "smtps://planet:secret@mail.example",
}


def interpolated(value: str) -> str:
    """What compose makes of a value: `${NAME:?message}` and `${NAME:-default}` from `.env`."""

    def replace(match: re.Match[str]) -> str:
        name, operator, rest = match[1], match[2], match[3]
        return DOT_ENV[name] if operator == ":?" else DOT_ENV.get(name, rest)

    return re.sub(r"\$\{(\w+)(:\?|:-)([^}]*)\}", replace, value)


def instruction(name: str) -> list[str]:
    """The last one of that name in the Dockerfile, in its JSON form."""
    return list(json.loads(re.findall(rf"^{name} (\[.*\])$", DOCKERFILE, re.MULTILINE)[-1]))


def image_environment() -> dict[str, str]:
    """ENV of the final stage."""
    final = DOCKERFILE.rpartition("\nFROM ")[2]
    assignments = shlex.split(re.findall(r"^ENV ((?:.*\\\n)*.*)", final, re.MULTILINE)[0].replace("\\\n", " "))
    return dict(assignment.split("=", 1) for assignment in assignments)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Containers:
    """The services, as processes of this machine."""

    directory: Path
    ports: dict[str, int] = field(default_factory=dict)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def environment(self, service: str) -> dict[str, str]:
        """A container's environment, with this machine's places for the network's."""
        declared = {name: interpolated(value) for name, value in COMPOSE["services"][service]["environment"].items()}
        variables = {**image_environment(), **declared}
        here = {f"{name}:{port}": f"127.0.0.1:{self.ports[name]}" for name, port in TCP.items()}
        for name, theirs in itertools.product(variables, here):
            variables[name] = variables[name].replace(theirs, here[theirs])
        variables |= {"PORT": str(self.ports["web"]), "REALTIME_PORT": str(self.ports["realtime"])}
        variables |= {"DATA_DIR": str(self.directory / "data"), "STATIC_ROOT": str(self.directory / "collected")}
        variables |= {"TMPDIR": str(self.directory), "PATH": f"{Path(sys.executable).parent}:{os.defpath}"}
        return variables

    def command(self, service: str) -> list[str]:
        """ENTRYPOINT and the service's command, in this Python."""
        return [sys.executable, *instruction("ENTRYPOINT")[1:], *COMPOSE["services"][service]["command"]]

    def run(self, service: str) -> subprocess.CompletedProcess[str]:
        """Run a service to its end."""
        return subprocess.run(
            self.command(service),
            cwd=ROOT,
            env=self.environment(service),
            check=False,
            capture_output=True,
            text=True,
        )

    def start(self, service: str) -> subprocess.Popen[bytes]:
        """Start a service; its output goes to a file of its name."""
        with (self.directory / f"{service}.log").open("ab") as log:
            process = subprocess.Popen(
                self.command(service), cwd=ROOT, env=self.environment(service), stdout=log, stderr=log
            )
        self.processes.append(process)
        return process

    def healthy(self, service: str) -> bool:
        """Whether the service's health check says so."""
        check = COMPOSE["services"][service].get("healthcheck", {}).get("test")
        command = (
            check[1:]
            if check
            else json.loads(re.findall(r"^HEALTHCHECK .* CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)[0])
        )
        result = subprocess.run([sys.executable, *command[1:]], cwd=ROOT, env=self.environment(service), check=False)
        return result.returncode == 0

    def get(self, path: str, *, https: bool = True) -> tuple[int, str]:
        """A page as the proxy asks for it: status and body, redirects not followed."""
        headers = {"Host": "planet.example", "X-Forwarded-For": "192.0.2.1"}
        headers |= {"X-Forwarded-Proto": "https"} if https else {}
        request = urllib.request.Request(f"http://127.0.0.1:{self.ports['web']}{path}", headers=headers)
        try:
            with urllib.request.build_opener(_Stay).open(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


@pytest.fixture(scope="module")
def containers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Containers]:
    """A PostgreSQL and a Redis on TCP ports, and nothing of ours yet."""
    directory = tmp_path_factory.mktemp("compose")
    all_ = Containers(directory, {name: free_port() for name in ("postgres", "redis", "web", "realtime")})
    postgres = Postgres(directory / "postgres", socket_dir(directory))
    redis = Redis(directory / "redis", socket_dir(directory) / "redis.sock")
    postgres.prepare(durable=False)
    redis.prepare()
    (directory / "data").mkdir()
    tcp = {"listen_addresses": "127.0.0.1", "port": str(all_.ports["postgres"]), "fsync": "off"}
    redis_tcp = [*redis.command(durable=False), "--port", str(all_.ports["redis"])]
    with (directory / "stores.log").open("ab") as log:
        stores = [subprocess.Popen(command, stdout=log, stderr=log) for command in (postgres.command(tcp), redis_tcp)]
    try:
        until(lambda: _listens(all_.ports["postgres"]) and _listens(all_.ports["redis"]))
        _create_database(all_.ports["postgres"])
        _collect_static(all_)
        yield all_
    finally:
        for process in all_.processes:
            process.kill()
            process.wait(20)
        for process, number in zip(stores, (signal.SIGINT, signal.SIGTERM), strict=True):
            process.send_signal(number)
            process.wait(20)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _create_database(port: int) -> None:
    import psycopg

    def create() -> bool:
        try:
            with psycopg.connect(f"postgresql://planet@127.0.0.1:{port}/postgres", autocommit=True) as connection:
                connection.execute("CREATE DATABASE planet")
        except psycopg.OperationalError:  # still starting
            return False
        return True

    until(create)


def _collect_static(containers: Containers) -> None:
    """What the image does while it is built."""
    commands = re.findall(r"/opt/planet/bin/python (manage\.py [^\\\n]+)", DOCKERFILE)
    assert [command.split()[1] for command in commands] == ["translations", "collectstatic"]
    variables = {**os.environ, "PLANET_MODE": "development"}
    variables |= {"STATIC_ROOT": str(containers.directory / "collected"), "DATA_DIR": str(containers.directory)}
    for command in commands:
        subprocess.run(
            [sys.executable, *command.split()], cwd=ROOT, env=variables, check=True, stdout=subprocess.DEVNULL
        )


@pytest.mark.processes
@pytest.mark.timeout(300)
def test_release_checks_the_settings_and_migrates(containers: Containers) -> None:
    result = containers.run("release")

    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout
    assert "Applying posts.0001_initial... OK" in result.stdout
    assert "No migrations to apply" in containers.run("release").stdout


@pytest.mark.processes
def test_release_refuses_settings_that_are_not_for_production(
    containers: Containers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(DOT_ENV, "PUBLIC_URL", "http://planet.example")

    result = containers.run("release")

    assert result.returncode == 2
    assert "PUBLIC_URL: production needs the https:// address" in result.stderr


@pytest.mark.processes
@pytest.mark.timeout(480)
def test_the_services_start_get_healthy_work_together_and_stop(containers: Containers) -> None:
    assert containers.run("release").returncode == 0
    servers = {name: containers.start(name) for name in OURS if name != "release"}
    for name, process in servers.items():
        until(_healthy_or_ended(containers, name, process), within=240, every=0.3)

    status, body = until(lambda: _ready(containers), within=120)
    assert json.loads(body)["parts"] == {"postgres": True, "redis": True, "worker": True}
    assert status == 200
    assert containers.get("/")[0] == 200
    assert containers.get("/", https=False)[0] == 301  # to https
    assert containers.get("/metrics")[0] == 404  # the proxy is not this machine

    for process in servers.values():
        process.terminate()
    for name, process in servers.items():
        grace = int(COMPOSE["services"][name].get("stop_grace_period", "10s").removesuffix("s"))
        assert process.wait(grace) in {0, -signal.SIGTERM}, name
    for line in (containers.directory / "web.log").read_text().splitlines():
        json.loads(line)  # every line of production is JSON


@pytest.mark.processes
@pytest.mark.skipif(find_nginx() is None, reason="needs nginx (Debian: apt install nginx-light)")
@pytest.mark.timeout(300)
def test_the_proxy_joins_pages_files_and_sockets_into_one_site(containers: Containers, tmp_path: Path) -> None:
    assert containers.run("release").returncode == 0
    servers = {name: containers.start(name) for name in ("web", "realtime")}
    for name, process in servers.items():
        until(_healthy_or_ended(containers, name, process), within=240, every=0.3)
    http, https = free_port(), free_port()
    picture = tmp_path / "media" / "avatar" / "ab" / f"{'ab' * 16}-400x400" / "96.webp"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"RIFF")
    clip = tmp_path / "media" / "video" / "ab" / f"{'ab' * 16}-640x360" / "360.mp4"
    clip.parent.mkdir(parents=True)
    clip.write_bytes(b"0123456789")
    names = {
        "WEB": f"127.0.0.1:{containers.ports['web']}",
        "REALTIME": f"127.0.0.1:{containers.ports['realtime']}",
        "MEDIA": str(tmp_path / "media"),
        "HTTP_LISTEN": str(http),
        "HTTPS_LISTEN": str(https),
    }
    with nginx(tmp_path, names) as trusted:
        site = Site(http, https, trusted)
        until(lambda: _listens(https))
        status, headers, body = site.get("/latest/", accept="gzip")
        assert (status, headers["Content-Encoding"], headers["Strict-Transport-Security"][:7]) == (
            200,
            "gzip",
            "max-age",
        )
        style = re.search(r'href="(/static/css/tokens[^"]+)"', gzip.decompress(body).decode())
        assert style
        assert "immutable" in site.get(style[1])[1]["Cache-Control"]
        assert site.get("/metrics")[0] == site.get("/readyz")[0] == 404
        assert site.plain("/p/")[:2] == (308, f"https://{HOST}/p/")
        shown = site.get(f"/media/{picture.relative_to(tmp_path / 'media')}")
        assert (shown[0], shown[1]["Content-Type"], shown[2]) == (200, "image/webp", b"RIFF")
        part = site.get(f"/media/{clip.relative_to(tmp_path / 'media')}", range_="bytes=2-4")
        assert (part[0], part[1]["Content-Type"], part[2]) == (206, "video/mp4", b"234")
        assert json.loads(site.socket(f"https://{HOST}"))["k"] == "hello"
        with pytest.raises(websockets.exceptions.InvalidStatus):
            site.socket("https://evil.example")
        servers["web"].terminate()
        servers["web"].wait(30)
        status, headers, body = site.get("/latest/")
        assert (status, headers["Retry-After"], b"One moment" in body) == (503, "5", True)


@dataclass
class Site:
    """The proxy as a browser sees it."""

    http: int
    https: int
    trusted: ssl.SSLContext

    def get(self, path: str, *, accept: str = "identity", range_: str = "") -> tuple[int, Message, bytes]:
        """Status, headers and body over TLS."""
        with closing(http.client.HTTPSConnection(HOST, context=self.trusted, timeout=20)) as connection:
            connection.sock = self._secure()
            ranged = {"Range": range_} if range_ else {}
            headers = {"Accept-Encoding": accept, "Connection": "close", **ranged}
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()

    def plain(self, path: str) -> tuple[int, str]:
        """Status and Location without TLS."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.http, timeout=20)) as connection:
            connection.request("GET", path, headers={"Host": HOST, "Connection": "close"})
            answer = connection.getresponse()
            answer.read()
            return answer.status, answer.headers["Location"]

    def socket(self, origin: str) -> str | bytes:
        """The first message of a socket that a page of `origin` opens."""
        return asyncio.run(self._hear(origin))

    async def _hear(self, origin: str) -> str | bytes:
        # Not the client with threads: one that reads and one that writes share a TLS session, which OpenSSL forbids;
        # a ticket that arrives while the request is written can then swallow the answer.
        async with (
            asyncio.timeout(60),
            websockets.asyncio.client.connect(
                f"wss://{HOST}/socket/",
                sock=socket.create_connection(("127.0.0.1", self.https)),
                ssl=self.trusted,
                origin=websockets.Origin(origin),
                open_timeout=60,
            ) as opened,
        ):
            return await opened.recv()

    def _secure(self) -> ssl.SSLSocket:
        return self.trusted.wrap_socket(socket.create_connection(("127.0.0.1", self.https)), server_hostname=HOST)


def _healthy_or_ended(containers: Containers, name: str, process: subprocess.Popen[bytes]) -> Callable[[], bool]:
    def check() -> bool:
        assert process.poll() is None, (containers.directory / f"{name}.log").read_text()[-3000:]
        return containers.healthy(name)

    return check


def _ready(containers: Containers) -> tuple[int, str] | None:
    status, body = containers.get("/readyz")
    return (status, body) if status == 200 else None


def test_every_service_of_ours_waits_for_the_release_and_runs_unprivileged() -> None:
    for name in OURS:
        service = COMPOSE["services"][name]
        assert service["cap_drop"] == ["ALL"]
        assert service["read_only"] is True
        if name != "release":
            assert service["depends_on"]["release"] == {"condition": "service_completed_successfully"}
    assert re.findall(r"^USER (\d+)$", DOCKERFILE, re.MULTILINE) == ["10001"]


def test_only_the_proxy_is_reachable_from_outside() -> None:
    assert [name for name, service in COMPOSE["services"].items() if "ports" in service] == ["proxy"]


def test_the_image_gets_every_package_of_ours() -> None:
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "bench", "tools"}

    assert packages <= kept


def test_the_proxy_gets_every_name_that_its_template_asks_for() -> None:
    template = (ROOT / "deploy" / "nginx.conf.template").read_text()

    assert set(re.findall(r"\$\{([A-Z_]+)\}", template)) == set(COMPOSE["services"]["proxy"]["environment"])
