"""The main job, for real: from signing up to a follower's like that the creator sees arrive."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.e2e import people
from tests.e2e.conftest import PageOf

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


@pytest.mark.parametrize(("creator_width", "follower_width"), [(1440, 390), (390, 1440)])
def test_a_person_becomes_a_creator_and_a_follower_sees_the_post_at_once(
    page_of: PageOf, creator_width: int, follower_width: int
) -> None:
    tag = uuid4().hex[:6]
    handle = f"nova_{tag}"
    # --- sign up, prove who one is, become a creator
    creator = page_of("", creator_width)
    people.sign_up(creator, f"{handle}@example.com", handle)
    people.hand_in_documents(creator, "Nova Lopes", f"P{tag.upper()}77")
    people.approve(page_of("operator"), handle)
    people.activate(creator, "Nova Lopes")

    # --- somebody follows and leaves the feed open
    follower = page_of("", follower_width)
    people.sign_up(follower, f"reader_{tag}@example.com", f"reader_{tag}")
    people.follow(follower, handle)
    follower.goto("/")
    people.live(follower)

    # --- the post arrives without a reload
    said = f"Funding on $SOL went negative while spot printed higher lows. Note {tag}."
    people.publish(creator, said, file=people.picture(), alt="A line that rises from left to right")
    pill = follower.locator("[data-newposts] a")
    expect(pill).to_be_visible()
    pill.click()
    card = people.card(follower, f"Note {tag}")
    expect(card).to_be_visible()
    expect(card.locator(".txt a.chip[data-asset=SOL]")).to_have_attribute("href", "/asset/SOL/")
    expect(card.get_by_alt_text("A line that rises from left to right")).to_be_visible()

    # --- the creator looks at the post; like and comment arrive there, and the badge counts
    creator.goto(f"/@{handle}/")
    people.card(creator, f"Note {tag}").locator("a[href*='/p/']", has=creator.locator("time")).first.click()
    creator.wait_for_url(re.compile(r"/p/[0-9a-f-]{36}/$"))
    people.live(creator)
    card.locator("[data-react=like]").click()
    expect(card.locator("[data-react=like]")).to_have_attribute("aria-pressed", "true")
    expect(creator.locator("article[data-post] [data-count=likes]").first).to_have_text("1")

    card.locator("a.act[href*='comments']").click()
    follower.wait_for_url(re.compile(r"/p/[0-9a-f-]{36}/"))
    form = follower.locator("form[data-comment-form]")
    form.locator("textarea").fill(f"Same here, out at 209. {tag}")
    form.locator(".tools button.pri").click()
    expect(follower.locator("article[data-comment]", has_text=tag)).to_be_visible()
    expect(creator.locator("article[data-comment]", has_text=f"Same here, out at 209. {tag}")).to_be_visible()
    expect(creator.locator("article[data-post] [data-count=comments]").first).to_have_text("1")
    if creator_width < 700:  # a detail page on a phone has a way back in the place of the bell
        creator.goto("/")
    badge = creator.locator("[data-unread]:visible").first
    expect(badge).to_have_text(re.compile(r"^\s*[1-9]"))

    # --- and all of it is in the inbox
    creator.goto("/notifications/")
    inbox = creator.locator("main")
    for sentence in ("liked your post", "commented on your post", "follows you now"):
        expect(inbox).to_contain_text(sentence)


def test_a_rejected_person_reads_why_and_may_try_again(page_of: PageOf) -> None:
    tag = uuid4().hex[:6]
    person, operator = page_of("", 390), page_of("operator")
    people.sign_up(person, f"vera_{tag}@example.com", f"vera_{tag}")
    people.hand_in_documents(person, "Vera Sol", f"X{tag.upper()}1")
    operator.goto("/admin/accounts/kycapplication/")
    operator.locator("#result_list tr", has_text=f"vera_{tag}").locator("th a").first.click()
    operator.locator(".object-tools a", has_text="Reject").click()
    operator.locator("textarea[name=reason]").fill("The picture is too dark to read.")
    operator.locator(".submit-row input[type=submit]").click()
    person.goto("/kyc/")
    expect(person.locator("main")).to_contain_text("The picture is too dark to read.")
    expect(person.locator("input[name=document]")).to_be_visible()
    person.goto("/creator/start/")
    expect(person.locator("input[name=display_name]")).to_have_count(0)
