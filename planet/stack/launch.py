"""Starts one server so that it never outlives the process that started it, and never runs as root when it must not.

Run as a script by a bare interpreter (`python -I -S launch.py …`), it sets up itself and then becomes the server. That
is done here, after the fork and the exec, and not in `preexec_fn`, which is unsafe in a parent that has threads.
"""

import argparse
import ctypes
import os
import pwd
import signal
import struct
import sys
from collections.abc import Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_SET_SECUREBITS = 28
SECBIT_NO_SETUID_FIXUP = 1 << 2
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2


def wrap(
    command: Sequence[str],
    *,
    user: str | None = None,
    capabilities: Sequence[int] = (),
    death_signal: signal.Signals = signal.SIGTERM,
) -> list[str]:
    """The command line that runs `command` as `user`, and sends it `death_signal` when its parent dies.

    Linux ties the signal to the parent's thread: start it from a thread that lives as long as the server should.
    """
    options = ["--parent", str(os.getpid()), "--death-signal", str(int(death_signal))]
    if user:
        options += ["--user", user]
    for capability in capabilities:
        options += ["--capability", str(capability)]
    return [sys.executable, "-I", "-S", __file__, *options, "--", *command]


def _prctl(option: int, *arguments: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    padded = [ctypes.c_ulong(argument) for argument in (*arguments, 0, 0, 0, 0)[:4]]
    if libc.prctl(option, *padded) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def _set_capabilities(capabilities: Sequence[int]) -> None:
    """Hold exactly these, in a way that survives the exec."""
    libc = ctypes.CDLL(None, use_errno=True)
    bits = sum(1 << capability for capability in capabilities)
    header = struct.pack("Ii", CAPABILITY_VERSION_3, 0)
    data = struct.pack("IIIIII", bits, bits, bits, 0, 0, 0)
    if libc.capset(header, data) != 0:
        raise OSError(ctypes.get_errno(), "capset")
    for capability in capabilities:
        _prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability)


def _become(user: str, capabilities: Sequence[int]) -> None:
    entry = pwd.getpwnam(user)
    if capabilities:
        _prctl(PR_SET_KEEPCAPS, 1)
        # Else access(2), by which PostgreSQL's programs look for each other, ignores the capabilities of a plain user.
        _prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
    if capabilities:
        _set_capabilities(capabilities)


def main() -> None:
    """Become the server that the command line names."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--death-signal", type=int, required=True)
    parser.add_argument("--user")
    parser.add_argument("--capability", type=int, action="append", default=[])
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    if options.user:
        _become(options.user, options.capability)
    if sys.platform == "linux":
        _prctl(PR_SET_PDEATHSIG, options.death_signal)  # after the change of user, which clears it
    if os.getppid() != options.parent:  # the parent died before it was asked for
        raise SystemExit(0)
    if options.user:
        os.chdir("/")
    os.execv(options.command[0], options.command)  # noqa: S606  # no shell is wanted


def traversable(path: Path) -> bool:
    """Whether any user may reach `path`: every directory above it lets others through."""
    return all(directory.stat().st_mode & 0o001 for directory in path.resolve().parents)


if __name__ == "__main__":
    main()
