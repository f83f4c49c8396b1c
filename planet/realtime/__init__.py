"""The socket: one a tab, many topics. Apps use `publish`, `revoke`, `topics.register` and `presence.online`."""

from planet.realtime import presence, topics
from planet.realtime.events import publish, revoke

__all__ = ["presence", "publish", "revoke", "topics"]
