"""Which handles may be had."""

import string

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planet.accounts import handles
from planet.accounts.models import User
from tests.factories import make_user

LETTERS = string.ascii_lowercase + string.digits + "_"


@pytest.mark.parametrize(("typed", "stored"), [("satoshi", "satoshi"), (" @Satoshi_21 ", "satoshi_21"), ("abc", "abc")])
def test_a_handle_is_stored_in_lower_case(typed: str, stored: str) -> None:
    assert handles.check(typed) == stored


@pytest.mark.parametrize(
    "typed",
    ["", "ab", "a" * 21, "two words", "dash-ed", "dot.ted", "имя", "pаypal", "名字名", "a\u200bbc", "___", "a/../b"],
)
def test_other_characters_and_lengths_are_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        handles.check(typed)


@pytest.mark.parametrize(
    "typed",
    ["admin", "Admin", "adm1n", "planet", "p1anet", "planet_support", "official_planet", "support24",
     "admln", "_root_", "rnoderator", "vvallet", "settings", "_planet_", "planet_team_1"],
)  # fmt: skip
def test_names_of_the_house_are_refused_in_every_spelling(typed: str) -> None:
    with pytest.raises(ValidationError, match="reserved"):
        handles.check(typed)


@pytest.mark.parametrize("typed", ["planetary", "supporter_x", "adminton", "ethtrader", "modest", "hellokitty"])
def test_names_that_only_begin_like_the_house_are_free(typed: str) -> None:
    assert handles.check(typed) == typed


@pytest.mark.parametrize(
    ("one", "other"),
    [("vitalik", "vita1ik"), ("cobie", "c0bie"), ("mark", "rnark"), ("will", "vviii"), ("hsaka", "hsaka_"),
     ("a_b_c", "a__b_c"), ("llama", "iiama")],
)  # fmt: skip
@pytest.mark.django_db
def test_two_people_never_look_alike(one: str, other: str) -> None:
    make_user(one)
    with pytest.raises(IntegrityError, match="user_handle_looks_unique"), transaction.atomic():
        make_user(other)
    assert User.objects.count() == 1


@pytest.mark.parametrize("handle", ["Upper", "no", "with-dash", "x" * 21])
@pytest.mark.django_db
def test_the_database_refuses_what_is_no_handle(handle: str) -> None:
    with pytest.raises(DatabaseError, match=r"user_handle_spelling|too long"), transaction.atomic():
        User.objects.bulk_create([User(handle=handle, email="x@example.com")])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(handle=st.text(alphabet="01ilornvw_ab", min_size=3, max_size=20) | st.text(LETTERS, min_size=3, max_size=20))
@pytest.mark.django_db
def test_the_database_sees_the_skeleton_that_python_sees(db: None, handle: str) -> None:
    with transaction.atomic():
        user = make_user(handle)
        user.refresh_from_db()
        assert user.handle_skeleton == handles.skeleton(handle)
        transaction.set_rollback(True)
