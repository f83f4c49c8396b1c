"""Videos: what is taken, what is refused, and what it costs to find out."""

import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client, override_settings

from planet.web import images, video
from planet.web.video import BadVideo, encode, ffmpeg, probe

pytestmark = pytest.mark.timeout(120)


def film(
    path: Path, *, size: str = "320x180", seconds: float = 2, rate: int = 25, options: tuple[str, ...] = ()
) -> Path:
    """A test film with a tone, in the container that the name's ending asks for."""
    codecs = ("-c:v", "libvpx", "-c:a", "libvorbis") if path.suffix == ".webm" else ("-c:v", "libx264", "-c:a", "aac")
    lavfi = [f"testsrc2=size={size}:rate={rate}:duration={seconds}", f"sine=frequency=440:duration={seconds}"]
    inputs = [part for one in lavfi for part in ("-f", "lavfi", "-i", one)]
    fast = ("-preset", "ultrafast") if codecs[1] == "libx264" else ("-deadline", "realtime", "-cpu-used", "8")
    command = [ffmpeg.executable(), "-y", "-loglevel", "error", *inputs, *codecs, *fast, *options, str(path)]
    subprocess.run(command, check=True)
    return path


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Path]:
    with override_settings(MEDIA_ROOT=tmp_path / "media"):
        yield tmp_path / "media"


def refusal(path: Path) -> str:
    with pytest.raises(BadVideo) as refused:
        video.make(path)
    return str(refused.value)


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.webm", "a.mkv"])
def test_a_film_becomes_hls_that_plays_in_order(name: str, tmp_path: Path, storage: Path) -> None:
    heard: list[int] = []
    stored = video.make(film(tmp_path / name, seconds=5), percent=heard.append)
    assert (stored.width, stored.height, stored.edges) == (320, 180, (360,))
    assert stored.seconds == pytest.approx(5, abs=0.2)
    assert heard == sorted(heard)
    files = {one.rpartition("/")[2] for one in video.names(stored.key)}
    assert files == {"master.m3u8", "360.m3u8", "360.mp4"}
    playlist = (storage / stored.key / "360.m3u8").read_text()
    lengths = [float(found) for found in re.findall(r"#EXTINF:([\d.]+)", playlist)]
    assert sum(lengths) == pytest.approx(5, abs=0.2)
    assert lengths[0] == 4
    again = probe.probe(storage / stored.key / "360.mp4")
    assert (again.width, again.height, again.has_sound) == (320, 180, True)
    assert images.is_rendition(images.url(stored.poster.key, 480).removeprefix("/media/"))


def test_large_films_get_two_sizes_and_a_calm_rate(tmp_path: Path, storage: Path) -> None:
    stored = video.make(film(tmp_path / "a.mp4", size="1920x1080", seconds=1, rate=60))
    assert (stored.width, stored.height, stored.edges) == (1280, 720, (360, 720))
    master = (storage / stored.key / "master.m3u8").read_text()
    assert re.findall(r"RESOLUTION=(\S+?),", master) == ["640x360", "1280x720"]
    said = subprocess.run(
        [ffmpeg.executable(), "-i", str(storage / stored.key / "720.mp4")], capture_output=True, text=True, check=False
    ).stderr
    assert "30 fps" in said


def test_a_film_held_upright_stays_upright(tmp_path: Path, storage: Path) -> None:
    turned = tmp_path / "b.mp4"
    lying = film(tmp_path / "a.mp4", size="640x360")
    copy = [ffmpeg.executable(), "-y", "-loglevel", "error", "-display_rotation", "90", "-i", str(lying)]
    subprocess.run([*copy, "-c", "copy", str(turned)], check=True)
    stored = video.make(turned)
    assert (stored.width, stored.height) == (360, 640)
    assert (stored.poster.width, stored.poster.height) == (360, 640)


def test_a_silent_film_says_so_in_its_codecs(tmp_path: Path, storage: Path) -> None:
    stored = video.make(film(tmp_path / "a.mp4", options=("-an",)))
    assert 'CODECS="avc1.4d401f"' in (storage / stored.key / "master.m3u8").read_text()


