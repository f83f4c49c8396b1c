"""Signed impressions: what was signed comes back, and nothing else does."""

import base64
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planet.engagement import tokens

KEY, SESSION, GUEST = b"k" * 32, b"session", b"guest"
ITEMS = [(uuid4(), uuid4()) for _ in range(20)]


def sign(viewer: UUID | None = None, **changed: object) -> str:
    values = {"key": KEY, "holder": SESSION if viewer else GUEST, "viewer": viewer, "place": 1, "served": 1_800_000_000}
    return tokens.sign(ITEMS, **(values | changed))  # type: ignore[arg-type]


def read(token: str, **changed: bytes) -> tokens.Page:
    return tokens.read(token, **({"key": KEY, "person": SESSION, "guest": GUEST} | changed))


def test_what_was_signed_is_read() -> None:
    viewer = uuid4()
    page = read(sign(viewer, place=3))

    assert (page.place, page.served, page.viewer, page.is_guest) == (3, 1_800_000_000, viewer.bytes, False)
    assert page.items == b"".join(content.bytes + creator.bytes for content, creator in ITEMS)
    assert len(page) == 20


def test_every_page_has_an_id_of_its_own_that_fits_the_column() -> None:
    ids = {read(sign()).id for _ in range(100)}
    assert len(ids) == 100
    assert all(0 <= page < 2**63 for page in ids)


def test_a_token_is_as_short_as_it_says() -> None:
    longest = tokens.sign(
        [(uuid4(), uuid4())] * tokens.MOST_ITEMS, key=KEY, holder=GUEST, viewer=None, place=1, served=1
    )
    assert len(longest) <= tokens.LONGEST
    assert len(sign()) < 950


def test_another_browser_has_nothing_from_a_copied_token() -> None:
    with pytest.raises(tokens.Forged):
        read(sign(uuid4()), person=b"another session")
    with pytest.raises(tokens.Forged):
        read(sign(), guest=b"another guest")


def test_a_persons_token_does_not_count_for_the_guest_in_the_same_browser() -> None:
    with pytest.raises(tokens.Forged):
        read(sign(uuid4()), person=b"")


def test_a_token_of_another_key_is_forged() -> None:
    with pytest.raises(tokens.Forged):
        read(sign(), key=b"x" * 32)


def test_a_token_that_was_made_for_no_cookie_is_worth_nothing() -> None:
    with pytest.raises(tokens.Forged):
        read(sign(holder=b""), guest=b"")


def test_every_flipped_bit_is_noticed() -> None:
    raw = bytearray(base64.b64decode(sign(uuid4())))
    for place in range(len(raw)):
        for bit in (1, 128):
            raw[place] ^= bit
            with pytest.raises(tokens.Forged):
                read(base64.b64encode(bytes(raw)).decode())
            raw[place] ^= bit


def test_items_can_neither_be_added_nor_taken_away() -> None:
    raw = base64.b64decode(sign())
    said, tag = raw[: -tokens.TAG], raw[-tokens.TAG :]
    for forged in (said[: -tokens.ITEM] + tag, said + said[-tokens.ITEM :] + tag, said[: tokens.HEADER.size] + tag):
        with pytest.raises(tokens.Forged):
            read(base64.b64encode(forged).decode())


@given(st.one_of(st.text(max_size=200), st.binary(max_size=200).map(lambda raw: base64.b64encode(raw).decode())))
def test_whatever_else_is_sent_is_forged_and_breaks_nothing(token: str) -> None:
    with pytest.raises(tokens.Forged):
        read(token)


def test_a_guest_is_somebody_else_every_day() -> None:
    monday, monday_evening, tuesday = (
        read(sign(served=day)).viewer for day in (1_800_000_000, 1_800_000_100, 1_800_090_000)
    )
    assert monday == monday_evening
    assert monday != tuesday
    assert GUEST not in monday
