"""What leaves the site for others to show: public things only, well-formed, bounded."""

import json
import re
import uuid
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from django.test import Client

from planet.accounts.models import Block, User
from posts import actions
from posts.actions import Options
from posts.models import Post
from posts.sharing import pictures, sitemap, subjects
from tests.cast import Cast
from tests.factories import make_post
from tests.posts.conftest import NOW, Publish
from tests.posts.test_articles import article, edit, uploaded
from tests.posts.test_publishing import picture

SITE = "http://localhost:8000"
ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def head(path: str, client: Client | None = None) -> str:
    html = (client or Client()).get(path).content.decode()
    return html[: html.index("</head>")]


def content(page: str, name: str) -> str:
    found = re.search(rf'<meta (?:property|name)="{name}" content="([^"]*)"', page)
    assert found, name
    return found[1]


def structured(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert found
    return dict(json.loads(found[1]))


def image_path(page: str) -> str:
    return content(page, "og:image").removeprefix(SITE)


# --- heads ----------------------------------------------------------------------------------------------------------


def test_a_post_describes_itself(cast: Cast, publish: Publish) -> None:
    post = publish(cast.alice.user, 'Funding <on> "$SOL" #rates</script><script>alert(1)</script>')
    page = head(post.get_absolute_url())
    assert content(page, "og:type") == "article"
    assert content(page, "og:title") == "Alice (@alice)"
    assert "Funding &lt;on&gt; &quot;$SOL&quot;" in content(page, "og:description")
    assert content(page, "og:url") == f"{SITE}{post.get_absolute_url()}"
    assert content(page, "twitter:card") == "summary_large_image"
    assert f'<link rel="canonical" href="{SITE}{post.get_absolute_url()}">' in page
    assert page.count('rel="canonical"') == 1
    thing = structured(page)
    assert thing["@type"] == "DiscussionForumPosting"
    assert thing["text"].endswith("</script><script>alert(1)</script>")
    assert thing["author"]["url"] == f"{SITE}/@alice/"


def test_an_article_describes_itself(cast: Cast) -> None:
    post = article(cast.alice.user, "Words #rates", "The summary", title="The title", options=Options(language="en"))
    page = head(post.get_absolute_url())
    assert (content(page, "og:title"), content(page, "og:description")) == ("The title", "The summary")
    assert content(page, "article:tag") == "rates"
    thing = structured(page)
    assert (thing["@type"], thing["headline"], thing["wordCount"]) == ("Article", "The title", 2)
    assert (thing["inLanguage"], thing["datePublished"]) == ("en", NOW.isoformat())


def test_a_profile_and_a_topic_describe_themselves(cast: Cast, publish: Publish) -> None:
    publish(cast.alice.user, "On #rates and $SOL")
    profile = structured(head("/@alice/"))
    assert (profile["@type"], profile["mainEntity"]["name"]) == ("ProfilePage", "Alice")
    assert content(head("/topic/rates/"), "og:title") == "#rates"
    assert content(head("/asset/SOL/"), "og:title") == "$SOL"
    for path in ("/@alice/", "/topic/rates/", "/asset/SOL/"):
        page = head(path)
        assert f'<link rel="canonical" href="{SITE}{path}">' in page
        assert Client().get(image_path(page)).status_code == 200


def test_a_post_with_a_picture_shows_that(cast: Cast, publish: Publish) -> None:
    post = publish(cast.alice.user, pictures=[actions.NewPicture(picture(), "A chart")])
    page = head(post.get_absolute_url())
    assert "/media/picture/" in content(page, "og:image")
    assert content(page, "og:image:alt") == "A chart"


def test_below_a_warning_only_the_warning_is_told(cast: Cast, publish: Publish) -> None:
    post = publish(cast.alice.user, "The spoiler", options=Options(warning="Spoiler ahead"))
    page = head(post.get_absolute_url())
    assert content(page, "og:description") == "Spoiler ahead"
    assert "The spoiler" not in page
    feed = Client().get("/@alice/atom.xml").content.decode()
    assert "Spoiler ahead" in feed
    assert "The spoiler" not in feed


def test_what_is_for_followers_is_told_to_nobody(cast: Cast, publish: Publish) -> None:
    post = publish(cast.alice.user, "For followers #inner", options=Options(audience="followers"))
    page = head(post.get_absolute_url(), cast.browser(cast.bob))
    assert '<meta name="robots" content="noindex">' in page
    assert "og:description" not in page
    url = quote(f"{SITE}{post.get_absolute_url()}", safe="")
    assert Client().get(f"/oembed/?url={url}").status_code == 404
    for path in ("/@alice/atom.xml", "/@alice/rss.xml", f"/sitemap/posts/{post.pk}.xml"):
        body = Client().get(path).content.decode()
        assert str(post.pk) not in body
        assert "For followers" not in body
    assert "inner" not in Client().get(_only(sitemap.index(), "topics")).content.decode()
    assert subjects.find("post", str(post.pk)) is None


def _only(addresses: list[str], kind: str) -> str:
    (found,) = [one for one in addresses if f"/{kind}/" in one]
    return found.removeprefix(SITE)


# --- drawn pictures -------------------------------------------------------------------------------------------------


def test_a_picture_is_drawn_once_and_kept_for_ever(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    path = image_path(head(article(cast.alice.user, cover=uploaded()).get_absolute_url()))
    first = Client().get(path)
    assert (first.status_code, first["Content-Type"]) == (200, "image/jpeg")
    assert "immutable" in first["Cache-Control"]
    assert first.content[:3] == b"\xff\xd8\xff"
    monkeypatch.setattr(pictures, "draw", None)
    assert Client().get(path).content == first.content


def test_a_change_gets_a_new_address_and_the_old_one_leads_there(cast: Cast) -> None:
    post = article(cast.alice.user, title="Before")
    old = image_path(head(post.get_absolute_url()))
    edit(cast.alice.user, post, "Words", title="After")
    new = image_path(head(post.get_absolute_url()))
    assert new != old
    assert Client().get(old)["Location"] == f"{SITE}{new}"
    User.objects.filter(pk=cast.alice.pk).update(display_name="Alicia")
    assert image_path(head(post.get_absolute_url())) != new


def test_made_up_addresses_draw_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "draw", None)
    post = article(cast.alice.user)
    for kind, key in [
        *(("post", str(post.pk)), ("article", str(uuid.uuid4())), ("article", "1"), ("profile", "bob")),
        *(("profile", "nobody"), ("topic", "never"), ("asset", "NEVER"), ("else", "x")),
    ]:
        assert Client().get(f"/share/{kind}/{key}/0000.jpg").status_code == 404
    assert Client().get(f"/share/article/{post.pk}/0000.jpg").status_code == 302
    assert Client().post(f"/share/article/{post.pk}/0000.jpg").status_code == 405


def test_whoever_asks_while_another_is_drawn_is_told_to_come_back(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    path = image_path(head(article(cast.alice.user).get_absolute_url()))
    monkeypatch.setattr(pictures, "_WAIT_SECONDS", 0)
    with pictures._turn:
        response = Client().get(path)
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert Client().get(path).status_code == 200


# --- oEmbed ---------------------------------------------------------------------------------------------------------


def oembed(address: str, **options: str) -> Any:
    return Client().get("/oembed/", {"url": address, **options})


def test_oembed_describes_posts_articles_and_profiles(cast: Cast, publish: Publish) -> None:
    post = publish(cast.alice.user, "<b>Words</b> & more")
    answer = oembed(f"{SITE}{post.get_absolute_url()}", maxwidth="400").json()
    assert (answer["type"], answer["version"], answer["width"]) == ("rich", "1.0", 400)
    assert (answer["author_name"], answer["provider_name"]) == ("Alice", "Planet")
    assert "&lt;b&gt;Words&lt;/b&gt; &amp; more" in answer["html"]
    assert "<script" not in answer["html"]
    assert Client().get(answer["thumbnail_url"].removeprefix(SITE)).status_code == 200
    long = article(cast.alice.user, title="The title")
    assert oembed(f"{SITE}{long.get_absolute_url()}").json()["title"] == "The title"
    assert oembed(f"{SITE}/@Alice/").json()["title"] == "Alice (@alice)"


def test_pages_say_where_their_description_is(cast: Cast, publish: Publish) -> None:
    page = head(publish(cast.alice.user).get_absolute_url())
    found = re.search(r'type="application/json\+oembed" href="([^"]+)"', page)
    assert found
    assert Client().get(found[1].removeprefix(SITE).replace("&amp;", "&")).json()["title"] == "Alice (@alice)"


@pytest.mark.parametrize(
    "address",
    [
        "", "x", "http://[", "https://evil.example/p/1/", f"{SITE}/", f"{SITE}/admin/", f"{SITE}/nothing/",
        f"{SITE}@evil.example/@alice/", "ftp://localhost:8000/@alice/", f"{SITE}/@nobody/", f"{SITE}/@bob/",
        f"{SITE}/p/{uuid.UUID(int=1)}/", "javascript:alert(1)", f"{SITE}/@alice/\x00",
    ],
)  # fmt: skip
def test_oembed_knows_no_other_address(cast: Cast, address: str) -> None:
    assert oembed(address).status_code == 404


def test_oembed_is_json_and_sizes_are_bounded(cast: Cast) -> None:
    assert oembed(f"{SITE}/@alice/", format="xml").status_code == 501
    for size in ("0", "-5", "x", "9" * 50):
        answer = oembed(f"{SITE}/@alice/", maxwidth=size, maxheight=size).json()
        assert 1 <= answer["width"] <= 600


# --- feeds ----------------------------------------------------------------------------------------------------------


def test_feeds_of_a_creator_a_topic_and_an_asset(cast: Cast, publish: Publish) -> None:
    publish(cast.alice.user, "First & <foremost> on #rates with $SOL")
    article(cast.alice.user, "## Why\n\n[up](/latest/) <script>x</script>", title="The title")
    for path, number in (("/@alice/", 2), ("/topic/rates/", 1), ("/asset/SOL/", 1)):
        atom = ElementTree.fromstring(Client().get(f"{path}atom.xml").content)
        assert len(atom.findall(f"{ATOM}entry")) == number
        response = Client().get(f"{path}rss.xml")
        assert response["Content-Type"].startswith("application/rss+xml")
        rss = ElementTree.fromstring(response.content)
        assert len(rss.findall("channel/item")) == number
        page = head(path)
        assert f'type="application/atom+xml" href="{path}atom.xml"' in page
    newest = ElementTree.fromstring(Client().get("/@alice/atom.xml").content).findall(f"{ATOM}entry")[0]
    assert newest.findtext(f"{ATOM}title") == "The title"
    body = newest.findtext(f"{ATOM}summary") or ""
    assert f'href="{SITE}/latest/"' in body
    assert "<script" not in body


def test_feeds_hide_what_guests_do_not_see(cast: Cast, publish: Publish) -> None:
    publish(cast.alice.user, "Words on #rates")
    User.objects.filter(pk=cast.alice.pk).update(is_active=False)
    assert Client().get("/@alice/atom.xml").status_code == 404
    assert b"<entry>" not in Client().get("/topic/rates/atom.xml").content


@pytest.mark.parametrize("path", ["/@nobody/atom.xml", "/@alice/json.xml", "/topic/never/rss.xml", "/asset/!/rss.xml"])
def test_there_is_no_other_feed(cast: Cast, path: str) -> None:
    assert Client().get(path).status_code == 404
    assert Client().post("/@alice/atom.xml").status_code == 405


def test_a_feed_costs_the_same_however_much_is_in_it(
    cast: Cast, publish: Publish, django_assert_max_num_queries: Any
) -> None:
    for n in range(15):
        publish(cast.alice.user, f"Post {n} #rates")
    with django_assert_max_num_queries(8):
        Client().get("/@alice/atom.xml")


# --- sitemap --------------------------------------------------------------------------------------------------------


def locations(body: bytes) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(body).iter(f"{MAP}loc")]


def test_the_sitemap_leads_to_everything_public_and_to_nothing_else(cast: Cast, publish: Publish) -> None:
    shown = publish(cast.alice.user, "Words #rates $SOL")
    gone = make_post(cast.alice, deleted_at=NOW)
    repost = make_post(cast.alice, "", repost_of=shown)
    Block.objects.create(owner=cast.alice.user, target=cast.bob)
    assert "Sitemap: http://localhost:8000/sitemap.xml" in Client().get("/robots.txt").content.decode()
    found = set()
    for chunk in locations(Client().get("/sitemap.xml").content):
        found |= set(locations(Client().get(chunk.removeprefix(SITE)).content))
    assert found == {
        f"{SITE}{shown.get_absolute_url()}", f"{SITE}/@alice/", f"{SITE}/topic/rates/", f"{SITE}/asset/SOL/"
    }  # fmt: skip
    assert not any(str(post.pk) in "".join(found) for post in (gone, repost))


def test_chunks_are_bounded_and_overlap_nowhere(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "CHUNK", 3)
    posts = [make_post(cast.alice) for _ in range(8)]
    chunks = [one for one in sitemap.index() if "/posts/" in one]
    assert len(chunks) == 3
    found = [place for chunk in chunks for place in locations(Client().get(chunk.removeprefix(SITE)).content)]
    assert found == [f"{SITE}{post.get_absolute_url()}" for post in sorted(posts, key=lambda post: post.pk)]


@pytest.mark.parametrize("path", ["posts/x", "else/1", "topics/x", "topics/99999999999999999999", "creators/1"])
def test_there_is_no_other_chunk(cast: Cast, path: str) -> None:
    assert Client().get(f"/sitemap/{path}.xml").status_code == 404


def test_an_empty_planet_has_an_empty_map(db: None) -> None:
    assert Client().get("/sitemap.xml").status_code == 200
    assert not Post.objects.exists()
