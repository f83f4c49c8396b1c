"""What was broadcast, read from the log that browsers are caught up from: for "old page + events = fresh page" tests.

before = published.on(f"post:{post.pk}")
...act, with on-commit callbacks run...
event, = published.on(f"post:{post.pk}")[len(before):]
assert event.html in browser.get(url).content.decode()
"""

import json
from dataclasses import dataclass
from typing import Any

from planet.realtime.connection import client, log_key


@dataclass(frozen=True)
class Event:
    """One event as browsers receive it."""

    kind: str
    data: dict[str, Any]
    html: str


def on(topic: str) -> list[Event]:
    """The events on `topic`, oldest first, as far back as the log reaches; for a derived one name the topic itself."""
    entries: Any = client().xrange(log_key(topic))
    bodies = (json.loads(fields[b"e"]) for _, fields in entries)
    return [Event(body["k"], body.get("d", {}), body.get("h", "")) for body in bodies]
