"""Every room opens, for who may; nothing can be edited, added or deleted in any."""

from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from planet.accounts.models import KycApplication, User
from planet.moderation import roles
from planet.moderation.admin_tools import BoundedPaginator, Room
from planet.moderation.models import AuditEntry
from posts.models import Post
from tests.admin import world
from tests.cast import Cast
from tests.factories import make_user

MONEY = {"user", "account", "transfer", "hold", "deposit", "withdrawal", "tip", "policy", "settlement", "award"}
ROOMS = sorted(admin.site._registry, key=lambda model: model._meta.label)


def ids(model: type[Model]) -> str:
    return model._meta.model_name or ""


def operator(role: str) -> User:
    made = make_user(role.split(maxsplit=1)[0].lower(), is_staff=True)
    made.groups.add(roles.group(role))
    return made


def test_the_rooms_are_these_and_all_of_them_safe() -> None:
    assert {ids(model) for model in ROOMS} == {
        "user",
        "kycapplication",
        "usersession",
        "notification",
        "auditentry",
        "reported",
        "creator",
        "post",
        "comment",
        "postpicture",
        "trend",
        "group",
        "sanction",
        "account",
        "transfer",
        "hold",
        "deposit",
        "withdrawal",
        "tip",
        "policy",
        "settlement",
        "award",
        "cluster",
        "linkappeal",
    }
    assert all(isinstance(room, Room) for room in admin.site._registry.values())


@pytest.mark.parametrize("model", ROOMS, ids=ids)
def test_the_list_and_every_row_open_and_nothing_can_be_edited(cast: Cast, model: type[Model]) -> None:
    world.build(cast)
    browser = cast.browser(cast.olga)
    assert browser.get(world.room(model)).status_code == 200
    rows = list(model._default_manager.all())
    assert rows
    for row in rows:
        answer = browser.get(world.page(row))
        assert answer.status_code == 200
        assert b'name="_save"' not in answer.content
        assert browser.post(world.page(row), {"_save": "Save"}).status_code == 403
    info = model._meta.app_label, model._meta.model_name
    assert browser.get(reverse("admin:{}_{}_add".format(*info))).status_code == 403
    assert browser.post(reverse("admin:{}_{}_delete".format(*info), args=[rows[0].pk])).status_code == 403
    assert model._default_manager.count() == len(rows)


@pytest.mark.parametrize("model", ROOMS, ids=ids)
def test_a_list_costs_the_same_with_many_rows_and_reads_no_whole_table(cast: Cast, model: type[Model]) -> None:
    there = world.build(cast)
    browser = cast.browser(cast.olga)

    def queries() -> int:
        browser.get(world.room(model))
        with CaptureQueriesContext(connection) as captured:
            browser.get(world.room(model))
        # A list of filters that reads a whole table to know its choices
        assert not [query["sql"] for query in captured if "DISTINCT" in query["sql"]]
        return len(captured)

    few = queries()
    world.more(cast, there, 6)
    assert queries() == few


@pytest.mark.parametrize("model", ROOMS, ids=ids)
def test_every_filter_and_a_search_answer(cast: Cast, model: type[Model]) -> None:
    world.build(cast)
    browser = cast.browser(cast.olga)
    room: Any = admin.site._registry[model]
    for term in ("bob", "@bob", "nobody", "' or 1=1", str(cast.bob.pk), "0", "\x00"):
        assert browser.get(world.room(model), {"q": term}).status_code in (200, 302)
    listed = browser.get(world.room(model)).context["cl"]
    for spec in listed.filter_specs:
        for choice in spec.choices(listed):
            assert browser.get(world.room(model) + choice["query_string"]).status_code == 200
    assert room.show_full_result_count is False


def test_the_log_is_read_by_what_was_acted_on(cast: Cast) -> None:
    world.build(cast)
    browser = cast.browser(cast.olga)
    for kind, many in (("accounts.user", 1), ("posts.post", 0)):
        found = browser.get(world.room(AuditEntry), {"about": kind}).context["cl"].result_list
        assert len(found) == many


def test_a_person_is_found_by_the_beginning_of_handle_or_address_and_by_id(cast: Cast) -> None:
    browser = cast.browser(cast.olga)
    for term in ("char", "@Charlie", "charlie@ex", str(cast.charlie.pk)):
        found = browser.get(world.room(User), {"q": term}).context["cl"].result_list
        assert list(found) == [cast.charlie]


def test_a_post_is_found_by_its_address(cast: Cast) -> None:
    there = world.build(cast)
    answer = cast.browser(cast.olga).get(world.room(Post), {"q": f"https://planet.example/p/{there.post.pk}/"})
    assert list(answer.context["cl"].result_list) == [there.post]


