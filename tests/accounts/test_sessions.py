"""Where somebody is signed in, and how that ends."""

from typing import Any
from unittest.mock import Mock

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.cached_db import SessionStore
from django.core.cache import cache
from django.test import Client

from planet.accounts import actions
from planet.accounts.models import ActiveDay
from planet.accounts.templatetags.accounts import device
from tests.cast import Cast
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """What is told to the sockets."""
    revoke = Mock()
    monkeypatch.setattr(actions, "revoke", revoke)
    return revoke


def signed_in(**headers: str) -> Client:
    client = Client(headers=headers)
    client.post("/accounts/login/", {"login": "bob@example.com", "password": PASSWORD})
    return client


def test_sessions_are_listed_with_the_browser_they_are_in(cast: Cast) -> None:
    here = signed_in(**{"User-Agent": FIREFOX})
    signed_in(**{"User-Agent": "<script>alert(1)</script>"})
    page = here.get("/accounts/sessions/").content.decode()
    assert "Firefox on Linux" in page
    assert page.count("This browser") == 1
    assert "Unknown browser" in page
    assert "<script>alert(1)" not in page


def test_signing_out_everywhere_else_ends_sessions_and_sockets(
    cast: Cast, cut: Mock, django_capture_on_commit_callbacks: Any
) -> None:
    here, other = signed_in(), signed_in()
    with django_capture_on_commit_callbacks(execute=True):
        here.post("/accounts/sessions/")
    assert other.get("/settings/").status_code == 302
    assert here.get("/settings/").status_code == 200
    cut.assert_called_once_with(cast.bob.pk)
    assert UserSession.objects.filter(user=cast.bob).count() == 1


def test_signing_out_cuts_the_sockets(cast: Cast, cut: Mock, django_capture_on_commit_callbacks: Any) -> None:
    client = signed_in()
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/logout/")
    cut.assert_called_once_with(cast.bob.pk)


def test_everything_ends_when_an_operator_says_so(
    cast: Cast, cut: Mock, django_capture_on_commit_callbacks: Any
) -> None:
    clients = [signed_in(), signed_in()]
    with django_capture_on_commit_callbacks(execute=True):
        actions.sign_out_everywhere(user=cast.bob)
    assert [c.get("/settings/").status_code for c in clients] == [302, 302]
    cut.assert_called_once_with(cast.bob.pk)


def test_nobody_sees_or_ends_the_sessions_of_others(cast: Cast) -> None:
    bob = signed_in()
    charlie = Client()
    charlie.post("/accounts/login/", {"login": "charlie@example.com", "password": PASSWORD})
    assert len(charlie.get("/accounts/sessions/").context["sessions"]) == 1
    charlie.post("/accounts/sessions/")
    assert bob.get("/settings/").status_code == 200


def test_being_here_is_noted_once_in_a_while(cast: Cast, django_assert_max_num_queries: Any) -> None:
    client = signed_in(**{"X-Forwarded-For": "6.6.6.6"})
    client.get("/settings/")
    assert ActiveDay.objects.filter(user=cast.bob).count() == 1
    session = UserSession.objects.get(user=cast.bob)
    assert session.ip == "127.0.0.1", "a header of the browser is not believed"
    seen = session.last_seen_at
    client.get("/settings/")
    session.refresh_from_db()
    assert session.last_seen_at == seen
    assert ActiveDay.objects.count() == 1


def test_a_guest_is_not_noted(client: Client) -> None:
    client.get("/accounts/login/")
    assert not ActiveDay.objects.exists()


@pytest.mark.parametrize(
    ("user_agent", "said"),
    [
        (FIREFOX, "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.0", "curl"),
        ("", "Unknown browser"),
    ],
)  # fmt: skip
def test_a_browser_is_called_by_its_name(user_agent: str, said: str) -> None:
    assert device(user_agent) == said


def test_a_request_at_the_moment_of_signing_out_does_not_keep_the_session(
    cast: Cast, cut: Mock, django_capture_on_commit_callbacks: Any
) -> None:
    client = signed_in()
    key = client.session.session_key
    row = dict(client.session.items())
    with django_capture_on_commit_callbacks(execute=True):
        actions.sign_out_everywhere(user=cast.bob)
        # A request that came before the commit still saw the row, and remembers it.
        racing = SessionStore(key)
        cache.set(racing.cache_key, row, 3600)
    assert client.get("/settings/").status_code == 302
