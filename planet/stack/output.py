"""What a server prints, line by line."""

import asyncio
import contextlib
import os
from collections.abc import Callable

LONGEST_LINE = 64 * 1024


class Output:
    """The reading end of a pipe that a server writes to.

    Not asyncio's own pipes: a process counts as ended there only when nobody holds its pipe any more, and a server's
    children may hold it for long after the server has died.
    """

    def __init__(self, on_line: Callable[[str], None]) -> None:
        self._on_line = on_line
        self._rest = b""
        self._read, self.write = os.pipe()
        os.set_blocking(self._read, False)
        asyncio.get_running_loop().add_reader(self._read, self._take)

    def started(self) -> None:
        """The server has its end: give ours away."""
        os.close(self.write)

    def close(self) -> None:
        """Print what is still in the pipe, and leave it."""
        self._take()
        asyncio.get_running_loop().remove_reader(self._read)
        os.close(self._read)
        if self._rest:
            self._say(self._rest)

    def _take(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while chunk := os.read(self._read, LONGEST_LINE):
                *lines, self._rest = (self._rest + chunk).split(b"\n")
                for line in lines:
                    self._say(line)
                if len(self._rest) >= LONGEST_LINE:
                    self._say(self._rest)
                    self._rest = b""
            asyncio.get_running_loop().remove_reader(self._read)  # the other end is closed: it would be ready for ever

    def _say(self, line: bytes) -> None:
        self._on_line(line.decode(errors="replace").rstrip())
