"""Drafts: kept as they are typed, never lost, never overwritten by another device."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from planet.accounts.models import User
from planet.web import images
from posts import actions, queries
from posts.actions import drafting
from posts.errors import AlreadyPublished, DraftConflict, Gone, NotACreator, TooLarge, TooManyDrafts
from posts.forms import publish_draft
from posts.models import Draft, Post
from tests.cast import Cast
from tests.factories import make_creator, make_draft
from tests.posts.conftest import NOW, Publish
from tests.posts.test_publishing import picture


def save(actor: User, draft_id: uuid.UUID, text: str, version: int = 0, **options: Any) -> Draft | None:
    """Save a draft that says `text`."""
    content = {"text": [text], "audience": ["public"]}
    options.setdefault("now", NOW)
    return actions.save_draft(actor=actor, draft_id=draft_id, content=content, version=version, **options).draft


def test_a_draft_keeps_the_form_as_it_was_sent(cast: Cast) -> None:
    content = {
        "text": ["  as typed \n"],
        "part": ["second", ""],
        "alt": ["", "b"],
        "csrfmiddlewaretoken": ["secret"],
        "client_id": ["x"],
        "warning": [""],
        "<script>": ["x"],
    }
    draft_id = uuid.uuid4()
    saved = actions.save_draft(
        actor=cast.alice.user, draft_id=draft_id, content=content, version=0, now=NOW, writer="tab"
    )
    draft = Draft.objects.get()
    assert saved.draft == draft
    assert draft.content == {"text": ["  as typed \n"], "part": ["second", ""], "alt": ["", "b"]}
    assert (draft.pk, draft.version, draft.writer, draft.creator_id) == (draft_id, 1, "tab", cast.alice.pk)


def test_every_change_is_a_version_and_no_change_is_none(cast: Cast) -> None:
    draft_id = uuid.uuid4()
    save(cast.alice.user, draft_id, "one")
    save(cast.alice.user, draft_id, "two", version=1)
    save(cast.alice.user, draft_id, "two", version=2, now=NOW + timedelta(hours=1))
    draft = Draft.objects.get()
    assert (draft.first("text"), draft.version, draft.saved_at) == ("two", 2, NOW)


def test_a_second_device_is_told_that_it_diverged_and_overwrites_nothing(cast: Cast) -> None:
    draft_id = uuid.uuid4()
    save(cast.alice.user, draft_id, "begun", writer="phone")
    save(cast.alice.user, draft_id, "from the desk", version=1, writer="desk")
    with pytest.raises(DraftConflict) as refused:
        save(cast.alice.user, draft_id, "from the phone", version=1, writer="phone")
    assert refused.value.draft.first("text") == "from the desk"
    assert Draft.objects.get().first("text") == "from the desk"
    save(cast.alice.user, draft_id, "from the phone", version=2, writer="phone")
    assert Draft.objects.get().first("text") == "from the phone"


def test_a_tab_never_diverges_from_itself(cast: Cast) -> None:
    """The answer to its last save was lost: it still believes in the version before."""
    draft_id = uuid.uuid4()
    save(cast.alice.user, draft_id, "one", writer="tab")
    save(cast.alice.user, draft_id, "two", version=1, writer="tab")
    save(cast.alice.user, draft_id, "three", version=1, writer="tab")
    assert Draft.objects.get().first("text") == "three"


def test_the_same_words_from_two_devices_do_not_diverge(cast: Cast) -> None:
    draft_id = uuid.uuid4()
    save(cast.alice.user, draft_id, "same", writer="a")
    save(cast.alice.user, draft_id, "same", version=0, writer="b")
    assert Draft.objects.get().version == 1


@pytest.mark.parametrize("text", ["", " \n "])
def test_nothing_is_kept_of_an_empty_form(cast: Cast, text: str) -> None:
    draft_id = uuid.uuid4()
    assert save(cast.alice.user, draft_id, text) is None
    save(cast.alice.user, draft_id, "words")
    assert save(cast.alice.user, draft_id, text, version=1) is None
    assert not Draft.objects.exists()


def test_somebody_elses_draft_is_not_there(cast: Cast) -> None:
    dora = make_creator("dora").user
    draft = make_draft(cast.alice, "hers")
    with pytest.raises(Gone):
        save(dora, draft.pk, "mine now", version=1)
    with pytest.raises(Gone):
        actions.throw_away(actor=dora, draft_id=draft.pk, now=NOW)
    with pytest.raises(Gone):
        actions.schedule(actor=dora, draft_id=draft.pk, publish_at=NOW + timedelta(days=1), time_zone="UTC", now=NOW)
    draft.refresh_from_db()
    assert (draft.first("text"), draft.deleted_at, draft.state) == ("hers", None, "draft")


def test_only_a_creator_has_drafts(cast: Cast) -> None:
    with pytest.raises(NotACreator):
        save(cast.bob, uuid.uuid4(), "words")
    assert not Draft.objects.exists()


def test_what_was_published_does_not_come_back_as_a_draft(cast: Cast, publish: Publish) -> None:
    draft_id = uuid.uuid4()
    save(cast.alice.user, draft_id, "Out.")
    post = publish(cast.alice.user, "Out.", client_id=draft_id)
    assert not Draft.objects.exists()
    with pytest.raises(AlreadyPublished) as refused:
        save(cast.alice.user, draft_id, "late save", version=1)
    assert refused.value.post == post
    assert not Draft.objects.exists()


def test_publishing_leaves_the_drafts_of_others_alone(cast: Cast, publish: Publish) -> None:
    draft = make_draft(make_creator("dora"), "hers")
    publish(cast.alice.user, client_id=draft.pk)
    assert Draft.objects.get() == draft


def test_a_refused_publication_leaves_the_draft(cast: Cast, publish: Publish) -> None:
    draft = make_draft(cast.alice, "quoting nothing")
    with pytest.raises(Gone):
        publish(cast.alice.user, client_id=draft.pk, quote_of=uuid.uuid4())
    assert Draft.objects.get() == draft


def test_a_thrown_away_draft_can_be_had_back_for_a_day(cast: Cast) -> None:
    draft = make_draft(cast.alice, "words")
    actions.throw_away(actor=cast.alice.user, draft_id=draft.pk, now=NOW)
    with pytest.raises(Gone):
        actions.throw_away(actor=cast.alice.user, draft_id=draft.pk, now=NOW)
    assert actions.forget_thrown_away(now=NOW + timedelta(hours=23)) == 0
    assert actions.get_back(actor=cast.alice.user, draft_id=draft.pk).deleted_at is None
    actions.throw_away(actor=cast.alice.user, draft_id=draft.pk, now=NOW)
    assert actions.forget_thrown_away(now=NOW + timedelta(hours=25)) == 1
    with pytest.raises(Gone):
        actions.get_back(actor=cast.alice.user, draft_id=draft.pk)


def test_writing_on_in_a_thrown_away_draft_brings_it_back(cast: Cast) -> None:
    draft = make_draft(cast.alice, "words")
    actions.throw_away(actor=cast.alice.user, draft_id=draft.pk, now=NOW)
    save(cast.alice.user, draft.pk, "words and more", version=1)
    assert Draft.objects.get().deleted_at is None


def test_drafts_are_bounded_also_by_the_way_back(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafting, "MAX_DRAFTS", 2)
    first = make_draft(cast.alice, "1")
    make_draft(cast.alice, "2")
    with pytest.raises(TooManyDrafts):
        save(cast.alice.user, uuid.uuid4(), "3")
    actions.throw_away(actor=cast.alice.user, draft_id=first.pk, now=NOW)
    save(cast.alice.user, uuid.uuid4(), "3")
    with pytest.raises(TooManyDrafts):
        actions.get_back(actor=cast.alice.user, draft_id=first.pk)
    assert Draft.objects.filter(deleted_at=None).count() == 2


@pytest.mark.parametrize("content", [{"text": ["x" * 600_000]}, {"part": ["x"] * 300}, {"x": ["\n" * 400_000]}])
def test_a_paste_of_half_a_megabyte_is_refused(cast: Cast, content: dict[str, list[str]]) -> None:
    with pytest.raises(TooLarge):
        actions.save_draft(actor=cast.alice.user, draft_id=uuid.uuid4(), content=content, version=0, now=NOW)
    assert not Draft.objects.exists()


def test_characters_that_no_database_stores_do_not_stop_a_save(cast: Cast) -> None:
    draft = save(cast.alice.user, uuid.uuid4(), "nul\0 and half\ud83d a smiley, ten thousand " + "@bob " * 10_000)
    assert draft is not None
    assert draft.first("text").startswith("nul and half a smiley")


def test_pictures_of_a_draft_are_not_swept(cast: Cast) -> None:
    keys = [images.store(picture(colour), kind="picture").key for colour in ("red", "blue", "green", "white")]
    actions.save_draft(
        actor=cast.alice.user,
        draft_id=uuid.uuid4(),
        content={"picture": [keys[0]], "body": [f"![x](/media/{keys[1]}/960.webp)"], "block": [f'{{"k":"{keys[2]}"}}']},
        version=0,
        now=NOW,
    )
    assert set(queries.in_use(keys)) == set(keys[:3])


def test_a_draft_publishes_all_that_it_holds(cast: Cast) -> None:
    key = images.store(picture(), kind="picture").key
    draft = make_draft(
        cast.alice, "$SOL first", part=["second", "third"], picture=[key], alt=["a red square"], warning=["Loud"],
        replies=["nobody"], is_promotion=["on"],
    )  # fmt: skip
    post = publish_draft(draft, cast.alice.user, NOW)
    assert [p.text for p in Post.objects.order_by("part")] == ["$SOL first", "second", "third"]
    assert set(Post.objects.filter(thread=post).values_list("part", flat=True)) == {1, 2}
    assert list(post.pictures.values_list("key", "alt")) == [(key, "a red square")]
    assert (post.warning, post.replies, post.is_promotion, post.client_id) == ("Loud", "nobody", True, draft.pk)
