"""Uploads become small, clean WebP pictures, or a clear refusal and no file."""

import struct
import zlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.template import Context, Template
from django.test import Client
from django.utils.functional import Promise
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from planet.web import images
from planet.web.images import BadImage, Kind, Stored, store

RED, GREEN, BLUE, WHITE = (220, 20, 20), (20, 200, 20), (20, 20, 220), (255, 255, 255)


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, settings: Any) -> Path:
    """Each test has a storage of its own."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def encoded(image: Image.Image, encoding: str, **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, encoding, **options)
    return out.getvalue()


def png(size: tuple[int, int] = (64, 48), color: Any = RED, mode: str = "RGB") -> bytes:
    return encoded(Image.new(mode, size, color), "PNG")


def put(data: bytes, kind: Kind = "picture") -> Stored:
    return store(BytesIO(data), kind=kind)


def shown(stored: Stored, size: int = 1600) -> Image.Image:
    """The rendition, read back from the storage by its URL."""
    name = images.url(stored.key, size).removeprefix("/media/")
    with default_storage.open(name) as file:
        image = Image.open(BytesIO(file.read()))
    image.load()
    return image


def files() -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def close(color: Any, expected: tuple[int, ...], by: int = 12) -> bool:
    return all(abs(got - want) <= by for got, want in zip(color, expected, strict=True))


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width: int, height: int) -> bytes:
    """A valid PNG of one colour: a few kilobytes that unfold to width × height pixels."""
    packer = zlib.compressobj(9)
    row = b"\0" * (1 + width // 8)
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


# --- what is accepted ---------------------------------------------------------------------------------------------


def test_a_picture_is_stored_in_three_sizes_by_its_long_edge() -> None:
    stored = put(png((2000, 1000)))
    assert (stored.width, stored.height) == (1600, 800)
    assert [shown(stored, size).size for size in (480, 960, 1600)] == [(480, 240), (960, 480), (1600, 800)]
    assert [images.dimensions(stored.key, size) for size in (480, 960, 1600)] == [(480, 240), (960, 480), (1600, 800)]
    assert {shown(stored, size).format for size in (480, 960, 1600)} == {"WEBP"}


def test_an_avatar_is_the_middle_square() -> None:
    image = Image.new("RGB", (900, 300), RED)
    image.paste(BLUE, (300, 0, 600, 300))
    stored = put(encoded(image, "PNG"), "avatar")
    assert (stored.width, stored.height) == (300, 300)
    assert close(shown(stored, 400).getpixel((4, 4)), BLUE)
    assert [shown(stored, size).size for size in (48, 96)] == [(48, 48), (96, 96)]


def test_a_banner_is_three_to_one() -> None:
    stored = put(png((3000, 3000)), "banner")
    assert [shown(stored, size).size for size in (600, 1500)] == [(600, 200), (1500, 500)]


def test_a_small_picture_is_never_scaled_up_and_is_stored_once() -> None:
    stored = put(png((100, 50)))
    assert {images.url(stored.key, size) for size in (480, 960, 1600)} == {f"/media/{stored.key}/480.webp"}
    assert shown(stored, 1600).size == images.dimensions(stored.key, 1600) == (100, 50)
    assert len(files()) == 1


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1)])
def test_a_tiny_or_thin_picture_is_stored(size: tuple[int, int]) -> None:
    stored = put(png(size))
    assert shown(stored).size == (stored.width, stored.height) == images.dimensions(stored.key, 1600)


@pytest.mark.parametrize("encoding", ["JPEG", "PNG", "WEBP", "GIF"])
def test_the_format_is_decided_by_the_content(encoding: str) -> None:
    stored = put(encoded(Image.new("RGB", (64, 64), BLUE), encoding))
    assert close(shown(stored).convert("RGB").getpixel((30, 30)), BLUE)


def test_exif_orientation_is_applied_and_metadata_with_the_place_is_gone() -> None:
    image = Image.new("RGB", (120, 60), RED)
    image.paste(BLUE, (0, 0, 60, 60))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: the left side is the top
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[2] = (48.0, 12.0, 30.0)
    data = encoded(image, "JPEG", exif=exif, comment=b"SecretComment", quality=95)
    assert b"SecretCamera" in data
    stored = put(data)
    result = shown(stored)
    assert result.size == (60, 120)
    assert close(result.getpixel((30, 20)), BLUE, 30)
    assert close(result.getpixel((30, 100)), RED, 30)
    assert not result.getexif()
    for file in files():
        assert b"Secret" not in file.read_bytes()
        assert b"EXIF" not in file.read_bytes()


def test_cmyk_becomes_the_same_colour_in_rgb() -> None:
    stored = put(encoded(Image.new("CMYK", (64, 64), (0, 255, 255, 0)), "JPEG", quality=95))
    red, green, blue = shown(stored).getpixel((30, 30))  # type: ignore[misc]
    assert red > 180
    assert green < 80
    assert blue < 80


def test_sixteen_bit_grey_is_scaled_not_clipped() -> None:
    image = Image.new("I;16", (64, 64), 32768)
    assert close(shown(put(encoded(image, "PNG"))).getpixel((30, 30)), (128, 128, 128), 4)


def test_transparency_is_kept() -> None:
    stored = put(png((64, 64), (220, 20, 20, 0), "RGBA"))
    assert shown(stored).getpixel((30, 30))[3] == 0  # type: ignore[index]


def test_a_palette_picture_with_transparency_keeps_both() -> None:
    image = Image.new("P", (64, 64), 0)
    image.putpalette([*BLUE, *RED])
    image.paste(1, (32, 0, 64, 64))
    result = shown(put(encoded(image, "PNG", transparency=0)))
    assert result.getpixel((10, 10))[3] == 0  # type: ignore[index]
    assert close(result.getpixel((50, 10)), (*RED, 255), 30)


def test_an_animation_becomes_its_first_frame() -> None:
    frames = [Image.new("RGB", (64, 64), color) for color in (GREEN, RED, BLUE)]
    for encoding in ("GIF", "WEBP", "PNG"):
        data = encoded(frames[0], encoding, save_all=True, append_images=frames[1:], duration=50)
        result = shown(put(data))
        assert close(result.convert("RGB").getpixel((30, 30)), GREEN, 20), encoding
        assert getattr(result, "n_frames", 1) == 1


def test_a_colour_profile_is_applied_before_it_is_stripped() -> None:
    grey = Image.new("RGB", (64, 64), (120, 120, 120))
    lab_like = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    stored = put(encoded(grey, "PNG", icc_profile=lab_like))
    assert close(shown(stored).getpixel((30, 30)), (120, 120, 120), 4)
    assert "icc_profile" not in shown(stored).info


def test_a_broken_colour_profile_is_ignored() -> None:
    stored = put(encoded(Image.new("RGB", (64, 64), RED), "PNG", icc_profile=b"not a profile"))
    assert close(shown(stored).getpixel((30, 30)), RED)


def test_a_flat_chart_stays_exact() -> None:
    image = Image.new("RGB", (400, 200), WHITE)
    image.paste((240, 68, 90), (50, 50, 51, 150))  # a hairline that chroma subsampling would smear
    result = shown(put(encoded(image, "PNG")))
    assert result.getpixel((50, 100)) == (240, 68, 90)
    assert result.getpixel((52, 100)) == WHITE


def test_a_polyglot_loses_its_second_nature() -> None:
    script = b"<script>alert(1)</script>PK\x03\x04 zip"
    put(png() + script)
    put(encoded(Image.new("RGB", (64, 64), RED), "JPEG", comment=script) + script)
    put(encoded(Image.new("RGB", (64, 64), RED), "GIF", comment=script) + script)
    assert len(files()) == 3
    for file in files():
        assert b"script" not in file.read_bytes()
        assert b"PK\x03\x04" not in file.read_bytes()


# --- what is refused ----------------------------------------------------------------------------------------------

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
JPEG = encoded(Image.effect_noise((400, 400), 80).convert("RGB"), "JPEG")
PNG_CUT = png((400, 400))[:-200]
SCANS = JPEG[:-2] + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x00" * 200 + b"\xff\xd9"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"", "The file is empty.", id="empty"),
        pytest.param(SVG, "not a picture we can read", id="svg with script"),
        pytest.param(b"<!doctype html><script>alert(1)</script>", "not a picture we can read", id="html"),
        pytest.param(b"GIF89a<script>alert(1)</script>", "picture", id="html that begins like a gif"),
        pytest.param(b"%PDF-1.7 not a picture", "not a picture we can read", id="pdf"),
        pytest.param(encoded(Image.new("RGB", (64, 64)), "TIFF"), "not a picture we can read", id="tiff"),
        pytest.param(encoded(Image.new("RGB", (64, 64)), "BMP"), "not a picture we can read", id="bmp"),
        pytest.param(JPEG[: len(JPEG) // 2], "damaged", id="truncated jpeg"),
        pytest.param(PNG_CUT, "damaged", id="truncated png"),
        pytest.param(SCANS, "damaged", id="jpeg with a thousand scans"),
        pytest.param(bomb(30_000, 30_000), "more than 40 megapixels", id="bomb png"),
        pytest.param(bomb(7_000, 7_000), "more than 40 megapixels", id="just over the limit"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "picture", id="garbage after a png signature"),
    ],
)
def test_a_bad_upload_is_refused_and_leaves_nothing(data: bytes, message: str) -> None:
    with pytest.raises(BadImage, match=message):
        put(data)
    assert not files()


def test_a_bomb_is_refused_by_its_header_before_a_pixel_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda self: pytest.fail("decoded"))
    with pytest.raises(BadImage, match="megapixels"):
        put(bomb(7_000, 7_000))


def test_a_hundred_megabytes_are_refused_after_ten() -> None:
    class Endless:
        given = 0

        def read(self, size: int = -1, /) -> bytes:
            assert size >= 0, "asked for everything"
            self.given += size
            return b"\xff" * size

    file = Endless()
    with pytest.raises(BadImage, match="larger than 10 MB"):
        store(file, kind="picture")
    assert file.given == images.MAX_BYTES + 1


@pytest.mark.parametrize(("kind", "size"), [("avatar", (47, 200)), ("banner", (299, 299)), ("banner", (900, 99))])
def test_a_picture_too_small_for_its_place_is_refused(kind: Kind, size: tuple[int, int]) -> None:
    with pytest.raises(BadImage, match="too small"):
        put(png(size), kind)
    assert not files()


def test_the_refusal_is_in_the_readers_language_when_it_is_shown() -> None:
    with pytest.raises(BadImage) as caught:
        put(b"no picture")
    assert isinstance(caught.value.message, Promise)


def test_a_failing_storage_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    save, calls = FileSystemStorage.save, []

    def fails_at_the_third(self: Any, name: str, content: Any, **options: Any) -> str:
        calls.append(name)
        if len(calls) == 3:
            raise OSError("disk full")
        return save(self, name, content, **options)

    monkeypatch.setattr(FileSystemStorage, "save", fails_at_the_third)
    with pytest.raises(OSError, match="disk full"):
        put(png((2000, 1000)))
    assert len(calls) == 3
    assert not files()


GOOD = [encoded(Image.effect_noise((90, 60), 60).convert("RGB"), kind) for kind in ("JPEG", "PNG", "WEBP", "GIF")]


@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.sampled_from(GOOD), damage=st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=6)), max_size=5))
def test_whatever_is_damaged_is_a_picture_or_a_clear_refusal(data: bytes, damage: list[tuple[float, bytes]]) -> None:
    for place, junk in damage:
        at = int(place * len(data))
        data = data[:at] + junk + data[at + len(junk) :]
    before, stored = len(files()), None
    with suppress(BadImage):
        stored = put(data)
    if stored:
        assert shown(stored).size == (stored.width, stored.height)
    else:
        assert len(files()) == before


# --- showing ------------------------------------------------------------------------------------------------------


def test_keys_differ_for_the_same_picture() -> None:
    assert put(png()).key != put(png()).key


def test_media_serves_a_rendition_that_browsers_keep_forever() -> None:
    stored = put(png())
    response = Client().get(images.url(stored.key, 480))
    assert response.status_code == 200
    assert response["Content-Type"] == "image/webp"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert b"".join(response).startswith(b"RIFF")
    again = Client().get(images.url(stored.key, 480), headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("name", ["../secret.webp", "picture/", "picture/%2e%2e/x.webp", "kyc/passport.webp", "a.svg"])
def test_media_serves_nothing_else(name: str, storage: Path) -> None:
    (storage / "kyc").mkdir()
    (storage / "kyc" / "passport.webp").write_bytes(b"secret")
    (storage / "a.svg").write_bytes(SVG)
    assert Client().get(f"/media/{name}").status_code == 404


def test_media_of_a_deleted_picture_is_not_found_and_posting_is_refused() -> None:
    stored = put(png())
    address = images.url(stored.key, 480)
    assert Client().post(address).status_code == 405
    images.discard(stored.key)
    assert Client().get(address).status_code == 404
    assert not files()
    images.discard(stored.key)


def test_the_tags_give_width_height_and_candidates() -> None:
    stored = put(png((2000, 1000)))
    render = Template('{{ key|image:"960" }} {% picture key "960" alt=alt sizes="50vw" css="pic" %}').render
    html = render(Context({"key": stored.key, "alt": '"><script>'}))
    assert html.startswith(f"/media/{stored.key}/960.webp <img ")
    assert 'width="960" height="480"' in html
    assert f"/media/{stored.key}/1600.webp 1600w" in html
    assert 'sizes="50vw"' in html
    assert 'alt="&quot;&gt;&lt;script&gt;"' in html
    assert render(Context({"key": "", "alt": ""})).strip() == ""


@pytest.mark.parametrize("key", ["", "picture/../../etc", "kyc/ab/abcd-1x1", "picture/ab/" + "ab" * 16])
def test_a_forged_key_has_no_url(key: str) -> None:
    with pytest.raises(ValueError, match="not a picture key"):
        images.url(key, 480)


# --- sweeping -----------------------------------------------------------------------------------------------------


def test_sweep_deletes_old_pictures_that_nobody_claims(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "_keepers", {})
    used, orphan, unclaimed_kind = put(png()), put(png()), put(png((64, 64)), "avatar")
    images.keep("picture", lambda keys: {used.key} & set(keys))
    images.keep("picture", lambda keys: set())
    now = datetime.now(UTC)
    assert images.sweep(now=now) == 0, "fresh ones may belong to a form that is being saved"
    assert images.sweep(now=now + timedelta(days=2)) == 1
    assert not default_storage.exists(orphan.key)
    shown(used)
    shown(unclaimed_kind, 48)
    assert images.sweep(now=now + timedelta(days=2)) == 0
