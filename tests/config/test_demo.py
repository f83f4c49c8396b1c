"""The demo planet and the big one."""

import datetime as dt
import random
from collections import Counter
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db.models import QuerySet, Sum
from django.utils import timezone

from creators.actions import repair_counts as repair_follow_counts
from creators.models import Creator, Follow
from groups.models import Group, InviteLink, Membership
from planet.accounts import handles
from planet.accounts.models import KycApplication, KycState, User
from planet.config.demo import big, people, seed, society
from planet.config.demo.copying import uuid7_at
from planet.config.demo.grammar import Facts, Line
from planet.config.demo.groups import SKETCHES
from planet.config.demo.painting import Job, Painted, paint
from planet.config.demo.panels import DRAWINGS
from planet.config.demo.sizes import Impossible, Size, email_of, readers_of
from planet.config.demo.themes import THEMES
from planet.config.demo.world import SEED, World
from planet.engagement import queries as engagement
from planet.engagement.models import Day, Hour, Interaction
from planet.engagement.queries import Window
from planet.notifications.models import Notification, NotificationActor
from posts.actions.counters import repair_counts as repair_post_counts
from posts.actions.texts import COMMENT_LENGTH, POST_LENGTH
from posts.models import Comment, Like, Post, PostPicture
from tests.config.conversations import the_groups_talk_and_every_count_is_right

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def world() -> World:
    return society.make(SEED)


def _without_pixels(jobs: list[Job]) -> list[Painted]:
    """Keys as the storage makes them; drawing itself has a test of its own."""
    return [
        Painted(f"{job.kind}/{place % 256:02x}/{place % 256:02x}{place:030x}-960x600", 960, 600, "A chart")
        for place, job in enumerate(jobs)
    ]


@pytest.fixture
def seeded(db: None) -> None:
    """The demo planet, in seconds: ask for it seldom."""
    with mock.patch.object(seed, "paint_all", _without_pixels):
        assert seed.demo(now=timezone.now())


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


def test_the_demo_has_no_drift_in_any_counter(seeded: None) -> None:
    _assert_groups_add_up()
    the_groups_talk_and_every_count_is_right()
    assert repair_follow_counts() == []
    assert repair_post_counts() == 0
    for told in Notification.objects.all():
        actors = list(
            NotificationActor.objects.filter(notification=told).order_by("-at").values_list("actor", flat=True)
        )
        assert told.actor_count == len(actors)
        assert told.newest_actors == actors[:3]


def _assert_groups_add_up() -> None:
    groups = Group.objects.filter(kind="group")
    assert groups.count() == len(SKETCHES)
    for group in groups:
        members = set(group.memberships.exclude(accepted_at=None).values_list("user", flat=True))
        assert group.members_count == len(members)
        assert group.owner_id in members
        assert set(group.log.filter(kind__in=("founded", "joined")).values_list("actor", flat=True)) == members
    assert [link.pk for link in InviteLink.objects.all() if link.uses != link.joined.count()] == []
    assert not Membership.objects.filter(user__handle="jonah", group__visibility="secret").exists()


def test_the_demo_is_lived_on_in_order_and_made_once(seeded: None) -> None:
    for account in people.ACCOUNTS:
        user = User.objects.get(email=account.email)
        assert user.check_password(account.password)
        assert user.emailaddress_set.filter(verified=True, primary=True).exists()  # type: ignore[attr-defined]
    ines, jonah, admin = (User.objects.get(email=account.email) for account in people.ACCOUNTS)
    assert ines.is_creator
    assert not jonah.is_creator
    assert admin.is_superuser
    assert jonah.following_count == 30
    assert Notification.objects.filter(recipient=ines, read_at=None).exists()
    assert Notification.objects.filter(recipient=ines).exclude(read_at=None).exists()
    assert KycApplication.objects.filter(state=KycState.PENDING).count() == 3

    # Posts sort as they were written, every picture is described, and a second seeding changes nothing.
    by_id = list(Post.objects.order_by("id").values_list("created_at", flat=True))
    assert by_id == sorted(by_id)
    assert by_id[-1] <= timezone.now()
    assert Comment.objects.filter(root=None).exists()
    assert PostPicture.objects.exclude(alt="").count() == PostPicture.objects.count() > 80
    before = (User.objects.count(), Post.objects.count(), Like.objects.count())
    assert not seed.demo(now=timezone.now())
    assert (User.objects.count(), Post.objects.count(), Like.objects.count()) == before


def test_the_demos_attention_adds_up_and_is_of_the_past(seeded: None) -> None:
    now = timezone.now()
    days, hours = Day.objects.aggregate(seen=Sum("impressions"), ms=Sum("dwell_ms")), Hour.objects
    assert days == hours.aggregate(seen=Sum("impressions"), ms=Sum("dwell_ms"))
    assert not hours.filter(hour__gt=now).exists()
    assert Interaction.objects.filter(kind="like").count() == Like.objects.filter(post__in=_told()).count()
    ines = Creator.objects.get(user__handle="ines")
    reasons = engagement.reasons(creator_id=ines.pk, window=Window.of(7 * 24, now))
    assert {"", "unverified", "brief"} <= set(reasons["like"])
    figures = engagement.figures(creator_id=ines.pk, window=Window.of(7 * 24, now))
    assert figures.readers.now > 50
    assert figures.impressions.before > 0


def _told() -> QuerySet[Post]:
    """The posts of the demo's story; what other parts of the demo add was not looked at."""
    return Post.objects.filter(pk__in=Day.objects.values("content_id"))


def test_a_lived_on_planet_is_left_alone(db: None) -> None:
    User.objects.create_user("somebody@example.com", "somebody")
    call_command("seed", "--demo")
    assert User.objects.count() == 1
    assert not Post.objects.exists()


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
