"""Publishing, editing and deleting."""

import uuid
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from PIL import Image

from creators.models import Creator
from planet.accounts.models import Block, KycState, User
from planet.notifications.models import Notification
from planet.web.images import BadImage
from posts import actions
from posts.actions import NewPicture
from posts.errors import AlreadyPublished, EditConflict, Gone, NotACreator, NotAllowed, NotVerified, TooManyPictures
from posts.models import Post, PostMention, PostRevision, PostTag
from tests.cast import Cast
from tests.factories import make_creator, make_post, make_user
from tests.posts.conftest import NOW, Event, Publish

Heard = Callable[[Callable[[], Any]], list[Event]]


def picture(colour: str = "red") -> BytesIO:
    out = BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "PNG")
    out.seek(0)
    return out


def files() -> set[Path]:
    root = Path(settings.MEDIA_ROOT)
    return {path for path in root.rglob("*") if path.is_file()} if root.exists() else set()


# --- publish ------------------------------------------------------------------------------------------------------


def test_a_post_keeps_its_words_tags_and_people(cast: Cast, publish: Publish) -> None:
    post = publish(cast.alice.user, "  $SOL and #Rates\r\n\r\n\r\n\r\nwith @bob and @nobody  ")
    assert post.text == "$SOL and #Rates\n\nwith @bob and @nobody"
    assert set(PostTag.objects.values_list("tag__kind", "tag__name")) == {("asset", "SOL"), ("topic", "rates")}
    assert list(PostMention.objects.values_list("user", flat=True)) == [cast.bob.pk]
    assert Creator.objects.get(pk=cast.alice.pk).posts_count == 1


def test_two_thousand_characters_and_not_one_more(cast: Cast, publish: Publish) -> None:
    # Composed after cleaning: e + accent is one character, and invisible ones do not count.
    assert len(publish(cast.alice.user, "e\u0301" * 2000 + "\u200b").text) == 2000
    with pytest.raises(ValidationError, match="3 characters too long"):
        publish(cast.alice.user, "x" * 2003)


@pytest.mark.parametrize("text", ["", " \n ", "\u200b\u2060", "\u202e"])
def test_an_empty_post_is_refused(cast: Cast, publish: Publish, text: str) -> None:
    with pytest.raises(ValidationError, match="Write something"):
        publish(cast.alice.user, text)
    assert not Post.objects.exists()


def test_direction_tricks_do_not_survive(cast: Cast, publish: Publish) -> None:
    assert publish(cast.alice.user, "pay \u202e0001\u202c now\u0000").text == "pay 0001 now"


def test_only_a_creator_publishes(cast: Cast, publish: Publish) -> None:
    with pytest.raises(NotACreator):
        publish(cast.bob)
    assert not Post.objects.exists()


@pytest.mark.parametrize("state", [state for state in KycState if state != KycState.APPROVED])
def test_a_creator_whose_identity_check_is_over_publishes_nothing_until_it_stands_again(
    cast: Cast, publish: Publish, state: KycState
) -> None:
    quoted, own = make_post(make_creator("dora")), make_post(cast.alice)
    stale = User.objects.get(pk=cast.alice.pk)  # as a request has it that began before the end
    User.objects.filter(pk=stale.pk).update(kyc_state=state)
    for options in ({}, {"quote_of": quoted.pk}):
        with pytest.raises(NotVerified):
            publish(stale, **options)
    actions.edit(actor=stale, post_id=own.pk, text="Other words", now=NOW)
    actions.delete(actor=stale, post_id=own.pk, now=NOW)
    User.objects.filter(pk=stale.pk).update(kyc_state=KycState.APPROVED)
    assert publish(stale, quote_of=quoted.pk).quote_of == quoted


def test_a_retry_returns_the_first_post(cast: Cast, publish: Publish) -> None:
    client_id = uuid.uuid4()
    first = publish(cast.alice.user, "Once.", client_id=client_id)
    assert publish(cast.alice.user, "Once.", client_id=client_id) == first
    assert Creator.objects.get(pk=cast.alice.pk).posts_count == 1


def test_a_retry_with_another_text_is_told_so(cast: Cast, publish: Publish) -> None:
    client_id = uuid.uuid4()
    first = publish(cast.alice.user, "Once.", client_id=client_id)
    with pytest.raises(AlreadyPublished) as refused:
        publish(cast.alice.user, "Twice.", client_id=client_id)
    assert refused.value.post == first
    actions.edit(actor=cast.alice.user, post_id=first.pk, text="Later.", now=NOW)
    assert publish(cast.alice.user, "Once.", client_id=client_id) == first


