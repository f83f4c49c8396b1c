"""From an upload to what browsers play: HLS with one fragmented MP4 a rendition, which plays without HLS as well."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from planet.web.video.ffmpeg import OnProgress, run
from planet.web.video.probe import MAX_SECONDS, Probe, source

SEGMENT_SECONDS: Final = 4
MAX_RATE: Final = 30
AUDIO_KBIT: Final = 96
FACTOR, SPARE_SECONDS = 5.0, 60.0  # how long a rendition may take: so many times its length, and a minute


@dataclass(frozen=True)
class Rendition:
    """A size that is made: its shorter edge in pixels, its bit rate at most, its H.264 level and codec string."""

    edge: int
    kbit: int
    level: str
    codec: str


RENDITIONS: Final = (Rendition(360, 900, "3.1", "avc1.4d401f"), Rendition(720, 2800, "4.0", "avc1.4d4028"))
_SOUND_CODEC: Final = "mp4a.40.2"


def wanted(probe: Probe) -> list[Rendition]:
    """The renditions worth making: up to the first that shows every pixel."""
    edge = min(probe.width, probe.height)
    return [one for place, one in enumerate(RENDITIONS) if place == 0 or RENDITIONS[place - 1].edge < edge]


def size_of(probe: Probe, rendition: Rendition) -> tuple[int, int]:
    """Width and height of a rendition: even, as H.264 wants them, and never larger than the upload."""
    shrink = min(1.0, rendition.edge / min(probe.width, probe.height))
    return _even(probe.width * shrink), _even(probe.height * shrink)


def _even(length: float) -> int:
    return max(2, round(length / 2) * 2)


def encode(path: Path, probe: Probe, rendition: Rendition, directory: Path, progress: OnProgress | None = None) -> None:
    """Write `<edge>.mp4` and `<edge>.m3u8` into `directory`. Raises BadVideo."""
    width, height = size_of(probe, rendition)
    picture = f"fps=fps=min(source_fps\\,{MAX_RATE}),scale={width}:{height}:flags=bicubic,setsar=1,format=yuv420p"
    run(
        [
            *source(probe.demuxer, path),
            *("-map", "0:v:0", "-map", "0:a:0?", "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1"),
            *("-t", str(MAX_SECONDS + 0.5), "-vf", picture, "-threads", "2"),
            *("-c:v", "libx264", "-preset", "veryfast", "-profile:v", "main", "-level:v", rendition.level),
            *("-crf", "23", "-maxrate", f"{rendition.kbit}k", "-bufsize", f"{2 * rendition.kbit}k"),
            *("-sc_threshold", "0", "-force_key_frames", f"expr:gte(t,n_forced*{SEGMENT_SECONDS})"),
            *("-c:a", "aac", "-b:a", f"{AUDIO_KBIT}k", "-ac", "2", "-ar", "48000", "-bitexact"),
            *("-f", "hls", "-hls_time", str(SEGMENT_SECONDS), "-hls_playlist_type", "vod"),
            *("-hls_segment_type", "fmp4", "-hls_flags", "single_file+independent_segments"),
            *("-hls_segment_filename", str(directory / f"{rendition.edge}.mp4")),
            str(directory / f"{rendition.edge}.m3u8"),
        ],
        seconds=probe.seconds * FACTOR + SPARE_SECONDS,
        progress=progress,
    )


def poster(path: Path, probe: Probe, directory: Path) -> Path:
    """A still of about the first second, as PNG. Raises BadVideo."""
    target = directory / "poster.png"
    at = min(1.0, probe.seconds / 3)
    still = ["-map", "0:v:0", "-frames:v", "1", "-vf", "scale='min(1600,iw)':-2", "-update", "1", str(target)]
    run(["-ss", f"{at:.3f}", *source(probe.demuxer, path), *still], seconds=SPARE_SECONDS)
    return target


def master(probe: Probe, renditions: list[Rendition]) -> str:
    """The playlist of playlists (RFC 8216, 4.3.4.2), the smallest first: what a phone begins with."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for rendition in renditions:
        width, height = size_of(probe, rendition)
        codecs = f"{rendition.codec},{_SOUND_CODEC}" if probe.has_sound else rendition.codec
        most = (rendition.kbit + (AUDIO_KBIT if probe.has_sound else 0)) * 1100
        lines.append(f'#EXT-X-STREAM-INF:BANDWIDTH={most},RESOLUTION={width}x{height},CODECS="{codecs}"')
        lines.append(f"{rendition.edge}.m3u8")
    return "\n".join([*lines, ""])
