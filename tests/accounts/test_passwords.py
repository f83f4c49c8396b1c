"""Passwords and addresses: changed with care, and told about."""

import re
from typing import Any
from unittest.mock import Mock

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from planet.accounts import actions
from planet.accounts.models import User
from tests.cast import Cast
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
NEW = "staple battery horse"


def link(message: Any) -> str:
    found = re.search(r"https?://[^/\s]+(/\S+)", message.body)
    assert found
    return found[1]


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """What is told to the sockets."""
    revoke = Mock()
    monkeypatch.setattr(actions, "revoke", revoke)
    return revoke


def signed_in(cast: Cast) -> Client:
    """Bob's browser, where he has just confirmed that it is he."""
    client = Client()
    client.post("/accounts/login/", {"login": "bob@example.com", "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    mail.outbox.clear()
    return client


def test_a_forgotten_password_is_reset_by_link_once(cast: Cast, client: Client) -> None:
    answer = client.post("/accounts/password/reset/", {"email": "bob@example.com"})
    assert answer.headers["Location"] == "/accounts/password/reset/done/"
    address = link(mail.outbox[0])
    form = client.get(address, follow=True)
    client.post(form.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    cast.bob.refresh_from_db()
    assert cast.bob.check_password(NEW)
    assert "_auth_user_id" not in client.session
    assert "does not work" in Client().get(address, follow=True).content.decode()


def test_asking_to_reset_looks_alike_for_an_unknown_address(cast: Cast) -> None:
    answers = [Client().post("/accounts/password/reset/", {"email": f"{who}@example.com"}) for who in ("bob", "nobody")]
    assert {(a.status_code, a.headers["Location"]) for a in answers} == {(302, "/accounts/password/reset/done/")}
    assert [m.to for m in mail.outbox] == [["bob@example.com"], ["nobody@example.com"]]
    assert "no account" in mail.outbox[1].body


def test_a_forged_reset_link_changes_nothing(cast: Cast, client: Client) -> None:
    client.post("/accounts/password/reset/", {"email": "bob@example.com"})
    forged = link(mail.outbox[0]).replace("-set-password", "")[:-4] + "zzz/"
    assert "does not work" in client.get(forged, follow=True).content.decode()
    client.post(forged, {"password1": NEW, "password2": NEW})
    cast.bob.refresh_from_db()
    assert cast.bob.check_password(PASSWORD)


def test_a_new_password_ends_the_other_sessions_and_is_told(
    cast: Cast, cut: Mock, django_capture_on_commit_callbacks: Any
) -> None:
    here, other = signed_in(cast), signed_in(cast)
    with django_capture_on_commit_callbacks(execute=True):
        here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert here.get("/settings/").status_code == 200
    assert other.get("/settings/").status_code == 302
    cut.assert_called_with(cast.bob.pk)
    assert [m.subject for m in mail.outbox] == ["Your password was changed"]


def test_a_password_is_changed_only_with_the_old_one(cast: Cast) -> None:
    client = signed_in(cast)
    answer = client.post("/accounts/password/change/", {"oldpassword": "wrong", "password1": NEW, "password2": NEW})
    assert list(answer.context["form"].errors) == ["oldpassword"]
    cast.bob.refresh_from_db()
    assert cast.bob.check_password(PASSWORD)


def test_a_new_address_takes_over_when_it_is_confirmed(cast: Cast) -> None:
    client = signed_in(cast)
    client.post("/accounts/email/", {"action_add": "", "email": "New@example.com"})
    cast.bob.refresh_from_db()
    assert cast.bob.email == "bob@example.com"
    client.post(link(mail.outbox[0]))
    cast.bob.refresh_from_db()
    assert cast.bob.email == "new@example.com"
    assert list(EmailAddress.objects.filter(user=cast.bob).values_list("email", "verified", "primary")) == [
        ("new@example.com", True, True)
    ]
    assert ["bob@example.com"] in [m.to for m in mail.outbox], "the old address is told"


def test_an_address_of_somebody_else_can_be_typed_but_never_confirmed(cast: Cast) -> None:
    client = signed_in(cast)
    answer = client.post("/accounts/email/", {"action_add": "", "email": "charlie@example.com"}, follow=True)
    assert answer.status_code == 200
    client.post(link(mail.outbox[0]))
    cast.bob.refresh_from_db()
    assert cast.bob.email == "bob@example.com"
    assert User.objects.get(email="charlie@example.com") == cast.charlie


def test_a_session_that_is_not_fresh_confirms_before_it_touches_the_address(cast: Cast) -> None:
    browser = cast.browser(cast.bob)
    answer = browser.post("/accounts/email/", {"action_add": "", "email": "new@example.com"})
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
    assert EmailAddress.objects.filter(user=cast.bob).count() == 1
    page = browser.get(answer.headers["Location"])
    assert page.status_code == 200
    browser.post(answer.headers["Location"], {"password": "wrong horse battery"})
    assert (
        "/reauthenticate/"
        in browser.post("/accounts/email/", {"action_add": "", "email": "n@e.com"}).headers["Location"]
    )
