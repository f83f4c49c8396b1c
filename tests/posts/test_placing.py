"""Files of posts that are for some only: below `private/`, sent to whom the post is for, public nowhere else."""

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.test import Client, override_settings

from creators.actions import unfollow
from planet.accounts.actions import block
from planet.web import images
from posts import actions
from posts.actions import NewArticle, NewPart, NewPicture, Options
from posts.cards import neutral
from posts.forms import publish_draft
from posts.models import Article, ArticlePicture, Post, PostPicture, Video
from posts.queries import row
from tests.cast import Cast
from tests.factories import make_creator
from tests.posts.conftest import NOW, Publish
from tests.posts.test_publishing import picture
from tests.posts.test_thread_media import shot

FOLLOWERS = Options(audience="followers")
Commits = Callable[..., Any]


pytestmark = pytest.mark.usefixtures("own_storage")


def files() -> list[str]:
    """The names of all that is stored."""
    return sorted(str(path.relative_to(settings.MEDIA_ROOT)) for path in Path(settings.MEDIA_ROOT).rglob("*.*"))


def video_of(cast: Cast, key: str) -> Video:
    return Video.objects.create(
        owner=cast.alice.user, state="ready", size=1, received=1, key=key, poster=shot().key, seconds=1
    )


def get(client: Client, address: str, **more: Any) -> Any:
    """The answer, read to its end as a browser does; `body` is what came."""
    answer = client.get(address, **more)
    answer.body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return answer


def content(key: str) -> bytes:
    with default_storage.open(images.rendition(key, 480)) as file:
        return bytes(file.read())


def public_files() -> list[str]:
    """What anybody could fetch who knows its name."""
    return [name for name in files() if not name.startswith("private/")]


def write(cast: Cast, commits: Commits, **more: Any) -> Post:
    with commits(execute=True):
        return actions.publish(
            actor=cast.alice.user, client_id=uuid.uuid4(), text="For you", now=NOW, options=FOLLOWERS, **more
        )


def settle() -> int:
    return actions.settle(now=NOW, most=100)


def test_a_picture_for_followers_leaves_its_public_place_when_it_is_published(
    cast: Cast, django_capture_on_commit_callbacks: Commits
) -> None:
    kept = shot("Funding")
    before = content(kept.key)
    post = write(cast, django_capture_on_commit_callbacks, stored=[kept], pictures=[NewPicture(picture(), "b")])
    keys = [one.key for one in post.pictures.all()]
    assert all(key.startswith("private/") for key in keys)
    assert public_files() == []
    assert kept.key.rpartition("/")[2] not in "".join(keys)  # whoever knew the old name knows nothing
    assert content(keys[0]) == before


def test_only_whom_the_post_is_for_is_sent_its_pictures(
    cast: Cast, django_capture_on_commit_callbacks: Commits
) -> None:
    post = write(cast, django_capture_on_commit_callbacks, stored=[shot()])
    address = f"/p/{post.pk}/pictures/0/480/"
    for who, status in ((cast.alice.user, 200), (cast.bob, 200), (cast.charlie, 404), (cast.olga, 404)):
        assert get(cast.browser(who), address).status_code == status
    assert get(Client(), address).status_code == 404
    assert cast.browser(cast.bob).post(address).status_code == 405
    answer = get(cast.browser(cast.bob), address)
    assert answer["Cache-Control"] == "private, max-age=3600"
    assert answer["Content-Type"] == "image/webp"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "Cookie" in answer["Vary"]


@pytest.mark.parametrize("change", ["unfollowed", "blocked", "suspended", "deleted"])
def test_a_follower_who_may_not_any_more_is_sent_nothing(
    change: str, cast: Cast, django_capture_on_commit_callbacks: Commits
) -> None:
    post = write(cast, django_capture_on_commit_callbacks, stored=[shot()])
    bob, address = cast.browser(cast.bob), f"/p/{post.pk}/pictures/0/480/"
    assert get(bob, address).status_code == 200
    if change == "unfollowed":
        unfollow(actor=cast.bob, creator=cast.alice)
    elif change == "blocked":
        block(actor=cast.alice.user, target=cast.bob, now=NOW)
    elif change == "suspended":
        cast.alice.user.is_active = False
        cast.alice.user.save()
    else:
        actions.delete(actor=cast.alice.user, post_id=post.pk, now=NOW)
    assert get(bob, address).status_code == (410 if change == "deleted" else 404)


