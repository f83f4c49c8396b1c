"""Reports: once a person and thing, with evidence that stays, decided once, and everybody concerned is told."""

import threading
import uuid
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from planet.accounts.models import Block, User
from planet.engagement.models import Exclusion
from planet.moderation import roles
from planet.moderation.models import AuditEntry, Report, Reported, ReportState, Snapshot
from planet.moderation.reports import actions, queries
from planet.notifications.models import Notification
from planet.web import images
from posts import actions as post_actions
from posts.actions import NewArticle
from posts.models import Comment, Post, PostPicture
from posts.reports import POST
from tests.cast import Cast
from tests.factories import make_post, make_user

NOW = timezone.now()
HTMX = {"HX-Request": "true"}


def address(post: Post) -> str:
    return reverse("report", args=["post", post.pk])


def report(actor: User, post: Post, reason: str = "spam", note: str = "", minutes: int = 0) -> Report:
    at = NOW + timedelta(minutes=minutes)
    return actions.report(actor=actor, about=POST, thing=post, reason=reason, note=note, now=at)


def comment_on(post: Post, author: User) -> Comment:
    return post_actions.comment(actor=author, post_id=post.pk, client_id=uuid.uuid4(), text="Send me coins.", now=NOW)


# --- reporting ----------------------------------------------------------------------------------------------------


def test_a_report_is_taken_without_scripts_and_its_reporter_is_thanked(cast: Cast) -> None:
    post = make_post(cast.alice)
    browser = cast.browser(cast.bob)
    assert b'name="reason" value="manipulation"' in browser.get(address(post)).content
    answer = browser.post(address(post), {"reason": "manipulation", "note": "Wash trading."})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Your report was received" in page
    assert 'action="/@alice/mute/"' in page
    assert 'action="/@alice/block/"' in page
    made = Report.objects.get()
    assert (made.reporter, made.reason, made.note, made.state) == (cast.bob, "manipulation", "Wash trading.", "open")
    assert made.reported.owner == cast.alice.user


def test_the_dialog_asks_and_takes_it_in_place(cast: Cast) -> None:
    post = make_post(cast.alice)
    browser = cast.browser(cast.bob)
    assert browser.get(address(post), headers=HTMX).content.strip().startswith(b'<div class="dlg">')
    answer = browser.post(address(post), {"reason": "spam"}, headers=HTMX)
    assert answer.content.strip().startswith(b'<div class="dlg">')
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    "data", [{}, {"reason": "because"}, {"reason": "other"}, {"reason": "spam", "note": "x" * 1001}]
)
def test_a_report_that_says_nothing_is_refused(cast: Cast, data: dict[str, str]) -> None:
    post = make_post(cast.alice)
    answer = cast.browser(cast.bob).post(address(post), data)
    assert answer.status_code == 422
    assert not Reported.objects.exists()


def test_a_second_report_changes_the_first(cast: Cast) -> None:
    post = make_post(cast.alice)
    report(cast.bob, post)
    assert b"You have reported this already" in cast.browser(cast.bob).get(address(post)).content
    report(cast.bob, post, "fraud", "It asks for a seed phrase.", minutes=5)
    made = Report.objects.get()
    assert (made.reason, made.note) == ("fraud", "It asks for a seed phrase.")
    assert made.updated_at == NOW + timedelta(minutes=5)
    row = Reported.objects.get()
    assert (row.open_reports, row.all_reports, row.reasons) == (1, 1, {"fraud": 1})


def test_several_people_are_one_row_of_the_queue(cast: Cast) -> None:
    post = make_post(cast.alice)
    report(cast.bob, post)
    report(cast.charlie, post, minutes=1)
    report(cast.olga, post, "fraud", minutes=2)
    row = Reported.objects.get()
    assert (row.open_reports, row.reasons) == (3, {"spam": 2, "fraud": 1})
    assert (row.first_at, row.newest_at) == (NOW, NOW + timedelta(minutes=2))


def test_nobody_reports_what_is_their_own(cast: Cast) -> None:
    post = make_post(cast.alice)
    browser = cast.browser(cast.alice.user)
    assert browser.get(address(post)).status_code == 409
    assert browser.post(address(post), {"reason": "spam"}).status_code == 409
    with pytest.raises(actions.OwnThing):
        report(cast.alice.user, post)
    assert not Reported.objects.exists()


