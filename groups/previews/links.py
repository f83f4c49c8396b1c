"""Which link of a message is previewed. Imports no ORM."""

from typing import Final
from urllib.parse import urldefrag, urlsplit

from django.conf import settings

from groups import text
from posts.text import Kind

LENGTH: Final = 2000


def first_link(said: str) -> str:
    """The first address out of Planet in a text, without its fragment; "" for none."""
    if "://" not in said:
        return ""
    ours = urlsplit(settings.SITE_URL).hostname
    for token in text.names(said):
        if token.kind is Kind.LINK:
            address = urldefrag(token.value).url
            host = urlsplit(address).hostname
            if host and host != ours and len(address) <= LENGTH:
                return address
    return ""
