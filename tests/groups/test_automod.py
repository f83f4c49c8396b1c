"""Automatic moderation: what strikes, what happens then, and that no pattern can hold anybody up."""

import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from groups import access, automod
from groups.actions import automod as changing
from groups.actions import sending
from groups.automod import rules
from groups.automod.rules import Budget, Seen
from groups.errors import Gone, NotAllowed, NotAMember, Stopped, TooMany
from groups.models import AutomodRule, Group, LogEntry, Membership, Message, Restriction, Role
from groups.rights import Right
from planet.accounts.models import User
from tests.cast import Cast
from tests.factories import make_group, make_member


def seen(text: str = "", **values: Any) -> Seen:
    plain = {"text": text, "name": "Bob", "handle": "bob", "mentions": 0, "links": [], "minutes": 1e6}
    return Seen(**{**plain, **values})


def strikes(kind: str, setting: dict[str, Any], what: Seen) -> bool:
    return rules.strikes((1, kind, setting), what, Budget())


# --- what strikes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "is_struck"),
    [
        ("This is a SCAM!", True),
        ("ＳＣＡＭ in wide letters", True),
        ("scám with an accent", True),
        ("scampi for dinner", False),
        ("airdropping now", True),
        ("an airlift", False),
        ("来做内幕交易吧", True),
        ("C++ (really)", False),
        ("a.b", True),
        ("axb", False),
    ],
)
def test_words_are_found_in_any_spelling_and_only_whole(text: str, is_struck: bool) -> None:
    assert strikes("words", {"words": ["scam", "airdrop*", "内幕", "a.b", " "]}, seen(text)) is is_struck


def test_no_words_strike_nothing() -> None:
    assert not strikes("words", {"words": []}, seen("scam"))
    assert not strikes("unknown", {}, seen("scam"))


def test_names_mentions_and_newcomers() -> None:
    assert strikes("names", {"words": ["support"]}, seen(name="Planet Support"))
    assert strikes("names", {"words": ["admin*"]}, seen(handle="admin_help"))
    assert strikes("mentions", {"most": 3}, seen(mentions=4))
    assert not strikes("mentions", {"most": 3}, seen(mentions=3))
    new = {"minutes": 60, "may_not": ["links", "mentions"]}
    assert strikes("newcomers", new, seen(minutes=5, links=["https://a.example"]))
    assert strikes("newcomers", new, seen(minutes=5, mentions=1))
    assert not strikes("newcomers", new, seen(minutes=5))
    assert not strikes("newcomers", new, seen(minutes=61, mentions=1))
    assert strikes("newcomers", {"minutes": 60, "may_not": ["write"]}, seen(minutes=5))


@pytest.mark.parametrize(
    ("setting", "link", "is_struck"),
    [
        ({"allow": ["planet.example"]}, "https://docs.planet.example/a", False),
        ({"allow": ["planet.example"]}, "https://evilplanet.example/", True),
        ({"allow": ["planet.example"]}, "https://planet.example@evil.example/", True),
        ({"allow": []}, "https://a.example", True),
        ({"deny": ["evil.example"]}, "https://www.EVIL.example./x", True),
        ({"deny": ["evil.example"]}, "https://good.example", False),
        ({"deny": ["evil.example"]}, "https://[broken", False),
    ],
    ids=["below", "alike", "user part", "none", "denied", "other", "broken"],
)
def test_links_are_judged_by_their_host(setting: dict[str, Any], link: str, is_struck: bool) -> None:
    assert strikes("links", setting, seen(links=[link])) is is_struck


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(a|aa)+$", r"(.*a){20}$", r"^(([a-z])+.)+[A-Z]([a-z])+$"])
def test_no_pattern_takes_long(pattern: str) -> None:
    budget, began = Budget(), time.perf_counter()
    assert not rules.strikes((7, "pattern", {"pattern": pattern}), seen("a" * 3000 + "!"), budget)
    assert time.perf_counter() - began < 10 * rules.PATTERN_SECONDS
    assert budget.slow in ([7], [])


