"""What a first visit loads stays within the budgets: HTML 40 kB, CSS 30 kB, JS 60 kB, fonts 60 kB."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from tests.cast import Cast

KB = 1000


@pytest.fixture
def html(cast: Cast) -> str:
    return cast.browser(cast.alice.user).get("/design/").content.decode()


def packed(names: set[str]) -> int:
    """How many bytes the files have on the wire."""
    return sum(len(gzip.compress(_file(name).read_bytes(), 9)) for name in names)


def _file(name: str) -> Path:
    found = finders.find(name)
    assert isinstance(found, str), name
    return Path(found)


def modules(entry: str, found: set[str] | None = None) -> set[str]:
    """A module and everything that comes with it, however deep, at once or once somebody wants it."""
    found = set() if found is None else found
    if entry in found:
        return found
    found.add(entry)
    for name in re.findall(r'(?:from|import)\s*\(?"(\.{1,2}/[^"]+)"', _file(entry).read_text()):
        modules(str((Path("/") / Path(entry).parent / name).resolve().relative_to("/")), found)
    return found


def test_styles(html: str) -> None:
    names = set(re.findall(r'<link rel="stylesheet" href="/static/([^"]+)"', html))
    assert len(names) >= 6
    assert packed(names) < 30 * KB


def test_scripts(html: str) -> None:
    linked = set(re.findall(r'<script[^>]* src="/static/([^"]+)"', html))
    names = {name for entry in linked for name in (modules(entry) if entry.startswith("js/") else {entry})}
    assert "js/toast.js" in names
    assert any("htmx" in name for name in names)
    assert packed(names) < 60 * KB


def test_the_page_that_shows_everything(html: str) -> None:
    assert len(gzip.compress(html.encode(), 6)) < 40 * KB


@pytest.mark.django_db
def test_the_one_font_that_is_loaded_ahead() -> None:
    preloaded = re.findall(
        r'rel="preload" href="/static/([^"]+)" as="font"', Client().get("/nothing/").content.decode()
    )
    assert sum(_file(name).stat().st_size for name in preloaded) < 60 * KB
