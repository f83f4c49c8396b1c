"""The parser."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from posts.text import Kind, handles, symbol, tags, tokenise, topic_name
from posts.text.tokens import MAX_MENTIONS, MAX_TAGS

# Pieces that meet at the parser's seams, mixed with anything at all.
SIGNS = ["$", "#", "＃", "@", "＠", "_", "1", ".", ")", " ", "\n", "\u0301", "\u200d", "\x00", "\ud800"]
WORDS = [
    "$SOL",
    "#btc",
    "@alice",
    "https://",
    "http://a.io/(x)",
    "比特币",
    "é",
    "<b>",
    '"',
    "&#39;",
    "ß",
    "İ",
    "½",
    "ﬁ",
]
PIECES = st.sampled_from([*SIGNS, *WORDS, "javascript:"])
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=30).map("".join)


def found(text: str, kind: Kind) -> list[str]:
    return [token.value for token in tokenise(text) if token.kind is kind]


@given(TEXTS)
@example("$" * 2000)
@example("#" + "a" * 2000)
@example("https://" + "(" * 2000)
def test_the_tokens_put_together_are_the_text(text: str) -> None:
    assert "".join(token.raw for token in tokenise(text)) == text


@given(TEXTS)
def test_what_a_token_stands_for_is_well_formed(text: str) -> None:
    for token in tokenise(text):
        assert token.raw
        if token.kind is Kind.ASSET:
            assert symbol(token.value) == token.value
        elif token.kind is Kind.TOPIC:
            assert topic_name(token.value) == token.value
        elif token.kind is Kind.MENTION:
            assert token.value == token.value.lower()
            assert token.value.isascii()
            assert 3 <= len(token.value) <= 20
        elif token.kind is Kind.LINK:
            assert token.value.lower().startswith(("http://", "https://"))
            assert not set(token.value) & set(' <>"`\n\x00')


@pytest.mark.parametrize(
    ("text", "assets"),
    [
        ("$SOL and $btc", ["SOL", "BTC"]),
        ("买入$BTC吧", ["BTC"]),
        ("$BTC는 오른다", ["BTC"]),
        ("$1INCH, $1000SATS", ["1INCH", "1000SATS"]),
        ("$ETH/USDT $SOL-PERP $BTC.", ["ETH", "SOL", "BTC"]),
        ("$100 $1.4B $100k $1B US$BTC $$BTC $ BTC $_BTC $BTCé $ELEVENCHARS", []),
    ],
)
def test_cashtags(text: str, assets: list[str]) -> None:
    assert found(text, Kind.ASSET) == assets


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("#Rates and #RATES", ["rates", "rates"]),
        ("#比特币# 今天", ["比特币"]),
        ("今天#以太坊#索拉纳，#ＤｅＦｉ", ["以太坊", "索拉纳", "defi"]),
        ("#ビットコイン、#비트코인 #кит #100x #a_b", ["ビットコイン", "비트코인", "кит", "100x", "a_b"]),
        ("#1 #2026 # x a#b &#39; ##x #" + "a" * 41, []),
        ("#" + "比" * 40, ["比" * 40]),
    ],
)
def test_topics(text: str, topics: list[str]) -> None:
    assert found(text, Kind.TOPIC) == topics


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("@Alice, @bob_1.", ["alice", "bob_1"]),
        ("感谢@alice的分析 ＠bob", ["alice", "bob"]),
        ("alice@example.com @al @" + "a" * 21 + " @alice@mastodon.social x/@alice @élan", []),
    ],
)
def test_mentions(text: str, people: list[str]) -> None:
    assert found(text, Kind.MENTION) == people


@pytest.mark.parametrize(
    ("text", "links"),
    [
        (
            "see https://example.com/a_(b), or (http://x.io/?q=1#f).",
            ["https://example.com/a_(b)", "http://x.io/?q=1#f"],
        ),
        ("看https://example.com。很好", ["https://example.com"]),
        ("HTTPS://EXAMPLE.COM:8080/x", ["HTTPS://EXAMPLE.COM:8080/x"]),
        ("https://x.io/<script>", ["https://x.io/"]),
        ("https://bank.example@evil.example https://localhost/ http://10.0.0.1/ https://a", []),
        ("javascript:alert(1) data:text/html,x ftp://a.io xhttps://a.io https:// http://[::1 http://a.io:99999/", []),
        ("https://пример.рф/", []),
        ("https://xn--e1afmkfd.xn--p1ai/", ["https://xn--e1afmkfd.xn--p1ai/"]),
    ],
)
def test_links(text: str, links: list[str]) -> None:
    assert found(text, Kind.LINK) == links


def test_a_crowd_of_tags_and_mentions_is_cut_off() -> None:
    tokens = tokenise(" ".join(f"#topic{n} @person{n}" for n in range(60)))
    assert len(tags(tokens)) == MAX_TAGS
    assert handles(tokens) == [f"person{n}" for n in range(MAX_MENTIONS)]


def test_repeats_count_once() -> None:
    tokens = tokenise("$SOL $sol #Sol #sol @alice @ALICE")
    assert tags(tokens) == [(Kind.ASSET, "SOL"), (Kind.TOPIC, "sol")]
    assert handles(tokens) == ["alice"]


@pytest.mark.parametrize("raw", ["", "1", "a b", "a" * 41, "½a", "a/b", "..", "\x00", "a\x00"])
def test_what_is_no_topic(raw: str) -> None:
    assert topic_name(raw) is None


def test_an_address_of_marks_is_no_topic_and_costs_nothing() -> None:
    started = time.process_time()
    assert topic_name("a" + "\u0301" * 30_000 + "\u0316" * 30_000) is None
    assert time.process_time() - started < 1