def test_another_person_may_use_the_same_client_id(cast: Cast, publish: Publish) -> None:
    client_id = uuid.uuid4()
    first = publish(cast.alice.user, client_id=client_id)
    assert publish(make_creator("dora").user, client_id=client_id) != first


def test_pictures_are_stored_with_what_they_show(cast: Cast, publish: Publish) -> None:
    pictures = [NewPicture(picture(), " A red\u202e square "), NewPicture(picture("blue"))]
    post = publish(cast.alice.user, pictures=pictures)
    assert [(p.position, p.width, p.height, p.alt) for p in post.pictures.all()] == [
        (0, 64, 48, "A red square"),
        (1, 64, 48, ""),
    ]
    assert len(files()) >= 2


def test_a_bad_picture_leaves_nothing(cast: Cast, publish: Publish) -> None:
    before = files()
    with pytest.raises(BadImage):
        publish(cast.alice.user, pictures=[NewPicture(picture()), NewPicture(BytesIO(b"<svg onload=alert(1)>"))])
    assert not Post.objects.exists()
    assert files() == before


def test_a_failed_write_leaves_no_picture(cast: Cast, publish: Publish) -> None:
    before = files()
    with pytest.raises(Gone):
        publish(cast.alice.user, pictures=[NewPicture(picture())], quote_of=uuid.uuid4())
    assert files() == before


def test_ten_pictures_are_too_many(cast: Cast, publish: Publish) -> None:
    before = files()
    with pytest.raises(TooManyPictures):
        publish(cast.alice.user, pictures=[NewPicture(picture()) for _ in range(10)])
    assert files() == before


def test_mentions_across_a_block_are_dropped(cast: Cast, publish: Publish) -> None:
    Block.objects.create(owner=cast.bob, target=cast.alice.user)
    Block.objects.create(owner=cast.alice.user, target=cast.charlie)
    publish(cast.alice.user, "@bob @charlie @olga")
    assert list(PostMention.objects.values_list("user", flat=True)) == [cast.olga.pk]
    assert set(Notification.objects.values_list("recipient", flat=True)) == {cast.olga.pk}


def test_a_quote_counts_and_tells(cast: Cast, publish: Publish) -> None:
    quoted = make_post(cast.alice)
    dora = make_creator("dora")
    quote = publish(dora.user, "This. @alice", quote_of=quoted.pk)
    quoted.refresh_from_db()
    assert (quote.quote_of, quoted.repost_count) == (quoted, 1)
    told = Notification.objects.get(recipient=cast.alice.user)  # one notification, although it mentions as well
    assert (told.group_key, told.url) == (f"quote:{quoted.pk}", quote.get_absolute_url())


def test_quoting_a_repost_quotes_its_original(cast: Cast, publish: Publish) -> None:
    original = make_post(cast.alice)
    repost = make_post(make_creator("dora"), "", repost_of=original)
    assert publish(make_creator("emil").user, "Yes.", quote_of=repost.pk).quote_of == original


def test_nobody_quotes_across_a_block(cast: Cast, publish: Publish) -> None:
    quoted = make_post(cast.alice)
    dora = make_creator("dora")
    Block.objects.create(owner=cast.alice.user, target=dora.user)
    with pytest.raises(NotAllowed):
        publish(dora.user, "This.", quote_of=quoted.pk)
    quoted.refresh_from_db()
    assert quoted.repost_count == 0


def test_a_new_post_is_heard_by_followers_everyone_and_on_the_homepage(
    cast: Cast, publish: Publish, heard: Heard
) -> None:
    events = heard(lambda: publish(cast.alice.user))
    post = Post.objects.get()
    assert [(event.topic, event.kind) for event in events] == [
        (f"followers:{cast.alice.pk}", "post"),
        ("everyone", "post"),
        (f"creator:{cast.alice.pk}", "post"),
    ]
    assert events[0].data["id"] == str(post.pk)
    assert events[0].data["handle"] == "alice"


# --- edit ---------------------------------------------------------------------------------------------------------


def test_an_edit_keeps_what_was_there(cast: Cast, publish: Publish, heard: Heard) -> None:
    post = publish(cast.alice.user, "Long $SOL with @bob")
    events = heard(
        lambda: actions.edit(
            actor=cast.alice.user, post_id=post.pk, text="Short $ETH with @charlie", now=NOW, revision=0
        )
    )
    post.refresh_from_db()
    assert (post.text, post.revision, post.edited_at) == ("Short $ETH with @charlie", 1, NOW)
    assert list(PostRevision.objects.values_list("revision", "text")) == [(0, "Long $SOL with @bob")]
    assert list(PostTag.objects.values_list("tag__name", flat=True)) == ["ETH"]
    assert list(PostMention.objects.values_list("user", flat=True)) == [cast.charlie.pk]
    (event,) = [event for event in events if event.kind == "edited"]
    assert (event.topic, event.data["revision"]) == (f"post:{post.pk}", 1)
    assert "$ETH" in event.html


