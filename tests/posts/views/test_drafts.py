"""Drafts over HTTP: with scripts, and without."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from planet.accounts.models import KycState, User
from planet.web import images
from posts import actions
from posts.forms import publish_draft
from posts.models import Draft, Post
from tests.cast import Cast
from tests.factories import make_creator, make_draft, make_post
from tests.posts.conftest import NOW
from tests.posts.test_publishing import picture
from tests.posts.views.test_posts import HTMX, upload

JSON = {"Accept": "application/json"}


def saving(client: Client, draft_id: uuid.UUID, text: str, version: int = 0, **fields: Any) -> Any:
    """What the composer's script sends while somebody writes."""
    form = {"client_id": str(draft_id), "text": text, "version": str(version), **fields}
    return client.post(f"/drafts/{draft_id}/save/", form, headers=JSON)


def at(days: int = 1) -> dict[str, str]:
    """What the dialog sends: noon in so many days."""
    return {"at": f"{timezone.now() + timedelta(days=days):%Y-%m-%dT12:00}", "zone": "UTC"}


def scheduled(cast: Cast, text: str = "Later", **content: list[str]) -> Draft:
    """A draft that goes out tomorrow."""
    draft = make_draft(cast.alice, text, **content)
    now = timezone.now()
    return actions.schedule(
        actor=cast.alice.user, draft_id=draft.pk, publish_at=now + timedelta(days=1), time_zone="UTC", now=now
    )


# --- saving -------------------------------------------------------------------------------------------------------


def test_a_script_saves_and_learns_the_version(cast: Cast) -> None:
    alice, draft_id = cast.browser(cast.alice.user), uuid.uuid4()
    assert saving(alice, draft_id, "one").json() == {"version": 1}
    assert saving(alice, draft_id, "two", 1, writer="tab").json() == {"version": 2}
    assert saving(alice, draft_id, "  ", 2).json() == {"version": 0}
    assert not Draft.objects.exists()


def test_a_script_is_shown_both_versions_when_they_diverge(cast: Cast) -> None:
    alice, draft_id = cast.browser(cast.alice.user), uuid.uuid4()
    saving(alice, draft_id, "the first", writer="phone")
    saving(alice, draft_id, "from <the> desk", 1, writer="desk")
    answer = saving(alice, draft_id, "from the phone", 1, writer="phone", part=["and on"])
    html = answer.content.decode()
    assert answer.status_code == 409
    assert 'data-version="2"' in html
    assert all(words in html for words in ("from &lt;the&gt; desk", "from the phone", "and on"))
    assert Draft.objects.get().first("text") == "from <the> desk"


def test_a_script_learns_that_it_was_published_meanwhile(cast: Cast) -> None:
    draft_id = uuid.uuid4()
    post = actions.publish(actor=cast.alice.user, client_id=draft_id, text="Out", now=NOW)
    answer = saving(cast.browser(cast.alice.user), draft_id, "Out and more")
    assert (answer.status_code, answer.json()) == (410, {"url": post.get_absolute_url()})


def test_a_megabyte_is_refused_and_nothing_is_kept(cast: Cast) -> None:
    alice = cast.browser(cast.alice.user)
    assert saving(alice, uuid.uuid4(), "x" * 600_000).status_code == 413
    assert saving(alice, uuid.uuid4(), "x" * 1_500_000).status_code in (400, 413)
    assert saving(alice, uuid.uuid4(), "@bob " * 10_000).json() == {"version": 1}
    assert Draft.objects.count() == 1


