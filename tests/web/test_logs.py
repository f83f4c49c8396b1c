"""Logs and the request's id."""

import json
import logging

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from structlog.contextvars import get_contextvars

from planet.web import logs

pytestmark = pytest.mark.django_db


def test_every_answer_carries_an_id_of_its_own(client: Client) -> None:
    first, second = client.get("/robots.txt"), client.get("/robots.txt")

    assert len(first["X-Request-ID"]) == 32
    assert first["X-Request-ID"] != second["X-Request-ID"]


def test_an_id_from_the_proxy_is_kept(client: Client) -> None:
    answer = client.get("/robots.txt", headers={"x-request-id": "f00dbabe-1234"})

    assert answer["X-Request-ID"] == "f00dbabe-1234"


@pytest.mark.parametrize("forged", ["short", "x" * 65, 'id"} {"level": "forged', "line\nbreak-line"])
def test_an_id_that_could_forge_a_line_is_replaced(forged: str) -> None:
    request = RequestFactory().get("/", headers={"x-request-id": forged})

    answer = logs.RequestLogMiddleware(lambda _: HttpResponse())(request)

    assert answer["X-Request-ID"] != forged
    assert len(answer["X-Request-ID"]) == 32


def test_what_happens_during_the_request_carries_its_id_and_nothing_after() -> None:
    seen: dict[str, object] = {}

    def view(_: HttpRequest) -> HttpResponse:
        seen.update(get_contextvars())
        return HttpResponse()

    answer = logs.RequestLogMiddleware(view)(RequestFactory().get("/"))

    assert seen == {"request_id": answer["X-Request-ID"]}
    assert get_contextvars() == {}


def test_production_writes_one_json_object_a_line_with_the_trace_inside() -> None:
    record = logging.LogRecord("planet.x", logging.ERROR, __file__, 1, "it %s", ("broke",), None)
    try:
        raise ValueError("no")  # a trace is wanted
    except ValueError as error:
        record.exc_info = (ValueError, error, error.__traceback__)
    record.creator = "alice"

    line = logs.formatter(json=True).format(record)

    told = json.loads(line)
    assert "\n" not in line
    assert (told["message"], told["level"], told["logger"], told["creator"]) == (
        "it broke",
        "error",
        "planet.x",
        "alice",
    )
    assert told["exception"][0]["exc_type"] == "ValueError"


def test_a_trace_in_production_shows_no_local_values() -> None:
    def broken() -> None:
        password = "correct horse battery"
        raise ValueError(len(password))

    record = logging.LogRecord("planet.x", logging.ERROR, __file__, 1, "it broke", (), None)
    try:
        broken()
    except ValueError as error:
        record.exc_info = (ValueError, error, error.__traceback__)

    assert "correct horse" not in json.dumps(json.loads(logs.formatter(json=True).format(record)).get("exception"))


def test_development_writes_for_the_eye() -> None:
    record = logging.LogRecord("planet.x", logging.INFO, __file__, 1, "it works", (), None)

    line = logs.formatter(json=False).format(record)

    assert "it works" in line
    assert not line.startswith("{")


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/accounts/confirm-email/Mg:1abc:sEcrEt/", "/accounts/confirm-email/…/"),
        ("/accounts/password/reset/key/1a-sEcrEt/", "/accounts/password/reset/key/1a-…/"),
        ("/hooks/sEcrEt/", "/hooks/…/"),
        ("/hooks/sEcrEt", "/hooks/…"),
        ("/join/sEcrEt/", "/join/…/"),
        ("/robots.txt", "/robots.txt"),
    ],
)
def test_the_key_of_a_mailed_link_is_not_logged(
    client: Client, caplog: pytest.LogCaptureFixture, path: str, told: str
) -> None:
    caplog.set_level(logging.INFO, "planet.requests")

    client.get(path)

    assert caplog.messages[-1].split()[1] == told
    assert "sEcrEt" not in caplog.text
