"""The pages by which a group is looked after: who sees them, what they do without scripts, and what a denial leaves."""

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from groups import log
from groups.models import (
    Ban,
    Group,
    InviteLink,
    JoinRequest,
    LogEntry,
    Membership,
    OwnershipTransfer,
    Restriction,
    Role,
)
from groups.queries import members
from groups.rights import Right
from planet.accounts.models import Block, KycState, User
from tests.cast import Cast
from tests.factories import make_creator, make_user
from tests.groups.conftest import NOW, make_helper

PAGES = {
    "group_manage": Right.EDIT_GROUP,
    "group_identity": Right.EDIT_GROUP,
    "group_ways": Right.EDIT_GROUP,
    "group_conduct": Right.EDIT_GROUP,
    "group_requests": Right.REQUESTS,
    "group_invites": Right.LINKS_OF_INVITE,
    "group_roles": Right.ROLES,
    "group_new_role": Right.ROLES,
    "group_bans": Right.RESTRICT,
    "group_log": Right.SEE_LOG,
}
page = pytest.mark.parametrize("name", sorted(PAGES))


@page
def test_a_page_opens_for_the_owner_and_whoever_has_its_right_alone(cast: Cast, group: Group, name: str) -> None:
    path = reverse(name, args=[group.handle])

    assert cast.browser(cast.alice.user).get(path).status_code == 200
    assert cast.browser(cast.bob).get(path).status_code == 403
    assert cast.browser(cast.charlie).get(path).status_code == 404

    make_helper(group, cast.bob, PAGES[name])
    assert cast.browser(cast.bob).get(path).status_code == 200

    Role.objects.update(rights=int(Right.PIN))
    expected = 200 if name == "group_manage" else 403  # the overview lists what a helper has
    assert cast.browser(cast.bob).get(path).status_code == expected


def test_the_owners_page_is_the_owners(cast: Cast, group: Group) -> None:
    make_helper(group, cast.bob, Right.EDIT_GROUP | Right.ROLES)
    path = reverse("group_owner", args=[group.handle])

    assert cast.browser(cast.alice.user).get(path).status_code == 200
    assert cast.browser(cast.bob).get(path).status_code == 403
    assert cast.browser(cast.charlie).get(path).status_code == 404
    for name in ("group_close", "group_offer", "group_appeal"):
        answer = cast.browser(cast.bob).post(reverse(name, args=[group.handle]), {"handle": group.handle, "text": "x"})
        assert answer.status_code == 403
    group.refresh_from_db()
    assert group.closed_at is None
    assert not OwnershipTransfer.objects.exists()


def test_the_identity_is_changed_and_kept_clean(cast: Cast, group: Group) -> None:
    browser = cast.browser(cast.alice.user)
    data = {"name": " New  name ", "about": "About", "topics": "#Defi, btc", "rules": "One\nTwo", "welcome": "Hi"}

    assert browser.post(reverse("group_identity", args=[group.handle]), data).status_code == 302

    group.refresh_from_db()
    assert (group.name, group.topics, group.rules) == ("New name", ["defi", "btc"], "One\nTwo")
    refused = browser.post(reverse("group_identity", args=[group.handle]), {**data, "name": ""})
    assert refused.status_code == 422
    assert "Two" in refused.content.decode()


def test_ways_that_contradict_each_other_are_refused_beside_the_field(cast: Cast, group: Group) -> None:
    data = {"visibility": "secret", "admission": "open", "questions": "", "joins_per_minute": "0"}

    answer = cast.browser(cast.alice.user).post(reverse("group_ways", args=[group.handle]), data)

    assert answer.status_code == 422
    group.refresh_from_db()
    assert group.visibility == "public"


