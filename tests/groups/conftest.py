"""What tests of groups share."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from groups import broadcasts, coalescing
from groups.actions import sending
from groups.models import Group, Message, Role
from groups.rights import Right
from planet.accounts.models import User
from planet.realtime import publish as really_publish
from tests.cast import Cast
from tests.factories import make_group, make_member

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
Hearing = Callable[[Callable[[], Any]], "list[Event]"]


@dataclass(frozen=True)
class Event:
    """One thing that went to the socket."""

    topic: str
    kind: str
    data: dict[str, Any]
    html: str


def write(author: User, group: Group, text: str = "Is the leg filled?", **options: Any) -> Message:
    """Say something in the group's only channel, or in `channel`."""
    channel = options.pop("channel", None) or group.channels.get(root=None)
    options.setdefault("client_id", uuid.uuid4())
    return sending.send(channel=channel, author=author, text=text, now=options.pop("now", NOW), **options)


def make_helper(group: Group, user: User, rights: Right, rank: int = 100) -> Role:
    """Give a member a role with these rights."""
    role = Role.objects.create(group=group, name=f"Role {rank}", rights=int(rights), rank=rank)
    group.memberships.filter(user=user).update(role=role)
    return role


@pytest.fixture
def group(cast: Cast) -> Group:
    """Alice's group; Bob is a member, Olga too; Charlie is not."""
    made = make_group(cast.alice.user, "Basis", cast.bob)
    make_member(made, cast.olga)
    return made


@pytest.fixture
def heard(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> Hearing:
    """What the socket hears while a function runs and its transactions commit; it is really published, too."""

    def hearing(run: Callable[[], Any]) -> list[Event]:
        events: list[Event] = []

        def publish(topic: str, kind: str, data: Any = None, html: str | None = None) -> None:
            events.append(Event(topic, kind, data or {}, html or ""))
            really_publish(topic, kind, data, html)

        with monkeypatch.context() as patch:
            patch.setattr(broadcasts, "publish", publish)
            with django_capture_on_commit_callbacks(execute=True):
                run()
        return events

    return hearing


@pytest.fixture(autouse=True)
def promised(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """What would be told a quarter of a second later, by a thread that sees nothing of this test's transaction."""
    kept: list[Callable[[], None]] = []
    monkeypatch.setattr(coalescing, "later", kept.append)
    return kept
