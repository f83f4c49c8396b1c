"""Requests too large for any form are refused unread."""

from io import BytesIO
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from planet.web.uploads import MAX_BODY, BodyLimitMiddleware


class Unread(BytesIO):
    """A body that must not be touched."""

    def read(self, *_size: int | None) -> bytes:
        pytest.fail("the body was read")


def announced(length: str) -> HttpRequest:
    """A POST that announces a body of this length."""
    return RequestFactory().post("/", b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=length)


def passed_on(request: HttpRequest) -> bool:
    response = BodyLimitMiddleware(lambda _request: HttpResponse("passed"))(request)
    assert isinstance(response, HttpResponse)
    return response.content == b"passed"


@pytest.mark.parametrize("length", ["", "0", str(MAX_BODY), "nonsense"])
def test_what_a_form_may_carry_passes(length: str) -> None:
    assert passed_on(announced(length))


@pytest.mark.django_db
def test_a_hundred_megabytes_are_refused_unread_with_a_page() -> None:
    announcing: dict[str, Any] = {"CONTENT_LENGTH": str(100 * 1024 * 1024), "wsgi.input": Unread()}
    response = Client(enforce_csrf_checks=True).generic(
        "POST", "/accounts/login/", b"", content_type="multipart/form-data; boundary=x", **announcing
    )
    assert response.status_code == 413
    assert "too large" in response.content.decode()


@pytest.mark.django_db
def test_htmx_gets_the_bare_status_and_keeps_its_page() -> None:
    response = Client(headers={"HX-Request": "true"}).generic(
        "POST", "/accounts/login/", b"", content_type="text/plain", CONTENT_LENGTH=str(MAX_BODY + 1)
    )
    assert (response.status_code, response["HX-Reswap"], response.content) == (413, "none", b"")
