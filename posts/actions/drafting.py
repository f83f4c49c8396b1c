"""Keeping what is not published yet: saving, throwing away, getting back, taking a published post apart again."""

import json
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from creators.models import Creator
from planet.accounts.models import User
from posts.errors import AlreadyPublished, DraftConflict, Gone, NotACreator, TooLarge, TooManyDrafts
from posts.models import Draft, Post

MAX_DRAFTS: Final = 500  # of one person
MAX_VALUES: Final = 200
MAX_CONTENT: Final = 500_000  # characters of the form, names included
KEPT_AFTER_DELETION: Final = timedelta(days=1)
# What a form carries that is not part of what is written, or comes as a file.
NOT_KEPT: Final = frozenset({"client_id", "csrfmiddlewaretoken", "pictures", "version", "writer", "then"})

# The fields that hold what somebody wrote or added; the others only say how.
WRITTEN: Final = ("text", "part", "picture", "block", "title", "body", "cover")

_NAME = re.compile(r"[a-z_]{1,30}")
# Neither can stand in a database's text.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_PICTURE = re.compile(r"picture/[0-9a-f]{2}/[0-9a-f]{32}-[0-9]{1,4}x[0-9]{1,4}")

Content = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Saved:
    """What a save did: the draft as it is now (None: it was empty, and there is none), and whether it changed."""

    draft: Draft | None
    changed: bool


@transaction.atomic
def save(
    *, actor: User, draft_id: UUID, content: Content, version: int, writer: str = "", now: datetime, force: bool = False
) -> Saved:
    """Keep `content` as the draft with this id; `version` is the one that the writer began with, 0 for a new one.

    A draft that was thrown away meanwhile comes back: nobody loses words. Nothing is kept of an empty form. What is
    scheduled stays so, with the new content. Raises DraftConflict when somebody else (another tab, another device) has
    saved since `version`, unless `force`; AlreadyPublished when a post came of it; Gone for another person's;
    NotACreator; TooLarge; TooManyDrafts.
    """
    kept = tidied(content)
    draft = Draft.objects.select_for_update().filter(pk=draft_id).first()
    if draft is None:
        if not _says_anything(kept):
            return Saved(None, changed=False)
        return Saved(_create(actor, draft_id, kept, writer, now), changed=True)
    if draft.creator_id != actor.pk:
        raise Gone
    if draft.content == kept and draft.deleted_at is None:
        return Saved(draft, changed=False)
    if not force and draft.version != version and draft.writer != writer:
        raise DraftConflict(draft)
    if not _says_anything(kept) and not draft.is_scheduled:
        draft.delete()
        return Saved(None, changed=True)
    draft.content, draft.pictures, draft.writer = kept, pictures_in(kept), writer
    draft.version += 1
    draft.saved_at, draft.deleted_at = now, None
    draft.problem = draft.problem_text = ""
    draft.save()
    return Saved(draft, changed=True)


def _create(actor: User, draft_id: UUID, content: dict[str, list[str]], writer: str, now: datetime) -> Draft:
    if not Creator.objects.filter(pk=actor.pk).exists():
        raise NotACreator
    draft, is_new = Draft.objects.get_or_create(
        pk=draft_id,
        defaults={
            "creator_id": actor.pk,
            "content": content,
            "pictures": pictures_in(content),
            "writer": writer,
            "created_at": now,
            "saved_at": now,
        },
    )
    if not is_new:  # another request made it a moment ago
        raise DraftConflict(draft) if draft.creator_id == actor.pk else Gone
    # Asked after the row stands: publishing claims the row first, so one of the two sees the other.
    if post := Post.objects.filter(creator_id=actor.pk, client_id=draft_id).first():
        raise AlreadyPublished(post)
    _check_number(actor)
    return draft


def _check_number(actor: User) -> None:
    # The creator's row is locked last, as everywhere; so the bound holds for two devices, too.
    Creator.objects.select_for_update(no_key=True).get(pk=actor.pk)
    if Draft.objects.filter(creator_id=actor.pk, deleted_at=None).count() > MAX_DRAFTS:
        raise TooManyDrafts


def claim(*, actor: User, draft_id: UUID) -> None:
    """Take the draft with this id away for good, because a post comes of it; to be called first in that transaction.

    A row is put in its place before it goes, so that a save that runs beside waits for the outcome, and then sees the
    post instead of bringing the draft back.
    """
    Draft.objects.bulk_create(
        [Draft(pk=draft_id, creator_id=actor.pk)],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["attempts"],
    )
    Draft.objects.filter(pk=draft_id, creator_id=actor.pk).delete()


@transaction.atomic
def throw_away(*, actor: User, draft_id: UUID, now: datetime) -> Draft:
    """Take a draft out of the box; for a day it can be had back. What was scheduled does not go out. Raises Gone."""
    draft = own(actor=actor, draft_id=draft_id)
    draft.state, draft.publish_at, draft.deleted_at = Draft.State.DRAFT, None, now
    draft.save(update_fields=["state", "publish_at", "deleted_at"])
    return draft


@transaction.atomic
def get_back(*, actor: User, draft_id: UUID) -> Draft:
    """Undo `throw_away`: it is a draft again, not scheduled. Raises Gone, TooManyDrafts."""
    draft = Draft.objects.select_for_update().filter(pk=draft_id, creator_id=actor.pk).first()
    if draft is None:
        raise Gone
    draft.deleted_at = None
    draft.save(update_fields=["deleted_at"])
    _check_number(actor)
    return draft


def forget_thrown_away(*, now: datetime, size: int = 1000) -> int:
    """Delete the drafts that were thrown away more than a day ago; how many."""
    old = Draft.objects.filter(deleted_at__lt=now - KEPT_AFTER_DELETION).order_by("deleted_at")[:size]
    return Draft.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()[0]


def own(*, actor: User, draft_id: UUID) -> Draft:
    """The actor's draft, locked. Raises Gone when there is none (any more)."""
    draft = Draft.objects.select_for_update().filter(pk=draft_id, creator_id=actor.pk, deleted_at=None).first()
    if draft is None:
        raise Gone
    return draft


def new_draft(*, actor: User, content: Content, now: datetime) -> Draft:
    """A draft with an id of its own. Raises NotACreator, TooLarge, TooManyDrafts."""
    with transaction.atomic():
        return _create(actor, uuid.uuid4(), tidied(content), "", now)


def tidied(content: Content) -> dict[str, list[str]]:
    """The form's fields as they are kept: known spelling, storable characters, nothing empty. Raises TooLarge."""
    kept: dict[str, list[str]] = {}
    for name, values in content.items():
        if name in NOT_KEPT or not _NAME.fullmatch(name):
            continue
        found = [_UNSTORABLE.sub("", str(value)) for value in values]
        if any(found):
            kept[name] = found
    number = sum(len(values) for values in kept.values())
    if number > MAX_VALUES or len(json.dumps(kept, ensure_ascii=False)) > MAX_CONTENT:
        raise TooLarge
    return kept


def _says_anything(content: dict[str, list[str]]) -> bool:
    """Whether there is more in it than choices."""
    return any(value.strip() for name in WRITTEN for value in content.get(name, ()))


def pictures_in(content: Mapping[str, Any]) -> list[str]:
    """Every picture key that stands anywhere in the content: chosen, cover, inside an article's text."""
    return sorted({key for values in content.values() for value in values for key in _PICTURE.findall(value)})
