"""Writing in a browser: nothing is lost, nothing is published twice, two devices are told of each other."""

import re
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.conftest import Complaints, PageOf
from tests.e2e.people import picture
from tests.web.test_video import film

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

SAVED = "Saved in drafts"


def composer(page: Page, path: str = "/post/") -> Locator:
    """The composer on a page of its own."""
    page.goto(path)
    return page.locator("main form[data-composer]")


def write(form: Locator, text: str) -> None:
    """Put words into the first text, and wait until the server has them."""
    form.locator("textarea[name=text]").fill(text)
    expect(form.locator("[data-saved]")).to_have_text(SAVED)


def test_a_draft_is_saved_by_itself_and_written_on_elsewhere(page_of: PageOf) -> None:
    words = f"Half a thought {uuid.uuid4()}"
    desk, phone = page_of("creator"), page_of("creator", 390, "light")
    write(composer(desk), words)
    phone.goto("/drafts/")
    phone.locator("#draft-q").fill(words[-12:])
    phone.keyboard.press("Enter")
    phone.locator(".draft a", has_text=words).click()
    form = phone.locator("main form[data-composer]")
    expect(form.locator("textarea[name=text]")).to_have_value(words)
    form.locator("textarea[name=text]").press("Control+Enter")
    phone.wait_for_url(re.compile("/p/"))
    expect(phone.locator("article[data-post]", has_text=words)).to_have_count(1)


def test_the_button_to_post_stays_under_the_finger_when_what_is_kept_comes_and_goes(page_of: PageOf) -> None:
    """Leaving the text clears "Saved in drafts" between pressing and releasing: a button that moved heard no click."""
    words = f"Sent with a thumb {uuid.uuid4()}"
    phone = page_of("creator", 390)
    form = composer(phone)
    button = form.locator(".tools button.pri")
    form.locator("textarea[name=text]").press_sequentially("Sent")
    before = button.bounding_box()
    write(form, words)
    assert button.bounding_box() == before
    button.click()
    phone.wait_for_url(re.compile("/p/"))
    expect(phone.locator("article[data-post]", has_text=words)).to_have_count(1)


def test_a_picture_that_was_chosen_before_the_scripts_came_is_there_when_they_come(page_of: PageOf) -> None:
    page = page_of("creator")
    late: list[Route] = []
    page.route("**/js/pictures*.js", lambda route: late.append(route))  # noqa: PLW0108  # Playwright marks what it is given
    with page.expect_request("**/js/pictures*.js"):
        form = composer(page)
    form.locator("[data-pictures]").set_input_files(picture())
    for route in late:
        route.continue_()
    expect(form.locator("[data-shots] .shot[data-stored]")).to_have_count(1)


def test_two_devices_are_shown_both_versions(page_of: PageOf, complaints: Complaints) -> None:
    complaints.expect("409")
    mark = str(uuid.uuid4())
    desk, phone = page_of("creator"), page_of("creator", 390)
    here = composer(desk)
    write(here, f"{mark} begun")
    there = composer(phone, f"/drafts/{here.locator('input[name=client_id]').input_value()}/")
    write(there, f"{mark} from the phone")
    here.locator("textarea[name=text]").fill(f"{mark} from the desk")
    dialog = desk.locator("dialog:has([data-conflict])")
    expect(dialog).to_contain_text("from the phone")
    expect(dialog).to_contain_text("from the desk")
    dialog.locator("[data-keep=both]").click()
    expect(dialog).to_have_count(0)
    expect(here.locator("[data-saved]")).to_have_text(SAVED)
    desk.goto(f"/drafts/?q={mark}")
    expect(desk.locator(".draft")).to_have_count(2)


def test_what_a_crash_without_a_connection_left_is_offered_again(page_of: PageOf, complaints: Complaints) -> None:
    complaints.expect("ERR_INTERNET_DISCONNECTED")
    words = f"Written in a tunnel {uuid.uuid4()}"
    page = page_of("creator")
    form = composer(page)
    expect(form.locator("[data-add-part]")).to_be_visible()  # the scripts are there
    page.context.set_offline(True)
    form.locator("textarea[name=text]").fill(words)
    expect(form.locator("[data-saved]")).to_have_text("Kept on this device.")
    page.close(run_before_unload=False)
    page.context.set_offline(False)
    again = page.context.new_page()
    form = composer(again)
    offer = form.locator("[data-recover]")
    expect(offer).to_contain_text(words)
    offer.get_by_role("button", name="Write on").click()
    expect(form.locator("textarea[name=text]")).to_have_value(words)
    expect(form.locator("[data-saved]")).to_have_text(SAVED)


def test_a_reload_changes_nothing(page_of: PageOf) -> None:
    words = f"Still here {uuid.uuid4()}"
    page = page_of("creator")
    form = composer(page)
    write(form, words)
    form.locator("[data-add-part]").click()
    form.locator(".part textarea").fill("and on")
    form.locator("[data-pictures]").set_input_files([picture(), picture("#17B978")])
    expect(form.locator(".shot[data-stored]")).to_have_count(2)
    form.locator("[data-grip]").first.focus()
    page.keyboard.press("ArrowDown")
    keys = [shot.input_value() for shot in form.locator(".shot input[name=picture]").all()]
    expect(form.locator("[data-saved]")).to_have_text(SAVED)
    page.reload()
    expect(form.locator("textarea[name=text]")).to_have_value(words)
    expect(form.locator(".part textarea")).to_have_value("and on")
    expect(form.locator(".part .shot")).to_have_count(2)  # they are the second post's, which was being written
    assert [shot.input_value() for shot in form.locator(".shot input[name=picture]").all()] == keys