@pytest.mark.parametrize("why", ["nobody's id", "no such kind", "deleted", "blocked", "suspended"])
def test_what_one_may_not_see_one_cannot_report(cast: Cast, why: str) -> None:
    post = make_post(cast.alice)
    path = address(post)
    if why == "nobody's id":
        path = reverse("report", args=["post", uuid.uuid4()])
    elif why == "no such kind":
        path = reverse("report", args=["planet", post.pk])
    elif why == "deleted":
        Post.objects.update(deleted_at=NOW)
    elif why == "blocked":
        Block.objects.create(owner=cast.alice.user, target=cast.bob)
    else:
        User.objects.filter(pk=cast.alice.pk).update(is_active=False)
    browser = cast.browser(cast.bob)
    assert browser.get(path).status_code == 404
    assert browser.post(path, {"reason": "spam"}).status_code == 404
    assert not Reported.objects.exists()


def test_a_guest_signs_in_first_and_nothing_is_taken(cast: Cast) -> None:
    answer = Client().post(address(make_post(cast.alice)), {"reason": "spam"})
    assert answer["Location"].startswith("/accounts/login/")
    assert not Reported.objects.exists()


def test_reports_are_limited(cast: Cast) -> None:
    browser = cast.browser(cast.bob)
    post = make_post(cast.alice)
    codes = [browser.post(address(post), {"reason": "spam"}).status_code for _ in range(21)]
    assert codes == [200] * 20 + [429]


def test_comments_and_profiles_are_reported_too(cast: Cast) -> None:
    post = make_post(cast.alice)
    comment = comment_on(post, cast.charlie)
    browser = cast.browser(cast.bob)
    for kind, pk in (("comment", comment.pk), ("profile", cast.charlie.pk), ("profile", cast.alice.pk)):
        answer = browser.post(reverse("report", args=[kind, pk]), {"reason": "harassment"})
        assert answer.status_code == 200
    texts = {row.kind: row.snapshots.get().content for row in Reported.objects.filter(owner=cast.charlie)}
    assert texts["comment"]["text"] == "Send me coins."
    assert texts["profile"]["author"] == {"handle": "charlie", "name": "charlie"}


def test_the_menus_lead_to_the_report(cast: Cast) -> None:
    post = make_post(cast.alice)
    comment = comment_on(post, cast.charlie)
    page = cast.browser(cast.bob).get(post.get_absolute_url()).content.decode()
    assert 'href="/report/post/{id}/"' in page
    assert f'href="/report/comment/{comment.pk}/"' in page
    assert f'href="/report/profile/{cast.alice.pk}/"' in cast.browser(cast.bob).get("/@alice/").content.decode()
    assert "/report/profile/" not in cast.browser(cast.alice.user).get("/@alice/").content.decode()


# --- evidence -----------------------------------------------------------------------------------------------------


def test_the_evidence_is_what_it_said_when_it_was_reported(cast: Cast) -> None:
    post = make_post(cast.alice, "Guaranteed 10 % a day.")
    report(cast.bob, post)
    report(cast.charlie, post)
    assert Snapshot.objects.count() == 1
    post_actions.edit(actor=cast.alice.user, post_id=post.pk, text="I like charts.", now=NOW)
    post_actions.delete(actor=cast.alice.user, post_id=post.pk, now=NOW)
    assert Snapshot.objects.get().content["text"] == "Guaranteed 10 % a day."


def test_an_edited_post_reported_again_has_both_texts(cast: Cast) -> None:
    post = make_post(cast.alice, "Before.")
    report(cast.bob, post)
    report(cast.charlie, post_actions.edit(actor=cast.alice.user, post_id=post.pk, text="After.", now=NOW))
    assert {row.content["text"] for row in Snapshot.objects.all()} == {"Before.", "After."}


def test_all_of_an_article_is_evidence(cast: Cast) -> None:
    article = NewArticle(title="A sure thing", body="Send **one** coin, get two.")
    options = {"actor": cast.alice.user, "client_id": uuid.uuid4(), "now": NOW}
    post = post_actions.publish(text="Only today.", article=article, **options)  # type: ignore[arg-type]
    report(cast.bob, post)
    assert Reported.objects.get().title == "A sure thing"
    text = Snapshot.objects.get().content["text"]
    assert all(part in text for part in ("A sure thing", "Only today.", "Send **one** coin"))


