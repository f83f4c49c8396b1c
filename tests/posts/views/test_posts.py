"""A post over HTTP: reading, publishing, editing, deleting."""

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from creators.models import Creator
from planet.accounts.models import Block, KycState, User
from posts import actions
from posts.models import Post, PostPicture
from tests.cast import Cast
from tests.factories import make_creator, make_post
from tests.posts.conftest import NOW, Publish
from tests.posts.test_publishing import files, picture

HTMX = {"HX-Request": "true"}


def form(text: str = "Hello $SOL", **fields: Any) -> dict[str, Any]:
    return {"client_id": str(uuid.uuid4()), "text": text, **fields}


def upload(name: str = "chart.png", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture().read() if content is None else content, "image/png")


# --- reading ------------------------------------------------------------------------------------------------------


def test_anybody_reads_a_post(cast: Cast) -> None:
    post = make_post(cast.alice, 'Read <me> & "share"')
    for client in (Client(), cast.browser(cast.bob)):
        html = client.get(post.get_absolute_url()).content.decode()
        assert "Read &lt;me&gt; &amp; &quot;share&quot;" in html
        assert '<meta property="og:title" content="Alice (@alice)">' in html
        assert f'<link rel="canonical" href="http://localhost:8000{post.get_absolute_url()}">' in html


def test_without_scripts_the_page_offers_each_viewer_what_they_may_do(cast: Cast) -> None:
    post = make_post(cast.alice)
    may = {}
    for name, client in {"alice": cast.browser(cast.alice.user), "bob": cast.browser(cast.bob), "": Client()}.items():
        html = client.get(post.get_absolute_url()).content.decode()
        plain = html[html.index("<noscript>") : html.index("</noscript>")]
        may[name] = {verb for verb in ("edit", "delete", "mute", "block", "history") if f"/{verb}/" in plain}
    assert may == {"alice": {"edit", "delete", "history"}, "bob": {"mute", "block", "history"}, "": {"history"}}


def test_a_block_either_way_is_not_found(cast: Cast) -> None:
    post = make_post(cast.alice)
    Block.objects.create(owner=cast.alice.user, target=cast.bob)
    Block.objects.create(owner=cast.charlie, target=cast.alice.user)
    for person in (cast.bob, cast.charlie):
        for path in ("", "history/"):
            assert cast.browser(person).get(post.get_absolute_url() + path).status_code == 404
    assert Client().get(post.get_absolute_url()).status_code == 200


def test_a_deleted_post_is_gone_and_an_unknown_one_not_found(cast: Cast) -> None:
    post = make_post(cast.alice, "Regret", deleted_at=NOW)
    response = Client().get(post.get_absolute_url())
    assert response.status_code == 410
    assert "Regret" not in response.content.decode()
    Block.objects.create(owner=cast.alice.user, target=cast.bob)
    assert cast.browser(cast.bob).get(post.get_absolute_url()).status_code == 404
    assert Client().get(f"/p/{uuid.uuid4()}/").status_code == 404
    assert Client().get("/p/1/").status_code == 404


def test_a_repost_leads_to_its_original(cast: Cast) -> None:
    post = make_post(cast.alice)
    item = make_post(make_creator("dora"), "", repost_of=post)
    assert Client().get(item.get_absolute_url()).headers["Location"] == post.get_absolute_url()


# --- publishing ---------------------------------------------------------------------------------------------------


def test_publishing_without_scripts_leads_to_the_post(cast: Cast) -> None:
    response = cast.browser(cast.alice.user).post("/post/", form())
    post = Post.objects.get()
    assert (response.status_code, response.headers["Location"]) == (302, post.get_absolute_url())


def test_publishing_in_place_answers_with_the_card(cast: Cast) -> None:
    response = cast.browser(cast.alice.user).post("/post/", form(), headers=HTMX)
    assert response.status_code == 201
    assert f'data-post="{Post.objects.get().pk}"' in response.content.decode()