@pytest.mark.parametrize(
    "wrong",
    [
        "pictures/1/480/",
        "pictures/99999999999999999999/480/",
        "pictures/-1/480/",
        "pictures/0/",
        "pictures/..%2f..%2f0/480/",
        "pictures/%2e%2e/480/",
        "cover/0/480/",
        "video/master.m3u8",
        "video/poster/480/",
        "video/..%2f..%2fsecret",
    ],
)
def test_what_the_post_does_not_have_is_nobodys(
    wrong: str, cast: Cast, django_capture_on_commit_callbacks: Commits
) -> None:
    post = write(cast, django_capture_on_commit_callbacks, stored=[shot()])
    assert get(cast.browser(cast.alice.user), f"/p/{post.pk}/{wrong}").status_code == 404


def test_any_size_is_one_that_there_is(cast: Cast, django_capture_on_commit_callbacks: Commits) -> None:
    post = write(cast, django_capture_on_commit_callbacks, stored=[shot()])
    assert get(cast.browser(cast.bob), f"/p/{post.pk}/pictures/0/{10**30}/").status_code == 200


def test_a_private_file_is_not_served_as_media_and_not_as_another_posts(
    cast: Cast, publish: Publish, django_capture_on_commit_callbacks: Commits
) -> None:
    key = write(cast, django_capture_on_commit_callbacks, stored=[shot()]).pictures.get().key
    assert get(Client(), f"/media/{images.rendition(key, 480)}").status_code == 404
    mine = publish(cast.alice.user, "For all")
    name = key.rpartition("/")[2]
    for address in ("pictures/0/480/", f"pictures/{name}/480/"):
        assert get(cast.browser(cast.bob), f"/p/{mine.pk}/{address}").status_code == 404


def test_behind_the_proxy_the_proxy_sends_it(cast: Cast, django_capture_on_commit_callbacks: Commits) -> None:
    post = write(cast, django_capture_on_commit_callbacks, stored=[shot()])
    key = post.pictures.get().key
    with override_settings(ACCEL_REDIRECT=True):
        answer = get(cast.browser(cast.bob), f"/p/{post.pk}/pictures/0/480/")
    assert answer["X-Accel-Redirect"] == f"/{images.rendition(key, 480)}"
    assert answer["Cache-Control"] == "private, max-age=3600"


def test_cards_pages_and_what_leaves_the_site_name_no_file(
    cast: Cast, publish: Publish, film: str, django_capture_on_commit_callbacks: Commits
) -> None:
    """Neither before nor after the file was moved: a card is kept, and must be right for both."""
    post = write(cast, django_capture_on_commit_callbacks, stored=[shot()], video=video_of(cast, film).pk)
    found = row(post.pk, viewer_id=cast.bob.pk)
    assert found is not None
    html = [str(neutral(found)), get(cast.browser(cast.bob), f"/p/{post.pk}/").content.decode()]
    for one in html:
        assert f"/p/{post.pk}/pictures/0/480/" in one
        assert f"/p/{post.pk}/video/master.m3u8" in one
        assert "/media/picture/" not in one
        assert "/media/video/" not in one
        assert "og:image" not in one
    PostPicture.objects.update(key=shot().key)
    assert neutral(found) == html[0]


def test_a_file_that_is_still_public_is_found_by_whom_the_post_is_for(cast: Cast, publish: Publish) -> None:
    post = publish(cast.alice.user, stored=[shot()])
    Post.objects.update(audience="followers")
    key = post.pictures.get().key
    answer = get(cast.browser(cast.bob), f"/p/{post.pk}/pictures/0/480/")
    assert (answer.status_code, answer["Location"]) == (302, images.url(key, 480))
    assert get(cast.browser(cast.charlie), f"/p/{post.pk}/pictures/0/480/").status_code == 404


# --- videos -------------------------------------------------------------------------------------------------------


