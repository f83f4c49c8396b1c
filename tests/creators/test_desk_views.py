"""Becoming a creator and editing the profile, over HTTP."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from creators.models import Creator
from planet.accounts.models import KycState, User
from tests.cast import Cast

PROFILE = {"display_name": "Alice", "bio": "", "topics": ""}


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, settings: Any) -> Path:
    """Each test has a storage of its own."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def upload(size: tuple[int, int] = (400, 400), name: str = "me.png") -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", size, (90, 80, 220)).save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), "image/png")


def files(storage: Path) -> list[Path]:
    return [path for path in storage.rglob("*") if path.is_file()]


def approve(user: User) -> None:
    User.objects.filter(pk=user.pk).update(kyc_state=KycState.APPROVED)


# --- becoming a creator -------------------------------------------------------------------------------------------


def test_the_start_page_leads_a_guest_to_sign_up(cast: Cast) -> None:
    page = Client().get("/creator/start/").content.decode()
    assert "/accounts/signup/?next=/creator/start/" in page
    assert 'name="display_name"' not in page


def test_the_start_page_asks_for_the_first_missing_step(cast: Cast) -> None:
    browser = cast.browser(cast.charlie)
    assert "Verify identity" in browser.get("/creator/start/").content.decode()
    EmailAddress.objects.filter(user=cast.charlie).update(verified=False)
    page = browser.get("/creator/start/").content.decode()
    assert "Confirm e-mail address" in page
    assert "Verify identity" not in page
    assert 'name="display_name"' not in page


@pytest.mark.parametrize(
    ("state", "says"),
    [("pending", "being looked at"), ("rejected", "was rejected"), ("expired", "has expired")],
)
def test_the_start_page_says_how_the_identity_check_stands(cast: Cast, state: str, says: str) -> None:
    User.objects.filter(pk=cast.charlie.pk).update(kyc_state=state)
    assert says in cast.browser(cast.charlie).get("/creator/start/").content.decode()


def test_a_verified_person_becomes_a_creator_and_lands_on_the_profile(cast: Cast) -> None:
    approve(cast.charlie)
    browser = cast.browser(cast.charlie)
    assert 'name="display_name"' in browser.get("/creator/start/").content.decode()
    response = browser.post("/creator/start/", {"display_name": "  Charlie \u200b C. "})
    assert (response.status_code, response["Location"]) == (302, "/creator/edit/")
    creator = Creator.objects.select_related("user").get(pk=cast.charlie.pk)
    assert creator.user.display_name == "Charlie C."
    assert browser.get("/creator/edit/").status_code == 200
    assert browser.get("/creator/start/")["Location"] == "/creator/edit/"
    assert browser.post("/creator/start/", {"display_name": "Again"})["Location"] == "/creator/edit/"


def test_an_unverified_person_is_refused_and_nothing_changes(cast: Cast) -> None:
    response = cast.browser(cast.charlie).post("/creator/start/", {"display_name": "Charlie"})
    assert response.status_code == 422
    assert "pass the identity check first" in response.content.decode()
    assert not Creator.objects.filter(pk=cast.charlie.pk).exists()


@pytest.mark.parametrize("name", ["", " \u200b\u2060 ", "x" * 41, "Planet Support", "B\u0456tcoin Bob"])
def test_a_name_that_nobody_may_carry_is_refused_beside_the_field(cast: Cast, name: str) -> None:
    approve(cast.charlie)
    response = cast.browser(cast.charlie).post("/creator/start/", {"display_name": name})
    assert response.status_code == 422
    assert 'id="id_display_name_error"' in response.content.decode()
    assert not Creator.objects.filter(pk=cast.charlie.pk).exists()


def test_a_guest_cannot_activate(cast: Cast) -> None:
    response = Client().post("/creator/start/", {"display_name": "Nobody"})
    assert response["Location"].startswith("/accounts/login/")


# --- the profile --------------------------------------------------------------------------------------------------


