"""What people do to their account and to each other's presence."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from pytest_django import DjangoAssertNumQueries

from planet.accounts import actions, queries
from planet.accounts.models import ActiveDay, Block, DisplayNameChange, Mute
from tests.cast import Cast
from tests.factories import make_user

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_block_is_one_row_however_often(cast: Cast) -> None:
    for _ in range(2):
        actions.block(actor=cast.bob, target=cast.charlie, now=NOW)
    assert Block.objects.get().created_at == NOW
    actions.unblock(actor=cast.bob, target=cast.charlie)
    actions.unblock(actor=cast.bob, target=cast.charlie)
    assert not Block.objects.exists()


def test_a_mute_is_one_row_however_often(cast: Cast) -> None:
    for _ in range(2):
        actions.mute(actor=cast.bob, target=cast.charlie, now=NOW)
    assert Mute.objects.count() == 1
    actions.unmute(actor=cast.bob, target=cast.charlie)
    assert not Mute.objects.exists()


def test_nobody_blocks_or_mutes_themselves(cast: Cast) -> None:
    with pytest.raises(actions.NotOneself):
        actions.block(actor=cast.bob, target=cast.bob, now=NOW)
    with pytest.raises(actions.NotOneself):
        actions.mute(actor=cast.bob, target=cast.bob, now=NOW)
    assert not Block.objects.exists()
    assert not Mute.objects.exists()


def test_a_name_changes_once_in_thirty_days_with_history(cast: Cast) -> None:
    user = cast.alice.user
    actions.rename(user=user, new="Alice L", now=NOW)
    with pytest.raises(actions.RenamedTooSoon) as refused:
        actions.rename(user=user, new="Alice M", now=NOW + timedelta(days=30, seconds=-1))
    assert refused.value.until == NOW + timedelta(days=30)
    user.refresh_from_db()
    assert user.display_name == "Alice L"
    actions.rename(user=user, new="Alice M", now=NOW + timedelta(days=30))
    assert list(DisplayNameChange.objects.order_by("at").values_list("old", "new")) == [
        ("Alice", "Alice L"),
        ("Alice L", "Alice M"),
    ]


def test_the_same_name_again_is_no_change(cast: Cast) -> None:
    actions.rename(user=cast.alice.user, new="  Alice ", now=NOW)
    assert not DisplayNameChange.objects.exists()


def test_a_refused_name_changes_nothing(cast: Cast) -> None:
    with pytest.raises(ValidationError):
        actions.rename(user=cast.alice.user, new="Planet Support", now=NOW)
    cast.alice.user.refresh_from_db()
    assert cast.alice.user.display_name == "Alice"


def test_the_first_name_of_a_creator_is_no_change(cast: Cast) -> None:
    actions.become_creator(user=cast.bob, display_name="Bob B", now=NOW)
    cast.bob.refresh_from_db()
    assert (cast.bob.is_creator, cast.bob.display_name) == (True, "Bob B")
    actions.rename(user=cast.bob, new="Bob C", now=NOW)
    assert cast.bob.display_name == "Bob C"


def test_a_suspended_person_is_out_at_once(cast: Cast) -> None:
    browser = cast.browser(cast.bob)
    assert "_auth_user_id" in browser.session
    actions.suspend(user=cast.bob)
    assert browser.get("/settings/").status_code != 200
    assert not browser.login(username="bob@example.com", password="correct horse battery")
    actions.reinstate(user=cast.bob)
    assert cast.browser(cast.bob).get("/settings/").status_code == 200


@pytest.mark.django_db
def test_a_day_counts_once() -> None:
    user = make_user("dora")
    for hour in (0, 5):
        actions.seen(user_id=user.pk, now=NOW + timedelta(hours=hour))
    assert [row.day for row in ActiveDay.objects.all()] == [NOW.date()]


def test_hidden_are_blocked_either_way_and_muted(cast: Cast) -> None:
    alice, bob, charlie, olga = cast.alice.user, cast.bob, cast.charlie, cast.olga
    actions.block(actor=bob, target=alice, now=NOW)
    actions.block(actor=charlie, target=bob, now=NOW)
    actions.mute(actor=bob, target=olga, now=NOW)
    assert set(queries.hidden_ids(bob.pk)) == {alice.pk, charlie.pk, olga.pk}
    assert set(queries.hidden_ids(alice.pk)) == {bob.pk}
    assert set(queries.hidden_ids(olga.pk)) == set()
    assert set(queries.hidden_ids(None)) == set()


def test_hidden_ids_are_one_query_inside_another(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    actions.mute(actor=cast.bob, target=cast.charlie, now=NOW)
    with django_assert_num_queries(1):
        handles = set(
            type(cast.bob).objects.exclude(pk__in=queries.hidden_ids(cast.bob.pk)).values_list("handle", flat=True)
        )
    assert handles == {"alice", "bob", "olga"}


def test_blocked_between_asks_both_ways(cast: Cast) -> None:
    actions.block(actor=cast.bob, target=cast.charlie, now=NOW)
    assert queries.blocked_between(cast.charlie.pk, cast.bob.pk)
    assert queries.blocked_between(cast.bob.pk, cast.charlie.pk)
    assert not queries.blocked_between(cast.bob.pk, cast.olga.pk)
    assert queries.has_blocked(cast.bob.pk, cast.charlie.pk)
    assert not queries.has_blocked(cast.charlie.pk, cast.bob.pk)


def test_people_are_found_by_handle_in_any_case_unless_shut(cast: Cast) -> None:
    assert queries.by_handle("BOB") == cast.bob
    actions.suspend(user=cast.bob)
    assert queries.by_handle("bob") is None
