"""Lists: whose they are, who is on them, what their feed shows, what is pinned."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from pytest_django import DjangoAssertNumQueries

from planet.accounts.models import Block, Mute, User
from planet.realtime import topics
from planet.web.pagination import PAGE_SIZE
from posts import actions, queries
from posts.actions import lists as acting
from posts.errors import Gone, NotAllowed, TooMany
from posts.models import List, ListMember
from posts.queries.lists import listers_among
from tests.cast import Cast
from tests.factories import make_creator, make_post
from tests.posts.conftest import NOW
from tests.posts.test_timelines import ids, newest_first, walk
from tests.together import together


def make_list(owner: User, *creators: Any, name: str = "Macro") -> List:
    made = List.objects.create(owner=owner, name=name)
    for creator in creators:
        ListMember.objects.create(list=made, creator=creator)
    return made


# --- its feed -----------------------------------------------------------------------------------------------------


def test_a_lists_feed_is_its_peoples_posts_in_time(cast: Cast) -> None:
    dora = make_creator("dora")
    made = make_list(cast.charlie, dora, cast.alice)
    posts = [make_post(creator) for creator in (dora, cast.alice, dora)]
    make_post(make_creator("emil"))
    item = make_post(dora, "", repost_of=make_post(make_creator("fritz")))
    assert ids(queries.of_list(of=made).items) == [item.pk, *newest_first(posts)]


def test_its_pages_hold_every_item_once(cast: Cast) -> None:
    creators = [make_creator(f"creator{n}") for n in range(3)]
    made = make_list(cast.charlie, *creators)
    posts = [make_post(creators[n % 3]) for n in range(PAGE_SIZE * 2 + 5)]
    assert ids(walk(lambda after: queries.of_list(of=made, after=after))) == newest_first(posts)


def test_whom_one_does_not_follow_shows_what_is_for_everyone(cast: Cast) -> None:
    secret, public = make_post(cast.alice, audience="followers"), make_post(cast.alice)
    assert ids(queries.of_list(of=make_list(cast.charlie, cast.alice)).items) == [public.pk]
    assert ids(queries.of_list(of=make_list(cast.bob, cast.alice)).items) == [public.pk, secret.pk]


def test_many_posts_for_followers_do_not_hide_an_older_public_one(cast: Cast) -> None:
    public = make_post(cast.alice)
    for _ in range(PAGE_SIZE + 3):
        make_post(cast.alice, audience="followers")
    assert ids(queries.of_list(of=make_list(cast.charlie, cast.alice)).items) == [public.pk]


@pytest.mark.parametrize("how", ["block", "blocked", "mute", "deleted", "suspended"])
def test_the_hidden_are_filtered(cast: Cast, how: str) -> None:
    made, post = make_list(cast.charlie, cast.alice), make_post(cast.alice)
    if how == "deleted":
        actions.delete(actor=cast.alice.user, post_id=post.pk, now=NOW)
    elif how == "suspended":
        User.objects.filter(pk=cast.alice.pk).update(is_active=False)
    else:
        pair = (cast.alice.user, cast.charlie) if how == "blocked" else (cast.charlie, cast.alice.user)
        (Mute if how == "mute" else Block).objects.create(owner=pair[0], target=pair[1])
    assert queries.of_list(of=made).items == []


def test_a_page_is_two_queries_however_many(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    made = make_list(cast.charlie)
    for many in (1, 20):
        for number in range(many):
            creator = make_creator(f"many{many}x{number}")
            ListMember.objects.create(list=made, creator=creator)
            make_post(creator)
        with django_assert_num_queries(2):
            assert queries.of_list(of=made).items


def test_new_posts_of_a_list_reach_whoever_has_them_on_one(cast: Cast) -> None:
    make_list(cast.charlie, cast.alice)
    asked = [cast.bob.pk, cast.charlie.pk]
    assert listers_among(cast.alice.pk, asked) == {cast.charlie.pk}
    assert topics.allowed(cast.charlie.pk, ["lists"]) == {"lists"}
    assert topics.allowed(None, ["lists"]) == set()
    Mute.objects.create(owner=cast.charlie, target=cast.alice.user)
    assert listers_among(str(cast.alice.pk), asked) == set()


# --- actions ------------------------------------------------------------------------------------------------------


def test_a_list_is_made_filled_and_thrown_away(cast: Cast) -> None:
    made = actions.create_list(actor=cast.bob, name="  DeFi  people ", now=NOW)
    assert made.name == "DeFi people"
    put: Callable[[], bool] = lambda: actions.put_on_list(  # noqa: E731
        actor=cast.bob, list_id=made.pk, creator=cast.alice, now=NOW
    )
    assert (put(), put()) == (True, False)
    assert queries.lists_with(owner=cast.bob, creator=cast.alice) == {made.pk}
    assert [one.size for one in queries.lists_of(cast.bob)] == [1]  # type: ignore[attr-defined]
    assert actions.take_off_list(actor=cast.bob, list_id=made.pk, creator_id=cast.alice.pk)
    assert not actions.take_off_list(actor=cast.bob, list_id=made.pk, creator_id=cast.alice.pk)
    actions.delete_list(actor=cast.bob, list_id=made.pk)
    assert not List.objects.exists()


def test_somebody_elses_list_is_nobodys(cast: Cast) -> None:
    made = make_list(cast.bob)
    for act in (
        lambda: actions.rename_list(actor=cast.charlie, list_id=made.pk, name="Mine"),
        lambda: actions.delete_list(actor=cast.charlie, list_id=made.pk),
        lambda: actions.pin_list(actor=cast.charlie, list_id=made.pk, on=True, now=NOW),
        lambda: actions.put_on_list(actor=cast.charlie, list_id=made.pk, creator=cast.alice, now=NOW),
        lambda: actions.take_off_list(actor=cast.charlie, list_id=made.pk, creator_id=cast.alice.pk),
    ):
        with pytest.raises(Gone):
            act()
    made.refresh_from_db()
    assert (made.name, made.pinned_at, made.members.count()) == ("Macro", None, 0)


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "x" * 41])
def test_a_list_has_a_name(cast: Cast, name: str) -> None:
    with pytest.raises(ValidationError):
        actions.create_list(actor=cast.bob, name=name, now=NOW)
    assert not List.objects.exists()


def test_a_block_keeps_off_lists(cast: Cast) -> None:
    made = make_list(cast.bob)
    Block.objects.create(owner=cast.alice.user, target=cast.bob)
    with pytest.raises(NotAllowed):
        actions.put_on_list(actor=cast.bob, list_id=made.pk, creator=cast.alice, now=NOW)
    assert not ListMember.objects.exists()


def test_what_is_pinned_is_a_copy_that_agrees(cast: Cast) -> None:
    first, second = (make_list(cast.bob, name=name) for name in ("One", "Two"))
    for number, made in enumerate((first, second)):
        actions.pin_list(actor=cast.bob, list_id=made.pk, on=True, now=NOW + timedelta(seconds=number))
    actions.pin_list(actor=cast.bob, list_id=first.pk, on=True, now=NOW)
    assert pinned(cast.bob) == ["One", "Two"]
    actions.rename_list(actor=cast.bob, list_id=first.pk, name="Eins")
    assert pinned(cast.bob) == ["Eins", "Two"]
    actions.pin_list(actor=cast.bob, list_id=second.pk, on=False, now=NOW)
    assert pinned(cast.bob) == ["Eins"]
    actions.delete_list(actor=cast.bob, list_id=first.pk)
    assert pinned(cast.bob) == []


def pinned(owner: User) -> list[str]:
    return [name for _, name in User.objects.get(pk=owner.pk).pinned_feeds]


def test_lists_members_and_tabs_are_bounded(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in ("MOST_LISTS", "MOST_MEMBERS", "MOST_PINNED"):
        monkeypatch.setattr(acting, limit, 1)
    made = actions.create_list(actor=cast.bob, name="One", now=NOW)
    with pytest.raises(TooMany):
        actions.create_list(actor=cast.bob, name="Two", now=NOW)
    actions.put_on_list(actor=cast.bob, list_id=made.pk, creator=cast.alice, now=NOW)
    with pytest.raises(TooMany):
        actions.put_on_list(actor=cast.bob, list_id=made.pk, creator=make_creator("dora"), now=NOW)
    other = make_list(cast.bob)
    actions.pin_list(actor=cast.bob, list_id=made.pk, on=True, now=NOW)
    with pytest.raises(TooMany):
        actions.pin_list(actor=cast.bob, list_id=other.pk, on=True, now=NOW)
    assert pinned(cast.bob) == ["One"]


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_pinning_at_the_same_moment_stays_within_bounds(cast: Cast) -> None:
    made = [make_list(cast.bob, name=f"{n}") for n in range(8)]
    turn = iter(range(8))
    lock = threading.Lock()

    def run(_: int) -> None:
        with lock:
            number = next(turn)
        try:
            actions.pin_list(actor=User.objects.get(pk=cast.bob.pk), list_id=made[number].pk, on=True, now=NOW)
        except TooMany:
            return

    assert together(run, threads=8) == []
    assert List.objects.filter(pinned_at__isnull=False).count() == acting.MOST_PINNED
    assert len(pinned(cast.bob)) == acting.MOST_PINNED


# --- pages --------------------------------------------------------------------------------------------------------


def test_lists_are_made_and_filled_without_scripts(cast: Cast) -> None:
    browser = cast.browser(cast.bob)
    answer = browser.post("/lists/", {"name": "Macro"})
    made = List.objects.get()
    assert answer.headers["Location"] == f"/lists/{made.pk}/edit/"
    assert browser.post(f"/lists/{made.pk}/edit/", {"handle": "@alice"}).status_code == 302
    assert "@alice" in browser.get(f"/lists/{made.pk}/edit/").content.decode()
    post = make_post(cast.alice, "Rates are up")
    assert str(post.pk) in browser.get(f"/lists/{made.pk}/").content.decode()
    assert browser.post(f"/lists/{made.pk}/edit/", {"name": "Rates"}).status_code == 302
    assert browser.post(f"/lists/{made.pk}/edit/", {"off": str(cast.alice.pk)}).status_code == 302
    assert str(post.pk) not in browser.get(f"/lists/{made.pk}/").content.decode()
    assert "Rates" in browser.get("/lists/").content.decode()
    assert browser.get(f"/lists/{made.pk}/delete/").status_code == 200
    assert List.objects.exists()
    browser.post(f"/lists/{made.pk}/delete/")
    assert not List.objects.exists()


def test_a_list_is_nobody_elses_business(cast: Cast) -> None:
    made = make_list(cast.bob, cast.alice)
    outsider = cast.browser(cast.charlie)
    for url in ("", "edit/", "delete/"):
        assert outsider.get(f"/lists/{made.pk}/{url}").status_code == 404
        assert cast.browser(cast.olga).get(f"/lists/{made.pk}/{url}").status_code == 404
    for url, sent in (("edit/", {"name": "X"}), ("edit/", {"handle": "alice"}), ("pin/", {"on": "1"}), ("delete/", {})):
        assert outsider.post(f"/lists/{made.pk}/{url}", sent).status_code == 404
    assert outsider.get(f"/feed/new/?feed={made.pk}&since={uuid4()}").status_code == 404
    made.refresh_from_db()
    assert (made.name, made.pinned_at, made.members.count()) == ("Macro", None, 1)


def test_nonsense_changes_no_list(cast: Cast) -> None:
    made = make_list(cast.bob, cast.alice)
    browser = cast.browser(cast.bob)
    assert browser.post(f"/lists/{made.pk}/edit/", {"off": "everybody"}).status_code == 400
    assert browser.post(f"/lists/{made.pk}/edit/", {"handle": "nobody"}).status_code == 404
    assert browser.post(f"/lists/{made.pk}/edit/", {"name": ""}).status_code == 422
    assert browser.post(f"/lists/{made.pk}/pin/", {"on": "maybe"}).status_code == 400
    assert browser.get(f"/lists/{made.pk}/pin/").status_code == 405
    assert browser.post(f"/lists/{made.pk}/").status_code == 405
    made.refresh_from_db()
    assert (made.name, made.members.count()) == ("Macro", 1)


def test_a_profile_offers_its_lists(cast: Cast) -> None:
    on, off = make_list(cast.bob, cast.alice, name="On"), make_list(cast.bob, name="Off")
    browser, htmx = cast.browser(cast.bob), {"HX-Request": "true"}
    html = browser.get("/lists/with/alice/", headers=htmx).content.decode()
    assert "<html" not in html
    assert html.count("checked") == 1
    sent = {"lists": [str(off.pk)], "name": "Fresh"}
    assert browser.post("/lists/with/alice/", sent, headers=htmx).status_code == 204
    names = ListMember.objects.filter(creator=cast.alice).values_list("list__name", flat=True)
    assert sorted(names) == ["Fresh", "Off"]
    assert browser.post("/lists/with/alice/", {"lists": [str(make_list(cast.charlie).pk)]}).status_code == 422
    assert on.members.count() == 0
    assert cast.browser(cast.charlie).get("/lists/with/bob/").status_code == 404  # no creator


def test_a_pinned_list_is_a_tab_of_home(cast: Cast) -> None:
    made = make_list(cast.bob, cast.alice, name="Macro <3")
    browser = cast.browser(cast.bob)
    assert "Macro" not in browser.get("/").content.decode()
    browser.post(f"/lists/{made.pk}/pin/", {"on": "1"})
    assert f'<a href="/lists/{made.pk}/">Macro &lt;3</a>' in browser.get("/").content.decode()
    browser.post(f"/lists/{made.pk}/pin/", {"on": "0"})
    assert "Macro" not in browser.get("/latest/").content.decode()
