"""Where the files of a week lie while they are worked on: below DATA_DIR, for no other user of the machine.

They say who looked at what, if only by pseudonyms. Whoever is killed at it cannot clear up; the next one does.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.conf import settings


def root() -> Path:
    """The folder of all of them."""
    return Path(settings.DATA_DIR) / "settling"


@contextmanager
def directory(prefix: str) -> Iterator[Path]:
    """An empty directory that is gone afterwards, and with it what those left behind who were killed."""
    root().mkdir(mode=0o700, parents=True, exist_ok=True)
    root().chmod(0o700)  # whatever the umask is, and whoever made it
    with ExitStack() as ours:
        with _locked(root()):  # nobody sweeps between the making of a directory and its being locked
            _sweep()
            made = Path(tempfile.mkdtemp(prefix=f"{prefix}-", dir=root()))
            ours.enter_context(_locked(made))
            ours.callback(shutil.rmtree, made)  # and only then let go of it
        yield made


def _sweep() -> None:
    """Delete what nobody holds: the system lets go of the lock of whoever dies."""
    for path in root().iterdir():
        try:
            with _locked(path, fcntl.LOCK_NB):
                shutil.rmtree(path)
        except (BlockingIOError, FileNotFoundError):  # somebody is at it, or has just finished
            continue


@contextmanager
def _locked(path: Path, how: int = 0) -> Iterator[None]:
    file = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | how)
        yield
    finally:
        os.close(file)
