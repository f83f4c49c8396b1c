"""A creator's statement of a settled week: the page, the table, the data; and the notices."""

import csv
import io
import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incentives.actions import paying
from incentives.actions.going_on import go_on
from incentives.actions.paying import correct
from incentives.models import Award, Earning, Settlement
from planet.accounts.models import User
from planet.engagement.models import Day
from planet.notifications.models import Notification
from posts.models import Article
from tests.factories import make_post
from tests.incentives.conftest import CLOSED, USDT, Pool
from tests.incentives.test_admin import browser, text
from tests.incentives.test_running import say_yes

WEEK = "2026-W46"
PAGES = ("pool_statement", "pool_statement_csv", "pool_statement_json")


def post_of(pool: Pool, creator: str, words: str, *viewers: str, seconds: int = 60) -> Any:
    """A post of a creator, and people who looked at it that week."""
    post = make_post(pool.creator(creator).creator, words)
    for viewer in viewers:
        content = pool.watched(viewer, creator, seconds=seconds)
        Day.objects.filter(content_id=content).update(content_id=post.pk)
    return post


def settle(pool: Pool) -> Settlement:
    go_on(now=CLOSED)
    settlement = Settlement.objects.get()
    say_yes(pool, settlement.week)
    go_on(now=CLOSED)
    return Settlement.objects.get()


@pytest.fixture
def paid(week: Pool) -> Settlement:
    """Alice has a post that three people read, and one that one did; Carol has one."""
    post_of(week, "alice", "Funding is expensive", "bea", "ben", "bob")
    post_of(week, "carol", "=Options for beginners", "bob")
    return settle(week)


def seen(user: User, name: str = "pool_statement", **query: str) -> Any:
    return browser(user).get(reverse(name, args=[WEEK]), query)


def downloaded(user: User, name: str) -> str:
    answer = seen(user, name)
    assert answer.status_code == 200
    assert WEEK in answer["Content-Disposition"]
    assert answer["Cache-Control"] == "private, no-store"
    return b"".join(answer.streaming_content).decode()


def test_a_creator_sees_what_each_post_brought(week: Pool, paid: Settlement) -> None:
    shown = text(seen(week.people["alice"]))
    award = Award.objects.get(creator=week.people["alice"])
    assert "Funding is expensive" in shown
    assert "3 people · 3 minutes" in shown
    assert "Options for beginners" not in shown
    assert award.earned in shown
    assert str(award.pseudonym) in shown


def test_what_a_few_gave_is_shown_as_its_sum_alone(week: Pool, paid: Settlement) -> None:
    """Bob alone looked at Carol's post: how far he is trusted is his own affair."""
    shown = text(seen(week.people["carol"]))
    assert "fewer than 3 people" in shown
    assert "only the sum is shown" in shown
    assert "1 minute" not in shown
    table = list(csv.DictReader(io.StringIO(downloaded(week.people["carol"], "pool_statement_csv").lstrip("\ufeff"))))
    assert [(one["people"], one["seconds"], one["worth"]) for one in table] == [("", "", "")]
    (content,) = json.loads(downloaded(week.people["carol"], "pool_statement_json"))["contents"]
    assert set(content) == {"post", "content_id", "points_nano", "amount_units"}


def test_table_and_data_add_up_to_the_award(week: Pool, paid: Settlement) -> None:
    award = Award.objects.get(creator=week.people["alice"])
    table = list(csv.DictReader(io.StringIO(downloaded(week.people["alice"], "pool_statement_csv").lstrip("\ufeff"))))
    assert sum(Decimal(one["points"]) for one in table) * 10**9 == award.points_nano
    assert sum(Decimal(one["usdt"]) for one in table) * USDT == award.amount_units
    assert [one["people"] for one in table] == ["3", ""]
    data = json.loads(downloaded(week.people["alice"], "pool_statement_json"))
    assert data["creator_id"] == str(award.pseudonym)
    assert data["merkle_root"] == paid.merkle_root
    assert sum(int(one["amount_units"]) for one in data["contents"]) == int(data["amount_units"]) == award.amount_units
    assert sum(int(one["points_nano"]) for one in data["contents"]) == int(data["points_nano"])


