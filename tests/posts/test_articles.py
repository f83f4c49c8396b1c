"""Publishing and changing articles."""

import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from planet.web import images
from posts import actions
from posts.actions import NewArticle, Options
from posts.errors import AlreadyPublished, EditConflict, NotACreator, NotAllowed
from posts.models import Article, ArticlePicture, ArticleRevision, Post, PostMention, PostTag
from posts.queries import articles_in_use
from tests.cast import Cast
from tests.posts.conftest import NOW
from tests.posts.test_publishing import picture

BODY = "# Why\n\nFunding on $SOL went *negative*, @bob. See #rates.\n\n`$NOT` and [a link](https://example.com/$NO)."


def article(actor: Any, body: str = BODY, summary: str = "", **fields: Any) -> Post:
    new = NewArticle(fields.pop("title", "Shorts pay"), body, fields.pop("cover", ""), fields.pop("cover_alt", ""))
    client_id = fields.pop("client_id", None) or uuid.uuid4()
    return actions.publish(actor=actor, client_id=client_id, text=summary, article=new, now=NOW, **fields)


def edit(actor: Any, post: Post, body: str, **fields: Any) -> Post:
    new = NewArticle(fields.pop("title", "Shorts pay"), body)
    return actions.edit_article(
        actor=actor, post_id=post.pk, text=fields.pop("summary", ""), article=new, now=NOW, **fields
    )


def uploaded() -> str:
    return images.store(picture(), kind="picture").key


def test_an_article_is_a_post_with_a_title_a_body_and_a_summary(cast: Cast) -> None:
    post = article(cast.alice.user, summary="Who pays whom")
    assert (post.kind, post.text) == (Post.Kind.ARTICLE, "Who pays whom")
    assert (post.article.title, post.article.body, post.article.minutes) == ("Shorts pay", BODY, 1)
    assert post.article.length == 13
    assert Post.objects.get().creator.posts_count == 1


def test_without_a_summary_the_opening_does(cast: Cast) -> None:
    post = article(cast.alice.user, "## First\n\nThe *opening*\nparagraph.\n\nThe second.")
    assert post.text == "The opening paragraph."
    assert article(cast.alice.user, "- only\n- a list", title="A list").text == "A list"


