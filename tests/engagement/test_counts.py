"""What counts and what does not, and why: FORMULAS, §2, worked by hand."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from planet.accounts.models import Block, KycState, User
from planet.engagement import actions, queries
from planet.engagement.models import Interaction, Kind
from planet.engagement.partitions import week_of
from planet.engagement.queries import Unit, Window
from tests.engagement.conftest import Shown, written
from tests.factories import make_creator, make_user

pytestmark = pytest.mark.django_db
MONDAY = week_of(datetime.now(UTC) - timedelta(days=7))
NOON = MONDAY + timedelta(hours=12)
LONG = "Fifteen characters and more."


class World:
    """A creator with one content, and a verified reader who looked at it for ten seconds on Monday morning."""

    def __init__(self) -> None:
        self.alice = make_creator("alice")
        self.bob = make_user("bob", kyc_state=KycState.APPROVED)
        self.content = uuid4()
        self.look(self.bob, 10)

    def look(self, viewer: User, seconds: float, *, at: datetime = NOON, content: UUID | None = None) -> None:
        page = Shown(
            [(content or self.content, self.alice.pk)], viewer=viewer.pk, served=at.timestamp() - seconds - 100
        )
        assert page.report((0, int(seconds * 1000)), now=at.timestamp()) == {"taken": 1}

    def do(
        self, kind: Kind, *, by: User | None = None, hours: float = 1, text: str = "", content: UUID | None = None
    ) -> UUID:
        ref = uuid4() if kind in (Kind.COMMENT, Kind.SHARE) else None
        actions.record(
            kind,
            actor=by or self.bob,
            content_id=content or self.content,
            creator_id=self.alice.pk,
            at=NOON + timedelta(hours=hours),
            ref=ref,
            text=text,
        )
        return ref or self.content

    def reasons(self, content: UUID | None = None) -> dict[str, dict[str, int]]:
        written()
        window = Window(MONDAY, MONDAY + timedelta(days=7))
        return queries.reasons(creator_id=self.alice.pk, window=window, content_id=content)

    def units(self) -> list[Unit]:
        written()
        return list(queries.units(NOON))


@pytest.fixture
def world() -> World:
    return World()


def test_a_reader_who_is_verified_and_looked_gives_what_he_does(world: World) -> None:
    for kind in Kind:
        world.do(kind, text=LONG)
    assert world.units() == [
        Unit(world.bob.pk, world.alice.pk, world.content, 10, liked=1, bookmarked=1, comments=1, shared=1, component=1)
    ]
    assert world.reasons() == {kind.value: {"": 1} for kind in Kind}


def test_looking_alone_counts_and_no_more_than_three_minutes(world: World) -> None:
    for minute in range(1, 6):
        world.look(world.bob, 55, at=NOON + timedelta(minutes=10 * minute))
    (unit,) = world.units()
    assert unit == Unit(world.bob.pk, world.alice.pk, world.content, 180, 0, 0, 0, 0, 0)


def test_a_glance_is_nothing(world: World) -> None:
    carla = make_user("carla", kyc_state=KycState.APPROVED)
    world.look(carla, 2.9)
    world.do(Kind.LIKE, by=carla)
    assert [unit.viewer_id for unit in world.units()] == [world.bob.pk]
    assert world.reasons() == {"like": {"brief": 1}}


def test_the_reasons_one_by_one(world: World) -> None:
    verified = {"kyc_state": KycState.APPROVED}
    unverified, unseen, blocker = make_user("una"), make_user("uwe", **verified), make_user("blair", **verified)
    for person in (unverified, blocker, world.alice.user):
        world.look(person, 20)
    Block.objects.create(owner=blocker, target=world.alice.user)
    for person in (unverified, unseen, blocker, world.alice.user):
        world.do(Kind.LIKE, by=person)
    assert world.reasons() == {"like": {"unverified": 1, "unserved": 1, "blocked": 1, "own": 1}}
    assert [unit.viewer_id for unit in world.units()] == [world.bob.pk]


def test_a_block_counts_whichever_of_the_two_decided_it(world: World) -> None:
    Block.objects.create(owner=world.alice.user, target=world.bob)
    world.do(Kind.LIKE)
    assert world.reasons() == {"like": {"blocked": 1}}
    assert world.units() == []


def test_a_suspended_account_gives_nothing(world: World) -> None:
    world.do(Kind.LIKE)
    User.objects.filter(pk=world.bob.pk).update(is_active=False)
    assert world.reasons() == {"like": {"unverified": 1}}
    assert world.units() == []


def test_a_deed_before_looking_does_not_count(world: World) -> None:
    carla = make_user("carla", kyc_state=KycState.APPROVED)
    world.do(Kind.LIKE, by=carla, hours=1)
    world.look(carla, 30, at=NOON + timedelta(hours=2))
    assert world.reasons() == {"like": {"unserved": 1}}
    assert [(unit.viewer_id == carla.pk, unit.dwell_seconds, unit.liked) for unit in world.units()] in (
        [(True, 30, 0), (False, 10, 0)],
        [(False, 10, 0), (True, 30, 0)],
    )


def test_until_it_is_looked_up_nobody_knows(world: World) -> None:
    world.do(Kind.LIKE)
    window = Window(MONDAY, MONDAY + timedelta(days=7))
    assert queries.reasons(creator_id=world.alice.pk, window=window) == {"like": {"pending": 1}}


def test_content_removed_by_a_report_gives_nothing_until_it_is_readmitted(world: World) -> None:
    world.do(Kind.LIKE)
    actions.exclude(world.content, at=timezone.now())
    assert world.reasons() == {"like": {"removed": 1}}
    assert world.units() == []
    actions.readmit(world.content)
    assert world.reasons() == {"like": {"": 1}}


def test_a_comment_that_was_removed_by_a_report_does_not_count_and_the_rest_does(world: World) -> None:
    world.do(Kind.LIKE)
    bad = world.do(Kind.COMMENT, text=LONG)
    actions.exclude(bad, at=timezone.now())
    assert world.reasons() == {"like": {"": 1}, "comment": {"removed": 1}}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Too short", "short"),
        ("a   b  c   d  e  f  g ", "short"),
        ("a b c d e f g h", ""),
        ("同意,资金费率转负了,值得看一看哦", ""),
    ],
)
def test_a_comment_says_something(world: World, text: str, reason: str) -> None:
    world.do(Kind.COMMENT, text=text)
    assert world.reasons() == {"comment": {reason: 1}}


def test_a_comment_again_is_a_repeat_wherever_it_stands_and_however_it_is_written(world: World) -> None:
    other = uuid4()
    world.look(world.bob, 10, content=other)
    world.do(Kind.COMMENT, text=LONG)
    world.do(Kind.COMMENT, text=f"  {LONG.upper()}\n ", hours=2, content=other)
    assert world.reasons() == {"comment": {"": 1, "repeat": 1}}
    assert world.reasons(other) == {"comment": {"repeat": 1}}
    assert sum(unit.comments for unit in world.units()) == 1


def test_the_same_words_in_another_week_are_no_repeat(world: World) -> None:
    world.do(Kind.COMMENT, text=LONG, hours=-13)  # Sunday before
    world.look(world.bob, 10, at=MONDAY - timedelta(hours=2))
    world.do(Kind.COMMENT, text=LONG)
    assert world.reasons() == {"comment": {"": 1}}


def test_one_comment_a_day_counts_and_three_a_week(world: World) -> None:
    for day in range(5):
        for number in range(2):
            world.do(Kind.COMMENT, text=f"A thought of some length, {day} and {number}", hours=24 * day + number)
    (unit,) = world.units()
    assert unit.comments == 3
    assert world.reasons() == {"comment": {"": 3, "cap": 7}}


def test_a_comment_that_does_not_count_uses_up_no_cap(world: World) -> None:
    world.do(Kind.COMMENT, text="short", hours=1)
    world.do(Kind.COMMENT, text=LONG, hours=2)
    assert world.reasons() == {"comment": {"short": 1, "": 1}}


def test_a_second_share_is_over_the_cap(world: World) -> None:
    world.do(Kind.SHARE, hours=1)
    world.do(Kind.SHARE, hours=2)
    world.do(Kind.SHARE, hours=30)
    assert world.reasons() == {"share": {"": 1, "cap": 2}}
    assert world.units()[0].shared == 1


def test_what_was_taken_back_is_gone(world: World) -> None:
    ref = world.do(Kind.COMMENT, text=LONG)
    world.do(Kind.LIKE)
    actions.undo(Kind.COMMENT, actor_id=world.bob.pk, content_id=world.content, ref=ref)
    actions.undo(Kind.LIKE, actor_id=world.bob.pk, content_id=world.content)
    assert world.reasons() == {}
    assert world.units()[0].comments == 0


def test_a_comment_taken_back_is_no_repeats_original(world: World) -> None:
    ref = world.do(Kind.COMMENT, text=LONG, hours=1)
    world.do(Kind.COMMENT, text=LONG, hours=2)
    actions.undo(Kind.COMMENT, actor_id=world.bob.pk, content_id=world.content, ref=ref)
    assert world.reasons() == {"comment": {"": 1}}


def test_guests_give_nothing(world: World) -> None:
    page = Shown([(world.content, world.alice.pk)], viewer=None, served=NOON.timestamp() - 100)
    page.report((0, 30_000), now=NOON.timestamp())
    assert [unit.viewer_id for unit in world.units()] == [world.bob.pk]


def test_a_week_is_its_own(world: World) -> None:
    world.look(world.bob, 20, at=MONDAY - timedelta(milliseconds=1))
    world.look(world.bob, 30, at=MONDAY + timedelta(days=7))
    (unit,) = world.units()
    assert unit.dwell_seconds == 10


def test_the_words_themselves_are_not_kept(world: World) -> None:
    world.do(Kind.COMMENT, text=LONG)
    row = Interaction.objects.get()
    assert row.characters == len(LONG)
    assert all(LONG not in str(value) for value in vars(row).values())


def test_units_are_the_same_at_every_call_and_come_in_order(world: World) -> None:
    people = [make_user(f"reader{number}", kyc_state=KycState.APPROVED) for number in range(12)]
    for person in people:
        world.look(person, 5)
        world.do(Kind.LIKE, by=person)
    first = world.units()
    assert first == world.units()
    assert [unit.viewer_id for unit in first] == sorted(unit.viewer_id for unit in first)
    assert len(first) == 13