def test_a_retry_over_http_publishes_once(cast: Cast) -> None:
    browser, sent = cast.browser(cast.alice.user), form()
    first, second = browser.post("/post/", sent), browser.post("/post/", sent)
    assert first.headers["Location"] == second.headers["Location"]
    assert Post.objects.count() == 1


def test_a_retry_with_another_text_says_where_the_post_is(cast: Cast) -> None:
    browser, sent = cast.browser(cast.alice.user), form()
    browser.post("/post/", sent)
    response = browser.post("/post/", {**sent, "text": "Changed"}, headers=HTMX)
    assert response.status_code == 409
    assert Post.objects.get().get_absolute_url() in response.content.decode()


def test_pictures_come_with_their_words(cast: Cast) -> None:
    sent = form(pictures=[upload(), upload("b.png")], alt=["First", "Second", "", ""])
    assert cast.browser(cast.alice.user).post("/post/", sent).status_code == 302
    assert list(PostPicture.objects.values_list("position", "alt")) == [(0, "First"), (1, "Second")]


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
        b"GIF89a",
        b"x",
    ],
)
def test_a_bad_picture_is_said_and_what_was_typed_stays(cast: Cast, content: bytes) -> None:
    before = files()
    response = cast.browser(cast.alice.user).post("/post/", form("Keep me", pictures=[upload(content=content)]))
    html = response.content.decode()
    assert response.status_code == 422
    assert "Keep me" in html
    assert 'class="errors"' in html
    assert not Post.objects.exists()
    assert files() == before


def test_too_many_pictures_are_refused_before_they_are_read(cast: Cast) -> None:
    response = cast.browser(cast.alice.user).post("/post/", form(pictures=[upload() for _ in range(10)]), headers=HTMX)
    assert response.status_code == 422
    assert "At most 9 pictures" in response.content.decode()


@pytest.mark.parametrize(
    "fields",
    [
        {"text": ""},
        {"text": " \u200b "},
        {"text": "x" * 2001},
        {"text": "x" * 9000},
        {"text": "nul \x00 byte"},
        {"client_id": ""},
        {"client_id": "1"},
        {"quote": "not-a-uuid"},
        {"quote": str(uuid.UUID(int=7))},
        {"alt": ["x" * 1001]},
    ],
)
def test_bad_input_changes_nothing(cast: Cast, fields: dict[str, Any]) -> None:
    response = cast.browser(cast.alice.user).post("/post/", {**form(), **fields}, headers=HTMX)
    assert response.status_code == 422
    assert 'class="errors"' in response.content.decode()
    assert not Post.objects.exists()


def test_broken_utf8_is_refused(cast: Cast) -> None:
    raw = f"client_id={uuid.uuid4()}&text=caf%C3".encode()
    response = cast.browser(cast.alice.user).post("/post/", raw, "application/x-www-form-urlencoded", headers=HTMX)
    assert response.status_code == 422
    assert not Post.objects.exists()


def test_an_oversized_form_is_refused(cast: Cast) -> None:
    response = cast.browser(cast.alice.user).post("/post/", form("x" * 1_200_000))
    assert response.status_code in (400, 413)
    assert not Post.objects.exists()


def test_a_form_of_a_thousand_fields_is_refused(cast: Cast) -> None:
    response = cast.browser(cast.alice.user).post("/post/", form(**{f"f{n}": "x" for n in range(1000)}))
    assert response.status_code == 400
    assert not Post.objects.exists()


def test_a_reader_sees_why_and_the_way(cast: Cast) -> None:
    browser = cast.browser(cast.bob)
    asked = [browser.get("/post/"), browser.post("/post/", form()), browser.post("/post/", form(), headers=HTMX)]
    assert [response.status_code for response in asked] == [403, 403, 403]
    dialog = browser.get("/post/", headers=HTMX)
    assert dialog.status_code == 200
    for response in (*asked, dialog):
        assert "/creator/start/" in response.content.decode()
    assert not Post.objects.exists()


