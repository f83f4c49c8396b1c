"""What each right of a group is for, as a browser asks for it."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from groups.models import Channel, ChannelKind, Group, JoinRequest
from groups.rights import NONE, Right
from planet.accounts.models import User
from tests.factories import make_message, make_user

SCRIPT = {"X-Requested-With": "fetch"}


@dataclass(frozen=True)
class Deed:
    """What a right is for, as a browser asks for it; `also` are rights that it takes besides."""

    path: str
    data: dict[str, Any] | None = None  # None: one looks
    also: Right = NONE

    def ask(self, browser: Client) -> int:
        """The answer's status, with data that was never sent before."""
        if self.data is None:
            return browser.get(self.path, headers=SCRIPT).status_code
        sent = {name: value() if callable(value) else value for name, value in self.data.items()}
        return browser.post(self.path, sent, headers=SCRIPT).status_code


def _png() -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (4, 4)).save(out, "PNG")
    return SimpleUploadedFile("chart.png", out.getvalue(), "image/png")


def words(text: str) -> dict[str, Any]:
    return {"text": text, "client_id": lambda: str(uuid4())}


def deeds_in(group: Group, *, about: User) -> dict[Right, Deed]:
    """One for each right. `about` is a member whom things are done about, Dora waits at the door."""
    room = group.channels.get()
    news = Channel.objects.create(group=group, name="News", kind=ChannelKind.ANNOUNCEMENTS, position=2)
    said = make_message(room, about, "At which price?")
    dora = make_user("dora")
    asked = JoinRequest.objects.create(group=group, user=dora, answers=[])
    send, attach = reverse("channel_send", args=[room.pk]), reverse("channel_attach", args=[room.pk])
    poll = {"question": "Up?", "options": "Yes\nNo", "runs": "1d", "client_id": lambda: str(uuid4())}

    def at(name: str, *more: object) -> str:
        return reverse(name, args=[group.handle, *more])

    return {
        Right.SEND: Deed(send, words("Two thirds of it.")),
        Right.PICTURES: Deed(attach, {"file": _png}, Right.SEND),
        Right.FILES: Deed(attach, {"file": lambda: SimpleUploadedFile("fills.txt", b"OKX 3")}, Right.SEND),
        Right.LINKS: Deed(send, words("https://example.com/fills"), Right.SEND),
        Right.POLLS: Deed(reverse("channel_poll", args=[room.pk]), poll, Right.SEND),
        Right.REACT: Deed(reverse("message_react", args=[said.pk]), {"emoji": "👍", "on": "1"}),
        Right.THREADS: Deed(reverse("message_thread", args=[said.pk]), {}),
        Right.INVITE: Deed(at("group_invites"), {"handle": "charlie"}),
        Right.ANNOUNCE: Deed(reverse("channel_send", args=[news.pk]), words("Out now.")),
        Right.PIN: Deed(reverse("message_pin", args=[said.pk]), {"on": "1"}),
        Right.DELETE: Deed(reverse("message_delete", args=[said.pk]), {}),
        Right.RESTRICT: Deed(
            at("group_restrict", about.pk), {"taken": str(int(Right.SEND)), "span": "24", "reason": ""}
        ),
        Right.REQUESTS: Deed(at("group_decide", asked.pk), {"yes": "1"}),
        Right.LINKS_OF_INVITE: Deed(at("group_new_link"), {"name": "Letter", "expires": "24", "max_uses": "5"}),
        Right.CHANNELS: Deed(at("group_new_channel"), {"name": "signals", "about": "", "kind": "text"}),
        Right.EDIT_GROUP: Deed(at("group_freeze"), {"on": "1"}),
        Right.ROLES: Deed(at("group_new_role"), {"name": "Scout", "rank": "50"}),
        Right.AUTOMOD: Deed(
            at("group_automod"),
            {"name": "Scams", "kind": "words", "words": "airdrop*", "action": "block", "is_on": "on"},
        ),
        Right.BOTS: Deed(at("group_bots"), {"bot-name": "Watch", "bot-scopes": ["1"]}),
        Right.SEE_LOG: Deed(at("group_log")),
    }
