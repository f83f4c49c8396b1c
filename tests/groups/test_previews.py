"""Previews of links: read what a page says, and never call where a stranger should not make us call."""

import io
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from groups import showing
from groups.actions import previewing, sending
from groups.errors import Gone
from groups.models import Channel, Group, Message, MessagePreview, Preview
from groups.previews.links import first_link
from groups.previews.network import Network, Refused, fetch, is_public
from groups.previews.reading import describe
from planet.accounts.models import User
from tests.cast import Cast
from tests.factories import make_group

HTML = """<html><head><title>Plain</title><meta property="og:title" content="Carry &amp; basis">
<meta name="description" content="What a  basis is"><meta property="og:image" content="/picture.png"></head>"""


class Site(BaseHTTPRequestHandler):
    """A few pages, and who asked for what."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        Site.asked.append(self.headers["Host"] + self.path)
        kind = self.path.partition("?")[0]
        if kind == "/drip":
            self._drip()
        elif kind.startswith("/to/"):
            self._send(b"", status=302, headers={"Location": f"http://{kind[4:]}"})
        elif kind == "/loop":
            self._send(b"", status=301, headers={"Location": "/loop"})
        elif kind == "/packed":
            self._send(b"x", headers={"Content-Encoding": "gzip"})
        elif kind == "/endless":
            self._send(HTML.encode() + b"x" * 900_000)
        elif kind == "/picture.png":
            out = io.BytesIO()
            Image.new("RGB", (8, 8)).save(out, "PNG")
            self._send(out.getvalue(), "image/png")
        elif kind == "/missing":
            self._send(b"", status=404)
        else:
            self._send(HTML.encode())

    def _send(
        self, body: bytes, media_type: str = "text/html", status: int = 200, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _drip(self) -> None:
        """A byte now and then, which no time limit of a single read ever sees."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            try:
                self.wfile.write(b"x")
                self.wfile.flush()
            except OSError:
                return
            if threading.Event().wait(0.02):
                return

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def port() -> Iterator[int]:
    """A site on this machine."""
    Site.asked = []
    server = HTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def network(port: int, **options: Any) -> Network:
    """A world in which good.example is this machine, and everything else what it is called."""
    names = {"good.example": ["127.0.0.1"], "evil.example": ["10.0.0.7"], "both.example": ["127.0.0.1", "10.0.0.7"]}
    plain: dict[str, Any] = {
        "resolve": lambda host, _port: names.get(host, [host]),
        "allowed": lambda address: address == "127.0.0.1",
        "ports": (port,),
        "seconds": 5.0,
    }
    return Network(**{**plain, **options})


def get(address: str, world: Network) -> bytes:
    return fetch(address, most=100_000, accept=("text/html",), network=world).body


# --- where we call ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:1::1", "::7f00:1",
        "2001:db8::1", "nonsense", "",
    ],
)  # fmt: skip
def test_what_is_not_the_public_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "::ffff:1.1.1.1"])
def test_what_is(address: str) -> None:
    assert is_public(address)


def test_a_page_is_read_from_the_address_that_was_checked(port: int) -> None:
    looks: list[str] = []

    def rebinding(host: str, _port: int) -> list[str]:
        """The second look-up would say something else; there is none."""
        looks.append(host)
        return ["127.0.0.1"] if len(looks) == 1 else ["10.0.0.7"]

    assert b"Carry" in get(f"http://good.example:{port}/", network(port, resolve=rebinding))
    assert looks == ["good.example"]
    assert Site.asked == [f"good.example:{port}/"]


@pytest.mark.parametrize(
    "address",
    ["http://evil.example:{port}/", "http://both.example:{port}/", "http://10.0.0.7:{port}/", "ftp://good.example/",
     "http://good.example:22/", "http://user:secret@good.example:{port}/", "http://[broken", "file:///etc/passwd",
     "http://good.example:99999/", "gopher://good.example:{port}/"],
    ids=["private", "one of two", "literal", "scheme", "port", "user", "broken", "file", "no port", "gopher"],
)  # fmt: skip
def test_what_leads_elsewhere_is_never_called(port: int, address: str) -> None:
    with pytest.raises(Refused):
        get(address.format(port=port), network(port))
    assert Site.asked == []


def test_a_redirect_is_checked_like_the_first_address(port: int) -> None:
    world = network(port)
    for target in (f"evil.example:{port}/", f"10.0.0.7:{port}/", "good.example:22/"):
        with pytest.raises(Refused):
            get(f"http://good.example:{port}/to/{target}", world)
    assert len(Site.asked) == 3, "nothing but the redirects themselves"
    assert b"Carry" in get(f"http://good.example:{port}/to/good.example:{port}/page", world)


@pytest.mark.parametrize("path", ["loop", "packed", "missing", "picture.png"])
def test_what_is_no_page_is_refused(port: int, path: str) -> None:
    with pytest.raises(Refused):
        get(f"http://good.example:{port}/{path}", network(port))
    assert len(Site.asked) <= 4


def test_size_is_bounded(port: int) -> None:
    assert len(get(f"http://good.example:{port}/endless", network(port))) == 100_000


def test_a_server_that_drips_is_cut_off(port: int) -> None:
    began = time.monotonic()
    with suppress(Refused):
        get(f"http://good.example:{port}/drip", network(port, seconds=0.4))
    assert time.monotonic() - began < 3


