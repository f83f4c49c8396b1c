"""The pool for everybody: rules, paid weeks with their files, and one's own proof."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from incentives.actions.going_on import go_on
from incentives.actions.paying import correct
from incentives.models import Award, Settlement
from incentives.settlement.merkle import is_proven, leaf
from planet.accounts.models import User
from tests.incentives.conftest import CLOSED, USDT, Pool
from tests.incentives.test_admin import browser, text
from tests.incentives.test_running import say_yes

WEEK = "2026-W46"


@pytest.fixture
def paid(week: Pool) -> Settlement:
    """A paid week with two creators."""
    week.watched("bob", "carol")
    go_on(now=CLOSED)
    settlement = Settlement.objects.get()
    say_yes(week, settlement.week)
    go_on(now=CLOSED)
    return Settlement.objects.get()


def proof(user: User) -> Any:
    return browser(user).get(reverse("pool_proof", args=[WEEK]))


def test_everybody_reads_the_rules_and_the_weeks(paid: Settlement) -> None:
    shown = text(Client().get(reverse("pool")))
    assert WEEK in shown
    assert "2 creators" in shown
    assert "12" in shown
    fragment = text(Client().get(reverse("pool"), headers={"HX-Request": "true"}))
    assert "<h1" not in fragment
    assert WEEK in fragment


def test_without_a_policy_the_page_says_so(db: None) -> None:
    assert "No policy holds yet" in text(Client().get(reverse("pool")))


def test_a_week_shows_its_figures_and_every_file(paid: Settlement) -> None:
    shown = text(Client().get(reverse("pool_week", args=[WEEK])))
    for figure in ("100 USDT", paid.inputs_sha256, paid.statement_sha256, paid.merkle_root):
        assert figure in shown
    assert "Your part" not in shown
    for name in ("policy.json", "viewers.csv", "creators.csv", "statement.csv", "totals.json"):
        _is_sent(Client(), name)
        assert f"/files/{name}" in shown


def test_what_viewers_did_is_for_auditors_alone(week: Pool, paid: Settlement) -> None:
    """Whoever comments in public would be found in it, and with them what they did in private."""
    for somebody in (Client(), browser(week.people["alice"])):
        assert somebody.get(reverse("pool_file", args=[WEEK, "units.csv"])).status_code == 404
        assert "units.csv</span>" not in text(somebody.get(reverse("pool_week", args=[WEEK])))
    week.people["alice"].user_permissions.add(Permission.objects.get(codename="view_settlement"))
    auditor = browser(User.objects.get(pk=week.people["alice"].pk))
    _is_sent(auditor, "units.csv")
    assert "units.csv</span>" in text(auditor.get(reverse("pool_week", args=[WEEK])))


def _is_sent(client: Client, name: str) -> None:
    answer: Any = client.get(reverse("pool_file", args=[WEEK, name]))
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)
    assert f"{WEEK}-{name}" in answer["Content-Disposition"]


def test_a_creator_sees_their_part_and_nobody_elses(week: Pool, paid: Settlement) -> None:
    alice, carol = (Award.objects.get(creator=week.people[name]) for name in ("alice", "carol"))
    shown = text(browser(week.people["alice"]).get(reverse("pool_week", args=[WEEK])))
    assert str(alice.pseudonym) in shown
    assert str(carol.pseudonym) not in shown
    assert "Your part" not in text(browser(week.people["bob"]).get(reverse("pool_week", args=[WEEK])))


def test_a_correction_is_shown_to_the_creator(week: Pool, paid: Settlement) -> None:
    award = Award.objects.get(creator=week.people["alice"])
    correct(actor=week.olga, award=award, units=USDT, reason="Bought views.", now=CLOSED)
    shown = text(browser(week.people["alice"]).get(reverse("pool_week", args=[WEEK])))
    assert "1 USDT · Bought views." in shown


def test_ones_own_proof_leads_to_the_root(week: Pool, paid: Settlement) -> None:
    found = proof(week.people["alice"]).json()
    own = leaf(found["week"], found["creator_id"], int(found["amount_units"]))
    assert found["root"] == paid.merkle_root
    assert is_proven(bytes.fromhex(paid.merkle_root[2:]), own, [bytes.fromhex(one[2:]) for one in found["proof"]])
    assert proof(week.people["bob"]).status_code == 404
    assert Client().get(reverse("pool_proof", args=[WEEK])).status_code == 302


def test_a_proof_needs_no_other_awards(week: Pool, paid: Settlement, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(leaves: object) -> None:
        raise AssertionError

    monkeypatch.setattr("incentives.contexts.merkle.Tree", refused)
    assert proof(week.people["alice"]).json()["root"] == paid.merkle_root


@pytest.mark.parametrize("tree", ["gone", "of another week", "damaged"], ids=str)
def test_without_the_tree_of_the_week_the_proof_is_the_same(
    week: Pool, paid: Settlement, storage: Path, tree: str
) -> None:
    right = proof(week.people["alice"]).json()
    file = storage / paid.folder / "tree.bin"
    content = file.read_bytes()
    file.unlink()
    if tree != "gone":
        file.write_bytes(bytes(len(content)) if tree == "of another week" else _damaged(content, right["leaf"]))
    assert proof(week.people["alice"]).json() == right


def _damaged(tree: bytes, leaf_hex: str) -> bytes:
    """The other leaf of two is not what it was."""
    own = bytes.fromhex(leaf_hex[2:])
    nodes = [tree[place : place + 32] for place in range(0, len(tree), 32)]
    return b"".join(node if node in (nodes[0], own) else node[:-1] + bytes([node[-1] ^ 1]) for node in nodes)


@pytest.mark.parametrize("week_name", ["2026-W45", "2026-W60", "nonsense"], ids=str)
def test_a_week_that_was_not_paid_is_not_there(week: Pool, paid: Settlement, week_name: str) -> None:
    for address in (reverse("pool_week", args=[week_name]), reverse("pool_file", args=[week_name, "units.csv"])):
        assert Client().get(address).status_code == 404
    assert browser(week.olga).get(reverse("pool_proof", args=[week_name])).status_code == 404


def test_a_week_that_is_being_settled_is_not_there_yet(week: Pool) -> None:
    go_on(now=CLOSED)
    assert browser(week.people["alice"]).get(reverse("pool_week", args=[WEEK])).status_code == 404


@pytest.mark.parametrize("name", ["salt", ".totals.json.part", "..", "units.csv.bak"], ids=str)
def test_no_other_file_is_sent(paid: Settlement, name: str) -> None:
    assert Client().get(f"/pool/{WEEK}/files/{name}").status_code == 404
