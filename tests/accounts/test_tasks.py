"""What runs by the clock finds what is due, and leaves the rest."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as django_settings
from django.utils import timezone
from django.utils.module_loading import import_string

from planet.accounts import kyc, tasks
from planet.accounts.kyc import actions, documents
from planet.accounts.models import ActiveDay, KycApplication, KycState, User
from tests.accounts.kyc import paper, picture
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def approved(user: User, olga: User, ago: timedelta) -> KycApplication:
    at = timezone.now() - ago
    number = f"N-{user.handle}-1234"
    application = kyc.apply(user=user, paper=paper(number), pictures={"document": picture()}, now=at)
    kyc.decide(actor=olga, application=application, approve=True, reason="", now=at)
    return application


def test_every_clock_entry_names_a_task() -> None:
    ours = [entry["task"] for entry in django_settings.CELERY_BEAT_SCHEDULE.values() if ".accounts." in entry["task"]]
    assert len(ours) == 5
    assert all(import_string(name).name == name for name in ours)


def test_approvals_expire_and_abandoned_checks_end(cast: Cast) -> None:
    over = approved(cast.bob, cast.olga, actions.VALID_FOR)
    valid = approved(cast.charlie, cast.olga, timedelta(days=1))
    abandoned = kyc.apply(user=cast.olga, provider="hosted", now=timezone.now() - actions.ABANDONED_AFTER)
    for _ in range(2):
        tasks.expire_identity_checks()
    states = dict(KycApplication.objects.values_list("pk", "state"))
    assert states == {over.pk: "expired", valid.pk: "approved", abandoned.pk: "expired"}
    assert over.events.count() == 3


def test_documents_are_erased_after_the_retention_time(cast: Cast, settings: Any) -> None:
    old = approved(cast.bob, cast.olga, settings.KYC_RETENTION)
    fresh = approved(cast.charlie, cast.olga, settings.KYC_RETENTION - timedelta(hours=1))
    kyc.apply(user=cast.olga, paper=paper("W-1234"), now=timezone.now() - timedelta(days=99))
    for _ in range(2):
        tasks.erase_identity_documents()
    erased = KycApplication.objects.exclude(erased_at=None)
    assert [application.pk for application in erased] == [old.pk]
    assert KycApplication.objects.get(pk=fresh.pk).legal_name == "Satoshi Example"
    assert KycApplication.objects.get(state=KycState.PENDING).document_number == "W-1234"


def test_one_check_that_fails_keeps_no_other_from_being_erased(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken = approved(cast.bob, cast.olga, settings.KYC_RETENTION * 2)
    other = approved(cast.charlie, cast.olga, settings.KYC_RETENTION)
    erase = documents.erase

    def failing(application: KycApplication) -> None:
        if application.pk == broken.pk:
            raise OSError("disk")
        erase(application)

    monkeypatch.setattr(documents, "erase", failing)
    tasks.erase_identity_documents()
    assert [row.pk for row in KycApplication.objects.exclude(erased_at=None)] == [other.pk]
    assert f"could not erase identity check {broken.pk}" in caplog.text


def test_everybody_is_visited_in_batches(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "BATCH", 2)
    User.objects.update(date_joined=timezone.now() - timedelta(days=2))
    ActiveDay.objects.bulk_create(
        [ActiveDay(user=user, day=timezone.now().date()) for user in User.objects.exclude(pk=cast.bob.pk)]
    )
    tasks.recompute_trust()
    assert set(User.objects.filter(trust_level=1)) == set(User.objects.exclude(pk=cast.bob.pk))


def test_sign_ups_are_forgotten_when_their_link_has_run_out(cast: Cast) -> None:
    EmailAddress.objects.filter(user=cast.bob).update(verified=False)
    tasks.forget_unconfirmed()
    assert User.objects.count() == 4
    User.objects.update(date_joined=timezone.now() - timedelta(days=4))
    tasks.forget_unconfirmed()
    assert not User.objects.filter(pk=cast.bob.pk).exists()
    assert User.objects.count() == 3
