"""Articles' Markdown as HTML."""

import pytest

from posts.text import markdown
from posts.text.markdown import Document, Heading, read
from posts.text.tokens import Kind
from tests.posts.text.inert import faults

KEY = f"picture/ab/{'ab' * 16}-1200x800"


def html(source: str, *people: str) -> str:
    parts = read(source).parts(people)
    assert all(isinstance(part, str) for part in parts)
    return "".join(str(part) for part in parts).strip()


# --- what Markdown can ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Hello *you* and **you**", '<p dir="auto">Hello <em>you</em> and <strong>you</strong></p>'),
        ("~~no~~ `code <b>`", '<p dir="auto"><s>no</s> <code>code &lt;b&gt;</code></p>'),
        ("one\ntwo", '<p dir="auto">one<br>\ntwo</p>'),
        ("- a\n- b", '<ul>\n<li dir="auto">a</li>\n<li dir="auto">b</li>\n</ul>'),
        ("3. c", '<ol start="3">\n<li dir="auto">c</li>\n</ol>'),
        ("> said", '<blockquote dir="auto">\n<p dir="auto">said</p>\n</blockquote>'),
        ("***", "<hr>"),
        ("    x = 1", '<pre tabindex="0" dir="ltr"><code>x = 1\n</code></pre>'),
        ("```py\nx\n```", '<pre tabindex="0" dir="ltr" data-lang="py"><code>x\n</code></pre>'),
    ],
)
def test_the_elements(source: str, expected: str) -> None:
    assert html(source) == expected


def test_a_table_scrolls_and_aligns() -> None:
    shown = html("| a | b |\n|:-:|--:|\n| 1 | 2 |")
    assert shown.startswith('<div class="tablewrap" tabindex="0"><table>')
    assert '<th dir="auto" class="mid" scope="col">a</th>' in shown
    assert '<td dir="auto" class="right">2</td>' in shown
    assert "style" not in shown


def test_tasks_are_letters_that_need_no_label() -> None:
    shown = html("- [ ] todo\n- [x] done $SOL\n- [x]none")
    assert '<li dir="auto" class="task"><span class="tick">☐</span> todo</li>' in shown
    assert '<span class="tick">☑</span> done <a class="chip"' in shown
    assert "[x]none" in shown


def test_footnotes_lead_there_and_back() -> None:
    shown = html("One[^a] and again[^a].\n\n[^a]: The *note*.\n[^b]: Nobody calls this.")
    assert '<sup class="note"><a href="#fn-1" id="fnref-1">1</a></sup>' in shown
    assert 'id="fnref-1-2"' in shown
    assert '<li id="fn-1" dir="auto"><p dir="auto">The <em>note</em>.' in shown
    assert '<a class="back" href="#fnref-1-2">' in shown
    assert "Nobody" not in shown


def test_html_is_text() -> None:
    assert html("<b>no</b>\n\n<div>\nno\n</div>") == (
        '<p dir="auto">&lt;b&gt;no&lt;/b&gt;</p>\n<p dir="auto">&lt;div&gt;<br>\nno<br>\n&lt;/div&gt;</p>'
    )


# --- headings -------------------------------------------------------------------------------------------------------


def test_headings_skip_no_level_and_have_names_of_their_own() -> None:
    document = read("### Deep\n\n# Top\n\n### Deep\n\n## Mid\n\n###### Far\n\n# 你好,世界!\n\n# ***")
    assert list(document.headings) == [
        Heading(2, "h-deep", "Deep"),
        Heading(2, "h-top", "Top"),
        Heading(3, "h-deep--2", "Deep"),
        Heading(3, "h-mid", "Mid"),
        Heading(4, "h-far", "Far"),
        Heading(2, "h-你好-世界", "你好,世界!"),
        Heading(2, "h-section", "***"),
    ]


def test_a_heading_in_a_quote_is_not_in_the_contents() -> None:
    document = read("> # Quoted\n\n# Mine")
    assert [heading.text for heading in document.headings] == ["Mine"]


def test_no_heading_poses_as_another_element() -> None:
    shown = html("# main\n\n# fn-1\n\n# h-main\n\nx[^1]\n\n[^1]: y")
    assert faults(shown) == []
    assert 'id="main"' not in shown


# --- names ----------------------------------------------------------------------------------------------------------


def test_names_are_linked_as_in_short_posts() -> None:
    shown = html("**$btc** (#Rates) @bob @eve 买入$ETH吧 https://example.com/a_b_c?x=1&y=2.", "bob")
    assert '<strong><a class="chip" href="/asset/BTC/" data-asset="BTC"><b>$BTC</b></a></strong>' in shown
    assert '(<a class="link" href="/topic/rates/">#Rates</a>)' in shown
    assert '<a class="link" href="/@bob/">@bob</a> @eve' in shown
    assert 'href="/asset/ETH/"' in shown
    assert 'href="https://example.com/a_b_c?x=1&amp;y=2"' in shown


def test_names_are_not_linked_in_code_links_and_where_they_are_escaped() -> None:
    document = read(f"`$A` [see $B](https://x.example/)\n\n    #c\n\n\\$D \\#e \\@bob ![$F]({KEY})\n\n# $G")
    assert [token.value for token in document.names] == ["G"]
    assert html("\\#no, \\@bob", "bob") == '<p dir="auto">#no, @bob</p>'


