"""What is suggested while typing: whom one follows first, nobody and nothing that one may not see."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from creators.models import Creator, Follow
from discover import actions
from discover.models import PersonName, Trend
from discover.queries import people, topics, trending
from discover.suggestions import suggest
from planet.accounts.actions import block, mute, rename
from planet.accounts.models import MentionsFrom, TrustLevel, User
from planet.moderation.models import AuditEntry
from posts.actions.publication import Options
from posts.actions.topics import follow_topic
from posts.models import Post, Tag
from tests.admin.world import tool
from tests.cast import Cast
from tests.factories import make_creator, make_user

Say = Callable[..., Post]


def handles(raw: str, viewer: User | None = None) -> list[str]:
    return [person.handle for person in suggest(raw, viewer=viewer).people]


def names(raw: str, viewer: User | None = None) -> list[str]:
    return [str(topic) for topic in suggest(raw, viewer=viewer).topics]


# --- people -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["@sat", "＠SAT", "@satoshi", "@naka", "@nakamoto", "@陈", "@晓明", "@明", "@café_", "@cafe", "naka"]
)
def test_people_are_found_by_handle_and_by_each_word_of_their_name(cast: Cast, typed: str) -> None:
    wanted = {
        "satoshi_n": make_creator("satoshi_n", display_name="Satoshi Nakamoto"),
        "chen": make_creator("chen", display_name="陈晓明"),
        "cafe_trader": make_creator("cafe_trader", display_name="Café_ Trader"),
    }

    (found,) = handles(typed, cast.bob)

    assert found in wanted


def test_no_middle_of_a_word_and_no_sign_alone_finds_anybody(cast: Cast) -> None:
    assert handles("@lice") == handles("@") == handles("@@@") == handles("@ ") == handles("@%") == handles("@_") == []


def test_a_new_name_is_found_and_the_old_one_is_not(cast: Cast) -> None:
    rename(user=cast.alice.user, new="Zoe Quantum", now=timezone.now() + timedelta(days=60))

    assert handles("@quan") == ["alice"]
    assert set(PersonName.objects.filter(user=cast.alice.user).values_list("key", flat=True)) == {
        "alice", "zoe quantum", "quantum",
    }  # fmt: skip


def test_whom_one_follows_comes_first_then_who_is_read_most(cast: Cast) -> None:
    for handle, followers in (("alan", 5), ("albert", 50), ("aldous", 500)):
        Creator.objects.filter(pk=make_creator(handle).pk).update(followers_count=followers)

    assert handles("@al", cast.bob) == ["alice", "aldous", "albert", "alan"]
    assert handles("@al", cast.charlie) == ["aldous", "albert", "alan", "alice"]
    assert handles("@alan", cast.bob) == ["alan"]


def test_whoever_is_called_exactly_so_is_first(cast: Cast) -> None:
    Creator.objects.filter(pk=make_creator("bobby").pk).update(followers_count=500)
    Follow.objects.create(follower=cast.charlie, creator=Creator.objects.get(pk=make_creator("bobcat").pk))

    assert handles("@bob", cast.charlie) == ["bob", "bobcat", "bobby"]


def test_many_who_begin_alike_do_not_hide_the_most_read(cast: Cast) -> None:
    User.objects.bulk_create(
        User(email=f"same{n}@example.com", handle=f"same_{_letters(n)}", password="!") for n in range(320)
    )
    Creator.objects.filter(pk=make_creator("same_zzz").pk).update(followers_count=9)

    assert handles("@same")[0] == "same_zzz"
    assert len(handles("@same")) == 8


def _letters(number: int) -> str:
    digits = "abdefghkpqstxyzm"
    return digits[number // 256] + digits[number // 16 % 16] + digits[number % 16]


def test_who_is_hidden_or_suspended_is_not_suggested(cast: Cast) -> None:
    now = timezone.now()
    mute(actor=cast.bob, target=cast.alice.user, now=now)
    block(actor=cast.alice.user, target=cast.charlie, now=now)
    User.objects.filter(pk=cast.olga.pk).update(is_active=False)

    assert handles("@alice", cast.bob) == handles("@alice", cast.charlie) == handles("@olga") == []
    assert handles("@alice") == ["alice"]


def test_who_cannot_be_mentioned_is_not_suggested_for_a_mention(cast: Cast) -> None:
    zoe = make_creator("zoe")
    for choice, found_by in (
        (MentionsFrom.EVERYONE, {"alice", "zoe"}),
        (MentionsFrom.FOLLOWING, {"alice"}),  # bob follows alice
        (MentionsFrom.NOBODY, set()),
    ):
        User.objects.filter(pk=cast.bob.pk).update(mentions_from=choice)
        found = {writer.user.handle for writer in (cast.alice, zoe) if handles("@bob", writer.user) == ["bob"]}
        assert found == found_by
        assert handles("bob", zoe.user) == ["bob"]  # searching is no mention


def test_people_by_several_words_and_in_pages(cast: Cast) -> None:
    make_creator("satoshi_n", display_name="Satoshi Nakamoto")
    make_creator("other_n", display_name="Another Nakamoto")

    assert [user.handle for user in people("naka sat", viewer=None).items] == ["satoshi_n"]
    for number in range(25):
        make_user(f"crowd_{_letters(number)}")
    first = people("crowd", viewer=None)
    second = people("crowd", viewer=None, after=first.after)
    assert len(first.items) == 20
    assert len({user.pk for user in [*first.items, *second.items]}) == 25
    assert second.after is None


# --- topics and assets --------------------------------------------------------------------------------------------


def test_topics_are_found_by_their_beginning_and_cjk_ones_by_any_character(cast: Cast, say: Say) -> None:
    say(cast.alice, "#defi #DeFiSummer #比特币减半 $DOGE")

    assert names("#def") == names("＃DEF") == ["#defi", "#defisummer"]
    assert names("#减") == names("#比特") == ["#比特币减半"]
    assert names("#doge") == []


def test_assets_are_known_before_anybody_writes_of_them(cast: Cast, say: Say) -> None:
    say(cast.alice, "$BTCX")

    found = suggest("$bt", viewer=None)

    assert found.instruments[0].symbol == "BTC"
    assert [str(topic) for topic in found.topics] == ["$BTCX"]
    assert suggest("$bitco", viewer=None).instruments[0].symbol == "BTC"


def test_what_one_follows_and_what_is_talked_about_comes_first(cast: Cast, say: Say) -> None:
    say(cast.alice, "#rates #ratios #rattle")
    follow_topic(actor=cast.bob, name="rattle", now=timezone.now())
    User.objects.filter(pk=cast.alice.pk).update(trust_level=TrustLevel.MEMBER)
    say(cast.alice, "#ratios")
    Post.objects.filter(text__startswith="#rates").update(created_at=timezone.now() - timedelta(days=20))
    actions.count_trends(now=timezone.now())

    assert names("#rat", cast.bob) == ["#rattle", "#ratios", "#rates"]


def test_a_topic_of_followers_only_posts_is_not_told_to_others(cast: Cast, say: Say) -> None:
    say(cast.alice, "#secretplan", options=Options(audience=Post.Audience.FOLLOWERS))
    follow_topic(actor=cast.bob, name="unheard", now=timezone.now())

    assert names("#secret", cast.charlie) == names("#unheard", cast.charlie) == []


def test_one_look_for_a_name_however_many_there_are(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as queries:
        suggest("@al", viewer=cast.bob)

    assert len(queries) == 2
    assert "LIMIT %(" not in queries[0]["sql"]  # or it would be planned at every letter that is typed


# --- trends -------------------------------------------------------------------------------------------------------


def test_a_surge_of_different_trusted_people_is_a_trend(cast: Cast, say: Say) -> None:
    writers = [make_creator(f"writer_{letter}") for letter in "abdefg"]
    for writer in writers:
        say(writer, "#surge")
        say(writer, "#surge again")
    for _ in range(8):
        say(writers[0], "#loud")
    actions.count_trends(now=timezone.now())
    assert trending(viewer_id=None) == []  # nobody of them is trusted yet

    User.objects.filter(pk__in=[writer.pk for writer in writers]).update(trust_level=TrustLevel.BASIC)
    actions.count_trends(now=timezone.now())

    (found,) = trending(viewer_id=None)
    assert (str(found), found.authors_day) == ("#surge", 6)
    assert Trend.objects.get(tag__name="surge").surge == pytest.approx((6 - 1) ** 2 / 1)


def test_a_trend_halves_in_four_hours_and_is_forgotten(cast: Cast, say: Say) -> None:
    tag = Tag.objects.create(kind=Tag.Kind.TOPIC, name="old")
    now = timezone.now()
    Trend.objects.create(tag=tag, surge=8, authors_day=9, counted_at=now - timedelta(hours=8))

    actions.count_trends(now=now)
    assert Trend.objects.get(tag=tag).surge == pytest.approx(2)

    actions.count_trends(now=now + timedelta(days=3))
    actions.count_trends(now=now + timedelta(days=4))
    assert not Trend.objects.filter(tag=tag).exists()


def test_what_an_operator_holds_back_is_not_shown(cast: Cast) -> None:
    tag = Tag.objects.create(kind=Tag.Kind.TOPIC, name="held")
    Trend.objects.create(tag=tag, surge=8, authors_day=9, is_held=True)

    assert trending(viewer_id=None) == []


def test_followers_only_posts_make_no_trend(cast: Cast, say: Say) -> None:
    for letter in "abdefg":
        writer = make_creator(f"writer_{letter}")
        User.objects.filter(pk=writer.pk).update(trust_level=TrustLevel.BASIC)
        say(writer, "#private", options=Options(audience=Post.Audience.FOLLOWERS))

    actions.count_trends(now=timezone.now())

    assert not Trend.objects.exists()


def test_topics_listed_know_whether_one_follows_them(cast: Cast, say: Say) -> None:
    say(cast.alice, "#defi")
    follow_topic(actor=cast.bob, name="defi", now=timezone.now())

    assert [topic.follows for topic in topics("def", viewer_id=cast.bob.pk)] == [True]
    assert [topic.follows for topic in topics("def", viewer_id=None)] == [False]


def test_an_operator_holds_a_topic_back_with_a_reason(cast: Cast) -> None:
    trend = Trend.objects.create(tag=Tag.objects.create(kind=Tag.Kind.TOPIC, name="scam"), surge=8, authors_day=9)
    browser = cast.browser(cast.olga)

    browser.post(tool(trend, "hold"), {"reason": "A pump."})
    assert trending(viewer_id=None) == []
    assert AuditEntry.objects.get().action == "trend.hold"

    browser.post(tool(trend, "release"), {"reason": "It was not."})
    assert [str(topic) for topic in trending(viewer_id=None)] == ["#scam"]
    assert cast.browser(cast.bob).post(tool(trend, "hold"), {"reason": "Mine."}).status_code in (302, 403)
    trend.refresh_from_db()
    assert not trend.is_held
