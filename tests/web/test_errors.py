"""Error pages say what is wrong and what to do next, and stand without the database."""

from collections.abc import Callable
from unittest.mock import patch

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from redis.exceptions import ConnectionError as RedisConnectionError

from planet.web import errors, views


def raising(error: Exception) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        raise error

    return view


def answer_to(error: Exception) -> HttpResponse:
    """What a browser gets when a view raises."""
    request = RequestFactory().get("/")
    try:
        raise error
    except Exception:  # noqa: BLE001
        return errors.server_error(request)


@pytest.mark.django_db
def test_what_is_not_there_says_so_and_leads_home() -> None:
    answer = Client().get("/nothing/here/")
    assert answer.status_code == 404
    assert b"Nothing in orbit here" in answer.content
    assert b'href="/"' in answer.content


@pytest.mark.django_db
def test_a_form_without_its_token_explains_and_offers_to_load_again() -> None:
    answer = Client(enforce_csrf_checks=True).post("/preferences/", {"theme": "dark"})
    assert answer.status_code == 403
    assert b"The form is out of date" in answer.content
    assert "theme" not in answer.cookies


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("handler", "error", "status", "words"),
    [
        (errors.bad_request, SuspiciousOperation(), 400, "could not read that"),
        (errors.forbidden, PermissionDenied(), 403, "You may not do that"),
    ],
)
def test_each_refusal_has_its_page(
    handler: Callable[..., HttpResponse], error: Exception, status: int, words: str
) -> None:
    request = Client().get("/nothing/here/").wsgi_request
    answer = handler(request, error)
    assert answer.status_code == status
    assert words in answer.content.decode()


def test_a_fault_of_ours_is_a_500_that_needs_no_database() -> None:
    answer = answer_to(ValueError("a secret detail"))
    assert answer.status_code == 500
    assert b"That was our fault" in answer.content
    assert b"secret" not in answer.content


@pytest.mark.parametrize("error", [OperationalError("gone"), RedisConnectionError("gone")])
def test_while_a_server_restarts_the_page_asks_to_wait_and_tries_again(error: Exception) -> None:
    answer = answer_to(error)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert b'http-equiv="refresh"' in answer.content


@pytest.mark.django_db
def test_the_handlers_are_the_ones_django_calls() -> None:
    client = Client(raise_request_exception=False)
    with patch.object(views, "static", side_effect=OperationalError("the database is away")):
        assert client.get("/favicon.ico").status_code == 503
    with patch.object(views, "static", side_effect=ZeroDivisionError):
        assert client.get("/favicon.ico").status_code == 500


@pytest.mark.django_db
def test_a_limit_says_how_long_to_wait() -> None:
    request = Client().get("/nothing/here/").wsgi_request
    assert "in 40 seconds" in render_to_string("429.html", {"wait": 40}, request)
