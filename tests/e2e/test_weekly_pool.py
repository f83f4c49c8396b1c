"""The week that is over, from its freeze to money whose proof holds: the clock, two operators, a creator."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from incentives import weeks
from tests.e2e.conftest import Complaints, PageOf
from tools.planet import Planet

pytestmark = pytest.mark.e2e


def approve(page: Page, name: str) -> None:
    """As an operator: open the week, approve it, say why."""
    page.goto("/admin/incentives/settlement/")
    page.locator("#result_list").get_by_role("link", name=name).click()
    page.locator(".object-tools a", has_text="Approve").click()
    page.locator("textarea[name=reason]").fill("Compared with the week before; no flag stands.")
    page.locator(".submit-row input[type=submit]").click()
    expect(page.locator(".messagelist")).to_be_visible()


def test_a_week_is_settled_approved_by_two_paid_and_proven(
    planet: Planet, page_of: PageOf, complaints: Complaints
) -> None:
    # A week that began two hours before midnight of Monday is not over for the clock: it freezes at two.
    week = weeks.week_of(timezone.now() - weeks.FREEZE_AFTER) - timedelta(days=7)
    name = weeks.name_of(week)
    creator = page_of("creator", 390)
    creator.goto("/pool/")
    expect(creator.locator("main")).to_contain_text(f"Week {name} is being settled.")

    # What the clock does every hour, at this moment: done by the clock meanwhile, it stays as it is.
    for step in ("freeze", "compute"):
        assert name in planet.manage("settlement", step, name)
    first = page_of("operator")
    approve(first, name)
    complaints.expect("status of 422")
    first.goto("/admin/incentives/settlement/")
    first.locator("#result_list").get_by_role("link", name=name).click()
    first.locator(".object-tools a", has_text="Approve").click()
    first.locator("textarea[name=reason]").fill("Again.")
    first.locator(".submit-row input[type=submit]").click()
    expect(first.locator("body")).to_contain_text("somebody else has to, too")
    approve(page_of("treasurer"), name)
    assert "paid" in planet.manage("settlement", "pay", name)

    creator.goto(f"/pool/{name}/")
    creator.get_by_role("button", name="Check it in this browser").click()
    expect(creator.locator("[data-proof-says]")).to_have_text("Right: this amount is in the published root.")
    creator.goto("/wallet/")
    expect(creator.locator("main")).to_contain_text(name)
    assert planet.manage("settlement", "verify", name).strip() == "The week is right."
    assert planet.manage("ledger", "verify").strip() == "The ledger is right."
