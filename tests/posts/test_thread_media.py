"""Pictures and components of the later posts of a thread: written, kept, published, taken apart again."""

import json
import uuid
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from planet.web import images
from posts import actions, blocks, thread_form
from posts.actions import NewPart, StoredPicture
from posts.errors import AlreadyPublished, TooManyBlocks, TooManyPictures
from posts.forms import PostForm, publish_draft
from posts.models import Draft, Post, PostBlock, PostPicture
from tests.cast import Cast
from tests.posts.conftest import NOW, Publish
from tests.posts.test_publishing import picture

POLL = json.dumps({"kind": "poll", "options": ["Up", "Down"], "runs": "1d"})


def shot(alt: str = "") -> StoredPicture:
    """A picture that was uploaded."""
    kept = images.store(picture(), kind="picture")
    return StoredPicture(kept.key, kept.width, kept.height, alt)


def form(**values: Any) -> QueryDict:
    """The composer's form; a list is a field that is there several times."""
    data = QueryDict(mutable=True)
    for name, value in {"client_id": str(uuid.uuid4()), "text": "First", **values}.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def test_each_post_of_a_thread_has_its_own_pictures_and_components(cast: Cast) -> None:
    keys = [shot().key for _ in range(4)]
    data = form(
        part=["Second", "Third"],
        picture=keys,
        alt=["a", "b", "c", "d"],
        part_pictures=["2", "1"],
        block=[POLL],
        part_blocks=["0", "1"],
    )
    assert cast.browser(cast.alice.user).post("/post/", data.dict() | dict(data.lists())).status_code == 302
    first, second, third = Post.objects.order_by("part")
    found = {post: [(one.key, one.alt) for one in post.pictures.all()] for post in (first, second, third)}
    assert found == {
        first: [(keys[0], "a")],
        second: [(keys[1], "b"), (keys[2], "c")],
        third: [(keys[3], "d")],
    }
    assert PostBlock.objects.get().post == third
    page = Client().get(first.get_absolute_url()).content.decode()
    places = [page.index(f"{key}/") for key in keys]
    assert places == sorted(places)
    assert page.index("Third") < page.index("Down")


def test_a_part_of_pictures_alone_is_refused_and_not_dropped(cast: Cast) -> None:
    data = form(part=["", "  "], picture=[shot().key], part_pictures=["1", "0"])
    answer = cast.browser(cast.alice.user).post("/post/", data.dict() | dict(data.lists()))
    assert answer.status_code == 422
    assert answer.content.decode().count('name="part_pictures" value="1"') == 1
    assert not Post.objects.exists()


def test_what_one_part_gets_wrong_publishes_nothing_and_leaves_no_picture_of_it(cast: Cast, publish: Publish) -> None:
    good = shot()
    with pytest.raises(ValidationError):
        publish(cast.alice.user, "First", parts=[NewPart("fine", [good]), NewPart("x" * 2001)])
    with pytest.raises(TooManyPictures):
        publish(cast.alice.user, "First", parts=[NewPart("many", [good] * 10)])
    with pytest.raises(TooManyPictures):
        publish(cast.alice.user, "First", parts=[NewPart("many", [good] * 9)] * 5)
    assert not Post.objects.exists()
    assert not PostPicture.objects.exists()


def test_a_crash_while_the_last_part_is_written_leaves_nothing(
    cast: Cast, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Post] = []

    def dying(post: Post, *rest: Any) -> None:
        seen.append(post)
        if len(seen) == 3:
            raise ConnectionError
        blocks.attach(post, *rest)

    client_id, parts = uuid.uuid4(), [NewPart("Second", [shot()]), NewPart("Third", [shot()])]
    with monkeypatch.context() as patched:
        patched.setattr("posts.actions.publishing.attach_blocks", dying)
        with pytest.raises(ConnectionError):
            publish(cast.alice.user, "First", parts=parts, client_id=client_id)
    assert not PostPicture.objects.exists()
    first = publish(cast.alice.user, "First", parts=parts, client_id=client_id)
    assert publish(cast.alice.user, "First", parts=parts, client_id=client_id) == first
    assert PostPicture.objects.count() == 2
    with pytest.raises(AlreadyPublished):
        publish(cast.alice.user, "First", parts=["Other", "Third"], client_id=client_id)


def test_a_draft_keeps_whose_pictures_they_are_and_publishes_them_so(cast: Cast) -> None:
    keys = [shot().key for _ in range(2)]
    content = {
        "text": ["First"],
        "part": ["Second"],
        "picture": keys,
        "alt": ["a", "b"],
        "part_pictures": ["1"],
        "block": [POLL],
        "part_blocks": ["1"],
    }
    draft_id = uuid.uuid4()
    actions.save_draft(actor=cast.alice.user, draft_id=draft_id, content=content, version=0, now=NOW)
    draft = Draft.objects.get()
    assert draft.pictures == sorted(keys)
    html = cast.browser(cast.alice.user).get(draft.get_absolute_url()).content.decode()
    part = html[html.index('<li class="part"') :]
    assert keys[0] not in part
    assert part.index(keys[1]) < part.index("&quot;poll&quot;")
    first = publish_draft(draft, cast.alice.user, NOW)
    second = Post.objects.get(thread=first)
    assert [one.key for one in second.pictures.all()] == keys[1:]
    assert PostBlock.objects.get().post == second


