"""The tallies say at every moment what counting the interactions themselves says, whatever happened in between."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone

from planet.accounts.models import Block, KycState, User
from planet.engagement import actions, queries, sql, tallies
from planet.engagement.models import Exclusion, Interaction, Kind, Stale, Tally
from planet.engagement.partitions import week_of
from planet.engagement.queries import Window
from tests.engagement.conftest import Shown, written
from tests.engagement.test_counts import LONG, MONDAY, World
from tests.factories import make_creator, make_user

pytestmark = pytest.mark.django_db
WEEKS = Window(MONDAY - timedelta(days=7), MONDAY + timedelta(days=14))
# FORMULAS, §2, asked of the interactions themselves, as settlement asks.
TRUTH = f"""
WITH {sql.VERDICTS.format(joined="", narrow="AND i.creator_id = %(creator)s")}
SELECT content_id, kind, coalesce(reason, ''), count(*)::int FROM verdicts GROUP BY 1, 2, 3
"""
Counted = Counter[tuple[str, str]]


def truth(creator: UUID, content: UUID | None = None) -> Counted:
    with connection.cursor() as cursor:
        cursor.execute(TRUTH, {"creator": creator, "since": WEEKS.since, "until": WEEKS.until})
        found: Counted = Counter()
        for of, kind, reason, many in cursor.fetchall():
            if content in (None, of):
                found[kind, reason] += many
        return found


def tallied(creator: UUID, content: UUID | None = None) -> Counted:
    found = queries.reasons(creator_id=creator, window=WEEKS, content_id=content)
    return Counter({(kind, reason): many for kind, of in found.items() for reason, many in of.items()})


class Random:
    """A few creators and readers, and whatever they come to do to each other."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.creators = [make_creator("alice"), make_creator("dora")]
        self.contents = {uuid4(): self.dice.choice(self.creators) for _ in range(4)}
        self.people = [
            make_user(f"reader{n}", kyc_state=self.dice.choice([KycState.APPROVED, KycState.NONE])) for n in range(4)
        ] + [creator.user for creator in self.creators]
        self.refs: list[UUID] = []
        for person in self.people:
            for content, creator in self.contents.items():
                if self.dice.random() < 0.8:
                    at = MONDAY - timedelta(days=6)
                    page = Shown([(content, creator.pk)], viewer=person.pk, served=at.timestamp() - 100)
                    page.report((0, self.dice.choice([2000, 20_000])), now=at.timestamp())

    def step(self) -> None:
        acts: list[Callable[[], None]] = [
            *[self.do] * 8, *[self.undo] * 3, self.verify, self.suspend, self.block, self.report, self.work,
            tallies.tally, self.erase,
        ]  # fmt: skip
        self.dice.choice(acts)()

    def work(self) -> None:
        written()

    def do(self) -> None:
        content = self.dice.choice(list(self.contents))
        kind = self.dice.choice([*Kind, Kind.COMMENT, Kind.COMMENT])
        ref = uuid4() if kind in (Kind.COMMENT, Kind.SHARE) else None
        self.refs += [ref] if ref else []
        actions.record(
            kind,
            actor=self.dice.choice(self.people),
            content_id=content,
            creator_id=self.contents[content].pk,
            at=MONDAY + timedelta(hours=self.dice.randrange(-100, 160)),
            ref=ref,
            text=self.dice.choice([LONG, LONG + " Or so.", "Too short"]) if kind == Kind.COMMENT else "",
        )

    def undo(self) -> None:
        if (one := self.any()) is not None:
            act = self.dice.choice([actions.undo, actions.revive])
            act(Kind(one.kind), actor_id=one.viewer_id, content_id=one.content_id, ref=one.ref)

    def erase(self) -> None:
        if (one := self.any()) is not None:
            one.delete()

    def any(self) -> Interaction | None:
        rows = list(Interaction.objects.order_by("pk"))
        return self.dice.choice(rows) if rows else None

    def verify(self) -> None:
        state = self.dice.choice([KycState.APPROVED, KycState.NONE])
        User.objects.filter(pk=self.dice.choice(self.people).pk).update(kyc_state=state)

    def suspend(self) -> None:
        User.objects.filter(pk=self.dice.choice(self.people).pk).update(is_active=self.dice.random() < 0.7)

    def block(self) -> None:
        owner, target = self.dice.sample(self.people, 2)
        if not Block.objects.filter(owner=owner, target=target).delete()[0]:
            Block.objects.create(owner=owner, target=target)

    def report(self) -> None:
        target = self.dice.choice([*self.contents, *self.refs])
        if Exclusion.objects.filter(content_id=target).exists():
            actions.readmit(target)
        else:
            actions.exclude(target, at=timezone.now())