def test_the_ways_in_and_the_questions_are_changed_together(cast: Cast, group: Group) -> None:
    data = {
        "visibility": "private",
        "admission": "request",
        "questions": "Why?\n\nSince when?",
        "gates": ["verified"],
        "gate_trust": "2",
        "gate_age": "",
        "joins_per_minute": "5",
    }

    assert cast.browser(cast.alice.user).post(reverse("group_ways", args=[group.handle]), data).status_code == 302

    group.refresh_from_db()
    gates = [{"kind": "verified"}, {"kind": "trust", "least": 2}]
    assert (group.visibility, group.gates, group.joins_per_minute) == ("private", gates, 5)
    assert list(group.questions.order_by("position").values_list("text", flat=True)) == ["Why?", "Since when?"]


def test_conduct_is_changed(cast: Cast, group: Group) -> None:
    data = {
        "member_rights": [str(int(Right.SEND)), str(int(Right.REACT))],
        "slow_seconds": "30",
        "edit_window_minutes": "60",
        "quiet_from": "23:00",
        "quiet_until": "07:00",
        "time_zone": "Europe/Berlin",
    }
    browser = cast.browser(cast.alice.user)

    assert browser.post(reverse("group_conduct", args=[group.handle]), data).status_code == 302

    group.refresh_from_db()
    assert group.member_rights == int(Right.SEND | Right.REACT)
    assert (group.slow_seconds, str(group.quiet_from), group.time_zone) == (30, "23:00:00", "Europe/Berlin")
    half = browser.post(reverse("group_conduct", args=[group.handle]), {**data, "quiet_until": ""})
    assert half.status_code == 422


def test_the_group_is_frozen_and_thawed(cast: Cast, group: Group) -> None:
    browser, path = cast.browser(cast.alice.user), reverse("group_freeze", args=[group.handle])
    assert cast.browser(cast.bob).post(path, {"on": "1"}).status_code == 403

    browser.post(path, {"on": "1"})
    group.refresh_from_db()
    assert group.frozen_at

    browser.post(path, {"on": "0"})
    group.refresh_from_db()
    assert group.frozen_at is None


def _request(group: Group, user: User) -> JoinRequest:
    answers = [{"question": "Why?", "answer": "To read <b>"}]
    return JoinRequest.objects.create(group=group, user=user, answers=answers)


def test_a_request_is_shown_with_its_answers_and_decided(cast: Cast, group: Group) -> None:
    made = _request(group, cast.charlie)
    browser = cast.browser(cast.alice.user)

    shown = browser.get(reverse("group_requests", args=[group.handle])).content.decode()
    assert "To read &lt;b&gt;" in shown

    path = reverse("group_decide", args=[group.handle, made.pk])
    assert cast.browser(cast.bob).post(path, {"yes": "1"}).status_code == 403
    assert cast.browser(cast.charlie).post(path, {"yes": "1"}).status_code == 404
    assert not Membership.objects.filter(user=cast.charlie).exists()

    assert browser.post(path, {"yes": "1"}).status_code == 302
    assert Membership.objects.filter(user=cast.charlie, accepted_at__isnull=False).exists()
    assert browser.post(path, {"yes": "1"}).status_code == 409


def test_several_requests_are_decided_at_once(cast: Cast, group: Group) -> None:
    requests = [_request(group, make_user(f"reader{n}")) for n in range(3)]
    browser = cast.browser(cast.alice.user)
    marked = [str(requests[0].pk), str(requests[1].pk), "not an id"]

    browser.post(reverse("group_decide_many", args=[group.handle]), {"request": marked, "yes": "1"})

    assert JoinRequest.objects.filter(state="approved").count() == 2
    assert JoinRequest.objects.filter(state="pending").get() == requests[2]


def test_requests_are_asked_for_in_constant_queries(cast: Cast, group: Group) -> None:
    browser, path = cast.browser(cast.alice.user), reverse("group_requests", args=[group.handle])
    _request(group, cast.charlie)
    browser.get(path)
    with CaptureQueriesContext(connection) as one:
        browser.get(path)
    for n in range(5):
        _request(group, make_user(f"reader{n}"))
    with CaptureQueriesContext(connection) as many:
        browser.get(path)

    assert len(many) == len(one)


