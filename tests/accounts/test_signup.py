"""Signing up: what is asked, what is refused, and what nobody learns."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from planet.accounts import actions, forms
from planet.accounts.models import User
from tests.cast import Cast
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
FORM = {"email": "Dora@Example.com", "handle": "Dora_1", "password1": PASSWORD, "language": "en"}


def sign_up(client: Client, **changes: str) -> HttpResponse:
    return client.post("/accounts/signup/", {**FORM, **changes})  # type: ignore[return-value]


def link(message: Any) -> str:
    found = re.search(r"https?://[^/\s]+(/\S+)", message.body)
    assert found
    return found[1]


def test_the_form_asks_for_four_things(client: Client) -> None:
    page = client.get("/accounts/signup/").content.decode()
    assert re.findall(r'name="(\w+)"', page.partition('action="/accounts/signup/"')[2])[:5] == [
        "csrfmiddlewaretoken", "email", "handle", "password1", "language",
    ]  # fmt: skip


def test_a_person_signs_up_and_confirms_by_link(client: Client) -> None:
    answer = sign_up(client)
    assert answer.headers["Location"] == "/accounts/confirm-email/"
    user = User.objects.get()
    assert (user.handle, user.email, user.language) == ("dora_1", "dora@example.com", "en")
    assert user.password.startswith("argon2")
    assert "_auth_user_id" not in client.session, "not before the address is confirmed"
    assert "@dora_1" in mail.outbox[0].body
    page = client.get(link(mail.outbox[0]))
    assert not EmailAddress.objects.get().verified, "a scanner that follows links confirms nothing"
    assert "dora@example.com" in page.content.decode()
    client.post(link(mail.outbox[0]))
    assert EmailAddress.objects.get().verified
    assert client.session["_auth_user_id"] == str(user.pk), "the browser that signed up is signed in"


def test_a_link_opened_in_another_browser_does_not_sign_that_in(client: Client) -> None:
    sign_up(client)
    other = Client()
    other.post(link(mail.outbox[0]))
    assert EmailAddress.objects.get().verified
    assert "_auth_user_id" not in other.session


def test_a_damaged_link_confirms_nothing(client: Client) -> None:
    sign_up(client)
    damaged = link(mail.outbox[0])[:-3] + "xx/"
    assert "run out" in client.get(damaged).content.decode()
    client.post(damaged)
    assert not EmailAddress.objects.get().verified


def test_mail_speaks_the_language_of_the_page(client: Client) -> None:
    assert (
        client.get("/accounts/signup/", headers={"Accept-Language": "zh-hans"}).wsgi_request.LANGUAGE_CODE == "zh-hans"
    )
    sign_up(client, language="zh-hans")
    assert User.objects.get().language == "zh-hans"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "no address"}, "email"),
        ({"email": ""}, "email"),
        ({"handle": "x"}, "handle"),
        ({"handle": "admin"}, "handle"),
        ({"handle": "a\u200bb\u202ec"}, "handle"),
        ({"handle": "dorа"}, "handle"),
        ({"password1": "short"}, "password1"),
        ({"password1": "password1234"}, "password1"),
        ({"password1": "dora@example.com"}, "password1"),
        ({"language": "xx"}, "language"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_made(
    client: Client, changes: dict[str, str], field: str
) -> None:
    answer: Any = sign_up(client, **changes)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert not User.objects.exists()
    assert not mail.outbox


@pytest.mark.parametrize("handle", ["alice", "ALICE", "a1ice", "al1ce", "alice_"])
def test_a_handle_that_is_taken_or_looks_like_one_is_refused(client: Client, cast: Cast, handle: str) -> None:
    answer = sign_up(client, handle=handle)
    assert str(forms.TAKEN) in answer.content.decode()
    assert User.objects.count() == 4


def test_a_known_address_gets_the_same_answer_as_a_new_one(cast: Cast) -> None:
    new, known = Client(), Client()
    answers = [sign_up(new), sign_up(known, email="Bob@example.com", handle="somebody")]
    assert [a.status_code for a in answers] == [302, 302]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    pages = [c.get("/accounts/confirm-email/").content.decode() for c in (new, known)]
    masked = [
        re.sub(
            r"(?:[\w.+-]+@example\.com|value=\"[^\"]+\"|nonce=\"[^\"]+\"|X-CSRFToken\": \"[^\"]+|content=\"\d+\")",
            "…",
            p,
        )
        for p in pages
    ]
    assert masked[0] == masked[1]
    assert [m.to for m in mail.outbox] == [["dora@example.com"], ["bob@example.com"]]
    assert "already" in mail.outbox[1].body
    assert not User.objects.filter(handle="somebody").exists()


def test_the_handle_is_gone_after_a_sign_up_with_a_known_address_too(cast: Cast) -> None:
    """Otherwise trying the handle again would tell that the address was known."""
    sign_up(Client(), email="bob@example.com", handle="somebody")
    assert str(forms.TAKEN) in sign_up(Client(), handle="S0mebody").content.decode()


def test_a_known_address_takes_the_time_of_one_hash(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    set_password = User.set_password

    def noted(user: User, raw: str | None) -> None:
        hashed.append(str(raw))
        set_password(user, raw)

    monkeypatch.setattr(User, "set_password", noted)
    sign_up(client)
    new = len(hashed)
    sign_up(Client(), email="bob@example.com", handle="somebody")
    assert (new, len(hashed) - new) == (1, 1)


def test_who_loses_the_race_for_a_handle_is_asked_again(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    check = forms.check_free

    def somebody_is_faster(handle: str) -> str:
        free = check(handle)
        make_user("dora_1", email="faster@example.com")
        return free

    monkeypatch.setattr(forms, "check_free", somebody_is_faster)
    answer = client.post("/accounts/signup/", FORM, follow=True)
    assert str(forms.TAKEN) in answer.content.decode()
    assert User.objects.count() == 1


def test_sign_ups_that_are_never_confirmed_are_forgotten(client: Client, cast: Cast) -> None:
    sign_up(client)
    now = timezone.now()
    assert actions.forget_unconfirmed(before=now - timedelta(days=3)) == 0
    assert actions.forget_unconfirmed(before=now + timedelta(seconds=1)) == 1
    assert not User.objects.filter(handle="dora_1").exists()
    assert User.objects.count() == 4


def test_one_address_signs_up_only_so_often(client: Client) -> None:
    statuses = {sign_up(client, email="no address").status_code for _ in range(31)}
    assert statuses == {200, 429}


def test_a_network_of_addresses_signs_up_as_one_guest() -> None:
    def status(address: str) -> int:
        return sign_up(Client(REMOTE_ADDR=address), email="no address").status_code

    assert [status(f"2001:db8::{n:x}") for n in range(1, 32)] == [200] * 30 + [429]
    assert status("2001:db8:0:1::1") == 200
    # IPv4 written as IPv6 is many guests, not one network.
    assert {status(f"::ffff:192.0.2.{n}") for n in range(1, 32)} == {200}


def test_the_form_needs_its_token() -> None:
    answer = sign_up(Client(enforce_csrf_checks=True))
    assert answer.status_code == 403
    assert not User.objects.exists()


def test_broken_utf_8_makes_no_account(client: Client) -> None:
    body = b"email=d@example.com&handle=d\xff\xfera&password1=correct+horse+battery&language=en"
    answer = client.generic("POST", "/accounts/signup/", body, "application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert not User.objects.exists()