def test_entities_are_part_of_a_name() -> None:
    (token,) = read("https://example.com/?a=1&amp;b=2").names
    assert (token.kind, token.value) == (Kind.LINK, "https://example.com/?a=1&b=2")


def test_only_so_many_names_are_linked() -> None:
    document = read("$A " * 5000)
    assert len(document.names) == 500


# --- links and pictures ---------------------------------------------------------------------------------------------


def test_a_link_away_vouches_for_nothing_and_shows_where_it_leads() -> None:
    assert html('[bank](https://evil.example/ "Your bank")') == (
        '<p dir="auto"><a class="link" href="https://evil.example/" title="https://evil.example/" '
        'rel="nofollow ugc noopener noreferrer" target="_blank">bank</a></p>'
    )


def test_a_link_to_this_planet_stays_in_the_tab() -> None:
    assert html("[post](/p/1/) [up](#h-top)") == (
        '<p dir="auto"><a class="link" href="/p/1/">post</a> <a class="link" href="#h-top">up</a></p>'
    )


def test_an_own_picture_alone_is_a_figure_with_its_caption() -> None:
    shown = html(f'![A *chart*]({KEY} "As <of> today")')
    assert shown.startswith(f'<figure><a class="pic" href="/media/{KEY}/1600.webp" data-lightbox="">')
    assert 'width="960" height="640" alt="A chart" loading="lazy"' in shown
    assert shown.endswith('<figcaption dir="auto">As &lt;of&gt; today</figcaption></figure>')
    assert read(f"![]({KEY})\n![]({KEY})").pictures == [KEY]


def test_an_own_picture_in_a_line_stays_in_it() -> None:
    assert '<img src="/media/' in html(f"See ![it]({KEY}) here")
    assert "figure" not in html(f"See ![it]({KEY}) here")


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/track.gif",
        "//evil.example/x.webp",
        "/accounts/logout/",
        "/media/kyc/passport.webp",
        f"/media/{KEY}/960.webp",
        f"avatar/ab/{'ab' * 16}-96x96",
        f"picture/ab/{'cd' * 16}-9x9",
        f"../{KEY}",
        "data:image/png;base64,AAAA",
        "javascript:alert(1)",
    ],
)
def test_any_other_picture_is_its_words(address: str) -> None:
    shown = html(f"![words]({address})")
    assert "words" in shown
    assert "<img" not in shown
    assert read(f"![words]({address})").pictures == []


# --- blocks ---------------------------------------------------------------------------------------------------------


def test_a_line_places_a_block_between_two_pieces() -> None:
    document = read("One\n\n{{block:2}}\n\nTwo[^1]\n{{ block:1 }}\n\n[^1]: Note")
    assert document.blocks == [2, 1]
    first, second, rest = (str(part) for part in document.parts() if isinstance(part, str))
    assert [part for part in document.parts() if isinstance(part, int)] == [2, 1]
    assert (first.strip(), "Two" in second, "Note" in rest) == ('<p dir="auto">One</p>', True, True)


@pytest.mark.parametrize(
    "source", ["> {{block:1}}", "- {{block:1}}", "`{{block:1}}`", "a {{block:1}}", "{{block:100}}"]
)
def test_elsewhere_it_is_text(source: str) -> None:
    assert read(source).blocks == []
    assert "{{block:" in html(source)


# --- length ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "length", "minutes"),
    [
        ("", 0, 1),
        ("one two", 2, 1),
        ("word " * 460, 460, 2),
        ("字" * 1200, 1200, 3),
        ("字" * 400 + " word" * 230, 630, 2),
        ("It's 1,234.50 well-known [link](https://not.counted/a/b) `code`", 5, 1),
    ],
)
def test_reading_time_knows_scripts_without_spaces(source: str, length: int, minutes: int) -> None:
    document = read(source)
    assert (document.length, document.minutes) == (length, minutes)


def test_the_opening_is_the_first_paragraph_in_plain_words() -> None:
    assert read("# Title\n\n- a list\n\nThe **opening**\nwith $SOL.\n\nMore.").opening == "The opening with $SOL."


def test_a_document_that_would_be_too_long_is_shown_plain() -> None:
    document: Document = read("|a" * 2000 + "|\n" + "|-" * 2000 + "|\n" + "|\n" * 40_000)
    assert document.is_heavy
    (shown,) = document.parts()
    assert "<table" not in str(shown)
    assert faults(str(shown)) == []
    assert not read("Plain").is_heavy


@pytest.mark.parametrize("mark", ["![", "**a** ", "- a\n", "|a", "#a ", "[", "a\n-\n"], ids=lambda mark: repr(mark)[:8])
def test_a_source_of_little_but_marks_is_given_up_before_it_is_parsed(
    mark: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parsed(_: str) -> None:
        raise AssertionError

    monkeypatch.setattr(markdown._markdown, "parse", parsed)
    document = read((mark * 100_000)[:100_000])
    assert document.is_heavy
    (shown,) = document.parts()
    assert faults(str(shown)) == []
    assert document.names == ()


def test_a_long_article_as_people_write_them_is_parsed() -> None:
    chapter = (
        "## Heading\n\n"
        + ("words of **weight** about $SOL and `code`, " * 20 + "\n\n") * 4
        + "| a | b |\n|---|--:|\n| 1 | 2 |\n\n"
    )
    source = (chapter * 40)[:100_000]
    document = read(source)
    assert len(source) == 100_000
    assert not document.is_heavy
    assert len(document.headings) > 20
