"""The unread count: without a query, and never older than the last commit."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_redis import get_redis_connection
from redis.exceptions import ConnectionError as NoRedis

from planet.notifications import unread
from planet.notifications.models import Kind, Notification
from tests.cast import Cast


def add(cast: Cast, key: str) -> None:
    Notification.objects.create(recipient=cast.bob, kind=Kind.LIKE, group_key=key)


def test_the_second_look_asks_no_database(cast: Cast) -> None:
    add(cast, "1")
    assert unread.count(cast.bob.pk) == 1
    with CaptureQueriesContext(connection) as captured:
        assert unread.count(cast.bob.pk) == 1
    assert not captured.captured_queries


def test_a_count_from_before_a_commit_is_not_kept(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: Callable[[Any], int] = unread._counted

    def slow(user_id: Any) -> int:
        before = counted(user_id)
        add(cast, "1")  # somebody commits while we count, and clears the key
        unread.clear([user_id])
        return before

    monkeypatch.setattr(unread, "_counted", slow)
    assert unread.count(cast.bob.pk) == 0
    monkeypatch.undo()
    assert unread.count(cast.bob.pk) == 1


def test_while_another_reader_fills_it_the_database_answers(cast: Cast) -> None:
    add(cast, "1")
    get_redis_connection("default").set(unread._key(cast.bob.pk), "lease-of-another")
    assert unread.count(cast.bob.pk) == 1


def test_without_redis_the_database_answers(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(_: str) -> Any:
        raise NoRedis

    add(cast, "1")
    monkeypatch.setattr(unread, "get_redis_connection", down)
    assert unread.count(cast.bob.pk) == 1
    unread.clear([cast.bob.pk])


def test_the_count_reads_the_index_of_unread_rows_alone(cast: Cast) -> None:
    Notification.objects.bulk_create(
        Notification(
            recipient=cast.bob, kind=Kind.LIKE, group_key=str(n), read_at=None if n < 5 else cast.bob.date_joined
        )
        for n in range(3000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE notifications_notification")
    plan = Notification.objects.filter(recipient=cast.bob.pk, read_at=None, filtered=False).explain()
    assert "notification_unread" in plan
