"""The page of the identity check, and what people may send to it."""

import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from planet.accounts import kyc
from planet.accounts.kyc import documents
from planet.accounts.models import KycApplication, User
from tests.accounts.kyc import NOW, form, paper, picture, upload
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def png_of(width: int, height: int) -> bytes:
    """A PNG whose header promises so many pixels, in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def test_a_guest_signs_in_first(client: Client) -> None:
    assert client.get("/kyc/").headers["Location"] == "/accounts/login/?next=/kyc/"
    assert client.post("/kyc/", form()).status_code == 302
    assert not KycApplication.objects.exists()


def test_a_person_hands_in(cast: Cast) -> None:
    browser = cast.browser(cast.bob)
    assert browser.get("/kyc/").status_code == 200
    answer = browser.post("/kyc/", form())
    assert answer.headers["Location"] == "/kyc/"
    application = KycApplication.objects.get()
    assert (application.user, application.country, application.provider) == (cast.bob, "CH", "manual")
    assert Image.open(BytesIO(documents.read(application, "selfie"))).size == (640, 480)
    page = browser.get("/kyc/").content.decode()
    assert "In review" in page
    assert "<form" not in page.partition('class="setpage"')[2].partition("</main>")[0]


def test_what_is_known_of_the_place_of_a_picture_is_not_kept(cast: Cast) -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    cast.browser(cast.bob).post("/kyc/", form(document=upload(picture(exif=exif))))
    assert b"taken at home" not in documents.read(KycApplication.objects.get(), "document")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("legal_name", ""),
        ("legal_name", "\u200b\u202e"),
        ("country", "XX"),
        ("country", ""),
        ("document_type", "library_card"),
        ("document_number", "--- ---"),
        ("document_number", "caf\ufffd12345"),
        ("document", ""),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(cast: Cast, field: str, value: str) -> None:
    answer = cast.browser(cast.bob).post("/kyc/", form(**{field: value}))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not KycApplication.objects.exists()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a script in a drawing", SVG),
        ("a web page", b"<html><script>alert(1)</script></html>"),
        ("cut off", picture()[:400]),
        ("of the wrong type", b"%PDF-1.7 not a picture"),
        ("a bomb", png_of(30_000, 30_000)),
        ("too small to read", picture((200, 100))),
        ("empty", b""),
        ("larger than 10 MB", picture() + b"\0" * (10 * 1024 * 1024)),
    ],
)
def test_an_upload_that_is_no_good_picture_is_refused(cast: Cast, name: str, data: bytes) -> None:
    answer = cast.browser(cast.bob).post("/kyc/", form(selfie=upload(data, "selfie.jpg")))
    assert answer.status_code == 422, name
    assert list(answer.context["form"].errors) == ["selfie"], name
    assert not KycApplication.objects.exists()
    assert User.objects.get(pk=cast.bob.pk).kyc_state == "none"


def test_an_upload_of_100_mb_is_refused_before_it_is_read(cast: Cast) -> None:
    class Unread(BytesIO):
        def read(self, *args: Any) -> bytes:
            raise AssertionError("somebody read it")

    client = cast.browser(cast.bob)
    passed: Any = {"wsgi.input": Unread()}
    answer = client.generic(
        "POST",
        "/kyc/",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(100 * 1024 * 1024),
        **passed,
    )
    assert answer.status_code == 413
    assert not KycApplication.objects.exists()


def test_the_form_needs_its_token(cast: Cast) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.bob, "planet.accounts.backends.Backend")
    assert browser.post("/kyc/", form()).status_code == 403
    assert not KycApplication.objects.exists()


def test_a_second_application_changes_nothing(cast: Cast) -> None:
    browser = cast.browser(cast.bob)
    browser.post("/kyc/", form())
    assert browser.post("/kyc/", form(legal_name="Somebody Else")).status_code == 302
    assert KycApplication.objects.get().legal_name == "Satoshi Example"


def test_one_reads_why_one_was_rejected_and_nobody_elses_reason(cast: Cast) -> None:
    application = kyc.apply(user=cast.bob, paper=paper(), now=NOW)
    kyc.decide(actor=cast.olga, application=application, approve=False, reason="The <b>photo</b> is blurred.", now=NOW)
    page = cast.browser(cast.bob).get("/kyc/").content.decode()
    assert "The &lt;b&gt;photo&lt;/b&gt; is blurred." in page
    assert "Hand in" in page
    assert "blurred" not in cast.browser(cast.charlie).get("/kyc/").content.decode()


def test_a_verified_person_is_shown_the_way_on(cast: Cast) -> None:
    application = kyc.apply(user=cast.bob, paper=paper(), now=NOW)
    kyc.decide(actor=cast.olga, application=application, approve=True, reason="", now=NOW)
    page = cast.browser(cast.bob).get("/kyc/").content.decode()
    assert "Verified." in page
    assert "Satoshi" not in page


def test_documents_have_no_address(cast: Cast) -> None:
    browser = cast.browser(cast.bob)
    browser.post("/kyc/", form())
    name = KycApplication.objects.get().document_file
    for path in (f"/media/{name}", f"/media/../kyc/{name}", f"/kyc/{name}", f"/static/../kyc/{name}"):
        assert browser.get(path).status_code == 404


@pytest.mark.parametrize("number", ["\u0425 123-4567", "X 123-456\u0667"], ids=["a Cyrillic letter", "an Arabic digit"])
def test_a_number_in_look_alike_letters_is_refused(cast: Cast, number: str) -> None:
    answer = cast.browser(cast.bob).post("/kyc/", form(document_number=number))
    assert answer.status_code == 422
    assert "A–Z" in answer.content.decode()
    assert not KycApplication.objects.exists()
