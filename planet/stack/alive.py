"""Whether the server of this container is alive: `python -m planet.stack.alive web|realtime|worker|beat`.

Quick, for it is asked every few seconds: nothing of Django is imported. Web and realtime are asked over HTTP; worker
and beat, which nobody can ask, touch a file as they go round.
"""

import os
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

# The worker goes round every 2 s and beat hands out work every 10 s.
STALE_AFTER = 60.0
_PORTS = {"web": ("PORT", 8000), "realtime": ("REALTIME_PORT", 8001)}


def _sign(name: str) -> Path:
    return Path(tempfile.gettempdir()) / f"planet-{name}-alive"


def touch(name: str) -> None:
    """Called by a server that nobody can ask, each time that it goes round."""
    _sign(name).touch()


def alive(name: str) -> bool:
    """Whether it answers, or has gone round of late."""
    if name not in _PORTS:
        sign = _sign(name)
        return sign.exists() and time.time() - sign.stat().st_mtime < STALE_AFTER
    variable, default = _PORTS[name]
    address = f"http://127.0.0.1:{os.environ.get(variable) or default}/healthz"
    try:
        with urllib.request.urlopen(address, timeout=4) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(0 if alive(sys.argv[1]) else 1)