@pytest.mark.parametrize("change", ["UPDATE moderation_snapshot SET content = '{}'", "DELETE FROM moderation_snapshot"])
def test_evidence_cannot_be_changed(cast: Cast, change: str) -> None:
    report(cast.bob, make_post(cast.alice))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert Snapshot.objects.get().content["text"]


def test_pictures_that_are_evidence_survive_the_sweep(cast: Cast) -> None:
    file = BytesIO()
    Image.new("RGB", (64, 64), "#7c6cff").save(file, "PNG")
    file.seek(0)
    stored = images.store(file, kind="picture")
    post = make_post(cast.alice)
    picture = PostPicture.objects.create(post=post, position=0, key=stored.key, width=64, height=64)
    assert queries.pictures_in_use([stored.key]) == set()
    report(cast.bob, post)
    picture.delete()
    images.sweep(now=NOW + timedelta(days=365))
    assert images.find(stored.key, kind="picture") is not None


# --- deciding -----------------------------------------------------------------------------------------------------


def use(browser: Client, row: Reported, tool: str, **data: Any) -> Any:
    path = reverse("admin:moderation_reported_use", args=[row.pk, tool])
    return browser.post(path, {"reason": "Looked at it.", **data}, follow=True)


@pytest.mark.parametrize(("tool", "state"), [("uphold", "upheld"), ("dismiss", "dismissed")])
def test_a_decision_closes_every_report_and_tells_its_reporters(cast: Cast, tool: str, state: str) -> None:
    post = make_post(cast.alice)
    report(cast.bob, post)
    report(cast.charlie, post, "fraud")
    row = Reported.objects.get()
    assert use(cast.browser(cast.olga), row, tool).status_code == 200
    row.refresh_from_db()
    assert (row.state, row.open_reports, row.reasons) == (state, 0, {})
    assert set(Report.objects.values_list("state", flat=True)) == {state}
    told = Notification.objects.filter(group_key=f"report_{state}:{row.pk}")
    assert set(told.values_list("recipient", flat=True)) == {cast.bob.pk, cast.charlie.pk}
    entry = AuditEntry.objects.get(action=f"report.{tool}")
    assert (entry.actor, entry.reason) == (cast.olga, "Looked at it.")
    assert entry.details["reasons"] == {"spam": 1, "fraud": 1}


def test_a_decision_is_made_once(cast: Cast) -> None:
    report(cast.bob, make_post(cast.alice))
    row = Reported.objects.get()
    browser = cast.browser(cast.olga)
    use(browser, row, "dismiss")
    assert "does not apply any more" in use(browser, row, "uphold").content.decode()
    row.refresh_from_db()
    assert row.state == "dismissed"
    with pytest.raises(actions.NothingOpen):
        actions.decide(actor=cast.olga, reported=row, uphold=True, reason="Again.", now=NOW)


def test_a_report_after_the_decision_opens_it_again(cast: Cast) -> None:
    post = make_post(cast.alice)
    report(cast.bob, post)
    row = Reported.objects.get()
    actions.decide(actor=cast.olga, reported=row, uphold=False, reason="Fine.", now=NOW)
    report(cast.bob, post, "fraud")
    row.refresh_from_db()
    assert (row.state, row.open_reports, row.all_reports, row.decided_at) == ("open", 1, 2, None)
    assert Report.objects.filter(reporter=cast.bob).count() == 2


def test_no_operator_decides_about_their_own(cast: Cast) -> None:
    post = make_post(cast.alice)
    report(cast.bob, post)
    User.objects.filter(pk=cast.alice.pk).update(is_staff=True, is_superuser=True)
    answer = use(cast.browser(User.objects.get(pk=cast.alice.pk)), Reported.objects.get(), "dismiss")
    assert "nobody decides" in answer.content.decode()
    assert Reported.objects.get().state == "open"


def test_only_moderators_see_reports_and_decide(cast: Cast) -> None:
    report(cast.bob, make_post(cast.alice))
    observer, moderator = make_user("observer", is_staff=True), make_user("mia", is_staff=True)
    observer.groups.add(roles.group("Observer"))
    moderator.groups.add(roles.group("Moderator"))
    row = Reported.objects.get()
    assert cast.browser(observer).get(reverse("admin:moderation_reported_changelist")).status_code == 403
    assert use(cast.browser(observer), row, "uphold").status_code == 403
    assert Reported.objects.get().state == "open"
    use(cast.browser(moderator), row, "uphold")
    assert Reported.objects.get().state == "upheld"


