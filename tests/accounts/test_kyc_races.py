"""Two at once: real threads, real transactions."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from planet.accounts import kyc
from planet.accounts.kyc import hosted
from planet.accounts.models import KycApplication, KycCallback, KycEvent, User, VerifiedIdentity
from tests.accounts.kyc import NOW, paper
from tests.factories import make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


def at_once(*calls: Callable[[], Any]) -> list[str]:
    """Make the calls at the same moment, each on a connection of its own; what came of each."""
    ready = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> str:
        ready.wait(10)
        try:
            return str(call())
        except (kyc.NotPending, kyc.CannotApply) as refused:
            return type(refused).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def approve(application: KycApplication, by: User) -> Callable[[], str]:
    return lambda: kyc.decide(actor=by, application=application, approve=True, reason="", now=NOW).after


def test_one_identity_never_holds_two_accounts() -> None:
    olga = make_user("olga")
    for turn in range(5):
        people = [make_user(f"person{turn}{letter}") for letter in "abc"]
        applications = [kyc.apply(user=user, paper=paper(f"N{turn}999"), now=NOW) for user in people]
        results = at_once(*(approve(application, olga) for application in applications))
        assert Counter(results) == {"approved": 1, "rejected": 2}
        verified = User.objects.get(pk__in=[p.pk for p in people], kyc_state="approved")
        assert VerifiedIdentity.objects.filter(user__in=people).get().user == verified


def test_of_two_decisions_one_counts() -> None:
    olga, oscar, bob = make_user("olga"), make_user("oscar"), make_user("bob")
    application = kyc.apply(user=bob, paper=paper(), now=NOW)
    reject = lambda: kyc.decide(actor=oscar, application=application, approve=False, reason="No.", now=NOW).after  # noqa: E731
    results = at_once(approve(application, olga), reject)
    assert results.count("NotPending") == 1
    (decided,) = set(results) - {"NotPending"}
    assert User.objects.get(pk=bob.pk).kyc_state == decided
    assert KycEvent.objects.filter(application=application).count() == 2


def test_of_two_applications_one_is_handed_in() -> None:
    bob = make_user("bob")
    results = at_once(*[lambda: kyc.apply(user=bob, paper=paper(), now=NOW).state] * 3)
    assert Counter(results) == {"pending": 1, "CannotApply": 2}
    assert KycApplication.objects.count() == 1


def test_a_callback_that_comes_twice_at_once_is_obeyed_once() -> None:
    application = kyc.apply(user=make_user("bob"), provider=hosted.NAME, now=NOW)
    callback = hosted.Callback("event-1", application.pk, True, "", paper())
    results = at_once(*[lambda: hosted.obey(callback, now=NOW)] * 3)
    assert Counter(results) == {"True": 1, "False": 2}
    assert KycCallback.objects.count() == 1
    assert KycEvent.objects.count() == 2
