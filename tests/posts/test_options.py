"""What a publication says about itself: who sees it, a warning, the language, what its author gains."""

import uuid
from typing import Any

import pytest
from django.test import Client

from posts import cards, queries
from posts.cards import Viewer
from posts.models import Post
from tests.cast import Cast
from tests.factories import make_post

OPTIONS = {
    "audience": "followers",
    "warning": "  Liquidation <porn>  ",
    "language": "zh-hans",
    "is_promotion": "on",
    "holds_assets": "on",
    "replies": "mentioned",
    "slow_seconds": "60",
}


def sent(**fields: Any) -> dict[str, Any]:
    return {"client_id": str(uuid.uuid4()), "text": "Long and strong", **fields}


def card(post: Post, viewer_id: Any = None) -> str:
    row = queries.row(post.pk, viewer_id=viewer_id)
    assert row is not None
    return cards.cards([row], viewer=Viewer(viewer_id))[0].html


def test_the_composers_options_are_published(cast: Cast) -> None:
    answer = cast.browser(cast.alice.user).post("/post/", sent(**OPTIONS))
    assert answer.status_code == 302
    post = Post.objects.get()
    assert {name: getattr(post, name) for name in OPTIONS} == {
        "audience": "followers", "warning": "Liquidation <porn>", "language": "zh-hans", "is_promotion": True,
        "holds_assets": True, "replies": "mentioned", "slow_seconds": 60,
    }  # fmt: skip


def test_without_options_a_post_is_as_ever(cast: Cast) -> None:
    cast.browser(cast.alice.user).post("/post/", sent())
    post = Post.objects.get()
    assert (post.audience, post.warning, post.language, post.replies, post.slow_seconds) == (
        "public", "", "", "everyone", 0,
    )  # fmt: skip
    assert (post.is_promotion, post.holds_assets) == (False, False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("audience", "friends"),
        ("language", "klingon"),
        ("replies", "cats"),
        ("slow_seconds", "-1"),
        ("slow_seconds", "11"),
        ("slow_seconds", "1e9"),
        ("warning", "x" * 81),
    ],
)
def test_an_option_that_nobody_offers_publishes_nothing(cast: Cast, name: str, value: str) -> None:
    answer = cast.browser(cast.alice.user).post("/post/", sent(**{name: value}))
    assert answer.status_code == 422
    assert not Post.objects.exists()


def test_a_refused_form_keeps_what_was_chosen(cast: Cast) -> None:
    html = cast.browser(cast.alice.user).post("/post/", sent(**{**OPTIONS, "text": ""})).content.decode()
    for chosen in (
        'value="followers" selected', 'value="mentioned" selected', 'value="zh-hans" selected', 'value="60" selected',
        'name="is_promotion" checked', 'name="holds_assets" checked', "Liquidation &lt;porn&gt;",
    ):  # fmt: skip
        assert chosen in html


def test_a_card_says_for_whom_it_is_and_what_its_author_gains(cast: Cast) -> None:
    plain = card(make_post(cast.alice))
    for words in ("Followers only", "Paid promotion", "Holds what this names", "<details"):
        assert words not in plain
    assert 'data-react="repost"' in plain
    told = card(make_post(cast.alice, audience="followers", is_promotion=True, holds_assets=True), cast.bob.pk)
    for words in ("Followers only", "Paid promotion", "Holds what this names"):
        assert words in told
    assert 'data-react="repost"' not in told


def test_a_warning_covers_text_and_quote_until_pressed(cast: Cast) -> None:
    covered = make_post(cast.alice, "Gore", warning="Blood <b>", language="en")
    html = card(covered)
    assert "Blood &lt;b&gt;" in html.split("</summary>")[0]
    assert "Gore" in html.split("<details")[1].split("</details>")[0]
    assert '<div class="txt" lang="en">' in html
    quoting = card(make_post(cast.alice, "See", quote_of=covered))
    assert "Blood &lt;b&gt;" in quoting
    assert "Gore" not in quoting


def test_a_covered_post_is_read_without_scripts(cast: Cast) -> None:
    post = make_post(cast.alice, "Gore", warning="Blood")
    html = Client().get(f"/p/{post.pk}/").content.decode()
    assert '<details class="cover"><summary>' in html
