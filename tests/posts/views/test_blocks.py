"""Components over HTTP: how they stand, votes, editors, correcting an idea; and what a card bakes."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from planet.accounts.models import Block as PersonBlock
from planet.markets import queries
from posts import actions, blocks
from posts.models import BlockVote, Post, PostBlock
from tests.cast import Cast
from tests.factories import make_post
from tests.posts.blocks.conftest import DIRECTION, IDEA, POLL, Attach, attach

__all__ = ["attach"]
HTMX = {"HX-Request": "true"}
CHART = {"kind": "chart", "symbol": "ETH", "interval": "1h", "count": "36"}
TAG = {"kind": "cashtag", "symbol": "BTC"}


def idea(**changes: Any) -> dict[str, Any]:
    price = queries.quote("SOL", timezone.now()).price
    return {**IDEA, "entry": str(price), "stop": str(price - 5), "targets": [str(price + 5)], **changes}


def vote_url(block: PostBlock) -> str:
    return reverse("block_vote", args=[block.post_id, block.pk])


# --- cards --------------------------------------------------------------------------------------------------------


def publish_all(cast: Cast) -> Post:
    now = timezone.now()
    raw: list[dict[str, Any]] = [POLL, DIRECTION, TAG, CHART, idea()]
    new = blocks.clean_all(raw, author=cast.alice.user, now=now)
    return actions.publish(actor=cast.alice.user, client_id=uuid.uuid4(), text="All of them. $SOL", now=now, blocks=new)


def test_a_card_bakes_the_neutral_component_and_says_simulated(cast: Cast) -> None:
    post = publish_all(cast)
    for browser in (cast.browser(cast.bob), Client()):
        html = browser.get(f"/p/{post.pk}/").content.decode()
        assert html.count("data-block=") == 5
        assert html.count('name="option"') == 5  # three of the poll, two of the direction
        assert html.count(">Simulated<") == 4
        assert "\0" not in html


def test_voting_does_not_change_the_card_that_everybody_gets(cast: Cast, attach: Attach) -> None:
    poll = attach(cast.alice, now=timezone.now())
    page = reverse("post", args=[poll.post_id])
    actions.vote(actor=cast.bob, block_id=poll.pk, option=0, now=timezone.now())
    html = cast.browser(cast.bob).get(page).content.decode()
    assert html.count('class="opt"') == 3
    assert "data-percent" not in html


def test_a_feed_asks_as_many_queries_with_components_as_without(cast: Cast, django_assert_num_queries: Any) -> None:
    browser = cast.browser(cast.bob)

    def warm_queries() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        browser.get("/latest/")
        with CaptureQueriesContext(connection) as captured:
            assert browser.get("/latest/").status_code == 200
        return len(captured)

    make_post(cast.alice)
    before = warm_queries()
    publish_all(cast)
    publish_all(cast)
    assert warm_queries() == before


# --- how they stand -----------------------------------------------------------------------------------------------


def test_one_request_answers_for_every_component_on_the_screen(cast: Cast) -> None:
    post = publish_all(cast)
    ids = [str(block.pk) for block in post.blocks.all()]
    answer = cast.browser(cast.bob).get(reverse("block_states"), {"ids": ",".join(ids)})
    found = answer.json()["blocks"]
    assert set(found) == set(ids)
    kinds = {str(block.pk): block.kind for block in post.blocks.all()}
    texts = {kinds[pk]: html for pk, html in found.items()}
    assert "data-vote" in texts["poll"]
    assert "data-price" in texts["cashtag"]
    assert 'class="chart"' in texts["idea"]
    assert 'data-topic="market:SOL"' in texts["idea"]


def test_the_number_of_queries_does_not_grow_with_components(cast: Cast, django_assert_max_num_queries: Any) -> None:
    browser = cast.browser(cast.bob)
    ids = [str(block.pk) for _ in range(4) for block in publish_all(cast).blocks.all()]
    browser.get("/")  # what is noted once a quarter of an hour is noted
    for count in (1, 20):
        # Session, person, language; then components, which of them are visible, votes.
        with django_assert_max_num_queries(4):
            answer = browser.get(reverse("block_states"), {"ids": ",".join(ids[:count])})
        assert len(answer.json()["blocks"]) == count


def test_what_may_not_be_seen_is_not_answered_for(cast: Cast, attach: Attach) -> None:
    hidden, deleted = attach(cast.alice), attach(cast.alice)
    Post.objects.filter(pk=hidden.post_id).update(audience=Post.Audience.FOLLOWERS)
    actions.delete(actor=cast.alice.user, post_id=deleted.post_id, now=timezone.now())
    asked = {"ids": f"{hidden.pk},{deleted.pk},{uuid.uuid4()},nonsense,,"}
    assert Client().get(reverse("block_states"), asked).json() == {"blocks": {}}
    assert cast.browser(cast.charlie).get(reverse("block_states"), asked).json() == {"blocks": {}}
    assert set(cast.browser(cast.bob).get(reverse("block_states"), asked).json()["blocks"]) == {str(hidden.pk)}


def test_at_most_forty_are_answered_for(cast: Cast) -> None:
    answer = Client().get(reverse("block_states"), {"ids": ",".join(str(uuid.uuid4()) for _ in range(2000))})
    assert answer.status_code == 200


def test_without_scripts_a_page_says_how_they_stand(cast: Cast) -> None:
    post = publish_all(cast)
    page = Client().get(reverse("post_blocks", args=[post.pk]))
    assert page.status_code == 200
    assert page.content.decode().count("data-block=") == 5
    assert Client().get(reverse("post_blocks", args=[make_post(cast.alice).pk])).status_code == 200


def test_an_outsider_gets_404_for_what_is_not_for_them(cast: Cast, attach: Attach) -> None:
    poll = attach(cast.alice)
    Post.objects.filter(pk=poll.post_id).update(audience=Post.Audience.FOLLOWERS)
    outsider = cast.browser(cast.charlie)
    assert outsider.get(reverse("post_blocks", args=[poll.post_id])).status_code == 404
    assert outsider.post(vote_url(poll), {"option": "0"}).status_code == 404
    assert not BlockVote.objects.exists()


# --- voting -------------------------------------------------------------------------------------------------------


def test_a_vote_by_script_answers_with_the_result(cast: Cast, attach: Attach) -> None:
    poll = attach(cast.alice, now=timezone.now())
    answer = cast.browser(cast.bob).post(vote_url(poll), {"option": "1"}, headers=HTMX)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "100 %" in html
    assert f'data-topic="poll:{poll.pk}"' in html
    assert "data-vote" not in html


def test_a_vote_without_scripts_leads_to_the_result(cast: Cast, attach: Attach) -> None:
    poll = attach(cast.alice, now=timezone.now())
    answer = cast.browser(cast.bob).post(vote_url(poll), {"option": "1"}, follow=True)
    assert answer.redirect_chain == [(reverse("post_blocks", args=[poll.post_id]), 302)]
    assert "100 %" in answer.content.decode()


@pytest.mark.parametrize("option", ["3", "-1", "1.5", "", "x", "９", "²", "9" * 50])
def test_a_forged_option_is_a_404_and_no_vote(cast: Cast, attach: Attach, option: str) -> None:
    poll = attach(cast.alice, now=timezone.now())
    assert cast.browser(cast.bob).post(vote_url(poll), {"option": option}).status_code == 404
    assert not BlockVote.objects.exists()


def test_a_second_vote_is_refused_with_the_result(cast: Cast, attach: Attach) -> None:
    poll, browser = attach(cast.alice, now=timezone.now()), cast.browser(cast.bob)
    browser.post(vote_url(poll), {"option": "0"}, headers=HTMX)
    answer = browser.post(vote_url(poll), {"option": "1"}, headers=HTMX)
    assert answer.status_code == 409
    assert "100 %" in answer.content.decode()
    assert "for good" in answer["HX-Trigger"]
    assert list(BlockVote.objects.values_list("option", flat=True)) == [0]


def test_a_vote_after_the_end_is_refused(cast: Cast, attach: Attach) -> None:
    poll = attach(cast.alice, now=timezone.now() - timedelta(days=2))
    answer = cast.browser(cast.bob).post(vote_url(poll), {"option": "0"}, headers=HTMX)
    assert answer.status_code == 409
    assert "ended" in answer.content.decode()
    assert not BlockVote.objects.exists()


def test_a_vote_below_another_post_is_a_404(cast: Cast, attach: Attach) -> None:
    poll, other = attach(cast.alice, now=timezone.now()), make_post(cast.alice)
    url = reverse("block_vote", args=[other.pk, poll.pk])
    assert cast.browser(cast.bob).post(url, {"option": "0"}).status_code == 404
    PersonBlock.objects.create(owner=cast.alice.user, target=cast.bob)
    assert cast.browser(cast.bob).post(vote_url(poll), {"option": "0"}).status_code == 404
    assert not BlockVote.objects.exists()


def test_a_guest_is_asked_to_sign_in(cast: Cast, attach: Attach) -> None:
    answer = Client().post(vote_url(attach(cast.alice, now=timezone.now())), {"option": "0"})
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


# --- writing ------------------------------------------------------------------------------------------------------


def compose(cast: Cast, **fields: Any) -> Any:
    data = {"client_id": str(uuid.uuid4()), "text": "What now?", **fields}
    return cast.browser(cast.alice.user).post(reverse("post_new"), data)


def test_the_composer_publishes_its_components_in_order(cast: Cast) -> None:
    answer = compose(cast, block=[json.dumps(TAG), json.dumps(POLL), json.dumps(idea())])
    assert answer.status_code == 302
    assert list(PostBlock.objects.order_by("position").values_list("kind", flat=True)) == ["cashtag", "poll", "idea"]


def test_a_component_that_makes_no_sense_publishes_nothing_and_is_kept(cast: Cast) -> None:
    broken = json.dumps({**POLL, "options": ["one"]})
    answer = compose(cast, block=[broken])
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "two to six options" in html
    assert "&quot;one&quot;" in html
    assert not Post.objects.exists()


@pytest.mark.parametrize("sent", ["{", "[]", "null", '"poll"', "[" * 3000, '{"kind":"poll","options":NaN}', "9" * 9000])
def test_what_is_no_component_is_refused(cast: Cast, sent: str) -> None:
    answer = compose(cast, block=[sent])
    assert answer.status_code == 422
    assert not Post.objects.exists()


def test_a_poll_and_an_idea_are_written_without_scripts(cast: Cast) -> None:
    page = cast.browser(cast.alice.user).get(reverse("post_new")).content.decode()
    assert page.count('name="poll_option"') == 6
    assert page.count('name="idea_target"') == 3
    raw = idea()
    answer = compose(
        cast,
        poll_option=["Yes", "No", "", "", "", ""],
        poll_runs="3d",
        idea_symbol="sol",
        idea_side="long",
        idea_entry=raw["entry"],
        idea_stop=raw["stop"],
        idea_target=[raw["targets"][0], "", ""],
        idea_horizon="7d",
    )
    assert answer.status_code == 302
    assert list(PostBlock.objects.order_by("position").values_list("kind", flat=True)) == ["poll", "idea"]


def test_a_refused_form_keeps_what_was_typed_without_scripts(cast: Cast) -> None:
    answer = compose(cast, poll_option=["Only this", "", "", "", "", ""], poll_runs="3d")
    assert answer.status_code == 422
    assert 'value="Only this"' in answer.content.decode()


def test_a_draft_keeps_components_and_publishes_them(cast: Cast) -> None:
    browser, client_id = cast.browser(cast.alice.user), uuid.uuid4()
    fields = {"client_id": str(client_id), "version": "0", "text": "Later.", "block": [json.dumps(POLL)]}
    saved = browser.post(reverse("draft_save", args=[client_id]), fields, headers=HTMX)
    assert saved.status_code < 400
    assert "&quot;Sideways&quot;" in browser.get(reverse("draft", args=[client_id])).content.decode()
    assert browser.post(reverse("draft_publish", args=[client_id]), fields).status_code in (200, 201, 302)
    assert PostBlock.objects.get().data["options"] == POLL["options"]


@pytest.mark.parametrize("kind", ["poll", "idea", "chart", "cashtag", "direction"])
def test_an_editor_is_fetched_when_it_is_wanted(cast: Cast, kind: str) -> None:
    answer = cast.browser(cast.alice.user).get(reverse("block_editor", args=[kind]))
    assert answer.status_code == 200
    assert f'data-bed="{kind}"' in answer.content.decode()


@pytest.mark.parametrize("kind", ["pnl", "nope", "..", "__init__"])
def test_there_is_no_editor_for_what_is_not_offered(cast: Cast, kind: str) -> None:
    assert cast.browser(cast.alice.user).get(f"/post/blocks/{kind}/").status_code == 404


def test_the_menu_says_why_a_closed_trade_is_not_offered(cast: Cast) -> None:
    html = cast.browser(cast.alice.user).get(reverse("post_new")).content.decode()
    assert "its figures are never typed" in html
    assert 'data-add-block="pnl"' not in html


# --- correcting ---------------------------------------------------------------------------------------------------


def correct_url(block: PostBlock) -> str:
    return reverse("idea_edit", args=[block.post_id, block.pk])


def levels(block: PostBlock, **changes: Any) -> dict[str, Any]:
    data = block.data
    return {
        **{name: data[name] for name in ("side", "entry", "stop", "horizon")},
        "target_1": data["targets"][0],
        **changes,
    }


def test_the_author_corrects_an_idea(cast: Cast, attach: Attach) -> None:
    block, browser = attach(cast.alice, idea(), now=timezone.now()), cast.browser(cast.alice.user)
    assert block.data["stop"] in browser.get(correct_url(block)).content.decode()
    answer = browser.post(correct_url(block), levels(block, horizon="3d"))
    assert answer.status_code == 302
    assert PostBlock.objects.get(pk=block.pk).data["horizon"] == "3d"
    assert "Edited" in browser.get(f"/p/{block.post_id}/").content.decode()


def test_wrong_levels_are_said_beside_the_form(cast: Cast, attach: Attach) -> None:
    block = attach(cast.alice, idea(), now=timezone.now())
    answer = cast.browser(cast.alice.user).post(correct_url(block), levels(block, stop="999999"))
    assert answer.status_code == 422
    assert "stop below the entry" in answer.content.decode()
    assert PostBlock.objects.get(pk=block.pk).data == block.data


def test_too_late_it_stands(cast: Cast, attach: Attach) -> None:
    block = attach(cast.alice, idea(), now=timezone.now() - timedelta(minutes=15))
    answer = cast.browser(cast.alice.user).post(correct_url(block), levels(block, horizon="3d"), follow=True)
    assert "The idea stands" in answer.content.decode()
    assert PostBlock.objects.get(pk=block.pk).data == block.data


def test_nobody_else_corrects_it(cast: Cast, attach: Attach) -> None:
    block, poll = attach(cast.alice, idea(), now=timezone.now()), attach(cast.alice, now=timezone.now())
    for person in (cast.bob, cast.charlie, cast.olga):
        assert cast.browser(person).post(correct_url(block), levels(block, horizon="3d")).status_code == 404
    assert cast.browser(cast.alice.user).get(correct_url(poll)).status_code == 404
    assert PostBlock.objects.get(pk=block.pk).data == block.data
