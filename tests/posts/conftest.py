"""What tests of posts share."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import override_settings
from pytest_django import DjangoCaptureOnCommitCallbacks

from planet.accounts.models import User
from planet.realtime import publish as really_publish
from posts import actions, broadcasts
from posts.models import Comment, Post

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
Publish = Callable[..., Post]
Write = Callable[..., Comment]


@dataclass(frozen=True)
class Event:
    """One thing that went to the socket."""

    topic: str
    kind: str
    data: dict[str, Any]
    html: str


@pytest.fixture
def publish() -> Publish:
    """Publishes a post: `publish(user, "text")`."""

    def publishing(actor: User, text: str = "Funding on $SOL went negative.", **options: Any) -> Post:
        return actions.publish(
            actor=actor, client_id=options.pop("client_id", uuid.uuid4()), text=text, now=NOW, **options
        )

    return publishing


@pytest.fixture
def write() -> Write:
    """Writes a comment: `write(user, post, "text", parent)`."""

    def writing(
        actor: User, post: Post, text: str = "Agreed.", parent: Comment | None = None, **options: Any
    ) -> Comment:
        return actions.comment(
            actor=actor,
            post_id=post.pk,
            client_id=options.pop("client_id", uuid.uuid4()),
            text=text,
            parent_id=parent.pk if parent else None,
            now=NOW,
        )

    return writing


@pytest.fixture
def heard(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> Callable[[Callable[[], Any]], list[Event]]:
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


@pytest.fixture
def own_storage(tmp_path: Path) -> Iterator[None]:
    """A storage of the test's own, for who counts what lies in it."""
    with override_settings(MEDIA_ROOT=tmp_path):
        yield


@pytest.fixture
def film() -> str:
    """A video as the media worker leaves it, without the work."""
    key = f"video/ab/{'ab' * 16}-320x180"
    for name in ("master.m3u8", "360.m3u8", "360.mp4"):
        default_storage.save(f"{key}/{name}", ContentFile(f"{name} 0123456789".encode()))
    return key
