"""Articles over HTTP: reading, writing, previewing, changing, comparing."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client

from planet.accounts.models import Block
from posts.models import Article, ArticleRevision, Draft, Post
from tests.cast import Cast
from tests.posts.conftest import NOW
from tests.posts.test_articles import article, edit, uploaded

HTMX = {"HX-Request": "true"}
BODY = "## One $SOL\n\nHello @bob and @nobody.\n\n## Two\n\n<script>alert(1)</script>\n\n### Three\n\nEnd."


def form(**fields: Any) -> dict[str, Any]:
    return {"client_id": str(uuid.uuid4()), "kind": "article", "title": "Shorts pay", "body": BODY, **fields}


def prose(html: str) -> str:
    found = re.search(r'<div class="prose[^>]*>(.*?)</div>\n', html, re.DOTALL)
    assert found
    return found[1].strip()


# --- reading ------------------------------------------------------------------------------------------------------


def test_anybody_reads_an_article_with_its_contents(cast: Cast) -> None:
    post = article(cast.alice.user, BODY, "Who pays whom", title="Shorts <pay>")
    for client in (Client(), cast.browser(cast.bob)):
        html = client.get(post.get_absolute_url()).content.decode()
        assert '<h1 dir="auto">Shorts &lt;pay&gt;</h1>' in html
        assert '<a class="l3" href="#h-three"' in html
        assert '<h2 id="h-two"' in html
        assert "&lt;script&gt;alert(1)" in html
        assert '<a class="link" href="/@bob/">@bob</a> and @nobody' in html
        assert "Who pays whom" in html
        assert "1 min" in html


def test_the_second_reader_costs_no_rendering(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    post = article(cast.alice.user, BODY)
    first = Client().get(post.get_absolute_url()).content.decode()
    monkeypatch.setattr("posts.drawn.read", None)
    assert prose(Client().get(post.get_absolute_url()).content.decode()) == prose(first)


def test_an_edit_shows_at_once(cast: Cast) -> None:
    post = article(cast.alice.user, BODY)
    Client().get(post.get_absolute_url())
    edit(cast.alice.user, post, "Quite another body.")
    html = Client().get(post.get_absolute_url()).content.decode()
    assert "Quite another body." in prose(html)
    assert f'href="/p/{post.pk}/history/"' in html


def test_who_is_blocked_does_not_find_it(cast: Cast) -> None:
    post = article(cast.alice.user)
    Block.objects.create(owner=cast.alice.user, target=cast.bob)
    assert cast.browser(cast.bob).get(post.get_absolute_url()).status_code == 404


def test_a_deleted_article_is_gone(cast: Cast) -> None:
    post = article(cast.alice.user, "The regretted words")
    Post.objects.update(deleted_at=NOW)
    response = Client().get(post.get_absolute_url())
    assert response.status_code == 410
    assert "regretted" not in response.content.decode()


def test_a_feed_shows_the_card_and_not_the_body(cast: Cast) -> None:
    post = article(cast.alice.user, "A body of its own", "The summary", title="The title")
    html = Client().get("/latest/").content.decode()
    assert "The title" in html
    assert "The summary" in html
    assert "A body of its own" not in html
    assert f'class="embed artc plain" href="{post.get_absolute_url()}"' in html


def test_a_quoted_article_shows_its_title(cast: Cast) -> None:
    post = article(cast.alice.user, summary="The summary", title="The title")
    sent = {"client_id": str(uuid.uuid4()), "text": "Read this", "quote": str(post.pk)}
    html = cast.browser(cast.alice.user).post("/post/", sent, headers=HTMX).content.decode()
    quote = html[html.index("embed quote") :]
    assert "The title" in quote
    assert "The summary" not in quote


def test_the_number_of_queries_does_not_grow(cast: Cast, django_assert_max_num_queries: Any) -> None:
    post = article(cast.alice.user, "\n\n".join(f"## H{n}\n\n#topic{n} @bob $A{n}" for n in range(20)))
    for n in range(5):
        article(cast.alice.user, title=f"Other {n}")
    Client().get(post.get_absolute_url())
    with django_assert_max_num_queries(16):
        Client().get(post.get_absolute_url())


# --- writing ------------------------------------------------------------------------------------------------------


def test_the_editor_is_for_creators(cast: Cast) -> None:
    page = cast.browser(cast.alice.user).get("/post/article/")
    assert page.status_code == 200
    assert 'name="body"' in page.content.decode()
    assert cast.browser(cast.bob).get("/post/article/").status_code == 403
    assert Client().get("/post/article/").status_code == 302


def test_publishing_without_scripts_leads_to_the_article(cast: Cast) -> None:
    response = cast.browser(cast.alice.user).post("/post/", form(text="Why"))
    post = Post.objects.get()
    assert (response.status_code, response.headers["Location"]) == (302, post.get_absolute_url())
    assert (post.kind, post.text, post.article.title) == ("article", "Why", "Shorts pay")


def test_publishing_in_place_answers_with_the_card(cast: Cast) -> None:
    response = cast.browser(cast.alice.user).post("/post/", form(), headers=HTMX)
    assert response.status_code == 201
    assert "embed artc" in response.content.decode()


@pytest.mark.parametrize(
    "fields", [{"title": ""}, {"body": ""}, {"title": "x" * 151}, {"body": "y" * 100_001}, {"text": "z" * 301}]
)
def test_bad_input_is_said_and_what_was_typed_stays(cast: Cast, fields: dict[str, str]) -> None:
    sent = form(**fields)
    response = cast.browser(cast.alice.user).post("/post/", sent)
    html = response.content.decode()
    assert response.status_code == 422
    assert 'class="errors"' in html
    assert sent["body"].split("\n")[0] in html
    assert sent["title"] in html
    assert not Post.objects.exists()


def test_a_paste_of_almost_a_megabyte_is_refused_and_kept(cast: Cast) -> None:
    pasted = "pasted " * 130_000
    response = cast.browser(cast.alice.user).post("/post/", form(body=pasted))
    assert response.status_code == 422
    assert pasted in response.content.decode()
    assert not Article.objects.exists()


def test_an_article_is_a_draft_until_it_is_published(cast: Cast) -> None:
    browser, sent = cast.browser(cast.alice.user), form()
    browser.post(f"/drafts/{sent['client_id']}/save/", {**sent, "then": "drafts"})
    assert Draft.objects.get().first("body").splitlines()[0] == "## One $SOL"
    page = browser.get(f"/drafts/{sent['client_id']}/").content.decode()
    assert "data-article-editor" in page
    assert "## One $SOL" in page
    browser.post(f"/drafts/{sent['client_id']}/publish/")
    assert Article.objects.get().title == "Shorts pay"
    assert not Draft.objects.exists()


# --- preview ------------------------------------------------------------------------------------------------------


def test_the_preview_is_what_the_page_will_be(cast: Cast) -> None:
    key = uploaded()
    body = f'{BODY}\n\n![A chart]({key} "As of today")\n\n| a | b |\n|--|--:|\n| 1 | 2 |\n\nNote[^1]\n\n[^1]: Small.'
    browser = cast.browser(cast.alice.user)
    seen = browser.post("/post/article/preview/", {"title": "Shorts pay", "body": body}, headers=HTMX).content.decode()
    post = article(cast.alice.user, body)
    page = Client().get(post.get_absolute_url()).content.decode()
    start = seen.index('<div class="prose">') + len('<div class="prose">')
    shown = seen[start : seen.rindex("</div></div>")].strip()
    assert shown
    assert shown in page


def test_the_preview_says_how_long_it_is_and_where_components_stand(cast: Cast) -> None:
    browser = cast.browser(cast.alice.user)
    html = browser.post("/post/article/preview/", {"body": "one two\n\n{{block:2}}\n\nthree"}, headers=HTMX).content
    assert b"3 words" in html
    assert "Here stands component 2" in html.decode()


def test_the_preview_without_scripts_is_a_page(cast: Cast) -> None:
    html = cast.browser(cast.alice.user).post("/post/article/preview/", form()).content.decode()
    assert "<title>Preview" in html
    assert '<h2 id="h-two"' in html


def test_the_preview_is_for_creators_keeps_nothing_and_says_what_is_wrong(cast: Cast) -> None:
    assert cast.browser(cast.bob).post("/post/article/preview/", form()).status_code == 403
    browser = cast.browser(cast.alice.user)
    assert browser.get("/post/article/preview/").status_code == 405
    response = browser.post("/post/article/preview/", form(body="x" * 200_001), headers=HTMX)
    assert response.status_code == 422
    assert "note bad" in response.content.decode()
    assert not Draft.objects.exists()
    assert not Post.objects.exists()


# --- changing -----------------------------------------------------------------------------------------------------


def test_the_author_changes_an_article(cast: Cast) -> None:
    post = article(cast.alice.user)
    browser, path = cast.browser(cast.alice.user), f"{post.get_absolute_url()}edit/"
    assert "Funding on $SOL" in browser.get(path).content.decode()
    sent = {"revision": 0, "title": "New", "text": "Sum", "body": "New body"}
    assert browser.post(path, sent).headers["Location"] == post.get_absolute_url()
    assert Article.objects.get().body == "New body"


@pytest.mark.parametrize("fields", [{"title": ""}, {"body": " "}, {"revision": "x"}, {"cover": "nothing"}])
def test_a_bad_change_is_refused_and_kept_in_the_form(cast: Cast, fields: dict[str, str]) -> None:
    post = article(cast.alice.user)
    sent = {"revision": 0, "title": "New", "text": "Sum", "body": "New body", **fields}
    response = cast.browser(cast.alice.user).post(f"{post.get_absolute_url()}edit/", sent)
    assert response.status_code == 422
    assert "Sum" in response.content.decode()
    assert not ArticleRevision.objects.exists()


def test_a_conflict_shows_both_versions(cast: Cast) -> None:
    post = article(cast.alice.user)
    edit(cast.alice.user, post, "From the phone")
    sent = {"revision": 0, "title": "Shorts pay", "text": "", "body": "From the desk"}
    response = cast.browser(cast.alice.user).post(f"{post.get_absolute_url()}edit/", sent)
    html = response.content.decode()
    assert response.status_code == 409
    assert "From the phone" in html
    assert "From the desk" in html
    assert 'name="revision" value="1"' in html


def test_nobody_else_changes_it(cast: Cast) -> None:
    post = article(cast.alice.user)
    sent = {"revision": 0, "title": "Mine", "body": "Mine"}
    assert cast.browser(cast.bob).post(f"{post.get_absolute_url()}edit/", sent).status_code == 404
    assert Client().post(f"{post.get_absolute_url()}edit/", sent).status_code == 302
    assert Article.objects.get().title == "Shorts pay"


# --- history ------------------------------------------------------------------------------------------------------


def test_readers_see_every_version(cast: Cast) -> None:
    post = article(cast.alice.user, "What it **was**", title="Before")
    edit(cast.alice.user, post, "What it is", title="After")
    path = f"{post.get_absolute_url()}history/"
    listed = Client().get(path).content.decode()
    assert '<a class="link" href="?version=0">Before</a>' in listed
    assert "After" in listed
    html = Client().get(f"{path}?version=0").content.decode()
    assert "What it <strong>was</strong>" in html
    assert "What it is" not in prose(html)


@pytest.mark.parametrize("version", ["1", "99999999999999999999"])
def test_a_version_that_never_was_is_not_found(cast: Cast, version: str) -> None:
    post = article(cast.alice.user)
    assert Client().get(f"{post.get_absolute_url()}history/?version={version}").status_code == 404