def test_too_many_drafts_are_said(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posts.actions.drafting.MAX_DRAFTS", 1)
    alice = cast.browser(cast.alice.user)
    saving(alice, uuid.uuid4(), "one")
    answer = saving(alice, uuid.uuid4(), "two")
    assert answer.status_code == 422
    assert "drafts" in answer.json()["error"]


def test_without_scripts_a_draft_is_saved_with_its_pictures(cast: Cast) -> None:
    draft_id = uuid.uuid4()
    sent = {"client_id": str(draft_id), "text": "Kept", "then": "drafts", "pictures": [upload()], "alt": ["Red"]}
    answer = cast.browser(cast.alice.user).post(f"/drafts/{draft_id}/save/", sent)
    assert answer.headers["Location"] == "/drafts/"
    draft = Draft.objects.get()
    assert draft.content["alt"] == ["Red"]
    assert draft.pictures == draft.content["picture"]
    assert "then" not in draft.content


def test_without_scripts_the_clock_leads_to_choosing_the_time(cast: Cast) -> None:
    draft_id = uuid.uuid4()
    sent = {"client_id": str(draft_id), "text": "Later", "then": "schedule"}
    answer = cast.browser(cast.alice.user).post(f"/drafts/{draft_id}/save/", sent, follow=True)
    assert "datetime-local" in answer.content.decode()
    assert answer.request["PATH_INFO"] == f"/drafts/{draft_id}/schedule/"


def test_without_scripts_a_conflict_shows_both_and_the_next_save_counts(cast: Cast) -> None:
    alice, draft = cast.browser(cast.alice.user), make_draft(cast.alice, "theirs")
    Draft.objects.update(version=5)
    sent = {"client_id": str(draft.pk), "text": "mine", "version": "4", "writer": "x", "then": "drafts"}
    answer = alice.post(f"/drafts/{draft.pk}/save/", sent)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "theirs" in html
    assert 'name="version" value="5"' in html
    alice.post(f"/drafts/{draft.pk}/save/", {**sent, "version": "5"})
    assert Draft.objects.get().first("text") == "mine"


# --- the box ------------------------------------------------------------------------------------------------------


def test_the_box_shows_drafts_and_what_is_scheduled_apart(cast: Cast) -> None:
    make_draft(cast.alice, "Half a thought")
    make_draft(make_creator("dora"), "Somebody else's")
    scheduled(cast, "Tomorrow's news")
    alice = cast.browser(cast.alice.user)
    box, planned = alice.get("/drafts/").content.decode(), alice.get("/drafts/?tab=scheduled").content.decode()
    assert "Half a thought" in box
    assert "Tomorrow&#x27;s news" not in box
    assert "Tomorrow&#x27;s news" in planned
    assert "Somebody" not in box + planned


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("funding", {1}),
        ("资金", {2}),
        ("FUNDING sol", {1}),
        ("later", {3}),
        ("title", {4}),
        ("text", set()),
        ("%", set()),
    ],
)
def test_drafts_are_searched_by_all_their_words(cast: Cast, words: str, found: set[int]) -> None:
    drafts = {
        1: make_draft(cast.alice, "Funding on $SOL"),
        2: make_draft(cast.alice, "资金费率转负"),
        3: make_draft(cast.alice, "First", part=["in a later part"]),
        4: make_draft(cast.alice, "", title=["The title"], body=["Long"]),
    }
    html = cast.browser(cast.alice.user).get("/drafts/", {"q": words}).content.decode()
    assert {number for number, draft in drafts.items() if f'id="draft-{draft.pk}"' in html} == found


