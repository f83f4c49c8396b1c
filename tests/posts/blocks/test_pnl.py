"""Closed trades: only from records, only one's own, never typed."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from posts import blocks
from posts.blocks.pnl import records
from posts.blocks.pnl.records import ClosedTrade
from tests.cast import Cast
from tests.posts.blocks.conftest import Attach
from tests.posts.conftest import NOW

TRADE = ClosedTrade(
    "HYPE", True, Decimal("35.104"), Decimal("41.848"), NOW - timedelta(days=19, hours=6), NOW,
    Decimal("4182.60"), Decimal("61.18"), Decimal("38.42"), 22, "read-only key, OKX",
)  # fmt: skip


@dataclass(frozen=True)
class Book:
    """Somebody's records: one trade of one person."""

    owner: uuid.UUID

    def closed(self, *, owner_id: uuid.UUID, record: str) -> ClosedTrade | None:
        return TRADE if owner_id == self.owner and record == "t1" else None


@pytest.fixture
def book(cast: Cast) -> Iterator[Book]:
    kept = Book(cast.alice.pk)
    records.register(kept)
    yield kept
    records.forget(kept)


def test_without_records_it_is_not_offered_and_cannot_be_sent(cast: Cast) -> None:
    block = blocks.find("pnl")
    assert block is not None
    assert not block.is_offered()
    with pytest.raises(ValidationError):
        blocks.clean({"kind": "pnl", "record": "t1", "roi": "900"}, author=cast.alice.user, now=NOW)


def test_figures_come_from_the_records_whatever_is_typed(cast: Cast, book: Book, attach: Attach) -> None:
    typed = {"kind": "pnl", "record": "t1", "roi": "900", "profit": "1e9", "fills": 1, "symbol": "BTC"}
    card = attach(cast.alice, typed)
    assert (card.data["roi"], card.data["profit"], card.data["symbol"], card.data["fills"]) == (
        "38.42",
        "4182.60",
        "HYPE",
        22,
    )
    html = cast.browser(cast.bob).get(f"/p/{card.post_id}/").content.decode()
    for figure in ("+38.42", "+4,182.60", "35.104", "41.848", "19 d 6 h", "From 22 fills"):
        assert figure in html


@pytest.mark.parametrize("record", ["t2", "", None, ["t1"]])
def test_a_trade_that_is_not_there_is_refused(cast: Cast, book: Book, record: object) -> None:
    with pytest.raises(ValidationError):
        blocks.clean({"kind": "pnl", "record": record}, author=cast.alice.user, now=NOW)


def test_somebody_elses_trade_is_refused(cast: Cast, book: Book) -> None:
    with pytest.raises(ValidationError):
        blocks.clean({"kind": "pnl", "record": "t1"}, author=cast.bob, now=NOW)