@pytest.mark.parametrize("seed", range(12))
def test_whatever_happens_the_tallies_agree_with_the_deeds(seed: int) -> None:
    world = Random(seed)
    for _ in range(6):
        for _ in range(12):
            world.step()
        # Before the worker came, the number of each kind is right already, and only verdicts may be older.
        for creator in world.creators:
            totals = [
                Counter({kind: sum(n for (of, _), n in found.items() if of == kind) for kind in queries.KINDS})
                for found in (truth(creator.pk), tallied(creator.pk))
            ]
            assert totals[0] == totals[1]
        written()
        for creator in world.creators:
            assert tallied(creator.pk) == truth(creator.pk)
            of = [content for content, whose in world.contents.items() if whose is creator]
            listed = queries.of_contents(of, creator_id=creator.pk, window=WEEKS)
            for content, line in zip(of, listed, strict=True):
                assert tallied(creator.pk, content) == truth(creator.pk, content)
                others = sum(many for (_, why), many in truth(creator.pk, content).items() if why != "own")
                assert line.interactions == others
    assert not Tally.objects.filter(many__lt=0).exists()


def test_tallying_everything_again_changes_nothing() -> None:
    world = Random(99)
    for _ in range(60):
        world.do()
    written()
    before = list(Tally.objects.filter(many__gt=0).order_by("pk").values_list("pk", "many"))
    assert before
    Stale.objects.bulk_create(Stale(viewer_id=one.viewer_id, week=week_of(one.at)) for one in Interaction.objects.all())
    tallies.tally()
    assert list(Tally.objects.filter(many__gt=0).order_by("pk").values_list("pk", "many")) == before
    assert not Stale.objects.exists()


def test_batches_are_worked_through_until_nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    world = Random(7)
    for _ in range(60):
        world.do()
    monkeypatch.setattr(tallies, "AT_ONCE", 3)
    written()
    assert not Stale.objects.exists()
    assert tallied(world.creators[0].pk) == truth(world.creators[0].pk)


def test_a_deed_done_again_later_moves_to_its_new_hour() -> None:
    world = World()
    world.do(Kind.LIKE, hours=1)
    written()
    actions.undo(Kind.LIKE, actor_id=world.bob.pk, content_id=world.content)
    world.do(Kind.LIKE, hours=30)
    late = Window(MONDAY + timedelta(days=1), MONDAY + timedelta(days=2))
    for _ in range(2):
        found = queries.figures(creator_id=world.alice.pk, window=late).done["like"]
        assert (found.now, found.before) == (1, 0)
        written()


def test_an_identity_confirmed_later_makes_what_was_done_before_count() -> None:
    world = World()
    carla = make_user("carla")
    world.look(carla, 20)
    world.do(Kind.LIKE, by=carla)
    assert world.reasons() == {"like": {"unverified": 1}}
    User.objects.filter(pk=carla.pk).update(kyc_state=KycState.APPROVED)
    assert world.reasons() == {"like": {"": 1}}


def test_one_who_leaves_takes_the_deeds_along() -> None:
    world = World()
    world.do(Kind.LIKE)
    assert world.reasons() == {"like": {"": 1}}
    Interaction.objects.filter(viewer=world.bob).delete()
    assert world.reasons() == {}
