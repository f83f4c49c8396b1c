"""The conversation's pieces on the page that shows every piece."""

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


@pytest.mark.django_db
def test_every_piece_of_a_conversation_is_shown_and_none_is_stored() -> None:
    with CaptureQueriesContext(connection) as asked:
        page = Client().get("/design/", {"of": "groups"}).content.decode()
    for piece in ("data-poll", "filecard", "linkcard", 'class="rx"', 'class="fwd"', "txt gone", "day unread", "pinbar"):
        assert piece in page, piece
    assert page.count("data-send") == 2
    assert "nowrite" in page
    assert not [one for one in asked.captured_queries if "groups_" in one["sql"]]


@pytest.mark.django_db
@pytest.mark.parametrize("of", ["", "nowhere"])
def test_the_other_rooms_are_a_tab_away(of: str) -> None:
    page = Client().get("/design/", {"of": of}).content.decode()
    assert 'href="?of=groups"' in page
    assert "data-poll" not in page


@pytest.mark.django_db
def test_in_production_there_is_no_such_page(settings: LazySettings) -> None:
    settings.PRODUCTION = True
    assert Client().get("/design/", {"of": "groups"}).status_code == 404