def test_a_video_for_followers_plays_for_them_alone(
    cast: Cast, film: str, django_capture_on_commit_callbacks: Commits
) -> None:
    post = write(cast, django_capture_on_commit_callbacks, video=video_of(cast, film).pk)
    assert public_files() == []
    bob, outsider = cast.browser(cast.bob), cast.browser(cast.charlie)
    for name, kind in (("master.m3u8", "application/vnd.apple.mpegurl"), ("360.mp4", "video/mp4")):
        answer = get(bob, f"/p/{post.pk}/video/{name}")
        assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (
            200,
            kind,
            "private, max-age=3600",
        )
        assert get(outsider, f"/p/{post.pk}/video/{name}").status_code == 404
    part = get(bob, f"/p/{post.pk}/video/360.mp4", headers={"Range": "bytes=8-11"})
    assert (part.status_code, part.body) == (206, b"0123")
    assert get(bob, f"/p/{post.pk}/video/poster/960/").status_code == 200
    assert get(outsider, f"/p/{post.pk}/video/poster/960/").status_code == 404


# --- articles -----------------------------------------------------------------------------------------------------


def article(cast: Cast, commits: Commits, client_id: uuid.UUID | None = None) -> tuple[Post, dict[str, str]]:
    """An article for followers, with a cover and two pictures, and the keys it was written with."""
    sent = {name: shot().key for name in ("cover", "shown", "linked")}
    new = NewArticle("Shorts pay", f"![A chart]({sent['shown']})\n\nSee [it large]({sent['linked']}).", sent["cover"])
    with commits(execute=True):
        post = actions.publish(
            actor=cast.alice.user,
            client_id=client_id or uuid.uuid4(),
            text="",
            article=new,
            now=NOW,
            options=FOLLOWERS,
        )
    return post, sent


def test_an_article_for_followers_shows_its_pictures_to_them_alone(
    cast: Cast, django_capture_on_commit_callbacks: Commits
) -> None:
    post, _ = article(cast, django_capture_on_commit_callbacks)
    assert public_files() == []
    page = get(cast.browser(cast.bob), f"/p/{post.pk}/").content.decode()
    assert "picture/" not in page.replace("/pictures/", "")
    assert page.count('<img src="/p/') == 2  # the cover and the chart
    names = [key.rpartition("/")[2] for key in ArticlePicture.objects.values_list("key", flat=True)]
    addresses = [f"/p/{post.pk}/cover/0/480/", *(f"/p/{post.pk}/pictures/{name}/480/" for name in names)]
    assert len(addresses) == 4
    for address in addresses:
        assert get(cast.browser(cast.bob), address).status_code == 200
        assert get(cast.browser(cast.charlie), address).status_code == 404
    assert f"/p/{post.pk}/cover/0/" in str(neutral(row(post.pk, viewer_id=cast.bob.pk)))  # type: ignore[arg-type]


def test_an_article_for_followers_is_edited_with_its_pictures_and_new_ones(
    cast: Cast, django_capture_on_commit_callbacks: Commits
) -> None:
    post, _ = article(cast, django_capture_on_commit_callbacks)
    alice, body = cast.browser(cast.alice.user), Article.objects.get().body
    assert f"/p/{post.pk}/pictures/" in get(alice, f"/p/{post.pk}/edit/").content.decode()  # the cover
    seen = alice.post("/post/article/preview/", {"title": "T", "body": body}).content.decode()
    assert f"/p/{post.pk}/pictures/" in seen
    fresh = shot().key
    form = {"title": "Changed", "text": "", "body": f"{body}\n\n![new]({fresh})", "cover": Article.objects.get().cover}
    with django_capture_on_commit_callbacks(execute=True):
        assert alice.post(f"/p/{post.pk}/edit/", {**form, "revision": "0"}).status_code == 302
    assert public_files() == []
    assert ArticlePicture.objects.filter(key__startswith="private/").count() == 4
    old = get(cast.browser(cast.bob), f"/p/{post.pk}/history/?version=0").content.decode()
    assert old.count('<img src="/p/') == 2


def test_somebody_elses_private_picture_cannot_be_shown_or_previewed(
    cast: Cast, django_capture_on_commit_callbacks: Commits
) -> None:
    key = write(cast, django_capture_on_commit_callbacks, stored=[shot()]).pictures.get().key
    mallory = make_creator("mallory").user
    browser = cast.browser(mallory)
    form = {"client_id": str(uuid.uuid4()), "text": "Mine", "picture": [key], "alt": [""]}
    assert browser.post("/post/", form).status_code == 422
    body = {"title": "T", "body": f"![it]({key}) [it]({key})"}
    name = key.rpartition("/")[2]
    assert name not in browser.post("/post/article/preview/", body).content.decode()
    sent = {**body, "client_id": str(uuid.uuid4()), "kind": "article", "audience": "followers"}
    assert browser.post("/post/", sent).status_code == 302
    mine = Post.objects.get(creator=mallory.pk)
    assert name not in get(browser, f"/p/{mine.pk}/").content.decode().replace(f"({key})", "")
    assert get(browser, f"/p/{mine.pk}/pictures/{name}/480/").status_code == 404
    cover = {**sent, "client_id": str(uuid.uuid4()), "cover": key}
    assert browser.post("/post/", cover).status_code == 422


