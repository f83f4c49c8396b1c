"""Cards: one rendering for all, right for each."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django_redis import get_redis_connection
from pytest_django import DjangoAssertNumQueries

from planet.accounts.models import Block, User
from posts import actions, cards, queries
from posts.cards import Viewer
from posts.models import Post, PostPicture
from tests.cast import Cast
from tests.factories import make_creator, make_post
from tests.posts.conftest import NOW, Publish


def card(post: Post, viewer: User | None = None, **options: bool) -> str:
    row = queries.row(post.pk, viewer_id=viewer.pk if viewer else None)
    assert row is not None
    seen = Viewer(viewer.pk) if viewer else Viewer()
    return cards.cards([row], viewer=seen, **options)[0].html


@contextmanager
def rendering(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The templates rendered meanwhile."""
    rendered: list[str] = []

    def render(name: str, context: dict[str, object]) -> str:
        rendered.append(name)
        return render_to_string(name, context)

    with monkeypatch.context() as patch:
        patch.setattr(cards, "render_to_string", render)
        yield rendered


def pressed(html: str, action: str) -> bool:
    button = re.search(rf'<button[^>]*aria-pressed="(\w+)"[^>]*data-(?:react|mark)="{action}"', html)
    assert button
    return button[1] == "true"


def test_a_card_is_rendered_once_for_everybody(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    post = make_post(cast.alice)
    with rendering(monkeypatch) as rendered:
        for viewer in (cast.bob, cast.charlie, cast.alice.user, None):
            card(post, viewer)
    assert rendered == ["posts/_card.html"]


def test_each_viewer_sees_the_own_state(cast: Cast) -> None:
    post = make_post(cast.alice)
    actions.like(actor=cast.bob, post_id=post.pk, now=NOW)
    bob, charlie = card(post, cast.bob), card(post, cast.charlie)
    assert (pressed(bob, "like"), pressed(charlie, "like")) == (True, False)
    assert (pressed(bob, "bookmark"), pressed(bob, "repost")) == (False, False)
    assert 'data-count="likes" data-exact="1">1<' in bob
    assert 'data-count="likes" data-exact="1">1<' in charlie


def test_no_slot_is_left_open(cast: Cast) -> None:
    quoted = make_post(cast.alice)
    quote = make_post(make_creator("dora"), "This", quote_of=quoted)
    for html in (card(quote, cast.bob), card(quote), card(quoted, cast.bob, full=True)):
        assert "\0" not in html


def test_the_broadcast_card_is_nobodys(cast: Cast) -> None:
    post = make_post(cast.alice)
    actions.like(actor=cast.bob, post_id=post.pk, now=NOW)
    row = queries.row(post.pk, viewer_id=None)
    assert row is not None
    html = cards.neutral(row)
    assert "csrf" not in html
    assert not pressed(html, "like")


def test_an_edit_shows_at_once(cast: Cast, publish: Publish) -> None:
    post = publish(cast.alice.user, "Before.")
    assert "Before." in card(post, cast.bob)
    actions.edit(actor=cast.alice.user, post_id=post.pk, text="After.", now=NOW)
    html = card(post, cast.bob)
    assert "After." in html
    assert "Before." not in html
    assert "data-edited hidden" not in html


@pytest.mark.parametrize(
    "change", [{"display_name": "Al!ce <b>"}, {"avatar": f"avatar/ab/{'ab' * 16}-400x400"}, {"kyc_state": "expired"}]
)
def test_a_new_face_shows_at_once_on_posts_and_on_quotes(
    cast: Cast, change: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    post = make_post(cast.alice)
    quote = make_post(make_creator("dora"), "This", quote_of=post)
    before = card(post), card(quote)
    User.objects.filter(pk=cast.alice.pk).update(**change)
    with rendering(monkeypatch) as rendered:
        after = card(post), card(quote)
    assert len(rendered) == 2
    assert before[0] != after[0]
    assert before[1] != after[1]
    assert "<b>Al!ce <b>" not in after[0]


def test_a_quote_that_is_gone_or_hidden_says_so(cast: Cast) -> None:
    quoted = make_post(cast.alice, "Secret sauce")
    quote = make_post(make_creator("dora"), "This", quote_of=quoted)
    assert "Secret sauce" in card(quote, cast.bob)
    Block.objects.create(owner=cast.alice.user, target=cast.bob)
    assert "not available" in card(quote, cast.bob)
    assert "Secret sauce" not in card(quote, cast.bob)
    assert "Secret sauce" in card(quote, cast.charlie)
    actions.delete(actor=cast.alice.user, post_id=quoted.pk, now=NOW)
    assert "not available" in card(quote, cast.charlie)


def test_every_language_has_its_own_card(cast: Cast) -> None:
    post = make_post(cast.alice, created_at=timezone.now() - timedelta(hours=3))
    english = card(post)
    with translation.override("zh-hans"):
        chinese = card(post)
    assert english != chinese
    assert card(post) == english


def test_only_the_first_picture_on_the_first_screen_does_not_wait(cast: Cast) -> None:
    for number in range(4):
        post = make_post(cast.alice)
        if number < 3:  # the newest has none
            key = f"picture/ab/{'ab' * 15}{number:02d}-1600x900"
            PostPicture.objects.create(post=post, position=0, key=key, width=1600, height=900)
    pages = [card.html for card in cards.cards(queries.latest(viewer_id=None).items, viewer=Viewer())]
    assert ["fetchpriority" in html for html in pages] == [False, True, False, False]
    assert ['loading="lazy"' in html for html in pages] == [False, False, True, True]


def test_times_are_not_baked(cast: Cast) -> None:
    post = make_post(cast.alice, created_at=NOW)
    row = queries.row(post.pk, viewer_id=None)
    assert row is not None
    for later, words in ((timedelta(minutes=6), "6 min"), (timedelta(hours=2), "2 h")):
        html = cards.cards([row], viewer=Viewer(now=NOW + later))[0].html
        assert f"data-ago>{words}</time>" in html


def test_a_repost_says_who_and_the_original_does_not(cast: Cast) -> None:
    post = make_post(cast.alice)
    item = make_post(make_creator("dora", display_name="D<o>ra"), "", repost_of=post)
    assert '<a href="/@dora/">D&lt;o&gt;ra</a> reposted' in card(item)
    assert "reposted" not in card(post)


def test_pictures_have_sizes_and_words(cast: Cast) -> None:
    post = make_post(cast.alice)
    for n in range(2):
        key = f"picture/ab/{'ab' * 15}{n:02d}-1600x900"
        PostPicture.objects.create(post=post, position=n, key=key, width=1600, height=900, alt=["A <chart>", ""][n])
    html = card(post)
    assert 'class="media" data-n="2"' in html
    assert 'alt="A &lt;chart&gt;"' in html
    assert html.count('width="480" height="270"') == 2
    assert html.count(">ALT</span>") == 1


def test_cached_cards_cost_no_query_and_uncached_ones_a_few(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in (1, 15):
        cache.clear()
        for _ in range(number):
            make_post(cast.alice, "@bob", quote_of=make_post(cast.alice))
        rows = queries.latest(viewer_id=None).items
        with django_assert_num_queries(7):
            cards.cards(rows, viewer=Viewer())
        with django_assert_num_queries(0):
            cards.cards(rows, viewer=Viewer())


def test_without_redis_cards_are_rendered(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from redis.exceptions import ConnectionError as Away

    class Gone:
        def mget(self, names: list[str]) -> None:
            raise Away

        def pipeline(self, **options: bool) -> None:
            raise Away

    monkeypatch.setattr(cards, "get_redis_connection", lambda name: Gone())
    assert "Funding on" in card(make_post(cast.alice), cast.bob)


def test_cards_leave_redis_by_themselves(cast: Cast) -> None:
    card(make_post(cast.alice))
    redis = get_redis_connection("default")
    (key,) = redis.keys("*card:*")
    assert 0 < redis.ttl(key) <= cards.SECONDS_KEPT