def test_a_link_is_made_copied_changed_and_revoked(cast: Cast, group: Group) -> None:
    browser = cast.browser(cast.alice.user)
    data = {"name": "Newsletter", "expires": "24", "max_uses": "5"}
    assert cast.browser(cast.bob).post(reverse("group_new_link", args=[group.handle]), data).status_code == 403

    made = browser.post(reverse("group_new_link", args=[group.handle]), data)
    link = InviteLink.objects.get()

    assert made["Location"] == reverse("group_link", args=[group.handle, link.pk])
    assert link.token in browser.get(made["Location"]).content.decode()
    browser.post(made["Location"], {"name": "Blog", "expires": "keep", "max_uses": "9"})
    link.refresh_from_db()
    assert (link.name, link.max_uses, link.expires_at is not None) == ("Blog", 9, True)

    browser.post(made["Location"], {"revoke": "1"})
    link.refresh_from_db()
    assert link.revoked_at
    assert browser.get(reverse("group_invites", args=[group.handle])).status_code == 200
    assert browser.get(reverse("group_link", args=[group.handle, 10**9])).status_code == 404


def test_a_link_of_another_group_is_not_there(cast: Cast, group: Group) -> None:
    other = Group.objects.create(handle="other", name="Other", owner=cast.olga)
    link = InviteLink.objects.create(group=other, token="t" * 22, by=cast.olga)

    assert cast.browser(cast.alice.user).get(reverse("group_link", args=[group.handle, link.pk])).status_code == 404


def test_somebody_is_invited_by_handle(cast: Cast, group: Group) -> None:
    browser, path = cast.browser(cast.alice.user), reverse("group_invites", args=[group.handle])

    assert browser.post(path, {"handle": "@charlie"}).status_code == 302
    assert Membership.objects.get(user=cast.charlie).accepted_at is None
    assert browser.post(path, {"handle": "nobody_here"}).status_code == 422
    assert cast.browser(cast.bob).post(path, {"handle": "charlie"}).status_code == 403


def test_a_role_is_made_changed_and_removed(cast: Cast, group: Group) -> None:
    browser = cast.browser(cast.alice.user)
    data = {"name": "Scout", "rank": "50", "helping": [str(int(Right.PIN))], "talking": [str(int(Right.MENTION_ALL))]}

    assert browser.post(reverse("group_new_role", args=[group.handle]), data).status_code == 302
    role = Role.objects.get(name="Scout")
    assert Right(role.rights) == Right.PIN | Right.MENTION_ALL

    assert browser.post(reverse("group_new_role", args=[group.handle]), data).status_code == 422
    path = reverse("group_role", args=[group.handle, role.pk])
    assert browser.get(path).status_code == 200
    assert browser.post(path, {**data, "rank": "60"}).status_code == 302
    assert browser.post(path, {"remove": "1"}).status_code == 302
    assert not Role.objects.filter(name="Scout").exists()
    assert browser.get(path).status_code == 404


def test_a_role_above_is_not_to_be_changed(cast: Cast, group: Group) -> None:
    role = make_helper(group, cast.bob, Right.ROLES, rank=100)

    answer = cast.browser(cast.bob).get(reverse("group_role", args=[group.handle, role.pk]))

    assert answer.status_code == 403


def test_the_log_is_filtered(cast: Cast, group: Group) -> None:
    log.record(group, "kicked", cast.alice.user, cast.bob, NOW, reason="Too loud")
    log.record(group, "founded", cast.alice.user, None, NOW)
    browser, path = cast.browser(cast.alice.user), reverse("group_log", args=[group.handle])

    assert "Too loud" in browser.get(path, {"kind": "measures"}).content.decode()
    assert "Too loud" not in browser.get(path, {"kind": "group"}).content.decode()
    assert "Too loud" in browser.get(path, {"by": "@alice", "of": "bob"}).content.decode()
    assert "Nothing of the kind" in browser.get(path, {"by": "nobody_at_all"}).content.decode()


