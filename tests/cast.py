"""The cast: Alice is a creator, Bob follows her, Charlie is an outsider, Olga is an operator."""

from dataclasses import dataclass

import pytest
from django.test import Client

from creators.models import Creator, Follow
from planet.accounts.models import User
from tests.factories import make_creator, make_user


@dataclass(frozen=True)
class Cast:
    """The four people, and a browser for each."""

    alice: Creator
    bob: User
    charlie: User
    olga: User

    def browser(self, user: User) -> Client:
        """A test client signed in as `user`."""
        client = Client()
        client.force_login(user, "planet.accounts.backends.Backend")
        return client


@pytest.fixture
def cast(db: None) -> Cast:
    """The four people, saved; Bob follows Alice."""
    alice, bob = make_creator("alice"), make_user("bob")
    Follow.objects.create(follower=bob, creator=alice)
    User.objects.filter(pk=bob.pk).update(following_count=1)
    Creator.objects.filter(pk=alice.pk).update(followers_count=1)
    return Cast(alice, bob, make_user("charlie"), make_user("olga", is_staff=True, is_superuser=True))