def test_the_box_needs_no_more_queries_for_more_drafts(
    cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    alice = cast.browser(cast.alice.user)
    alice.get("/drafts/")
    for number in range(25):
        make_draft(cast.alice, f"number {number}")
    with django_assert_max_num_queries(7):
        html = alice.get("/drafts/").content.decode()
    assert html.count('class="draft"') == 20
    assert "after=" in html


def test_a_draft_is_written_on_where_it_was_left(cast: Cast) -> None:
    key = images.store(picture(), kind="picture").key
    draft = make_draft(cast.alice, "Begun", part=["second"], picture=[key], alt=["A square"])
    html = cast.browser(cast.alice.user).get(draft.get_absolute_url()).content.decode()
    for words in ("Begun", "second", f'value="{key}"', 'value="A square"', f'value="{draft.pk}"', 'data-kept="1"'):
        assert words in html


def test_a_draft_whose_quote_is_gone_still_opens(cast: Cast) -> None:
    draft = make_draft(cast.alice, "Quoting", quote=[str(uuid.uuid4())])
    html = cast.browser(cast.alice.user).get(draft.get_absolute_url()).content.decode()
    assert "The quoted post is not available" in html


def test_a_draft_with_nonsense_in_it_still_opens(cast: Cast) -> None:
    draft = make_draft(cast.alice, "x", picture=["../../etc/passwd"], block=["{"], quote=["x"], slow_seconds=["-1"])
    assert cast.browser(cast.alice.user).get(draft.get_absolute_url()).status_code == 200


# --- schedule -----------------------------------------------------------------------------------------------------


def test_scheduling_rescheduling_and_unscheduling(cast: Cast) -> None:
    alice, draft = cast.browser(cast.alice.user), make_draft(cast.alice)
    path = f"/drafts/{draft.pk}/schedule/"
    assert alice.post(path, at(1)).headers["Location"] == "/drafts/?tab=scheduled"
    first = Draft.objects.get()
    assert first.is_scheduled
    answer = alice.post(path, at(2), headers=HTMX)
    assert (answer.status_code, "planet:scheduled" in answer.headers["HX-Trigger"]) == (204, True)
    assert Draft.objects.get().publish_at == first.publish_at + timedelta(days=1)  # type: ignore[operator]
    alice.post(f"/drafts/{draft.pk}/unschedule/")
    assert not Draft.objects.get().is_scheduled


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"at": "2020-01-01T00:00", "zone": "UTC"}, "That time is over"),
        ({"at": "2099-01-01T00:00", "zone": "UTC"}, "at most a year"),
        ({"at": "nonsense", "zone": "UTC"}, "Enter a valid date/time"),
        ({"at": "", "zone": ""}, "This field is required"),
        ({"at": "2027-03-28T02:30", "zone": "Europe/Berlin"}, "02:30 does not exist"),
        ({"at": "2027-01-01T00:00", "zone": "Moon/Tranquility"}, "time zone is not known"),
        ({"at": "9999-12-31T23:59", "zone": "America/New_York"}, "at most a year"),
        ({"at": "0001-01-01T00:00", "zone": "Asia/Tokyo"}, "That time is over"),
    ],
)
def test_a_moment_that_cannot_be_is_refused(cast: Cast, sent: dict[str, str], said: str) -> None:
    draft = make_draft(cast.alice)
    answer = cast.browser(cast.alice.user).post(f"/drafts/{draft.pk}/schedule/", sent)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Draft.objects.get().is_scheduled


def test_what_would_not_be_published_is_said_while_scheduling(cast: Cast) -> None:
    draft = make_draft(cast.alice, "x" * 8001)
    html = cast.browser(cast.alice.user).get(f"/drafts/{draft.pk}/schedule/").content.decode()
    assert "As it is now, this would not be published" in html


def test_editing_what_is_scheduled_keeps_the_moment(cast: Cast) -> None:
    draft = scheduled(cast)
    alice = cast.browser(cast.alice.user)
    assert "Goes out" in alice.get(draft.get_absolute_url()).content.decode()
    assert saving(alice, draft.pk, "Better words", 2).json() == {"version": 3}
    changed = Draft.objects.get()
    assert (changed.first("text"), changed.publish_at, changed.is_scheduled) == ("Better words", draft.publish_at, True)


# --- publish, delete ----------------------------------------------------------------------------------------------


def test_publishing_from_the_box(cast: Cast) -> None:
    draft = scheduled(cast, "Now rather than later")
    alice = cast.browser(cast.alice.user)
    answer = alice.post(f"/drafts/{draft.pk}/publish/")
    post = Post.objects.get()
    assert answer.headers["Location"] == post.get_absolute_url()
    assert (post.text, post.client_id) == ("Now rather than later", draft.pk)
    assert alice.post(f"/drafts/{draft.pk}/publish/").status_code == 404
    assert not Draft.objects.exists()
    assert Post.objects.count() == 1


def test_what_cannot_be_published_stays_a_draft_and_says_why(cast: Cast) -> None:
    draft = make_draft(cast.alice, "x" * 2001)
    answer = cast.browser(cast.alice.user).post(f"/drafts/{draft.pk}/publish/")
    assert answer.status_code == 422
    assert "1 character too long" in answer.content.decode()
    assert Draft.objects.get() == draft
    assert not Post.objects.exists()


