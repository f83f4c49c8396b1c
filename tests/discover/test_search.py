"""What is found, in which order, and by whom."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from creators.actions import block
from creators.models import Creator
from discover import actions
from discover.models import Entry, Heat
from discover.parser import parse
from discover.queries import Order, posts, search
from planet.accounts.actions import mute
from planet.accounts.models import User
from posts.actions import delete, edit, publish
from posts.actions.publication import NewArticle, Options
from posts.actions.restoring import restore
from posts.models import Post
from tests.cast import Cast
from tests.discover.conftest import settle
from tests.factories import make_creator

Say = Callable[..., Post]


def found(text: str, viewer: User | None = None, order: Order = Order.LATEST, **more: Any) -> list[Post]:
    ids = [row.post.id for row in search(parse(text), viewer=viewer, order=order, **more).items]
    known = Post.objects.in_bulk(ids)
    return [known[pk] for pk in ids]


def both(text: str, viewer: User | None = None) -> list[Post]:
    """The same from both orders, which take different ways."""
    top, latest = found(text, viewer, Order.TOP), found(text, viewer, Order.LATEST)
    assert {post.pk for post in top} == {post.pk for post in latest}
    return latest


# --- words --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("The liquidations are running", "liquidation"),
        ("The liquidations are running", "RUN"),
        ("to the moon", '"to the moon"'),
        ("Café in Zürich", "cafe zurich"),
        ("ＢＴＣ at 0.05%", "btc 0.05"),
        ("Funding on $SOL", "sol"),
        ("read https://example.com/a-page", "example"),
        ("Биткоин растёт", "биткоин"),
        ("买入比特币吧,资金费率为负", "比特币"),
        ("买入比特币吧,资金费率为负", "资金费率"),
        ("买入比特币吧,资金费率为负", "特币"),
        ("买入比特币吧,资金费率为负", "负"),
        ("买入比特币吧,资金费率为负", "买"),
        ("买入BTC吧", "btc"),
        ("买入BTC吧", "买入BTC吧"),
        ("ビットコインの半減期", "半減期"),
        ("ビットコインの半減期", "ビットコイン"),
        ("비트코인 반감기", "반감기"),
        ("บิตคอยน์ขึ้น", "คอย"),
    ],
)
def test_words_are_found_however_they_are_written(cast: Cast, say: Say, text: str, query: str) -> None:
    post = say(cast.alice, text)
    say(cast.alice, "Something else entirely 别的东西")

    assert both(query) == [post]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("the moon, to", '"to the moon"'),
        ("比如特别的币", "比特币"),
        ("币比特", "比特币"),
        ("rate of funding", '"funding rate"'),
        ("funding", "funding rate"),
        ("funding", "-funding"),
        ("funding basis", "funding -basis"),
        ("fund", "unfunded"),
    ],
)
def test_what_is_not_said_is_not_found(cast: Cast, say: Say, text: str, query: str) -> None:
    say(cast.alice, text)

    assert both(query) == []


def test_signs_alone_find_nothing_rather_than_everything(cast: Cast, say: Say) -> None:
    say(cast.alice, "funding 🚀")

    assert both("🚀") == both("' & | ! :*") == both("") == []


@pytest.mark.parametrize("nasty", ["'", "''", "\\", "a'b", "a:b", "!a", "a & !", "<->", "%(viewer)s", "$$", "💥" * 60])
def test_nothing_that_is_typed_is_an_error(cast: Cast, say: Say, nasty: str) -> None:
    say(cast.alice, f"x {nasty} y")

    found(nasty)
    found(f'"{nasty}"', order=Order.TOP)
    found(f"#{nasty} ${nasty} from:{nasty}")


# --- operators ----------------------------------------------------------------------------------------------------


def test_operators_narrow(cast: Cast, say: Say) -> None:
    zoe = make_creator("zoe")
    funding = say(cast.alice, "Funding on $SOL is negative, see https://example.com #Rates")
    other = say(zoe, "$BTC funding 资金")

    assert both("$SOL") == both("#rates") == both("has:link") == [funding]
    assert both("from:@alice") == both("funding -$BTC") == [funding]
    assert both("from:zoe") == both("lang:zh") == both("funding -from:alice") == [other]
    assert both("$SOL OR $BTC") == [other, funding]
    assert both("from:me funding", cast.alice.user) == [funding]
    assert both("from:nobody_here") == both("has:picture") == both("$SOL $BTC") == []


def test_the_language_that_the_author_said_counts(cast: Cast, say: Say) -> None:
    post = say(cast.alice, "比特币 и the", options=Options(language="ru"))

    assert both("lang:ru") == [post]
    assert both("lang:zh") == both("lang:en") == []


def test_days_are_bounds(cast: Cast, say: Say) -> None:
    post = say(cast.alice, "funding")
    today = dt.datetime.fromtimestamp((post.pk.int >> 80) / 1000, dt.UTC).date()
    tomorrow = today + dt.timedelta(days=1)

    assert both(f"funding after:{today}") == both(f"before:{tomorrow}") == [post]
    assert both(f"funding before:{today}") == both(f"after:{tomorrow}") == []


def test_articles_are_found_by_title_and_body_and_have_a_tab(cast: Cast, say: Say) -> None:
    article = say(cast.alice, "", article=NewArticle(title="The carry trade", body="Long *rollover* text\n\n减半行情"))
    say(cast.alice, "carry rollover 减半")

    assert both("has:article") == found("", articles=True) or found("carry", articles=True) == [article]
    assert found("rollover 减半", articles=True) == [article]
    assert len(both("rollover 减半")) == 2
    assert found("carry", order=Order.TOP)[0] == article  # a title weighs more


# --- the index follows --------------------------------------------------------------------------------------------


def test_the_index_follows_what_happens_to_a_post(cast: Cast, say: Say) -> None:
    post = say(cast.alice, "funding")

    edit(actor=cast.alice.user, post_id=post.pk, text="basis $ETH", now=timezone.now())
    settle()
    assert both("funding") == []
    assert both("basis $ETH") == [post]

    delete(actor=cast.alice.user, post_id=post.pk, now=timezone.now())
    settle()
    assert both("basis") == []
    assert not Entry.objects.exists()
    assert not Heat.objects.exists()

    restore(post_id=post.pk)
    settle()
    assert both("basis") == [post]


@pytest.mark.django_db(transaction=True)
def test_a_post_that_is_not_committed_is_not_found(cast: Cast) -> None:
    with transaction.atomic():
        publish(actor=cast.alice.user, client_id=uuid.uuid4(), text="funding", now=timezone.now())
        transaction.set_rollback(True)

    publish(actor=cast.alice.user, client_id=uuid.uuid4(), text="funding again", now=timezone.now())
    assert [post.text for post in both("funding")] == ["funding again"]


def test_what_was_copied_past_the_triggers_is_found_at_night(cast: Cast, say: Say) -> None:
    post = say(cast.alice, "funding")
    Entry.objects.all().delete()

    assert actions.index_missing() == 1
    assert both("funding") == [post]
    assert actions.index_missing() == 0


def test_a_planet_that_was_copied_is_indexed_as_by_the_triggers(cast: Cast, say: Say) -> None:
    say(cast.alice, "Funding on $SOL is negative, see https://example.com #Rates 资金")
    say(cast.alice, "no words of English")
    before = set(Entry.objects.values_list("post", "words"))
    Entry.objects.all().delete()
    Heat.objects.all().delete()

    actions.index_copied(now=timezone.now())

    assert set(Entry.objects.values_list("post", "words")) == before
    assert Heat.objects.count() == 2


# --- who may ------------------------------------------------------------------------------------------------------


def test_a_post_for_followers_is_found_by_followers(cast: Cast, say: Say) -> None:
    post = say(cast.alice, "funding $SOL", options=Options(audience=Post.Audience.FOLLOWERS))

    for query in ("funding", "$SOL", "from:alice", "-nothing"):
        assert both(query, cast.bob) == both(query, cast.alice.user) == [post]
        assert both(query, cast.charlie) == both(query, None) == []


def test_hidden_and_suspended_people_are_not_found(cast: Cast, say: Say) -> None:
    post = say(cast.alice, "funding")
    mute(actor=cast.charlie, target=cast.alice.user, now=timezone.now())
    block(actor=cast.alice.user, target=cast.olga, now=timezone.now())

    assert both("funding", cast.charlie) == both("from:alice", cast.olga) == []
    assert both("funding", cast.bob) == [post]

    User.objects.filter(pk=cast.alice.pk).update(is_active=False)
    assert both("funding", cast.bob) == []


# --- order and pages ----------------------------------------------------------------------------------------------


def test_the_hot_come_first_and_the_latest_in_time(cast: Cast, say: Say) -> None:
    old, new = say(cast.alice, "funding one"), say(cast.alice, "funding two")
    Post.objects.filter(pk=old.pk).update(like_count=50)
    actions.refresh_heat(now=timezone.now())

    assert found("funding", order=Order.LATEST) == [new, old]
    assert found("funding", order=Order.TOP) == [old, new]


def test_age_cools(cast: Cast, say: Say) -> None:
    now = timezone.now()
    old, new = say(cast.alice, "funding", now=now - dt.timedelta(days=60)), say(cast.alice, "funding", now=now)
    Post.objects.filter(pk=old.pk).update(like_count=10)
    actions.refresh_heat(now=now, all_of_them=True)

    assert found("funding", order=Order.TOP) == [new, old]


def test_who_says_it_more_is_first_among_equals(cast: Cast, say: Say) -> None:
    now = timezone.now()
    more = say(cast.alice, "funding basis, and funding, and funding", now=now)
    less = say(cast.alice, "funding and many other words about the weather", now=now)

    assert found("funding", order=Order.TOP) == [more, less]


@pytest.mark.parametrize("order", list(Order))
@pytest.mark.parametrize("looks", [5, 3000])
def test_pages_join_without_a_gap_or_a_repeat(
    cast: Cast, say: Say, monkeypatch: pytest.MonkeyPatch, order: Order, looks: int
) -> None:
    monkeypatch.setattr(posts, "LOOKS", {"latest": looks, "top": looks})
    published = [say(cast.alice, f"funding {number}") for number in range(45)]

    pages, after = [], None
    while True:
        page = search(parse("funding"), viewer=None, order=order, after=after)
        pages.append([row.post.id for row in page.items])
        after = page.after
        if not after:
            break

    assert [len(page) for page in pages] == [20, 20, 5]
    assert sorted(pk for page in pages for pk in page) == sorted(post.pk for post in published)
    if order is Order.LATEST:
        assert pages[0][0] == published[-1].pk


def test_a_cursor_of_another_list_is_not_found(cast: Cast, say: Say) -> None:
    for number in range(21):
        say(cast.alice, f"funding {number}")
    latest = search(parse("funding"), viewer=None, order=Order.LATEST).after

    for cursor in (latest, "nonsense"):
        with pytest.raises(Http404):
            search(parse("funding"), viewer=None, order=Order.TOP, after=cursor)


def test_queries_do_not_grow_with_rows(cast: Cast, say: Say) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            search(parse("funding from:alice"), viewer=cast.bob, order=Order.TOP)
        return len(queries)

    say(cast.alice, "funding")
    few = count()
    for number in range(30):
        say(cast.alice, f"funding {number}")

    assert few == count() <= 4


def test_a_long_article_does_not_break_the_index(cast: Cast, say: Say) -> None:
    letters = "".join(chr(0x4E00 + number % 20_000) for number in range(60_000))
    say(cast.alice, "", article=NewArticle(title="Long", body=letters))

    assert len(both("long")) == 1


def test_creators_may_be_many(cast: Cast, say: Say) -> None:
    people: list[Creator] = [make_creator(f"writer{letter}") for letter in "bdgk"]
    for person in people:
        say(person, "funding")

    assert len(both("funding")) == len(people)