def test_names_in_title_summary_and_body_count_but_not_in_code_or_links(cast: Cast) -> None:
    post = article(cast.alice.user, title="On $BTC", summary="And #macro")
    named = set(PostTag.objects.filter(post=post).values_list("tag__name", flat=True))
    assert named == {"BTC", "macro", "SOL", "rates"}
    assert list(PostMention.objects.filter(post=post).values_list("user__handle", flat=True)) == ["bob"]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"title": " \u200b "}, "title"),
        ({"title": "x" * 151}, "title"),
        ({"body": " \n \u200b"}, "body"),
        ({"body": "x" * 100_001}, "body"),
        ({"body": "caf\ufffd"}, "body"),
        ({"summary": "x" * 301}, "text"),
        ({"cover": "picture/ab/" + "ab" * 16 + "-10x10"}, "cover"),
        ({"cover": "avatar/../../etc/passwd"}, "cover"),
        ({"body": "![](picture/ab/" + "ab" * 16 + "-10x10)"}, "body"),
        ({"body": "|a" * 2000 + "|\n" + "|-" * 2000 + "|\n" + "|\n" * 40_000}, "body"),
    ],
)
def test_what_cannot_be_published_is_said_by_field_and_leaves_nothing(
    cast: Cast, fields: dict[str, str], wrong: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        article(cast.alice.user, **fields)
    assert list(refused.value.error_dict) == [wrong]
    assert not Post.objects.exists()


def test_a_retry_publishes_once_also_after_an_edit(cast: Cast) -> None:
    client_id = uuid.uuid4()
    first = article(cast.alice.user, client_id=client_id)
    edit(cast.alice.user, first, "Quite another body.")
    assert article(cast.alice.user, client_id=client_id) == first
    with pytest.raises(AlreadyPublished):
        article(cast.alice.user, "Quite another body.", client_id=client_id)
    with pytest.raises(AlreadyPublished):
        actions.publish(actor=cast.alice.user, client_id=client_id, text=first.text, now=NOW)
    assert Post.objects.count() == 1


def test_only_creators_publish_articles(cast: Cast) -> None:
    with pytest.raises(NotACreator):
        article(cast.bob)
    assert not Article.objects.exists()


def test_options_hold_for_articles(cast: Cast) -> None:
    post = article(cast.alice.user, options=Options(audience="followers", warning="Loss", language="en"))
    assert (post.audience, post.warning, post.language) == ("followers", "Loss", "en")


# --- changing -----------------------------------------------------------------------------------------------------


def test_an_edit_keeps_what_was_said_before(cast: Cast) -> None:
    key = uploaded()
    post = article(cast.alice.user, f"Before $SOL\n\n![]({key})", cover=key, cover_alt="A chart")
    edited = edit(cast.alice.user, post, "After $BTC", title="New title", revision=0)
    assert (edited.revision, edited.text, edited.edited_at) == (1, "After $BTC", NOW)
    now = Article.objects.get()
    assert (now.title, now.body, now.cover, now.cover_alt) == ("New title", "After $BTC", "", "")
    old = ArticleRevision.objects.get()
    assert (old.revision, old.title, old.text, old.cover) == (0, "Shorts pay", "Before $SOL", key)
    assert list(PostTag.objects.values_list("tag__name", flat=True)) == ["BTC"]


def test_saving_the_same_words_changes_nothing(cast: Cast) -> None:
    post = article(cast.alice.user, "Words")
    assert edit(cast.alice.user, post, "Words\n").revision == 0
    assert not ArticleRevision.objects.exists()


def test_two_devices_do_not_overwrite_each_other(cast: Cast) -> None:
    post = article(cast.alice.user)
    edit(cast.alice.user, post, "From the phone", revision=0)
    with pytest.raises(EditConflict):
        edit(cast.alice.user, post, "From the desk", revision=0)
    assert Article.objects.get().body == "From the phone"


def test_nobody_changes_somebody_elses_article_nor_an_article_as_if_it_were_short(cast: Cast) -> None:
    post = article(cast.alice.user)
    with pytest.raises(NotAllowed):
        edit(cast.bob, post, "Mine")
    with pytest.raises(NotAllowed):
        actions.edit(actor=cast.alice.user, post_id=post.pk, text="Short", now=NOW)
    short = actions.publish(actor=cast.alice.user, client_id=uuid.uuid4(), text="Short", now=NOW)
    with pytest.raises(NotAllowed):
        edit(cast.alice.user, short, "Long")
    assert Article.objects.get().body == BODY


# --- pictures -----------------------------------------------------------------------------------------------------


def test_the_sweep_leaves_the_pictures_of_every_version(cast: Cast) -> None:
    shown, before, unused = uploaded(), uploaded(), uploaded()
    post = article(cast.alice.user, f"![]({before})")
    edit(cast.alice.user, post, f"![]({shown})")
    assert articles_in_use([shown, before, unused]) == {shown, before}
    actions.delete(actor=cast.alice.user, post_id=post.pk, now=NOW)
    Post.objects.update(deleted_at="2020-01-01T00:00:00Z")
    assert articles_in_use([shown, before, unused]) == set()
    assert ArticlePicture.objects.count() == 2


def test_a_crash_halfway_leaves_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("posts.actions.publishing.set_tags", crash)
    with pytest.raises(RuntimeError):
        article(cast.alice.user)
    monkeypatch.undo()
    assert not Post.objects.exists()
    assert not Article.objects.exists()
    post = article(cast.alice.user)
    monkeypatch.setattr("posts.actions.editing.set_tags", crash)
    with pytest.raises(RuntimeError):
        edit(cast.alice.user, post, "Half of it")
    assert Article.objects.get().body == BODY
    assert not ArticleRevision.objects.exists()