# --- twice, again, elsewhere --------------------------------------------------------------------------------------


def test_who_sends_twice_what_is_for_followers_is_shown_the_first(
    cast: Cast, django_capture_on_commit_callbacks: Commits
) -> None:
    alice, key = cast.browser(cast.alice.user), shot().key
    form = {"client_id": str(uuid.uuid4()), "text": "x", "picture": [key], "alt": [""], "audience": "followers"}
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            assert alice.post("/post/", form)["Location"] == f"/p/{Post.objects.get().pk}/"
    assert len({name.rpartition("/")[0] for name in files()}) == 1


def test_an_article_that_is_sent_twice_is_the_first(cast: Cast, django_capture_on_commit_callbacks: Commits) -> None:
    client_id = uuid.uuid4()
    post, sent = article(cast, django_capture_on_commit_callbacks, client_id)
    body = f"![A chart]({sent['shown']})\n\nSee [it large]({sent['linked']})."
    again = actions.publish(
        actor=cast.alice.user,
        client_id=client_id,
        text="",
        article=NewArticle("Shorts pay", body, sent["cover"]),
        now=NOW,
        options=FOLLOWERS,
    )
    assert again == post


def test_what_another_post_or_a_draft_shows_stays_for_them(
    cast: Cast, publish: Publish, django_capture_on_commit_callbacks: Commits
) -> None:
    shown, drafted = shot(), shot()
    publish(cast.alice.user, "For all", stored=[shown])
    actions.save_draft(
        actor=cast.alice.user, draft_id=uuid.uuid4(), content={"picture": [drafted.key]}, version=0, now=NOW
    )
    write(cast, django_capture_on_commit_callbacks, stored=[shown, drafted])
    assert {name.rpartition("/")[0] for name in public_files()} == {shown.key, drafted.key}


def test_a_thread_for_followers_has_all_its_pictures_private(
    cast: Cast, django_capture_on_commit_callbacks: Commits
) -> None:
    write(cast, django_capture_on_commit_callbacks, stored=[shot()], parts=[NewPart("more", [shot()])])
    assert public_files() == []
    second = Post.objects.get(part=1)
    assert get(cast.browser(cast.bob), f"/p/{second.pk}/pictures/0/480/").status_code == 200


def test_taken_apart_and_published_for_everybody_it_is_everybodys_under_a_new_name(
    cast: Cast, film: str, django_capture_on_commit_callbacks: Commits
) -> None:
    post = write(cast, django_capture_on_commit_callbacks, stored=[shot("a")], video=video_of(cast, film).pk)
    hidden = post.pictures.get().key
    with django_capture_on_commit_callbacks(execute=True):
        draft = actions.redraft(actor=cast.alice.user, post_id=post.pk, now=NOW)
    assert draft.content["picture"][0].startswith("picture/")
    assert get(cast.browser(cast.alice.user), draft.get_absolute_url()).status_code == 200
    draft.content["audience"] = ["public"]
    draft.save()
    with django_capture_on_commit_callbacks(execute=True):
        again = publish_draft(draft, cast.alice.user, NOW)
    shown, film_now = again.pictures.get(), Video.objects.get()
    assert get(Client(), shown.large).status_code == 200
    assert get(Client(), film_now.playlist).status_code == 200
    assert shown.key.rpartition("/")[2] != hidden.rpartition("/")[2]


def test_a_public_post_that_is_published_again_for_followers_is_public_nowhere_by_the_next_morning(
    cast: Cast, publish: Publish, django_capture_on_commit_callbacks: Commits
) -> None:
    post = publish(cast.alice.user, stored=[shot()])
    known = post.pictures.get().large
    with django_capture_on_commit_callbacks(execute=True):
        draft = actions.redraft(actor=cast.alice.user, post_id=post.pk, now=NOW)
        draft.content["audience"] = ["followers"]
        draft.save()
        publish_draft(draft, cast.alice.user, NOW)
        settle()
    assert get(Client(), known).status_code == 404
    assert public_files() == []