def test_many_slow_patterns_share_one_budget() -> None:
    budget, began = Budget(), time.perf_counter()
    for pk in range(50):
        rules.strikes((pk, "pattern", {"pattern": rf"(a+)+{pk}$"}), seen("a" * 4000), budget)
    assert time.perf_counter() - began < 10 * rules.MESSAGE_SECONDS
    assert budget.left <= 0
    assert len(budget.slow) < 50


def test_patterns_match_and_the_unreadable_are_refused() -> None:
    assert strikes("pattern", {"pattern": r"\bT\.?me/\w+"}, seen("join t.me/pump"))
    for bad in ("(", "", "x" * 201, "[", "(?P<a"):
        with pytest.raises(rules.BadPattern):
            rules.compiled(bad)
        assert not strikes("pattern", {"pattern": bad}, seen("x"))


# --- what happens -----------------------------------------------------------------------------------------------------


def rule(group: Group, action: str = "block", word: str = "scam", **fields: Any) -> AutomodRule:
    return AutomodRule.objects.create(
        group=group, name="Scams", kind="words", setting={"words": [word]}, action=action, by=group.owner, **fields
    )


def say(group: Group, author: User, text: str = "a scam") -> Message:
    channel = group.channels.get()
    return sending.send(channel=channel, author=author, text=text, client_id=uuid4(), now=timezone.now())


