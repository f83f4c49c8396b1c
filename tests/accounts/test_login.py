"""Signing in and out: sessions turn over, strangers learn nothing, nobody is led elsewhere."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.utils import translation

from planet.accounts.models import User
from tests.cast import Cast
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def sign_in(client: Client, login: str = "bob@example.com", password: str = PASSWORD, **more: str) -> HttpResponse:
    return client.post("/accounts/login/", {"login": login, "password": password, **more})  # type: ignore[return-value]


def errors(answer: HttpResponse) -> str:
    return answer.context["form"].errors.as_json()  # type: ignore[attr-defined, no-any-return]


def test_a_person_signs_in_and_out(cast: Cast, client: Client) -> None:
    answer = sign_in(client, "Bob@Example.com")
    assert answer.headers["Location"] == "/"
    assert client.session["_auth_user_id"] == str(cast.bob.pk)
    assert client.get("/accounts/logout/").status_code == 200
    assert "_auth_user_id" in client.session, "a link somewhere signs nobody out"
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session


def test_the_session_gets_a_new_key_at_sign_in(cast: Cast, client: Client) -> None:
    client.get("/accounts/login/")
    session = client.session
    session["planted"] = "by an attacker"
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = str(planted)
    sign_in(client)
    assert client.session.session_key != planted
    stranger = Client()
    stranger.cookies["sessionid"] = str(planted)
    assert "_auth_user_id" not in stranger.session


def test_a_wrong_password_and_an_unknown_address_look_alike(cast: Cast) -> None:
    wrong, unknown = sign_in(Client(), password="wrong horse battery"), sign_in(Client(), "nobody@example.com")
    assert errors(wrong) == errors(unknown)
    assert (wrong.status_code, unknown.status_code) == (200, 200)
    assert not mail.outbox


def test_a_network_of_addresses_guesses_as_one_guest(cast: Cast) -> None:
    def guess(address: str, n: int) -> str:
        return errors(sign_in(Client(REMOTE_ADDR=address), f"nobody{n}@example.com"))

    guesses = [guess(f"2001:db8::{n:x}", n) for n in range(1, 12)]
    assert len(set(guesses[:10])) == 1
    assert "too_many_login_attempts" in guesses[10]
    assert guess("2001:db8:0:1::1", 99) == guesses[0]


def test_an_unknown_address_takes_the_time_of_one_hash(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    monkeypatch.setattr(User, "set_password", lambda self, raw: hashed.append(raw))
    sign_in(Client(), "nobody@example.com")
    assert hashed == [PASSWORD]


def test_an_unconfirmed_address_does_not_sign_in(client: Client) -> None:
    EmailAddress.objects.filter(user=make_user("dora")).update(verified=False)
    answer = sign_in(client, "dora@example.com")
    assert answer.headers["Location"] == "/accounts/confirm-email/"
    assert "_auth_user_id" not in client.session
    assert [m.to for m in mail.outbox] == [["dora@example.com"]]


def test_a_suspended_account_does_not_sign_in(cast: Cast, client: Client) -> None:
    User.objects.filter(pk=cast.bob.pk).update(is_active=False)
    assert sign_in(client).headers["Location"] == "/accounts/inactive/"
    assert "suspended" in client.get("/accounts/inactive/").content.decode()
    assert "_auth_user_id" not in client.session


def test_five_wrong_passwords_close_the_door_for_a_while(cast: Cast, client: Client) -> None:
    for _ in range(5):
        sign_in(client, password="wrong horse battery")
    assert "Too many" in errors(sign_in(client))
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "there",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "http:///evil.example",
     "https://testserver.evil.example/", "\thttps://evil.example"],
)  # fmt: skip
@pytest.mark.parametrize("room", ["login", "signup", "logout"])
def test_nobody_is_led_to_another_site(cast: Cast, client: Client, there: str, room: str) -> None:
    if room == "login":
        answer = sign_in(client, next=there)
    elif room == "signup":
        data = {"email": "d@example.com", "handle": "dora", "password1": PASSWORD, "language": "en", "next": there}
        answer = client.post("/accounts/signup/", data)  # type: ignore[assignment]
    else:
        answer = cast.browser(cast.bob).post("/accounts/logout/", {"next": there})  # type: ignore[assignment]
    assert answer.status_code == 302
    assert answer.headers["Location"] in ("/", "/accounts/confirm-email/")


def test_one_comes_back_to_where_one_was(cast: Cast, client: Client) -> None:
    assert client.get("/settings/").headers["Location"] == "/accounts/login/?next=/settings/"
    page = client.get("/accounts/login/?next=/settings/").content.decode()
    assert re.search(r'name="next" value="/settings/"', page)
    assert sign_in(client, next="/settings/").headers["Location"] == "/settings/"


def test_htmx_is_told_to_load_the_sign_in_page(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/p/1/"}
    answer = client.post("/kyc/", headers=headers)
    assert answer.headers["HX-Redirect"] == "/accounts/login/?next=/p/1/"


def test_pages_speak_the_language_of_the_account(client: Client) -> None:
    make_user("dora", language="zh-hans")
    sign_in(client, "dora@example.com")
    client.get("/settings/")
    assert client.cookies["django_language"].value == "zh-hans"
    translation.activate("en")


def test_signing_in_needs_the_token(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client).status_code == 403
    assert "_auth_user_id" not in client.session
