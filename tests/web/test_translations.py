"""The interface is complete in every language, and the catalogue needs no program that a newcomer lacks."""

import re
from io import StringIO
from pathlib import Path

import polib
import pytest
from django.core.management import call_command
from django.utils import translation

from planet.web import translations
from planet.web.translations import Text

LANGUAGES = translations.languages()
PLACES = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")
# Western marks touching a Chinese character; `from:用户名` is an operator of the search, written as it is typed.
WESTERN = re.compile(r"(?<!from)[,;:?!](?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff”）」》])[,;:?!]")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str) -> None:
    assert translations.missing(language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_left_of_a_text_that_went(language: str) -> None:
    known = {
        Text(entry.msgid, entry.msgid_plural, entry.msgctxt or "")
        for entry in polib.pofile(str(translations.catalogue(language)))
    }
    assert known - set(translations.texts()) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_the_places_that_values_go_to(language: str) -> None:
    wrong = [
        (said, form)
        for entry in polib.pofile(str(translations.catalogue(language)))
        # A singular may say "one" in words: the plural counts.
        for said in (entry.msgid_plural or entry.msgid,)
        for form in (entry.msgstr_plural.values() if entry.msgid_plural else (entry.msgstr,))
        if sorted(PLACES.findall(said)) != sorted(PLACES.findall(form))
    ]
    assert wrong == []


def test_chinese_sentences_are_punctuated_as_chinese() -> None:
    entries = polib.pofile(str(translations.catalogue("zh_Hans")))
    forms = (form for entry in entries for form in (entry.msgstr, *entry.msgstr_plural.values()))
    assert [form for form in forms if WESTERN.search(form)] == []


def test_texts_are_found_in_templates_and_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/page.html").write_text(
        '{% trans "It’s here" %}{% trans "May" context "month" %}{{ x|default:_("None") }}'
        "{% blocktrans count n=n %}{{ n }} post{% plural %}{{ n }} posts{% endblocktrans %}"
        "{% blocktrans trimmed %}\n two\n lines {% endblocktrans %}"
    )
    (tmp_path / "planet").mkdir()
    (tmp_path / "planet/module.py").write_text(
        '_("Joined " "text")\npgettext_lazy("verb", "Post")\nngettext("%d day", "%d days", n)\nother("No")\n_(name)\n'
    )
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    assert set(translations.texts()) == {
        Text("It’s here"),
        Text("May", "", "month"),
        Text("None"),
        Text("%(n)s post", "%(n)s posts"),
        Text("two lines"),
        Text("Joined text"),
        Text("Post", "", "verb"),
        Text("%d day", "%d days"),
    }


def test_what_django_reads_is_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "locale/zh_Hans/LC_MESSAGES/django.po"
    source.parent.mkdir(parents=True)
    source.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Home"\nmsgstr "主页"\n')
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    (written,) = translations.compile_all()
    assert polib.mofile(str(written)).find("Home").msgstr == "主页"
    assert translations.compile_all() == []


def test_an_extraction_adds_and_drops_but_keeps_what_was_translated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "locale/zh_Hans/LC_MESSAGES/django.po"
    source.parent.mkdir(parents=True)
    source.write_text('msgid ""\nmsgstr ""\n\nmsgid "Home"\nmsgstr "主页"\n\nmsgid "Gone"\nmsgstr "没了"\n')
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/page.html").write_text('{% trans "Home" %}{% trans "Fresh" %}')
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    assert translations.extract("zh-hans") == (1, 1)
    assert {entry.msgid: entry.msgstr for entry in polib.pofile(str(source))} == {"Home": "主页", "Fresh": ""}
    assert translations.missing("zh-hans") == [Text("Fresh")]


def test_a_page_comes_in_the_language_that_was_asked_for() -> None:
    with translation.override("zh-hans"):
        assert translation.gettext("Home") == "主页"


def test_the_command_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "locale/zh_Hans/LC_MESSAGES/django.po"
    source.parent.mkdir(parents=True)
    source.write_text('msgid ""\nmsgstr ""\n')
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/page.html").write_text('{% trans "Fresh" %}')
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    out = StringIO()
    call_command("translations", "--extract", stdout=out)
    assert "zh-hans: 1 texts came, 0 went" in out.getvalue()
    assert "not translated: 'Fresh'" in out.getvalue()
    assert source.with_suffix(".mo").exists()
