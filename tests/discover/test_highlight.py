"""What was found is marked, and nothing else is changed."""

import re
from html import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from discover.highlight import highlight
from discover.parser import parse

pytestmark = pytest.mark.django_db


def card(body: str) -> str:
    return f'<article><b>funding</b><div class="stackg" data-body>{body}</div><div class="acts"><b>funding</b></div>'


def marked(body: str, query: str) -> list[str]:
    (html,) = highlight([card(body)], parse(query))
    assert html.replace("<mark>", "").replace("</mark>", "") == card(body)
    return re.findall("<mark>(.*?)</mark>", html)


@pytest.mark.parametrize(
    ("body", "query", "found"),
    [
        ("<p>Funding is funding</p>", "funding", ["Funding", "funding"]),
        ("<p>liquidations liquidated liquid</p>", "liquidation", ["liquidations", "liquidated", "liquid"]),
        ("<p>the funding rate</p>", '"funding rate"', ["funding", "rate"]),
        ("<p>Café</p>", "cafe", ["Café"]),
        ('<p>a <a class="chip" href="/asset/SOL/"><b>$SOL</b></a></p>', "sol", ["SOL"]),
        ("<p>买入比特币吧</p>", "比特币", ["比特币"]),
        ("<p>买入BTC吧</p>", "btc", ["BTC"]),
        ("<p>a &amp; b &lt;funding&gt;</p>", "funding", ["funding"]),
        ("<p>amp &amp; lt</p>", "amp", ["amp"]),
        ('<p><a href="/funding/" title="funding">x</a></p>', "funding", []),
        ("<svg><title>funding</title></svg><p>y</p>", "funding", []),
        ("<button>funding</button>", "funding", []),
        ("<p>funding</p>", "-funding", []),
        ("<p>funding</p>", "$FUNDING from:funding", []),
        ("<p>refunding</p>", "funding", []),
    ],
)
def test_what_was_asked_for_is_marked(body: str, query: str, found: list[str]) -> None:
    assert marked(body, query) == found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=80),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20),
)
def test_marks_are_all_that_is_added(text: str, query: str) -> None:
    marked(f"<p>{escape(text)}</p>", f"{query} a {text[:5]}")


def test_a_card_without_a_body_is_left_alone() -> None:
    assert highlight(["<p>funding</p>"], parse("funding")) == ["<p>funding</p>"]
