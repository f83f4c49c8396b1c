"""Compression of pages where no proxy does it."""

import gzip

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from planet.web.compression import TextCompressionMiddleware

TEXT = "All those moments. " * 100


def answer(content_type: str, *, accept: str = "gzip") -> HttpResponse:
    def view(_: HttpRequest) -> HttpResponse:
        return HttpResponse(TEXT, content_type=content_type)

    request = RequestFactory().get("/", headers={"accept-encoding": accept})
    response = TextCompressionMiddleware(view)(request)
    assert isinstance(response, HttpResponse)
    return response


@pytest.mark.parametrize("content_type", ["text/html; charset=utf-8", "application/json"])
def test_text_is_compressed(content_type: str) -> None:
    response = answer(content_type)

    assert response["Content-Encoding"] == "gzip"
    assert gzip.decompress(response.content).decode() == TEXT
    assert "Accept-Encoding" in response["Vary"]


def test_a_picture_is_not() -> None:
    assert "Content-Encoding" not in answer("image/webp")


def test_nor_text_for_a_browser_that_does_not_ask() -> None:
    response = answer("text/html", accept="identity")

    assert "Content-Encoding" not in response
    assert "Accept-Encoding" in response["Vary"]


def test_behind_a_proxy_it_is_left_to_the_proxy(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 1

    with pytest.raises(MiddlewareNotUsed):
        answer("text/html")