def test_the_equation_is_right_when_others_are_at_the_cap(pool: Pool) -> None:
    """100 USDT, at most 50 for one: Alice would get 75 of three parts in four; what she leaves is Carol's and Dan's."""
    pool.policy(cap_bp=5_000)
    pool.fund(1000 * USDT)
    post_of(pool, "alice", "Much", *(f"viewer{number}" for number in range(12)))
    post_of(pool, "carol", "Some", *(f"other{number}" for number in range(3)))
    post_of(pool, "dan", "Little", "another")
    settle(pool)
    carol = seen(pool.people["carol"]).context["equation"]
    assert (carol["points"], carol["among"], carol["pool"], carol["amount"]) == ("3.000", "4.000", "50", "37.50")
    assert (carol["share"], bool(carol["note"])) == ("75.0000", True)
    alice = seen(pool.people["alice"])
    assert alice.context["equation"] is None
    assert "that one creator can get, 50 USDT. Without it you would have got 25 USDT more" in text(alice)


def test_data_says_what_a_correction_left(week: Pool, paid: Settlement) -> None:
    award = Award.objects.get(creator=week.people["alice"])
    assert json.loads(downloaded(week.people["alice"], "pool_statement_json"))["corrected"] is None
    correct(actor=week.olga, award=award, units=USDT, reason="Bought views.", now=CLOSED)
    found = json.loads(downloaded(week.people["alice"], "pool_statement_json"))["corrected"]
    assert (found["amount_units"], found["reason"]) == (str(USDT), "Bought views.")


def test_an_article_has_its_title(week: Pool) -> None:
    post = post_of(week, "alice", "What it says", "bob")
    Article.objects.create(post=post, title="How funding works", body="As said.")
    settle(week)
    assert "How funding works" in text(seen(week.people["alice"]))


def test_a_title_is_no_formula(week: Pool, paid: Settlement) -> None:
    assert "'=Options for beginners" in downloaded(week.people["carol"], "pool_statement_csv")


def test_a_deleted_post_still_stands_in_the_statement(week: Pool, paid: Settlement) -> None:
    week.people["alice"].creator.posts.update(deleted_at=CLOSED)
    shown = text(seen(week.people["alice"]))
    assert "A post that is no longer there" in shown
    assert "Funding is expensive" not in shown


@pytest.mark.parametrize("name", PAGES)
def test_nobody_sees_anybody_elses(week: Pool, paid: Settlement, name: str) -> None:
    assert seen(week.people["bob"], name).status_code == 404
    assert Client().get(reverse(name, args=[WEEK])).status_code == 302
    alice = browser(week.people["alice"])
    for wrong in ("2026-W45", "2026-W60", "nonsense"):
        assert alice.get(reverse(name, args=[wrong])).status_code == 404
    assert alice.post(reverse(name, args=[WEEK])).status_code == 405


def test_before_the_money_moved_there_is_no_statement(week: Pool) -> None:
    go_on(now=CLOSED)
    assert Award.objects.get().amount_units
    assert seen(week.people["alice"]).status_code == 404


def test_many_posts_come_in_pages_and_cost_the_same(week: Pool) -> None:
    for number in range(25):
        post_of(week, "alice", f"Post {number:02}", "bob", seconds=30 + number)
    post_of(week, "carol", "One post", "bob")
    settle(week)
    costs = []
    for name in ("alice", "carol"):
        client = browser(week.people[name])
        client.get(reverse("pool_statement", args=[WEEK]))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = client.get(reverse("pool_statement", args=[WEEK]))
        costs.append(len(queries))
        shown = text(answer)
        assert shown.count('class="earning"') == (20 if name == "alice" else 1)
    assert costs[0] == costs[1]
    first = answer_of(week, "alice")
    rest = browser(week.people["alice"]).get(
        reverse("pool_statement", args=[WEEK]), {"after": first["after"]}, headers={"HX-Request": "true"}
    )
    assert (
        text(rest).count('class="earning"') == Earning.objects.filter(award__creator=week.people["alice"]).count() - 20
    )
    assert "<h1" not in text(rest)
    assert browser(week.people["alice"]).get(reverse("pool_statement", args=[WEEK]), {"after": "x"}).status_code == 404


