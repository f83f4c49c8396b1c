"""What the page benches share: a database of a known size, granian on one core, and a load generator on the other.

    granian … bench.web:hello   # Django's hello-world without any middleware: the floor
    granian … bench.web:plain   # Planet's settings and middleware, but a feed as the manual would write it

PostgreSQL, Redis and the load share the other core, so a web core's figure is its own.
"""

import asyncio
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.load import LOAD_CORE, SERVER_CORE, TICK, free_port, wait
from planet.stack.postgres import STOP_SIGNAL, Postgres
from planet.stack.redis import Redis

ROOT = Path(__file__).resolve().parent.parent
THREADS = "2"


# --- contenders ---------------------------------------------------------------------------------------------------


def _hello() -> Any:
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.http import HttpRequest, HttpResponse
    from django.urls import path

    def view(_: HttpRequest) -> HttpResponse:
        # The length is CommonMiddleware's work; without it granian would send chunks.
        return HttpResponse("Hello, world", headers={"Content-Length": "12"})

    settings.configure(
        ALLOWED_HOSTS=["*"],
        MIDDLEWARE=[],
        ROOT_URLCONF=type("Urls", (), {"urlpatterns": [path("", view)]}),
        USE_TZ=True,
    )
    return get_wsgi_application()


def _plain() -> Any:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planet.config.settings")
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()
    from django.http import HttpRequest, HttpResponse
    from django.template import engines
    from django.urls import include, path

    from creators.models import Follow
    from posts.models import Like, Post

    page = engines["django"].from_string(PLAIN_PAGE)

    def feed(request: HttpRequest) -> HttpResponse:
        followed = list(Follow.objects.filter(follower=request.user.pk).values_list("creator_id", flat=True))
        newest = Post.objects.filter(creator__in=followed, deleted_at=None).order_by("-id")
        posts = list(newest.select_related("creator__user", "repost_of__creator__user", "quote_of__creator__user")[:20])
        liked = set(Like.objects.filter(user=request.user.pk, post__in=posts).values_list("post_id", flat=True))
        return HttpResponse(page.render({"posts": posts, "liked": liked}, request))

    def hello(_: HttpRequest) -> HttpResponse:
        return HttpResponse("Hello, world")

    routes = [path("", feed), path("hello/", hello), path("", include("planet.config.urls"))]
    settings.ROOT_URLCONF = type("Urls", (), {"urlpatterns": routes})
    return application


# The same frame and the same content of a card as Planet's own page, rendered anew for everybody.
PLAIN_PAGE = """{% extends "base.html" %}{% block main %}{% for post in posts %}
<article class="post post-card" id="post-{{ post.id }}" data-post="{{ post.id }}">
<a class="avl" href="{{ post.creator.user.get_absolute_url }}">{% avatar post.creator.user "40" %}</a>
<div class="nm flex g8"><div class="grow">{% name_row post.creator.user post.created_at post.get_absolute_url %}</div>
<button class="ib sm" type="button" aria-label="{% trans "More" %}">{% icon "more" %}</button></div>
<div class="pb"><div class="txt">{{ post.text|linebreaks }}{{ post.repost_of.text|linebreaks }}</div>
{% if post.quote_of %}<blockquote>{% name_row post.quote_of.creator.user post.quote_of.created_at %}
{{ post.quote_of.text|linebreaks }}</blockquote>{% endif %}
<form class="acts" method="post" action="{% url "post_like" post.id %}">{% csrf_token %}
<a class="act" href="{{ post.get_absolute_url }}#comments">{% icon "reply" %}
<span class="sr">{% trans "Comments" %}</span><span>{{ post.comment_count|compact }}</span></a>
<button class="act" type="button">{% icon "repost" %}<span class="sr">{% trans "Repost" %}</span>
<span>{{ post.repost_count|compact }}</span></button>
<button class="act like" aria-pressed="{% if post.id in liked %}true{% else %}false{% endif %}">{% icon "heart" %}
<span class="sr">{% trans "Like" %}</span><span>{{ post.like_count|compact }}</span></button>
<button class="act" formaction="{% url "post_bookmark" post.id %}">{% icon "bookmark" %}
<span class="sr">{% trans "Bookmark" %}</span></button>
<a class="act" href="{{ post.get_absolute_url }}">{% icon "share" %}<span class="sr">{% trans "Share" %}</span></a>
</form></div></article>{% endfor %}{% endblock %}"""


def __getattr__(name: str) -> Any:
    """Build only the contender that granian asks for."""
    if name == "hello":
        return _hello()
    if name == "plain":
        return _plain()
    raise AttributeError(name)


# --- the stores ---------------------------------------------------------------------------------------------------