def test_metadata_does_not_survive(tmp_path: Path, storage: Path) -> None:
    told = ("-metadata", "title=At home", "-metadata", "location=+52.5+013.4/")
    stored = video.make(film(tmp_path / "a.mov", options=told))
    data = (storage / stored.key / "360.mp4").read_bytes()
    assert b"At home" not in data
    assert b"+52.5" not in data


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no video that we know"),
        (b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:1/secret\n", "no video that we know"),
        (b"ffconcat version 1.0\nfile '/etc/passwd'\n", "no video that we know"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no video that we know"),
        (b"GIF89a" + b"\0" * 100, "no video that we know"),
        (b"\0\0\0\x18ftypmp42" + b"\0" * 5000, "could not be read"),
        (b"\x1a\x45\xdf\xa3" + os.urandom(20_000), "could not be read"),
        (b"\0\0\0\x18ftypmp42" + b"#EXTM3U\nfile:///etc/passwd\n" * 50, "could not be read"),
    ],
)
def test_what_is_no_film_is_refused_and_leaves_nothing(content: bytes, why: str, tmp_path: Path, storage: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(content)
    assert why in refusal(path)
    assert not storage.exists()


def test_a_film_that_breaks_off_is_kept_up_to_there_or_refused(tmp_path: Path, storage: Path) -> None:
    whole = film(tmp_path / "a.mkv", seconds=4).read_bytes()
    path = tmp_path / "half.mkv"
    path.write_bytes(whole[: len(whole) // 2])
    stored = video.make(path)
    assert 0.5 < stored.seconds < 4
    path.write_bytes(film(tmp_path / "a.mp4").read_bytes()[:2000])  # its index was at the end
    assert "could not be read" in refusal(path)


@pytest.mark.parametrize(
    ("size", "seconds", "why"),
    [
        ("64x36", 1, "too narrow"),
        ("1280x128", 1, "too narrow"),
        ("4200x400", 0.2, "too large"),
        ("64x64", 125, "two minutes"),
    ],
)
def test_bounds_are_said(size: str, seconds: float, why: str, tmp_path: Path, storage: Path) -> None:
    assert why in refusal(film(tmp_path / "a.mp4", size=size, seconds=seconds, rate=5))


def test_sound_without_a_picture_is_refused(tmp_path: Path, storage: Path) -> None:
    path = tmp_path / "a.mp4"
    tone = [ffmpeg.executable(), "-y", "-loglevel", "error", "-f", "lavfi", "-i", "sine=duration=2", str(path)]
    subprocess.run(tone, check=True)
    assert refusal(path)


def test_what_takes_too_long_is_stopped(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", size="1280x720", seconds=20)
    began = time.monotonic()
    with pytest.raises(BadVideo):
        ffmpeg.run(["-i", str(path), "-vf", "minterpolate", "-f", "null", "-"], seconds=1.0)
    assert time.monotonic() - began < 10


def test_when_storing_fails_nothing_is_left(tmp_path: Path, storage: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save = default_storage.save

    def fail(name: str, content: Any) -> str:
        if name.endswith("master.m3u8"):
            raise OSError("full")
        return save(name, content)

    monkeypatch.setattr(default_storage, "save", fail)
    with pytest.raises(OSError, match="full"):
        video.make(film(tmp_path / "a.mp4"))
    assert [path for path in storage.rglob("*") if path.is_file()] == []


def test_players_get_the_range_they_ask_for(tmp_path: Path, storage: Path) -> None:
    stored = video.make(film(tmp_path / "a.mp4"))
    data = (storage / stored.key / "360.mp4").read_bytes()
    url, size = video.url(stored.key, "360.mp4"), len(data)

    def ask(wanted: str) -> tuple[int, str, bytes]:
        answer = Client().get(url, headers={"Range": wanted})
        return answer.status_code, answer.headers.get("Content-Range", ""), answer.getvalue()

    assert ask("bytes=0-9") == (206, f"bytes 0-9/{size}", data[:10])
    assert ask(f"bytes={size - 5}-") == (206, f"bytes {size - 5}-{size - 1}/{size}", data[-5:])
    assert ask("bytes=-7") == (206, f"bytes {size - 7}-{size - 1}/{size}", data[-7:])
    assert ask(f"bytes=10-{size * 2}")[2] == data[10:]
    assert ask(f"bytes={size}-")[:2] == (416, f"bytes */{size}")
    assert ask("bytes=5-2")[0] == 416
    assert ask("pages=1-2")[2] == data
    whole = Client().get(url)
    assert (whole["Content-Type"], whole["Accept-Ranges"]) == ("video/mp4", "bytes")
    assert whole.getvalue() == data
    master = Client().get(video.url(stored.key))
    assert master["Content-Type"] == "application/vnd.apple.mpegurl"
    assert master.getvalue().startswith(b"#EXTM3U")


@pytest.mark.parametrize("name", ["poster.png", "1080.mp4", "../../secret", "360.mp4/", "source.mp4"])
def test_nothing_else_of_a_video_is_served(name: str) -> None:
    assert Client().get(f"/media/video/ab/{'ab' * 16}-640x360/{name}").status_code == 404


def test_a_video_that_is_gone_is_not_found(tmp_path: Path, storage: Path) -> None:
    stored = video.make(film(tmp_path / "a.mp4"))
    video.discard(stored.key)
    video.discard(stored.key)
    assert Client().get(video.url(stored.key)).status_code == 404


def test_renditions_never_grow_a_film() -> None:
    small = probe.Probe("mov", 1, 200, 100, True)
    (only,) = encode.wanted(small)
    assert encode.size_of(small, only) == (200, 100)
    odd = probe.Probe("mov", 1, 1079, 607, True)
    assert [encode.size_of(odd, one) for one in encode.wanted(odd)] == [(640, 360), (1080, 608)]
