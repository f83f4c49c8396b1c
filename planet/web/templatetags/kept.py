"""`{% kept "rail" user.pk place %}…{% endkept %}`: a part of every page's frame, rendered once and kept.

Most of a page is the same frame again: icons, translated words, hashed file names. Rendering it anew costs five times
what the rest of a feed page does. The part is kept in the process' memory under its name, the language and the values
that follow the name: whatever it shows must be among them. What differs on every page is a slot: the CSRF token and
`full_path`, the address of the page.
"""

from collections import OrderedDict
from threading import Lock
from typing import Final

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()

MOST: Final = 4096
# NUL cannot stand in a page: whatever comes from people is cleaned of it.
_TOKEN, _PATH = mark_safe("\0csrf\0"), mark_safe("\0path\0")

_kept: OrderedDict[tuple[str, ...], str] = OrderedDict()
_lock = Lock()


def forget() -> None:
    """Drop everything that is kept."""
    with _lock:
        _kept.clear()


class _Kept(template.Node):
    # No {% block %} may stand inside (it would be kept with one page's content), so nobody need look for one here.
    child_nodelists = ()

    def __init__(self, nodelist: NodeList, vary: list[FilterExpression]) -> None:
        self.nodelist, self.vary = nodelist, vary

    def render(self, context: Context) -> SafeString:
        key = (get_language() or "", *(str(value.resolve(context)) for value in self.vary))
        html = _recall(key)
        if html is None:
            with context.push(csrf_token=_TOKEN, full_path=_PATH):
                html = str(self.nodelist.render(context))
            _keep(key, html)
        if _TOKEN in html:
            html = html.replace(_TOKEN, escape(context.get("csrf_token", "")))
        if _PATH in html:
            html = html.replace(_PATH, escape(context.get("full_path", "")))
        return mark_safe(html)  # noqa: S308  # rendered by the template engine; the slots' values are escaped


def _recall(key: tuple[str, ...]) -> str | None:
    with _lock:
        html = _kept.get(key)
        if html is not None:
            _kept.move_to_end(key)
        return html


def _keep(key: tuple[str, ...], html: str) -> None:
    with _lock:
        _kept[key] = html
        if len(_kept) > MOST:
            _kept.popitem(last=False)


@register.tag
def kept(parser: Parser, token: Token) -> _Kept:
    """The block tag: a name, then every value that the part depends on."""
    _, *vary = token.split_contents()
    if not vary:
        raise template.TemplateSyntaxError("{% kept %} needs a name")
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return _Kept(nodelist, [parser.compile_filter(value) for value in vary])
