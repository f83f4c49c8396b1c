"""The demo planet once it is made: what a newcomer finds. It takes seconds to make, so these share one."""

from collections.abc import Iterator
from unittest import mock

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from creators.actions import repair_counts as repair_follow_counts
from creators.models import Creator
from groups.models import Group, InviteLink, Membership
from incentives import checking
from incentives.models import Award, Settlement, State
from planet.accounts.models import KycApplication, KycState, User
from planet.config.demo import money, people, pool, seed
from planet.config.demo.groups import SKETCHES
from planet.config.demo.painting import Job, Painted
from planet.engagement import queries as engagement
from planet.engagement.models import Day, Hour, Interaction
from planet.engagement.queries import Window
from planet.ledger import verify
from planet.ledger.actions import account_of
from planet.ledger.assets import Asset
from planet.ledger.kinds import AccountKind
from planet.ledger.queries import balance_of
from planet.notifications.models import Notification, NotificationActor
from posts.actions.counters import repair_counts as repair_post_counts
from posts.models import Comment, Like, Post, PostPicture
from tests.config.conversations import the_groups_talk_and_every_count_is_right


def _without_pixels(jobs: list[Job]) -> list[Painted]:
    """Keys as the storage makes them; drawing itself has a test of its own."""
    return [
        Painted(f"{job.kind}/{place % 256:02x}/{place % 256:02x}{place:030x}-960x600", 960, 600, "A chart")
        for place, job in enumerate(jobs)
    ]


@pytest.fixture(scope="module")
def seeded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """In a transaction of the module's own: tests that ask for `db` as well would close its connection."""
    with django_db_blocker.unblock(), transaction.atomic():
        with mock.patch.object(seed, "paint_all", _without_pixels):
            assert seed.demo(now=timezone.now())
        yield
        transaction.set_rollback(True)


def test_a_lived_on_planet_is_left_alone(db: None) -> None:
    User.objects.create_user("somebody@example.com", "somebody")
    call_command("seed", "--demo")
    assert User.objects.count() == 1
    assert not Post.objects.exists()


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
        came = group.log.filter(kind__in=("founded", "joined", "bot_added", "webhook_made"))
        people = came.filter(kind__in=("founded", "joined")).values_list("actor", flat=True)
        assert {*people, *group.bots.values_list("user", flat=True)} == members
        assert came.exclude(kind__in=("founded", "joined")).count() == group.bots.count()
    assert [link.pk for link in InviteLink.objects.all() if link.uses != link.joined.count()] == []
    assert not Membership.objects.filter(user__handle="jonah", group__visibility="secret").exists()


def test_the_demo_is_lived_on_in_order_and_made_once(seeded: None) -> None:
    for account in people.ACCOUNTS:
        user = User.objects.get(email=account.email)
        assert user.check_password(account.password)
        assert user.emailaddress_set.filter(verified=True, primary=True).exists()  # type: ignore[attr-defined]
    ines, jonah, admin, treasurer = (User.objects.get(email=account.email) for account in people.ACCOUNTS)
    assert ines.is_creator
    assert not jonah.is_creator
    assert admin.is_superuser
    assert treasurer.is_staff
    assert not treasurer.is_superuser
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


def test_two_weeks_of_the_pool_are_settled_and_can_be_worked_out_again(seeded: None) -> None:
    weeks = list(Settlement.objects.order_by("week"))
    assert [week.state for week in weeks] == [State.PAID, State.PAID]
    assert [finding for week in weeks for finding in checking.findings(week)] == []
    ines = User.objects.get(handle="ines")
    assert Award.objects.filter(creator=ines, paid_units__gt=0).count() == len(weeks)
    assert balance_of(account_of(ines, AccountKind.AVAILABLE, Asset.USDT)) > money.FUNDS
    assert list(verify.findings()) == []
    treasury = balance_of(account_of(None, AccountKind.TREASURY, Asset.USDT))
    assert treasury == pool.FUNDS - sum(week.funded_units or 0 for week in weeks) > 0