def test_a_creator_who_must_verify_again_sees_why_and_the_way(cast: Cast) -> None:
    User.objects.filter(pk=cast.alice.pk).update(kyc_state=KycState.EXPIRED)
    quoted = make_post(make_creator("dora"))
    browser = cast.browser(cast.alice.user)
    asked = [
        browser.get("/post/"),
        browser.get(f"/post/?quote={quoted.pk}"),
        browser.post("/post/", form()),
        browser.post("/post/", form(), headers=HTMX),
        browser.post(f"/p/{quoted.pk}/repost/", {"on": "1"}),
        browser.post(f"/p/{quoted.pk}/repost/", {"on": "1"}, headers=HTMX),
    ]
    for response in asked:
        html = response.content.decode()
        assert response.status_code == 403
        assert "has to be done again" in html
        assert '<a class="btn pri" href="/kyc/">' in html
    assert Post.objects.get() == quoted


def test_a_creator_who_must_verify_again_still_edits_and_deletes(cast: Cast) -> None:
    User.objects.filter(pk=cast.alice.pk).update(kyc_state=KycState.EXPIRED)
    post, browser = make_post(cast.alice), cast.browser(cast.alice.user)
    assert browser.post(f"/p/{post.pk}/edit/", {"text": "Other words", "revision": "0"}).status_code == 302
    assert Post.objects.get().text == "Other words"
    assert browser.post(f"/p/{post.pk}/delete/").status_code == 302
    assert not Post.objects.filter(deleted_at=None).exists()


def test_a_guest_signs_in_first(db: None) -> None:
    for response in (Client().get("/post/"), Client().post("/post/", form())):
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/accounts/login/")
    assert not Post.objects.exists()


def test_a_forged_form_is_refused(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.alice.user, "planet.accounts.backends.Backend")
    post = make_post(cast.alice)
    for path in (
        "/post/",
        f"/p/{post.pk}/edit/",
        f"/p/{post.pk}/delete/",
        f"/p/{post.pk}/like/",
        f"/p/{post.pk}/comments/",
    ):
        assert client.post(path, form(on="1")).status_code == 403
    post.refresh_from_db()
    assert (post.like_count, post.comment_count, post.deleted_at, Post.objects.count()) == (0, 0, None, 1)


def test_the_token_of_the_buttons_in_cards_is_good(cast: Cast) -> None:
    post = make_post(cast.alice)
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.bob, "planet.accounts.backends.Backend")
    page = client.get("/").content.decode()
    assert f'<button form="press" class="act like" formaction="/p/{post.pk}/like/"' in page
    token = page.split('id="press"')[1].split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    response = client.post(f"/p/{post.pk}/like/", {"on": "1", "csrfmiddlewaretoken": token})
    assert response.status_code == 302
    post.refresh_from_db()
    assert post.like_count == 1


def test_posting_without_end_is_slowed_down(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: moment)  # no window ends meanwhile
    browser = cast.browser(cast.alice.user)
    codes = [browser.post("/post/", form(""), headers=HTMX).status_code for _ in range(31)]
    assert codes == [422] * 30 + [429]


def test_the_quote_composer_shows_what_is_quoted(cast: Cast) -> None:
    post = make_post(cast.alice, "Quote me")
    dora = make_creator("dora")
    browser = cast.browser(dora.user)
    html = browser.get(f"/post/?quote={post.pk}").content.decode()
    assert "Quote me" in html
    assert f'name="quote" value="{post.pk}"' in html
    browser.post("/post/", form("Yes", quote=str(post.pk)))
    assert Post.objects.get(creator=dora).quote_of == post
    Block.objects.create(owner=cast.alice.user, target=dora.user)
    assert browser.get(f"/post/?quote={post.pk}").status_code == 404


