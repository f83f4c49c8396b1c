"""The operators' start page."""

import uuid
from datetime import UTC, datetime, timedelta

from django.urls import reverse
from django.utils import timezone

from planet.accounts.models import KycApplication, User
from planet.config import failures, figures
from planet.web.ids import uuid7
from tests.admin import world
from tests.cast import Cast
from tests.factories import make_post

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def test_todays_ids_begin_at_midnight() -> None:
    first = figures.since_midnight(timezone.now())
    assert first < uuid7()
    assert first.version == 7
    midnight = int(datetime(2026, 3, 4, tzinfo=UTC).timestamp() * 1000)
    assert figures.since_midnight(NOON).int >> 80 == midnight
    assert uuid.UUID(int=((midnight - 1) << 80) | ((1 << 80) - 1)) < figures.since_midnight(NOON)


def test_figures_count_since_midnight_and_leave_out_what_is_gone(cast: Cast) -> None:
    now = timezone.now()
    yesterday = uuid.UUID(int=figures.since_midnight(now).int - 1)
    make_post(cast.alice)
    make_post(cast.alice, deleted_at=now)
    make_post(cast.alice, id=yesterday)
    found = {figure.label: figure.value for figure in figures.today(now)}
    assert found["Posts"] == 1
    assert found["Sign-ups"] == User.objects.count()
    assert found["Online now"] == 0


def test_failed_tasks_are_counted_by_name_and_day(cast: Cast) -> None:
    failures.note("planet.notifications.tasks.forget_old_notifications", day=NOON.date())
    failures.note("planet.notifications.tasks.forget_old_notifications", day=NOON.date())
    failures.note("other.task", day=(NOON - timedelta(days=1)).date())
    figure = next(figure for figure in figures.today(NOON) if figure.label == "Failed tasks")
    assert (figure.value, figure.note, figure.urgent) == (2, "forget_old_notifications × 2", True)


def test_the_queue_says_how_long_the_oldest_has_waited(cast: Cast) -> None:
    now = timezone.now()
    assert figures.queues(now)[0].value == 0
    for person, days in ((cast.bob, 3), (cast.charlie, 1)):
        KycApplication.objects.create(user=person, provider="manual", created_at=now - timedelta(days=days))
    figure = figures.queues(now)[0]
    assert (figure.value, figure.urgent) == (2, True)
    assert "3 d" in figure.note


def test_the_page_shows_figures_queue_and_rooms(cast: Cast) -> None:
    world.build(cast)
    page = cast.browser(cast.olga).get(reverse("admin:index")).content.decode()
    for words in ("Sign-ups", "Online now", "Failed tasks", "Identity check to decide", "Audit entries"):
        assert words in page
    assert page.count("<h1") == 1
