"""Trade ideas in the database: corrected for a quarter of an hour, then nobody's to change; followed to their end."""

import json
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from planet.markets import queries
from planet.markets.candles import Interval
from planet.markets.market import NoPrice
from posts import actions, blocks
from posts.blocks.idea.block import WINDOW, followed_from, idea_of
from posts.blocks.idea.scoring import Run, Status, advance
from posts.errors import Gone, NoLongerEditable, NotAllowed
from posts.models import Post, PostBlock, PostRevision
from tests.cast import Cast
from tests.posts.blocks.conftest import IDEA, POLL, Attach
from tests.posts.conftest import NOW, Event

Heard = Callable[[Callable[[], Any]], list[Event]]
MINUTE = timedelta(minutes=1)
LEVELS = {"side": "long", "entry": "219", "stop": "209", "targets": ["229"], "horizon": "3d"}


def fresh(block: PostBlock) -> PostBlock:
    return PostBlock.objects.get(pk=block.pk)


def near(at: datetime, *, risk: str = "1", reward: str = "1", horizon: str = "1d") -> dict[str, Any]:
    """A long from the price at which following begins, with a stop and a target so many percent away."""
    price = queries.quote("SOL", followed_from(at)).price
    tick = Decimal("0.01")
    return {
        **IDEA,
        "entry": str(price),
        "stop": str((price * (1 - Decimal(risk) / 100)).quantize(tick)),
        "targets": [str((price * (1 + Decimal(reward) / 100)).quantize(tick))],
        "horizon": horizon,
    }


# --- publishing ---------------------------------------------------------------------------------------------------