# --- editing, deleting, history -----------------------------------------------------------------------------------


def test_an_edit_over_http(cast: Cast, publish: Publish) -> None:
    post = publish(cast.alice.user, "First")
    browser = cast.browser(cast.alice.user)
    assert "First" in browser.get(f"/p/{post.pk}/edit/").content.decode()
    response = browser.post(f"/p/{post.pk}/edit/", {"text": "Second", "revision": "0"})
    assert response.headers["Location"] == post.get_absolute_url()
    history = Client().get(f"/p/{post.pk}/history/").content.decode()
    assert "First" in history
    assert "Second" in history


def test_an_edit_that_crossed_another_shows_both(cast: Cast, publish: Publish) -> None:
    post = publish(cast.alice.user, "First")
    actions.edit(actor=cast.alice.user, post_id=post.pk, text="On the phone", now=NOW)
    browser = cast.browser(cast.alice.user)
    response = browser.post(f"/p/{post.pk}/edit/", {"text": "On the desk", "revision": "0"})
    html = response.content.decode()
    assert response.status_code == 409
    assert "On the desk" in html
    assert "On the phone" in html
    assert 'name="revision" value="1"' in html
    assert browser.post(f"/p/{post.pk}/edit/", {"text": "On the desk", "revision": "1"}).status_code == 302


@pytest.mark.parametrize("fields", [{"text": ""}, {"text": "x" * 2001}, {"text": "y", "revision": "-1"}, {"text": "y"}])
def test_a_bad_edit_changes_nothing(cast: Cast, publish: Publish, fields: dict[str, str]) -> None:
    post = publish(cast.alice.user, "First")
    response = cast.browser(cast.alice.user).post(f"/p/{post.pk}/edit/", fields)
    assert response.status_code == 422
    post.refresh_from_db()
    assert (post.text, post.revision) == ("First", 0)


def test_deleting_asks_first(cast: Cast, publish: Publish) -> None:
    post = publish(cast.alice.user)
    browser = cast.browser(cast.alice.user)
    assert browser.get(f"/p/{post.pk}/delete/").status_code == 200
    assert Post.objects.filter(deleted_at=None).exists()
    assert browser.post(f"/p/{post.pk}/delete/").headers["Location"] == "/"
    assert browser.get(post.get_absolute_url()).status_code == 410
    assert Creator.objects.get(pk=cast.alice.pk).posts_count == 0


@pytest.mark.parametrize("path", ["edit/", "delete/"])
def test_nobody_else_edits_or_deletes(cast: Cast, publish: Publish, path: str) -> None:
    post = publish(cast.alice.user, "Mine")
    people: list[User] = [cast.bob, cast.olga, make_creator("dora").user]
    for person in people:
        browser = cast.browser(person)
        assert browser.get(post.get_absolute_url() + path).status_code == 404
        assert browser.post(post.get_absolute_url() + path, {"text": "Yours", "revision": "0"}).status_code == 404
    assert Client().post(post.get_absolute_url() + path).status_code == 302
    post.refresh_from_db()
    assert (post.text, post.deleted_at) == ("Mine", None)


def test_wrong_methods_are_refused(cast: Cast) -> None:
    post = make_post(cast.alice)
    browser = cast.browser(cast.alice.user)
    for path, method in (
        ("", "post"),
        ("history/", "post"),
        ("like/", "get"),
        ("repost/", "get"),
        ("comments/", "get"),
    ):
        assert getattr(browser, method)(post.get_absolute_url() + path).status_code == 405


def test_the_upload_of_one_person_is_no_ones_elses(cast: Cast) -> None:
    """Two people who send the same bytes get two pictures: a key tells nothing and is never shared."""
    content = picture().read()
    for person in (cast.alice.user, make_creator("dora").user):
        cast.browser(person).post("/post/", form(pictures=[upload(content=content)]))
    assert len(set(PostPicture.objects.values_list("key", flat=True))) == 2