def test_a_thread_with_pictures_is_published_once_and_leaves_no_draft(page_of: PageOf) -> None:
    mark = str(uuid.uuid4())
    page = page_of("creator", 390)
    form = composer(page)
    form.locator("textarea[name=text]").fill(f"{mark} first")
    form.locator("[data-add-part]").click()
    page.keyboard.type(f"{mark} second")
    form.locator("[data-pictures]").set_input_files([picture(), picture("#F0445A")])
    # Sent while the pictures are still on their way: it waits for them.
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile("/p/"))
    expect(page.locator(".thread-posts article[data-post]")).to_have_count(2)
    expect(page.locator(".thread-posts article[data-post]").nth(1).locator(".media img")).to_have_count(2)
    page.goto(f"/drafts/?q={mark}")
    expect(page.locator(".draft")).to_have_count(0)


def test_scheduling_moves_it_to_its_tab_and_an_edit_counts_once_it_is_saved(page_of: PageOf) -> None:
    mark = str(uuid.uuid4())
    page = page_of("creator")
    form = composer(page)
    form.locator("textarea[name=text]").fill(f"{mark} later")
    form.locator("[data-schedule-it]").click()
    dialog = page.locator("#dialog form[data-schedule]")
    expect(dialog.locator("input[name=at]")).not_to_have_value("")
    dialog.get_by_role("button", name="Schedule").click()
    page.wait_for_url(re.compile("tab=scheduled"))
    page.locator(".draft", has_text=mark).locator("h2 a").click()
    form = page.locator("main form[data-composer]")
    form.locator("textarea[name=text]").fill(f"{mark} later, and better")
    expect(form.locator("[data-saved]")).to_have_text("Not saved yet")
    form.locator("[data-save-it]").click()
    page.wait_for_url(re.compile("tab=scheduled"))
    expect(page.locator(".draft", has_text=f"{mark} later, and better")).to_be_visible()


def test_the_draft_box_schedules_too_and_shows_where_it_went(page_of: PageOf) -> None:
    mark = str(uuid.uuid4())
    page = page_of("creator", 390)
    write(composer(page), f"{mark} from the box")
    page.goto(f"/drafts/?q={mark}")
    page.locator(".draft").get_by_role("link", name="Schedule").click()
    page.locator("#dialog form[data-schedule]").get_by_role("button", name="Schedule").click()
    page.wait_for_url(re.compile("tab=scheduled"))
    expect(page.locator(".draft", has_text=mark)).to_be_visible()


@pytest.mark.parametrize("width", [390, 1440])
def test_each_post_of_a_thread_has_its_video_wherever_it_is_moved(page_of: PageOf, tmp_path: Path, width: int) -> None:
    words = f"A thread of films {uuid.uuid4()}"
    page = page_of("creator", width)
    form = composer(page)
    write(form, words)
    for number in (1, 2):
        form.locator("[data-add-part]").click()
        part = form.locator("[data-sheet]").nth(number - 1)
        part.locator("textarea").fill(f"Film {number}")
        form.locator("[data-video]").set_input_files(film(tmp_path / f"{number}.mp4"))
        part.locator("[data-video-alt]").fill(f"What film {number} shows")
        expect(part.locator("[data-video-state]")).to_have_text("The video is ready.", timeout=60_000)
    expect(form.locator("[data-video-place]:visible")).to_have_count(2)
    # The second post goes up, past the first: the form's own words and the part change places, the film goes along.
    form.locator("[data-sheet] textarea").first.press("Alt+ArrowUp")
    expect(form.locator("textarea[name=text]")).to_have_value("Film 1")
    expect(form.locator("[name=video_alt]")).to_have_value("What film 1 shows")
    with page.expect_response("**/drafts/**"):
        form.locator("textarea[name=text]").press("End")
        form.locator("textarea[name=text]").press_sequentially("!")
    expect(form.locator("[data-saved]")).to_have_text(SAVED)

    page.goto("/drafts/")
    page.locator(".draft a", has_text="Film 1!").first.click()
    form = page.locator("main form[data-composer]")
    expect(form.locator("[name=video_alt]")).to_have_value("What film 1 shows")
    expect(form.locator("[name=part_video_alt]").last).to_have_value("What film 2 shows")
    expect(form.locator("[data-video-place]:visible")).to_have_count(2)
    # A post that is taken out of the thread takes its video along.
    form.locator("[data-add-part]").click()
    spare = form.locator("[data-sheet]").last
    spare.locator("textarea").fill("One too many")
    form.locator("[data-video]").set_input_files(film(tmp_path / "spare.mp4"))
    expect(spare.locator("[data-video-state]")).to_have_text("The video is ready.", timeout=60_000)
    with page.expect_response(re.compile("/drop/$")) as dropped:
        spare.locator("[data-remove-part]").click()
    assert dropped.value.status == 204
    expect(form.locator("[data-video-place]:visible")).to_have_count(2)
    form.locator("textarea[name=text]").press("Control+Enter")
    page.wait_for_url(re.compile("/p/"))
    for number in (1, 2):
        shown = page.locator(f"video[aria-label='What film {number} shows']")
        expect(shown).to_have_count(1)
        shown.evaluate("async (film) => { film.muted = true; await film.play(); }")
        assert shown.evaluate("(film) => film.videoWidth") == 320
