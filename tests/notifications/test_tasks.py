"""Housekeeping of the inbox."""

from datetime import timedelta

import pytest
from django.utils import timezone

from planet.notifications import actions, tasks
from planet.notifications.models import Kind, Notification
from tests.cast import Cast


def test_what_was_read_half_a_year_ago_goes_and_the_rest_stays(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    ages = {"unread": None, "fresh": timedelta(days=179), "old": timedelta(days=181), "older": timedelta(days=400)}
    for key, age in ages.items():
        read_at = now - age if age else None
        Notification.objects.create(recipient=cast.bob, kind=Kind.LIKE, group_key=key, read_at=read_at)
    monkeypatch.setattr(actions.forget, "__kwdefaults__", {"size": 1})
    assert tasks.forget_old_notifications() == 2
    assert set(Notification.objects.values_list("group_key", flat=True)) == {"unread", "fresh"}
