"""Every template compiles; every include, extends and url in them is real."""

from pathlib import Path

import pytest
from django.template.loader import get_template

from planet.config.env import ROOT

TEMPLATES = sorted(
    str(path.relative_to(ROOT / "templates")) for path in (ROOT / "templates").rglob("*.*") if path.is_file()
)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_compiles(name: str) -> None:
    for node in _nodes(get_template(name)):
        parent = getattr(node, "parent_name", None) or getattr(node, "template", None)
        literal = getattr(parent, "var", None)
        if isinstance(literal, str):
            get_template(literal)


def _nodes(template: object) -> list[object]:
    from django.template.base import Node

    return list(template.template.nodelist.get_nodes_by_type(Node))  # type: ignore[attr-defined]


def test_no_template_loads_what_is_built_in() -> None:
    builtin = ("{% load i18n", "{% load static", "{% load planet")
    guilty = [name for name in TEMPLATES if any(tag in Path(ROOT / "templates" / name).read_text() for tag in builtin)]
    assert guilty == []


def test_no_template_has_an_inline_style_or_script() -> None:
    forbidden = (" style=", "<style", " onclick=", " onchange=", " onsubmit=", "hx-on")
    pages = {
        name: (ROOT / "templates" / name).read_text()
        for name in TEMPLATES
        if name.endswith(".html") and "/email/" not in name  # a mail has no other place for them
    }
    assert [(name, text) for name, html in pages.items() for text in forbidden if text in html] == []
