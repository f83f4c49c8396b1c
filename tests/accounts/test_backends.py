"""How a session becomes a person."""

from uuid import uuid4

from pytest_django import DjangoAssertNumQueries

from planet.accounts.backends import Backend
from planet.accounts.models import User
from tests.cast import Cast


def test_the_person_has_every_field_and_costs_one_query(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    stored = User.objects.get(pk=cast.alice.pk)
    with django_assert_num_queries(1):
        found = Backend().get_user(str(cast.alice.pk))
        assert found is not None
        assert {field.attname: getattr(found, field.attname) for field in User._meta.concrete_fields} == {
            field.attname: getattr(stored, field.attname) for field in User._meta.concrete_fields
        }


def test_the_person_can_be_saved(cast: Cast) -> None:
    found = Backend().get_user(cast.bob.pk)
    assert found is not None
    found.language = "zh-hans"
    found.save(update_fields=["language"])
    assert User.objects.get(pk=cast.bob.pk).language == "zh-hans"
    assert User.objects.count() == len({cast.alice.pk, cast.bob.pk, cast.charlie.pk, cast.olga.pk})


def test_nobody_comes_of_an_unknown_or_suspended_account(cast: Cast) -> None:
    assert Backend().get_user(uuid4()) is None
    User.objects.filter(pk=cast.bob.pk).update(is_active=False)
    assert Backend().get_user(cast.bob.pk) is None