def test_without_a_price_the_author_is_told_and_what_was_typed_stays(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(*_: Any) -> None:
        raise NoPrice("SOL")

    monkeypatch.setattr(queries, "quote", nothing)
    form = {"client_id": str(uuid.uuid4()), "text": "An idea", "block": json.dumps(IDEA)}
    answer = cast.browser(cast.alice.user).post(reverse("post_new"), form)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "The market has no price for SOL at this moment." in page
    assert "An idea" in page
    assert "&quot;entry&quot;: &quot;220&quot;" in page
    assert not Post.objects.exists()


# --- correcting ---------------------------------------------------------------------------------------------------


def test_an_idea_is_corrected_within_its_quarter_of_an_hour(cast: Cast, attach: Attach, heard: Heard) -> None:
    now = timezone.now()
    idea = attach(cast.alice, near(now), now=now)
    before = idea.data
    levels = {**LEVELS, **{k: v for k, v in near(now, risk="2").items() if k in ("entry", "stop", "targets")}}
    events = heard(lambda: actions.correct_idea(actor=cast.alice.user, block_id=idea.pk, data=levels, now=now + MINUTE))
    after = fresh(idea).data
    assert after["stop"] != before["stop"]
    assert (after["symbol"], after["price"]) == (before["symbol"], before["price"])
    assert after["ends_at"] == blocks.clean({**IDEA, **levels}, author=cast.alice.user, now=now).data["ends_at"]
    post = Post.objects.get(pk=idea.post_id)
    assert (post.revision, post.edited_at) == (1, now + MINUTE)
    assert PostRevision.objects.get(post=post).revision == 0
    assert f"post:{post.pk}" in {event.topic for event in events if event.kind == "edited"}


def test_the_same_levels_again_change_nothing(cast: Cast, attach: Attach) -> None:
    now = timezone.now()
    idea = attach(cast.alice, near(now), now=now)
    same = {name: idea.data[name] for name in ("side", "entry", "stop", "targets", "horizon")}
    actions.correct_idea(actor=cast.alice.user, block_id=idea.pk, data=same, now=now + MINUTE)
    assert Post.objects.get(pk=idea.post_id).revision == 0


def test_after_a_quarter_of_an_hour_it_stands(cast: Cast, attach: Attach) -> None:
    idea = attach(cast.alice, IDEA)
    with pytest.raises(NoLongerEditable):
        actions.correct_idea(actor=cast.alice.user, block_id=idea.pk, data=LEVELS, now=NOW + WINDOW)
    assert fresh(idea).data == idea.data


def test_nobody_else_corrects_it_and_nothing_else_is_corrected(cast: Cast, attach: Attach) -> None:
    idea, poll = attach(cast.alice, IDEA), attach(cast.alice, POLL)
    with pytest.raises(NotAllowed):
        actions.correct_idea(actor=cast.bob, block_id=idea.pk, data=LEVELS, now=NOW)
    for missing in (poll.pk, uuid.uuid4()):
        with pytest.raises(Gone):
            actions.correct_idea(actor=cast.alice.user, block_id=missing, data=LEVELS, now=NOW)
    with pytest.raises(ValidationError):
        actions.correct_idea(actor=cast.alice.user, block_id=idea.pk, data={**LEVELS, "stop": "300"}, now=NOW)
    assert fresh(idea).data == idea.data


@pytest.mark.parametrize(
    "change",
    [
        {"data": {"forged": True}},
        {"kind": "poll"},
        {"version": 2},
        {"position": 5},
        {"created_at": NOW + timedelta(days=365)},
    ],
    ids=str,
)
def test_the_database_keeps_an_idea_that_stands(cast: Cast, attach: Attach, change: dict[str, Any]) -> None:
    idea = attach(cast.alice, near(timezone.now() - WINDOW), now=timezone.now() - WINDOW)
    with pytest.raises(IntegrityError, match="not changed"), transaction.atomic():
        PostBlock.objects.filter(pk=idea.pk).update(**change)
    assert fresh(idea).data == idea.data


def test_the_database_lets_a_young_idea_be_corrected_and_no_poll(cast: Cast, attach: Attach) -> None:
    now = timezone.now()
    young, poll = attach(cast.alice, near(now), now=now), attach(cast.alice, POLL, now=now)
    PostBlock.objects.filter(pk=young.pk).update(data={**young.data, "stop": "1.00"})
    with pytest.raises(IntegrityError), transaction.atomic():
        PostBlock.objects.filter(pk=poll.pk).update(data={**poll.data, "options": ["forged", "x"]})
    with pytest.raises(IntegrityError), transaction.atomic():
        PostBlock.objects.filter(pk=young.pk).update(created_at=now + timedelta(days=1))
    # What happens to it afterwards is no change of what was said.
    PostBlock.objects.filter(pk=poll.pk).update(votes=[1, 0, 0], outcome={"x": 1}, follow_at=now)


def test_raw_sql_is_refused_as_well(cast: Cast, attach: Attach) -> None:
    idea = attach(cast.alice, near(timezone.now() - WINDOW), now=timezone.now() - WINDOW)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE posts_postblock SET data = '{}' WHERE id = %s", [idea.pk])


# --- following ----------------------------------------------------------------------------------------------------


def test_following_begins_when_nobody_can_correct_it_any_more(cast: Cast, attach: Attach) -> None:
    idea = attach(cast.alice, IDEA, now=NOW + timedelta(seconds=7))
    assert idea.follow_at == NOW + timedelta(minutes=16)
    assert followed_from(NOW) == NOW + WINDOW
    assert actions.follow_blocks(now=NOW + WINDOW) == 0


def test_an_idea_is_followed_to_the_result_of_the_scorer(cast: Cast, attach: Attach) -> None:
    """Clock ticks of a minute, half an hour and after hours of downtime end where one look at the whole tape does."""
    idea = attach(cast.alice, near(NOW, risk="1.5", reward="1"))
    idea_row, start = idea_of(idea.data), followed_from(NOW)
    tape = queries.candles("SOL", Interval.MINUTE, start, start + timedelta(hours=16))
    whole = advance(idea_row, Run(start), tape)
    for end in (start + MINUTE, start + 2 * MINUTE, start + 31 * MINUTE, start + timedelta(hours=16)):
        _follow_until(idea, end)
    outcome = fresh(idea).outcome
    assert outcome["status"] == whole.status.value
    assert outcome["entered_at"] == (whole.entered_at.isoformat() if whole.entered_at else "")
    assert outcome["result"] == (str(whole.result) if whole.result is not None else "")
    assert outcome["followed_to"] == whole.followed_to.isoformat()


def _follow_until(idea: PostBlock, end: datetime) -> None:
    """Let the clock tick until the component is up to date."""
    now = end
    for _ in range(6):
        actions.follow_blocks(now=now)
        row = fresh(idea)
        if row.follow_at is None or row.follow_at > now + timedelta(seconds=2):
            return
        now += timedelta(seconds=2)
    raise AssertionError("it never catches up")


def test_when_it_ends_it_is_told_once_and_followed_no_more(cast: Cast, attach: Attach, heard: Heard) -> None:
    idea = attach(cast.alice, near(NOW, risk="8", reward="8"))
    end = NOW + timedelta(days=1, hours=3)
    events = heard(lambda: [actions.follow_blocks(now=end + timedelta(seconds=2 * n)) for n in range(6)])
    row = fresh(idea)
    assert row.outcome["status"] in {Status.EXPIRED, Status.TARGET, Status.STOPPED}
    assert row.follow_at is None
    assert {(event.topic, event.kind) for event in events} == {(f"post:{idea.post_id}", "block")}
    assert actions.follow_blocks(now=end + timedelta(days=1)) == 0


def test_an_entry_far_away_is_missed_at_the_horizon(cast: Cast, attach: Attach) -> None:
    price = queries.quote("SOL", NOW).price
    levels = {"entry": str((price / 2).quantize(Decimal("0.01"))), "stop": "90", "targets": [str(price)]}
    idea = attach(cast.alice, {**IDEA, **levels, "horizon": "1d"})
    _follow_until(idea, NOW + timedelta(days=2))
    outcome = fresh(idea).outcome
    assert (outcome["status"], outcome["result"], outcome["entered_at"]) == ("missed", "", "")


def test_a_deleted_posts_idea_is_followed_all_the_same(cast: Cast, attach: Attach) -> None:
    """Whoever deletes a post does not delete how it went."""
    idea = attach(cast.alice, near(NOW))
    actions.delete(actor=cast.alice.user, post_id=idea.post_id, now=NOW)
    _follow_until(idea, NOW + timedelta(hours=2))
    assert fresh(idea).outcome["followed_to"] == (NOW + timedelta(hours=2)).isoformat()


# --- shown --------------------------------------------------------------------------------------------------------


def live(idea: PostBlock, now: datetime, viewer: Any = None) -> dict[str, Any]:
    return blocks.live([idea.pk], viewer_id=viewer.pk if viewer else None, now=now)[idea.pk].live


def test_the_card_shows_levels_chart_track_and_how_it_stands(cast: Cast, attach: Attach) -> None:
    idea = attach(cast.alice, near(NOW, risk="3", reward="6"))
    _follow_until(idea, NOW + timedelta(hours=1))
    shown = live(idea, NOW + timedelta(hours=1))
    assert shown["status"] in {"open", "stopped", "target"}
    assert [row.kind for row in shown["rows"]] == ["stop", "entry", "target"]
    assert {mark.kind for mark in shown["chart"].marks} >= {"entry", "now"}
    assert shown["track"].stop < shown["track"].entry < shown["track"].targets[0][0]
    assert shown["reward"] == "1 : 2.0"
    assert shown["result"].endswith("R")


def test_before_it_is_followed_it_waits(cast: Cast, attach: Attach) -> None:
    idea = attach(cast.alice, near(NOW))
    shown = live(idea, NOW + MINUTE)
    assert shown["status"] == "waiting"
    assert "result" not in shown


def test_only_its_author_is_offered_to_correct_it_and_only_in_time(cast: Cast, attach: Attach) -> None:
    idea = attach(cast.alice, near(NOW))
    assert live(idea, NOW + MINUTE, cast.alice.user)["may_edit"]
    assert not live(idea, NOW + WINDOW, cast.alice.user)["may_edit"]
    assert not live(idea, NOW + MINUTE, cast.bob)["may_edit"]
    assert not live(idea, NOW + MINUTE)["may_edit"]


def test_what_a_browser_computes_is_what_the_server_says(cast: Cast, attach: Attach) -> None:
    """taken + slope × (price − entry), the formula of the card, is the scorer's result at any price."""
    idea = attach(cast.alice, {**near(NOW, risk="9", reward="9"), "horizon": "30d"})
    _follow_until(idea, NOW + timedelta(minutes=40))
    shown = live(idea, NOW + timedelta(minutes=40))
    if shown["status"] != "open":
        pytest.fail("the example must be open")
    formula, scored = shown["formula"], idea_of(idea.data)
    for price in ("200", "221.37", "240"):
        computed = float(formula["taken"]) + float(formula["slope"]) * (float(price) - float(formula["entry"]))
        assert computed == pytest.approx(float(scored.result(0, Decimal(price))), abs=1e-4)
