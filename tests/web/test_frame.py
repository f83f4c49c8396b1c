"""The frame of every page, for guests and for people who are signed in."""

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from planet.accounts.models import User
from tests.cast import Cast


def page(client: Client, **headers: str) -> str:
    """A page that needs no room: the one for what is not there."""
    return client.get("/nothing/here/", headers=headers).content.decode()


@pytest.mark.django_db
def test_a_guest_is_offered_to_sign_up_and_in() -> None:
    html = page(Client())
    assert 'href="/accounts/signup/"' in html
    assert 'href="/accounts/login/"' in html
    assert "data-unread" not in html
    assert 'name="planet-user" content=""' in html
