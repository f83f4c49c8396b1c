"""What the person who ran `manage.py up` sees: one line per event, with the name of who said it before it."""

import os
import sys
from dataclasses import dataclass, field
from typing import TextIO

_COLOURS = (36, 35, 33, 32, 34, 96, 95, 93)
_WIDTH = 8


def _coloured(stream: TextIO) -> bool:
    if "NO_COLOR" in os.environ:
        return False
    return "FORCE_COLOR" in os.environ or stream.isatty()


@dataclass
class Console:
    """Writes prefixed lines to `stream`; remembers the last lines of each speaker for the error message."""

    stream: TextIO = field(default_factory=lambda: sys.stdout)
    remembered: int = 20
    _last: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._colour = _coloured(self.stream)

    def line(self, speaker: str, text: str) -> None:
        """One line of a child's output."""
        history = self._last.setdefault(speaker, [])
        history.append(text)
        del history[: -self.remembered]
        order = list(self._last).index(speaker)
        prefix = f"{speaker:<{_WIDTH}} │"
        if self._colour:
            prefix = f"\x1b[{_COLOURS[order % len(_COLOURS)]}m{prefix}\x1b[0m"
        self._write(f"{prefix} {text}\n")

    def say(self, text: str) -> None:
        """The stack's own words."""
        self._write(f"\x1b[1m{text}\x1b[0m\n" if self._colour else f"{text}\n")

    def last(self, speaker: str) -> str:
        """The last lines of a speaker."""
        return "\n".join(self._last.get(speaker, []))

    def _write(self, text: str) -> None:
        try:
            self.stream.write(text)
            self.stream.flush()
        except BrokenPipeError:
            # Whoever read us has gone (`… | head`): keep serving, say no more.
            self.stream = open(os.devnull, "w")  # noqa: SIM115, PTH123  # lives as long as the process
