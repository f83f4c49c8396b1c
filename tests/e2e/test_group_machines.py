"""Programs in a group: made in the page by its owner, heard live by a member, over HTTP as docs/bots.md says."""

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import people, talk
from tests.e2e.conftest import PageOf
from tests.e2e.talk import act, fold, row, say, told
from tools.planet import Planet

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]


def call(url: str, body: dict[str, Any] | None = None, *, token: str = "") -> tuple[int, dict[str, Any]]:
    """What a program does: JSON there, the status and JSON back."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = json.dumps(body).encode() if body is not None else None
    try:
        with urlopen(Request(url, data, headers), timeout=15) as answer:
            return answer.status, json.loads(answer.read())
    except HTTPError as refused:
        return refused.code, json.loads(refused.read())


def secret_of(page: Page) -> str:
    """What is shown this once, and never again."""
    said = page.locator("main .copyline input").input_value()
    page.get_by_role("link", name="I have copied it").click()
    expect(page.locator("main")).not_to_contain_text(said)
    return said


def revoke(page: Page, name: str) -> None:
    """Take a bot or webhook out of the group for good."""
    page.locator("main .set a", has_text=name).click()
    page.locator("main").get_by_role("button", name="Revoke", exact=True).click()
    page.locator("dialog.ask button[value=yes]").click()
    told(page, "Revoked.")


def test_a_webhook_and_a_bot_are_made_in_the_page_and_heard_in_the_conversation(
    page_of: PageOf, planet: Planet
) -> None:
    handle = f"wire_{uuid4().hex[:8]}"
    owner, member = page_of("creator", 1440), page_of("reader", 390, "light")
    talk.found(owner, "The wire", handle)
    member.goto(f"/g/{handle}/")
    member.locator("main").get_by_role("button", name="Join").click()
    people.live(member)

    # --- a secret address: whatever is posted there stands in the channel, once for each id
    owner.goto(f"/g/{handle}/manage/bots/")
    part = fold(owner, "New webhook")
    part.locator("input[name=hook-name]").fill("Alerts")
    part.get_by_role("button", name="Make the webhook").click()
    hook = secret_of(owner)
    assert hook.startswith(planet.url)
    assert call(hook, {"text": "BTC above **100k**", "id": "alert-17"})[0] == 201
    alert = row(member, "BTC above 100k")
    expect(alert).to_be_visible()
    expect(alert.locator("strong")).to_have_text("100k")
    expect(alert.locator(".who")).to_contain_text("Alerts")
    expect(alert.locator(".role")).to_have_text("Bot")
    assert call(hook, {"text": "BTC above **100k**", "id": "alert-17"})[0] == 200
    assert call(hook, {"text": "BTC below 90k", "id": "alert-17"})[0] == 409
    expect(member.locator("main [data-messages] > article.msg .txt")).to_have_count(1)

    # --- a bot reads what was said, answers, edits, reacts, and goes on from where it was
    part = fold(owner, "New bot")
    part.locator("input[name=bot-name]").fill("Fill watch")
    part.get_by_role("button", name="Add the bot").click()
    token = secret_of(owner)
    api = f"{planet.url}/api/groups/v1"
    status, place = call(f"{api}/channels/", token=token)
    assert status == 200
    channel = place["channels"][0]
    messages = f"{api}/channels/{channel['id']}/messages/"
    cursor = channel["revision"]

    say(member, "!fills")
    expect(row(member, "!fills")).to_be_visible()
    heard = call(f"{messages}?since={cursor}", token=token)[1]
    [asked] = [one for one in heard["messages"] if one["text"] == "!fills"]
    assert asked["author"] == {"handle": "jonah", "name": "jonah", "bot": False}
    status, sent = call(messages, {"text": "Two thirds at 207.", "reply_to": asked["id"]}, token=token)
    assert status == 201
    answer = row(member, "Two thirds at 207.")
    expect(answer.locator(".rq")).to_contain_text("!fills")
    assert call(f"{api}/messages/{sent['id']}/edit/", {"text": "Two thirds at 207.5."}, token=token)[0] == 200
    expect(row(member, "Two thirds at 207.5.").locator(".ed")).to_be_visible()
    assert call(f"{api}/messages/{asked['id']}/react/", {"emoji": "👍"}, token=token)[0] == 200
    expect(row(member, "!fills").locator(".rx b")).to_have_text("1")

    act(member, "!fills", "delete")
    member.locator("dialog.ask button[value=yes]").click()
    expect(member.locator("main [data-messages] .txt.gone")).to_have_count(1)
    news = call(f"{messages}?since={heard['revision']}", token=token)[1]["messages"]
    by_id = {one["id"]: one for one in news}
    assert by_id[sent["id"]]["text"] == "Two thirds at 207.5."
    assert by_id[asked["id"]]["deleted_at"] is not None
    assert by_id[asked["id"]]["text"] == ""

    # --- both are taken out: what they said stays, what they send is nobody's
    owner.goto(f"/g/{handle}/manage/bots/")
    revoke(owner, "Fill watch")
    revoke(owner, "Alerts")
    assert call(f"{api}/channels/", token=token)[0] == 401
    assert call(hook, {"text": "Anybody there?"})[0] == 404
    expect(row(member, "BTC above 100k")).to_be_visible()
