"""What listeners make somebody look after: every few seconds an app is told which keys of its topic are listened to.

For what has no event of its own, such as who is online among some people: nobody asks for a topic without listeners,
and however many listen, it is asked once.
"""

import asyncio
import logging
import random
from collections.abc import Collection

from planet.realtime import topics
from planet.realtime.database import Database, Unavailable

logger = logging.getLogger(__name__)

EVERY_SECONDS = 5.0
AT_ONCE = 50  # keys a prefix and round; of more, some at a time


def look(prefix: str, keys: list[str]) -> None:
    """Tell the owner of a prefix that these keys have listeners. It may ask the database."""
    watch = topics.watches().get(prefix)
    if watch:
        watch(keys)


def due(prefix: str, heard: Collection[str], *, most: int = AT_ONCE) -> list[str]:
    """The keys of a prefix among the topics that are heard; of many, some by chance."""
    begins = f"{prefix}:"
    keys = [topic.removeprefix(begins) for topic in heard if topic.startswith(begins)]
    return keys if len(keys) <= most else random.sample(keys, most)


class Watching:
    """Looks after the topics of one hub."""

    def __init__(self, database: Database, heard: Collection[str]) -> None:
        self._database = database
        self._heard = heard

    async def run(self) -> None:
        """For ever."""
        while True:
            await asyncio.sleep(EVERY_SECONDS * (0.8 + 0.4 * random.random()))  # hubs take turns
            for prefix in topics.watches():
                if keys := due(prefix, self._heard):
                    await self._look(prefix, keys)

    async def _look(self, prefix: str, keys: list[str]) -> None:
        try:
            await self._database.run(look, prefix, keys)
        except Unavailable as error:
            logger.warning("nobody looked after %s: %s", prefix, error)
        except Exception:
            logger.exception("looking after %s failed", prefix)
