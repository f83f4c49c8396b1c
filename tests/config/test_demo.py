"""The demo planet and the big one."""

import datetime as dt
import random
from collections import Counter

import pytest
from django.core.management import CommandError, call_command

from creators.actions import repair_counts as repair_follow_counts
from creators.models import Creator, Follow
from planet.accounts import handles
from planet.accounts.models import User
from planet.config.demo import big, people, society
from planet.config.demo.copying import uuid7_at
from planet.config.demo.grammar import Facts, Line
from planet.config.demo.painting import Job, paint
from planet.config.demo.panels import DRAWINGS
from planet.config.demo.sizes import Impossible, Size, email_of, readers_of
from planet.config.demo.themes import THEMES
from planet.config.demo.world import SEED, World
from posts.actions.counters import repair_counts as repair_post_counts
from posts.actions.texts import COMMENT_LENGTH, POST_LENGTH
from posts.models import Like, Post

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def world() -> World:
    return society.make(SEED)


def test_the_same_seed_makes_the_same_world(world: World) -> None:
    again = society.make(SEED)
    assert [entry.text for entry in again.entries] == [entry.text for entry in world.entries]
    assert [len(entry.likes) for entry in again.entries] == [len(entry.likes) for entry in world.entries]
    assert [remark.text for entry in again.entries for remark in entry.remarks] == [
        remark.text for entry in world.entries for remark in entry.remarks
    ]


def test_the_world_is_as_big_as_promised(world: World) -> None:
    assert 140 <= len(world.people) <= 160
    assert len(world.creators) == 60
    assert len(world.entries) == 3000
    assert sum(len(entry.remarks) for entry in world.entries) > 3000
    assert {language for person in world.people for language in [person.language]} == {"en", "zh"}


def test_no_page_of_twenty_repeats_itself(world: World) -> None:
    written = [entry for entry in world.entries if entry.template]
    for start in range(0, len(written) - 20, 20):
        page = written[start : start + 20]
        assert len({entry.template for entry in page}) == 20
    for creator in world.creators:
        own = [entry.template for entry in written if entry.author is creator]
        worst = max(Counter(own[start : start + 12]).most_common(1)[0][1] for start in range(max(1, len(own) - 12)))
        assert worst == 1, creator.handle


def test_comments_come_after_what_they_answer_and_nothing_comes_from_the_future(world: World) -> None:
    for entry in world.entries:
        assert entry.hours > 0
        for _, hours in (*entry.likes, *entry.bookmarks):
            assert 0 <= hours <= entry.hours
        for remark in entry.remarks:
            before = remark.answers.hours if remark.answers else entry.hours
            assert 0 <= remark.hours <= before
        assert len({person for person, _ in entry.likes}) == len(entry.likes)
        assert entry.author not in {person for person, _ in entry.likes}


def test_nobody_says_anything_too_long_or_with_a_slot_left_open(world: World) -> None:
    for entry in world.entries:
        assert len(entry.text) <= POST_LENGTH
        assert not set(entry.text) & set("{}[]|")
        for remark in entry.remarks:
            assert len(remark.text) <= COMMENT_LENGTH
            assert not set(remark.text) & set("{}[]|")


@pytest.mark.parametrize("name", sorted(THEMES))
def test_every_theme_can_be_spoken_and_answered(name: str) -> None:
    theme = THEMES[name]
    facts = Facts(random.Random(1), theme.assets[0], "BTC", 5.0, theme.topics[0], "ines")
    for post in theme.posts:
        assert facts.say(post)
        fitting = [line for line in theme.lines if line.fits(post)]
        if theme.name not in ("days", "life-zh"):
            assert fitting, f"nobody has anything to say about {post!r}"
    for line in theme.lines:
        assert facts.say(line.text)
        facts.say(line.answer)
    assert set(theme.pictures) <= set(DRAWINGS)


def test_a_question_never_asks_about_a_figure_that_the_post_lacks() -> None:
    line = Line.parse("?(funding) Where does {apr} come from? => From {A}.")
    assert line.fits("Funding pays {apr} on {A}")
    assert not line.fits("Funding is negative on {A}")
    assert not line.fits("Carry pays {apr}")


def test_every_handle_may_be_taken_and_none_looks_like_another() -> None:
    everybody = [persona.handle for persona in people.CREATORS] + list(people.READERS) + [people.OPERATOR_HANDLE]
    assert [handles.check(handle) for handle in everybody] == everybody
    assert len({handles.skeleton(handle) for handle in everybody}) == len(everybody)


def test_seeding_is_refused_in_production(db: None, settings: pytest.FixtureRequest) -> None:
    settings.PRODUCTION = True  # type: ignore[attr-defined]
    with pytest.raises(CommandError):
        call_command("seed", "--demo")
    assert not User.objects.exists()


@pytest.mark.parametrize("name", sorted(DRAWINGS))
def test_a_picture_is_drawn_stored_and_described(name: str) -> None:
    painted = paint(Job("picture", 5, 0, name, "SOL", 214.36))
    assert (painted.width, painted.height) == (960, 600)
    assert len(painted.alt) > 20


def test_portraits_are_drawn_and_stored() -> None:
    assert paint(Job("avatar", 5, 3)).width == 400
    banner = paint(Job("banner", 5, 3))
    assert banner.width == 3 * banner.height


def test_an_id_of_the_past_sorts_in_the_past() -> None:
    rng = random.Random(1)
    old, new = uuid7_at(NOW - dt.timedelta(milliseconds=1), rng), uuid7_at(NOW, rng)
    assert old < new
    assert (old.version, old.variant) == (7, "specified in RFC 4122")
    assert new.int >> 80 == int(NOW.timestamp() * 1000)


# --- big ----------------------------------------------------------------------------------------------------------

SIZE = Size(users=3000, posts=4000, follows=20_000, likes=30_000)


@pytest.fixture
def big_planet(db: None) -> None:
    big.fill(SIZE, now=NOW, seed=1)


def test_a_big_planet_has_the_asked_size_and_exact_counters(big_planet: None) -> None:
    assert User.objects.count() == SIZE.users
    assert Creator.objects.count() == SIZE.creators
    assert Post.objects.count() == SIZE.posts
    assert Follow.objects.count() == SIZE.follows
    assert Like.objects.count() == SIZE.likes
    assert repair_follow_counts() == []
    assert repair_post_counts() == 0
    assert Post.objects.exclude(repost_of=None).filter(like_count__gt=0).count() == 0


def test_a_big_planet_has_readers_with_known_followings(big_planet: None) -> None:
    for count, number in readers_of(SIZE).items():
        assert User.objects.get(email=email_of(number)).following_count == count
    assert 300 in readers_of(SIZE)


def test_a_big_planet_is_in_order_and_unevenly_liked(big_planet: None) -> None:
    times = list(Post.objects.order_by("id").values_list("created_at", flat=True))
    assert times == sorted(times)
    likes = sorted(Post.objects.values_list("like_count", flat=True))
    assert likes[-1] > 20 * (likes[len(likes) // 2] + 1)


def test_a_big_planet_is_made_once(big_planet: None) -> None:
    with pytest.raises(Impossible):
        big.fill(SIZE, now=NOW, seed=2)


@pytest.mark.parametrize(
    "size",
    [
        Size(0),
        Size(10, posts=5, follows=500),
        Size(10, posts=0, likes=5),
        Size(10, posts=3, likes=500),
    ],
)
def test_an_impossible_size_is_refused_and_nothing_written(db: None, size: Size) -> None:
    with pytest.raises(Impossible):
        big.fill(size, now=NOW, seed=1)
    assert not User.objects.exists()
