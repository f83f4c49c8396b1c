"""The texts of the interface and their translations, without gettext's programs: a newcomer's machine has none.

Django's own template scanner finds the texts in templates, Python's own parser those in modules. The catalogues
(`locale/<language>/LC_MESSAGES/django.po`) are in git; what Django reads (`.mo`) is compiled from them at the start.
"""

import ast
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib
from django.conf import settings
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

ROOT = Path(settings.LOCALE_PATHS[0]).parent
PACKAGES = ("planet", "creators", "posts", "groups", "incentives", "discover")
# How many of a call's first arguments are texts, and whether the first is a context.
_CALLS = {
    name + suffix: shape
    for name, shape in {
        "gettext": (1, False),
        "ngettext": (2, False),
        "pgettext": (1, True),
        "npgettext": (2, True),
    }.items()
    for suffix in ("", "_lazy", "_noop")
} | {"_": (1, False)}
_LITERAL = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
_TEMPLATE_CALL = re.compile(rf"\b(n?p?gettext|_)\(\s*((?:{_LITERAL}\s*,?\s*)+)")


@dataclass(frozen=True, order=True)
class Text:
    """Something shown to people: its id, its plural form and its context where it has them."""

    msgid: str
    plural: str = ""
    context: str = ""


def catalogue(language: str) -> Path:
    """Where the translations into a language are kept."""
    return ROOT / "locale" / to_locale(language) / "LC_MESSAGES" / "django.po"


def languages() -> list[str]:
    """Every language but the one that the texts are written in."""
    return [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def texts() -> dict[Text, list[str]]:
    """Every text of the interface, and the files that it stands in."""
    found: dict[Text, list[str]] = {}
    for path in _sources():
        read = _in_module if path.suffix == ".py" else _in_template
        for text in read(path.read_text()):
            places = found.setdefault(text, [])
            if (place := str(path.relative_to(ROOT))) not in places:
                places.append(place)
    return found


def _sources() -> Iterator[Path]:
    yield from sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"})
    for package in PACKAGES:
        yield from sorted(path for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts)


def _in_module(source: str) -> Iterator[Text]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = str(getattr(node.func, "id", "") or getattr(node.func, "attr", ""))
            literals = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            yield from _text(name, literals)


def _in_template(source: str) -> Iterator[Text]:
    for name, arguments in _TEMPLATE_CALL.findall(templatize(source)):
        yield from _text(name, [ast.literal_eval(literal) for literal in re.findall(_LITERAL, arguments)])


def _text(call: str, literals: list[str]) -> Iterator[Text]:
    wanted, has_context = _CALLS.get(call, (0, False))
    context = literals.pop(0) if has_context and literals else ""
    if wanted and len(literals) >= wanted and literals[0]:
        yield Text(literals[0], literals[1] if wanted == 2 else "", context)


def missing(language: str) -> list[Text]:
    """Texts that have no translation, or only one that awaits a check (fuzzy)."""
    done = {
        Text(entry.msgid, entry.msgid_plural, entry.msgctxt or "")
        for entry in polib.pofile(str(catalogue(language)))
        if entry.translated()
    }
    return sorted(set(texts()) - done)


def extract(language: str) -> tuple[int, int]:
    """Bring the catalogue in line with the texts: new ones come in empty, unused ones go. (added, removed)."""
    path = catalogue(language)
    po = polib.pofile(str(path))
    found = texts()
    known = {Text(entry.msgid, entry.msgid_plural, entry.msgctxt or ""): entry for entry in po}
    for text in set(known) - set(found):
        po.remove(known[text])
    for text in sorted(set(found) - set(known)):
        po.append(_entry(text))
    for entry in po:
        entry.occurrences = [(place, "") for place in found[Text(entry.msgid, entry.msgid_plural, entry.msgctxt or "")]]
    po.sort(key=lambda entry: (entry.occurrences[0][0], entry.msgid))
    po.save(str(path))
    return len(set(found) - set(known)), len(set(known) - set(found))


def _entry(text: Text) -> polib.POEntry:
    forms = {"msgid_plural": text.plural, "msgstr_plural": {0: ""}} if text.plural else {}
    return polib.POEntry(msgid=text.msgid, msgctxt=text.context or None, **forms)


def compile_all() -> list[Path]:
    """Write what Django reads, where it is missing or older than the catalogue; which files were written."""
    written = []
    for language in languages():
        source = catalogue(language)
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        # Another process may be reading, or compiling, at the same moment.
        part = target.with_suffix(f".{os.getpid()}.part")
        polib.pofile(str(source)).save_as_mofile(str(part))
        part.replace(target)
        written.append(target)
    return written