def test_a_list_counts_to_a_bound(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planet.moderation.admin_tools.COUNTED", 3)
    assert BoundedPaginator(User.objects.order_by("pk"), 50).count == 3


def test_a_count_that_takes_too_long_is_given_up(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planet.moderation.admin_tools.COUNTING_MS", 20)
    slow = User.objects.extra(where=["pg_sleep(0.5) IS NOT NULL"]).order_by("pk")
    assert BoundedPaginator(slow, 50).count == 10_000
    assert User.objects.count() == 4


def test_a_page_shows_what_operators_did(cast: Cast) -> None:
    world.build(cast)
    assert "Asked to." in cast.browser(cast.olga).get(world.page(cast.bob)).content.decode()


@pytest.mark.parametrize("path", ["admin:index", "admin:accounts_user_changelist"])
def test_a_guest_is_sent_to_the_sites_own_sign_in(db: None, client: Client, path: str) -> None:
    answer = client.get(reverse(path))
    assert answer.status_code == 302
    answer = client.get(answer["Location"])
    assert answer["Location"].startswith(reverse("account_login"))


def test_somebody_who_is_no_operator_is_refused(cast: Cast) -> None:
    there = world.build(cast)
    browser = cast.browser(cast.bob)
    for address in (reverse("admin:index"), world.room(User), world.page(cast.alice.user)):
        answer = browser.get(address, follow=True)
        assert answer.status_code == 403
    browser.post(world.tool(there.post, "remove"), {"reason": "No."})
    assert Post.objects.get(pk=there.post.pk).deleted_at is None


def test_an_operator_who_was_suspended_is_out(cast: Cast) -> None:
    browser = cast.browser(cast.olga)
    User.objects.filter(pk=cast.olga.pk).update(is_active=False)
    assert browser.get(reverse("admin:index")).status_code == 302


def test_production_asks_operators_for_a_second_factor(cast: Cast, settings: Any) -> None:
    settings.STAFF_NEEDS_SECOND_FACTOR = True
    answer = cast.browser(cast.olga).get(reverse("admin:index"), follow=True)
    assert reverse("mfa_index") in [address for address, _ in answer.redirect_chain]
    assert "second factor" in answer.content.decode()


@pytest.mark.parametrize(
    ("role", "opens"),
    [
        ("Observer", {"user", "creator", "post", "comment", "postpicture", "trend", "group", "sanction"}),
        ("Identity reviewer", {"user", "kycapplication"}),
        ("Accountant", MONEY),
        ("Treasurer", {*MONEY, "auditentry"}),
        (
            "Moderator",
            {
                *("user", "creator", "post", "comment", "postpicture", "trend", "group", "sanction"),
                *("usersession", "notification", "auditentry", "reported", "cluster", "linkappeal"),
            },
        ),
    ],
)
def test_a_role_opens_its_rooms_and_no_others(cast: Cast, role: str, opens: set[str]) -> None:
    world.build(cast)
    browser = cast.browser(operator(role))
    assert browser.get(reverse("admin:index")).status_code == 200
    for model in ROOMS:
        expected = 200 if ids(model) in opens else 403
        assert browser.get(world.room(model)).status_code == expected
        row: Any = model._default_manager.first()
        assert browser.get(world.page(row)).status_code == expected


def test_an_operator_without_a_role_opens_nothing(cast: Cast) -> None:
    world.build(cast)
    browser = cast.browser(make_user("newbie", is_staff=True))
    assert "Your role opens no room" in browser.get(reverse("admin:index")).content.decode()
    for model in ROOMS:
        assert browser.get(world.room(model)).status_code == 403


def test_an_observer_has_no_tools(cast: Cast) -> None:
    there = world.build(cast)
    browser = cast.browser(operator("Observer"))
    assert b'class="object-tools' not in browser.get(world.page(there.post)).content
    assert browser.get(world.tool(there.post, "remove")).status_code == 403
    assert browser.post(world.tool(there.post, "remove"), {"reason": "No."}).status_code == 403
    browser.post(world.room(Post), {"action": "remove", "_selected_action": [there.post.pk], "reason": "No."})
    assert Post.objects.get(pk=there.post.pk).deleted_at is None
    assert not AuditEntry.objects.filter(action="post.remove").exists()


def test_the_queue_shows_who_waits_the_longest_first(cast: Cast) -> None:
    first = world.application(cast.charlie)
    second = world.application(cast.bob)
    KycApplication.objects.create(user=cast.alice.user, provider="manual", state="approved")
    found = cast.browser(cast.olga).get(world.room(KycApplication)).context["cl"].result_list
    assert list(found) == [first, second]


@pytest.mark.parametrize(
    ("model", "query"),
    [
        (UserSession, {"session_key__startswith": "a"}),
        (UserSession, {"session_key": "a"}),
        (User, {"password__startswith": "argon2"}),
        (User, {"is_active": "1", "password__regex": "."}),
        (User, {"is_superuser__exact": "1"}),
        (AuditEntry, {"actor__password__startswith": "a"}),
    ],
)
def test_an_address_cannot_ask_what_the_list_does_not_show(
    cast: Cast, model: type[Model], query: dict[str, str]
) -> None:
    world.build(cast)
    assert cast.browser(operator("Moderator")).get(world.room(model), query).status_code == 400
