"""Parts of the frame that are rendered once."""

import re

import pytest
from django.template import Context, Template, TemplateSyntaxError, engines
from django.test import Client, RequestFactory
from django.utils import translation

from planet.web.templatetags import kept
from tests.cast import Cast


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    kept.forget()


def _render(source: str, **context: object) -> str:
    template: Template = engines["django"].from_string(source).template  # type: ignore[attr-defined]
    return template.render(Context(context))


class _Counter:
    """Counts how often a template asks for it."""

    asked = 0

    def __str__(self) -> str:
        self.asked += 1
        return "shown"


def test_a_part_is_rendered_once_for_the_same_values() -> None:
    counter = _Counter()
    for _ in range(3):
        assert _render('{% kept "part" a %}{{ counter }} {{ a }}{% endkept %}', a=1, counter=counter) == "shown 1"
    assert counter.asked == 1


def test_other_values_another_name_and_another_language_are_other_parts() -> None:
    source = '{% kept "part" a %}{{ a }}{% trans "Home" %}{% endkept %}'
    assert _render(source, a=1) == "1Home"
    assert _render(source, a=2) == "2Home"
    assert _render('{% kept "other" a %}{{ a }}!{% endkept %}', a=1) == "1!"
    with translation.override("zh-hans"):
        assert _render(source, a=1) != "1Home"


def test_everybody_gets_their_own_token_and_address() -> None:
    source = '{% kept "form" %}{% csrf_token %}<i title="{{ full_path }}"></i>{% endkept %}'
    first = _render(source, csrf_token="aaa", full_path="/one/?a=1&b=2")
    second = _render(source, csrf_token="bbb", full_path="/two/")
    assert 'value="aaa"' in first
    assert 'title="/one/?a=1&amp;b=2"' in first
    assert 'value="bbb"' in second
    assert "aaa" not in second
    assert "\0" not in first + second


def test_what_people_typed_is_escaped_in_a_slot() -> None:
    shown = _render('{% kept "form" %}{{ full_path }}{% endkept %}', full_path='/"><script>')
    assert "<script>" not in shown


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 5)
    for number in range(50):
        _render('{% kept "part" n %}{{ n }}{% endkept %}', n=number)
    assert len(kept._kept) <= 6


def test_a_part_needs_a_name() -> None:
    with pytest.raises(TemplateSyntaxError):
        _render("{% kept %}{% endkept %}")


@pytest.mark.parametrize(
    "path", ["/", "/latest/", "/@alice/", "/@bob/", "/settings/", "/bookmarks/", "/notifications/"]
)
def test_a_page_looks_the_same_kept_and_fresh(cast: Cast, path: str) -> None:
    """Whoever came before: nothing of another person's or another page's frame is shown."""

    def frame(client: Client) -> str:
        page = client.get(path).content.decode()
        for own in re.findall(r'name="client_id" value="([^"]+)"', page):
            page = page.replace(own, "its id")
        token = client.cookies["csrftoken"].value
        assert token
        # Tokens are masked anew each time, a form has an id of its own, and the moment of the page is on it.
        once = ("csrf", "client_id", "planet-since", "data-seen")
        return "\n".join(line for line in page.splitlines() if not any(word in line.lower() for word in once))

    people = [cast.alice.user, cast.bob, cast.olga]
    fresh = []
    for person in people:
        kept.forget()
        fresh.append(frame(cast.browser(person)))
    kept.forget()
    for other in ("/", "/latest/", "/@alice/", "/@olga/", "/settings/"):
        for person in people:
            cast.browser(person).get(other)
    Client().get("/")
    assert [frame(cast.browser(person)) for person in people] == fresh


def test_a_change_of_the_person_shows_at_once(cast: Cast) -> None:
    browser = cast.browser(cast.alice.user)
    assert "Alice" in browser.get("/settings/").content.decode()
    cast.alice.user.display_name = "Alice Renamed"
    cast.alice.user.save()
    assert "Alice Renamed" in browser.get("/settings/").content.decode()


def test_the_address_in_the_menu_is_that_of_the_page(cast: Cast, rf: RequestFactory) -> None:
    browser = cast.browser(cast.bob)
    browser.get("/latest/")
    assert 'name="next" value="/bookmarks/?x=1"' in browser.get("/bookmarks/?x=1").content.decode()
