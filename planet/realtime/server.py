"""The realtime process: `python -m planet.realtime.server --host … --port …`.

uvicorn with our protocol class, which shows the hub its transports. Compression is off (five times the CPU and 35 KB a
socket for messages of 200 bytes). Behind a proxy only `/socket/` belongs outside; `/healthz` and `/metrics` do not.
"""

import argparse
import os
import resource
from collections.abc import Sequence
from typing import Any

import uvicorn

from planet.realtime.protocol import SocketProtocol
from planet.realtime.wire import MAX_MESSAGE

PING_SECONDS = 25.0
PONG_SECONDS = 20.0


def config(app: Any, **options: Any) -> uvicorn.Config:
    """uvicorn's settings for `app`, an application or where to import it from."""
    return uvicorn.Config(
        app,
        loop="uvloop",
        ws=SocketProtocol,
        ws_max_size=MAX_MESSAGE,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PONG_SECONDS,
        ws_per_message_deflate=False,
        lifespan="on",
        proxy_headers=False,  # we count our proxies ourselves: planet.realtime.origin
        server_header=False,
        access_log=False,
        log_level="warning",
        log_config=None,
        timeout_graceful_shutdown=3,
        **{"backlog": 4096, **options},
    )


def raise_file_limit() -> None:
    """Every socket is an open file: take as many as the system grants."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    chosen = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planet.config.settings")
    raise_file_limit()
    uvicorn.Server(config("planet.config.asgi:application", host=chosen.host, port=chosen.port)).run()


if __name__ == "__main__":
    main()