def test_only_new_mentions_are_told(cast: Cast, publish: Publish) -> None:
    post = publish(cast.alice.user, "@bob")
    Notification.objects.all().delete()
    actions.edit(actor=cast.alice.user, post_id=post.pk, text="@bob @charlie", now=NOW)
    assert list(Notification.objects.values_list("recipient", flat=True)) == [cast.charlie.pk]


def test_saving_the_same_text_is_no_edit(cast: Cast, publish: Publish) -> None:
    post = publish(cast.alice.user, "Same.")
    actions.edit(actor=cast.alice.user, post_id=post.pk, text=" Same. ", now=NOW, revision=7)
    post.refresh_from_db()
    assert (post.revision, post.edited_at, PostRevision.objects.count()) == (0, None, 0)


def test_an_edit_from_an_old_revision_is_refused(cast: Cast, publish: Publish) -> None:
    post = publish(cast.alice.user, "One.")
    actions.edit(actor=cast.alice.user, post_id=post.pk, text="Two.", now=NOW, revision=0)
    with pytest.raises(EditConflict) as refused:
        actions.edit(actor=cast.alice.user, post_id=post.pk, text="Three.", now=NOW, revision=0)
    assert refused.value.post.text == "Two."
    post.refresh_from_db()
    assert post.text == "Two."


def test_nobody_else_edits(cast: Cast, publish: Publish) -> None:
    post = publish(cast.alice.user, "Mine.")
    with pytest.raises(NotAllowed):
        actions.edit(actor=cast.olga, post_id=post.pk, text="Yours.", now=NOW)
    post.refresh_from_db()
    assert post.text == "Mine."


# --- delete -------------------------------------------------------------------------------------------------------


def test_a_deleted_post_takes_its_reposts_counts_and_news_along(cast: Cast, publish: Publish, heard: Heard) -> None:
    post = publish(cast.alice.user, "Gone soon @charlie")
    dora = make_creator("dora")
    actions.repost(actor=dora.user, post_id=post.pk, now=NOW)
    events = heard(lambda: actions.delete(actor=cast.alice.user, post_id=post.pk, now=NOW))
    assert not Post.objects.filter(deleted_at=None).exists()
    assert Creator.objects.get(pk=cast.alice.pk).posts_count == 0
    assert not Notification.objects.filter(group_key=f"mention:{post.pk}").exists()
    assert (f"post:{post.pk}", "removed") in [(event.topic, event.kind) for event in events]


def test_deleting_a_quote_gives_the_count_back(cast: Cast, publish: Publish) -> None:
    quoted = publish(cast.alice.user)
    dora = make_creator("dora")
    quote = publish(dora.user, "This.", quote_of=quoted.pk)
    actions.delete(actor=dora.user, post_id=quote.pk, now=NOW)
    quoted.refresh_from_db()
    assert quoted.repost_count == 0
    assert not Notification.objects.filter(recipient=cast.alice.user).exists()


def test_deleting_what_was_quoted_leaves_the_quote(cast: Cast, publish: Publish) -> None:
    quoted = publish(cast.alice.user)
    quote = publish(make_creator("dora").user, "This.", quote_of=quoted.pk)
    actions.delete(actor=cast.alice.user, post_id=quoted.pk, now=NOW)
    quote.refresh_from_db()
    assert quote.deleted_at is None


def test_a_post_is_deleted_once(cast: Cast, publish: Publish) -> None:
    post = publish(cast.alice.user)
    actions.delete(actor=cast.alice.user, post_id=post.pk, now=NOW)
    with pytest.raises(Gone):
        actions.delete(actor=cast.alice.user, post_id=post.pk, now=NOW)
    assert Creator.objects.get(pk=cast.alice.pk).posts_count == 0


def test_an_operator_may_delete_and_others_may_not(cast: Cast, publish: Publish) -> None:
    post = publish(cast.alice.user)
    for person in (cast.bob, make_user("eve")):
        with pytest.raises(NotAllowed):
            actions.delete(actor=person, post_id=post.pk, now=NOW)
    post.refresh_from_db()
    assert post.deleted_at is None
    actions.delete(actor=cast.olga, post_id=post.pk, now=NOW)
    post.refresh_from_db()
    assert post.deleted_at == NOW
