"""One's own link: the page, the appeal, and the operators' rooms."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from incentives.links import deciding
from incentives.models import Cluster, ClusterState, LinkAppeal
from planet.accounts.models import User
from planet.moderation.models import AuditEntry
from tests.incentives.conftest import Pool
from tests.incentives.test_admin import browser, text
from tests.incentives.test_links import NOW, linked

pytestmark = pytest.mark.usefixtures("_today")


@pytest.fixture
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages' clock stands where the tests' records are."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def pair(pool: Pool) -> Cluster:
    """Ann and Ben, who share a browser and an address for withdrawals."""
    return linked(pool.viewer("ann"), pool.viewer("ben"))


def page(user: User) -> str:
    return text(browser(user).get(reverse("pool_linked")))


def say(user: User, words: str) -> Any:
    return browser(user).post(reverse("pool_linked_appeal"), {"text": words})


def test_whoever_is_linked_sees_why_and_nobody_elses_name(pool: Pool, pair: Cluster) -> None:
    shown = page(pool.people["ann"])
    assert "Your account counts together with one other" in shown
    assert "They were used in the same browser." in shown
    assert "Money was withdrawn from them to the same address." in shown
    assert "network" not in shown.split("What it rests on")[1].split("Is it a mistake?")[0]
    assert "ben" not in shown.split("<main")[1]


def test_everybody_else_counts_by_themselves(pool: Pool, pair: Cluster) -> None:
    assert "Your account counts by itself" in page(pool.viewer("cat"))
    assert Client().get(reverse("pool_linked")).status_code == 302
    assert browser(pool.people["ann"]).post(reverse("pool_linked")).status_code == 405


def test_an_appeal_is_sent_once_and_its_answer_is_shown(pool: Pool, pair: Cluster) -> None:
    ann = pool.people["ann"]
    assert say(ann, "  ").status_code == 422
    assert say(ann, "Ben is my brother.").status_code == 302
    assert say(ann, "Really.").status_code == 302
    assert [one.text for one in LinkAppeal.objects.all()] == ["Ben is my brother."]
    shown = page(ann)
    assert "Ben is my brother." in shown
    assert "Send the appeal" not in shown
    deciding.answer(
        actor=pool.olga, appeal_id=LinkAppeal.objects.get().pk, accept=True, reason="We called you.", now=NOW
    )
    assert "It was accepted. We called you." in " ".join(page(ann).split())


def test_whoever_is_not_linked_has_nothing_to_appeal_against(pool: Pool, pair: Cluster) -> None:
    assert say(pool.viewer("cat"), "No!").status_code == 302
    assert Client().post(reverse("pool_linked_appeal"), {"text": "No!"}).status_code == 302
    assert browser(pool.people["ann"]).get(reverse("pool_linked_appeal")).status_code == 405
    assert not LinkAppeal.objects.exists()


def act(pool: Pool, what: Any, name: str, **fields: Any) -> Any:
    url = reverse(f"admin:incentives_{what._meta.model_name}_use", args=[what.pk, name])
    return browser(pool.olga).post(url, {"reason": "Looked into it.", **fields})


def test_operators_dismiss_in_their_room_with_a_reason(pool: Pool, pair: Cluster) -> None:
    room = text(browser(pool.olga).get(reverse("admin:incentives_cluster_change", args=[pair.pk])))
    assert "One browser, which 2 accounts used" in room
    assert act(pool, pair, "dismiss").status_code == 302
    pair.refresh_from_db()
    assert pair.state == ClusterState.DISMISSED
    assert AuditEntry.objects.filter(action="links.dismiss", reason="Looked into it.").count() == 1


def test_operators_answer_appeals_in_their_room(pool: Pool, pair: Cluster) -> None:
    say(pool.people["ann"], "Ben is my brother.")
    appeal = LinkAppeal.objects.get()
    assert act(pool, appeal, "reply", accept="yes").status_code == 302
    appeal.refresh_from_db()
    assert (appeal.is_accepted, appeal.answer) == (True, "Looked into it.")
