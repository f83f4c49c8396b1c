"""What operators do: never without a reason, recorded in the same transaction, and nothing when it is refused."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.db import IntegrityError
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from creators.models import Creator
from planet.accounts import kyc
from planet.accounts.models import KycEvent, KycState, User
from planet.moderation import actions, roles
from planet.moderation.models import AuditEntry
from planet.notifications.models import Notification
from posts import actions as post_actions
from posts.models import Comment, Post
from tests.admin import world
from tests.admin.world import World
from tests.cast import Cast
from tests.factories import make_user

REASON = "Because it is so."


@pytest.fixture
def there(cast: Cast) -> World:
    return world.build(cast)


@pytest.fixture
def olga(cast: Cast) -> Client:
    return cast.browser(cast.olga)


def use(browser: Client, obj: Model, name: str, reason: str = REASON, **more: str) -> Any:
    return browser.post(world.tool(obj, name), {"reason": reason, **more}, follow=True)


def newest() -> AuditEntry:
    entry = AuditEntry.objects.order_by("-at", "-id").first()
    assert entry
    return entry


def recorded(action: str, target: Model, by: User) -> bool:
    entry = newest()
    about = (entry.target_kind, entry.target_id) == (target._meta.label_lower, str(target.pk))
    return about and (entry.action, entry.actor, entry.reason) == (action, by, REASON)


ALL_TOOLS = [(model, tool) for model, room in admin.site._registry.items() for tool in room.actions or ()]


@pytest.mark.parametrize(("model", "name"), ALL_TOOLS, ids=lambda part: getattr(part, "__name__", part))
def test_no_tool_works_without_a_reason(olga: Client, there: World, model: type[Model], name: str) -> None:
    before = AuditEntry.objects.count()
    row: Any = model._default_manager.first()
    assert olga.get(world.tool(row, str(name))).status_code == 200
    for reason in ("", "   "):
        answer = olga.post(world.tool(row, str(name)), {"reason": reason})
        assert answer.status_code == 422
        assert "This field is required." in answer.content.decode()
    assert AuditEntry.objects.count() == before
    assert Post.objects.filter(deleted_at=None).count() == 1
    assert User.objects.filter(is_active=True).count() == 4


def test_a_tool_for_nothing_or_of_another_room_is_not_found(olga: Client, there: World) -> None:
    base = reverse("admin:posts_post_changelist")
    assert olga.get(f"{base}00000000-0000-0000-0000-000000000000/use/remove/").status_code == 404
    assert olga.get(f"{base}nonsense/use/remove/").status_code == 404
    assert olga.get(f"{base}{there.post.pk}/use/suspend/").status_code == 404
    assert olga.get(f"{base}{there.post.pk}/use/get-urls/").status_code == 404


def test_the_csrf_token_is_asked_for(cast: Cast, there: World) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.olga, "planet.accounts.backends.Backend")
    assert strict.post(world.tool(there.post, "remove"), {"reason": REASON}).status_code == 403
    assert Post.objects.get(pk=there.post.pk).deleted_at is None


# --- people -------------------------------------------------------------------------------------------------------


def test_a_suspended_person_is_signed_out_and_stays_out(cast: Cast, olga: Client) -> None:
    bobs = cast.browser(cast.bob)
    assert bobs.get(reverse("notifications")).status_code == 200
    use(olga, cast.bob, "suspend")
    assert not User.objects.get(pk=cast.bob.pk).is_active
    assert bobs.get(reverse("notifications")).status_code == 302
    assert recorded("user.suspend", cast.bob, cast.olga)
    use(olga, cast.bob, "reinstate")
    assert User.objects.get(pk=cast.bob.pk).is_active
    assert recorded("user.reinstate", cast.bob, cast.olga)


def test_operators_suspend_neither_themselves_nor_each_other(cast: Cast) -> None:
    moderator = make_user("mia", is_staff=True)
    moderator.groups.add(roles.group("Moderator"))
    browser = cast.browser(moderator)
    for victim in (moderator, cast.olga):
        answer = use(browser, victim, "suspend")
        assert "suspend" in answer.content.decode()
        assert User.objects.get(pk=victim.pk).is_active
    assert not AuditEntry.objects.exists()


def test_several_people_are_suspended_from_the_list_and_each_is_recorded(cast: Cast, olga: Client) -> None:
    chosen = {"action": "suspend", "_selected_action": [cast.bob.pk, cast.charlie.pk, cast.olga.pk]}
    asked = olga.post(world.room(User), {**chosen, "index": "0"})
    assert asked.status_code == 200
    assert User.objects.filter(is_active=True).count() == 4
    done = olga.post(world.room(User), {**chosen, "reason": REASON}, follow=True).content.decode()
    assert "done for 2" in done
    assert "you cannot suspend yourself" in done
    assert set(User.objects.filter(is_active=False)) == {cast.bob, cast.charlie}
    assert AuditEntry.objects.filter(action="user.suspend").count() == 2


def test_more_than_a_hundred_at_once_are_refused(cast: Cast, olga: Client) -> None:
    User.objects.bulk_create(User(email=f"u{n}@example.com", handle=f"u_{n:04d}") for n in range(101))
    chosen = {"action": "suspend", "_selected_action": [cast.bob.pk], "select_across": "1", "index": "0"}
    answer = olga.post(world.room(User), {**chosen, "reason": REASON}, follow=True)
    assert "At most 100" in answer.content.decode()
    assert not User.objects.filter(is_active=False).exists()


def test_signing_somebody_out_ends_every_session(cast: Cast, olga: Client, there: World) -> None:
    use(olga, cast.bob, "sign_out")
    assert not UserSession.objects.filter(user=cast.bob).exists()
    assert recorded("user.sign_out", cast.bob, cast.olga)
    assert newest().details == {"sessions": 1}


def test_one_session_is_ended(cast: Cast, olga: Client, there: World) -> None:
    other = world.session(cast.bob)
    use(olga, there.session, "end")
    assert list(UserSession.objects.filter(user=cast.bob)) == [other]
    assert newest().action == "session.end"
    assert newest().details["user"] == str(cast.bob.pk)


def test_a_false_name_is_taken_away_and_the_person_reads_why(cast: Cast, olga: Client, there: World) -> None:
    use(olga, cast.alice.user, "reset_name")
    alice = User.objects.get(pk=cast.alice.pk)
    assert alice.display_name == "alice"
    assert alice.name_changes.filter(old="Alice", new="alice").exists()
    assert recorded("user.reset_name", alice, cast.olga)
    assert Notification.objects.get(recipient=alice, kind="system").excerpt == REASON


def test_a_lost_second_factor_is_removed(cast: Cast, olga: Client, there: World) -> None:
    Authenticator.objects.create(user=cast.bob, type=Authenticator.Type.TOTP, data={"secret": "hidden-secret"})
    assert "hidden-secret" not in olga.get(world.page(cast.bob)).content.decode()
    use(olga, cast.bob, "remove_second_factor")
    assert not Authenticator.objects.exists()
    assert not UserSession.objects.filter(user=cast.bob).exists()
    assert newest().details == {"types": ["totp"]}


def test_a_superuser_makes_operators_and_unmakes_them(cast: Cast, olga: Client) -> None:
    use(olga, cast.bob, "give_role", role="Moderator")
    bob = User.objects.get(pk=cast.bob.pk)
    assert bob.is_staff
    assert bob.has_perm("posts.change_post")
    assert not bob.has_perm("accounts.change_kycapplication")
    use(olga, bob, "give_role", role="")
    bob = User.objects.get(pk=cast.bob.pk)
    assert not bob.is_staff
    assert not bob.has_perm("posts.change_post")
    assert newest().details == {"was": ["Moderator"], "role": ""}


@pytest.mark.parametrize("role", ["Superuser", "nonsense"])
def test_a_role_that_does_not_exist_is_refused(cast: Cast, olga: Client, role: str) -> None:
    assert use(olga, cast.bob, "give_role", role=role).status_code == 422
    assert not User.objects.get(pk=cast.bob.pk).is_staff


def test_a_moderator_gives_no_roles(cast: Cast) -> None:
    moderator = make_user("mia", is_staff=True)
    moderator.groups.add(roles.group("Moderator"))
    browser = cast.browser(moderator)
    assert use(browser, cast.bob, "give_role", role="Moderator").status_code == 403
    with pytest.raises(actions.NotAllowed):
        actions.give_role(actor=moderator, user=cast.bob, role="Moderator", reason=REASON, now=timezone.now())
    assert not User.objects.get(pk=cast.bob.pk).is_staff


# --- identity checks ----------------------------------------------------------------------------------------------


def test_an_approval_verifies_the_person_and_tells_them(cast: Cast, olga: Client, there: World) -> None:
    use(olga, there.application, "approve")
    assert User.objects.get(pk=cast.charlie.pk).kyc_state == KycState.APPROVED
    assert recorded("kyc.approved", there.application, cast.olga)
    told = Notification.objects.get(recipient=cast.charlie)
    assert (told.group_key, told.url, told.excerpt) == ("kyc:approved", reverse("kyc"), "")
    assert KycEvent.objects.get(application=there.application, after="approved").actor == cast.olga


def test_a_rejection_says_why_to_the_person(cast: Cast, olga: Client, there: World) -> None:
    use(olga, there.application, "reject")
    assert User.objects.get(pk=cast.charlie.pk).kyc_state == KycState.REJECTED
    told = Notification.objects.get(recipient=cast.charlie)
    assert (told.group_key, told.excerpt) == ("kyc:rejected", REASON)


def test_what_was_decided_is_not_decided_again(cast: Cast, olga: Client, there: World) -> None:
    use(olga, there.application, "reject")
    entries = AuditEntry.objects.count()
    answer = use(olga, there.application, "approve")
    assert "does not apply any more" in answer.content.decode()
    assert User.objects.get(pk=cast.charlie.pk).kyc_state == KycState.REJECTED
    assert AuditEntry.objects.count() == entries


def test_who_comes_second_changes_nothing(
    cast: Cast, olga: Client, there: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = kyc.decide

    def overtaken(**options: Any) -> Any:
        plain(**{**options, "approve": False, "reason": "First."})
        return plain(**options)

    monkeypatch.setattr(kyc, "decide", overtaken)
    entries = AuditEntry.objects.count()
    assert "somebody decided before you" in use(olga, there.application, "approve").content.decode()
    assert AuditEntry.objects.count() == entries


def test_a_hosted_check_without_an_identity_is_not_approved_and_may_be_rejected(cast: Cast, olga: Client) -> None:
    hosted = kyc.apply(user=cast.bob, provider="hosted", now=timezone.now())
    entries = AuditEntry.objects.count()
    answer = use(olga, hosted, "approve")
    assert "has not said yet whose identity it is" in answer.content.decode()
    assert User.objects.get(pk=cast.bob.pk).kyc_state == KycState.PENDING
    assert AuditEntry.objects.count() == entries
    use(olga, hosted, "reject")
    assert User.objects.get(pk=cast.bob.pk).kyc_state == KycState.REJECTED


def test_an_approval_is_ended_with_a_reason(cast: Cast, olga: Client, there: World) -> None:
    use(olga, there.application, "approve")
    use(olga, there.application, "end")
    assert User.objects.get(pk=cast.charlie.pk).kyc_state == KycState.EXPIRED
    assert recorded("kyc.expired", there.application, cast.olga)
    assert Notification.objects.get(recipient=cast.charlie, group_key="kyc:expired").excerpt == REASON


def picture(there: World, which: str) -> str:
    return reverse("admin:kyc_picture", args=[there.application.pk, which])


def test_pictures_are_shown_to_who_may_decide_and_each_look_is_recorded(cast: Cast, olga: Client, there: World) -> None:
    page = olga.get(world.page(there.application)).content.decode()
    for which in ("document", "selfie"):
        assert picture(there, which) in page
        answer = olga.get(picture(there, which))
        assert answer.content.startswith(b"\xff\xd8")
        assert "no-store" in answer["Cache-Control"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert newest().action == "kyc.look"
        assert which in newest().reason


def test_nobody_else_sees_the_pictures(cast: Cast, there: World, client: Client) -> None:
    moderator = make_user("mia", is_staff=True)
    moderator.groups.add(roles.group("Moderator"))
    entries = AuditEntry.objects.count()
    for browser in (client, cast.browser(cast.charlie), cast.browser(moderator)):
        answer = browser.get(picture(there, "document"))
        assert answer.status_code in (302, 403)
        assert b"\xff\xd8" not in answer.content
    assert AuditEntry.objects.count() == entries


def test_a_picture_that_is_gone_is_not_found(cast: Cast, olga: Client, there: World) -> None:
    assert olga.get(picture(there, "passport")).status_code == 404
    use(olga, there.application, "reject")
    kyc.actions.erase(application=there.application, now=timezone.now())
    assert olga.get(picture(there, "document")).status_code == 404
    assert "None are kept." in olga.get(world.page(there.application)).content.decode()


# --- creators and posts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "field"), [("remove_avatar", "user__avatar"), ("remove_banner", "banner")])
def test_a_picture_of_a_profile_is_removed(cast: Cast, olga: Client, there: World, name: str, field: str) -> None:
    was = Creator.objects.values_list(field, flat=True).get(pk=cast.alice.pk)
    assert was
    use(olga, cast.alice, name)
    assert Creator.objects.values_list(field, flat=True).get(pk=cast.alice.pk) == ""
    assert recorded(f"creator.{name}", cast.alice, cast.olga)
    assert newest().details == {"was": was}
    assert Notification.objects.filter(recipient=cast.alice.pk, excerpt=REASON).count() == 1


def test_a_profile_is_emptied_and_what_it_said_is_kept_in_the_log(cast: Cast, olga: Client) -> None:
    Creator.objects.filter(pk=cast.alice.pk).update(
        bio="Send me coins", links=[{"label": "x", "url": "https://x.example"}]
    )
    use(olga, cast.alice, "empty_profile")
    alice = Creator.objects.get(pk=cast.alice.pk)
    assert (alice.bio, alice.links) == ("", [])
    assert newest().details["was"]["bio"] == "Send me coins"


def test_a_post_is_removed_and_restored_with_its_counts(cast: Cast, olga: Client, there: World) -> None:
    Creator.objects.filter(pk=cast.alice.pk).update(posts_count=1)
    use(olga, there.post, "remove")
    assert Post.objects.get(pk=there.post.pk).deleted_at is not None
    assert Creator.objects.get(pk=cast.alice.pk).posts_count == 0
    assert recorded("post.remove", there.post, cast.olga)
    assert newest().details == {"text": there.post.text}
    assert (
        Notification.objects.get(recipient=cast.alice.pk, group_key=f"post_removed:{there.post.pk}").excerpt == REASON
    )
    use(olga, there.post, "restore")
    assert Post.objects.get(pk=there.post.pk).deleted_at is None
    assert Creator.objects.get(pk=cast.alice.pk).posts_count == 1
    assert recorded("post.restore", there.post, cast.olga)
    assert post_actions.repair_counts() == 0


def test_reposts_and_the_count_of_what_was_quoted_come_back_with_a_post(cast: Cast, olga: Client, there: World) -> None:
    Creator.objects.filter(pk=cast.alice.pk).update(posts_count=2)
    quote = Post.objects.create(creator=cast.alice, client_id=there.comment.client_id, text="See", quote_of=there.post)
    repost = Post.objects.create(creator=cast.alice, client_id=quote.pk, repost_of=quote)
    Post.objects.filter(pk=there.post.pk).update(repost_count=1)
    Post.objects.filter(pk=quote.pk).update(repost_count=1)
    use(olga, quote, "remove")
    assert Post.objects.get(pk=repost.pk).deleted_at is not None
    assert Post.objects.get(pk=there.post.pk).repost_count == 0
    use(olga, quote, "restore")
    assert Post.objects.get(pk=repost.pk).deleted_at is None
    assert Post.objects.get(pk=there.post.pk).repost_count == 1
    assert post_actions.repair_counts() == 0


def test_what_its_author_deleted_is_not_brought_back(cast: Cast, olga: Client, there: World) -> None:
    Creator.objects.filter(pk=cast.alice.pk).update(posts_count=1)
    post_actions.delete(actor=cast.alice.user, post_id=there.post.pk, now=timezone.now())
    assert "/use/restore/" not in olga.get(world.page(there.post)).content.decode()
    use(olga, there.post, "restore")
    assert Post.objects.get(pk=there.post.pk).deleted_at is not None


def test_a_comment_is_removed_and_restored(cast: Cast, olga: Client, there: World) -> None:
    use(olga, there.comment, "remove")
    assert Comment.objects.get().deleted_at is not None
    assert Post.objects.get(pk=there.post.pk).comment_count == 0
    assert recorded("comment.remove", there.comment, cast.olga)
    use(olga, there.comment, "restore")
    assert Comment.objects.get().deleted_at is None
    assert Post.objects.get(pk=there.post.pk).comment_count == 1
    assert recorded("comment.restore", there.comment, cast.olga)


def test_a_comment_of_a_post_that_is_gone_stays_gone(cast: Cast, olga: Client, there: World) -> None:
    Creator.objects.filter(pk=cast.alice.pk).update(posts_count=1)
    use(olga, there.comment, "remove")
    use(olga, there.post, "remove")
    assert "its post is gone" in use(olga, there.comment, "restore").content.decode()
    assert Comment.objects.get().deleted_at is not None


def test_a_picture_takes_its_post_with_it(cast: Cast, olga: Client, there: World) -> None:
    Creator.objects.filter(pk=cast.alice.pk).update(posts_count=1)
    use(olga, there.picture, "remove_post")
    assert Post.objects.get(pk=there.post.pk).deleted_at is not None
    assert recorded("post.remove", there.post, cast.olga)


def test_an_act_that_cannot_be_recorded_does_not_happen(
    cast: Cast, olga: Client, there: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    Creator.objects.filter(pk=cast.alice.pk).update(posts_count=1)
    told = Notification.objects.filter(recipient=cast.alice.pk).count()

    def broken(**_: Any) -> AuditEntry:
        raise IntegrityError

    monkeypatch.setattr("planet.moderation.admin_tools.record", broken)
    with pytest.raises(IntegrityError):
        use(olga, there.post, "remove")
    assert Post.objects.get(pk=there.post.pk).deleted_at is None
    assert Notification.objects.filter(recipient=cast.alice.pk).count() == told


def test_the_roles_hold_what_the_code_says_after_a_migration(cast: Cast) -> None:
    group = roles.group("Observer")
    group.permissions.clear()
    roles._refresh()
    held = {f"{p.content_type.app_label}.{p.codename}" for p in group.permissions.select_related("content_type")}
    assert held == set(roles.ROLES["Observer"])


def test_a_moderator_does_not_let_a_suspended_operator_in(cast: Cast) -> None:
    rogue, moderator = make_user("rogue", is_staff=True, is_active=False), make_user("mia", is_staff=True)
    moderator.groups.add(roles.group("Moderator"))
    answer = use(cast.browser(moderator), rogue, "reinstate")
    assert "only a superuser" in answer.content.decode()
    assert not User.objects.get(pk=rogue.pk).is_active
    use(cast.browser(cast.olga), rogue, "reinstate")
    assert User.objects.get(pk=rogue.pk).is_active


@pytest.mark.parametrize("tool", ["approve", "reject"])
def test_nobody_decides_about_their_own_identity(cast: Cast, tool: str) -> None:
    reviewer = make_user("rita", is_staff=True)
    reviewer.groups.add(roles.group("Identity reviewer"))
    own = world.application(reviewer)
    answer = use(cast.browser(reviewer), own, tool)
    assert "themselves" in answer.content.decode()
    own.refresh_from_db()
    assert own.state == "pending"