def test_bans_are_listed_made_by_handle_and_lifted(cast: Cast, group: Group) -> None:
    browser, path = cast.browser(cast.alice.user), reverse("group_bans", args=[group.handle])

    Block.objects.create(owner=cast.charlie, target=cast.alice.user)  # blocking the helper is no way out
    assert browser.post(path, {"handle": "charlie", "span": "", "reason": "Spam"}).status_code == 302
    assert browser.post(path, {"handle": "nobody_here", "span": ""}).status_code == 422
    assert Ban.objects.get().user == cast.charlie
    assert "Spam" in browser.get(path).content.decode()
    assert browser.post(path, {"handle": "charlie", "span": "yesterday"}).status_code == 422
    browser.post(reverse("group_unban", args=[group.handle, cast.charlie.pk]))
    assert Ban.objects.get().lifted_at


def test_a_members_page_offers_what_the_helper_may_do(cast: Cast, group: Group) -> None:
    path = reverse("group_member", args=[group.handle, cast.bob.pk])

    assert cast.browser(cast.bob).get(path).status_code == 403
    assert cast.browser(cast.charlie).get(path).status_code == 404
    shown = cast.browser(cast.alice.user).get(path).content.decode()
    assert reverse("group_ban", args=[group.handle, cast.bob.pk]) in shown
    make_helper(group, cast.olga, Right.ROLES)
    shown = cast.browser(cast.olga).get(path).content.decode()
    assert reverse("group_ban", args=[group.handle, cast.bob.pk]) not in shown
    assert reverse("group_member_role", args=[group.handle, cast.bob.pk]) in shown
    assert (
        cast.browser(cast.alice.user).get(reverse("group_member", args=[group.handle, cast.charlie.pk])).status_code
        == 404
    )


DEEDS = {
    "group_restrict": {"taken": str(int(Right.SEND)), "span": "24"},
    "group_kick": {"reason": "Bye"},
    "group_ban": {"span": "", "clear": "on"},
    "group_clear": {},
    "group_member_role": {"title": "Sage"},
}


@pytest.mark.parametrize("name", sorted(DEEDS))
def test_what_is_done_about_a_member_takes_its_right(cast: Cast, group: Group, name: str) -> None:
    path = reverse(name, args=[group.handle, cast.bob.pk])
    make_helper(group, cast.olga, Right.PIN)

    assert cast.browser(cast.charlie).post(path, DEEDS[name]).status_code == 404
    assert cast.browser(cast.olga).post(path, DEEDS[name]).status_code == 403
    assert cast.browser(cast.bob).post(path, DEEDS[name]).status_code == 403
    assert not LogEntry.objects.exists()
    assert Membership.objects.filter(user=cast.bob, title="").exists()

    assert cast.browser(cast.alice.user).post(path, DEEDS[name]).status_code == 302
    assert LogEntry.objects.filter(actor=cast.alice.user, target=cast.bob).exists()


def test_a_restriction_is_lifted_from_the_members_page(cast: Cast, group: Group) -> None:
    browser = cast.browser(cast.alice.user)
    browser.post(reverse("group_restrict", args=[group.handle, cast.bob.pk]), DEEDS["group_restrict"])
    assert "Restricted" in browser.get(reverse("group_member", args=[group.handle, cast.bob.pk])).content.decode()

    browser.post(reverse("group_lift", args=[group.handle, cast.bob.pk]))

    assert Restriction.objects.get().lifted_at
    nothing = browser.post(reverse("group_restrict", args=[group.handle, cast.bob.pk]), {"span": "24"})
    assert nothing.status_code == 422


def test_the_members_are_searched_and_filtered(cast: Cast, group: Group) -> None:
    browser, path = cast.browser(cast.bob), reverse("group_members", args=[group.handle])
    make_helper(group, cast.olga, Right.PIN)

    def shown(**query: str) -> set[str]:
        page = browser.get(path, query).context["page"]
        return {one.user.handle for one in page.items}

    assert shown() == {"alice", "bob", "olga"}
    assert shown(q="@bo") == {"bob"}
    assert shown(q="Ali") == {"alice"}
    assert shown(show="helpers") == {"alice", "olga"}
    assert shown(role=str(Role.objects.get().pk)) == {"olga"}
    assert shown(show="restricted") == {"alice", "bob", "olga"}  # not for members: as if it were not asked
    assert cast.browser(cast.charlie).get(path).status_code == 404


