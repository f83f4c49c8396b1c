"""The renderer: what a person typed is text, and nothing else."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posts.text import excerpt, render
from tests.posts.text.test_tokens import TEXTS

ALLOWED = {
    "p": {"dir"},
    "br": set(),
    "b": set(),
    "a": {"class", "href", "rel", "target", "dir", "title", "data-asset"},
}
ATTACKS = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "https://x.io/\"onmouseover=\"alert(1)",
    "https://x.io/'onmouseover='alert(1)",
    "javascript:alert(1)",
    "https://x.io/</a><script>alert(1)</script>",
    "$SOL<svg/onload=alert(1)>",
    "#topic\"><img src=x>",
    "@alice\"><img src=x>",
    "&lt;script&gt; &#60;script&#62;",
    "<!--", "]]>", "\u2028<script>", "<a href=javascript:alert(1)>x</a>", "\x00<b\x00>",
]  # fmt: skip


class _Strict(HTMLParser):
    """Fails on anything that the renderer may not produce."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED
        for name, value in attrs:
            assert name in ALLOWED[tag]
            if name == "href":
                assert value is not None
                assert value.startswith(("https://", "http://", "HTTP", "/asset/", "/topic/", "/@")) or (
                    value.lower().startswith("http")
                )
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_comment(self, data: str) -> None:
        pytest.fail(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        pytest.fail(f"a declaration: {decl}")


def check(html: str) -> str:
    """Assert that the HTML is well-formed and inert; returns its words."""
    parser = _Strict()
    parser.feed(html)
    parser.close()
    assert parser.open == []
    return parser.words


@given(st.one_of(TEXTS, st.lists(st.one_of(st.sampled_from(ATTACKS), TEXTS)).map("".join)))
def test_the_output_is_well_formed_and_inert(text: str) -> None:
    html = render(text, people={"alice"})
    check(html)
    assert "\x00" not in html


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_shown_as_it_was_typed(attack: str) -> None:
    shown = check(render(attack)).split()
    # A link is shown without its scheme and its last slash; everything else to the letter.
    assert "".join(shown) in {typed.replace("\x00", "\ufffd") for typed in _spellings("".join(attack.split()))}


def _spellings(typed: str) -> set[str]:
    return {typed, typed.replace("https://", ""), typed.replace("https://", "").replace("x.io/", "x.io")}


def test_paragraphs_and_lines() -> None:
    assert render("one\ntwo\n\n\n three ") == '<p dir="auto">one<br>two</p><p dir="auto">three </p>'


def test_only_known_people_are_linked() -> None:
    html = render("@Alice and @mallory", people={"alice"})
    assert '<a class="link" href="/@alice/">@Alice</a> and @mallory' in html


def test_a_link_leaks_nothing_and_is_short() -> None:
    html = render("https://example.com/" + "a" * 80)
    assert 'rel="nofollow ugc noopener noreferrer"' in html
    assert f"example.com/{'a' * 31}…</a>" in html


def test_a_topic_in_any_script_has_an_address() -> None:
    assert 'href="/topic/%E6%AF%94%E7%89%B9%E5%B8%81/"' in render("#比特币#")


@pytest.mark.parametrize(
    ("text", "short"),
    [("one two three", "one two…"), ("比" * 20, "比" * 9 + "…"), ("a\n\nb", "a b"), ("exactly 10", "exactly 10")],
)
def test_an_excerpt_is_one_line_cut_at_a_word(text: str, short: str) -> None:
    assert excerpt(text, 10) == short
