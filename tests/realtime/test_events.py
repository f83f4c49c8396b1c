"""Publishing, seen from Redis."""

import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from planet.realtime import connection, events, presence, publish, revoke, topics, wire
from tests import published

OWNER = uuid.uuid4()


@pytest.fixture
def channel() -> Iterator[Any]:
    """A subscriber on the events channel."""
    pubsub = connection.client().pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
    pubsub.subscribe(connection.events_channel(), connection.control_channel())
    pubsub.get_message(timeout=1)
    pubsub.get_message(timeout=1)
    yield pubsub
    pubsub.close()


def _heard(channel: Any) -> list[bytes]:
    message = channel.get_message(timeout=2)
    assert message is not None, "nothing was published"
    return list(message["data"].split(b"\n", 3))


def test_an_event_is_logged_and_published_with_one_id(channel: Any) -> None:
    publish(f"user:{OWNER}", "notification", {"unread": 3}, html="<li>New</li>")
    topic, source, event_id, body = _heard(channel)
    assert (topic.decode(), source) == (f"user:{OWNER}", b"")
    assert json.loads(body) == {"t": f"user:{OWNER}", "k": "notification", "d": {"unread": 3}, "h": "<li>New</li>"}
    logged = connection.client().xrange(connection.log_key(f"user:{OWNER}"))
    assert logged == [(event_id, {b"s": b"", b"e": body})]


def test_tests_can_read_what_was_broadcast() -> None:
    publish("everyone", "post", {"n": 1}, html="<p>1</p>")
    publish("everyone", "post")
    assert published.on("everyone") == [published.Event("post", {"n": 1}, "<p>1</p>"), published.Event("post", {}, "")]


def test_a_publication_on_a_source_goes_to_the_derived_topic(channel: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topics, "_registered", dict(topics._registered))
    topics.register("nearby", authorize=lambda user, key: True, source="place", audience=lambda key, ids: set(ids))
    publish("place:42", "post", {"id": OWNER})
    topic, source, _, body = _heard(channel)
    assert (topic, source) == (b"nearby", b"42")
    assert json.loads(body)["d"] == {"id": str(OWNER)}


def test_the_log_is_capped_and_expires() -> None:
    for number in range(events.LOG_EVENTS + 5):
        publish("everyone", "post", {"n": number})
    key = connection.log_key("everyone")
    assert connection.client().xlen(key) == events.LOG_EVENTS
    assert 0 < int(connection.client().ttl(key)) <= events.LOG_SECONDS


def test_an_unknown_topic_is_a_mistake_in_the_program() -> None:
    with pytest.raises(LookupError):
        publish("nosuch:1", "post")


def test_the_sockets_own_kinds_cannot_be_published() -> None:
    with pytest.raises(ValueError, match="own"):
        publish("everyone", "hello")


def test_an_event_that_is_too_big_becomes_a_gap(channel: Any, caplog: pytest.LogCaptureFixture) -> None:
    publish("everyone", "post", html="x" * wire.MAX_EVENT)
    assert json.loads(_heard(channel)[3]) == {"t": "everyone", "k": "gap"}
    assert "reload" in caplog.text


@pytest.fixture
def no_redis(settings: Any, tmp_path: Path) -> Iterator[Callable[[], None]]:
    """Redis is away until the test calls this."""
    url, kept = settings.REDIS_URL, connection.client()  # a client that nobody holds closes its connections

    def back() -> None:
        settings.REDIS_URL = url
        connection.client.cache_clear()

    settings.REDIS_URL = f"unix://{tmp_path}/nobody"
    connection.client.cache_clear()
    yield back
    back()
    kept.close()
    events._missed.clear()


def test_publishing_without_redis_fails_nothing_and_is_confessed_later(channel: Any, no_redis: Any) -> None:
    publish("everyone", "post")
    revoke(OWNER)
    assert presence.online([OWNER]) == set()
    no_redis()
    publish(f"user:{OWNER}", "notification")
    assert json.loads(_heard(channel)[3])["k"] == "notification"
    assert json.loads(_heard(channel)[3]) == {"t": "everyone", "k": "gap"}
    assert not events._missed


def test_a_revocation_reaches_every_hub(channel: Any) -> None:
    revoke(OWNER, "post:1")
    assert json.loads(channel.get_message(timeout=2)["data"]) == {"user": str(OWNER), "topic": "post:1"}


def test_only_people_whose_moment_has_not_passed_are_online() -> None:
    here, gone, never = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    connection.client().zadd(connection.ONLINE_KEY, {str(here): 4e9, str(gone): 1})
    assert presence.online([here, gone, never]) == {here}
    assert presence.online([]) == set()
