"""ffmpeg, fed by strangers.

The binary comes with `imageio-ffmpeg`. It reads one local file, as the container that the file's first bytes claim and
as nothing else: no playlist, no list of other files, no subtitle, no address is ever followed. Time, memory and the
size of what it writes are bounded by the kernel, so garbage costs little and ends.
"""

import resource
import subprocess
import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

import imageio_ffmpeg  # type: ignore[import-untyped]
from django.utils.translation import gettext_lazy as _

from planet.web.video.errors import BadVideo

MEMORY: Final = 3 * 1024**3
MAX_WRITTEN: Final = 400 * 1024**2
MAX_OPEN: Final = 64
LOG_LENGTH: Final = 20_000  # bytes of what ffmpeg says that are kept

OnProgress = Callable[[float], None]  # seconds done


@lru_cache(maxsize=1)
def executable() -> str:
    """Where ffmpeg is: IMAGEIO_FFMPEG_EXE, or the one of the package."""
    return str(imageio_ffmpeg.get_ffmpeg_exe())


def run(arguments: Sequence[str], *, seconds: float, level: str = "error", progress: OnProgress | None = None) -> str:
    """Run ffmpeg for at most `seconds` by the clock; returns what it said on its error output.

    Raises BadVideo when it fails, or was stopped at a bound.
    """
    command = [executable(), "-hide_banner", "-nostdin", "-loglevel", level, "-progress", "pipe:1", *arguments]
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={},
        start_new_session=True,
        preexec_fn=lambda: _bounds(seconds),  # noqa: PLW1509  # sets limits and nothing else
    ) as process:
        said: list[bytes] = []
        reader = threading.Thread(target=_keep, args=(process, said), daemon=True)
        reader.start()
        timer = threading.Timer(seconds, process.kill)
        timer.start()
        try:
            _follow(process, progress)
            status = process.wait()
        except BaseException:
            process.kill()
            raise
        finally:
            timer.cancel()
            reader.join()
    if status != 0:
        raise BadVideo(_("This video could not be read. Save it as MP4 and try again."))
    return b"".join(said).decode(errors="replace")


def _bounds(seconds: float) -> None:
    cpu = int(seconds) * 4 + 1  # it has several threads
    for what, limit in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, MAX_WRITTEN),
        (resource.RLIMIT_NOFILE, MAX_OPEN),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (limit, limit))


def _follow(process: "subprocess.Popen[bytes]", progress: OnProgress | None) -> None:
    for line in process.stdout or ():
        name, _equals, value = line.strip().partition(b"=")
        if progress and name == b"out_time_us" and value.lstrip(b"-").isdigit():
            progress(max(0, int(value)) / 1_000_000)


def _keep(process: "subprocess.Popen[bytes]", said: list[bytes]) -> None:
    """Read the error output to its end, and keep its beginning."""
    kept = 0
    for line in process.stderr or ():
        if kept < LOG_LENGTH:
            said.append(line[: LOG_LENGTH - kept])
            kept += len(line)
