"""Pictures of links: always drawn, whatever the words, and no boxes in them."""

import io

import pytest
from PIL import Image

from posts.sharing import drawing, fonts
from posts.sharing.drawing import SIZE, Card, draw, wrap


def opened(card: Card) -> Image.Image:
    return Image.open(io.BytesIO(draw(card)))


def photo(width: int = 600, height: int = 200) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (200, 30, 30)).save(out, "WEBP")
    return out.getvalue()


@pytest.mark.parametrize(
    "card",
    [
        Card(""),
        Card("A title", "Alice", "alice", "#rates · 9 min", "A summary."),
        Card("x" * 150, "y" * 50, "z" * 20, "k" * 90, "b" * 300),
        Card("链上收益拆解:这 11% 到底是谁付的?" * 4, "林小渔", "lin", "#链上", "每一份都有付钱的人" * 20),
        Card("\u202e\u0301\u0489 😀👩‍🚀 \x00\uffff\U0010ffff", "😀", "alice"),
        Card("مرحبا بالعالم שלום ไทย", "อ", "alice"),
        Card("Words", "Alice", "alice", avatar=photo(96, 96), cover=photo()),
        Card("Words", "Alice", "alice", avatar=b"no picture", cover=b"RIFF\0\0\0\0WEBP"),
        Card("Alice", "", "alice", "@alice", "Bio", is_person=True),
        Card("A post\nof lines " * 40, "Alice", "alice", is_title=False),
    ],
)
def test_whatever_the_words_it_is_a_picture_of_that_size(card: Card) -> None:
    image = opened(card)
    assert (image.size, image.format) == (SIZE, "JPEG")
    assert len(draw(card)) < 250_000


def test_other_words_make_another_picture_and_the_same_words_the_same() -> None:
    assert draw(Card("One")) == draw(Card("One"))
    assert draw(Card("One")) != draw(Card("Two"))


def test_lines_fit_and_the_last_one_says_that_there_was_more() -> None:
    lines = wrap("several words of a sentence " * 30, 40, 600, 900, most=3)
    assert len(lines) == 3
    assert lines[-1].endswith("…")
    assert all(fonts.width(line, 40, 600) <= 900 for line in lines)
    assert not any(line.startswith(" ") or line.endswith(" ") for line in lines)


def test_a_word_longer_than_a_line_is_broken() -> None:
    lines = wrap("x" * 400, 40, 600, 500, most=50)
    assert "".join(lines) == "x" * 400
    assert all(fonts.width(line, 40, 600) <= 500 for line in lines)


def test_what_no_typeface_has_is_left_out() -> None:
    assert fonts.drawable("a\uffffb", 40, 600) == "ab"
    assert fonts.covers("\uffff\uffff") == 0
    assert fonts.covers("abc") == 1


def test_a_title_that_could_not_be_drawn_leaves_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without Chinese: no boxes, no torn words; who wrote it still stands there."""
    latin = fonts.face_of

    def without(character: str, size: int, weight: int) -> fonts.Face | None:
        return latin(character, size, weight) if character.isascii() else None

    monkeypatch.setattr(fonts, "face_of", without)
    drawn = draw(Card("链上收益拆解:是谁付的", "林小渔", "linxiaoyu"))
    assert drawn == draw(Card("", "linxiaoyu", "linxiaoyu"))


def test_without_any_typeface_installed_it_is_drawn_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_files", lambda: ())
    fonts.faces.cache_clear()
    fonts.face_of.cache_clear()
    try:
        assert opened(Card("A title", "Alice", "alice")).size == drawing.SIZE
    finally:
        fonts.faces.cache_clear()
        fonts.face_of.cache_clear()
