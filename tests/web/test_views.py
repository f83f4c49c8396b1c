"""Preferences, and what browsers and robots ask for."""

import json

import pytest
from django.test import Client

from tests.cast import Cast


def test_a_theme_is_remembered_and_the_person_returns() -> None:
    answer = Client().post("/preferences/", {"theme": "light", "next": "/latest/?x=1"})
    assert answer.status_code == 302
    assert answer["Location"] == "/latest/?x=1"
    assert answer.cookies["theme"].value == "light"
    assert "updown" not in answer.cookies


@pytest.mark.parametrize(
    "following", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "", "\\\\evil"]
)
def test_preferences_never_lead_to_another_site(following: str) -> None:
    assert Client().post("/preferences/", {"theme": "dark", "next": following})["Location"] == "/"


@pytest.mark.parametrize("data", [{"theme": "pink"}, {"updown": "sideways"}, {"language": "xx"}, {"language": "../en"}])
def test_a_choice_that_does_not_exist_changes_nothing(data: dict[str, str]) -> None:
    assert not Client().post("/preferences/", data).cookies


def test_preferences_are_only_posted() -> None:
    assert Client().get("/preferences/").status_code == 405


@pytest.mark.django_db
def test_a_language_is_remembered_by_the_browser_and_the_account(cast: Cast) -> None:
    client = cast.browser(cast.bob)
    client.post("/preferences/", {"language": "zh-hans"})
    cast.bob.refresh_from_db()
    assert cast.bob.language == "zh-hans"
    assert 'lang="zh-hans"' in client.get("/nothing/here/").content.decode()


def test_the_form_needs_its_token() -> None:
    assert Client(enforce_csrf_checks=True).post("/preferences/", {"theme": "dark"}).status_code == 403


def test_the_manifest_names_icons_that_exist() -> None:
    from django.contrib.staticfiles import finders

    answer = Client().get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    icons = json.loads(answer.content)["icons"]
    assert [icon["src"] for icon in icons if not finders.find(icon["src"].removeprefix("/static/"))] == []
    assert "512x512" in {icon["sizes"] for icon in icons}


def test_robots_stay_out_of_what_is_private() -> None:
    text = Client().get("/robots.txt").content.decode()
    assert "Disallow: /settings/" in text
    assert "Disallow: /admin/" in text


def test_the_old_icon_name_leads_to_the_drawing() -> None:
    assert Client().get("/favicon.ico")["Location"].endswith(".svg")