def test_the_profile_is_saved_as_it_was_typed_but_clean(cast: Cast) -> None:
    typed = {
        "display_name": "Alice",
        "bio": "I read\u202e order books.\r\n\r\n\r\n\r\nNo signals. ",
        "topics": "#Macro, defi  Macro 比特币",
        "languages": ["en", "zh-hans"],
        "links_0": "My site",
        "links_1": "https://alice.example/a",
        "links_2": "",
        "links_3": "bücher.example",
    }
    response = cast.browser(cast.alice.user).post("/creator/edit/", typed)
    assert (response.status_code, response["Location"]) == (302, "/@alice/")
    alice = Creator.objects.get(pk=cast.alice.pk)
    assert alice.bio == "I read order books.\n\nNo signals."
    assert alice.topics == ["macro", "defi", "比特币"]
    assert alice.languages == ["en", "zh-hans"]
    assert alice.links == [
        {"label": "My site", "url": "https://alice.example/a"},
        {"label": "xn--bcher-kva.example", "url": "https://xn--bcher-kva.example"},
    ]
    assert alice.followers_count == 1
    page = cast.browser(cast.alice.user).get("/creator/edit/").content.decode()
    for shown in ('value="My site"', 'value="https://alice.example/a"', 'value="#macro #defi #比特币"', "I read order"):
        assert shown in page
    assert page.count("checked") == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("bio", "x" * 401),
        ("topics", "a b c d e f g h i"),
        ("topics", "ok <script>"),
        ("topics", "x" * 41),
        ("topics", "123"),
        ("languages", ["en", "de", "fr", "es", "it", "nl"]),
        ("languages", ["klingon"]),
        ("links_1", "http://alice.example/"),
        ("links_1", "javascript:alert(1)"),
        ("links_1", "https://user:pass@alice.example/"),
        ("links_1", "https://bank.example@evil.example/"),
        ("links_1", "https://"),
        ("links_1", "https://[::1"),
        ("links_1", "https://nodots"),
        ("links_1", "https://alice.example:99999/"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_changes(cast: Cast, field: str, value: Any) -> None:
    typed = {**PROFILE, "bio": "kept as typed", field: value}
    response = cast.browser(cast.alice.user).post("/creator/edit/", typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert f'id="id_{field.partition("_")[0]}_error"' in page
    if field != "bio":
        assert "kept as typed" in page
    alice = Creator.objects.get(pk=cast.alice.pk)
    assert (alice.bio, alice.topics, alice.languages, alice.links) == ("", [], [], [])


def test_a_link_cannot_pretend_to_lead_elsewhere(cast: Cast) -> None:
    browser = cast.browser(cast.alice.user)
    lie = {**PROFILE, "links_0": "binance.com", "links_1": "https://evil.example/"}
    response = browser.post("/creator/edit/", lie)
    assert "names another site" in response.content.decode()
    truth = {**PROFILE, "links_0": "alice.example", "links_1": "https://www.alice.example/"}
    assert browser.post("/creator/edit/", truth).status_code == 302


def test_pictures_are_stored_shown_and_removed(cast: Cast, storage: Path) -> None:
    browser = cast.browser(cast.alice.user)
    browser.post("/creator/edit/", {**PROFILE, "avatar": upload(), "banner": upload((1500, 500))})
    alice = Creator.objects.select_related("user").get(pk=cast.alice.pk)
    assert alice.user.avatar.startswith("avatar/")
    assert alice.banner.startswith("banner/")
    page = browser.get("/@alice/").content.decode()
    assert f"/media/{alice.user.avatar}/400.webp" in page
    assert f"/media/{alice.banner}/1500.webp" in page
    browser.post("/creator/edit/", PROFILE)
    alice.user.refresh_from_db()
    assert alice.user.avatar, "no file chosen means: as it is"
    browser.post("/creator/edit/", {**PROFILE, "remove_avatar": "on", "remove_banner": "on"})
    alice = Creator.objects.select_related("user").get(pk=cast.alice.pk)
    assert (alice.user.avatar, alice.banner) == ("", "")


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(lambda: SimpleUploadedFile("a.png", b"<svg><script/></svg>", "image/png"), id="svg named png"),
        pytest.param(lambda: SimpleUploadedFile("a.jpg", b"", "image/jpeg"), id="empty"),
        pytest.param(lambda: upload((20, 20)), id="tiny"),
        pytest.param(lambda: SimpleUploadedFile("a.gif", upload().read()[:-80], "image/gif"), id="truncated"),
    ],
)
def test_a_bad_picture_is_refused_beside_its_field_and_leaves_no_file(cast: Cast, storage: Path, bad: Any) -> None:
    typed = {**PROFILE, "bio": "kept", "avatar": bad(), "banner": upload((1500, 500))}
    response = cast.browser(cast.alice.user).post("/creator/edit/", typed)
    assert response.status_code == 422
    assert 'id="id_avatar_error"' in response.content.decode()
    assert not files(storage), "the good banner of the refused form is gone too"
    alice = Creator.objects.select_related("user").get(pk=cast.alice.pk)
    assert (alice.bio, alice.user.avatar, alice.banner) == ("", "", "")


def test_a_name_changed_too_soon_is_refused_with_the_day_and_leaves_no_file(cast: Cast, storage: Path) -> None:
    browser = cast.browser(cast.alice.user)
    assert browser.post("/creator/edit/", {**PROFILE, "display_name": "Alice Two"}).status_code == 302
    again = {**PROFILE, "display_name": "Alice Three", "bio": "new", "avatar": upload()}
    response = browser.post("/creator/edit/", again)
    assert response.status_code == 422
    assert "You can change your display name again on" in response.content.decode()
    assert not files(storage)
    alice = Creator.objects.select_related("user").get(pk=cast.alice.pk)
    assert (alice.user.display_name, alice.bio, alice.user.avatar) == ("Alice Two", "", "")


def test_the_meter_counts_what_is_done(cast: Cast) -> None:
    browser = cast.browser(cast.alice.user)
    assert "0 % complete" in browser.get("/creator/edit/").content.decode()
    browser.post("/creator/edit/", {**PROFILE, "topics": "macro", "languages": "en", "bio": "x" * 40})
    page = browser.get("/creator/edit/").content.decode()
    assert "42 % complete" in page
    assert "3 of 7" in page


def test_only_creators_have_a_desk(cast: Cast) -> None:
    assert cast.browser(cast.charlie).get("/creator/edit/")["Location"] == "/creator/start/"
    assert cast.browser(cast.charlie).post("/creator/edit/", PROFILE)["Location"] == "/creator/start/"
    assert Client().get("/creator/edit/")["Location"].startswith("/accounts/login/")
    assert cast.browser(cast.alice.user).delete("/creator/edit/").status_code == 405


def test_nobody_edits_somebody_else(cast: Cast) -> None:
    """There is no address for it: the desk is always one's own, whatever is sent."""
    approve(cast.charlie)
    browser = cast.browser(cast.charlie)
    browser.post("/creator/start/", {"display_name": "Charlie"})
    forged = {**PROFILE, "display_name": "Charlie", "bio": "mine", "user": str(cast.alice.pk), "pk": str(cast.alice.pk)}
    browser.post("/creator/edit/", forged)
    assert Creator.objects.get(pk=cast.alice.pk).bio == ""
    assert Creator.objects.get(pk=cast.charlie.pk).bio == "mine"
