"""What people do on the site, in the words of the tests: each function is a person at a browser."""

import re
from io import BytesIO

from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload, Locator, Page, expect

PASSWORD = "correct horse battery staple"


def picture(colour: str = "#6757F2", size: tuple[int, int] = (900, 600), kind: str = "PNG") -> FilePayload:
    """A file to choose in a form: a picture with a line across it."""
    image = Image.new("RGB", size, colour)
    ImageDraw.Draw(image).line((0, size[1], size[0], 0), "#F2F4F7", 12)
    out = BytesIO()
    image.save(out, kind)
    return {"name": f"chart.{kind.lower()}", "mimeType": f"image/{kind.lower()}", "buffer": out.getvalue()}


def sign_up(page: Page, email: str, handle: str) -> None:
    """Sign up and open the link in the mail."""
    page.goto("/accounts/signup/")
    form = page.locator("main form").filter(has=page.locator("input[name=handle]"))
    form.locator("input[name=email]").fill(email)
    form.locator("input[name=handle]").fill(handle)
    form.locator("input[name=password1]").fill(PASSWORD)
    form.locator("button:not([type=button])").last.click()
    page.wait_for_url(re.compile("confirm-email"))
    page.goto("/dev/mail/")
    page.locator("main a", has_text=email).first.click()
    page.locator("main a[href*=confirm-email]").first.click()
    confirm = page.locator("main form button")
    if confirm.count():
        confirm.first.click()
    page.wait_for_url(lambda url: "confirm-email" not in url)


def hand_in_documents(page: Page, name: str, number: str) -> None:
    """Fill in the identity check."""
    page.goto("/kyc/")
    page.locator("input[name=legal_name]").fill(name)
    page.locator("select[name=country]").select_option("PT")
    page.locator("select[name=document_type]").select_option("passport")
    page.locator("input[name=document_number]").fill(number)
    page.locator("input[name=document]").set_input_files(picture("#B9C9DD"))
    page.locator("input[name=selfie]").set_input_files(picture("#D9A97B", (700, 900), "JPEG"))
    page.locator("main form button:not([type=button])").last.click()
    expect(page.locator("main")).to_contain_text("In review")


def approve(page: Page, handle: str) -> None:
    """As an operator: open the person's application, approve it, say why."""
    page.goto("/admin/accounts/kycapplication/")
    page.locator("#result_list tr", has_text=handle).locator("th a").first.click()
    page.locator(".object-tools a", has_text="Approve").click()
    page.locator("textarea[name=reason]").fill("The face matches the document.")
    page.locator(".submit-row input[type=submit]").click()
    expect(page.locator(".messagelist")).to_be_visible()


def activate(page: Page, display_name: str) -> None:
    """Open a creator profile, which is possible once the identity stands."""
    page.goto("/creator/start/")
    page.locator("input[name=display_name]").fill(display_name)
    page.locator("main form button:not([type=button])").last.click()
    page.wait_for_url(lambda url: "/creator/start/" not in url)


def publish(page: Page, text: str, *, file: FilePayload | None = None, alt: str = "") -> None:
    """Write a post on the composer's page and send it."""
    page.goto("/post/")
    form = page.locator("main form[data-composer]")
    form.locator("textarea[name=text]").fill(text)
    if file:
        form.locator("[data-pictures]").set_input_files(file)
        described = form.locator("[data-shots] input[name=alt]")
        expect(described).to_have_count(1)
        described.fill(alt)
    form.locator(".tools button.pri").click()
    expect(page.locator("article[data-post]", has_text=text.partition("\n")[0][:40]).first).to_be_visible()


def follow(page: Page, handle: str) -> None:
    """Follow somebody from their page, and see that it is so."""
    page.goto(f"/@{handle}/")
    button = page.locator("main form.follow button").first
    with page.expect_response(lambda answer: answer.url.endswith("/follow/")):  # what shows at once is only hoped for
        button.click()
    expect(page.locator("main form.follow button").first).to_have_attribute("aria-pressed", "true")


def card(page: Page, text: str) -> Locator:
    """The card of the post that says this."""
    return page.locator("article[data-post]", has_text=text).first


def live(page: Page) -> None:
    """Wait until the page's socket stands."""
    expect(page.locator("html")).to_have_attribute("data-live", "on")
