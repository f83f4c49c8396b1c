"""The nightly check says loudly what it mended."""

import logging

import pytest

from creators.models import Creator
from creators.tasks import check_counts
from tests.cast import Cast


def test_drift_is_repaired_and_logged_as_an_error(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    Creator.objects.filter(pk=cast.alice.pk).update(followers_count=9)
    with caplog.at_level(logging.ERROR, "creators.tasks"):
        check_counts()
    (record,) = caplog.records
    assert (vars(record)["was"], vars(record)["is_now"]) == (9, 1)
    assert Creator.objects.get(pk=cast.alice.pk).followers_count == 1


def test_a_quiet_night_logs_nothing(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "creators.tasks"):
        check_counts()
    assert caplog.records == []