def test_the_page_of_the_queue_shows_the_evidence_and_who_reported(cast: Cast) -> None:
    post = make_post(cast.alice, "Guaranteed <b>10 %</b> a day.")
    report(cast.bob, post, note="Ponzi.")
    path = reverse("admin:moderation_reported_change", args=[Reported.objects.get().pk])
    page = cast.browser(cast.olga).get(path).content.decode()
    for part in (
        "Guaranteed &lt;b&gt;10 %&lt;/b&gt; a day.",
        "Ponzi.",
        "@bob",
        reverse("admin:posts_post_change", args=[post.pk]),
    ):
        assert part in page


def test_the_start_page_counts_what_waits(cast: Cast) -> None:
    report(cast.bob, make_post(cast.alice))
    page = cast.browser(cast.olga).get(reverse("admin:index")).content.decode()
    assert "Report to decide" in page


# --- one's own ----------------------------------------------------------------------------------------------------


def test_people_see_what_became_of_their_reports_and_of_nobody_elses(cast: Cast) -> None:
    report(cast.bob, make_post(cast.alice, "First thing."))
    report(cast.charlie, make_post(cast.alice, "Second thing."))
    row = Reported.objects.get(title__startswith="First")
    actions.decide(actor=cast.olga, reported=row, uphold=True, reason="Yes.", now=NOW)
    page = cast.browser(cast.bob).get(reverse("reports")).content.decode()
    assert "First thing." in page
    assert "Upheld" in page
    assert "Second thing." not in page


def test_the_list_takes_as_many_queries_with_many_reports_as_with_few(cast: Cast) -> None:
    browser = cast.browser(cast.bob)

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(reverse("reports")).status_code == 200
        return len(captured)

    report(cast.bob, make_post(cast.alice))
    count()
    few = count()
    for _ in range(15):
        report(cast.bob, make_post(cast.alice))
    assert count() == few


# --- many at once -------------------------------------------------------------------------------------------------


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_many_reports_at_the_same_moment_are_counted_exactly(cast: Cast) -> None:
    post, people = make_post(cast.alice), [make_user(f"reader{n}") for n in range(4)]
    start, errors = threading.Barrier(8), []

    def run(number: int) -> None:
        try:
            start.wait()
            report(people[number % 4], post, "spam" if number < 4 else "fraud")
        except Exception as error:  # noqa: BLE001  # the test judges
            errors.append(error)
        finally:
            connections.close_all()

    running = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join(60)
    assert errors == []
    row = Reported.objects.get()
    assert Report.objects.filter(state=ReportState.OPEN).count() == 4
    assert (row.open_reports, row.all_reports, sum(row.reasons.values())) == (4, 4, 4)
    assert Snapshot.objects.count() == 1


# --- what follows -------------------------------------------------------------------------------------------------


def _decided(cast: Cast, post: Post, *, uphold: bool) -> Reported:
    report(cast.bob, post)
    reported = Reported.objects.get(object_id=post.pk)
    actions.decide(actor=cast.olga, reported=reported, uphold=uphold, reason="Looked at it.", now=NOW)
    return reported


def test_what_was_upheld_counts_for_nobody_until_that_is_taken_back(cast: Cast) -> None:
    post = make_post(cast.alice)
    reported = _decided(cast, post, uphold=True)
    assert Exclusion.objects.filter(content_id=post.pk).exists()
    entry = actions.overturn(actor=cast.olga, reported=reported, reason="It was satire.", now=NOW)
    assert entry.action == "report.overturn"
    assert not Exclusion.objects.exists()
    reported.refresh_from_db()
    assert reported.state == ReportState.DISMISSED


def test_what_was_dismissed_goes_on_counting(cast: Cast) -> None:
    _decided(cast, make_post(cast.alice), uphold=False)
    assert not Exclusion.objects.exists()


def test_only_what_is_upheld_can_be_taken_back_and_by_nobody_whose_it_is(cast: Cast) -> None:
    reported = _decided(cast, make_post(cast.alice), uphold=True)
    with pytest.raises(actions.NotImpartial):
        actions.overturn(actor=cast.alice.user, reported=reported, reason="Mine.", now=NOW)
    actions.overturn(actor=cast.olga, reported=reported, reason="Wrong.", now=NOW)
    with pytest.raises(actions.NotUpheld):
        actions.overturn(actor=cast.olga, reported=reported, reason="Again.", now=NOW)
