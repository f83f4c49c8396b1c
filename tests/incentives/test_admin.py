"""The operators' settlement room: looked at, approved by two, paid, corrected; policies written and never changed."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from incentives import tasks
from incentives.actions.going_on import go_on
from incentives.models import Approval, Award, Correction, Policy, Settlement, State
from incentives.weeks import WEEK as SEVEN_DAYS
from incentives.weeks import name_of, week_of
from planet.accounts.models import User
from planet.ledger.kinds import AccountKind
from planet.moderation import roles
from planet.moderation.models import AuditEntry
from tests.admin.world import page, room, tool
from tests.factories import known, make_user
from tests.incentives.conftest import CLOSED, USDT, Pool

NEXT = "admin:incentives_policy_next"
RULES = {
    "base_units": "100", "per_viewer_units": "0.05", "most_units": "5000.5", "minimum_units": "1", "cap_bp": "10.25",
    "budget_nano": "12", "minute_nano": "1", "like_nano": "0.5", "bookmark_nano": "0.5", "comment_nano": "3",
    "share_nano": "2", "component_nano": "1", "reason": "As agreed.",
}  # fmt: skip


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, "planet.accounts.backends.Backend")
    return client


def ahead() -> str:
    return name_of(week_of(timezone.now()) + SEVEN_DAYS)


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def computed(week: Pool) -> Settlement:
    """A week that waits for operators."""
    go_on(now=CLOSED)
    return Settlement.objects.get()


def test_a_week_is_looked_at_approved_by_two_and_paid(
    week: Pool, computed: Settlement, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    olga, otto = browser(week.olga), browser(week.otto)
    shown = text(olga.get(page(computed)))
    assert "100.000000" in shown
    assert "@alice: 0.000000 → 100.000000" in shown
    assert computed.inputs_sha256 in shown

    olga.post(tool(computed, "approve"), {"reason": "Looks right."})
    assert "you have approved it" in text(olga.post(tool(computed, "approve"), {"reason": "Again."}, follow=True))
    otto.post(tool(computed, "approve"), {"reason": "To me too."})
    assert Approval.objects.count() == 2
    assert Settlement.objects.get().state == State.APPROVED

    monkeypatch.setattr(tasks.settle, "delay", lambda: go_on(now=CLOSED))
    with django_capture_on_commit_callbacks(execute=True):
        otto.post(tool(computed, "pay"), {"reason": "Friday."})

    assert week.has("alice") == 100 * USDT
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {"pool.policy", "pool.approve", "pool.pay"}


def test_flags_are_shown(pool: Pool) -> None:
    pool.policy(cap_bp=1000)
    pool.fund(1000 * USDT)
    pool.watched("bob", "alice")
    go_on(now=CLOSED)
    shown = text(browser(pool.olga).get(page(Settlement.objects.get())))
    assert "More than half of the pool rolls over" in shown
    assert text(browser(pool.olga).get(room(Settlement))).count("2026-W46") >= 1


def test_an_award_is_corrected_with_a_reason(week: Pool, computed: Settlement) -> None:
    for operator in (week.olga, week.otto):
        browser(operator).post(tool(computed, "approve"), {"reason": "Right."})
    go_on(now=timezone.now())
    award, olga = Award.objects.get(), browser(week.olga)

    olga.post(tool(award, "correct"), {"reason": "Bought views.", "instead": "40.5"})

    assert Correction.objects.get().units == 40_500_000
    assert week.has("alice", AccountKind.ACCRUED) == 40_500_000
    assert "Bought views." in text(olga.get(page(award)))
    again = olga.post(tool(award, "correct"), {"reason": "More.", "instead": "0"}, follow=True)
    assert "corrected before" in text(again)


def test_the_next_policy_is_written_and_never_changed(week: Pool) -> None:
    olga = browser(week.olga)
    assert 'value="100"' in text(olga.get(reverse(NEXT)))

    answer = olga.post(reverse(NEXT), {**RULES, "starts": ahead()})

    policy = Policy.objects.get(version=2)
    assert answer["Location"] == page(policy)
    assert (policy.per_viewer_units, policy.most_units, policy.cap_bp) == (50_000, 5_000_500_000, 1025)
    assert (policy.like_nano, policy.budget_nano, policy.author) == (500_000_000, 12 * 10**9, week.olga)
    assert "5000.500000" in text(olga.get(page(policy)))
    assert "Write the next policy" in text(olga.get(room(Policy)))
    assert AuditEntry.objects.filter(action="pool.policy").count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": " "},
        {"starts": "soon"},
        {"starts": "2026-W01"},
        {"base_units": "-1"},
        {"base_units": "0.0000001"},
        {"cap_bp": "100.01"},
        {"most_units": "NaN"},
        {"like_nano": ""},
    ],
    ids=str,
)
def test_a_policy_that_makes_no_sense_is_not_written(week: Pool, wrong: dict[str, str]) -> None:
    answer = browser(week.olga).post(reverse(NEXT), {**RULES, "starts": ahead(), **wrong})
    assert answer.status_code == 422
    assert Policy.objects.count() == 1


def test_only_who_may_acts(week: Pool, computed: Settlement) -> None:
    people = {role: make_user(role[:5].lower(), is_staff=True) for role in ("Accountant", "Treasurer")}
    for role, user in people.items():
        user.groups.add(roles.group(role))
    accountant, treasurer = (browser(user) for user in people.values())
    assert accountant.get(page(computed)).status_code == 200
    assert accountant.post(tool(computed, "approve"), {"reason": "Yes."}).status_code == 403
    assert accountant.get(reverse(NEXT)).status_code == 403
    assert accountant.post(reverse(NEXT), {**RULES, "starts": ahead()}).status_code == 403
    assert "Write the next policy" not in text(accountant.get(room(Policy)))
    assert not Approval.objects.exists()
    assert treasurer.get(reverse(NEXT)).status_code == 200
    refused = treasurer.post(tool(computed, "approve"), {"reason": "Yes."}, follow=True)
    assert "verify yours first" in text(refused)
    assert not Approval.objects.exists()
    known(people["Treasurer"])
    treasurer.post(tool(computed, "approve"), {"reason": "Yes."})
    assert Approval.objects.get().operator == people["Treasurer"]