def answer_of(pool: Pool, name: str) -> Any:
    return seen(pool.people[name]).context


def test_the_list_of_weeks_says_what_one_earned(week: Pool, paid: Settlement) -> None:
    award = Award.objects.get(creator=week.people["alice"])
    assert f"you earned {award.earned}" in text(browser(week.people["alice"]).get(reverse("pool")))
    assert "you earned" not in text(browser(week.people["bob"]).get(reverse("pool")))


# --- notices ------------------------------------------------------------------------------------------------------


def told(pool: Pool, name: str) -> list[tuple[str, str, str]]:
    rows = Notification.objects.filter(recipient=pool.people[name], group_key__startswith="pool_")
    return [(one.group_key, one.excerpt, one.url) for one in rows]


def test_everybody_who_was_paid_is_told_once_how_much(week: Pool, paid: Settlement) -> None:
    paying.pay(week=paid.week, now=CLOSED)
    for name in ("alice", "carol"):
        award = Award.objects.get(creator=week.people[name])
        assert told(week, name) == [
            (f"pool_paid:{WEEK}", f"{WEEK} · {award.earned.rstrip('0')} USDT", f"/pool/{WEEK}/statement/")
        ]
    assert told(week, "bob") == []


def test_what_is_too_little_or_held_back_is_told_as_that(pool: Pool) -> None:
    pool.policy(minimum_units=60 * USDT)
    pool.fund(1000 * USDT)
    post_of(pool, "alice", "Little", "bob")
    post_of(pool, "carol", "Much", "bob", "bea", "ben", "bill")
    go_on(now=CLOSED)
    say_yes(pool, Settlement.objects.get().week)
    pool.change("carol", kyc_state="expired")
    go_on(now=CLOSED)
    assert told(pool, "alice") == [(f"pool_accrued:{WEEK}", f"{WEEK} · 20 USDT", f"/pool/{WEEK}/statement/")]
    assert told(pool, "carol") == [(f"pool_withheld:{WEEK}", f"{WEEK} · 80 USDT", f"/pool/{WEEK}/statement/")]


def test_a_batch_that_breaks_off_tells_nobody(week: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    post_of(week, "carol", "Options", "bob")
    go_on(now=CLOSED)
    say_yes(week, Settlement.objects.get().week)

    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("incentives.actions.paying.notices.settled", broken)
    with pytest.raises(RuntimeError):
        paying.pay(week=Settlement.objects.get().week, now=CLOSED)
    assert not Award.objects.filter(settled_at__isnull=False).exists()
    assert told(week, "alice") == told(week, "carol") == []


def test_a_correction_is_told(week: Pool, paid: Settlement) -> None:
    award = Award.objects.get(creator=week.people["alice"])
    correct(actor=week.olga, award=award, units=USDT, reason="Bought views.", now=CLOSED)
    assert (f"pool_corrected:{WEEK}", f"{WEEK} · 1 USDT", f"/pool/{WEEK}/statement/") in told(week, "alice")
    assert "1 USDT · Bought views." in text(seen(week.people["alice"]))


# --- the rules ----------------------------------------------------------------------------------------------------


def test_every_version_of_the_rules_says_what_it_changed(week: Pool) -> None:
    week.policy(cap_bp=500, minimum_units=2 * USDT)
    shown = text(Client().get(reverse("pool_policies")))
    assert shown.index("Version 2") < shown.index("Version 1")
    assert "<s" in shown
    assert "5.00 %" in shown
    assert shown.count("2 USDT") == 1
    assert "Version 2" in text(Client().get(reverse("pool_policies"), headers={"HX-Request": "true"}))
    assert Client().post(reverse("pool_policies")).status_code == 405


def test_many_versions_come_in_pages(week: Pool) -> None:
    for number in range(21):
        week.policy(cap_bp=9_000 - number)
    first = Client().get(reverse("pool_policies"))
    rest = text(Client().get(reverse("pool_policies"), {"after": first.context["after"]}))
    assert "Version 3" in text(first)
    assert "Version 2" in rest
    assert "90.00 %" in rest  # what version 2 changed, and version 1 whole


def test_without_rules_the_page_says_so(db: None) -> None:
    assert "No rules yet" in text(Client().get(reverse("pool_policies")))
