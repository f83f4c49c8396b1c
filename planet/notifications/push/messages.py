"""What a push message says: what the row of the inbox says, in plain words and in the reader's language."""

import json
from html import unescape
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from planet.accounts.models import User
from planet.notifications.push.sealing import MOST_BYTES
from planet.notifications.queries import Row

TITLE_LENGTH, BODY_LENGTH = 120, 240


def plain(row: Row) -> str:
    """The sentence of a row without its markup."""
    return unescape(strip_tags(row.sentence))


def of_row(row: Row, reader: User, unread: int) -> bytes:
    """The message that tells of a row. Opening it opens the row, and so marks it read."""
    told = row.notification
    with translation.override(reader.language):
        return _packed(
            title=plain(row),
            body=told.excerpt,
            url=reverse("notification_open", args=[told.pk]),
            tag=str(told.pk),
            unread=unread,
        )


def of_test(reader: User) -> bytes:
    """The message of the self-test."""
    with translation.override(reader.language):
        title = _("%(site)s reaches this browser") % {"site": settings.SITE_NAME}
        body = _("This is how a notification looks here.")
        return _packed(title=title, body=body, url=reverse("notification_settings"), tag="test", unread=None)


def _packed(*, title: str, body: str, **more: Any) -> bytes:
    data = {"title": title[:TITLE_LENGTH], "body": body[:BODY_LENGTH], **more}
    packed = json.dumps(data, ensure_ascii=False).encode()
    assert len(packed) <= MOST_BYTES  # noqa: S101  # 360 characters of at most 6 bytes, and an address of ours
    return packed
