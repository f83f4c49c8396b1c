"""One tree on one data directory.

Two locks: `up.lock` is held by the supervisor alone, `tree.lock` by it and by everything it started. Whoever finds the
first one free and the second one taken has come between the death of a supervisor and that of its servers, and waits.
"""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OWN = "up.lock"
TREE = "tree.lock"


class AlreadyUp(Exception):
    """Another tree runs on the same data directory."""


@dataclass(frozen=True)
class Held:
    """The locks, held. `inherited` is the descriptor that every server gets."""

    inherited: int


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def hold(data_dir: Path, *, url: str, patience: float = 30.0) -> Iterator[Held]:
    """Hold `data_dir` for this process; raises `AlreadyUp`.

    Waits `patience` seconds for the servers of a dead supervisor to end.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    own = os.open(data_dir / OWN, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _try(own):
            raise AlreadyUp(_who(own))
        # One write of one length: whoever reads at the same moment finds the old holder or the new one, never half.
        os.pwrite(own, json.dumps({"pid": os.getpid(), "url": url}).ljust(1024).encode(), 0)
        tree = os.open(data_dir / TREE, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            deadline = time.monotonic() + patience
            while not _try(tree):
                if time.monotonic() > deadline:
                    raise AlreadyUp("Servers of an earlier Planet still run on this data directory and do not end.")
                time.sleep(0.05)
            yield Held(inherited=tree)
        finally:
            os.close(tree)
    finally:
        os.close(own)


def _who(descriptor: int) -> str:
    with contextlib.suppress(ValueError, KeyError):
        holder = json.loads(os.pread(descriptor, 4096, 0))
        return f"Planet is already up at {holder['url']} (process {holder['pid']})."
    return "Planet is already starting on this data directory."
