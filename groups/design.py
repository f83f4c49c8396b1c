"""The conversation's pieces for the page that shows every piece (`planet.web.design`): rows that stand nowhere."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from groups.emoji import REACTIONS
from groups.models import Attachment, Channel, Group, Membership, Message, Role
from groups.parts import Option, PollView
from groups.rights import ADMIN, NONE
from planet.accounts.models import KycState, User
from planet.web.design import Room


@dataclass(frozen=True)
class _Preview:
    """As much of a link's preview as its card needs."""

    address: str = "https://example.com/funding"
    site: str = "example.com"
    title: str = "Funding turned negative on three venues"
    description: str = "Perpetual swaps traded below spot for the second day while open interest fell by a tenth."
    picture: str = ""


@dataclass
class _Room:
    """A channel with people who talk in it, none of whom is stored."""

    now: datetime = field(default_factory=timezone.now)
    channel: Channel = field(default_factory=lambda: Channel(name="General", group=Group(name="Basis & Funding")))
    count: int = 0

    def message(self, author: User, text: str = "", **fields: Any) -> Message:
        """A dressed message; what it is not given it does not have."""
        self.count += 1
        dressing: dict[str, Any] = {"mark": "", "mark_kind": "", "files": (), "pinned": False}
        dressing |= {"poll": None, "shared": None, "preview": None, **fields.pop("dressing", {})}
        at = fields.pop("created_at", self.now - timedelta(minutes=60 - self.count))
        values = {"kind": "said", "reactions": {}, "mentioned": [], "client_id": uuid4(), **fields}
        made = Message(
            channel=self.channel, author=author, number=self.count, revision=1, text=text, created_at=at, **values
        )
        for name, value in dressing.items():
            setattr(made, name, value)
        return made


def _person(handle: str, name: str, *, is_verified: bool = False) -> User:
    state = KycState.APPROVED if is_verified else KycState.NONE
    return User(handle=handle, display_name=name, kyc_state=state, is_creator=is_verified)


def _poll(*, over: bool = False) -> PollView:
    options = [Option(0, "Above ten", 18, 60), Option(1, "Between five and ten", 9, 30), Option(2, "Below", 3, 10)]
    return PollView(options, 30, not over, None if over else timezone.now() + timedelta(days=1), over)


def _context() -> dict[str, Any]:
    room = _Room()
    people = (
        _person("ines", "Ines Varga", is_verified=True),
        _person("tomo", "Tomo Ishida"),
        _person("wei", "韦岚"),
        _person("a_rather_long_handle", "A person whose display name is forty signs", is_verified=True),
    )
    ines, _tomo, wei, _long = people
    owner: dict[str, Any] = {"mark": "Owner", "mark_kind": "own"}
    asked = room.message(ines, "Is the OKX leg **filled**, @tomo?", mentioned=["tomo"], dressing=owner)
    return {
        "pieces": [("A row, and one that goes on", asked, ""), *_said(room, asked, *people)],
        "waits": [
            (room.message(ines, "From the tunnel."), "Waiting for a connection", ""),
            (room.message(ines, "Claim your airdrop"), "The rule “No giveaways” stopped it.", " refused"),
        ],
        "asked": asked,
        "channel": room.channel,
        "other": Channel(name="Off topic", group=room.channel.group),
        "group": Group(name="Basis & Funding", owner=ines),
        "members": _members(*people),
        "online": {ines.pk, wei.pk},
        "reactions": list(REACTIONS.items()),
        "name": "Basis & Funding",
        "here": "#",
        "may_attach": True,
        "may_poll": True,
    }


def _said(room: _Room, asked: Message, *people: User) -> list[tuple[str, Message, str]]:
    """What stands above a row, the row, and how it is marked."""
    ines, tomo, wei, long = people
    file = Attachment(kind="file", name="fills-2026-11-23.csv", size=18_204)
    answered = room.message(
        tomo,
        "Two thirds of it, at 207.5.\n\n> and the rest?",
        reply_to=asked,
        edited_at=room.now,
        reactions={"👍": 4, "🔥": 12},
        thread_count=3,
        dressing={"mark": "Night desk", "mark_kind": "adm", "pinned": True},
    )
    first = {"name": "Ines Varga", "handle": "ines"}
    return [
        ("", room.message(ines, "The `swap` leg, I mean."), " cont"),
        ("An answer that was edited; reactions; a thread", answered, ""),
        ("To whoever reads", room.message(long, "@all the window closes at four.", mentions_all=True), " tome"),
        ("A file", room.message(tomo, "Everything we did today.", dressing={"files": [file]}), ""),
        ("A link", room.message(wei, "资金费率转负了。", dressing={"preview": _Preview()}), ""),
        ("Said elsewhere first", room.message(tomo, "We wait.", forwarded=first), ""),
        ("A poll, and one that is over", room.message(ines, "The basis on Friday?", dressing={"poll": _poll()}), ""),
        ("", room.message(ines, "The basis on Monday?", dressing={"poll": _poll(over=True)}), ""),
        ("Deleted, and what the group tells", room.message(tomo, deleted_at=room.now), ""),
        ("", room.message(wei, kind="event", event={"kind": "joined"}), ""),
    ]


def _members(*people: User) -> list[Membership]:
    roles = [None, Role(name="Admin", rights=int(ADMIN)), Role(name="Analyst", rights=int(NONE)), None]
    titles = ["", "", "", "Reads footnotes"]
    return [
        Membership(user=one, role=role, title=title) for one, role, title in zip(people, roles, titles, strict=True)
    ]


PIECES = Room("groups", "Conversations", "groups/design.html", _context)