def test_publishing_from_the_composer_takes_the_draft_away(cast: Cast) -> None:
    alice, draft_id = cast.browser(cast.alice.user), uuid.uuid4()
    saving(alice, draft_id, "Words")
    alice.post("/post/", {"client_id": str(draft_id), "text": "Words"})
    assert not Draft.objects.exists()
    assert Post.objects.get().client_id == draft_id


def test_deleting_can_be_undone_with_and_without_scripts(cast: Cast) -> None:
    alice, draft = cast.browser(cast.alice.user), scheduled(cast)
    answer = alice.post(f"/drafts/{draft.pk}/delete/", headers=HTMX)
    assert f"/drafts/{draft.pk}/restore/" in answer.headers["HX-Trigger"]
    assert alice.get(draft.get_absolute_url()).status_code == 404
    assert "Later" not in alice.get("/drafts/").content.decode()
    assert alice.post(f"/drafts/{draft.pk}/restore/", headers=HTMX).headers["HX-Redirect"] == "/drafts/"
    assert not Draft.objects.get().is_scheduled
    html = alice.post(f"/drafts/{draft.pk}/delete/").content.decode()
    assert f"/drafts/{draft.pk}/restore/" in html
    alice.post(f"/drafts/{draft.pk}/restore/")
    assert Draft.objects.get().deleted_at is None


# --- who may ------------------------------------------------------------------------------------------------------

DOORS = ("", "schedule/")
ACTS = ("save/", "schedule/", "unschedule/", "publish/", "delete/", "restore/")


def test_somebody_elses_draft_is_not_found_and_nothing_changes(cast: Cast) -> None:
    draft = scheduled(cast, "Private")
    before = Draft.objects.values().get()
    for person in (make_creator("dora").user, cast.bob, cast.olga):
        client = cast.browser(person)
        for path in DOORS:
            answer = client.get(f"/drafts/{draft.pk}/{path}")
            assert answer.status_code in (403, 404)
            assert "Private" not in answer.content.decode()
        for path in ACTS:
            sent = {"client_id": str(draft.pk), "text": "Theirs", "version": "1", **at(3)}
            assert client.post(f"/drafts/{draft.pk}/{path}", sent).status_code in (403, 404, 410)
    assert Draft.objects.values().get() == before
    assert not Post.objects.exists()


def test_only_creators_have_a_box(cast: Cast) -> None:
    assert cast.browser(cast.bob).get("/drafts/").status_code == 403
    assert "/accounts/login/" in Client().get("/drafts/").headers["Location"]


def test_without_a_standing_identity_check_drafts_are_kept_but_go_nowhere(cast: Cast) -> None:
    draft = make_draft(cast.alice, "Waiting")
    User.objects.filter(pk=cast.alice.pk).update(kyc_state=KycState.EXPIRED)
    alice = cast.browser(User.objects.get(pk=cast.alice.pk))
    assert "Waiting" in alice.get("/drafts/").content.decode()
    assert saving(alice, draft.pk, "Waiting longer", 1).status_code == 200
    assert alice.post(f"/drafts/{draft.pk}/publish/").status_code == 403
    assert alice.post(f"/drafts/{draft.pk}/schedule/", at()).status_code == 403
    assert Draft.objects.get().first("text") == "Waiting longer"


# --- delete and redraft -------------------------------------------------------------------------------------------


