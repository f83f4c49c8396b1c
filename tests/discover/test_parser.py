"""What is typed into the search box is understood, or is words; it never fails."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from discover.parser import HAS, MAX_TERMS, Kind, Query, Term, parse


def terms(text: str) -> list[tuple[str, str, bool]]:
    return [(term.kind.value, term.value, term.negated) for term in parse(text).terms]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("funding", ("word", "funding", False)),
        ('"funding rate"', ("word", "funding rate", False)),
        ("“funding  rate”", ("word", "funding rate", False)),
        ("「资金费率」", ("word", "资金费率", False)),
        ("-leverage", ("word", "leverage", True)),
        ('-"to the moon"', ("word", "to the moon", True)),
        ("$sol", ("asset", "SOL", False)),
        ("＄btc", ("asset", "BTC", False)),
        ("#DeFi", ("topic", "defi", False)),
        ("#比特币#", ("topic", "比特币", False)),
        ("-#defi", ("topic", "defi", True)),
        ("from:@Ines", ("author", "ines", False)),
        ("FROM:ines", ("author", "ines", False)),
        ("from：ines", ("author", "ines", False)),
        ("has:pictures", ("has", "picture", False)),
        ("has:poll", ("has", "poll", False)),
        ("lang:zh-Hans", ("language", "zh", False)),
        # What is no operator of ours, or has no value of its kind, is a word.
        ("foo:bar", ("word", "foo:bar", False)),
        ("has:nothing", ("word", "has:nothing", False)),
        ("before:yesterday", ("word", "before:yesterday", False)),
        ("before:2026-02-30", ("word", "before:2026-02-30", False)),
        ("-before:2026-02-01", ("word", "before:2026-02-01", True)),
        ("from:no", ("word", "from:no", False)),
        ("$", None),
        ("-", None),
        ('"', None),
        ('""', None),
        ("🚀", None),
        ("OR", ("word", "OR", False)),
    ],
)
def test_one_term(text: str, found: tuple[str, str, bool] | None) -> None:
    assert terms(text) == ([found] if found else [])


def test_everything_at_once() -> None:
    found = parse('from:ines $SOL "funding rate" OR basis -moon after:2026-01-02 before:2026-02-01')

    assert found == Query(
        (
            (Term(Kind.AUTHOR, "ines"),),
            (Term(Kind.ASSET, "SOL"),),
            (Term(Kind.WORD, "funding rate"), Term(Kind.WORD, "basis")),
            (Term(Kind.WORD, "moon", negated=True),),
        ),
        before=dt.date(2026, 2, 1),
        after=dt.date(2026, 1, 2),
    )


def test_or_joins_only_its_two_neighbours() -> None:
    clauses = parse("a1 OR b1 c1 OR d1 OR e1").clauses

    assert [[term.value for term in clause] for clause in clauses] == [["a1", "b1"], ["c1", "d1", "e1"]]


def test_only_what_must_be_there_anchors_a_query() -> None:
    assert parse("funding -moon").is_anchored
    assert not parse("-moon").is_anchored
    assert not parse("funding OR -moon").is_anchored
    assert not parse("after:2026-01-01").is_anchored


def test_a_query_is_bounded() -> None:
    assert len(parse(" ".join(f"w{n}" for n in range(100))).terms) == MAX_TERMS
    assert len(parse("a" * 10_000).terms[0].value) == 200


PIECES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["OR", "-", '"', "from:", "from:@ines", "has:picture", "lang:zh", "before:2026-01-01", "after:x", "$SOL", "#a",
         "#", "“", "”", ":", "：", "\x00", "\ud800", "\ufffd", "比特币", "-OR", '-"a b"'],
    ),
)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(st.lists(PIECES, max_size=20), st.sampled_from([" ", "", "\n", "\u3000"]))
def test_no_text_is_too_strange(pieces: list[str], between: str) -> None:
    found = parse(between.join(pieces))

    assert len(found.terms) <= MAX_TERMS
    assert all(clause for clause in found.clauses)
    assert all(term.value.strip() and "\x00" not in term.value and '"' not in term.value for term in found.terms)
    assert all(term.value in HAS for term in found.terms if term.kind is Kind.HAS)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.from_regex(r"[a-z]{2,8}", fullmatch=True), min_size=1, max_size=MAX_TERMS))
def test_plain_words_come_out_as_they_went_in(words: list[str]) -> None:
    assert [term.value for term in parse(" ".join(words)).terms] == words


@pytest.mark.parametrize(
    ("text", "misread"),
    [
        ("has:nonsense", (("has", "has:nonsense"),)),
        ("-has:nonsense $SOL has:picture", (("has", "-has:nonsense"),)),
        ("before:yesterday after:2026-02-30", (("before", "before:yesterday"), ("after", "after:2026-02-30"))),
        ("-before:2026-02-01", (("before", "-before:2026-02-01"),)),
        ("from:x lang:1", (("from", "from:x"), ("lang", "lang:1"))),
        ("has:x has:x", (("has", "has:x"),)),
        ("has:picture from:ines lang:zh before:2026-02-01", ()),
        ('https://planet.example "has:nonsense" has: foo:bar', ()),
    ],
    ids=["has", "negated", "days", "day-negated", "handle-and-language", "twice", "right", "not-ours"],
)
def test_an_operator_that_asks_for_nothing_there_is_is_misread(text: str, misread: tuple[tuple[str, str], ...]) -> None:
    assert parse(text).misread == misread