def test_nobody_there(port: int) -> None:
    def away(host: str, _port: int) -> list[str]:
        raise OSError(host)

    with pytest.raises(Refused):
        get(f"http://good.example:{port}/", network(port, resolve=away))


# --- what a page says -------------------------------------------------------------------------------------------------


def test_a_page_describes_itself() -> None:
    said = describe(HTML.encode(), address="https://www.site.example/a")
    assert (said.title, said.description, said.site) == ("Carry & basis", "What a basis is", "site.example")
    assert said.picture == "https://www.site.example/picture.png"


@pytest.mark.parametrize(
    ("body", "charset", "title"),
    [
        ("<title>基差</title>".encode("gb18030"), "gb18030", "基差"),
        (b'<meta charset="gb18030">' + "<title>基差</title>".encode("gb18030"), "", "基差"),
        (b"<title>a\xffb</title>", "no-such-charset", "ab"),
        (b"<title>x</title><body><title>late</title>", "", "x"),
        (b"<title>" + b"y" * 5000, "", "y" * 199 + "…"),
        (b"", "", ""),
        (b"<meta property=og:title><title>z", "base64", "z"),
    ],
    ids=["header", "meta", "damaged", "body", "long", "empty", "codec"],
)
def test_in_any_state(body: bytes, charset: str, title: str) -> None:
    assert describe(body, address="https://a.example/", charset=charset).title == title


def test_the_first_link_out_of_planet() -> None:
    assert first_link("see https://testserver/p/ and https://a.example/x#top") != ""
    assert first_link("`https://a.example` no") == ""
    assert first_link("https://a.example/x#top") == "https://a.example/x"


# --- below a message --------------------------------------------------------------------------------------------------


@pytest.fixture
def look(settings: Any, tmp_path: Path, port: int) -> Callable[[Message], Preview | None]:
    """Have a message previewed in the small world."""
    settings.MEDIA_ROOT = tmp_path
    world = network(port)
    return lambda message: previewing.preview(message_id=message.pk, now=timezone.now(), network=world)


def say(group: Group, author: User, text: str) -> Message:
    channel = group.channels.get()
    return sending.send(channel=channel, author=author, text=text, client_id=uuid4(), now=timezone.now())


def test_a_preview_is_fetched_once_and_shown_below_each_message(
    cast: Cast, port: int, look: Callable[[Message], Preview | None]
) -> None:
    group = make_group(cast.alice.user, "Basis")
    first, second = (say(group, cast.alice.user, f"http://good.example:{port}/page") for _ in range(2))
    assert look(first) == look(second)
    assert [path for path in Site.asked if "page" in path] == [f"good.example:{port}/page"]
    first.refresh_from_db()
    second.refresh_from_db()
    assert second.revision == Channel.objects.get().last_revision
    (dressed,) = showing.dress(list(showing.with_people(Message.objects.filter(pk=first.pk))), group=group)
    html = str(showing.fragment(dressed))
    assert "Carry &amp; basis" in html
    assert 'src="/media/picture/' in html
    assert previewing.in_use([Preview.objects.get().picture]) == {Preview.objects.get().picture}


def test_what_cannot_be_had_is_not_asked_for_again(
    cast: Cast, port: int, look: Callable[[Message], Preview | None]
) -> None:
    message = say(make_group(cast.alice.user, "Basis"), cast.alice.user, f"http://evil.example:{port}/")
    look(message)
    look(message)
    row = Preview.objects.get()
    assert (row.title, row.fetched_at is None, Site.asked) == ("", False, [])


def test_an_old_page_is_fetched_again_and_a_lost_fetch_too(
    cast: Cast, port: int, look: Callable[[Message], Preview | None]
) -> None:
    message = say(make_group(cast.alice.user, "Basis"), cast.alice.user, f"http://good.example:{port}/page")
    look(message)
    old = timezone.now() - timedelta(days=8)
    Preview.objects.update(fetched_at=old, asked_at=old)
    look(message)
    Preview.objects.update(fetched_at=None, asked_at=old)
    look(message)
    assert len([path for path in Site.asked if "page" in path]) == 3


def test_its_author_takes_it_off(cast: Cast, port: int, look: Callable[[Message], Preview | None]) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    message = say(group, cast.bob, f"http://good.example:{port}/page")
    look(message)
    with pytest.raises(Gone):
        previewing.take_off(actor=cast.alice.user, message_id=message.pk, now=timezone.now())
    where = reverse("message_preview_off", args=[message.pk])
    assert cast.browser(cast.charlie).post(where).status_code == 404
    assert cast.browser(cast.bob).post(where).status_code == 302
    assert MessagePreview.objects.get().removed_at is not None
    (dressed,) = showing.dress([Message.objects.select_related("author").get()], group=group)
    assert dressed.preview is None


def test_an_edited_link_has_no_old_preview(cast: Cast, port: int, look: Callable[[Message], Preview | None]) -> None:
    group = make_group(cast.alice.user, "Basis")
    message = say(group, cast.alice.user, f"http://good.example:{port}/page")
    look(message)
    Message.objects.update(text="https://other.example/")
    (dressed,) = showing.dress([Message.objects.select_related("author").get()], group=group)
    assert dressed.preview is None
