"""Previews of links: asked for when a message is sent, fetched by the worker, shown below the message.

A page is fetched once for all groups and kept for a week. Its picture is copied, checked and encoded anew like any
upload, so that readers call nobody but us.
"""

import hashlib
import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from io import BytesIO
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from celery import current_app
from django.db import transaction
from django.db.models import Q

from groups import broadcasts, locks
from groups.errors import Gone
from groups.models import Message, MessagePreview, Preview
from groups.previews.links import first_link
from groups.previews.network import WORLD, Network, Refused, fetch
from groups.previews.reading import Described, describe
from planet.accounts.models import User
from planet.web import images

logger = logging.getLogger(__name__)

FRESH: Final = timedelta(days=7)
LOST: Final = timedelta(minutes=2)  # after which a fetch that left no trace is tried again
MOST_HTML: Final = 512 * 1024
MOST_PICTURE: Final = 5 * 1024 * 1024
_TOLD: Final = 50  # messages that show a page and are told of it


def want(message: Message) -> None:
    """Have the worker look at what a message leads to; call it in the message's transaction.

    When the order is lost, so is the preview, and nothing else.
    """
    if first_link(message.text):
        pk = str(message.pk)
        transaction.on_commit(
            lambda: current_app.send_task("groups.tasks.preview", [pk], retry=False, expires=600), robust=True
        )


def preview(*, message_id: UUID, now: datetime, network: Network = WORLD) -> Preview | None:
    """Show the page that a message leads to, fetching it where we do not know it. Twice is harmless."""
    message = Message.objects.filter(pk=message_id, deleted_at=None).first()
    address = first_link(message.text) if message else ""
    if message is None or not address:
        return None
    key = hashlib.sha256(address.encode()).hexdigest()
    row, is_new = Preview.objects.get_or_create(address_hash=key, defaults={"address": address, "asked_at": now})
    MessagePreview.objects.update_or_create(message=message, defaults={"preview": row})
    if not is_new and not _claim(row, now):
        if row.title:
            _show([message.pk])
        return row
    _fetch(row, network)
    row.fetched_at = now
    row.save()
    if row.title:
        shown = MessagePreview.objects.filter(preview=row, message__created_at__gt=now - timedelta(hours=1))
        _show(list(shown.order_by("-message").values_list("message", flat=True)[:_TOLD]))
    return row


def take_off(*, actor: User, message_id: UUID, now: datetime) -> None:
    """The author wants no preview below a message. Again changes nothing. Raises Gone for anybody else."""
    rows = MessagePreview.objects.filter(message=message_id, message__author=actor, message__deleted_at=None)
    if not rows.exists():
        raise Gone
    if rows.filter(removed_at=None).update(removed_at=now):
        _show([message_id])


def in_use(keys: Collection[str]) -> Collection[str]:
    """Which of these pictures some preview shows."""
    return set(Preview.objects.filter(picture__in=keys).values_list("picture", flat=True))


def _claim(row: Preview, now: datetime) -> bool:
    """Whether this worker is the one to fetch a page again: it is old, or whoever was at it is lost."""
    stale = Q(fetched_at__lt=now - FRESH) | Q(fetched_at=None)
    return bool(Preview.objects.filter(stale, pk=row.pk, asked_at__lt=now - LOST).update(asked_at=now))


def _fetch(row: Preview, network: Network) -> None:
    """Fill in what the page says. What cannot be had stays empty, and is not tried again for a while."""
    try:
        page = fetch(row.address, most=MOST_HTML, accept=("text/html", "application/xhtml+xml"), network=network)
    except Refused as error:
        logger.info("no preview: %s", error.why, extra={"host": urlsplit(row.address).hostname})
        return
    said = describe(page.body, address=page.address, charset=page.charset)
    row.title, row.description, row.site = said.title, said.description, said.site
    row.picture = _picture(said, network) if said.title else ""


def _picture(said: Described, network: Network) -> str:
    if not said.picture:
        return ""
    try:
        page = fetch(said.picture, most=MOST_PICTURE, accept=("image/",), network=network)
        return images.store(BytesIO(page.body), kind="picture").key
    except (Refused, images.BadImage):
        return ""


def _show(message_ids: Collection[UUID]) -> None:
    """Each of these messages has something new to show."""
    for message in Message.objects.filter(pk__in=message_ids, deleted_at=None).order_by("channel", "pk"):
        with transaction.atomic():
            broadcasts.mark(message.channel_id)
            place = locks.take_change(message.channel_id)
            Message.objects.filter(pk=message.pk).update(revision=place.revision)
            broadcasts.changed(message.pk)
