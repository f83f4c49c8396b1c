"""Where the embedded servers keep things."""

import hashlib
import os
import tempfile
from pathlib import Path

# Linux allows 107 bytes for a unix socket's path; the longest name in the directory is `.s.PGSQL.5432.lock`.
LONGEST_SOCKET_DIR = 100 - len("/.s.PGSQL.5432.lock")


def socket_dir(data_dir: Path) -> Path:
    """The directory of the unix sockets: `data_dir/run`, or a short private place when that path is too long."""
    usual = data_dir / "run"
    if len(os.fsencode(usual)) <= LONGEST_SOCKET_DIR:
        return usual
    digest = hashlib.sha256(f"{os.geteuid()}:{usual}".encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"planet-{digest}"


def make_private(directory: Path, *, uid: int) -> None:
    """Make `directory` for `uid` alone; refuses one that somebody else made there first."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = directory.lstat()
    if directory.is_symlink() or status.st_uid not in {uid, os.geteuid()}:
        raise PermissionError(f"{directory} belongs to somebody else")
    if status.st_uid != uid:
        os.chown(directory, uid, -1)
    directory.chmod(0o700)