@dataclass
class Stores:
    """PostgreSQL and Redis in `directory`, production's settings, kept between runs."""

    directory: Path
    processes: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def __post_init__(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        self.directory.chmod(0o755)
        self.postgres = Postgres(self.directory / "postgres", self.directory / "run")
        self.redis = Redis(self.directory / "redis", self.directory / "run-redis" / "redis.sock")
        key = self.directory / "secret"
        if not key.exists():
            key.write_text(secrets.token_urlsafe(60))
        self.environment = {
            "PLANET_MODE": "production",
            "SECRET_KEY": key.read_text(),
            "ENCRYPTION_KEY": key.read_text(),
            "KYC_IDENTITY_PEPPER": key.read_text(),
            "PUBLIC_URL": "https://planet.example",
            "EMAIL_URL": "file:",
            "DATA_DIR": str(self.directory / "data"),
            "DATABASE_URL": self.postgres.url("planet"),
            "REDIS_URL": self.redis.url,
            "DJANGO_SETTINGS_MODULE": "planet.config.settings",
        }

    def __enter__(self) -> "Stores":
        from planet.stack.services import postgres_settings

        self.postgres.prepare()
        self.redis.prepare()
        with (self.directory / "stores.log").open("ab") as log:
            command = ["taskset", "-c", str(LOAD_CORE), *self.postgres.command(postgres_settings())]
            self.processes = [
                subprocess.Popen(command, stdout=log, stderr=log),
                subprocess.Popen(
                    ["taskset", "-c", str(LOAD_CORE), *self.redis.command(durable=False)], stdout=log, stderr=log
                ),
            ]
        wait(self.postgres.ready)
        wait(self.redis.ready)
        self.postgres.create_database("planet")
        os.environ.update(self.environment)
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            process.send_signal(STOP_SIGNAL)
        for process in self.processes:
            process.wait(30)

    def manage(self, *arguments: str, mode: str = "production") -> None:
        """Run a management command on these stores; its output goes through."""
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        subprocess.run(command, env={**os.environ, **self.environment, "PLANET_MODE": mode}, check=True, cwd=ROOT)


# --- the server ---------------------------------------------------------------------------------------------------


@dataclass
class Web:
    """A granian with one worker on the server's core."""

    process: "subprocess.Popen[bytes]"
    port: int

    def cpu_seconds(self) -> float:
        """CPU time of the whole process tree so far."""
        total = 0
        for pid in _family(self.process.pid):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICK


def _family(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += _family(int(child))
    return found


@contextmanager
def granian(application: str, log: Path) -> Iterator[Web]:
    """A server of this WSGI application, answering."""
    port = free_port()
    command = [
        *("taskset", "-c", str(SERVER_CORE)),
        *(sys.executable, "-m", "granian", "--interface", "wsgi", application, "--host", "127.0.0.1"),
        *("--port", str(port), "--http", "1", "--no-ws", "--workers", "1", "--blocking-threads", THREADS),
        *("--log-level", "error"),
    ]
    with log.open("ab") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)
    try:
        wait(lambda: _answers(port), 60)
        yield Web(process, port)
    finally:
        process.terminate()
        process.wait(20)


def _answers(port: int) -> bool:
    try:
        asyncio.run(visit(port, [b"GET /healthz HTTP/1.1\r\nHost: planet.example\r\n\r\n"], 1, 1))
    except (OSError, asyncio.IncompleteReadError):
        return False
    return True


# --- the load -----------------------------------------------------------------------------------------------------


@dataclass
class Run:
    """What a run measured."""

    requests: int
    seconds: float
    cpu: float
    latencies: list[float]
    size: int

    @property
    def per_second(self) -> float:
        """Requests a second by the clock."""
        return self.requests / self.seconds

    @property
    def per_core(self) -> float:
        """Requests a second that the CPU time used would make on a core of one's own."""
        return self.requests / self.cpu if self.cpu else 0.0

    def percentile(self, share: float) -> float:
        """A latency in milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


def request(path: str, *, cookie: str = "", htmx: bool = False) -> bytes:
    """A request as a proxy would pass it on."""
    lines = [f"GET {path} HTTP/1.1", "Host: planet.example", "X-Forwarded-Proto: https", "X-Forwarded-For: 192.0.2.7"]
    lines += [f"Cookie: {cookie}"] if cookie else []
    lines += ["HX-Request: true"] if htmx else []
    return ("\r\n".join([*lines, "Accept: text/html", "Accept-Language: en"]) + "\r\n\r\n").encode()


def load(web: Web, requests: Sequence[bytes], *, count: int, connections: int = 4) -> Run:
    """Send `count` requests over a few kept connections, each as soon as its last was answered."""
    asyncio.run(visit(web.port, requests, max(count // 10, connections), connections))  # warm: caches, statements
    cpu, began = web.cpu_seconds(), time.perf_counter()
    latencies, size = asyncio.run(visit(web.port, requests, count, connections))
    seconds = time.perf_counter() - began
    return Run(len(latencies), seconds, web.cpu_seconds() - cpu, latencies, size)


async def visit(port: int, requests: Sequence[bytes], count: int, connections: int) -> tuple[list[float], int]:
    """Send `count` of the requests, in turn; every latency in seconds, and the size of the answer in the middle."""
    latencies: list[float] = []
    sizes: list[int] = []
    jobs = iter(range(count))

    async def visitor() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
        for job in jobs:
            began = time.perf_counter()
            writer.write(requests[job % len(requests)])
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
            await reader.readexactly(length)
            latencies.append(time.perf_counter() - began)
            sizes.append(length)
            if count > 1 and not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 204")):
                raise RuntimeError(f"not a page: {head[:300]!r}")
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(visitor() for _ in range(connections)))
    return latencies, sorted(sizes)[len(sizes) // 2] if sizes else 0
