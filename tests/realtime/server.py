"""A realtime server for tests, as a process: `python -m tests.realtime.server '{"topics_a_socket": 3}'`.

Prints its port. Has topics of its own, so that these tests need no hub: `open:<any>` is for everyone, `club:<creator>`
for the creator's followers, and `nearby` is derived from `place:<creator>`, again for the followers.
"""

import json
import os
import socket
import sys
from collections.abc import Sequence
from uuid import UUID

import django
import uvicorn

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planet.config.settings")


def register_topics() -> None:
    from creators.models import Follow
    from planet.realtime import topics

    def follows(user_id: UUID | None, key: str) -> bool:
        return user_id is not None and Follow.objects.filter(follower_id=user_id, creator_id=UUID(key)).exists()

    def followers(key: str, user_ids: Sequence[UUID]) -> set[UUID]:
        rows = Follow.objects.filter(creator_id=UUID(key), follower_id__in=user_ids)
        return set(rows.values_list("follower_id", flat=True))

    topics.register("open", authorize=lambda user_id, key: True)
    topics.register("club", authorize=follows)
    topics.register("nearby", authorize=lambda user_id, key: user_id is not None, source="place", audience=followers)


def main() -> None:
    django.setup()
    register_topics()
    from planet.realtime.app import build
    from planet.realtime.limits import Limits
    from planet.realtime.server import config, raise_file_limit

    raise_file_limit()
    limits = Limits(**json.loads(sys.argv[1] if len(sys.argv) > 1 else "{}"))
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", 0))
    sys.stdout.write(f"{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    uvicorn.Server(config(build(limits))).run(sockets=[listening])


if __name__ == "__main__":
    main()