def test_the_owner_hands_over_in_two_steps(cast: Cast, group: Group) -> None:
    User.objects.filter(pk=cast.bob.pk).update(kyc_state=KycState.APPROVED, is_creator=True)
    owner, heir = cast.browser(cast.alice.user), cast.browser(cast.bob)
    path = reverse("group_transfer", args=[group.handle])

    assert owner.post(reverse("group_offer", args=[group.handle]), {"handle": "olga"}).status_code == 422
    assert owner.post(reverse("group_offer", args=[group.handle]), {"handle": "@bob"}).status_code == 302
    assert cast.browser(cast.olga).get(path).status_code == 302
    assert heir.get(path).status_code == 200
    assert owner.get(reverse("group_owner", args=[group.handle])).status_code == 200
    assert cast.browser(cast.olga).post(path, {"yes": "1"}).status_code == 409

    assert heir.post(path, {"yes": "1"}).status_code == 302
    group.refresh_from_db()
    assert group.owner == cast.bob
    assert owner.get(reverse("group_owner", args=[group.handle])).status_code == 403


def test_the_owner_closes_by_typing_the_handle_and_reopens(cast: Cast, group: Group) -> None:
    browser, path = cast.browser(cast.alice.user), reverse("group_close", args=[group.handle])

    def is_closed() -> bool:
        return Group.objects.get(pk=group.pk).closed_at is not None

    assert browser.post(path, {"handle": "something"}).status_code == 422
    assert not is_closed()
    browser.post(path, {"handle": group.handle})
    assert is_closed()
    assert browser.get(reverse("group_owner", args=[group.handle])).status_code == 200
    browser.post(path, {"reopen": "1"})
    assert not is_closed()


def test_a_creator_founds_a_group_and_lands_in_it(cast: Cast) -> None:
    browser = cast.browser(make_creator("dora").user)
    data = {"name": "Dora's desk", "handle": "Doras_desk", "visibility": "public", "admission": "open"}

    assert browser.get(reverse("group_new")).status_code == 200
    answer = browser.post(reverse("group_new"), data)

    assert answer["Location"] == reverse("group_manage", args=["doras_desk"])
    assert browser.get("/g/doras_desk/").status_code == 200
    assert browser.post(reverse("group_new"), data).status_code == 422
    assert cast.browser(cast.bob).get(reverse("group_new")).status_code == 200
    assert cast.browser(cast.bob).post(reverse("group_new"), {**data, "handle": "another"}).status_code == 403
    assert Group.objects.count() == 1


def test_a_name_is_looked_up_by_its_indexes(cast: Cast) -> None:
    """In a table that is worth an index: of five rows the planner takes whichever it likes."""
    people = [User(email=f"p{n}@example.com", handle=f"p{n:04}", display_name=f"Person {n}") for n in range(2_000)]
    User.objects.bulk_create(people)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE accounts_user")

    with CaptureQueriesContext(connection) as asked:
        found = members.called("Ali")

    assert found == Q(user__in={cast.alice.pk})
    plans = []
    with connection.cursor() as cursor:
        for query in asked.captured_queries:
            cursor.execute("EXPLAIN " + query["sql"].replace("%", "%%"))
            plans.append(" ".join(line for (line,) in cursor.fetchall()))
    assert "user_name_begins" in plans[1]
    assert not [plan for plan in plans if "Seq Scan" in plan]


@pytest.mark.parametrize("few", [members.FEW, 0])
def test_members_are_found_by_handle_and_name_however_many_are_called_so(
    cast: Cast, group: Group, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(members, "FEW", few)  # none at all: as if too many were called so to be looked up
    User.objects.filter(pk=cast.olga.pk).update(display_name="Bobbie Ray")

    def found(q: str) -> set[str]:
        page = members.members(group=group, wanted=members.Wanted(q=q), after=None, now=NOW)
        return {row.user.handle for row in page.items}

    assert found("@BOB") == {"bob", "olga"}
    assert found("bobbie r") == {"olga"}
    assert found("charlie") == found("ray") == set()