def test_a_blocked_message_is_never_written_and_stands_in_the_log(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    rule(group)
    with pytest.raises(Stopped, match="Scams"):
        say(group, cast.bob)
    assert not Message.objects.exists()
    entry = LogEntry.objects.get()
    assert (entry.kind, entry.target, entry.data["said"]) == ("automod_blocked", cast.bob, "a scam")
    say(group, cast.bob, "fine")


def test_an_alert_lets_it_through(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    rule(group, "alert")
    message = say(group, cast.bob)
    assert LogEntry.objects.get(kind="automod_alerted").data["message"] == str(message.pk)


def test_the_hardest_measure_counts_and_a_time_out_ends(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    rule(group, "alert")
    rule(group, "time_out", minutes=10)
    with pytest.raises(Stopped):
        say(group, cast.bob)
    restriction = Restriction.objects.get()
    assert timedelta(minutes=9) < restriction.until - timezone.now() <= timedelta(minutes=10)  # type: ignore[operator]
    assert not access.acting(cast.bob, group.pk).may(Right.SEND)


def test_a_time_out_does_not_shorten_what_helpers_took(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    rule(group, "time_out")
    taken = Restriction.objects.create(group=group, user=cast.bob, taken=int(Right.FILES), until=None)
    with pytest.raises(Stopped):
        say(group, cast.bob)
    taken.refresh_from_db()
    assert (taken.until, taken.lifted_at) == (None, None)


def test_the_spared_are_spared(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    analyst = Role.objects.create(group=group, name="Analyst", rank=1)
    keeper = Role.objects.create(group=group, name="Keeper", rank=9, rights=int(Right.AUTOMOD))
    make_member(group, cast.charlie, role=analyst)
    make_member(group, cast.olga, role=keeper)
    rule(group, exempt=[analyst.pk])
    for user in (cast.alice.user, cast.charlie, cast.olga):
        say(group, user)
    with pytest.raises(Stopped):
        say(group, cast.bob)
    AutomodRule.objects.update(is_on=False)
    say(group, cast.bob)


def test_a_new_member_is_new_since_coming_in(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    AutomodRule.objects.create(
        group=group, name="New", kind="newcomers", setting={"minutes": 60, "may_not": ["links"]}, by=cast.alice.user
    )
    with pytest.raises(Stopped):
        say(group, cast.bob, "https://a.example")
    Membership.objects.filter(user=cast.bob).update(accepted_at=timezone.now() - timedelta(hours=2))
    say(group, cast.bob, "https://a.example")


def test_a_slow_pattern_is_noted(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    slow = AutomodRule.objects.create(
        group=group, name="Slow", kind="pattern", setting={"pattern": "(a|aa)+b$"}, by=cast.alice.user
    )
    say(group, cast.bob, "a" * 3000)
    slow.refresh_from_db()
    assert slow.slow_at is not None


def test_rules_are_one_query_however_many(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    who = access.acting(cast.bob, group.pk)
    who.member.user = cast.bob  # whoever sends is known
    draft = automod.Draft(group.channels.select_related("group").get(), "hello", 0, timezone.now())
    for _ in range(3):
        rule(group)
        with django_assert_num_queries(1):
            assert automod.check(draft, who) == automod.PASS


# --- who changes the rules --------------------------------------------------------------------------------------------

SENT = {"name": "Scams", "kind": "words", "words": "scam\nrug", "action": "block", "is_on": "on"}


def test_rules_are_made_changed_and_removed(cast: Cast) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    alice, where = cast.browser(cast.alice.user), reverse("group_automod", args=[group.handle])
    assert alice.post(where, SENT)["Location"] == where
    made = AutomodRule.objects.get()
    assert made.setting == {"words": ["scam", "rug"]}
    assert "Scams" in alice.get(where).content.decode()
    place = reverse("group_automod_rule", args=[group.handle, made.pk])
    assert "rug" in alice.get(place).content.decode()
    links = {"name": "Links", "kind": "links", "hosts_are": "deny", "hosts": "Evil.example", "action": "time_out"}
    assert alice.post(place, links).status_code == 302
    made.refresh_from_db()
    assert (made.kind, made.setting, made.is_on) == ("links", {"deny": ["evil.example"]}, False)
    assert alice.post(place, {"remove": "1"}).status_code == 302
    assert alice.get(place).status_code == 404
    assert LogEntry.objects.filter(kind="automod_changed").count() == 3


@pytest.mark.parametrize(
    "wrong",
    [{"words": ""}, {"kind": "pattern", "pattern": "("}, {"kind": "links", "hosts_are": "deny", "hosts": "no host"},
     {"kind": "mentions"}, {"words": "x" * 61}, {"exempt": "77"}],
    ids=["no words", "pattern", "host", "mentions", "long", "role"],
)  # fmt: skip
def test_a_rule_that_says_nothing_is_refused(cast: Cast, wrong: dict[str, str]) -> None:
    group = make_group(cast.alice.user, "Basis")
    where = reverse("group_automod", args=[group.handle])
    assert cast.browser(cast.alice.user).post(where, {**SENT, **wrong}).status_code == 422
    assert not AutomodRule.objects.exists()


def test_only_who_may_changes_them(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    group = make_group(cast.alice.user, "Basis", cast.bob)
    made, now = rule(group), timezone.now()
    where = reverse("group_automod", args=[group.handle])
    place = reverse("group_automod_rule", args=[group.handle, made.pk])
    assert cast.browser(cast.charlie).post(where, SENT).status_code == 404
    assert cast.browser(cast.bob).post(place, {"remove": "1"}).status_code == 403
    for user, error in ((cast.bob, NotAllowed), (cast.charlie, NotAMember)):
        with pytest.raises(error):
            changing.remove_rule(actor=user, group_id=group.pk, rule_id=made.pk, now=now)
    with pytest.raises(Gone):
        changing.remove_rule(actor=cast.bob, group_id=make_group(cast.bob, "Own").pk, rule_id=made.pk, now=now)
    monkeypatch.setattr(changing, "MOST_RULES", 1)
    with pytest.raises(TooMany):
        changing.make_rule(actor=cast.alice.user, group_id=group.pk, fields={"name": "More"}, now=now)
    assert AutomodRule.objects.get() == made