def test_a_thread_that_is_taken_apart_comes_back_as_it_was(cast: Cast, publish: Publish) -> None:
    parts = [NewPart("Second", [shot("b"), shot("c")]), NewPart("Third")]
    first = publish(cast.alice.user, "First", stored=[shot("a")], parts=parts)
    draft = actions.redraft(actor=cast.alice.user, post_id=first.pk, now=NOW)
    assert draft.content["part_pictures"] == ["2", "0"]
    again = publish_draft(draft, cast.alice.user, NOW)
    found = Post.objects.filter(pk=again.pk) | Post.objects.filter(thread=again)
    assert [[one.alt for one in post.pictures.all()] for post in found.order_by("part")] == [["a"], ["b", "c"], []]


def test_a_file_of_a_form_without_scripts_goes_to_the_first_post_of_a_draft(cast: Cast) -> None:
    key = shot().key
    data = form(part=["Second"], picture=[key], alt=["of the part", "of the file"], part_pictures=["1"], then="drafts")
    upload = BytesIO(picture().read())
    upload.name = "chart.png"
    sent = data.dict() | dict(data.lists()) | {"pictures": upload}
    cast.browser(cast.alice.user).post(f"/drafts/{data['client_id']}/save/", sent)
    first, second = thread_form.typed(_form_of(Draft.objects.get()))
    assert [alt for _, alt in first.pictures] == ["of the file"]
    assert second.pictures == [(key, "of the part")]


def _form_of(draft: Draft) -> QueryDict:
    return form(**draft.content)


def test_the_page_of_a_thread_takes_no_more_queries_for_pictures_in_its_parts(
    cast: Cast, publish: Publish, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    counts = []
    for parts in (2, 10):
        post = publish(cast.alice.user, "First", parts=[NewPart("more", [shot()])] * parts)
        client = Client()
        client.get(post.get_absolute_url())
        with django_assert_max_num_queries(30) as captured:
            client.get(post.get_absolute_url())
        counts.append(len(captured))
    assert counts[0] == counts[1]


@given(
    parts=st.lists(st.sampled_from(["", "words"]), max_size=5),
    pictures=st.lists(st.text("abc", min_size=1, max_size=2), max_size=6),
    counts=st.lists(st.sampled_from(["0", "1", "3", "-1", "x", "²", "99999999999", ""]), max_size=7),
)
@settings(max_examples=60, deadline=None)
def test_whatever_is_said_no_picture_is_lost_doubled_or_moved_before_another(
    parts: list[str], pictures: list[str], counts: list[str]
) -> None:
    data = form(part=parts, picture=pictures, part_pictures=counts)
    found = thread_form.sheets("First", parts, [(one, "") for one in pictures], [], data)
    assert [key for sheet in found for key, _ in sheet.pictures] == pictures
    assert PostForm(data).parts == found[1:]


def order(*places: str, **more: Any) -> QueryDict:
    """A thread of three with a picture each and a poll on the last, and the numbers that were typed."""
    keys = [shot(name).key for name in "abc"]
    return thread_form.in_order(
        form(
            part=["Second", "Third"],
            part_place=list(places),
            picture=keys,
            alt=["a", "b", "c", "of a file"],
            part_pictures=["1", "1"],
            block=[POLL],
            part_blocks=["0", "1"],
            **more,
        )
    )


@pytest.mark.parametrize(
    ("places", "words"),
    [
        (["2", "3"], ["First", "Second", "Third"]),
        (["3", "2"], ["First", "Third", "Second"]),
        (["2", "2"], ["First", "Third", "Second"]),
        (["3", "3"], ["First", "Third", "Second"]),
        (["2", "1"], ["Third", "First", "Second"]),
        (["1", "1"], ["Second", "Third", "First"]),
        (["x", "²"], ["First", "Second", "Third"]),
        (["99"], ["First", "Third", "Second"]),
    ],
    ids="-".join,
)
def test_posts_stand_where_their_numbers_say_with_all_that_is_theirs(places: list[str], words: list[str]) -> None:
    data = order(*places)
    found = thread_form.typed(data)
    assert [sheet.text for sheet in found] == words
    assert [alt for sheet in found for _, alt in sheet.pictures] == [
        {"F": "a", "S": "b", "T": "c"}[w[0]] for w in words
    ]
    assert [sheet.text for sheet in found if sheet.blocks] == ["Third"]
    assert data.getlist("alt")[3:] == ["of a file"]
    assert "part_place" not in data


def test_a_draft_and_a_post_are_in_the_order_that_was_typed_without_scripts(cast: Cast) -> None:
    data = form(part=["Second", "Third", "", ""], part_place=["3", "2"])
    alice, sent = cast.browser(cast.alice.user), data.dict() | dict(data.lists())
    alice.post(f"/drafts/{data['client_id']}/save/", sent | {"then": "drafts"})
    draft = Draft.objects.get()
    assert [draft.content["part"][:2], "part_place" in draft.content] == [["Third", "Second"], False]
    assert 'name="part_place" min="1" max="25" value="3"' in alice.get(draft.get_absolute_url()).content.decode()
    alice.post("/post/", sent)
    assert list(Post.objects.order_by("part").values_list("text", flat=True)) == ["First", "Third", "Second"]


def test_a_thread_has_at_most_24_components_whoever_publishes_it(cast: Cast, publish: Publish) -> None:
    new = blocks.clean_all([json.loads(POLL)], author=cast.alice.user, now=NOW)
    parts = [NewPart("more", blocks=new)] * 24
    with pytest.raises(TooManyBlocks):
        publish(cast.alice.user, "First", blocks=new, parts=parts)
    assert not Post.objects.exists()
    publish(cast.alice.user, "First", parts=parts)