def test_a_post_becomes_a_draft_again(cast: Cast) -> None:
    alice = cast.browser(cast.alice.user)
    sent = {"client_id": str(uuid.uuid4()), "text": "First", "part": ["second"], "pictures": [upload()], "alt": ["Red"]}
    alice.post("/post/", {**sent, "warning": "Loud", "replies": "nobody"})
    post = Post.objects.get(thread=None)
    assert "Delete and redraft" in alice.get(f"/p/{post.pk}/redraft/").content.decode()
    answer = alice.post(f"/p/{post.pk}/redraft/")
    draft = Draft.objects.get()
    assert answer.headers["Location"] == draft.get_absolute_url()
    assert draft.pk != post.client_id
    assert draft.content["part"] == ["second"]
    assert draft.content["alt"] == ["Red"]
    assert (draft.first("text"), draft.first("warning"), draft.first("replies")) == ("First", "Loud", "nobody")
    assert not Post.objects.filter(deleted_at=None).exists()
    again = alice.post(f"/drafts/{draft.pk}/publish/")
    new = Post.objects.get(deleted_at=None, thread=None)
    assert again.headers["Location"] == new.get_absolute_url()
    assert new.pictures.get().alt == "Red"
    assert alice.post(f"/p/{post.pk}/redraft/").status_code == 410


def test_only_the_author_redrafts(cast: Cast) -> None:
    post = make_post(cast.alice)
    for client in (cast.browser(cast.bob), cast.browser(make_creator("dora").user)):
        assert client.post(f"/p/{post.pk}/redraft/").status_code == 404
    assert Post.objects.filter(deleted_at=None).exists()
    assert not Draft.objects.exists()


def test_an_article_and_its_components_become_a_draft_that_can_be_published(cast: Cast) -> None:
    alice = cast.browser(cast.alice.user)
    poll = '{"kind": "poll", "options": ["Up", "Down"], "runs": "1d"}'
    sent = {"client_id": str(uuid.uuid4()), "kind": "article", "title": "Carry", "body": "Long *words*."}
    alice.post("/post/", {**sent, "block": [poll]})
    post = Post.objects.get()
    alice.post(f"/p/{post.pk}/redraft/")
    draft = Draft.objects.get()
    assert (draft.first("kind"), draft.first("title"), draft.first("body")) == ("article", "Carry", "Long *words*.")
    assert '"options": ["Up", "Down"]' in draft.first("block")
    html = alice.get(draft.get_absolute_url()).content.decode()
    assert "Long *words*." in html


def test_a_part_of_a_thread_is_not_redrafted_by_itself(cast: Cast) -> None:
    first = actions.publish(actor=cast.alice.user, client_id=uuid.uuid4(), text="1", parts=["2"], now=NOW)
    part = Post.objects.get(thread=first)
    leads = cast.browser(cast.alice.user).get(f"/p/{part.pk}/redraft/").headers["Location"]
    assert leads == f"/p/{first.pk}/redraft/"
    assert cast.browser(cast.alice.user).post(f"/p/{part.pk}/redraft/").status_code == 404
    assert Post.objects.filter(deleted_at=None).count() == 2


def test_a_scheduled_article_goes_out(cast: Cast) -> None:
    draft = make_draft(cast.alice, "", kind=["article"], title=["Carry"], body=["Long *words*."])
    now = timezone.now()
    actions.schedule(
        actor=cast.alice.user, draft_id=draft.pk, publish_at=now + timedelta(hours=1), time_zone="UTC", now=now
    )
    assert actions.publish_due(now=now + timedelta(hours=2), publish=publish_draft) == 1
    post = Post.objects.get()
    assert (post.kind, post.article.title) == ("article", "Carry")


def test_the_box_and_the_dialog_say_the_hour_on_the_clock_that_was_chosen(cast: Cast) -> None:
    draft, browser = make_draft(cast.alice, "On Shanghai's clock"), cast.browser(cast.alice.user)
    day = f"{timezone.now() + timedelta(days=3):%Y-%m-%d}"
    browser.post(f"/drafts/{draft.pk}/schedule/", {"at": f"{day}T10:30", "zone": "Asia/Shanghai"})
    draft.refresh_from_db()
    assert draft.publish_at is not None
    assert f"{draft.publish_at:%H:%M}" == "02:30"  # in UTC
    assert "10:30 in Shanghai" in browser.get("/drafts/?tab=scheduled").content.decode()
    assert "10:30 in Shanghai" in browser.get(f"/drafts/{draft.pk}/").content.decode()
    page = browser.get(f"/drafts/{draft.pk}/schedule/").content.decode()
    assert f'value="{day}T10:30"' in page  # sent again unchanged, it goes out at the same moment
