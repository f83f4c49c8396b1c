"""Static files are collected when one of them changed, and only then."""

import os
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from planet.stack import static


@pytest.fixture
def source(tmp_path: Path, settings: Settings) -> Path:
    """A site whose one static file of its own is `js/app.js`."""
    directory = tmp_path / "source"
    (directory / "js").mkdir(parents=True)
    (directory / "js" / "app.js").write_text("export const one = 1;\n")
    settings.STATICFILES_DIRS = [directory]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "planet.web.staticfiles.HashedStaticFilesStorage"},
    }
    return directory


def names(settings: Settings) -> set[str]:
    return {path.name for path in (settings.STATIC_ROOT / "js").iterdir()}


def test_the_first_time_collects_and_the_second_has_nothing_to_do(source: Path, settings: Settings) -> None:
    assert static.collect() is True
    before = names(settings)

    assert static.collect() is False

    assert names(settings) == before
    assert any(name.startswith("app.") and name.endswith(".js.br") for name in before) or "app.js" in before


def test_a_touched_file_is_collected_again(source: Path) -> None:
    static.collect()
    (source / "js" / "app.js").write_text("export const two = 2;\n")
    os.utime(source / "js" / "app.js", ns=(1, 1))

    assert static.collect() is True


def test_what_was_removed_is_gone_from_the_collection(source: Path, settings: Settings) -> None:
    (source / "js" / "old.js").write_text("export {};\n")
    static.collect()
    (source / "js" / "old.js").unlink()

    static.collect()

    assert not any(name.startswith("old.") for name in names(settings))


def test_a_collection_that_failed_is_tried_again(source: Path) -> None:
    (source / "js" / "app.js").write_text('import { gone } from "./gone.js";\n')
    with pytest.raises((OSError, ValueError), match=r"gone\.js"):
        static.collect()
    (source / "js" / "gone.js").write_text("export const gone = 1;\n")

    assert static.collect() is True
